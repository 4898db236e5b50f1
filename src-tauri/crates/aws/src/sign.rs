//! Handshakes that are signed with the account's credentials, for routes with `AWS_IAM`.

use std::time::SystemTime;

use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;

use crate::error::Kind;
use crate::{Access, Error};

impl Access {
    /// The headers that sign a handshake with this URL, its query included (facts 3, IAM: service `execute-api`).
    ///
    /// # Errors
    /// Credentials that can't be had, or a URL that is none.
    pub async fn sign_handshake(&self, url: &str) -> Result<Vec<(String, String)>, Error> {
        let provider = self.inner.credentials.as_ref();
        let provider = provider.ok_or_else(|| Error::new(Kind::NoCredentials, "the account has no credentials"))?;
        let credentials = provider.provide_credentials().await;
        let credentials = credentials.map_err(|why| Error::new(Kind::NoCredentials, why.to_string()))?;
        let refused = |why: String| Error::new(Kind::Refused, why);
        let identity = credentials.into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(self.region())
            .name("execute-api")
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .map_err(|why| refused(why.to_string()))?;
        let url = url.replacen("ws", "http", 1);
        let request = SignableRequest::new("GET", url, std::iter::empty(), SignableBody::Bytes(&[]));
        let request = request.map_err(|why| refused(why.to_string()))?;
        let (signed, _) = sign(request, &params.into()).map_err(|why| refused(why.to_string()))?.into_parts();
        Ok(signed.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}
