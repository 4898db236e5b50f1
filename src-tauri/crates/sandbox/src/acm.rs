//! AWS Certificate Manager, JSON 1.1: certificates, and the DNS validation that the sandbox's Route 53 answers.
//!
//! A certificate's state follows from the clock and from the zones: [`settle`] catches up whenever somebody looks, so
//! nothing runs in the background. What a certificate is made of as bytes is `network/tls.rs`'s.
//! Shapes: botocore's model and LocalStack's recordings; a text without a source is `assumed`.
//! Where to look next: `request.rs` (asking, and being issued), `import.rs`, `show.rs` (what answers tell).

mod import;
mod key;
mod request;
mod show;

use std::collections::BTreeMap;

use http::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

pub(crate) use self::import::Imported;
pub(crate) use self::request::Requested;
use crate::answer::{Refusal, json11_response};
use crate::front::Call;
use crate::resources::text;
use crate::state::State;
use crate::{Body, World, route53, tag};

/// Certificates of an account (default quota).
const CERTIFICATES: usize = 2500;
const TAGS: usize = 50;

/// Values by key; a tag may have none.
type Tags = BTreeMap<String, Option<String>>;

/// What it keeps.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Kept {
    /// In the order of their creation.
    certificates: Vec<Certificate>,
}

/// One certificate.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Certificate {
    pub arn: String,
    pub domain: String,
    /// All names, the domain first.
    pub names: Vec<String>,
    created: i64,
    /// As requests write it: `RSA_2048`.
    algorithm: String,
    transparency: String,
    tags: Tags,
    pub source: Source,
}

/// Where a certificate comes from.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Source {
    Requested(Requested),
    Imported(Imported),
}

impl Certificate {
    /// As `CertificateStatus` has it.
    pub(crate) fn status(&self, now: i64) -> &'static str {
        match &self.source {
            Source::Imported(imported) if imported.facts.not_after <= now => "EXPIRED",
            Source::Imported(_) => "ISSUED",
            Source::Requested(requested) => requested.status(now),
        }
    }

    /// Whether it holds for a host name, or has exactly this wildcard: a wildcard covers one label.
    pub(crate) fn covers(&self, name: &str) -> bool {
        self.names.iter().any(|own| {
            own.eq_ignore_ascii_case(name)
                || own
                    .strip_prefix("*.")
                    .zip(name.split_once('.'))
                    .is_some_and(|(base, (label, rest))| label != "*" && base.eq_ignore_ascii_case(rest))
        })
    }
}

/// The certificate with this ARN.
pub(crate) fn find<'a>(state: &'a State, arn: &str) -> Option<&'a Certificate> {
    state.acm.certificates.iter().find(|certificate| certificate.arn == arn)
}

/// Lets every certificate with this name as its own fail.
pub(crate) fn fail(kept: &mut Kept, domain: &str, reason: &str) {
    for certificate in kept.certificates.iter_mut().filter(|certificate| certificate.domain == domain) {
        if let Source::Requested(requested) = &mut certificate.source {
            requested.fail(reason);
        }
    }
}

/// The ARNs of the domains that use a certificate (assumed form: AWS names a load balancer of its own).
fn users(state: &State, arn: &str) -> Vec<String> {
    let configured = |domain: &Map<String, Value>| {
        let all = domain.get("domainNameConfigurations").and_then(Value::as_array);
        all.is_some_and(|all| all.iter().any(|one| one.get("certificateArn").and_then(Value::as_str) == Some(arn)))
    };
    let domains = state.resources.list("domainnames").filter(|(_, domain)| configured(domain));
    domains.map(|(_, domain)| text(domain, "domainNameArn").to_owned()).collect()
}

/// Brings zones and certificates to the present.
pub(crate) fn settle(world: &World, state: &mut State) {
    let now = world.clock.now();
    let delay = i64::try_from(world.options.certificate_delay.as_millis()).unwrap_or(i64::MAX / 2);
    route53::settle(&mut state.route53, now);
    let mut certificates = std::mem::take(&mut state.acm.certificates);
    for certificate in &mut certificates {
        let in_use = !users(state, &certificate.arn).is_empty();
        if let Source::Requested(requested) = &mut certificate.source {
            requested.advance(&state.route53, certificate.created, in_use, now, delay);
        }
    }
    state.acm.certificates = certificates;
}

/// What an operation answers: its members, or nothing at all.
type Reply = Result<Option<Value>, Refusal>;

/// Answers one call.
pub(crate) fn answer(world: &World, call: &Call) -> Response<Body> {
    let operation = call.header("x-amz-target").rsplit('.').next().unwrap_or_default();
    let sent = match call.json_object() {
        Ok(sent) => sent,
        // Assumed.
        Err(_) => return Refusal::new(400, "SerializationException", "The request body is no JSON object").json11(),
    };
    let mut state = world.state.lock();
    settle(world, &mut state);
    let region = call.region().unwrap_or(&world.options.region);
    match respond(&Here { world, region }, &mut state, operation, &sent) {
        Ok(Some(body)) => json11_response(&body),
        Ok(None) => {
            let mut response = json11_response(&Value::Null);
            *response.body_mut() = crate::answer::full("");
            response
        }
        Err(refusal) => refusal.json11(),
    }
}

/// Whom a call reached: each region has certificates of its own, though no other service here has more than one.
struct Here<'a> {
    world: &'a World,
    region: &'a str,
}

impl Here<'_> {
    fn has(&self, certificate: &Certificate) -> bool {
        certificate.arn.split(':').nth(3) == Some(self.region)
    }

    fn new_arn(&self) -> String {
        let id = self.world.ids.uuid();
        format!("arn:aws:acm:{}:{}:certificate/{id}", self.region, self.world.options.account)
    }
}

fn respond(here: &Here<'_>, state: &mut State, operation: &str, sent: &Map<String, Value>) -> Reply {
    let world = here.world;
    let known = |state: &State, sent: &Map<String, Value>| known(here, state, sent);
    match operation {
        "RequestCertificate" => request::request(here, state, sent),
        "ImportCertificate" => import::import(here, state, sent),
        "ListCertificates" => show::list(here, state, sent),
        "DescribeCertificate" => show::describe(world, state, known(state, sent)?),
        "GetCertificate" => show::get(world, &state.acm.certificates[known(state, sent)?]),
        "DeleteCertificate" => {
            let at = known(state, sent)?;
            let arn = &state.acm.certificates[at].arn;
            if !users(state, arn).is_empty() {
                let message = format!("Certificate {arn} is in use.");
                return Err(Refusal::new(400, "ResourceInUseException", message));
            }
            state.acm.certificates.remove(at);
            Ok(None)
        }
        "AddTagsToCertificate" => {
            let at = known(state, sent)?;
            let tags = merged(&state.acm.certificates[at].tags, sent)?;
            state.acm.certificates[at].tags = tags;
            Ok(None)
        }
        "RemoveTagsFromCertificate" => {
            let at = known(state, sent)?;
            let tags = &mut state.acm.certificates[at].tags;
            for (key, value) in tags_of(sent)? {
                // With a value, only the tag that has it goes.
                if value.is_none_or(|value| tags.get(key).is_some_and(|own| own.as_deref() == Some(value))) {
                    tags.remove(key);
                }
            }
            Ok(None)
        }
        "ListTagsForCertificate" => {
            let tags = &state.acm.certificates[known(state, sent)?].tags;
            let tags: Vec<Value> = tags.iter().map(|(key, value)| tag_shown(key, value.as_deref())).collect();
            Ok(Some(json!({ "Tags": tags })))
        }
        "ResendValidationEmail" => request::resend(world, &state.acm.certificates[known(state, sent)?], sent),
        "UpdateCertificateOptions" => {
            let at = known(state, sent)?;
            let options = sent.get("Options").and_then(Value::as_object).cloned().unwrap_or_default();
            let transparency = request::transparency(&options)?;
            if matches!(state.acm.certificates[at].source, Source::Imported(_)) {
                // Assumed.
                let message = "Options of an imported certificate can not be updated";
                return Err(Refusal::new(400, "InvalidStateException", message));
            }
            state.acm.certificates[at].transparency = transparency;
            Ok(None)
        }
        _ => Err(Refusal::new(400, "UnknownOperationException", "")),
    }
}

/// The place of the certificate that a call names.
fn known(here: &Here<'_>, state: &State, sent: &Map<String, Value>) -> Result<usize, Refusal> {
    let arn = text(sent, "CertificateArn");
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    if !matches!(parts[..], ["arn", _, "acm", _, _, rest] if !rest.is_empty()) {
        let pattern = r"arn:[\w+=/,.@-]+:acm:[\w+=/,.@-]*:[0-9]+:[\w+=,.@-]+(/[\w+=,.@-]+)*";
        return Err(unfit(
            arn,
            "certificateArn",
            &format!("Member must satisfy regular expression pattern: {pattern}"),
        ));
    }
    let mut all = state.acm.certificates.iter();
    all.position(|certificate| certificate.arn == arn && here.has(certificate)).ok_or_else(|| {
        // Quoted in public issues.
        Refusal::new(400, "ResourceNotFoundException", format!("Could not find certificate {arn}."))
    })
}

/// A member that the model does not allow, in the words of AWS's JSON services.
fn unfit(value: &str, member: &str, constraint: &str) -> Refusal {
    let message = format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}"
    );
    Refusal::new(400, "ValidationException", message)
}

fn tag_shown(key: &str, value: Option<&str>) -> Value {
    match value {
        Some(value) => json!({ "Key": key, "Value": value }),
        None => json!({ "Key": key }),
    }
}

/// The tags of a call.
fn tags_of(sent: &Map<String, Value>) -> Result<Vec<(&str, Option<&str>)>, Refusal> {
    let mut tags = Vec::new();
    for (at, tag) in sent.get("Tags").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let (key, value) = (tag["Key"].as_str().unwrap_or_default(), tag["Value"].as_str());
        for (text, member, least, most) in [(key, "key", 1, 128), (value.unwrap_or_default(), "value", 0, 256)] {
            let place = format!("tags.{}.member.{member}", at + 1);
            let length = text.chars().count();
            if length > most {
                return Err(unfit(text, &place, &format!("Member must have length less than or equal to {most}")));
            }
            if length < least {
                return Err(unfit(text, &place, &format!("Member must have length greater than or equal to {least}")));
            }
            if !tag::is_text(text) {
                let pattern = r"Member must satisfy regular expression pattern: ([\p{L}\p{Z}\p{N}_.:/=+\-@]*)";
                return Err(unfit(text, &place, pattern));
            }
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            let message = "AWS internal tags cannot be changed with this API";
            return Err(Refusal::new(400, "InvalidTagException", message));
        }
        tags.push((key, value));
    }
    Ok(tags)
}

/// Tags with those of a call; that AWS's own are refused, and too many, is in the model, the words are assumed.
fn merged(tags: &Tags, sent: &Map<String, Value>) -> Result<Tags, Refusal> {
    let mut tags = tags.clone();
    for (key, value) in tags_of(sent)? {
        tags.insert(key.to_owned(), value.map(str::to_owned));
    }
    if tags.len() > TAGS {
        let all: Vec<String> =
            tags.iter().map(|(key, value)| format!("{key}={}", value.as_deref().unwrap_or_default())).collect();
        let message = format!("the TagSet: '{{{}}}' contains too many Tags", all.join(", "));
        return Err(Refusal::new(400, "TooManyTagsException", message));
    }
    Ok(tags)
}

/// Keeps a new certificate and answers its ARN.
fn keep(state: &mut State, certificate: Certificate) -> Reply {
    if state.acm.certificates.len() >= CERTIFICATES {
        // Assumed.
        return Err(Refusal::new(400, "LimitExceededException", "The account has reached its number of certificates"));
    }
    let arn = certificate.arn.clone();
    state.acm.certificates.push(certificate);
    Ok(Some(json!({ "CertificateArn": arn })))
}
