//! Custom domains: the list, and the wizard that carries out what `model::domain` says comes next.
//!
//! It stores nothing of the wizard's state: each look reads the world again. Where to look next: `domains/world.rs` (reading),
//! `domains/verify.rs` (trying the address), `domains/undo.rs` (the way back), `domains/list.rs`.

use futures_util::stream::BoxStream;
use gatescope_model::domain::Verification;
use gatescope_model::review::Review;

use crate::App;
use crate::calls::*;
use crate::error::{Code, Error};

fn unbuilt<T>() -> Result<T, Error> {
    Err(Error::new(Code::Internal, "not built yet"))
}

impl App {
    pub(crate) async fn list_domains(&self, _scope: Scope) -> Result<DomainList, Error> {
        unbuilt()
    }

    pub(crate) async fn watch_domain(&self, _of: OfGoal) -> Result<BoxStream<'static, Vec<DomainView>>, Error> {
        unbuilt()
    }

    pub(crate) async fn do_domain_step(&self, _ask: DoDomainStep) -> Result<DidDomainStep, Error> {
        unbuilt()
    }

    pub(crate) async fn verify_domain(&self, _of: OfGoal) -> Result<Verification, Error> {
        unbuilt()
    }

    pub(crate) async fn preview_domain_undo(&self, _of: OfGoal) -> Result<DomainUndo, Error> {
        unbuilt()
    }

    pub(crate) async fn undo_domain(&self, _ask: DoDomainUndo) -> Result<DidDomainStep, Error> {
        unbuilt()
    }

    pub(crate) async fn preview_callback_fix(&self, _of: OfGoal) -> Result<Review, Error> {
        unbuilt()
    }

    pub(crate) async fn preview_endpoint_off(&self, _of: OfGoal) -> Result<Review, Error> {
        unbuilt()
    }

    pub(crate) async fn prove_endpoint_off(&self, _of: OfGoal) -> Result<EndpointProof, Error> {
        unbuilt()
    }

    pub(crate) async fn hand_over_domain(&self, _ask: HandOver) -> Result<HandedOver, Error> {
        unbuilt()
    }
}
