//! What stops a command, as one sentence and an exit code.

use std::io;
use std::path::PathBuf;

/// See the module. 1 where the world said no, 2 where the command has to be called differently.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Check the file's name and rights.
    #[error("{} can't be read: {}", .0.display(), .1)]
    Read(PathBuf, io::Error),
    /// Check the file's name and rights, and the disk.
    #[error("{} can't be written: {}", .0.display(), .1)]
    Write(PathBuf, io::Error),
    /// The system refuses something as basic as a timer; there is little to do but to try again.
    #[error("the runtime can't start: {0}")]
    Runtime(io::Error),
    /// Standard output is gone or full.
    #[error("standard output: {0}")]
    Output(io::Error),
    /// The words say which file or which port.
    #[error(transparent)]
    Sandbox(#[from] gatescope_sandbox::Error),
    /// AWS's own words, and a remedy where there is one.
    #[error("{}{}", .0.message, .0.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default())]
    App(#[from] gatescope_app::Error),
    /// The table of calls and this command don't fit each other: a bug.
    #[error("unexpected JSON: {0}")]
    Json(serde_json::Error),
    /// Log lines belong to a stage: dial `wss://API.execute-api.REGION.amazonaws.com/STAGE`.
    #[error(
        "{0} names no API and stage, so its log can't be found; leave out --profile and --sandbox, or dial the execute-api address"
    )]
    NoStage(String),
    /// Take the id or the name of an API that the account has in that region.
    #[error("{} {wanted} in {region}; take its id", if *.several { "several APIs are called" } else { "there is no WebSocket API" })]
    NoApi {
        /// What was asked for.
        wanted: String,
        /// Where.
        region: String,
        /// Whether more than one has the name.
        several: bool,
    },
    /// What was to be checked could not be read, so nothing is known about it.
    #[error(transparent)]
    Unchecked(Box<Error>),
}

impl Error {
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Sandbox(
                gatescope_sandbox::Error::PortTaken(_)
                | gatescope_sandbox::Error::Listen(..)
                | gatescope_sandbox::Error::StateInUse(_),
            )
            | Self::NoStage(_)
            | Self::NoApi { .. }
            | Self::Unchecked(_) => 2,
            _ => 1,
        }
    }
}
