//! Saved messages of an API: shared by all its stages, kept until forgotten.

use crate::App;
use crate::calls::{ForgetMessage, OfApi, SaveMessage, SavedMessage};
use crate::error::Error;
use crate::store::Place;

/// A message that is sent is at most 128 KiB (facts 5.1); nothing longer is worth keeping.
const LONGEST: usize = 128 * 1024;

impl App {
    pub(crate) async fn list_messages(&self, of: OfApi) -> Result<Vec<SavedMessage>, Error> {
        self.inner.store.messages(place(&of))
    }

    pub(crate) async fn save_message(&self, save: SaveMessage) -> Result<Vec<SavedMessage>, Error> {
        if save.message.name.trim().is_empty() || save.message.text.len() > LONGEST {
            return Err(Error::bad_question("a saved message needs a name, and at most 128 KiB of text"));
        }
        self.inner.store.save_message(place(&save.of), &save.message)?;
        self.inner.store.messages(place(&save.of))
    }

    pub(crate) async fn forget_message(&self, forget: ForgetMessage) -> Result<Vec<SavedMessage>, Error> {
        self.inner.store.forget_message(place(&forget.of), &forget.name)?;
        self.inner.store.messages(place(&forget.of))
    }
}

fn place(of: &OfApi) -> Place<'_> {
    Place { account: &of.scope.account, region: &of.scope.region, api: &of.api_id }
}
