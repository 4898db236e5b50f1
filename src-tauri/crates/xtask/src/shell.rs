//! Running other programs: shown while they run, and explained in one sentence when they fail.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write, stderr, stdout};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::{env, thread};

use crate::tally::Tally;

/// A value, or the sentence that the user reads.
pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// The checkout: cargo says at every run where it is. Two checkouts with one target folder share the program.
pub fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let here = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        here.ancestors().nth(3).unwrap_or(&here).to_owned()
    })
}

/// Something that cargo built; `file` as in `debug/gatescope`.
pub fn built(file: &str) -> PathBuf {
    let target = root().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()));
    target.join(file).with_extension(env::consts::EXE_EXTENSION)
}

/// Whether a program of this name is on the path.
pub fn have(program: &str) -> bool {
    env::split_paths(&env::var_os("PATH").unwrap_or_default()).any(|folder| folder.join(program).is_file())
}

/// A command line of words without spaces, run in the checkout (npm's in `ui`).
pub fn command(line: &str) -> Command {
    let mut words = line.split_whitespace();
    let (program, folder) = match words.next().unwrap_or_default() {
        "npm" if cfg!(windows) => ("npm.cmd", root().join("ui")),
        "npm" => ("npm", root().join("ui")),
        other => (other, root().into()),
    };
    let mut command = Command::new(program);
    command.args(words).current_dir(folder);
    // What cargo says of xtask itself must not reach the cargo below: ring's build script looks at it, and would be built
    // anew, with all of the AWS SDK above it, whenever a person and xtask take turns.
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST", "CARGO_BIN_", "CARGO_CRATE_"].iter().any(|own| name.starts_with(own)) {
            command.env_remove(&*name);
        }
    }
    command
}

/// What a command prints; nothing is shown.
pub fn said(mut command: Command) -> Outcome<Vec<u8>> {
    let output = command.output().map_err(|e| format!("{command:?}: {e}."))?;
    if output.status.success() { Ok(output.stdout) } else { Err(format!("{command:?} failed.").into()) }
}

/// Runs a command line before the user's eyes.
pub fn run(line: &str) -> Outcome {
    watch(command(line), None)
}

/// Runs a command before the user's eyes; with a tally, counts the tests that it reports.
pub fn watch(mut command: Command, tally: Option<&Tally>) -> Outcome {
    if tally.is_some() {
        command.env("NO_COLOR", "1").stdout(Stdio::piped()).stderr(Stdio::piped());
    }
    let name = Path::new(command.get_program()).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut child = command.spawn().map_err(|e| match e.kind() {
        ErrorKind::NotFound => format!("{name} is not installed, or not on the path."),
        _ => format!("{name} could not be started: {e}."),
    })?;
    if let Some(tally) = tally {
        let (out, err) = (child.stdout.take(), child.stderr.take());
        thread::scope(|both| {
            both.spawn(|| follow(out, stdout(), tally));
            follow(err, stderr(), tally);
        });
    }
    let status = child.wait()?;
    if status.success() { Ok(()) } else { Err(format!("{name} failed ({status}); what it said is above.").into()) }
}

fn follow(from: Option<impl Read>, mut to: impl Write, tally: &Tally) {
    let mut lines = from.map(BufReader::new);
    let mut line = Vec::new();
    while lines.as_mut().is_some_and(|lines| lines.read_until(b'\n', &mut line).is_ok_and(|n| n > 0)) {
        // A closed terminal is no reason to stop counting.
        let _ = to.write_all(&line).and_then(|()| to.flush());
        tally.read(&String::from_utf8_lossy(&line));
        line.clear();
    }
}
