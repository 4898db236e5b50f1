//! Whether it answers: what the newest try means, and whether waiting helps.
//!
//! How long the links of a new domain take is assumed: DNS of Route 53 within 60 s (its guide), the endpoint some
//! minutes.

use super::look::{Look, Turn, blocked, wait};
use super::next::{Next, Reason, Stage};
use super::{Asked, Check, CheckKind, CheckState, Verification, alias_record};

const HERE: Stage = Stage::Verify;
const MINUTE: i64 = 60_000;
/// Between two tries.
const PAUSE: i64 = 10_000;

pub(super) fn turn(look: Look<'_>) -> Turn {
    let dns = look.dns(HERE, look.goal.dialled())?;
    let silent = dns.is_some_and(|dns| dns.addresses.is_empty());
    let Some(tried) = &look.world.verified else { return Err(Box::new(Next::Verify { direct: silent })) };
    if tried.holds() {
        return Ok(());
    }
    let age = look.world.now.saturating_sub(tried.at);
    let fresh = (0..PAUSE).contains(&age);
    let broken = failed(&tried.direct).filter(|c| c.kind != CheckKind::Resolve);
    // What breaks straight at the target breaks for everybody; what breaks in public only is DNS's.
    if let Some(check) = broken {
        if !passes(look, check.kind) {
            return does_not_answer(look, check);
        }
    } else if let Some(check) = failed(&tried.public) {
        // Whose addresses DNS tells, the target's own show.
        if let Some(domain) = look.domain() {
            look.dns(HERE, &domain.target)?;
        }
        // What DNS had hidden is tried again once it leads here, however late that is.
        let mended = !fresh && check.kind <= CheckKind::Tls && alias_record::leads_here(look) == Some(true);
        if !mended && !waits_for_dns(look, check) {
            return does_not_answer(look, check);
        }
    }
    if silent && tried.public.is_empty() && broken.is_none() && !passes(look, CheckKind::Resolve) {
        let says = "The domain answers straight at its target.".to_owned();
        let check = Check { kind: CheckKind::Resolve, state: CheckState::Failed, says, cause: None, took_ms: 0 };
        return does_not_answer(look, &check);
    }
    let only_dns_is_missing = silent && tried.public.is_empty() && broken.is_none() && !tried.direct.is_empty();
    let enough = fresh || only_dns_is_missing;
    if !enough {
        return Err(Box::new(Next::Verify { direct: silent }));
    }
    if tried.public.is_empty() && !silent {
        return Err(Box::new(Next::Verify { direct: false }));
    }
    let left = if fresh { PAUSE - age } else { PAUSE };
    wait(HERE, words(look, tried), look.world.stands_since, MINUTE, left.clamp(1_000, PAUSE))
}

fn failed(checks: &[Check]) -> Option<&Check> {
    checks.iter().find(|check| check.state == CheckState::Failed)
}

/// Since when all stands; unknown: since now.
fn standing(look: Look<'_>) -> i64 {
    look.world.stands_since.map_or(0, |since| look.world.now.saturating_sub(since))
}

/// Whether a link of a new domain may yet come to hold.
fn passes(look: Look<'_>, kind: CheckKind) -> bool {
    match kind {
        CheckKind::Resolve => standing(look) < 60 * MINUTE,
        CheckKind::Tls => standing(look) < 15 * MINUTE,
        CheckKind::Mapping => standing(look) < 5 * MINUTE,
        CheckKind::Upgrade | CheckKind::Message => false,
    }
}

/// Whether a link that breaks in public only may hold once DNS's old answers have run out.
fn waits_for_dns(look: Look<'_>, check: &Check) -> bool {
    // An old record's time to live is a day at most, mostly.
    let strays = alias_record::leads_here(look) == Some(false) || is_led_astray(look, check);
    strays && standing(look) < 24 * 60 * MINUTE || passes(look, check.kind)
}

/// Whether the try was led elsewhere by a DNS that leads here now: straight at the target all holds.
fn is_led_astray(look: Look<'_>, check: &Check) -> bool {
    let direct = look.world.verified.as_ref().map(|tried| tried.direct.as_slice()).unwrap_or_default();
    let holds = !direct.is_empty() && failed(direct).is_none();
    let reached = matches!(check.kind, CheckKind::Tls | CheckKind::Upgrade);
    holds && reached && alias_record::leads_here(look) == Some(true)
}

fn words(look: Look<'_>, tried: &Verification) -> String {
    let name = look.goal.dialled();
    let check = failed(&tried.direct).filter(|c| c.kind != CheckKind::Resolve).or_else(|| failed(&tried.public));
    let leads = leads_to(look);
    match check.map(|check| check.kind) {
        None => format!(
            "The domain answers straight at its target; DNS does not tell {name} yet, usually within 60 seconds."
        ),
        Some(CheckKind::Resolve) if let Some(trouble) = look.dns_trouble(name) => trouble,
        Some(CheckKind::Resolve) if leads.is_empty() => {
            format!(
                "DNS does not tell {name} yet: usually within 60 seconds, as long as the zone's SOA says where \
                 somebody asked too early."
            )
        }
        Some(_) if alias_record::leads_here(look) == Some(false) && !leads.is_empty() => {
            format!("DNS still leads {name} to {leads}: an old answer is kept until its time to live has run out.")
        }
        Some(_) if check.is_some_and(|check| is_led_astray(look, check)) => format!(
            "Public DNS leads {name} here, and the try was led elsewhere: it gives several answers in turn. {}",
            tried.public.first().map(|resolved| resolved.says.as_str()).unwrap_or_default()
        ),
        Some(CheckKind::Resolve) => {
            format!("{} It is tried again.", check.map(|check| check.says.as_str()).unwrap_or_default())
        }
        Some(CheckKind::Tls) => {
            "The endpoint does not show the domain's certificate yet: a new domain takes some minutes.".to_owned()
        }
        Some(_) => "The mapping is new; the endpoint does not know it yet, usually for less than a minute.".to_owned(),
    }
}

/// What DNS says now.
fn leads_to(look: Look<'_>) -> String {
    let dns = look.world.dns.get(&super::name::plain(look.goal.dialled())).and_then(Asked::is);
    dns.map(|dns| dns.cnames.first().cloned().unwrap_or_else(|| dns.addresses.join(", "))).unwrap_or_default()
}

/// Each link has its own words.
fn does_not_answer(look: Look<'_>, check: &Check) -> Turn {
    let goal = look.goal;
    let (name, url) = (goal.dialled(), goal.url());
    let leads = leads_to(look);
    let in_public_only = look.world.verified.as_ref().is_some_and(|tried| failed(&tried.direct).is_none());
    let astray = in_public_only && !leads.is_empty() && alias_record::leads_here(look) == Some(false);
    let (means, way_out) = match check.kind {
        _ if astray => (
            format!("DNS leads {name} to {leads}, not to the domain, though the record has stood for long."),
            "See who answers for the name in public: the zone that is delegated, a resolver or a proxy of your own."
                .to_owned(),
        ),
        CheckKind::Resolve if let Some(trouble) = look.dns_trouble(name) => (
            trouble,
            format!(
                "Ask another resolver for {name}, and the zone's own name servers: whichever fails is to be mended."
            ),
        ),
        CheckKind::Tls | CheckKind::Upgrade if is_led_astray(look, check) => (
            format!("Public DNS gives {name} several answers in turn, and one of them leads elsewhere."),
            "Remove the other record, or the name server of another zone that the registrar still names.".to_owned(),
        ),
        CheckKind::Resolve => (
            format!("DNS does not lead {name} to the domain, though the record has stood for long."),
            format!("Ask the zone's own name servers for {name}; if they know it, the registrar names others."),
        ),
        CheckKind::Tls => (
            format!("The certificate that {name} shows is not good for it, or none is shown."),
            "See which certificate the domain has and to which host DNS leads; a proxy in between shows its own."
                .to_owned(),
        ),
        CheckKind::Mapping => (
            format!(
                "{url} leads to no API: the endpoint refuses the path before any route is asked, and logs nothing."
            ),
            format!(
                "Look at the domain's mappings: key \"{}\" has to lead to stage {} of {}, and the stage has to be \
                 deployed.",
                goal.key, goal.stage, goal.api_id
            ),
        ),
        CheckKind::Upgrade => (
            format!("The address leads to the stage, and its $connect refuses: {url} works as the API lets it."),
            "Connect with it: the verdict names the cause.".to_owned(),
        ),
        CheckKind::Message => (
            format!("{url} connects, and a message is not answered."),
            "Send it in the Connect screen; if answers are posted back, look at the station Callback first.".to_owned(),
        ),
    };
    let seen = check.says.trim();
    let seen = if seen.is_empty() { String::new() } else { format!(" {seen}") };
    blocked(HERE, Reason::DoesNotAnswer, format!("{means}{seen}"), way_out)
}

/// What the line says when it stands.
pub(super) fn says(look: Look<'_>) -> String {
    format!("{} answers.", look.goal.url())
}
