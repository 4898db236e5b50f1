//! The window's start against an empty Tauri window, in turn, on a screen of the bench's own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const STARTS: usize = 7;
const SCREEN: &str = ":93";
const PATIENCE: Duration = Duration::from_secs(10);

/// Prints the table's part.
pub fn start(built: &Path) {
    println!("\nWindow: spawn → page loaded, median of {STARTS}, in turn");
    let ours = built.join(super::super::exe("gatescope-desktop"));
    let empty = built.join("examples").join(super::super::exe("empty_window"));
    let screen = Command::new("Xvfb")
        .args([SCREEN, "-screen", "0", "1280x800x24", "-nolisten", "tcp"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(screen) = screen.map(Ended) else { return println!("    left out: there is no Xvfb") };
    if !ours.exists() || !empty.exists() {
        return println!("    left out: {} or {} is not built", ours.display(), empty.display());
    }
    // Once each for the page cache; the first also waits for the screen.
    let _ = (0..20).find(|_| page_loaded(&empty).is_some());
    let _ = page_loaded(&ours);
    let mut times: [Vec<f64>; 2] = Default::default();
    for _ in 0..STARTS {
        for (program, times) in [&empty, &ours].into_iter().zip(&mut times) {
            times.extend(page_loaded(program));
        }
    }
    drop(screen);
    let [bare, ours] = times.map(super::super::median);
    println!("    {:<34} {bare:>9.0} ms", "an empty Tauri window");
    println!("    {:<34} {ours:>9.0} ms   {:>6.2} × the empty window", "gatescope-desktop", ours / bare);
}

/// Milliseconds until the program says that its page is loaded.
fn page_loaded(program: &Path) -> Option<f64> {
    let home = std::env::temp_dir().join("gatescope-bench-home");
    let began = Instant::now();
    let mut child = Command::new(program)
        .env("DISPLAY", SCREEN)
        .env("HOME", &home)
        .env("XDG_DATA_HOME", home.join("data"))
        .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
        .env("GATESCOPE_SINGLE_INSTANCE", "off")
        .env("GATESCOPE_LOG", "gatescope_desktop=info")
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .ok()?;
    let mut lines = BufReader::new(child.stderr.take()?).lines().map_while(Result::ok);
    let _running = Ended(child);
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        if lines.any(|line| line.contains("page loaded")) {
            let _ = tell.send(began.elapsed());
        }
    });
    // A window that says nothing is left out, not waited for.
    told.recv_timeout(PATIENCE).ok().map(|time| time.as_secs_f64() * 1000.0)
}

/// Ends with its owner.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
