//! The way back: what the wizard wrote is taken back, newest first, as far as it is still what the wizard wrote.

use gatescope_model::domain::undo::{Done, undo};

use crate::App;
use crate::calls::*;
use crate::error::{Code, Error};

impl App {
    pub(crate) async fn preview_domain_undo(&self, of: OfGoal) -> Result<DomainUndo, Error> {
        let done = self.done(&of)?;
        let world = self.whole_world_of(&of).await?;
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
            match access.carry_out(step).await {
                Ok(_) => did.made.push((step.target.clone(), step.operation.clone())),
                Err(e) if e.kind == gatescope_aws::Kind::NotFound => {}
                Err(e) => {
                    self.inner.wizards.changed.notify_waiters();
                    return Err(e.into());
                }
            }
        }
        for (id, _) in self.inner.store.domain_steps(&of.scope, &of.goal)? {
            self.inner.store.forget_domain_step(id)?;
        }
        crate::locked(&self.inner.wizards.verified).remove(&of);
        self.inner.wizards.changed.notify_waiters();
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
