//! The questions and answers about the sandbox itself.

use gatescope_sandbox::{Behaviour, View};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The sandbox as it is now, and how it is run.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SandboxView {
    /// What it holds, and who is connected.
    #[serde(flatten)]
    pub sandbox: View,
    /// Its only region.
    pub region: String,
    /// Its account: twelve digits.
    pub account: String,
    /// The demo key pair: for this sandbox only, and worth nothing.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
    /// The port of 127.0.0.1 on which other programs reach it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub port: Option<u16>,
    /// Where it is kept between starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub file: Option<String>,
    /// What is wrong with that file, or was, in words.
    pub trouble: Vec<String>,
}

/// Makes a Lambda function, or changes what one does.
#[derive(Clone, Debug, PartialEq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetFunction {
    /// Up to 64 letters, digits, hyphens and underscores.
    pub name: String,
    /// What it does from now on.
    pub behaviour: Behaviour,
}

/// Names a Lambda function.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfFunction {
    /// Its name.
    pub name: String,
}

/// Changes the sandbox's clock; what is not there stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct SetClock {
    /// How many times as fast as the wall's it runs, from 0.001 to 1,000,000.
    #[ts(optional)]
    pub speed: Option<f64>,
    /// Milliseconds that pass at once.
    #[ts(optional)]
    pub advance_ms: Option<u64>,
}

/// Opens the sandbox's port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct OpenPort {
    /// 0: any that is free.
    pub port: u16,
}

/// A port that is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenedPort {
    /// Of 127.0.0.1.
    pub port: u16,
}

/// What the sandbox begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SandboxSeed {
    /// The tutorial's chat API, whose `$connect` answers 500.
    Chat,
    /// The chat API, and one broken API for each cause.
    Gallery,
    /// Nothing.
    Empty,
}

/// Begins again.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ResetSandbox {
    /// With what.
    pub seed: SandboxSeed,
}

/// Names an open connection.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfConnection {
    /// As API Gateway names it.
    pub connection_id: String,
}
