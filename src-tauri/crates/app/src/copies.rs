//! Copies of whole APIs: clones, and snapshot files.

use crate::App;
use crate::calls::{CloneApi, Draft, OfApi, OpenSnapshotFile, SaveFile, SavedFile, SnapshotFile};
use crate::error::{Code, Error};

impl App {
    pub(crate) async fn clone_api(&self, _: CloneApi) -> Result<Draft, Error> {
        Err(Error::new(Code::Internal, "clone_api is not built yet"))
    }

    pub(crate) async fn write_snapshot(&self, _: OfApi) -> Result<SnapshotFile, Error> {
        Err(Error::new(Code::Internal, "write_snapshot is not built yet"))
    }

    pub(crate) async fn open_snapshot(&self, _: OpenSnapshotFile) -> Result<Draft, Error> {
        Err(Error::new(Code::Internal, "open_snapshot is not built yet"))
    }

    pub(crate) async fn save_file(&self, _: SaveFile) -> Result<SavedFile, Error> {
        Err(Error::new(Code::Internal, "save_file is not built yet"))
    }
}
