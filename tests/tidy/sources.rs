//! How files are written: how they open, how long they get, what they are called, and what never appears in them.

use crate::tree::{File, files, root};
use crate::{found, none};

/// Files over the limit, each with its reason. An entry whose file shrank must go.
const LONG: &[(&str, &str)] = &[("ui/src/host/rpc.ts", "generated from the rpc table")];
const LIMIT: usize = 600;

/// Names that say nothing: files are named after a noun of AWS's or a phase.
const EMPTY_NAMES: &[&str] = &["mod", "util", "utils", "helper", "helpers", "common", "misc", "manager", "service"];
const EMPTY_ENDINGS: &[&str] = &["Manager", "Service", "Helper", "Util", "Utils", "Handler", "Info", "Data"];

/// Words are cut, so that this file does not find itself.
const RAW_MARKUP: &[&str] = &[concat!("{@", "html"), concat!("inner", "HTML"), concat!("eval", "(")];
const SLEEP: &str = concat!("sle", "ep(");

fn heads(files: &[File]) -> Vec<String> {
    let opens = |file: &File| {
        let head: Vec<&str> = file.text.lines().map_while(|line| line.strip_prefix("//!")).collect();
        let words = head.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
        head.len() >= 2 && words.contains("may not")
    };
    let closed = files.iter().filter(|file| !opens(file));
    closed
        .map(|file| format!("{}: its first lines must say what it is for and what it may not know", file.path))
        .collect()
}

fn lengths(files: &[File], listed: &[(&str, &str)]) -> Vec<String> {
    let mut out = Vec::new();
    for file in files {
        let lines = file.text.lines().count();
        let known = listed.iter().any(|(path, _)| *path == file.path);
        match (lines > LIMIT, known) {
            (true, false) => {
                out.push(format!("{}: {lines} lines; look for the noun that wants its own file", file.path))
            }
            (false, true) => out.push(format!("{}: {lines} lines now; take it off the list of long files", file.path)),
            _ => {}
        }
    }
    let there = |path: &str| files.iter().any(|file| file.path == path);
    out.extend(
        listed
            .iter()
            .filter(|(path, _)| !there(path))
            .map(|(path, _)| format!("{path} is listed as long, but is gone")),
    );
    out
}

fn names(files: &[File]) -> Vec<String> {
    let mut out = Vec::new();
    for file in files {
        let stem = file.path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
        if EMPTY_NAMES.contains(&stem.to_lowercase().as_str()) {
            out.push(format!("{}: the name says nothing", file.path));
        }
        for line in file.text.lines() {
            let mut words =
                line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !["", "pub", "crate"].contains(w));
            let Some("struct" | "enum" | "trait" | "class" | "interface") = words.next() else { continue };
            let name = words.next().unwrap_or_default();
            if EMPTY_ENDINGS.iter().any(|ending| name.ends_with(ending)) {
                out.push(format!("{}: {name} is no noun of AWS's", file.path));
            }
        }
    }
    out
}

fn markup(files: &[File]) -> Vec<String> {
    let hits = |file: &File| {
        RAW_MARKUP.iter().filter(|word| file.text.contains(**word)).map(ToString::to_string).collect::<Vec<_>>()
    };
    files
        .iter()
        .flat_map(|file| hits(file).into_iter().map(|word| format!("{}: {word} would run hostile text", file.path)))
        .collect()
}

/// A test waits for what it wants to see. Only under tokio's paused clock may it sleep: there it costs nothing.
fn sleeps(files: &[File]) -> Vec<String> {
    let mut out = Vec::new();
    for file in files {
        let whole = file.path.starts_with("tests/") || file.path.contains("/tests/") || file.path.ends_with("tests.rs");
        let (mut inside, mut paused) = (whole, false);
        for (number, line) in file.text.lines().enumerate() {
            inside |= line.trim() == "#[cfg(test)]";
            if line.trim().starts_with("#[test]") || line.trim().starts_with("#[tokio::test") {
                paused = line.contains("start_paused");
            }
            if inside && !paused && line.contains(SLEEP) {
                out.push(format!("{}:{}: a test waits for a fact, not for time", file.path, number + 1));
            }
        }
    }
    out
}

fn everything() -> Vec<File> {
    let mut all = files("src-tauri", &[".rs"]);
    all.extend(files("ui/src", &[".ts", ".svelte", ".css"]));
    all.extend(files("tests", &[".rs", ".ts", ".mjs"]));
    all
}

#[test]
fn every_crate_opens_with_what_it_is_for_and_what_it_may_not_know() {
    let doors = ["src-tauri/src/main.rs"].map(String::from).into_iter();
    let crates = std::fs::read_dir(root().join("src-tauri/crates")).unwrap().map(|e| e.unwrap().file_name());
    let crates = crates
        .flat_map(|name| ["lib.rs", "main.rs"].map(|file| format!("src-tauri/crates/{}/src/{file}", name.display())));
    let doors: Vec<File> = doors
        .chain(crates)
        .filter_map(|path| Some(File { text: std::fs::read_to_string(root().join(&path)).ok()?, path }))
        .collect();
    assert!(doors.len() >= 8, "only {} crates were found", doors.len());
    none(heads(&doors));
}

#[test]
fn no_file_grows_past_the_limit_unseen() {
    none(lengths(&everything(), LONG));
}

#[test]
fn names_say_what_they_name() {
    none(names(&everything()));
}

#[test]
fn hostile_text_stays_text() {
    none(markup(&files("ui/src", &[".ts", ".svelte"])));
}

#[test]
fn no_test_waits_for_time() {
    none(sleeps(&everything()));
}

#[test]
fn each_of_these_rules_finds_a_planted_violation() {
    let plant = |path: &str, text: &str| [File::new(path, text)];
    found(&heads(&plant("a/src/lib.rs", "//! Does things.\n//! Well.\npub mod a;")), "may not know");
    found(&heads(&plant("a/src/lib.rs", "//! It may not know.\npub mod a;")), "may not know");
    none(heads(&plant("a/src/lib.rs", "//! Does things; it may\n//! not know time.\npub mod a;")));

    found(&lengths(&plant("a.rs", &"line\n".repeat(601)), &[]), "601 lines");
    found(&lengths(&plant("a.rs", "short"), &[("a.rs", "was long once")]), "take it off");
    found(&lengths(&plant("a.rs", "short"), &[("b.rs", "was there once")]), "is gone");
    none(lengths(&plant("a.rs", &"line\n".repeat(600)), &[]));

    found(&names(&plant("src/utils.rs", "")), "says nothing");
    found(&names(&plant("src/front/mod.rs", "")), "says nothing");
    found(&names(&plant("src/a.rs", "    pub(crate) struct StageHelper<'a> {")), "StageHelper");
    found(&names(&plant("src/a.rs", "pub struct StageManager {")), "StageManager");
    none(names(&plant("src/a.rs", "pub struct Stage; // not a StageManager")));

    found(&markup(&plant("a.svelte", &format!("<p>{} line}}</p>", RAW_MARKUP[0]))), "hostile");

    let wait = format!("tokio::time::{SLEEP}second).await;");
    found(&sleeps(&plant("tests/a.rs", &wait)), "tests/a.rs:1");
    found(&sleeps(&plant("src/a.rs", &format!("#[cfg(test)]\nmod tests {{\n{wait}"))), "src/a.rs:3");
    found(
        &sleeps(&plant("tests/a.rs", &format!("#[tokio::test(start_paused = true)]\n{wait}\n#[tokio::test]\n{wait}"))),
        "tests/a.rs:4",
    );
    none(sleeps(&plant("tests/a.rs", &format!("#[tokio::test(start_paused = true)]\n{wait}"))));
    none(sleeps(&plant("src/a.rs", &wait)));
}
