//! A Tauri window with an empty page: what the window's start is held against in `cargo xtask bench`.

use tauri::webview::PageLoadEvent;
use tauri::{WebviewUrl, WebviewWindowBuilder};

fn main() {
    let mut context = tauri::generate_context!();
    context.config_mut().app.windows.clear();
    let result = tauri::Builder::default()
        .setup(|app| {
            let blank = WebviewUrl::External("about:blank".parse()?);
            WebviewWindowBuilder::new(app, "main", blank)
                .inner_size(1280.0, 800.0)
                .on_page_load(|_, load| {
                    if load.event() == PageLoadEvent::Finished {
                        eprintln!("page loaded");
                    }
                })
                .build()?;
            Ok(())
        })
        .run(context);
    if let Err(e) = result {
        eprintln!("{e}");
    }
}
