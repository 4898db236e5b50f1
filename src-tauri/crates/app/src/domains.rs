//! Custom domains: the list, and the wizard that carries out what `model::domain` says comes next.
//!
//! Where the wizard is, AWS tells: each look reads the world again, and a step is done only if it still comes next. What was
//! written is kept in the history alone, for the way back. Where to look next: `domains/world.rs` (reading),
//! `domains/verify.rs` (trying the address), `domains/watch.rs` (looking again), `domains/undo.rs`, `domains/list.rs`.

mod list;
mod undo;
mod verify;
mod watch;
mod world;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gatescope_aws::change::Made;
use gatescope_aws::{Access, Error as AwsError, Kind};
use gatescope_model::domain::callback::fix_callbacks;
use gatescope_model::domain::hand_over::hand_over;
use gatescope_model::domain::{Making, Next, Refusal, Unread, Verification, World, next_step, unread};
use gatescope_model::review::{Review, Step};
use tokio::sync::watch::Sender;
use tokio::time::timeout;

pub(crate) use world::records_stand;

use crate::calls::*;
use crate::error::{Code, Error};
use crate::propose::Wish;
use crate::{App, locked};

/// How long AWS may take for a call that writes: longer than a throttled one is sent again.
const PATIENCE: Duration = Duration::from_secs(150);

/// What the wizards of this process remember between two looks: what AWS cannot tell.
#[derive(Default)]
pub(crate) struct Wizards {
    /// By what is wanted, without what a person allowed on the way.
    known: Mutex<HashMap<OfGoal, Known>>,
    /// When CreateDomainName was last sent, by account and region.
    created: Mutex<HashMap<Scope, i64>>,
    /// Somebody wrote or tried something; whoever looks meanwhile hears of it after the look.
    changed: Sender<()>,
}

/// Of one wizard.
#[derive(Clone, Default)]
struct Known {
    /// The newest try of the address, of what stands now.
    verified: Option<Verification>,
    /// Since when domain, mapping and record have been seen to stand.
    stands_since: Option<i64>,
    /// What AWS refused, by the step's id.
    refusals: BTreeMap<String, Refusal>,
    /// One step at a time.
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Wizards {
    /// An API was changed: what was tried before may be otherwise now.
    pub(crate) fn api_changed(&self) {
        locked(&self.known).values_mut().for_each(|known| known.verified = None);
        self.changed.send_replace(());
    }

    /// What is known of a wizard, to look at and to change.
    fn of<T>(&self, of: &OfGoal, look: impl FnOnce(&mut Known) -> T) -> T {
        let wanted = OfGoal { scope: of.scope.clone(), goal: of.goal.wanted() };
        look(locked(&self.known).entry(wanted).or_default())
    }
}

impl App {
    pub(crate) async fn do_domain_step(&self, ask: DoDomainStep) -> Result<DidDomainStep, Error> {
        let of = OfGoal { scope: ask.scope, goal: ask.goal };
        let turn = self.inner.wizards.of(&of, |known| known.turn.clone());
        let _turn = turn.lock().await;
        // A person who asks again wants it tried again.
        self.inner.wizards.of(&of, |known| known.refusals.clear());
        let world = self.world_of(&of).await?;
        let making = match next_step(&of.goal, &world) {
            Next::Do { making, .. } if making.id == ask.making => making,
            _ if let Some(unread) = unread(&of.goal, &world) => return Err(not_now(&unread)),
            _ => {
                let mut error =
                    Error::new(Code::Conflict, "the world moved on: this step is not the next one any more");
                error.hint = Some("Look again: the line shows what stands now.".to_owned());
                return Err(error);
            }
        };
        let done = self.make(&of, &world, &making).await;
        self.inner.wizards.of(&of, |known| (known.verified, known.stands_since) = (None, None));
        self.inner.wizards.changed.send_replace(());
        done
    }

    /// Sends the calls of a step; each is in the history before it is sent.
    async fn make(&self, of: &OfGoal, world: &World, making: &Making) -> Result<DidDomainStep, Error> {
        let access = self.access(&of.scope).await?;
        let store = &self.inner.store;
        let mut did = DidDomainStep::default();
        for step in &making.steps {
            let before = stands(world, step);
            let id = store.begin_domain_step(&of.scope, &of.goal, step, &before, self.clock_of(&of.scope))?;
            if step.operation == "CreateDomainName" {
                locked(&self.inner.wizards.created).insert(of.scope.clone(), self.clock_of(&of.scope));
            }
            match send(&access, step).await {
                Ok(made) => {
                    let made = made.id.unwrap_or_default();
                    store.end_domain_step(id, &made)?;
                    did.made.push((step.target.clone(), made));
                }
                Err(e) => {
                    // A refusal is an answer; without one, AWS may have done it all the same.
                    let unanswered = matches!(e.kind, Kind::Unreachable | Kind::Failed);
                    if !unanswered {
                        store.forget_domain_step(id)?;
                    }
                    let refusal = Refusal {
                        code: e.code.clone().unwrap_or_default(),
                        message: e.message.clone(),
                        passing: unanswered || matches!(e.kind, Kind::Throttled | Kind::Conflict),
                        at: self.clock_of(&of.scope),
                    };
                    self.inner.wizards.of(of, |known| known.refusals.insert(making.id.clone(), refusal));
                    return Err(e.into());
                }
            }
        }
        Ok(did)
    }

    pub(crate) async fn verify_domain(&self, ask: VerifyDomain) -> Result<Verification, Error> {
        let of = OfGoal { scope: ask.scope, goal: ask.goal };
        self.inner.wizards.of(&of, |known| known.refusals.clear());
        let world = self.world_of(&of).await?;
        let wish = verify::Wish { message: ask.message.as_deref(), ..verify::Wish::default() };
        let verification = self.try_address(&of, &world, wish).await;
        self.inner.wizards.changed.send_replace(());
        Ok(verification)
    }

    pub(crate) async fn preview_callback_fix(&self, of: OfGoal) -> Result<Review, Error> {
        let stage = stage_of(&of);
        let (access, now) = self.read_stage(&stage).await?;
        let callback = of.goal.callback();
        if let Some(odd) = callback.chars().find(|c| !c.is_ascii_alphanumeric() && !"-._~:/?#&=,".contains(*c)) {
            let why = format!("a stage variable can't hold {callback}: AWS takes no {odd} in its value");
            let mut error = Error::new(Code::Conflict, why);
            error.hint =
                Some("Write the address into the backend's own configuration, or take another key.".to_owned());
            return Err(error);
        }
        let mine = fix_callbacks(&of.goal, &now);
        if mine == now {
            return Err(Error::new(Code::Conflict, "no backend gets what makes a wrong callback address any more"));
        }
        let wish = Wish {
            deploys_to: stage.stage.clone(),
            title: format!("let backends push to {callback}"),
            base: now.clone(),
            mine,
            of: stage,
            ..Wish::default()
        };
        let mut review = self.propose_on(&access, now, wish).await?;
        review.notices.push(
            "Backends get the address in the member or header callback, functions in event.stageVariables.callbackUrl: \
             their code has to use it."
                .to_owned(),
        );
        Ok(review)
    }

    pub(crate) async fn preview_endpoint_off(&self, of: OfGoal) -> Result<Review, Error> {
        let stage = stage_of(&of);
        let (access, now) = self.read_stage(&stage).await?;
        if now.api.disable_execute_api_endpoint {
            return Err(Error::new(Code::Conflict, "the generated endpoint is off already"));
        }
        let mut mine = now.clone();
        mine.api.disable_execute_api_endpoint = true;
        let wish = Wish {
            deploys_to: stage.stage.clone(),
            title: "switch the generated endpoint off".to_owned(),
            base: now.clone(),
            mine,
            of: stage,
            ..Wish::default()
        };
        let mut review = self.propose_on(&access, now, wish).await?;
        review.notices.push(format!(
            "All stages: clients and backends that use the generated host are refused; {} and {} go on.",
            of.goal.url(),
            of.goal.callback()
        ));
        Ok(review)
    }

    pub(crate) async fn prove_endpoint_off(&self, of: OfGoal) -> Result<EndpointProof, Error> {
        let (_, now) = self.read_stage(&stage_of(&of)).await?;
        let url = format!("{}/{}", now.api.api_endpoint, of.goal.stage);
        let network = self.network(&of.scope);
        let check = verify::generated_endpoint(&*network, &url).await;
        Ok(EndpointProof { url, check })
    }

    pub(crate) async fn hand_over_domain(&self, ask: HandOver) -> Result<HandedOver, Error> {
        let of = OfGoal { scope: ask.scope, goal: ask.goal };
        let world = self.world_of(&of).await?;
        let (file_name, text) = hand_over(&of.goal, &world, ask.format);
        Ok(HandedOver { file_name, text })
    }
}

/// One call of a step, or of the way back.
async fn send(access: &Access, step: &Step) -> Result<Made, AwsError> {
    timeout(PATIENCE, access.carry_out(step)).await.unwrap_or_else(|_| {
        let words = format!(
            "AWS did not answer {} within {} s: whether it was done, the next look shows",
            step.operation,
            PATIENCE.as_secs()
        );
        Err(AwsError::new(Kind::Unreachable, words))
    })
}

/// AWS could not be asked, which says nothing about what was shown.
fn not_now(unread: &Unread) -> Error {
    let code = match (Kind::of(&unread.code), unread.code.as_str()) {
        (Kind::Throttled, _) => Code::Throttled,
        (_, "timeout" | "unreachable") => Code::Unreachable,
        _ => Code::AwsFailed,
    };
    let mut error = Error::new(code, unread.words());
    error.hint = Some("Nothing was done. Do it again as soon as AWS can be asked: the line shows when.".to_owned());
    error
}

fn stage_of(of: &OfGoal) -> OfStage {
    OfStage { scope: of.scope.clone(), api_id: of.goal.api_id.clone(), stage: of.goal.stage.clone() }
}

/// What stands at the names whose records a step changes.
fn stands(world: &World, step: &Step) -> Vec<gatescope_model::alias::Record> {
    let changes = step.input["changeBatch"]["Changes"].as_array().into_iter().flatten();
    let names = changes.filter_map(|change| change["ResourceRecordSet"]["Name"].as_str());
    let mut names: Vec<String> = names.map(|name| name.trim_end_matches('.').to_ascii_lowercase()).collect();
    names.dedup();
    names.iter().filter_map(|name| world.records.get(name)?.is()).flatten().cloned().collect()
}
