//! Trying the address as a client does, link by link: name, certificate, mapping, upgrade, message; and the same straight to
//! the domain's target, before DNS knows the name.
//!
//! Each break has its own sentence, and the causes are those of `model::diagnose`, asked with what the world says of domain
//! and stages. Nothing is done that runs more than `$connect` and `$disconnect`, unless a person gives a message to send.
//! Where to look next: `verify/says.rs` (the sentences).

use std::time::{Duration, Instant};

use bytes::Bytes;
use gatescope_model::domain::{Check, CheckKind, CheckState, Goal, Verification, World};
use gatescope_model::handshake::{GatewayMessage, Handshake, Outcome, PhaseName, Refusal};
use gatescope_model::probe::{Probe, Tls};
use gatescope_socket::{
    CancellationToken, DnsRecord, Frame, Link, Look, LookupFailure, Network, RecordKind, Request, dial, probe,
};

mod says;

use says::Break;

/// For certificate and handshake each; `$connect` may call a function that starts slowly (29 s at most, facts 5.1).
const PATIENCE: Duration = Duration::from_secs(32);
/// For a ping's answer, and for a message's.
const ANSWER_PATIENCE: Duration = Duration::from_secs(5);
/// Characters of an answer that are told.
const TOLD: usize = 200;
const PING: &[u8] = b"gatescope";
const LINKS: [CheckKind; 5] =
    [CheckKind::Resolve, CheckKind::Tls, CheckKind::Mapping, CheckKind::Upgrade, CheckKind::Message];

/// What is tried: each way runs `$connect`.
#[derive(Clone, Debug, Default)]
pub(super) struct Wish<'a> {
    /// What a person wants sent; without one a ping is.
    pub message: Option<&'a str>,
    /// DNS does not know the name: only straight to the target.
    pub direct_only: bool,
    /// What is known of that way already.
    pub direct: Option<Vec<Check>>,
}

/// Tries the address, both ways side by side.
pub(super) async fn verify(network: &dyn Network, goal: &Goal, world: &World, wish: Wish<'_>) -> Verification {
    let target = world.domain.is().and_then(Option::as_ref).map(|domain| domain.target.as_str());
    let target = target.filter(|target| !target.is_empty());
    let direct = async {
        match (wish.direct, target) {
            (Some(known), _) => known,
            (None, Some(target)) => Try { network, goal, world, message: None, at: Some(target) }.all().await,
            (None, None) => Vec::new(),
        }
    };
    let public = async {
        match wish.direct_only {
            true => Vec::new(),
            false => Try { network, goal, world, message: wish.message, at: None }.all().await,
        }
    };
    let (direct, public) = tokio::join!(direct, public);
    Verification { at: world.now, direct, public }
}

/// Dials the generated endpoint, which shall be refused.
pub(super) async fn generated_endpoint(network: &dyn Network, url: &str) -> Check {
    let began = Instant::now();
    let mut request = Request::new(url);
    request.timeout = PATIENCE;
    let dialled = dial(network, &request, &CancellationToken::new(), &mut |_| ()).await;
    let (state, says) = says::generated(&dialled.handshake);
    if let Some(link) = dialled.link {
        part(link).await;
    }
    Check { kind: CheckKind::Upgrade, state, says, cause: None, took_ms: since(began) }
}

/// One way to the address.
struct Try<'a> {
    network: &'a dyn Network,
    goal: &'a Goal,
    world: &'a World,
    message: Option<&'a str>,
    /// Where it is dialled instead of where DNS leads.
    at: Option<&'a str>,
}

/// What was found out on the way, for whoever explains a break.
#[derive(Default)]
struct Seen {
    probes: Vec<Probe>,
    handshake: Option<Handshake>,
}

impl Try<'_> {
    async fn all(&self) -> Vec<Check> {
        let mut seen = Seen::default();
        let mut checks = Vec::new();
        self.links(&mut checks, &mut seen).await;
        for kind in LINKS.into_iter().skip(checks.len()) {
            let says = "Not tried: what comes before it has to hold first.".to_owned();
            checks.push(Check { kind, state: CheckState::NotTried, says, cause: None, took_ms: 0 });
        }
        checks
    }

    async fn links(&self, checks: &mut Vec<Check>, seen: &mut Seen) {
        if !self.resolve(checks, seen).await || !self.tls(checks, seen).await || !self.mapping(checks, seen) {
            return;
        }
        let began = Instant::now();
        let mut request = Request::new(self.goal.url());
        request.connect_to = self.at.map(str::to_owned);
        request.timeout = PATIENCE;
        let dialled = dial(self.network, &request, &CancellationToken::new(), &mut |_| ()).await;
        seen.handshake = Some(dialled.handshake);
        let Some(link) = dialled.link else {
            self.no_link(checks, seen, began);
            return;
        };
        let way = if self.at.is_some() { " at the domain’s target" } else { "" };
        let says = format!("{} opened{way}: $connect let it in.", self.goal.url());
        checks.push(holds(CheckKind::Upgrade, says, began));
        let began = Instant::now();
        checks.push(match self.talk(link).await {
            Ok(says) => holds(CheckKind::Message, says, began),
            Err(says) => failed(CheckKind::Message, Break { says, cause: None }, began),
        });
    }

    /// The name, or the target's where DNS is not asked for the name.
    async fn resolve(&self, checks: &mut Vec<Check>, seen: &mut Seen) -> bool {
        let began = Instant::now();
        let host = self.at.unwrap_or_else(|| self.goal.dialled());
        let (v4, v6) =
            tokio::join!(self.network.lookup(host, RecordKind::A), self.network.lookup(host, RecordKind::Aaaa));
        let failure = v4.as_ref().err().or(v6.as_ref().err()).cloned();
        let records: Vec<DnsRecord> = [v4, v6].into_iter().filter_map(Result::ok).flatten().collect();
        let values = |kinds: &[&str]| -> Vec<String> {
            let mut values: Vec<String> = Vec::new();
            for record in records.iter().filter(|record| kinds.contains(&record.kind.as_str())) {
                if !values.contains(&record.value) {
                    values.push(record.value.clone());
                }
            }
            values
        };
        let (aliases, addresses) = (values(&["CNAME"]), values(&["A", "AAAA"]));
        let none = addresses.is_empty();
        let error = none.then(|| failure.as_ref().map_or("no address".to_owned(), ToString::to_string));
        seen.probes.push(Probe::Dns {
            host: host.to_owned(),
            aliases: aliases.clone(),
            addresses: addresses.clone(),
            error,
        });
        let broke = match (self.at, none, &failure) {
            (None, true, Some(LookupFailure::NoName) | None) => Some(says::no_name(self.goal, self.world, &aliases)),
            (None, true, Some(why)) => Some(says::no_answer(host, why)),
            (Some(target), true, _) => Some(says::no_target(target)),
            (None, false, _) => says::wrong_target(self.goal, self.world, &aliases),
            (Some(_), false, _) => None,
        };
        let found = broke.is_none();
        checks.push(match broke {
            Some(broke) => failed(CheckKind::Resolve, broke, began),
            None => holds(CheckKind::Resolve, says::resolved(host, &aliases, &addresses), began),
        });
        found
    }

    async fn tls(&self, checks: &mut Vec<Check>, seen: &mut Seen) -> bool {
        let began = Instant::now();
        let look = Look {
            connect_to: self.at.map(str::to_owned),
            timeout: PATIENCE,
            ..Look::at(self.goal.dialled(), says::PORT)
        };
        let tls: Tls = probe(self.network, &look).await;
        let broke = says::tls_broke(&tls, self.goal, self.world, &seen.probes);
        let held = broke.is_none();
        checks.push(match broke {
            Some(broke) => failed(CheckKind::Tls, broke, began),
            None => holds(CheckKind::Tls, says::shook(&tls), began),
        });
        seen.probes.push(Probe::Tls(tls));
        held
    }

    /// By what AWS says of the domain; whether the domain goes by it shows in the next link.
    fn mapping(&self, checks: &mut Vec<Check>, seen: &Seen) -> bool {
        let began = Instant::now();
        let (check, held) = match says::mapping(self.goal, self.world, &seen.probes) {
            Ok(says) => (holds(CheckKind::Mapping, says, began), true),
            Err(broke) => (failed(CheckKind::Mapping, broke, began), false),
        };
        checks.push(check);
        held
    }

    /// Who refused it decides: the API, which the address leads to then, or the gateway before it knew an API.
    fn no_link(&self, checks: &mut Vec<Check>, seen: &Seen, began: Instant) {
        let Some(handshake) = &seen.handshake else { return };
        if let Outcome::Refused(refusal) = &handshake.outcome {
            let of_the_api = is_the_apis(refusal);
            if of_the_api && matches!(refusal.status, 401 | 403) {
                let url = self.goal.url();
                checks.push(holds(CheckKind::Upgrade, says::asks(&url, refusal), began));
                let says = "Not tried: nobody is let in without what $connect asks for. Connect does it with yours."
                    .to_owned();
                checks.push(Check {
                    kind: CheckKind::Message,
                    state: CheckState::NotTried,
                    says,
                    cause: None,
                    took_ms: 0,
                });
                return;
            }
            if !of_the_api && refusal.status == 403 && checks.last().is_some_and(|c| c.kind == CheckKind::Mapping) {
                checks.pop();
                let broke = says::not_mapped(handshake, refusal, self.goal, self.world, &seen.probes);
                checks.push(failed(CheckKind::Mapping, broke, began));
                return;
            }
        }
        let broke = says::refused(handshake, self.goal, self.world, &seen.probes);
        checks.push(failed(CheckKind::Upgrade, broke, began));
    }

    /// A ping runs no route: it shows that frames go both ways, and costs nothing. A message runs one, so a person chooses it.
    async fn talk(&self, link: Link) -> Result<String, String> {
        let (mut sender, mut receiver) = link.split();
        let began = Instant::now();
        let sent = match self.message {
            Some(text) => sender.send(Frame::Text(text.to_owned().into())).await,
            None => sender.send(Frame::Ping(Bytes::from_static(PING))).await,
        };
        let said = match sent {
            Err(why) => Err(format!("It opened, and nothing could be sent: {why}.")),
            Ok(()) => {
                let answer = async {
                    loop {
                        match receiver.next().await {
                            Ok(Frame::Pong(bytes)) if self.message.is_none() && bytes == PING => {
                                break Ok(format!(
                                    "A ping came back after {} ms. No route was run: that takes a message of yours.",
                                    since(began)
                                ));
                            }
                            Ok(Frame::Text(text)) if self.message.is_some() => break answered(&text),
                            Ok(Frame::Binary(bytes)) if self.message.is_some() => {
                                break Ok(format!("Answered with {} bytes.", bytes.len()));
                            }
                            Ok(_) => {}
                            Err(end) => break Err(format!("It opened, and then ended: {end:?}.")),
                        }
                    }
                };
                match tokio::time::timeout(ANSWER_PATIENCE, answer).await {
                    Ok(said) => said,
                    Err(_) if self.message.is_some() => Ok(format!(
                        "The message was taken, and nothing came back within {} s: a route without a response answers nothing.",
                        ANSWER_PATIENCE.as_secs()
                    )),
                    Err(_) => {
                        Err(format!("It opened, and a ping was not answered within {} s.", ANSWER_PATIENCE.as_secs()))
                    }
                }
            }
        };
        let _ = tokio::time::timeout(ANSWER_PATIENCE, sender.close(Some(1000), "")).await;
        // Whoever closes waits for the other side's close, so that $disconnect is run as of a client that left well.
        let _ = tokio::time::timeout(ANSWER_PATIENCE, async { while receiver.next().await.is_ok() {} }).await;
        said
    }
}

/// API Gateway's own frames say that it failed; any other text is the route's.
fn answered(text: &str) -> Result<String, String> {
    let short: String = text.chars().take(TOLD).collect();
    match GatewayMessage::parse(text) {
        Some(said) => {
            Err(format!("API Gateway answered the message with “{}” (request {}).", said.message, said.request_id))
        }
        None => Ok(format!("Answered: {short}")),
    }
}

async fn part(link: Link) {
    let (mut sender, mut receiver) = link.split();
    let _ = tokio::time::timeout(ANSWER_PATIENCE, sender.close(Some(1000), "")).await;
    let _ = tokio::time::timeout(ANSWER_PATIENCE, async { while receiver.next().await.is_ok() {} }).await;
}

fn holds(kind: CheckKind, says: String, began: Instant) -> Check {
    Check { kind, state: CheckState::Holds, says, cause: None, took_ms: since(began) }
}

fn failed(kind: CheckKind, broke: Break, began: Instant) -> Check {
    Check { kind, state: CheckState::Failed, says: broke.says, cause: broke.cause, took_ms: since(began) }
}

fn since(began: Instant) -> u32 {
    u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX)
}

/// What refuses before an API is known names the error's type in a header; the gateway for an API, and an API's own
/// integration, do not (facts 2.1).
fn is_the_apis(refusal: &Refusal) -> bool {
    refusal.header("x-amz-apigw-id").is_some() && refusal.header("x-amzn-errortype").is_none()
}

/// Whether an outcome is one of DNS, TCP or TLS.
fn never_reached(handshake: &Handshake) -> bool {
    matches!(handshake.outcome, Outcome::Failed { phase: PhaseName::Dns | PhaseName::Tcp | PhaseName::Tls, .. })
}

#[cfg(test)]
mod tests;
