//! Asking the world about a failure, because a person allowed it.

use crate::App;
use crate::calls::*;
use crate::error::{Code, Error};

impl App {
    pub(crate) async fn probe_row(&self, _: ProbeRow) -> Result<Probed, Error> {
        Err(Error::new(Code::Internal, "not built yet"))
    }
}
