//! The members of a request: their types, and the bounds that the model sets them.
//!
//! Words of constraints are those of the recorded samples; a member of the wrong type is refused before all else
//! (assumed).

use serde_json::Value;

use crate::answer::Refusal;

const TEXT: &str = "String";
const NUMBER: &str = "Long";
const FLAG: &str = "Boolean";
const LIST: &str = "List";
const MAP: &str = "Map";

/// What each member is, whichever operation it belongs to.
const TYPES: &[(&str, &str)] = &[
    ("deletionProtectionEnabled", FLAG),
    ("descending", FLAG),
    ("endTime", NUMBER),
    ("filterPattern", TEXT),
    ("includeLinkedAccounts", FLAG),
    ("interleaved", FLAG),
    ("kmsKeyId", TEXT),
    ("limit", NUMBER),
    ("logEventFilterPattern", TEXT),
    ("logEventMessages", LIST),
    ("logEvents", LIST),
    ("logGroupClass", TEXT),
    ("logGroupIdentifier", TEXT),
    ("logGroupIdentifiers", LIST),
    ("logGroupName", TEXT),
    ("logGroupNamePattern", TEXT),
    ("logGroupNamePrefix", TEXT),
    ("logGroupNames", LIST),
    ("logStreamName", TEXT),
    ("logStreamNamePrefix", TEXT),
    ("logStreamNamePrefixes", LIST),
    ("logStreamNames", LIST),
    ("maxItems", NUMBER),
    ("maxResults", NUMBER),
    ("nextToken", TEXT),
    ("orderBy", TEXT),
    ("queryId", TEXT),
    ("queryLanguage", TEXT),
    ("queryString", TEXT),
    ("resourceArn", TEXT),
    ("retentionInDays", NUMBER),
    ("sequenceToken", TEXT),
    ("startFromHead", FLAG),
    ("startTime", NUMBER),
    ("status", TEXT),
    ("tagKeys", LIST),
    ("unmask", FLAG),
];

/// The members of a request; a member that is there has its type.
pub(super) struct Asked(Value);

impl Asked {
    pub(super) fn read(body: &[u8]) -> Result<Self, Refusal> {
        let asked = match serde_json::from_slice::<Value>(if body.is_empty() { b"{}" } else { body }) {
            Ok(Value::Object(asked)) => asked,
            _ => return Err(serialization("Could not parse request body")),
        };
        for (member, wanted) in TYPES {
            let found = match asked.get(*member) {
                None | Some(Value::Null) => continue,
                Some(Value::Bool(_)) => FLAG,
                Some(Value::Number(_)) => NUMBER,
                Some(Value::String(_)) => TEXT,
                Some(Value::Array(items)) if *member != "logEvents" && !items.iter().all(Value::is_string) => "Object",
                Some(Value::Array(_)) => LIST,
                Some(Value::Object(_)) => MAP,
            };
            if found != *wanted {
                return Err(serialization(&format!("{member}: {found} can not be converted to a {wanted}")));
            }
        }
        Ok(Self(Value::Object(asked)))
    }

    pub(super) fn has(&self, member: &str) -> bool {
        !self.0[member].is_null()
    }

    pub(super) fn value(&self, member: &str) -> &Value {
        &self.0[member]
    }

    pub(super) fn text(&self, member: &str) -> &str {
        self.0[member].as_str().unwrap_or_default()
    }

    pub(super) fn texts(&self, member: &str) -> Vec<&str> {
        self.0[member].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    }

    pub(super) fn number(&self, member: &str) -> Option<i64> {
        self.0[member].as_i64().or_else(|| self.0[member].as_f64().map(|n| n as i64))
    }

    pub(super) fn flag(&self, member: &str) -> Option<bool> {
        self.0[member].as_bool()
    }

    /// A member that must be there.
    pub(super) fn required(&self, member: &str) -> Result<&str, Refusal> {
        if self.has(member) { Ok(self.text(member)) } else { Err(null(member)) }
    }

    /// A count between one and the most.
    pub(super) fn limit(&self, member: &str, most: usize) -> Result<usize, Refusal> {
        match self.number(member).map(usize::try_from) {
            None => Ok(most),
            Some(Ok(n)) if (1..=most).contains(&n) => Ok(n),
            Some(_) => {
                let n = self.number(member).unwrap_or_default();
                let bound =
                    if n < 1 { "greater than or equal to 1".into() } else { format!("less than or equal to {most}") };
                Err(constraint(&n.to_string(), member, &format!("Member must have value {bound}")))
            }
        }
    }

    /// Times are not negative.
    pub(super) fn time(&self, member: &str) -> Result<Option<i64>, Refusal> {
        match self.number(member) {
            Some(n) if n < 0 => {
                Err(constraint(&n.to_string(), member, "Member must have value greater than or equal to 0"))
            }
            time => Ok(time),
        }
    }

    /// A list that has no more than that many items, if it is there.
    pub(super) fn list(&self, member: &str, most: usize) -> Result<Vec<&str>, Refusal> {
        let items = self.texts(member);
        let bound = match items.len() {
            0 if self.has(member) => "greater than or equal to 1".to_owned(),
            n if n > most => format!("less than or equal to {most}"),
            _ => return Ok(items),
        };
        Err(constraint_at(member, &format!("Member must have length {bound}")))
    }

    /// One of the model's values, if it is there.
    pub(super) fn choice(&self, member: &str, values: &[&str]) -> Result<Option<&str>, Refusal> {
        match self.0[member].as_str() {
            Some(value) if !values.contains(&value) => {
                let what = format!("Member must satisfy enum value set: [{}]", values.join(", "));
                Err(constraint(value, member, &what))
            }
            value => Ok(value),
        }
    }

    /// The name of a group in a member that must be there.
    pub(super) fn group_name(&self) -> Result<&str, Refusal> {
        let name = self.required("logGroupName")?;
        check_group_name(name, "logGroupName")?;
        Ok(name)
    }

    /// The group by name, or by identifier.
    pub(super) fn group(&self) -> Result<&str, Refusal> {
        match (self.has("logGroupName"), self.has("logGroupIdentifier")) {
            // Assumed: which of the two it says is missing, and what it says of both.
            (false, false) => Err(null("logGroupName")),
            (true, true) => {
                Err(invalid_parameter("LogGroup name and LogGroup Identifier are mutually exclusive parameters."))
            }
            (true, false) => self.group_name(),
            (false, true) => group_name(self.text("logGroupIdentifier"), "logGroupIdentifier"),
        }
    }

    /// The name of a stream in a member that must be there.
    pub(super) fn stream_name(&self) -> Result<&str, Refusal> {
        let name = self.required("logStreamName")?;
        check_stream_name(name, "logStreamName")?;
        Ok(name)
    }
}

pub(super) fn check_group_name(name: &str, member: &str) -> Result<(), Refusal> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_-/.#".contains(&b);
    check(name, member, r"[\.\-_/#A-Za-z0-9]+", name.bytes().all(allowed))
}

pub(super) fn check_stream_name(name: &str, member: &str) -> Result<(), Refusal> {
    check(name, member, "[^:*]*", !name.contains([':', '*']))
}

fn check(name: &str, member: &str, pattern: &str, fits: bool) -> Result<(), Refusal> {
    let what = match name.chars().count() {
        0 => "Member must have length greater than or equal to 1".to_owned(),
        513.. => "Member must have length less than or equal to 512".to_owned(),
        _ if !fits => format!("Member must satisfy regular expression pattern: {pattern}"),
        _ => return Ok(()),
    };
    Err(constraint(name, member, &what))
}

/// The name in a group's identifier. An ARN that ends in `:*`, as `DescribeLogGroups` gives it in `arn`, is refused:
/// the model's pattern has no asterisk.
pub(super) fn group_name<'i>(identifier: &'i str, member: &str) -> Result<&'i str, Refusal> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_#+=/:,.@-".contains(c);
    let what = match identifier.len() {
        0 => "Member must have length greater than or equal to 1",
        2049.. => "Member must have length less than or equal to 2048",
        _ if !identifier.chars().all(allowed) => r"Member must satisfy regular expression pattern: [\w#+=/:,.@-]*",
        _ => return Ok(identifier.split_once(":log-group:").map_or(identifier, |(_, name)| name)),
    };
    Err(constraint_at(member, what))
}

/// A value outside its model.
pub(super) fn constraint(value: &str, member: &str, what: &str) -> Refusal {
    let failed = format!("Value '{value}' at '{member}' failed to satisfy constraint: {what}");
    invalid_parameter(&format!("1 validation error detected: {failed}"))
}

/// The same for what is too long to repeat.
pub(super) fn constraint_at(member: &str, what: &str) -> Refusal {
    let failed = format!("Value at '{member}' failed to satisfy constraint: {what}");
    invalid_parameter(&format!("1 validation error detected: {failed}"))
}

/// A member that must be there and is not.
pub(super) fn null(member: &str) -> Refusal {
    let failed = format!("Value null at '{member}' failed to satisfy constraint: Member must not be null");
    invalid_parameter(&format!("1 validation error detected: {failed}"))
}

pub(super) fn invalid_parameter(message: &str) -> Refusal {
    Refusal::new(400, "InvalidParameterException", message)
}

pub(super) fn invalid_token() -> Refusal {
    invalid_parameter("The specified nextToken is invalid.")
}

fn serialization(message: &str) -> Refusal {
    Refusal::new(400, "SerializationException", message)
}

pub(super) fn no_group() -> Refusal {
    Refusal::new(400, "ResourceNotFoundException", "The specified log group does not exist.")
}

pub(super) fn no_stream() -> Refusal {
    Refusal::new(400, "ResourceNotFoundException", "The specified log stream does not exist.")
}
