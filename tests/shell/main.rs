//! Gatescope's real window, driven as a person would: WebKit's own driver on a screen of its own.
//!
//! Thin on purpose: rendering, the CSP, capabilities and the two Tauri commands are proven here, everything else in
//! Chromium (`tests/browser`). It may not know Rust types: it sees what a user sees. Linux only: other systems' webviews
//! have no driver. Where to look next: `desk.rs` (processes), `user.rs` (clicks), `tests/browser/README.md` (names).
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod desk;
mod user;

use std::path::PathBuf;

use desk::{Desk, Process, until, window};
use thirtyfour::prelude::*;
use user::User;

/// Where pictures and logs of the last run are.
fn out(file: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("shell/out");
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(file)
}

#[tokio::test]
async fn from_the_first_start_to_a_message_beside_its_log_in_five_actions() {
    let mut desk = Desk::new("first-start");
    let mut user = User::at(desk.open(&out("first-start.log")).await);
    let told = story(&mut user).await;
    // The picture tells more than the error when something was not there.
    let picture = user.photograph(&out(if told.is_ok() { "connected.png" } else { "failed.png" })).await;
    told.unwrap();
    picture.unwrap();
}

async fn story(user: &mut User) -> WebDriverResult<()> {
    user.click("Connect").await?;
    user.see("row", &[("kind", "attempt"), ("outcome", "failed"), ("link", "exact")], &["refused 500", "$connect"])
        .await?;
    user.see("verdict", &[("cause", "mock-status-missing")], &["certain"]).await?;
    user.photograph(&out("refused.png")).await?;
    assert_eq!(user.actions, 1, "from the first start to the cause");

    user.click("Fix").await?;
    user.see("review", &[], &["statusCode"]).await?;
    user.click("Apply and deploy").await?;
    user.see("row", &[("kind", "attempt"), ("outcome", "ok")], &["101 connected"]).await?;
    assert_eq!(user.actions, 3, "from the cause to connected");

    user.fill("Message", r#"{"action":"joinroom","roomname":"developers"}"#).await?;
    user.click("Send").await?;
    user.see("row", &[("kind", "sent"), ("link", "exact")], &["developers", "joinroom", "200"]).await?;
    user.see("log-line", &[], &["WebSocket Request Route: [joinroom]"]).await?;
    assert_eq!(user.actions, 5, "from the first start to a message beside its log");
    Ok(())
}

#[tokio::test]
async fn a_second_start_brings_the_first_window_forward_and_ends_well() {
    let mut desk = Desk::with_bus("second-start");
    let user = User::at(desk.open(&out("second-start.log")).await);
    user.primary("Connect").await.unwrap();
    // Another program's window covers it: the same binary, but deaf to other starts and with files of its own.
    let cover = desk.path("cover");
    let _cover =
        Process::start(desk.command(window()).env("GATESCOPE_SINGLE_INSTANCE", "off").env("XDG_DATA_HOME", cover));
    until("the cover", async || !user.in_front().await).await;

    let mut second = Process::start(&mut desk.command(window()));
    let mut ended = None;
    until("the end of the second start", async || {
        ended = second.0.try_wait().unwrap();
        ended.is_some()
    })
    .await;
    assert!(ended.unwrap().success(), "{ended:?}");
    until("the first window, in front", async || user.in_front().await).await;
}
