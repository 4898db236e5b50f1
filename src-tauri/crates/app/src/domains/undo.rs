//! The way back: what the wizard wrote is taken back, newest first, as far as it is still what the wizard wrote.

use std::time::Duration;

use gatescope_aws::{Access, Error as AwsError, Kind};
use gatescope_model::domain::undo::{Done, names, undo};

use gatescope_model::review::Step;
use tokio::time::Instant;

use super::world;
use crate::App;
use crate::calls::*;
use crate::error::{Code, Error};

/// A certificate counts as used for some time after its domain is gone (assumed).
const LETTING_GO: Duration = Duration::from_secs(60);
/// Between two tries of that.
const PAUSE: Duration = Duration::from_secs(5);

impl App {
    pub(crate) async fn preview_domain_undo(&self, of: OfGoal) -> Result<DomainUndo, Error> {
        let done = self.done(&of)?;
        let mut world = self.world_of(&of).await?;
        let access = self.access(&of.scope).await?;
        for (zone, name) in names(&done) {
            world::read_records(&access, &zone, &name, &mut world).await;
        }
        let back = undo(&of.goal, &done, &world);
        Ok(DomainUndo { id: back.id, steps: back.steps, keeps: back.keeps })
    }

    pub(crate) async fn undo_domain(&self, ask: DoDomainUndo) -> Result<DidDomainStep, Error> {
        let of = OfGoal { scope: ask.scope, goal: ask.goal };
        let back = self.preview_domain_undo(of.clone()).await?;
        if back.id != ask.undo {
            return Err(Error::new(Code::Conflict, "the world moved on: look again at what would be taken back"));
        }
        let access = self.access(&of.scope).await?;
        let mut did = DidDomainStep::default();
        for step in &back.steps {
            // What is gone already is taken back.
            match take_back(&access, step).await {
                Ok(()) => did.made.push((step.target.clone(), step.operation.clone())),
                Err(e) => {
                    self.inner.wizards.changed.send_replace(());
                    return Err(e.into());
                }
            }
        }
        for (id, _) in self.inner.store.domain_steps(&of.scope, &of.goal)? {
            self.inner.store.forget_domain_step(id)?;
        }
        self.inner.wizards.of(&of, |known| (known.verified, known.stands_since) = (None, None));
        self.inner.wizards.changed.send_replace(());
        Ok(did)
    }

    fn done(&self, of: &OfGoal) -> Result<Vec<Done>, Error> {
        Ok(self.inner.store.domain_steps(&of.scope, &of.goal)?.into_iter().map(|(_, done)| done).collect())
    }

    /// What there is to take back, newest first.
    pub(super) fn made_words(&self, of: &OfGoal) -> Result<Vec<String>, Error> {
        let words = |done: &Done| match done.made.as_deref() {
            Some("") | None => done.step.target.clone(),
            Some(made) => format!("{} ({made})", done.step.target),
        };
        Ok(self.done(of)?.iter().rev().map(words).collect())
    }
}

/// One call. What is gone already is taken back; what just let go of a certificate is believed a little later.
async fn take_back(access: &Access, step: &Step) -> Result<(), AwsError> {
    let began = Instant::now();
    loop {
        let error = match access.carry_out(step).await {
            Ok(_) => return Ok(()),
            Err(e) if e.kind == Kind::NotFound => return Ok(()),
            Err(e) => e,
        };
        let in_use = error.code.as_deref() == Some("ResourceInUseException");
        if !in_use || began.elapsed() >= LETTING_GO {
            return Err(error);
        }
        tokio::time::sleep(PAUSE).await;
    }
}
