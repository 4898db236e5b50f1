//! The connect matrix: one stage, several identities.

use futures_util::stream::BoxStream;

use crate::App;
use crate::calls::{MatrixItem, OpenMatrix};
use crate::error::{Code, Error};

impl App {
    pub(crate) async fn open_matrix(&self, _: OpenMatrix) -> Result<BoxStream<'static, Vec<MatrixItem>>, Error> {
        Err(Error::new(Code::Internal, "open_matrix is not built yet"))
    }
}
