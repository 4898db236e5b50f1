//! The state file: read once, then written whenever something has changed, so that a sandbox outlives its process.
//!
//! A thread of its own looks once a second. A new file takes the old one's place in one step, so that whoever is killed
//! in the middle leaves a whole one; a file that is no state is renamed, never written over. It may not know what a
//! state holds: see `state.rs`.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::{Error, World, clock, state};

/// From one look to the next.
const PACE: Duration = Duration::from_secs(1);
/// A large state is written less often: its text is being made for at most a tenth of the time.
const SHARE: u32 = 10;

/// What a person should know about the state file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Notice {
    /// The file held no state. It is kept under another name, and the sandbox begins with its seed.
    #[error("{} can't be read ({why}); it is kept as {}, and the sandbox begins anew", .file.display(), .aside.display())]
    SetAside {
        /// The state file.
        file: PathBuf,
        /// Where the old one is now.
        aside: PathBuf,
        /// The first thing that was wrong with it.
        why: String,
    },
    /// The file can't be written; it is said once, and tried again whenever something changes.
    #[error("{} can't be written ({why}); the sandbox goes on, but what changes now is lost when it ends", .file.display())]
    NotWritten {
        /// The state file.
        file: PathBuf,
        /// The system's words.
        why: String,
    },
    /// After [`Notice::NotWritten`]: it can be written again.
    #[error("{} is written again", .file.display())]
    Written {
        /// The state file.
        file: PathBuf,
    },
}

/// A sandbox that is being kept; dropping it writes what is not written yet, and ends it.
#[derive(Debug)]
pub struct Keeping {
    file: PathBuf,
    stop: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeping {
    pub(crate) fn start(
        world: &Arc<World>,
        file: &Path,
        tell: impl Fn(Notice) + Send + 'static,
    ) -> Result<Self, Error> {
        let failed = |e: io::Error| Error::StateFile(file.into(), e);
        if let Some(folder) = file.parent() {
            // When it can't be made, the first write says so.
            let _ = std::fs::create_dir_all(folder);
        }
        let lock = lock(file)?;
        let seen = match std::fs::read(file) {
            Ok(bytes) => match state::from_bytes(world, &bytes) {
                Ok(()) => generation(world),
                Err(why) => {
                    let aside = set_aside(file, world.clock.now()).map_err(failed)?;
                    tell(Notice::SetAside { file: file.into(), aside, why: why.to_string() });
                    0
                }
            },
            // What the seed has made is a change too.
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => 0,
            Err(e) => return Err(failed(e)),
        };
        let (stop, stopped) = sync_channel(0);
        let mut writer =
            Writer { world: world.clone(), file: file.into(), seen, failing: false, tell: Box::new(tell), _lock: lock };
        let thread = std::thread::Builder::new()
            .name("sandbox-state".into())
            .spawn(move || writer.run(&stopped))
            .map_err(failed)?;
        Ok(Self { file: file.into(), stop: Some(stop), thread: Some(thread) })
    }

    /// Where.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }
}

impl Drop for Keeping {
    fn drop(&mut self) {
        // The writer hears that the other end is gone, writes a last time and ends.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The thread's own.
struct Writer {
    world: Arc<World>,
    file: PathBuf,
    /// The generation that the file holds.
    seen: u64,
    failing: bool,
    tell: Box<dyn Fn(Notice) + Send>,
    _lock: Option<File>,
}

impl Writer {
    fn run(&mut self, stopped: &Receiver<()>) {
        let mut pause = PACE;
        while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
            let begun = Instant::now();
            let worked = self.write();
            pause = PACE.max(worked * SHARE).saturating_sub(begun.elapsed());
        }
        self.write();
    }

    /// Answers how long the text took; waiting for the disk costs nobody anything.
    fn write(&mut self) -> Duration {
        // Read before the state is: what changes meanwhile is written next time.
        let now = generation(&self.world);
        if now == self.seen {
            return Duration::ZERO;
        }
        let file = self.file.clone();
        let begun = Instant::now();
        let text = state::to_bytes(&self.world);
        let worked = begun.elapsed();
        match text.and_then(|text| replace(&file, &text)) {
            Ok(()) => {
                self.seen = now;
                if std::mem::take(&mut self.failing) {
                    (self.tell)(Notice::Written { file });
                }
            }
            Err(e) if !self.failing => {
                self.failing = true;
                tracing::warn!(error = %e, "the state file can't be written");
                (self.tell)(Notice::NotWritten { file, why: e.to_string() });
            }
            Err(_) => {}
        }
        worked
    }
}

/// Writes all of it.
pub(crate) fn write(world: &World, file: &Path) -> io::Result<()> {
    replace(file, &state::to_bytes(world)?)
}

/// Grows with every change of what is kept; never 0 once there was one.
fn generation(world: &World) -> u64 {
    world.state.generation().wrapping_add(world.logs.generation())
}

/// `FILE.ending`, beside it.
fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.file_name().map(OsString::from).unwrap_or_default();
    name.push(".");
    name.push(ending);
    file.with_file_name(name)
}

/// A new file that only its owner can read: a state holds keys.
fn private(file: &Path) -> io::Result<File> {
    // What a killed process has left may be open to others.
    match std::fs::remove_file(file) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

/// The new bytes are on the disk before they take the name.
fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = beside(file, "new");
    let mut writing = private(&new)?;
    writing.write_all(bytes)?;
    writing.sync_all()?;
    drop(writing);
    std::fs::rename(&new, file)?;
    // The rename too has to reach the disk; a folder can't be opened everywhere.
    #[cfg(unix)]
    if let Some(folder) = file.parent() {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Held as long as the file is kept. `None`: nothing can be locked here, or nothing written.
fn lock(file: &Path) -> Result<Option<File>, Error> {
    let lock = OpenOptions::new().create(true).truncate(false).write(true).open(beside(file, "lock"));
    let Ok(lock) = lock else { return Ok(None) };
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Err(Error::StateInUse(file.into())),
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

/// Renames a file that holds no state, to a name that is free.
fn set_aside(file: &Path, now: i64) -> io::Result<PathBuf> {
    let date = clock::basic(now);
    let mut aside = beside(file, &format!("broken-{date}"));
    let mut more = 2;
    while aside.exists() {
        aside = beside(file, &format!("broken-{date}-{more}"));
        more += 1;
    }
    std::fs::rename(file, &aside)?;
    Ok(aside)
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(file: &Path) -> u32 {
        std::fs::metadata(file).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn nobody_but_its_owner_reads_the_state_file_nor_the_one_that_takes_its_place() {
        let folder = std::env::temp_dir().join(format!("gatescope-private-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("state.json");
        // Both are there already, for all to read.
        for open in [&file, &beside(&file, "new")] {
            std::fs::write(open, "{}").unwrap();
            std::fs::set_permissions(open, std::fs::Permissions::from_mode(0o644)).unwrap();
        }
        drop(private(&beside(&file, "new")).unwrap());
        assert_eq!(mode(&beside(&file, "new")), 0o600);
        let sandbox = crate::Sandbox::new(crate::Options::default()).unwrap();
        sandbox.save(&file).unwrap();
        assert_eq!(mode(&file), 0o600);
        sandbox.load(&file).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
