//! The doctor: an API read whole, and what [`gatescope_model::doctor`] says of it.

use gatescope_model::doctor::Checkup;

use crate::App;
use crate::calls::*;
use crate::error::{Code, Error};

impl App {
    pub(crate) async fn check_api(&self, _: CheckApi) -> Result<Checkup, Error> {
        Err(Error::new(Code::Internal, "not built yet"))
    }
}
