//! A desk to put the real window on: a screen, a home folder and a webview driver of its own, gone with the test.
//!
//! Knows processes and ports, and nothing about what the window shows. Several desks stand side by side.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};

use serde_json::json;
use thirtyfour::{Capabilities, WebDriver};

/// For a process to answer; under a full load the slowest start seen took 3.5 s.
const PATIENCE: Duration = Duration::from_secs(30);

/// The environment of one user who starts Gatescope for the first time.
pub struct Desk {
    // Dropped in this order: the window before its screen, and its files last.
    driver: Option<Process>,
    _screen: Process,
    display: String,
    _bus: Option<Process>,
    bus: Option<String>,
    home: Home,
}

impl Desk {
    /// An empty desk.
    pub fn new(name: &str) -> Self {
        let (screen, display) =
            announced("Xvfb", &["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"]);
        let home = Home::new(name);
        Self { _screen: screen, display: format!(":{display}"), home, bus: None, _bus: None, driver: None }
    }

    /// The same with a session bus, over which two starts of the app find each other.
    pub fn with_bus(name: &str) -> Self {
        let (bus, address) = announced("dbus-daemon", &["--session", "--nofork", "--print-address=1"]);
        Self { bus: Some(address), _bus: Some(bus), ..Self::new(name) }
    }

    /// A program with this desk's screen and home, and with nothing of the developer's own AWS settings.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.env_clear();
        for kept in ["PATH", "LANG", "LD_LIBRARY_PATH"] {
            command.envs(std::env::var_os(kept).map(|value| (kept, value)));
        }
        let home = &self.home.0;
        command.env("DISPLAY", &self.display).env("HOME", home).env("XDG_RUNTIME_DIR", home).current_dir(home);
        for (name, folder) in [("XDG_CONFIG_HOME", "config"), ("XDG_DATA_HOME", "data"), ("XDG_CACHE_HOME", "cache")] {
            command.env(name, home.join(folder));
        }
        match &self.bus {
            Some(address) => command.env("DBUS_SESSION_BUS_ADDRESS", address),
            None => command.env("GATESCOPE_SINGLE_INSTANCE", "off"),
        };
        // 0: with the renderer that Gatescope chooses for itself, a screenshot of a still page never comes.
        command
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "0")
            .env("NO_AT_BRIDGE", "1")
            .env("TAURI_WEBVIEW_AUTOMATION", "true");
        command
    }

    /// A path in this desk's home.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.0.join(name)
    }

    /// Starts the window under a driver. What both print goes to `log`.
    pub async fn open(&mut self, log: &Path) -> WebDriver {
        let log = File::create(log).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut driver = self.command("WebKitWebDriver");
        driver.arg(format!("--port={port}")).stdout(log.try_clone().unwrap()).stderr(log);
        self.driver = Some(Process::start(&mut driver));
        until("the driver's port", async || TcpStream::connect(("127.0.0.1", port)).is_ok()).await;
        let mut wanted = Capabilities::new();
        wanted.set("webkitgtk:browserOptions", json!({"binary": window(), "args": []})).unwrap();
        let window = WebDriver::new(format!("http://127.0.0.1:{port}"), wanted).await.unwrap();
        // The desk ends the driver and the window; after a failed test, asking them to end may hang.
        window.clone().leak().unwrap();
        window
    }
}

/// The window under test: the debug build beside this test, or what `GATESCOPE_WINDOW` names.
pub fn window() -> PathBuf {
    let beside = || std::env::current_exe().unwrap().parent().unwrap().with_file_name("gatescope-desktop");
    let window = std::env::var_os("GATESCOPE_WINDOW").map_or_else(beside, PathBuf::from);
    assert!(window.is_file(), "{} is not there: run `cargo build --workspace` first", window.display());
    window
}

/// Waits for a fact that nobody announces, looking every few milliseconds.
pub async fn until(what: &str, mut fact: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    let mut look = tokio::time::interval(Duration::from_millis(5));
    while !fact().await {
        assert!(start.elapsed() < PATIENCE, "{what} did not come within {PATIENCE:?}");
        look.tick().await;
    }
}

/// Starts a program that says its address in its first line.
fn announced(program: &str, args: &[&str]) -> (Process, String) {
    let mut process = Process::start(Command::new(program).args(args).stdout(Stdio::piped()).stderr(Stdio::null()));
    let mut line = String::new();
    BufReader::new(process.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(!line.trim().is_empty(), "{program} ended without saying where it is");
    (process, line.trim().to_owned())
}

/// A process that ends with its owner, and whatever it started with it.
pub struct Process(pub Child);

impl Process {
    pub fn start(command: &mut Command) -> Self {
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).process_group(0).spawn();
        Self(child.unwrap_or_else(|e| panic!("{program}: {e}; `cargo xtask test` installs what tests need")))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = Command::new("sh").arg("-c").arg(format!("kill -KILL -{}", self.0.id())).status();
        let _ = self.0.wait();
    }
}

/// An empty home folder that goes with its owner.
struct Home(PathBuf);

impl Home {
    fn new(name: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let unique = format!("gatescope-{name}-{}-{}", std::process::id(), NEXT.fetch_add(1, Relaxed));
        let folder = std::env::temp_dir().join(unique);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
