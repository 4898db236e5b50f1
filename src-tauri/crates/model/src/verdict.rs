//! The explanation of a failure: which cause, how sure, on which evidence, and the one thing to do about it.
//!
//! Values only; the rules that make them are in [`crate::diagnose`].

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How sure. `Certain` only when the evidence excludes every other cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Confidence {
    /// Fits, others fit as well.
    Possible,
    /// The best explanation, not proven.
    Likely,
    /// Proven.
    Certain,
}

/// A cause that fits the evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// Public id, for example `mock-status-missing`.
    pub cause: String,
    /// How sure.
    pub confidence: Confidence,
    /// What happened, one sentence.
    pub title: String,
    /// Why that is a failure, at most three lines.
    pub reason: String,
    /// What to do, one sentence.
    pub fix: String,
    /// Numbered from 1 in this order.
    pub evidence: Vec<Evidence>,
    /// What one click does about it, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub action: Option<Action>,
    /// Said instead of a click: what has become of the cause since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub since: Option<String>,
    /// Where AWS writes about it.
    #[serde(default)]
    #[ts(as = "Option<String>", optional)]
    pub doc: String,
}

/// One reason to believe a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// Where it was seen.
    pub place: Place,
    /// What it says, in words.
    pub text: String,
}

/// Where a piece of evidence is to be seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Place {
    /// A line of the request's log, counted from 0.
    Line {
        /// Index into the request's lines.
        index: u32,
    },
    /// The status of the refused handshake.
    Status,
    /// A header of the refused handshake.
    Header {
        /// Its name.
        name: String,
    },
    /// The body of the refused handshake.
    Body,
    /// The frame that came back.
    Frame,
    /// A setting of the API as it stands now.
    Config {
        /// For example `Routes › $connect › Request template`.
        path: String,
        /// Which route to show.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        route_key: Option<String>,
    },
    /// The clock: how long ago something happened.
    Clock,
    /// The message that was sent.
    Message,
    /// How the connection ended: its code, its reason, how long it had been open or idle.
    End,
    /// How far the handshake came, in DNS, TCP or TLS.
    Phase,
    /// What the stage serves, which is not what the API says now.
    Deployed {
        /// Which route to show.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        route_key: Option<String>,
    },
    /// A line of another group that belongs to the request.
    Beside {
        /// Which group.
        log_group: String,
        /// Milliseconds since 1970.
        at: i64,
    },
    /// The answer of a probe.
    Probe {
        /// `DNS`, `TLS`, `lambda:GetPolicy` …
        name: String,
    },
}

/// The one thing that a click does about a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Action {
    /// Opens the review sheet with a draft that removes the cause.
    Fix {
        /// The route that gets fixed.
        route_key: String,
        /// What besides the route the fix is about: a custom domain and its mapping key, a key's id, a variable.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        about: Option<String>,
    },
    /// Opens the review sheet that turns execution logs on.
    TurnOnLogs,
    /// Shows the route.
    ShowRoute {
        /// Which.
        route_key: String,
        /// Which station of its way: `Request template`.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        station: Option<String>,
    },
    /// Reads the log again now.
    ReadNow,
    /// Opens the review sheet that deploys what stands now, and connects again.
    Deploy,
    /// Adds the variable to the draft, empty, and shows where its value goes.
    SetVariable {
        /// Its name.
        name: String,
    },
    /// Connects with the value of an API key in `x-api-key`; which key is asked where there are several.
    SendKey,
    /// Connects with a Signature Version 4 of this account's credentials.
    Sign,
    /// Connects to another address.
    Dial {
        /// Whole, with its scheme.
        url: String,
    },
    /// Shows another group's lines at a request.
    OpenLog {
        /// Which group.
        log_group: String,
        /// The function's request id.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        request_id: Option<String>,
    },
    /// Copies a text that belongs elsewhere: a policy, a callback URL, a line of a function's code.
    Copy {
        /// What it is, for the button: `Copy the policy`.
        what: String,
        /// The text.
        text: String,
    },
    /// Asks the world: DNS, TLS, a function's policy, IAM, the targets. Then the verdict is made again.
    Probe,
}

/// What is known about one failed attempt or message, best first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Ranked; empty = not explained yet.
    pub findings: Vec<Finding>,
    /// What was looked at, in words: said when nothing fits.
    pub looked_at: Vec<String>,
    /// What would settle it, in words: said when nothing is certain.
    pub would_help: Vec<String>,
    /// What was asked besides, because a person allowed it, and what came back: said whatever was found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<String>>", optional)]
    pub asked: Vec<String>,
}
