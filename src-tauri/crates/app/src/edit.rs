//! Deploying, as a wish for a review. Removing a cause: `fixes.rs`; turning logs on: `turn_on.rs`.

use gatescope_aws::Access;
use gatescope_model::api::Snapshot;
use gatescope_model::review::{Review, Words};

use crate::App;
use crate::calls::{OfApi, OfStage};
use crate::error::{Code, Error};
use crate::propose::Wish;
use crate::reviews::Purpose;

impl App {
    pub(crate) async fn preview_deploy(&self, of: OfStage) -> Result<Review, Error> {
        let (access, now) = self.read_stage(&of).await?;
        let words = vec![said(
            "~",
            format!("{} serves the API as it stands now,", of.stage),
            "frozen until the next deployment.",
        )];
        let wish = Wish {
            deploys_to: of.stage.clone(),
            title: format!("deploy to {}", of.stage),
            base: now.clone(),
            mine: now.clone(),
            first: (Vec::new(), words),
            purpose: Purpose::Deploy,
            of,
            ..Wish::default()
        };
        self.propose_on(&access, now, wish).await
    }

    /// The API as it stands, if it has that stage.
    pub(crate) async fn read_stage(&self, of: &OfStage) -> Result<(Access, Snapshot), Error> {
        let access = self.access(&of.scope).await?;
        let snapshot = access.snapshot(&of.api_id).await?;
        if snapshot.stage(&of.stage).is_none() {
            return Err(Error::new(Code::NotFound, format!("the API has no stage {}", of.stage)));
        }
        Ok((access, snapshot))
    }

    /// The API with everything that a comparison or a copy needs of it.
    pub(crate) async fn read_whole(&self, of: &OfApi) -> Result<Snapshot, Error> {
        Ok(self.access(&of.scope).await?.snapshot(&of.api_id).await?)
    }
}

fn said(sign: &str, text: String, because: &str) -> Words {
    Words { sign: sign.to_owned(), text, because: because.to_owned() }
}
