//! One click against a cause: the wish that removes it, for the one review sheet.
//!
//! What the API itself has to say otherwise is a pure draft ([`gatescope_model::diagnose::fix`]). Three fixes are no draft
//! of the API: the account's log role, and the record by which a custom domain is found. Where to look next: `propose.rs`,
//! what becomes of a wish.

use gatescope_aws::Access;
use gatescope_model::alias::{Record, Unmade, Zone, alias};
use gatescope_model::api::Snapshot;
use gatescope_model::diagnose::{self, FixAt};
use gatescope_model::diff::{deployable, diff};
use gatescope_model::review::{Review, Words};
use gatescope_model::surroundings::CustomDomain;

use crate::App;
use crate::calls::{OfStage, PreviewFix};
use crate::error::{Code, Error};
use crate::propose::Wish;
use crate::reviews::Purpose;
use crate::turn_on::role::role_steps;

/// Causes whose draft needs what the account has around the API.
const AROUND: &[&str] = &[
    "lambda-permission-missing",
    "authorizer-permission-missing",
    "api-key-missing",
    "api-key-not-in-plan",
    "quota-exceeded",
    "throttled",
    "mapping-missing",
];

/// Causes for which every handshake of a whole region's stage fails until the account has its log role.
const ROLE: &[&str] = &["log-role-missing", "log-role-refused"];

/// Causes in the record of a custom domain.
const RECORD: &[&str] = &["dns-not-found", "dns-wrong-target"];

impl App {
    pub(crate) async fn preview_fix(&self, ask: PreviewFix) -> Result<Review, Error> {
        let of = OfStage { scope: ask.scope.clone(), api_id: ask.api_id.clone(), stage: ask.stage.clone() };
        if ROLE.contains(&ask.cause.as_str()) {
            return self.fix_role(of, ask).await;
        }
        if RECORD.contains(&ask.cause.as_str()) {
            return self.fix_record(of, ask).await;
        }
        let (access, mut now) = self.read_stage(&of).await?;
        if AROUND.contains(&ask.cause.as_str()) {
            now.surroundings = Some(access.surroundings(&now).await?);
        }
        // Who may not ask goes without: a draft that needs the number is not made then.
        let account_id = access.caller().await.map(|caller| caller.account).unwrap_or_default();
        let at = FixAt {
            stage: &of.stage,
            route_key: &ask.route_key,
            about: ask.about.as_deref(),
            region: access.region(),
            account_id: &account_id,
        };
        let mine = diagnose::fix(&ask.cause, &now, &at).ok_or_else(|| gone(&ask))?;
        let waits = deployable(&diff(&now, &mine)).next().is_some();
        let wish = Wish {
            deploys_to: if waits { of.stage.clone() } else { String::new() },
            title: title(&ask),
            base: now.clone(),
            mine,
            purpose: purpose(&ask),
            of,
            ..Wish::default()
        };
        self.propose_on(&access, now, wish).await
    }

    /// The role by which the gateway writes logs at all.
    async fn fix_role(&self, of: OfStage, ask: PreviewFix) -> Result<Review, Error> {
        let (access, now) = self.read_stage(&of).await?;
        let role = role_steps(&access).await?;
        if role.steps.is_empty() {
            return Err(gone(&ask));
        }
        let first = (role.steps, role.words);
        let wish = Wish { title: title(&ask), first, purpose: purpose(&ask), ..unchanged(of, &now) };
        let mut review = self.propose_on(&access, now, wish).await?;
        review.notices.extend(role.notices);
        review.affects = format!("All APIs of {}: from now on they may write logs.", access.region());
        review.undo = "The role may stay: it costs nothing and writes nothing by itself.".to_owned();
        Ok(review)
    }

    /// The record of a custom domain, in the closest hosted zone that the account has.
    async fn fix_record(&self, of: OfStage, ask: PreviewFix) -> Result<Review, Error> {
        let (access, now) = self.read_stage(&of).await?;
        let host = ask.about.as_deref().map(host).filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| Error::bad_question("which domain's record is to be written?"))?;
        let domains = access.domains().await?;
        let named = CustomDomain::owner(&domains, &host).map(str::to_owned);
        let domain = domains.into_iter().find(|domain| Some(&domain.domain_name) == named.as_ref());
        let domain = domain.ok_or_else(|| {
            let message = format!("{} has no custom domain for {host}: there is nothing to point at", access.region());
            Error::new(Code::NotFound, message)
        })?;
        let (zone, notices) = zone(&access, &host).await?;
        let stands = access.records_at(&zone.id, &host).await?;
        let step = alias(&host, &domain, &zone, &stands).map_err(|why| match why {
            Unmade::IsRight => gone(&ask),
            Unmade::IsMeant => Error::new(
                Code::Conflict,
                format!(
                    "{host} has records with a routing policy or other aliases: change them in Route 53, one by one"
                ),
            ),
        })?;
        let words = vec![Words {
            sign: if stands.is_empty() { "+" } else { "~" }.to_owned(),
            text: format!("{host} becomes an ALIAS of {},", domain.target),
            because: "which is where the custom domain answers.".to_owned(),
        }];
        let wish =
            Wish { title: title(&ask), first: (vec![step], words), purpose: purpose(&ask), ..unchanged(of, &now) };
        let mut review = self.propose_on(&access, now, wish).await?;
        review.affects = format!("Whoever dials {host}, once its name servers have it: usually within 60 s.");
        review.notices.extend(notices);
        review.notices.extend(kept_by_resolvers(&stands));
        review.undo = match stands.iter().map(Record::words).collect::<Vec<_>>().join("; ") {
            none if none.is_empty() => format!("In Route 53: delete the record A {host} in {}.", zone.name),
            before => format!("In Route 53, zone {}: before, there was {before}.", zone.name),
        };
        Ok(review)
    }
}

/// The zone that a name's record belongs to, and what has to be said of the choice.
async fn zone(access: &Access, host: &str) -> Result<(Zone, Vec<String>), Error> {
    let mut zones = access.zones_of(host).await?.into_iter();
    let Some(first) = zones.next() else {
        let mut error = Error::new(Code::NotFound, format!("this account has no public hosted zone for {host}"));
        error.hint =
            Some("Write the record where the zone is: an ALIAS, or a CNAME to the domain's target.".to_owned());
        return Err(error);
    };
    let same: Vec<String> = zones.filter(|zone| zone.name == first.name).map(|zone| zone.id).collect();
    let notices = if same.is_empty() {
        Vec::new()
    } else {
        let others = same.join(", ");
        vec![format!("{} has more zones of this name ({others}): only the one its registrar names answers.", first.id)]
    };
    Ok((first, notices))
}

/// How long an old answer may live on.
fn kept_by_resolvers(stands: &[Record]) -> Option<String> {
    let longest = stands.iter().filter_map(|record| record.ttl).max()?;
    Some(format!("Resolvers that know the old record may keep it for {longest} s more."))
}

/// A wish that changes nothing of the API.
fn unchanged(of: OfStage, now: &Snapshot) -> Wish {
    Wish { of, base: now.clone(), mine: now.clone(), ..Wish::default() }
}

fn purpose(ask: &PreviewFix) -> Purpose {
    Purpose::Fix { cause: ask.cause.clone(), words: done(ask) }
}

fn gone(ask: &PreviewFix) -> Error {
    let at = if ask.route_key.is_empty() { &ask.stage } else { &ask.route_key };
    Error::new(Code::Conflict, format!("{} is not there any more: nothing to fix at {at}", ask.cause))
}

/// The host of a domain with its key, or of a whole address.
fn host(about: &str) -> String {
    let rest = about.split_once("://").map_or(about, |(_, rest)| rest);
    rest.split(['/', ' ', ':']).next().unwrap_or_default().to_owned()
}

/// What the review is called.
fn title(ask: &PreviewFix) -> String {
    let (route, stage, about) = (&ask.route_key, &ask.stage, ask.about.as_deref().unwrap_or_default());
    match ask.cause.as_str() {
        "mock-status-missing" => format!("give {route} a status code"),
        "integration-response-missing" => format!("give {route} an integration response"),
        "lambda-permission-missing" => format!("let API Gateway invoke the function of {route}"),
        "authorizer-permission-missing" => format!("let API Gateway invoke the authorizer of {route}"),
        "integration-uri-invalid" => format!("give {route} the invocation URI of its function"),
        "backend-rejects-websocket-version" => format!("keep Sec-WebSocket-Version from the backend of {route}"),
        "get-drops-body" => format!("send messages of {route} with POST"),
        "mapped-header-forbidden" => format!("map no forbidden header on {route}"),
        "unsupported-media-type" => format!("let messages of {route} through to its integration"),
        "body-not-base64" => format!("pass bodies of {route} on as they are"),
        "route-without-integration" => format!("give {route} an integration"),
        "api-key-not-in-plan" => format!("put the API key into a usage plan of {stage}"),
        "throttle-zero" => format!("let requests to {stage} through again"),
        "route-not-found" => "give messages without a route $default".to_owned(),
        "route-selection-wrong" => "choose routes by a member of the message".to_owned(),
        "no-route-response" => format!("let {route} answer"),
        "mapping-missing" => format!("map {about} to {stage}"),
        "dns-not-found" | "dns-wrong-target" => format!("point {} at its custom domain", host(about)),
        "log-role-missing" | "log-role-refused" => "give the account its log role".to_owned(),
        other => format!("remove {other} from {route}"),
    }
}

/// What the conversation says of it afterwards.
fn done(ask: &PreviewFix) -> String {
    match (ask.cause.as_str(), ask.about.as_deref()) {
        ("mapping-missing", Some(about)) => format!("{about} mapped to {}", ask.stage),
        ("dns-not-found" | "dns-wrong-target", Some(about)) => format!("Record of {} written", host(about)),
        ("log-role-missing" | "log-role-refused", _) => "Log role set".to_owned(),
        _ if ask.route_key.is_empty() => format!("{} fixed", ask.stage),
        _ => format!("{} fixed", ask.route_key),
    }
}
