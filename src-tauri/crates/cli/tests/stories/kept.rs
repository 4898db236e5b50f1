//! `gatescope sandbox --state`: what it was told outlives the process, however that ends.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::program::{Sandbox, run};

const API: &str = "/v2/apis/chat5gw1ws";

/// A folder of this test's own, gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("gatescope-kept-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("sandbox.json")
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn start(file: &Path) -> Sandbox {
    Sandbox::start(&["--state", file.to_str().unwrap()])
}

/// The number that was written last.
fn number(sandbox: &Sandbox) -> u64 {
    let api = sandbox.ask("GET", API, &Value::Null);
    api["description"].as_str().map_or(0, |text| text.parse().unwrap())
}

/// Writes numbers until a new file is half there, kills the sandbox at that moment, and gives the last number that was
/// acknowledged more than two seconds before.
fn write_and_kill(sandbox: Sandbox, file: &Path) -> u64 {
    let begun = Instant::now();
    let mut last = number(&sandbox);
    let mut told = Vec::new();
    let half_there = file.with_file_name("sandbox.json.new");
    while begun.elapsed() < Duration::from_millis(2500) || !half_there.exists() {
        assert!(begun.elapsed() < Duration::from_secs(60), "nothing is being written");
        last += 1;
        sandbox.ask("PATCH", API, &json!({"description": last.to_string()}));
        told.push((Instant::now(), last));
    }
    drop(sandbox);
    let killed = Instant::now();
    let long_ago = told.iter().rfind(|(at, _)| killed - *at > Duration::from_secs(2));
    long_ago.expect("the load began in time").1
}

#[test]
fn a_sandbox_that_is_killed_in_the_middle_of_writing_twenty_times_loads_with_what_it_acknowledged() {
    let lanes = (0..4).map(|lane| {
        std::thread::spawn(move || {
            let folder = Folder::new(&format!("killed-{lane}"));
            let file = folder.file();
            let mut at_least = 0;
            for _ in 0..5 {
                let sandbox = start(&file);
                let found = number(&sandbox);
                assert!(found >= at_least, "{found} was found, {at_least} was acknowledged");
                at_least = write_and_kill(sandbox, &file);
            }
            assert!(number(&start(&file)) >= at_least && at_least > 0);
            let names = folder.names();
            assert!(!names.iter().any(|name| name.contains("broken")), "{names:?}");
        })
    });
    lanes.collect::<Vec<_>>().into_iter().for_each(|lane| lane.join().unwrap());
}

#[test]
fn a_file_that_is_no_state_is_set_aside_and_the_sandbox_begins_with_its_seed() {
    let folder = Folder::new("foreign");
    let mut ends = Vec::new();
    for words in ["a shopping list, but somebody's", r#"{"format": 99, "state": {}, "logs": {}}"#] {
        std::fs::write(folder.file(), words).unwrap();
        let said = start(&folder.file()).said();
        assert!(said.contains("can't be read") && said.contains("sandbox.json.broken-"), "{said}");
        ends.push(words);
    }
    let mut kept: Vec<String> = folder.names().into_iter().filter(|name| name.contains("broken")).collect();
    kept.sort();
    let texts: Vec<_> = kept.iter().map(|name| std::fs::read_to_string(folder.0.join(name)).unwrap()).collect();
    assert_eq!(texts, ends);
    assert_eq!(start(&folder.file()).ask("GET", API, &Value::Null)["name"], "my-chat-app-gw-1");
}

#[test]
fn two_sandboxes_can_not_keep_themselves_in_one_file() {
    let folder = Folder::new("shared");
    let first = start(&folder.file());
    let second = run(&["sandbox", "--listen", "127.0.0.1:0", "--state", folder.file().to_str().unwrap()], b"");
    assert_eq!(second.stderr, format!("gatescope: another sandbox uses the state file {}\n", folder.file().display()));
    assert_eq!(second.code, 2);
    drop(first);
    start(&folder.file());
}

#[test]
fn a_place_that_can_not_be_written_is_said_once_and_the_sandbox_goes_on() {
    let folder = Folder::new("blocked");
    std::fs::write(folder.file(), "a file where a folder should be").unwrap();
    let mut sandbox = start(&folder.file().join("state.json"));
    sandbox.ask("PATCH", API, &json!({"description": "1"}));
    let said = sandbox.said();
    assert!(said.contains("can't be written") && said.contains("the sandbox goes on"), "{said}");
    assert_eq!(number(&sandbox), 1);
}
