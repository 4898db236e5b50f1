//! An HTTP client for the SDK that asks a function instead of the network.
//!
//! It may not know what the function is. The SDK serialises, signs and parses as ever; streamed answers stay streams.

use std::fmt;
use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http_body_util::BodyExt;
use http_body_util::combinators::BoxBody;

/// The body of an in-process answer: may be endless (live tail).
pub type Body = BoxBody<Bytes, Box<dyn std::error::Error + Send + Sync>>;

type Answer = dyn Fn(http::Request<Bytes>) -> BoxFuture<'static, http::Response<Body>> + Send + Sync;

/// An AWS inside this process.
#[derive(Clone)]
pub struct InProcess(Arc<Answer>);

impl InProcess {
    /// Makes a client of a function that answers every AWS request.
    pub fn new(
        answer: impl Fn(http::Request<Bytes>) -> BoxFuture<'static, http::Response<Body>> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(answer))
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InProcess")
    }
}

impl HttpClient for InProcess {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.0.clone();
        HttpConnectorFuture::new(async move {
            let broken = |e: Box<dyn std::error::Error + Send + Sync>| ConnectorError::other(e, None);
            let request = request.try_into_http1x().map_err(|e| broken(e.into()))?;
            let (head, body) = request.into_parts();
            let body = body.collect().await.map_err(broken)?.to_bytes();
            let response = answer(http::Request::from_parts(head, body)).await;
            HttpResponse::try_from(response.map(SdkBody::from_body_1_x)).map_err(|e| broken(e.into()))
        })
    }
}
