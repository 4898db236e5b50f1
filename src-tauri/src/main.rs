//! The window of Gatescope: it starts the app, opens the page and carries calls and streams between the two.
//!
//! Thin on purpose: every use case is in `gatescope-app`, where it also runs without a window. The only crate that names
//! `tauri`; it may not know what a call means. Where to look next: `bridge.rs`.

// No console window beside ours on Windows.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod bridge;

use gatescope_app::{App, Options};
use tauri::webview::PageLoadEvent;
use tauri::{Manager, RunEvent};

fn main() {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_env("GATESCOPE_LOG"))
        .with_writer(std::io::stderr)
        .init();
    let mut builder = tauri::Builder::default();
    // Tests start several windows side by side.
    if std::env::var("GATESCOPE_SINGLE_INSTANCE").as_deref() != Ok("off") {
        builder = builder.plugin(tauri_plugin_single_instance::init(|app, _, _| focus(app)));
    }
    let result = builder
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .setup(|tauri| {
            let database = tauri.path().app_data_dir()?.join("gatescope.db");
            // Tasks of the app run on Tauri's runtime.
            let app = tauri::async_runtime::block_on(async {
                App::start(Options { database: Some(database), ..Options::default() })
            })?;
            tauri.manage(app);
            tauri.manage(bridge::Streams::default());
            Ok(())
        })
        .on_page_load(|webview, load| {
            // A page that was reloaded can't end the streams of the one before.
            match load.event() {
                PageLoadEvent::Started => webview.state::<bridge::Streams>().close_all(),
                // The bench reads this.
                PageLoadEvent::Finished => tracing::info!("page loaded"),
            }
        })
        .invoke_handler(tauri::generate_handler![
            bridge::call,
            bridge::stream,
            bridge::acknowledge,
            bridge::close_stream
        ])
        .build(tauri::generate_context!());
    match result {
        // The event loop ends the process itself, so nothing is dropped.
        Ok(window) => window.run(|tauri, event| {
            if matches!(event, RunEvent::Exit) {
                tauri.state::<App>().close();
            }
        }),
        Err(e) => {
            eprintln!("Gatescope could not start: {e}");
            std::process::exit(1);
        }
    }
}

/// A second start brings the first one's window to the front.
fn focus(app: &tauri::AppHandle) {
    if let Some(window) = app.get_webview_window("main") {
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}
