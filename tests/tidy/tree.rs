//! The project's own text files. Knows which folders are derived, and nothing about rules.

use std::fs;
use std::path::Path;

/// A file, by its path from the checkout, with `/`.
pub struct File {
    pub path: String,
    pub text: String,
}

impl File {
    pub fn new(path: &str, text: &str) -> Self {
        Self { path: path.into(), text: text.into() }
    }
}

/// The checkout.
pub fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Every file below a folder whose name has one of these endings.
pub fn files(folder: &str, endings: &[&str]) -> Vec<File> {
    let mut found = Vec::new();
    walk(&root().join(folder), endings, &mut found);
    assert!(!found.is_empty(), "no file in {folder} ends in {endings:?}: the check would see nothing");
    found
}

fn walk(folder: &Path, endings: &[&str], found: &mut Vec<File>) {
    const DERIVED: [&str; 6] = ["node_modules", "dist", "target", "gen", "out", "test-results"];
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_dir() {
            if !DERIVED.contains(&name.as_str()) {
                walk(&path, endings, found);
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            let short = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            found.push(File { path: short, text: fs::read_to_string(&path).unwrap() });
        }
    }
}
