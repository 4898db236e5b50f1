//! What AWS takes at which field: lengths, ranges, character sets. Said at the field, before anything is sent.
//!
//! Sources stand at each rule: the facts, botocore's model (`botocore`), or `assumed`. AWS may refuse all the same, and then its
//! own words are shown. It may not know what a change is; only what the draft says that the base does not. Where to look next:
//! one file a noun in `limits/`.

mod access_log;
mod api;
mod authorizer;
mod expression;
mod integration;
mod mapping;
mod model;
mod response;
mod route;
mod stage;
mod surroundings;
mod variables;

pub(crate) use expression::fixed;
pub(crate) use variables::{names as variable_names, used as used_variables};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::api::{Snapshot, Texts};
use crate::resource::Kind;

/// Something that AWS would refuse, at its field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "FieldProblem")]
pub struct Problem {
    /// On what.
    pub kind: Kind,
    /// Of which; else empty.
    pub parent: String,
    /// Its id.
    pub id: String,
    /// `timeoutInMillis`, `stageVariables/region`.
    pub member: String,
    /// In words: "between 50 and 29000".
    pub text: String,
    /// False: AWS takes it, but it hardly does what was meant.
    pub refused: bool,
}

/// What AWS would refuse of a draft, or what hardly does what was meant. What the base has as well is none of the draft's.
#[must_use]
pub fn check(base: &Snapshot, draft: &Snapshot) -> Vec<Problem> {
    let before = all(base, base);
    let mut problems = all(base, draft);
    problems.retain(|problem| !before.contains(problem));
    problems
}

/// What is wrong with a snapshot as it stands at AWS.
pub(crate) fn everything(snapshot: &Snapshot) -> Vec<Problem> {
    all(snapshot, snapshot)
}

/// Everything that is wrong with a snapshot; `base` tells what stands at AWS already.
fn all(base: &Snapshot, draft: &Snapshot) -> Vec<Problem> {
    let mut found = Vec::new();
    api::check(draft, &mut found);
    route::check(draft, &mut found);
    integration::check(draft, &mut found);
    model::check(draft, &mut found);
    authorizer::check(base, draft, &mut found);
    stage::check(base, draft, &mut found);
    variables::check(draft, &mut found);
    if let Some(surroundings) = &draft.surroundings {
        surroundings::check(draft, surroundings, &mut found);
        mapping::check(draft, surroundings, &mut found);
    }
    found
}

/// One resource that is looked at.
struct Place<'a> {
    kind: Kind,
    parent: &'a str,
    id: &'a str,
    found: &'a mut Vec<Problem>,
}

impl<'a> Place<'a> {
    fn new(found: &'a mut Vec<Problem>, kind: Kind, id: &'a str) -> Self {
        Self { kind, parent: "", id, found }
    }

    fn of(found: &'a mut Vec<Problem>, kind: Kind, parent: &'a str, id: &'a str) -> Self {
        Self { kind, parent, id, found }
    }

    fn say(&mut self, member: &str, text: String, refused: bool) {
        let (parent, id) = (self.parent.to_owned(), self.id.to_owned());
        self.found.push(Problem { kind: self.kind, parent, id, member: member.to_owned(), text, refused });
    }

    /// AWS would refuse it.
    fn refuse(&mut self, member: &str, text: impl Into<String>) {
        self.say(member, text.into(), true);
    }

    /// AWS takes it, but it hardly does what was meant.
    fn warn(&mut self, member: &str, text: impl Into<String>) {
        self.say(member, text.into(), false);
    }

    /// Lengths of botocore's model; in characters.
    fn length(&mut self, member: &str, text: Option<&str>, most: usize) {
        let length = text.map_or(0, |text| text.chars().count());
        if length > most {
            self.refuse(member, format!("at most {most} characters; these are {length}"));
        }
    }

    /// One of a closed set.
    fn one_of(&mut self, member: &str, value: Option<&str>, values: &[&str]) {
        if let Some(value) = value.filter(|value| !value.is_empty() && !values.contains(value)) {
            self.refuse(member, format!("{value} is none of {}", values.join(", ")));
        }
    }

    /// At most 50 tags, none of AWS's own; keys of 1 to 128 characters, values of at most 256 (facts 5.1; the developer guide).
    fn tags(&mut self, tags: &Texts) {
        if tags.len() > 50 {
            self.refuse("tags", format!("at most 50 tags; these are {}", tags.len()));
        }
        for (key, value) in tags {
            let member = format!("tags/{key}");
            if key.is_empty() || key.chars().count() > 128 {
                self.refuse(&member, "a tag's key has 1 to 128 characters");
            }
            if key.to_ascii_lowercase().starts_with("aws:") {
                self.refuse(&member, "keys that begin with aws: are AWS's own");
            }
            self.length(&member, Some(value), 256);
        }
    }
}

/// Whether a text is the ARN of a role, in any partition. The wildcard user is refused on WebSocket APIs (facts 2, 8).
fn is_role_arn(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    matches!(parts[..], ["arn", partition, "iam", "", account, resource]
        if partition.starts_with("aws") && !account.is_empty() && resource.starts_with("role/") && !arn.contains('*'))
}

/// Whether a text is filled in by a stage variable when a request comes.
fn is_filled_later(text: &str) -> bool {
    text.contains("${stageVariables.")
}
