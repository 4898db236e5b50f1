//! Ready queries for Logs Insights, in the stage's own words.
//!
//! Execution log and functions write sentences, so those queries find them (facts 1.3, and Lambda's `REPORT` line); the
//! access log is written by the stage's format, so its queries are made from that. Pure. It may not know how a query runs.

use gatescope_model::book::SourceKind;

use crate::calls::LogQuery;

/// Title, what it tells, the query.
type Ready = (&'static str, &'static str, &'static str);

const EXECUTION: &[Ready] = &[
    (
        "Failures by their words",
        "Which of the gateway's sentences about failures stand in the log, and how often.",
        r"parse @message /\) (?<failure>Execution failed due to [^:]*:? ?[^:]*|Lambda execution failed with status \d+ due to customer function error|Unauthorized request)/
| filter ispresent(failure) and failure != ''
| stats count(*) as times, max(@timestamp) as last by failure
| sort times desc
| limit 50",
    ),
    (
        "Messages by status",
        "With which status messages ended.",
        r"parse @message /sent to API \[[^\]]*\] with response status code \[(?<status>\d+)\]/
| filter ispresent(status) and status != ''
| stats count(*) as messages by status
| sort messages desc",
    ),
    (
        "Requests by route",
        "How many requests each route took.",
        r"parse @message /WebSocket Request Route: \[(?<route>[^\]]*)\]/
| filter ispresent(route) and route != ''
| stats count(*) as requests by route
| sort requests desc",
    ),
    (
        "Disconnect reasons",
        "With which codes and words connections ended.",
        r"parse @message /Close reason: \[(?<code>\d+):? ?(?<reason>[^\]]*)\]/
| filter ispresent(code) and code != ''
| stats count(*) as connections by code, reason
| sort connections desc",
    ),
    (
        "Who was connected",
        "Each connection with its first and its last line: who was there at a time lies between the two.",
        r"parse @message /Connection Id: (?<connection>[^\]]+)\]/
| filter ispresent(connection) and connection != ''
| stats min(@timestamp) as first, max(@timestamp) as last by connection
| sort last desc
| limit 1000",
    ),
    (
        "Messages per connection",
        "Which connections send most.",
        r"parse @message /Message from client \[Connection Id: (?<connection>[^\]]+)\] sent/
| filter ispresent(connection) and connection != ''
| stats count(*) as messages by connection
| sort messages desc
| limit 100",
    ),
    (
        "Clients by address",
        "From where, and with which program, handshakes came.",
        r"parse @message /Client \[UserAgent: (?<agent>.*), SourceIp: (?<ip>[^\]]*)\] is connecting/
| filter ispresent(ip) and ip != ''
| stats count(*) as handshakes by ip, agent
| sort handshakes desc
| limit 100",
    ),
    (
        "Slowest integrations",
        "The requests whose integration took longest. Needs data trace.",
        r"parse @message /^\((?<request>[^)]*)\) Received response\. Status: (?<status>\d+), Integration latency: (?<latency>\d+) ms/
| filter ispresent(latency) and latency != ''
| sort latency desc
| display @timestamp, request, status, latency
| limit 50",
    ),
    (
        "Timeouts over time",
        "When integrations did not answer in time.",
        r"filter @message like /Execution failed due to a timeout error|Task timed out after/
| stats count(*) as timeouts by bin(5m) as at
| sort at asc",
    ),
    (
        "Throttled over time",
        "When requests were refused because there were too many.",
        r"filter @message like /limit exceeded|status code: 429|status: 429/
| stats count(*) as throttled by bin(5m) as at
| sort at asc",
    ),
    (
        "Authorizer failures",
        "Requests that an authorizer refused, or in which it failed.",
        r"parse @message /^\((?<request>[^)]*)\) (?<said>.*)$/
| filter @message like /Unauthorized request|Authorizer error|AuthorizerConfigurationException|Invalid JSON in response/
| sort @timestamp desc
| display @timestamp, request, said
| limit 100",
    ),
    (
        "What the log costs",
        "Lines and characters of each hour: what is paid for is close to it.",
        r"stats count(*) as lines, sum(strlen(@message)) as characters by bin(1h) as at
| sort at asc",
    ),
];

const FUNCTION: &[Ready] = &[
    (
        "Slowest runs",
        "The runs of the function that took longest, with their memory.",
        r"parse @message /REPORT RequestId: (?<run>\S+)\s+Duration: (?<ms>[0-9.]+) ms\s+Billed Duration: (?<billed>[0-9.]+) ms\s+Memory Size: (?<memory>\d+) MB(?:\s+Max Memory Used: (?<used>\d+) MB)?/
| filter ispresent(run) and run != ''
| sort ms desc
| display @timestamp, run, ms, billed, memory, used
| limit 50",
    ),
    (
        "Cold starts",
        "How many runs had to start the function first, and how long that took.",
        r"parse @message /Init Duration: (?<init>[0-9.]+) ms/
| filter ispresent(init) and init != ''
| stats count(*) as starts, avg(init) as mean, max(init) as longest by bin(5m) as at
| sort at asc",
    ),
    (
        "Errors and timeouts",
        "What the function said when it failed.",
        r"filter @message like /ERROR|Task timed out|Process exited|Error:/
| sort @timestamp desc
| display @timestamp, @message
| limit 100",
    ),
];

/// All of them, for a stage whose access log is written like this.
pub(super) fn ready(format: &str) -> Vec<LogQuery> {
    let ready = |kind: SourceKind| {
        move |(title, tells, query): &Ready| LogQuery {
            title: (*title).to_owned(),
            tells: (*tells).to_owned(),
            kind,
            query: (*query).to_owned(),
        }
    };
    let mut all: Vec<LogQuery> = EXECUTION.iter().map(ready(SourceKind::Execution)).collect();
    all.extend(access(format));
    all.extend(FUNCTION.iter().map(ready(SourceKind::Function)));
    all
}

/// Where a variable of the access log stands.
struct Columns {
    /// What has to come first.
    parse: String,
    names: Vec<(String, String)>,
}

impl Columns {
    /// Reads a stage's format. Without one, or of one that can't be read, names stand as in the usual JSON.
    fn of(format: &str) -> Self {
        let format = format.trim();
        if let Ok(serde_json::Value::Object(members)) = serde_json::from_str(format) {
            let variable = |(name, value): (String, serde_json::Value)| {
                let variable = value.as_str()?.strip_prefix("$context.")?.to_owned();
                Some((variable, if is_plain(&name) { name } else { format!("`{name}`") }))
            };
            return Self { parse: String::new(), names: members.into_iter().filter_map(variable).collect() };
        }
        let mut columns = Self { parse: String::new(), names: Vec::new() };
        let mut regex = String::new();
        let mut rest = format;
        while let Some(at) = rest.find("$context.") {
            regex.push_str(&escaped(&rest[..at]));
            rest = &rest[at + "$context.".len()..];
            let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '_';
            let end = rest.find(|c| !is_of_name(c)).unwrap_or(rest.len());
            // `$context.requestId.` ends with a full stop of the text.
            let variable = rest[..end].trim_end_matches('.');
            rest = &rest[variable.len()..];
            let name = variable.replace(['.', '-'], "_");
            if columns.names.iter().any(|(known, _)| known == variable) {
                regex.push_str(".*?");
            } else {
                regex.push_str(&format!("(?<{name}>.*?)"));
                columns.names.push((variable.to_owned(), name));
            }
        }
        regex.push_str(&escaped(rest));
        if columns.names.is_empty() {
            let usual = ["routeKey", "status", "integrationLatency", "eventType", "connectionId", "requestId"];
            columns.names = usual.iter().map(|name| ((*name).to_owned(), (*name).to_owned())).collect();
            columns.names.push(("identity.sourceIp".to_owned(), "ip".to_owned()));
        } else {
            columns.parse = format!("parse @message /^{regex}$/\n| ");
        }
        columns
    }

    fn name(&self, variables: &[&str]) -> Option<&str> {
        variables.iter().find_map(|wanted| self.names.iter().find(|(v, _)| v == wanted).map(|(_, name)| name.as_str()))
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.')
}

/// A text that stands for itself in a regular expression between slashes.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if r"\.+*?()|[]{}^$/-".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn access(format: &str) -> Vec<LogQuery> {
    let columns = Columns::of(format);
    let first = &columns.parse;
    let status = columns.name(&["status"]);
    let route = columns.name(&["routeKey"]);
    let ip = columns.name(&["identity.sourceIp"]);
    let latency = columns.name(&["integrationLatency", "integration.latency"]);
    let mut all = Vec::new();
    let mut add = |title: &str, tells: &str, query: Option<String>| {
        let query = query.map(|query| format!("{first}{query}"));
        all.extend(query.map(|query| LogQuery {
            title: title.to_owned(),
            tells: tells.to_owned(),
            kind: SourceKind::Access,
            query,
        }));
    };
    add(
        "Errors by route",
        "Which routes fail, and with which status.",
        route.zip(status).map(|(route, status)| {
            format!("filter {status} >= 400\n| stats count(*) as errors by {route}, {status}\n| sort errors desc")
        }),
    );
    add(
        "Latency by route",
        "How long the integration of each route takes: half of the requests, 95 of 100, the slowest.",
        route.zip(latency).map(|(route, latency)| {
            format!(
                "stats count(*) as requests, pct({latency}, 50) as p50, pct({latency}, 95) as p95, max({latency}) as \
                 slowest by {route}\n| sort p95 desc"
            )
        }),
    );
    add(
        "4xx by source IP",
        "From where refused requests came.",
        ip.zip(status).map(|(ip, status)| {
            format!(
                "filter {status} >= 400 and {status} < 500\n| stats count(*) as refused by {ip}, {status}\n| sort \
                 refused desc\n| limit 100"
            )
        }),
    );
    add(
        "Pushes by status",
        "How calls of @connections ended: 410 is a connection that was gone.",
        route.zip(status).map(|(route, status)| {
            format!(
                "filter {route} like /@connections/\n| stats count(*) as calls by {route}, {status}\n| sort calls desc"
            )
        }),
    );
    add(
        "Requests over time",
        "Requests in each five minutes, by status.",
        status.map(|status| format!("stats count(*) as requests by bin(5m) as at, {status}\n| sort at asc")),
    );
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_ready_queries_for_each_kind_of_log() {
        let all = ready("");
        assert!(all.len() >= 15, "{}", all.len());
        for kind in [SourceKind::Execution, SourceKind::Access, SourceKind::Function] {
            assert!(all.iter().filter(|q| q.kind == kind).count() >= 3, "{kind:?}");
        }
    }

    #[test]
    fn queries_of_the_access_log_speak_its_format() {
        let query = |format: &str| access(format).swap_remove(0).query;
        let json = query(r#"{"id":"$context.requestId","route key":"$context.routeKey","s":"$context.status"}"#);
        assert!(json.starts_with("filter s >= 400") && json.contains("by `route key`, s"), "{json}");
        let text = query("$context.requestId [$context.requestTime] \"$context.routeKey\" $context.status");
        assert!(
            text.starts_with(
                r#"parse @message /^(?<requestId>.*?) \[(?<requestTime>.*?)\] "(?<routeKey>.*?)" (?<status>.*?)$/"#
            ),
            "{text}"
        );
        // What the format does not write can't be asked.
        let titles: Vec<String> = access("$context.requestId $context.status").into_iter().map(|q| q.title).collect();
        assert_eq!(titles, ["Requests over time"]);
    }
}
