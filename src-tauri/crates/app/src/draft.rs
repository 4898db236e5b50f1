//! Drafts: what they change, their review, and keeping them.

use gatescope_model::diff::words::words;
use gatescope_model::diff::{Action, Change, Field, diff};
use gatescope_model::limits;
use gatescope_model::review::Review;

use crate::App;
use crate::calls::{
    ChangeView, Draft, DraftView, KeepDraft, KeptDraft, Nothing, OfApi, OfStage, PreviewDraft,
};
use crate::error::Error;
use crate::propose::Wish;
use crate::store::Place;

impl App {
    pub(crate) async fn describe_draft(&self, draft: Draft) -> Result<DraftView, Error> {
        let changes = diff(&draft.base, &draft.draft);
        let problems = limits::check(&draft.base, &draft.draft);
        Ok(DraftView { changes: changes.iter().map(view).collect(), problems })
    }

    pub(crate) async fn preview_draft(&self, ask: PreviewDraft) -> Result<Review, Error> {
        self.propose(Wish {
            of: OfStage { scope: ask.scope, api_id: ask.api_id, stage: ask.stage.clone() },
            deploys_to: ask.stage,
            title: ask.title,
            base: ask.draft.base,
            mine: ask.draft.draft,
            choices: ask.choices,
            ..Wish::default()
        })
        .await
    }

    pub(crate) async fn keep_draft(&self, keep: KeepDraft) -> Result<Nothing, Error> {
        let place = Place::new(&keep.of.scope, &keep.of.api_id);
        self.inner.store.keep_draft(place, keep.draft.as_ref())?;
        Ok(Nothing {})
    }

    pub(crate) async fn read_draft(&self, of: OfApi) -> Result<KeptDraft, Error> {
        Ok(KeptDraft { draft: self.inner.store.draft(Place::new(&of.scope, &of.api_id))? })
    }
}

fn view(change: &Change) -> ChangeView {
    let said = words(std::slice::from_ref(change));
    ChangeView {
        kind: change.id.kind,
        parent: change.id.parent.clone(),
        id: change.id.id.clone(),
        sign: match change.action {
            Action::Create => "+",
            Action::Update => "~",
            Action::Delete => "-",
        }
        .to_owned(),
        label: change.label.clone(),
        words: said.into_iter().map(|w| format!("{} {}", w.text, w.because).trim().to_owned()).collect(),
        members: change.fields.iter().map(Field::name).collect(),
    }
}
