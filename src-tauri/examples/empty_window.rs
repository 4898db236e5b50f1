//! A Tauri window with an empty page: what the window's start is held against in `cargo xtask bench`.

use tauri::webview::PageLoadEvent;
use tauri::{WebviewUrl, WebviewWindowBuilder};

fn main() {
    let mut context = tauri::generate_context!();
    context.config_mut().app.windows.clear();
    let result = tauri::Builder::default()
        // `about:blank` tells nobody when it is loaded.
        .register_uri_scheme_protocol("empty", |_, _| {
            tauri::http::Response::builder()
                .header("content-type", "text/html")
                .body(&b"<!doctype html>"[..])
                .unwrap_or_default()
        })
        .setup(|app| {
            let blank = WebviewUrl::CustomProtocol("empty://localhost/".parse()?);
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
