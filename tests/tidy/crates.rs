//! The arrows between crates, from `cargo metadata`.
//!
//! `model ◄── aws, socket, sandbox ◄── app ◄── window, terminal, tests`; why is in `src-tauri/ARCHITECTURE.md`.

use std::process::Command;

use serde_json::{Value, json};

use crate::tree::root;
use crate::{found, none};

/// Who may import which of ours. A crate that is not here is a violation: a new room needs a place in the house.
const OURS: &[(&str, &[&str])] = &[
    ("gatescope-model", &[]),
    ("gatescope-aws", &["model"]),
    ("gatescope-socket", &["model"]),
    ("gatescope-sandbox", &["model"]),
    ("gatescope-app", &["model", "aws", "socket", "sandbox"]),
    ("gatescope-cli", &["model", "socket", "sandbox", "app"]),
    ("gatescope-desktop", &["app"]),
    ("gatescope-tests", &["model", "socket", "sandbox", "app"]),
    ("gatescope-bench", &["model", "socket", "sandbox", "app"]),
    ("xtask", &[]),
];

/// All that the pure crate may import of others: text and values in, text and values out. `jsonschema` fetches nothing here (its
/// resolvers are off), and `time` reads and writes dates; nobody in the pure crate asks it what time it is.
const PURE: &[&str] = &[
    "serde",
    "serde_json",
    "ts-rs",
    "thiserror",
    "base64",
    "percent-encoding",
    "jsonschema",
    "regex",
    "regex-automata",
    "regex-syntax",
    "jmespath",
    "time",
    "memchr",
    "hashbrown",
];

/// Names that belong to one crate.
const KEPT: &[(&str, &str)] =
    &[("aws-sdk-", "gatescope-aws"), ("aws-config", "gatescope-aws"), ("tauri", "gatescope-desktop")];

fn violations(metadata: &Value) -> Vec<String> {
    let packages = metadata["packages"].as_array().unwrap();
    packages.iter().flat_map(of_package).collect()
}

fn of_package(package: &Value) -> Vec<String> {
    let name = package["name"].as_str().unwrap();
    let Some((_, allowed)) = OURS.iter().find(|(known, _)| *known == name) else {
        return vec![format!("{name} has no arrows: say in tests/tidy/crates.rs what it may import")];
    };
    let mut out = Vec::new();
    for dependency in package["dependencies"].as_array().unwrap() {
        let import = dependency["name"].as_str().unwrap();
        // Tests and build scripts of a crate do not ship, but they may not turn an arrow round either.
        let ships = dependency["kind"].is_null();
        let ours = import.strip_prefix("gatescope-");
        if ours.is_some_and(|short| !allowed.contains(&short)) {
            out.push(format!("{name} may not know {import}"));
        }
        if name == "gatescope-model" && ships && ours.is_none() && !PURE.contains(&import) {
            out.push(format!("{name} is pure: it may not import {import}"));
        }
        if name == "xtask" {
            out.push(format!("{name} imports nothing but the standard library: {import} is too much"));
        }
        for (kept, owner) in KEPT {
            if import.starts_with(kept) && name != *owner {
                out.push(format!("only {owner} names {import}, not {name}"));
            }
        }
    }
    out
}

#[test]
fn the_arrows_between_crates_point_the_way_the_picture_says() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let names: Vec<_> = metadata["packages"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    for expected in ["gatescope-model", "gatescope-aws", "gatescope-app", "gatescope-desktop", "xtask"] {
        assert!(names.contains(&expected), "{expected} is not in the workspace: {names:?}");
    }
    none(violations(&metadata));
}

#[test]
fn an_arrow_turned_round_is_found() {
    let plant = |name: &str, import: &str, kind: Value| {
        violations(&json!({"packages": [{"name": name, "dependencies": [{"name": import, "kind": kind}]}]}))
    };
    found(&plant("gatescope-model", "tokio", Value::Null), "pure");
    found(&plant("gatescope-model", "gatescope-app", Value::Null), "may not know");
    found(&plant("gatescope-aws", "gatescope-sandbox", json!("dev")), "may not know");
    found(&plant("gatescope-sandbox", "aws-sdk-iam", Value::Null), "only gatescope-aws");
    found(&plant("gatescope-sandbox", "gatescope-socket", Value::Null), "may not know");
    found(&plant("gatescope-app", "tauri-plugin-opener", Value::Null), "only gatescope-desktop");
    found(&plant("gatescope-desktop", "gatescope-aws", Value::Null), "may not know");
    found(&plant("xtask", "serde", Value::Null), "standard library");
    found(&plant("gatescope-lambda", "serde", Value::Null), "no arrows");
    none(plant("gatescope-model", "proptest", json!("dev")));
    none(plant("gatescope-aws", "aws-sdk-iam", Value::Null));
}
