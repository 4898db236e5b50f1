//! Looking at the world again and again while somebody looks at the wizard: each look is whole, and only what differs is told.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use gatescope_model::domain::callback::wrong_callbacks;
use gatescope_model::domain::{Next, Verification, World, next_step, stations};
use tokio::time::timeout;

use super::{stage_of, verify, world};
use crate::calls::*;
use crate::error::Error;
use crate::{App, SANDBOX, locked};

/// Nothing is waited for: somebody may still change the world by hand.
const IDLE: Duration = Duration::from_secs(30);
/// In the sandbox a look costs nothing, and its clock may run fast.
const IN_THE_SANDBOX: Duration = Duration::from_millis(250);
/// Never more often than this: AWS allows 5 calls a second in all for some of them (facts 5.1).
const LEAST: Duration = Duration::from_secs(2);
/// Reading what a station needs shows what the next one needs: one round each, and a few to spare.
const ROUNDS: usize = 24;

impl App {
    pub(crate) async fn watch_domain(&self, of: OfGoal) -> Result<BoxStream<'static, Vec<DomainView>>, Error> {
        // Without an account there is nothing to watch: that is said at once.
        self.access(&of.scope).await?;
        let watching = Watching { app: self.clone(), of, shown: None, pause: None };
        Ok(stream::unfold(watching, |mut watching| async { Some((vec![watching.next().await], watching)) }).boxed())
    }

    pub(crate) async fn read_domain(&self, of: OfGoal) -> Result<DomainView, Error> {
        let world = self.world_of(&of).await?;
        self.view(&of, world).await
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

    /// One look.
    async fn look(&self, of: &OfGoal) -> Result<(DomainView, Duration), Error> {
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
        let pause = if of.scope.account == SANDBOX { pause.min(IN_THE_SANDBOX) } else { pause };
        Ok((self.view(of, world).await?, pause))
    }

    async fn view(&self, of: &OfGoal, world: World) -> Result<DomainView, Error> {
        let callbacks = match self.read_stage(&stage_of(of)).await {
            Ok((_, snapshot)) => wrong_callbacks(&of.goal, &snapshot),
            Err(_) => Vec::new(),
        };
        Ok(DomainView {
            url: of.goal.url(),
            callback_url: of.goal.callback(),
            stations: stations(&of.goal, &world),
            next: next_step(&of.goal, &world),
            looked_at: world.now,
            verification: world.verified,
            callbacks,
            made: self.made_words(of)?,
        })
    }
}

struct Watching {
    app: App,
    of: OfGoal,
    shown: Option<DomainView>,
    pause: Option<Duration>,
}

impl Watching {
    /// The next view that differs from the last one by more than its time.
    async fn next(&mut self) -> DomainView {
        loop {
            if let Some(pause) = self.pause {
                // Whoever wrote something or tried the address ends the pause.
                let _ = timeout(pause, self.app.inner.wizards.changed.notified()).await;
            }
            let (view, pause) = match self.app.look(&self.of).await {
                Ok(seen) => seen,
                Err(e) => {
                    tracing::debug!("a look at the world failed: {e}");
                    self.pause = Some(LEAST);
                    continue;
                }
            };
            self.pause = Some(pause);
            let same = self
                .shown
                .as_ref()
                .is_some_and(|shown| *shown == DomainView { looked_at: shown.looked_at, ..view.clone() });
            if !same {
                self.shown = Some(view.clone());
                return view;
            }
        }
    }
}
