//! Tauri reads its configuration and icons here.

fn main() {
    tauri_build::build()
}
