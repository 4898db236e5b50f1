//! Published versions, aliases that name one, and tags.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::answer::{Ask, Outcome, constraint, invalid, missing};
use super::function::Function;
use crate::World;
use crate::answer::Refusal;

/// Versions and aliases of one function (a bound of ours: Lambda's is on their code's size).
const MOST: usize = 100;

/// A name for a version.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Alias {
    pub version: String,
    description: String,
    revision: String,
    /// The share of invocations that a second version gets.
    weights: BTreeMap<String, f64>,
}

impl Function {
    /// Freezes `$LATEST` as the next version. Nothing has changed since the last one: that one.
    pub(super) fn publish(&mut self, world: &World, description: &str) -> Option<Map<String, Value>> {
        let same = |version: &Map<String, Value>| {
            ["CodeSha256", "Environment", "Handler", "Runtime", "Timeout", "MemorySize", "Role"]
                .iter()
                .all(|member| version.get(*member) == self.configuration().get(*member))
        };
        if let Some(last) = self.versions.last().filter(|last| same(last)) {
            return Some(last.clone());
        }
        if self.versions.len() >= MOST {
            return None;
        }
        let number = self.versions.last().and_then(|last| last.get("Version")?.as_str()?.parse::<u32>().ok());
        let number = (number.unwrap_or_default() + 1).to_string();
        self.touch(world);
        let mut version = self.configuration().clone();
        version.insert("FunctionArn".into(), json!(format!("{}:{number}", self.arn())));
        version.insert("Version".into(), json!(number));
        if !description.is_empty() {
            version.insert("Description".into(), json!(description));
        }
        self.versions.push(version.clone());
        Some(version)
    }

    fn alias(&self, name: &str, alias: &Alias) -> Value {
        let mut shown = json!({ "AliasArn": format!("{}:{name}", self.arn()), "Name": name,
            "FunctionVersion": alias.version, "Description": alias.description, "RevisionId": alias.revision });
        if !alias.weights.is_empty() {
            shown["RoutingConfig"] = json!({ "AdditionalVersionWeights": alias.weights });
        }
        shown
    }
}

impl Ask<'_> {
    pub(super) fn publish(&self, text: &str) -> Outcome {
        let (name, _) = self.named(text)?;
        let published = self.change(name, |function| {
            self.check_revision(function)?;
            Ok(function.publish(self.world, self.text("Description")))
        })?;
        let full = || invalid(format!("The sandbox keeps at most {MOST} versions of a function."));
        published.map(|version| (201, Some(version.into()))).ok_or_else(full)
    }

    pub(super) fn list_versions(&self, text: &str) -> Outcome {
        let (name, _) = self.named(text)?;
        let function = self.function(name)?;
        let mut latest = function.configuration().clone();
        latest.insert("FunctionArn".into(), json!(format!("{}:$LATEST", function.arn())));
        let all = std::iter::once(latest).chain(function.versions);
        self.page("Versions", all.map(Value::Object).collect())
    }

    fn unknown_alias(&self, name: &str, alias: &str) -> Refusal {
        missing(format!("Cannot find alias arn: {}", self.world.arn("lambda", &format!("function:{name}:{alias}"))))
    }

    fn checked_version(&self, function: &Function, name: &str) -> Result<String, Refusal> {
        let version = self.text("FunctionVersion");
        if function.aliases.contains_key(version) || function.version(Some(version)).is_none() {
            return Err(self.not_found(&format!("{name}:{version}")));
        }
        Ok(version.to_owned())
    }

    /// `RoutingConfig`: one more published version, and its share (Lambda's guide; the words are assumed).
    fn weights(&self, function: &Function, name: &str, version: &str) -> Result<BTreeMap<String, f64>, Refusal> {
        let sent = self.body.get("RoutingConfig").map(|routing| &routing["AdditionalVersionWeights"]);
        let sent = sent.and_then(Value::as_object).into_iter().flatten();
        let mut weights = BTreeMap::new();
        for (other, weight) in sent {
            let Some(weight) = weight.as_f64().filter(|weight| (0.0..=1.0).contains(weight)) else {
                return Err(constraint("weight", &weight.to_string(), "Member must have value between 0.0 and 1.0"));
            };
            if !function.versions.iter().any(|known| known.get("Version").is_some_and(|v| v == other)) {
                return Err(self.not_found(&format!("{name}:{other}")));
            }
            if other == version || version == "$LATEST" {
                return Err(invalid("An alias can split its invocations between two published versions only."));
            }
            weights.insert(other.clone(), weight);
        }
        if weights.len() > 1 {
            return Err(invalid("Number of items in AdditionalVersionWeights cannot be greater than 1."));
        }
        Ok(weights)
    }

    pub(super) fn create_alias(&self, text: &str) -> Outcome {
        let ((name, _), alias) = (self.named(text)?, self.text("Name"));
        let letters = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
        if alias.is_empty()
            || alias.len() > 128
            || !alias.bytes().all(letters)
            || alias.bytes().all(|b| b.is_ascii_digit())
        {
            let pattern = "Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)";
            return Err(constraint("name", alias, pattern));
        }
        self.change(name, |function| {
            if function.aliases.contains_key(alias) || function.aliases.len() >= MOST {
                let message = format!("Alias already exists: {}:{alias}", function.arn());
                return Err(Refusal::new(409, "ResourceConflictException", message));
            }
            let version = self.checked_version(function, name)?;
            let weights = self.weights(function, name, &version)?;
            let description = self.text("Description").to_owned();
            let made = Alias { version, description, revision: self.world.ids.uuid(), weights };
            let answer = function.alias(alias, &made);
            function.aliases.insert(alias.to_owned(), made);
            Ok((201, Some(answer)))
        })
    }

    pub(super) fn list_aliases(&self, text: &str) -> Outcome {
        let (name, _) = self.named(text)?;
        let function = self.function(name)?;
        let version = self.call.query("FunctionVersion");
        let aliases = function.aliases.iter().filter(|(_, alias)| version.is_none_or(|v| v == alias.version));
        self.page("Aliases", aliases.map(|(name, alias)| function.alias(name, alias)).collect())
    }

    pub(super) fn get_alias(&self, text: &str, alias: &str) -> Outcome {
        let (name, _) = self.named(text)?;
        let function = self.function(name)?;
        let found = function.aliases.get(alias).ok_or_else(|| self.unknown_alias(name, alias))?;
        Ok((200, Some(function.alias(alias, found))))
    }

    pub(super) fn update_alias(&self, text: &str, alias: &str) -> Outcome {
        let (name, _) = self.named(text)?;
        self.change(name, |function| {
            let mut changed = function.aliases.get(alias).cloned().ok_or_else(|| self.unknown_alias(name, alias))?;
            if self.body.contains_key("FunctionVersion") {
                changed.version = self.checked_version(function, name)?;
            }
            if self.body.contains_key("Description") {
                self.text("Description").clone_into(&mut changed.description);
            }
            if self.body.contains_key("RoutingConfig") {
                changed.weights = self.weights(function, name, &changed.version)?;
            }
            changed.revision = self.world.ids.uuid();
            let answer = function.alias(alias, &changed);
            function.aliases.insert(alias.to_owned(), changed);
            Ok((200, Some(answer)))
        })
    }

    /// Deleting one that is not there is no error.
    pub(super) fn delete_alias(&self, text: &str, alias: &str) -> Outcome {
        let (name, _) = self.named(text)?;
        self.change(name, |function| {
            function.aliases.remove(alias);
            function.policies.remove(alias);
            Ok((204, None))
        })
    }

    pub(super) fn tags(&self, method: &str, arn: &str) -> Outcome {
        let (name, qualifier) = self.named(arn)?;
        if qualifier.is_some() {
            return Err(invalid(
                "Tags on function aliases and versions are not supported. Please specify a function ARN.",
            ));
        }
        match method {
            "GET" => Ok((200, Some(json!({ "Tags": self.function(name)?.tags })))),
            "POST" => self.change(name, |function| {
                let mut tags = function.tags.clone();
                tags.extend(tags_of(self.body.get("Tags"))?);
                if tags.len() > 50 {
                    return Err(invalid("Number of tags exceeds resource tag limit."));
                }
                function.tags = tags;
                Ok((204, None))
            }),
            "DELETE" => self.change(name, |function| {
                for key in self.call.query_all("tagKeys") {
                    function.tags.remove(key);
                }
                Ok((204, None))
            }),
            _ => Err(Refusal::unknown_operation()),
        }
    }
}

/// Tags as requests have them.
pub(super) fn tags_of(sent: Option<&Value>) -> Result<BTreeMap<String, String>, Refusal> {
    let Some(sent) = sent.filter(|sent| !sent.is_null()) else { return Ok(BTreeMap::new()) };
    let tags: Option<BTreeMap<String, String>> = serde_json::from_value(sent.clone()).ok();
    let tags = tags.ok_or_else(|| Refusal::new(400, "SerializationException", "Tags must map strings to strings"))?;
    if tags.len() > 50 { Err(invalid("Number of tags exceeds resource tag limit.")) } else { Ok(tags) }
}
