//! `gatescope domain plan|apply|verify`: the wizard of the window without one, a JSON object a line.
//!
//! It asks through the table of calls. It may not know what comes next: `gatescope_model::domain` says so.
//! Exit codes: 0 it stands and answers; 1 it is blocked or does not answer; 2 it could not be asked; 3 it is not over:
//! steps are left (`plan`), or it waits (`apply`), and running it again goes on.

use std::io::Write;

use futures_util::StreamExt;
use gatescope_app::{App, calls, rpc};
use gatescope_model::domain::{DnsHost, Goal, Next, Verification};
use serde::Serialize;
use serde_json::json;
use tokio::time::Instant;

use crate::account::{call, scope, start};
use crate::args::{Dns, Domain, DomainCommand, Verify, Wanted};
use crate::error::Error;

const STANDS: u8 = 0;
const BROKEN: u8 = 1;
const NOT_OVER: u8 = 3;

/// Runs the command.
pub(crate) fn run(args: &Domain) -> Result<u8, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Runtime)?;
    let done = runtime.block_on(async {
        match &args.what {
            DomainCommand::Plan(wanted) => plan(wanted).await,
            DomainCommand::Apply(apply) => {
                let until = Instant::now() + apply.timeout;
                self::apply(&apply.wanted, until).await
            }
            DomainCommand::Verify(args) => verify(args).await,
        }
    });
    done.map_err(|why| Error::Unchecked(Box::new(why)))
}

async fn plan(wanted: &Wanted) -> Result<u8, Error> {
    let (app, of) = asked(wanted).await?;
    let view: calls::DomainView = call(&app, "read_domain", &of).await?;
    print(&view)?;
    Ok(match view.next {
        Next::Done => STANDS,
        Next::Blocked { .. } => BROKEN,
        _ => NOT_OVER,
    })
}

async fn apply(wanted: &Wanted, until: Instant) -> Result<u8, Error> {
    let (app, of) = asked(wanted).await?;
    let question = serde_json::to_value(&of).map_err(Error::Json)?;
    let mut views = rpc::stream(&app, "watch_domain", question).await?;
    while let Ok(Some(batch)) = tokio::time::timeout_at(until, views.next()).await {
        let batch: Vec<calls::DomainView> = serde_json::from_str(&batch).map_err(Error::Json)?;
        let Some(view) = batch.into_iter().next_back() else { continue };
        if let Some(why) = view.problem {
            print(&json!({ "problem": why.message, "code": why.code }))?;
            continue;
        }
        print(&json!({ "next": view.next, "url": view.url }))?;
        match view.next {
            Next::Done => {
                print(
                    &json!({ "done": view.url, "callbackUrl": view.callback_url, "verification": view.verification }),
                )?;
                return Ok(STANDS);
            }
            Next::Blocked { .. } => return Ok(BROKEN),
            Next::Do { making, .. } => {
                let step = calls::DoDomainStep { scope: of.scope.clone(), goal: of.goal.clone(), making: making.id };
                match call::<_, calls::DidDomainStep>(&app, "do_domain_step", step).await {
                    Ok(did) => print(&json!({ "did": making.title, "made": did.made }))?,
                    // Somebody else did it, or AWS wants to be asked more slowly: the next look tells.
                    Err(Error::App(why)) if matches!(why.code.as_str(), "conflict" | "throttled" | "unreachable") => {
                        print(&json!({ "problem": why.message, "code": why.code }))?;
                    }
                    Err(why) => return Err(why),
                }
            }
            _ => {}
        }
    }
    Ok(NOT_OVER)
}

async fn verify(args: &Verify) -> Result<u8, Error> {
    let (app, of) = asked(&args.wanted).await?;
    let question = calls::VerifyDomain { scope: of.scope, goal: of.goal, message: args.message.clone() };
    let verification: Verification = call(&app, "verify_domain", question).await?;
    print(&verification)?;
    Ok(if verification.holds() { STANDS } else { BROKEN })
}

async fn asked(wanted: &Wanted) -> Result<(App, calls::OfGoal), Error> {
    let app = start(&wanted.account)?;
    let scope = scope(&app, &wanted.account).await?;
    let name = |name: &str| name.trim_end_matches('.').to_ascii_lowercase();
    let goal = Goal {
        api_id: wanted.api.clone(),
        stage: wanted.stage.clone(),
        domain_name: name(&wanted.name),
        host: name(&wanted.host),
        key: wanted.key.clone(),
        dns: match wanted.dns {
            Dns::Route53 => DnsHost::Route53,
            Dns::Manual => DnsHost::Manual,
        },
        dual_stack: wanted.dual_stack,
        replace_records: wanted.replace_records,
        ..Goal::default()
    };
    Ok((app, calls::OfGoal { scope, goal }))
}

fn print(value: &impl Serialize) -> Result<(), Error> {
    let mut text = serde_json::to_string(value).map_err(Error::Json)?;
    text.push('\n');
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Error::Output)
}
