//! What a fresh machine lacks: system packages, cargo's components, npm's packages, the page.
//!
//! Each thing is looked for first, so a second run installs nothing and needs no network.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::shell::{Outcome, command, have, root, run, said};

/// Something from the system's packages: what it is, whether it is there, and what apt, dnf and pacman call it.
struct Need(&'static str, fn() -> bool, [&'static str; 3]);

const WEBVIEW: Need = Need(
    "the webview that the window is made of",
    webview,
    [
        "build-essential pkg-config libwebkit2gtk-4.1-dev",
        "gcc gcc-c++ make pkgconf-pkg-config webkit2gtk4.1-devel",
        "base-devel webkit2gtk-4.1",
    ],
);
/// dnf finds a package by a file that it holds.
const DRIVER: Need =
    Need("its driver", || have("WebKitWebDriver"), ["webkit2gtk-driver", "/usr/bin/WebKitWebDriver", "webkitgtk-6.0"]);
const SCREEN: Need = Need("a screen for tests", || have("Xvfb"), ["xvfb", "/usr/bin/Xvfb", "xorg-server-xvfb"]);
const BUS: Need = Need("a session bus for tests", || have("dbus-daemon"), ["dbus", "/usr/bin/dbus-daemon", "dbus"]);
const BROWSER: Need = Need("a browser for tests", browser, ["chromium"; 3]);

fn webview() -> bool {
    said(command("pkg-config --exists webkit2gtk-4.1")).is_ok()
}

fn browser() -> bool {
    ["chromium", "chromium-browser", "google-chrome"].into_iter().any(have)
}

/// All that building needs.
pub fn to_build() -> Outcome {
    system(&[WEBVIEW])?;
    page()
}

/// All that testing needs.
pub fn to_test() -> Outcome {
    system(&[WEBVIEW, DRIVER, SCREEN, BUS, BROWSER])?;
    if said(command("cargo fmt --version")).and_then(|_| said(command("cargo clippy --version"))).is_err() {
        println!("Adding rustfmt and clippy to the Rust toolchain.");
        run("rustup component add rustfmt clippy")?;
    }
    page()
}

fn system(needs: &[Need]) -> Outcome {
    let missing: Vec<&Need> = needs.iter().filter(|need| !need.1()).collect();
    if missing.is_empty() || !cfg!(target_os = "linux") {
        return Ok(()); // macOS and Windows bring their webview.
    }
    let whats = missing.iter().map(|need| need.0).collect::<Vec<_>>().join(", ");
    let (install, column) = match () {
        () if have("apt-get") => ("env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends", 0),
        () if have("dnf") => ("dnf install -y", 1),
        () if have("pacman") => ("pacman -S --needed --noconfirm", 2),
        () => {
            return Err(
                format!("Missing: {whats}. Neither apt-get, dnf nor pacman is here: install it by hand.").into()
            );
        }
    };
    let sudo = if said(command("id -u"))? == b"0\n" { "" } else { "sudo " };
    let packages = missing.iter().map(|need| need.2[column]).collect::<Vec<_>>().join(" ");
    println!("Missing: {whats}. Installing it: {sudo}{install} {packages}");
    if !sudo.is_empty() && !have("sudo") {
        return Err("That needs root, and sudo is not here: run it as root, then try again.".into());
    }
    if column == 0 {
        run(&format!("{sudo}apt-get update"))?;
    }
    run(&format!("{sudo}{install} {packages}"))
}

/// npm's packages when the lock file is newer, and the page when its sources are.
fn page() -> Outcome {
    let node =
        said(command("node --version")).map_err(|_| "Node is missing: get 20.19 or newer from https://nodejs.org.")?;
    let node = String::from_utf8_lossy(&node);
    let version: Vec<u32> = node.trim_start_matches('v').split('.').map_while(|n| n.parse().ok()).collect();
    if version < vec![20, 19] {
        return Err(format!("Node {} is too old: get 20.19 or newer from https://nodejs.org.", node.trim()).into());
    }
    let ui = root().join("ui");
    if newest(&ui.join("package-lock.json")) > newest(&ui.join("node_modules/.package-lock.json")) {
        println!("Installing the page's packages: npm ci");
        run("npm ci --no-audit --no-fund")?;
    }
    if newest(&ui) > newest(&ui.join("dist/index.html")) {
        println!("Building the page: npm run build");
        run("npm run build")?;
    }
    Ok(())
}

/// The latest change at or below a path, without what is derived; `None` where nothing is.
fn newest(path: &Path) -> Option<SystemTime> {
    let inside = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let sources = inside.filter(|path: &PathBuf| !path.ends_with("node_modules") && !path.ends_with("dist"));
    let own = path.metadata().ok().filter(|meta| meta.is_file()).and_then(|meta| meta.modified().ok());
    sources.filter_map(|path| newest(&path)).chain(own).max()
}
