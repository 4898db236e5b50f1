//! Looking at the world again and again while somebody looks at the wizard: each look is whole, and only what differs is told.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use gatescope_model::domain::callback::{WrongCallback, wrong_callbacks};
use gatescope_model::domain::{Next, Verification, World, next_step, stations};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::{stage_of, verify, world};
use crate::calls::*;
use crate::error::Error;
use crate::{App, SANDBOX, locked};

/// Nothing is waited for: somebody may still change the world by hand.
const IDLE: Duration = Duration::from_secs(30);
/// In the sandbox, whose clock may run fast: while something is waited for, and else.
const IN_THE_SANDBOX: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(5));
/// What backends build is read with the whole API, so no more often than this, unless somebody changed something.
const BACKENDS: Duration = Duration::from_secs(10);
/// Never more often than this: AWS allows 5 calls a second in all for some of them (facts 5.1).
const LEAST: Duration = Duration::from_secs(2);
/// Reading what a station needs shows what the next one needs: one round each, and a few to spare.
const ROUNDS: usize = 24;

impl App {
    pub(crate) async fn watch_domain(&self, of: OfGoal) -> Result<BoxStream<'static, Vec<DomainView>>, Error> {
        // Without an account there is nothing to watch: that is said at once.
        self.access(&of.scope).await?;
        let changed = self.inner.wizards.changed.subscribe();
        let watching = Watching { app: self.clone(), of, changed, shown: None, pause: None, callbacks: None };
        Ok(stream::unfold(watching, |mut watching| async { Some((vec![watching.next().await], watching)) }).boxed())
    }

    pub(crate) async fn read_domain(&self, of: OfGoal) -> Result<DomainView, Error> {
        let world = self.world_of(&of).await?;
        let callbacks = self.callbacks(&of).await;
        self.view(&of, world, callbacks)
    }

    /// The world as far as the next step needs it, the newest try of the address among it.
    pub(super) async fn world_of(&self, of: &OfGoal) -> Result<World, Error> {
        let access = self.access(&of.scope).await?;
        let network = self.network(&of.scope);
        let wizards = &self.inner.wizards;
        let known = wizards.of(of, |known| known.clone());
        let mut world = World {
            now: self.clock_of(&of.scope),
            region: of.scope.region.clone(),
            created_domain_at: locked(&wizards.created).get(&of.scope).copied(),
            stands_since: known.stands_since,
            refusals: known.refusals,
            verified: known.verified,
            ..World::default()
        };
        for _ in 0..ROUNDS {
            let next = next_step(&of.goal, &world);
            if !matches!(next, Next::Read { .. }) {
                break;
            }
            world::read(&access, &*network, &of.goal, &mut world).await;
        }
        self.seen(of, &mut world);
        Ok(world)
    }

    /// Remembers since when everything stands, and forgets it when something does not any more.
    fn seen(&self, of: &OfGoal, world: &mut World) {
        let stands = matches!(next_step(&of.goal, world), Next::Verify { .. } | Next::Done)
            || world.verified.is_some() && world.stands_since.is_some();
        world.stands_since = self.inner.wizards.of(of, |known| {
            known.stands_since = if stands { known.stands_since.or(Some(world.now)) } else { None };
            known.stands_since
        });
    }

    /// Dials the address, and remembers what came of it.
    pub(super) async fn try_address(&self, of: &OfGoal, world: &World, message: Option<&str>) -> Verification {
        let verification = verify::verify(&*self.network(&of.scope), &of.goal, world, message).await;
        self.inner.wizards.of(of, |known| known.verified = Some(verification.clone()));
        verification
    }

    /// One look, and how long nobody needs to look again.
    async fn look(&self, of: &OfGoal) -> Result<(World, Duration), Error> {
        let mut world = self.world_of(of).await?;
        let mut next = next_step(&of.goal, &world);
        if matches!(next, Next::Verify { .. }) {
            world.verified = Some(self.try_address(of, &world, None).await);
            next = next_step(&of.goal, &world);
        }
        let pause = match &next {
            Next::Wait { look_again_ms, .. } | Next::ByHand { look_again_ms, .. } => {
                Duration::from_millis(u64::try_from(*look_again_ms).unwrap_or_default()).max(LEAST)
            }
            Next::Read { .. } | Next::Verify { .. } => LEAST,
            Next::Do { .. } | Next::Blocked { .. } | Next::Done => IDLE,
        };
        let (waiting, idle) = IN_THE_SANDBOX;
        let pause = match of.scope.account.as_str() {
            SANDBOX => {
                if pause == IDLE {
                    idle
                } else {
                    waiting
                }
            }
            _ => pause,
        };
        Ok((world, pause))
    }

    /// Backends that build an address which is wrong here.
    async fn callbacks(&self, of: &OfGoal) -> Vec<WrongCallback> {
        match self.read_stage(&stage_of(of)).await {
            Ok((_, snapshot)) => wrong_callbacks(&of.goal, &snapshot),
            Err(_) => Vec::new(),
        }
    }

    fn view(&self, of: &OfGoal, world: World, callbacks: Vec<WrongCallback>) -> Result<DomainView, Error> {
        Ok(DomainView {
            url: of.goal.url(),
            callback_url: of.goal.callback(),
            stations: stations(&of.goal, &world),
            next: next_step(&of.goal, &world),
            looked_at: world.now,
            verification: world.verified,
            callbacks,
            made: self.made_words(of)?,
            problem: None,
        })
    }
}

struct Watching {
    app: App,
    of: OfGoal,
    /// Somebody wrote or tried something since the last look began.
    changed: watch::Receiver<()>,
    shown: Option<DomainView>,
    pause: Option<Duration>,
    callbacks: Option<(Instant, Vec<WrongCallback>)>,
}

impl Watching {
    /// The next view that differs from the last one by more than its time.
    async fn next(&mut self) -> DomainView {
        loop {
            if let Some(pause) = self.pause
                && timeout(pause, self.changed.changed()).await.is_ok()
            {
                self.callbacks = None;
            }
            let view = match self.seen().await {
                Ok(view) => view,
                Err(why) => {
                    self.pause = Some(LEAST);
                    self.unseen(why)
                }
            };
            let shown = self.shown.as_ref();
            if !shown.is_some_and(|shown| *shown == DomainView { looked_at: shown.looked_at, ..view.clone() }) {
                self.shown = Some(view.clone());
                return view;
            }
        }
    }

    async fn seen(&mut self) -> Result<DomainView, Error> {
        let (world, pause) = self.app.look(&self.of).await?;
        self.pause = Some(pause);
        let callbacks = match self.callbacks.take().filter(|(read, _)| read.elapsed() < BACKENDS) {
            Some(known) => known,
            None => (Instant::now(), self.app.callbacks(&self.of).await),
        };
        self.callbacks = Some(callbacks.clone());
        self.app.view(&self.of, world, callbacks.1)
    }

    /// What was seen last stands, with why there is nothing newer.
    fn unseen(&self, why: Error) -> DomainView {
        let OfGoal { goal, .. } = &self.of;
        let nothing = || DomainView {
            url: goal.url(),
            callback_url: goal.callback(),
            stations: stations(goal, &World::default()),
            next: next_step(goal, &World::default()),
            looked_at: self.app.clock_of(&self.of.scope),
            verification: None,
            callbacks: Vec::new(),
            made: Vec::new(),
            problem: None,
        };
        DomainView { problem: Some(why.into()), ..self.shown.clone().unwrap_or_else(nothing) }
    }
}

#[cfg(test)]
mod tests;
