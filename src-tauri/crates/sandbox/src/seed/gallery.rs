//! The gallery: one broken API for each cause that the sandbox can produce, and what a person does to see it break.
//!
//! An API is named after its cause, its description says what to do, and it is served at the stage `prod` with level
//! INFO and data trace. Rows are in `gallery/`, one file a family; a new row goes to the end of its family's table, so
//! that ids stay. It may not know how a cause is recognised.

mod address;
mod authorisation;
mod callbacks;
mod domains;
mod integrations;
mod messages;

use http::Method;
use serde::Serialize;
use serde_json::{Value, json};
use ts_rs::TS;

use super::{Route, STATIC_DEFAULT, Sower, mock};
use crate::{Chaos, Error, Fault, Sandbox};

/// Where the gallery's HTTP integrations go.
const BACKEND: &str = "http://backend.sandbox:8080";

/// The role of all its functions.
const FUNCTION_ROLE: &str = "gallery-functions";

/// The stage of each exhibit's API.
const STAGE: &str = "prod";

/// A broken API, and how it is seen to break.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Exhibit {
    /// What is broken, in a few words that others share.
    pub family: &'static str,
    /// The cause's public id.
    pub cause: &'static str,
    /// Its API.
    pub api_id: String,
    /// Its stage.
    pub stage: &'static str,
    /// What to do, in words.
    pub tries: &'static str,
    /// How often one dials until it is seen; 0: it takes more than a WebSocket client that signs nothing.
    pub dials: u8,
    /// The host to dial, mostly a custom domain, when it is not the API's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub domain: Option<String>,
    /// What is dialled behind the host.
    pub path: &'static str,
    /// Headers of the handshake.
    pub headers: Vec<(&'static str, &'static str)>,
    /// A message to send once connected.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub send: Option<&'static str>,
    /// How much of the sandbox's time has to pass then, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub skip_ms: Option<u64>,
}

/// One row: an exhibit and how its API is made.
struct Row {
    cause: &'static str,
    tries: &'static str,
    /// Where it is dialled, when neither the API's own host nor the domain that its cause has.
    host: Option<&'static str>,
    path: &'static str,
    headers: &'static [(&'static str, &'static str)],
    send: Option<&'static str>,
    dials: u8,
    skip_ms: Option<u64>,
    make: fn(&Sower<'_>, &str) -> Result<(), Error>,
}

/// A row that breaks when one connects.
const fn connect(cause: &'static str, make: fn(&Sower<'_>, &str) -> Result<(), Error>) -> Row {
    let (tries, path) = ("Connect.", "/prod");
    Row { cause, tries, host: None, path, headers: &[], send: None, dials: 1, skip_ms: None, make }
}

/// A row that breaks when one has connected and sends a message to the route `go`.
const fn message(cause: &'static str, make: fn(&Sower<'_>, &str) -> Result<(), Error>) -> Row {
    Row { tries: "Connect, and send {\"action\": \"go\"}.", send: Some(r#"{"action": "go"}"#), ..connect(cause, make) }
}

/// The families; the number in an API's id begins with the family's.
const FAMILIES: [(&str, &[Row]); 6] = [
    ("Integrations", integrations::ROWS),
    ("Authorisation and limits", authorisation::ROWS),
    ("Address and stage", address::ROWS),
    ("Messages and endings", messages::ROWS),
    ("@connections", callbacks::ROWS),
    ("Custom domains", domains::ROWS),
];

/// How the ids of the last family begin.
const DOMAINS: &str = "gallery6";

fn rows() -> impl Iterator<Item = (String, &'static Row)> {
    exhibits().map(|(_, id, row)| (id, row))
}

/// Each row with its family and the id of its API.
fn exhibits() -> impl Iterator<Item = (&'static str, String, &'static Row)> {
    FAMILIES.iter().enumerate().flat_map(|(family, (name, rows))| {
        let id = move |n: usize| format!("gallery{}{:02}", family + 1, n + 1);
        rows.iter().enumerate().map(move |(n, row)| (*name, id(n), row))
    })
}

impl Sandbox {
    /// The exhibits of [`Seed::Gallery`](crate::Seed::Gallery).
    #[must_use]
    pub fn gallery() -> Vec<Exhibit> {
        let exhibit = |(family, api_id, row): (&'static str, String, &Row)| Exhibit {
            family,
            cause: row.cause,
            domain: row
                .host
                .map(str::to_owned)
                .or_else(|| api_id.starts_with(DOMAINS).then(|| domains::name(row.cause))),
            api_id,
            stage: STAGE,
            tries: row.tries,
            dials: row.dials,
            path: row.path,
            headers: row.headers.to_vec(),
            send: row.send,
            skip_ms: row.skip_ms,
        };
        exhibits().map(exhibit).collect()
    }

    /// Those whose API exists here.
    #[must_use]
    pub fn exhibits(&self) -> Vec<Exhibit> {
        let state = self.0.state.lock();
        let exists = |exhibit: &Exhibit| state.resources.get(&format!("apis/{}", exhibit.api_id)).is_some();
        Self::gallery().into_iter().filter(exists).collect()
    }
}

/// Makes them all.
pub(super) fn sow(sower: &Sower<'_>) -> Result<(), Error> {
    let account = sower.rest("apigateway", Method::GET, "/account", &Value::Null)?;
    if account["cloudwatchRoleArn"].is_null() {
        sower.log_role()?;
    }
    sower.role(FUNCTION_ROLE, "lambda.amazonaws.com")?;
    for (id, row) in rows() {
        sower.api(&id, row.cause, row.tries)?;
        (row.make)(sower, &id).map_err(|e| Error::Seed(format!("{}: {e}", row.cause)))?;
    }
    Ok(())
}

/// What most makers need.
impl Sower<'_> {
    /// Serves what there is at `prod`, with logs.
    fn open(&self, api: &str) -> Result<(), Error> {
        self.open_with(api, json!({}))
    }

    /// The same, with more members of the stage.
    fn open_with(&self, api: &str, more: Value) -> Result<(), Error> {
        let mut stage = json!({ "stageName": STAGE,
            "defaultRouteSettings": { "loggingLevel": "INFO", "dataTraceEnabled": true } });
        for (name, value) in more.as_object().into_iter().flatten() {
            match (value, stage.get_mut(name)) {
                (Value::Object(new), Some(Value::Object(old))) => old.extend(new.clone()),
                _ => stage[name] = value.clone(),
            }
        }
        self.deploy(api, &stage)
    }

    /// An API whose `$connect` is this.
    fn connect_route(&self, api: &str, route: Route) -> Result<(), Error> {
        self.route(api, "$connect", route)?;
        self.open(api)
    }

    /// An API that one can connect to, whose route `go` is this.
    fn go_route(&self, api: &str, route: Route) -> Result<(), Error> {
        self.route(api, "go", route)?;
        self.open(api)
    }

    /// An API that answers each message with itself.
    fn echo(&self, api: &str) -> Result<(), Error> {
        let route = Route::mock(r#"{"statusCode": 200, "said": $input.body}"#, Some("$input.json('$.said')"));
        self.route(api, "$default", route)?;
        self.open(api)
    }

    fn fault(&self, api: &str, route_key: &str, chaos: Chaos) {
        let fault = Fault { api_id: api.into(), stage: STAGE.into(), route_key: route_key.into(), chaos };
        self.0.state.lock().faults.push(fault);
    }

    fn function_arn(&self, name: &str) -> String {
        self.0.arn("lambda", &format!("function:{name}"))
    }

    fn invocation_uri(&self, name: &str) -> String {
        let (region, arn) = (&self.0.options.region, self.function_arn(name));
        format!("arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations")
    }

    /// A proxy integration with a function.
    fn proxy(&self, function: &str) -> Value {
        json!({ "integrationType": "AWS_PROXY", "integrationMethod": "POST",
            "integrationUri": self.invocation_uri(function) })
    }

    /// A function, with what the sandbox lets it do, that this API may call if `source` is given.
    fn function(&self, name: &str, does: (&str, &str), timeout: u32, source: Option<&str>) -> Result<(), Error> {
        let function = json!({ "FunctionName": name, "Runtime": "nodejs22.x", "Handler": "index.handler",
            "Role": format!("arn:aws:iam::{}:role/{FUNCTION_ROLE}", self.0.options.account), "Timeout": timeout,
            "Code": { "ZipFile": "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==" },
            "Environment": { "Variables": { does.0: does.1 } } });
        self.rest("lambda", Method::POST, "/2015-03-31/functions", &function)?;
        let Some(source) = source else { return Ok(()) };
        let permission = json!({ "StatementId": "gallery", "Action": "lambda:InvokeFunction",
            "Principal": "apigateway.amazonaws.com", "SourceArn": self.0.arn("execute-api", source) });
        let path = format!("/2015-03-31/functions/{name}/policy");
        self.rest("lambda", Method::POST, &path, &permission).map(drop)
    }
}

/// An HTTP proxy integration with a path of the chat backend.
fn http_proxy(method: &str, path: &str) -> Value {
    json!({ "integrationType": "HTTP_PROXY", "integrationMethod": method, "integrationUri": format!("{BACKEND}{path}") })
}
