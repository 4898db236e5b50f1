//! Templates, models and response keys while they are written. Pure but for asking nobody.

use crate::App;
use crate::calls::{
    InferModel, InferredModel, Nothing, TemplateWord, TriedKey, TriedModel, TriedTemplate, TryKeys, TryModel,
    TryTemplate,
};
use crate::error::{Code, Error};

impl App {
    pub(crate) async fn list_template_words(&self, _: Nothing) -> Result<Vec<TemplateWord>, Error> {
        Err(Error::new(Code::Internal, "list_template_words is not built yet"))
    }

    pub(crate) async fn try_template(&self, _: TryTemplate) -> Result<TriedTemplate, Error> {
        Err(Error::new(Code::Internal, "try_template is not built yet"))
    }

    pub(crate) async fn try_model(&self, _: TryModel) -> Result<TriedModel, Error> {
        Err(Error::new(Code::Internal, "try_model is not built yet"))
    }

    pub(crate) async fn infer_model(&self, _: InferModel) -> Result<InferredModel, Error> {
        Err(Error::new(Code::Internal, "infer_model is not built yet"))
    }

    pub(crate) async fn try_keys(&self, _: TryKeys) -> Result<Vec<TriedKey>, Error> {
        Err(Error::new(Code::Internal, "try_keys is not built yet"))
    }
}
