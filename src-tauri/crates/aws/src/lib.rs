//! AWS through the official SDK, with answers in `model`'s nouns.
//!
//! The only crate that names `aws-sdk-*`. It may not know that a sandbox exists: whoever opens an [`Access`] may hand it
//! another HTTP client ([`in_process`]), and then the same production path runs offline, down to the serialised bytes.
//! Where to look next: [`account`] (profiles and identity), [`gateway`] (APIs), [`logs`] (execution logs), [`change`] (writing).

pub mod account;
pub mod change;
pub mod error;
pub mod gateway;
pub mod in_process;
pub mod invoke;
pub mod logs;
mod read;
mod sign;

use std::sync::{Arc, OnceLock};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_smithy_http_client::{Builder, tls};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

pub use error::{Error, Kind};
use in_process::InProcess;
pub use read::milliseconds;

/// The way into one account and region. Cheap to clone; the clients below share connections and credentials.
#[derive(Clone, Debug)]
pub struct Access {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    region: String,
    profile: Option<String>,
    endpoint_url: Option<String>,
    gateway: aws_sdk_apigatewayv2::Client,
    gateway_v1: aws_sdk_apigateway::Client,
    logs: aws_sdk_cloudwatchlogs::Client,
    lambda: aws_sdk_lambda::Client,
    iam: aws_sdk_iam::Client,
    sts: aws_sdk_sts::Client,
    /// For what is signed besides calls.
    credentials: Option<aws_credential_types::provider::SharedCredentialsProvider>,
}

impl Access {
    /// Opens a profile of the AWS configuration files. Reads files and environment; calls nothing yet.
    pub async fn profile(name: &str, region: &str) -> Self {
        // One TLS client for all accounts: connections to the same endpoint are shared.
        static HTTP: OnceLock<SharedHttpClient> = OnceLock::new();
        let http = HTTP.get_or_init(|| {
            Builder::new().tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring)).build_https()
        });
        let config = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http.clone())
            .profile_name(name)
            .region(Region::new(region.to_owned()))
            .load()
            .await;
        let endpoint_url = config.endpoint_url().map(str::to_owned);
        Self::from_config(&config, region, Some(name.to_owned()), endpoint_url)
    }

    /// Opens an AWS that answers inside this process, with an access key that it knows and its secret.
    #[must_use]
    pub fn in_process(aws: InProcess, region: &str, (key, secret): (&str, &str)) -> Self {
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(SharedHttpClient::new(aws))
            .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(
                Credentials::from_keys(key, secret, None),
            ))
            .sleep_impl(aws_smithy_async::rt::sleep::SharedAsyncSleep::new(
                aws_smithy_async::rt::sleep::TokioSleep::new(),
            ))
            .region(Region::new(region.to_owned()))
            .build();
        Self::from_config(&config, region, None, None)
    }

    fn from_config(config: &SdkConfig, region: &str, profile: Option<String>, endpoint_url: Option<String>) -> Self {
        // On a loopback endpoint the host prefix `stream-` of live tail has no name to resolve.
        let local = endpoint_url.is_some();
        let logs = {
            let mut logs = aws_sdk_cloudwatchlogs::config::Builder::from(config);
            if local {
                logs = logs.interceptor(logs::NoHostPrefix);
            }
            aws_sdk_cloudwatchlogs::Client::from_conf(logs.build())
        };
        Self {
            inner: Arc::new(Inner {
                region: region.to_owned(),
                profile,
                endpoint_url,
                gateway: aws_sdk_apigatewayv2::Client::new(config),
                gateway_v1: aws_sdk_apigateway::Client::new(config),
                logs,
                lambda: aws_sdk_lambda::Client::new(config),
                iam: aws_sdk_iam::Client::new(config),
                sts: aws_sdk_sts::Client::new(config),
                credentials: config.credentials_provider(),
            }),
        }
    }

    /// The region that every call goes to.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.inner.region
    }

    /// The endpoint that replaces AWS's for all services, when the configuration sets one.
    #[must_use]
    pub fn endpoint_url(&self) -> Option<&str> {
        self.inner.endpoint_url.as_deref()
    }

    /// What an error of this account needs as remedy is told by its profile.
    fn profile_name(&self) -> Option<&str> {
        self.inner.profile.as_deref()
    }
}
