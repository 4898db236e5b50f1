//! `gatescope doctor`: an API or a snapshot file in, what is wrong with it out, grouped by what it breaks.
//!
//! It asks through the table of calls, as the window does. It may not know a rule. Where to look next:
//! `gatescope_model::doctor`.

use std::fmt::Write as _;
use std::io::Write;

use gatescope_app::calls;
use gatescope_model::doctor::{Checkup, Flaw, Severity};
use gatescope_model::verdict::Place;
use serde::Serialize;

use crate::account::{call, scope, start};
use crate::args::{Breaks, Doctor};
use crate::error::Error;
use crate::explain::read;
use crate::words::printable;

/// What stands over each group, the worst first.
const GROUPS: [(Severity, &str); 4] = [
    (Severity::Connect, "nobody can connect"),
    (Severity::Messages, "messages fail or go astray"),
    (Severity::Risk, "works, and will hurt"),
    (Severity::Advice, "advice"),
];

/// What is printed as JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    api_id: &'a str,
    #[serde(flatten)]
    checkup: &'a Checkup,
}

/// Runs the command: 0 when nothing is as bad as was asked for, 1 when something is, 2 when it could not be read.
pub(crate) fn run(args: &Doctor) -> Result<u8, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Runtime)?;
    let asked = runtime.block_on(ask(args));
    let (name, api_id, checkup) = match asked {
        Ok(asked) => asked,
        // 1 says that there is something wrong with the API, which is not known here.
        Err(why) => return Err(Error::Unchecked(Box::new(why))),
    };
    let mut text = if args.json {
        serde_json::to_string(&Told { name: &name, api_id: &api_id, checkup: &checkup }).map_err(Error::Json)?
    } else {
        words(&name, &checkup)
    };
    text.push('\n');
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Error::Output)?;
    Ok(u8::from(checkup.flaws.iter().any(|flaw| flaw.severity <= level(args.fail_on))))
}

/// The API's name, its id where it was read from AWS, and what is wrong with it.
async fn ask(args: &Doctor) -> Result<(String, String, Checkup), Error> {
    let app = start(&args.account)?;
    if let Some(file) = &args.file {
        let text = String::from_utf8_lossy(&read(file)?).into_owned();
        let checkup = call(&app, "check_snapshot", calls::CheckSnapshot { text, stage: args.stage.clone() }).await?;
        return Ok((file.display().to_string(), String::new(), checkup));
    }
    let scope = scope(&app, &args.account).await?;
    let wanted = args.api.as_deref().unwrap_or_default();
    let apis: Vec<calls::ApiSummary> = call(&app, "list_apis", &scope).await?;
    let api = named(&apis, wanted).ok_or_else(|| Error::NoApi {
        wanted: wanted.to_owned(),
        region: scope.region.clone(),
        several: apis.iter().filter(|api| api.name == wanted).count() > 1,
    })?;
    let question = calls::CheckApi { scope, api_id: api.api_id.clone(), stage: args.stage.clone() };
    let checkup = call(&app, "check_api", question).await?;
    Ok((api.name.clone(), api.api_id.clone(), checkup))
}

/// By its id, or by its name where only one has it.
fn named<'a>(apis: &'a [calls::ApiSummary], wanted: &str) -> Option<&'a calls::ApiSummary> {
    apis.iter().find(|api| api.api_id == wanted).or_else(|| {
        let mut named = apis.iter().filter(|api| api.name == wanted);
        named.next().filter(|_| named.next().is_none())
    })
}

fn level(breaks: Breaks) -> Severity {
    match breaks {
        Breaks::Connect => Severity::Connect,
        Breaks::Messages => Severity::Messages,
        Breaks::Risk => Severity::Risk,
        Breaks::Advice => Severity::Advice,
    }
}

fn words(name: &str, checkup: &Checkup) -> String {
    let mut out = format!("{}: score {} of 100\n", printable(name), checkup.score);
    for (severity, title) in GROUPS {
        let flaws: Vec<&Flaw> = checkup.flaws.iter().filter(|flaw| flaw.severity == severity).collect();
        if !flaws.is_empty() {
            let _ = writeln!(out, "\n{title}:");
        }
        for flaw in flaws {
            self::flaw(&mut out, flaw);
        }
    }
    if checkup.flaws.is_empty() {
        out.push_str("\nnothing is wrong\n");
    }
    let _ = write!(out, "\n{} rules passed", checkup.passed.len());
    if !checkup.unasked.is_empty() {
        let _ = write!(out, ", {} could not be asked:", checkup.unasked.len());
        for (at, rule) in checkup.unasked.iter().enumerate() {
            // One reason keeps several rules from being asked.
            if checkup.unasked[..at].iter().all(|earlier| earlier.text != rule.text) {
                let same = checkup.unasked.iter().filter(|other| other.text == rule.text);
                let rules: Vec<&str> = same.map(|rule| rule.rule.as_str()).collect();
                let _ = write!(out, "\n  {}: {}", rules.join(", "), printable(&rule.text));
            }
        }
    }
    out
}

fn flaw(out: &mut String, flaw: &Flaw) {
    let _ = writeln!(out, "  {} (-{}): {}", flaw.rule, flaw.deduction, printable(&flaw.title));
    for evidence in &flaw.evidence {
        let place = match &evidence.place {
            Place::Config { path, .. } => format!("{}: ", printable(path)),
            _ => String::new(),
        };
        let _ = writeln!(out, "    {place}{}", printable(&evidence.text));
    }
    let _ = writeln!(out, "    {}\n    fix: {}\n    {}", printable(&flaw.reason), printable(&flaw.fix), flaw.source);
}
