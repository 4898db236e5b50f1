//! The arrows inside the window's page, from its import statements: `host ◄── state ◄── screens`, `parts` beside them.

use crate::tree::{File, files};
use crate::{found, none};

/// What each folder of `ui/src` may import of ours. Files directly in `ui/src` are `top`: words, formats, commands, the
/// page itself; they hold no state and every folder but `host` may read them.
const LAYERS: &[(&str, &[&str])] = &[
    ("host", &["host"]),
    ("state", &["host", "state", "top"]),
    ("parts", &["parts", "top"]),
    ("screens", &["state", "parts", "screens", "top"]),
    ("frame", &["state", "parts", "frame", "screens", "top"]),
    // What unit tests share; nothing that ships may import it.
    ("testing", &["host", "state", "parts", "screens", "frame", "testing", "top"]),
    ("commands", &["state", "parts", "commands", "top"]),
    ("top", &["host", "state", "parts", "screens", "frame", "commands", "top"]),
];

fn violations(files: &[File]) -> Vec<String> {
    files.iter().flat_map(of_file).collect()
}

fn of_file(file: &File) -> Vec<String> {
    let inside = file.path.trim_start_matches("ui/src/");
    let layer = layer(inside);
    let Some((_, allowed)) = LAYERS.iter().find(|(known, _)| *known == layer) else {
        return vec![format!("{}: {layer} has no arrows: say in tests/tidy/page.rs what it may import", file.path)];
    };
    let mut out = Vec::new();
    for (types_only, from) in imports(&file.text) {
        if from.starts_with("@tauri-apps") && inside != "host/tauri.ts" {
            out.push(format!("{}: only ui/src/host/tauri.ts imports {from}", file.path));
        }
        let Some(target) = resolve(inside, &from) else { continue };
        // The table's types are nouns, and nouns are free; calling the host is not.
        let noun = types_only && target == "host/rpc";
        let test = inside.ends_with(".test.ts");
        if !noun && !test && !allowed.contains(&self::layer(&target)) {
            out.push(format!("{}: {layer} may not import {target}", file.path));
        }
    }
    out
}

fn layer(inside: &str) -> &str {
    inside.split_once('/').map_or("top", |(folder, _)| folder)
}

/// Whether only types are taken, and from where: `import … from '…'`, `export … from '…'`, `import '…'`, `import('…')`.
fn imports(text: &str) -> Vec<(bool, String)> {
    let mut out = Vec::new();
    for (at, keyword) in
        text.match_indices("from '").chain(text.match_indices("import '")).chain(text.match_indices("import('"))
    {
        let from = text[at + keyword.len()..].split('\'').next().unwrap_or_default();
        let statement = text[..at].rfind("import ").map_or("", |start| &text[start..at]);
        out.push((keyword == "from '" && statement.starts_with("import type"), from.to_owned()));
    }
    out
}

/// A relative import as a path from `ui/src`; `None` for packages and for what lies outside.
fn resolve(inside: &str, from: &str) -> Option<String> {
    if !from.starts_with('.') {
        return None;
    }
    let mut path: Vec<&str> = inside.split('/').collect();
    path.pop();
    for part in from.split('/') {
        match part {
            "." => {}
            ".." => drop(path.pop()?),
            part => path.push(part),
        }
    }
    Some(path.join("/"))
}

#[test]
fn the_arrows_inside_the_page_point_towards_the_host() {
    none(violations(&files("ui/src", &[".ts", ".svelte"])));
}

#[test]
fn a_part_that_reaches_for_state_is_found() {
    let plant = |path: &str, text: &str| violations(&[File::new(path, text)]);
    found(
        &plant("ui/src/parts/Row.svelte", "import { App } from '../state/app.svelte';"),
        "parts may not import state/app",
    );
    found(
        &plant("ui/src/screens/routes/Way.svelte", "import { openHost } from '../../host/host';"),
        "may not import host/host",
    );
    found(
        &plant("ui/src/screens/routes/Way.svelte", "const host = await import('../../host/http');"),
        "may not import host/http",
    );
    found(&plant("ui/src/state/api.svelte.ts", "import Row from '../parts/Row.svelte';"), "state may not import parts");
    found(
        &plant("ui/src/screens/a/B.svelte", "import { invoke } from '@tauri-apps/api/core';"),
        "only ui/src/host/tauri.ts",
    );
    found(&plant("ui/src/state/a.ts", "import { fake } from '../testing/fakeHost';"), "may not import testing");
    none(plant("ui/src/state/a.test.ts", "import { fake } from '../testing/fakeHost';"));
    found(&plant("ui/src/lib/x.ts", ""), "no arrows");
    none(plant(
        "ui/src/parts/Row.svelte",
        "import type { Row } from '../host/rpc';\nimport Icon from './Icon.svelte';",
    ));
    none(plant("ui/src/host/tauri.ts", "import { invoke } from '@tauri-apps/api/core';"));
}
