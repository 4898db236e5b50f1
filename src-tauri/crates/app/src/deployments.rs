//! Deployments: what each changed, what is not deployed, and pointing a stage back.

use gatescope_model::review::Review;

use crate::App;
use crate::calls::{DeploymentView, OfApi, PreviewRollBack};
use crate::error::{Code, Error};

impl App {
    pub(crate) async fn list_deployments(&self, _: OfApi) -> Result<Vec<DeploymentView>, Error> {
        Err(Error::new(Code::Internal, "list_deployments is not built yet"))
    }

    pub(crate) async fn preview_stage_back(&self, _: PreviewRollBack) -> Result<Review, Error> {
        Err(Error::new(Code::Internal, "preview_stage_back is not built yet"))
    }
}
