//! AWS through the official SDK, with answers in `model`'s nouns.
//!
//! The only crate that names `aws-sdk-*`. It may not know that a sandbox exists: whoever opens an [`Access`] may hand it
//! another HTTP client ([`in_process`]), and then the same production path runs offline, down to the serialised bytes.
//! Where to look next: [`account`] (profiles and identity), [`gateway`] (APIs), [`surroundings`], [`logs`], [`change`]
//! (writing); below all of them `watch.rs` (the lock and the [`calls`]) and `pace.rs` (turns).

pub mod account;
pub mod calls;
pub mod certificates;
pub mod change;
pub mod dns;
pub mod domains;
pub mod error;
pub mod functions;
pub mod gateway;
pub mod in_process;
pub mod insights;
pub mod invoke;
pub mod lock;
pub mod log_sample;
pub mod logs;
mod pace;
mod read;
pub mod roles;
mod sign;
pub mod surroundings;
pub mod targets;
mod watch;
mod wire;

use std::sync::{Arc, OnceLock};

use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_smithy_http_client::{Builder, tls};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

pub use error::{Error, Kind};
use in_process::InProcess;
use pace::Paced;
pub use read::milliseconds;
use watch::Watch;

/// What every call of an account passes: its lock, and the log of calls.
#[derive(Clone, Debug, Default)]
pub struct Guards {
    /// The account, as whoever opens the access calls it.
    pub account: String,
    /// One for all regions of an account.
    pub lock: lock::Lock,
    /// One for all accounts.
    pub calls: calls::Calls,
}

/// Well below the burst of 40 that an account has (facts 5.1), enough to stay busy over a slow network.
const AT_ONCE: usize = 8;
/// Without a network, the processor is what limits.
const AT_ONCE_IN_PROCESS: usize = 32;

/// The way into one account and region. Cheap to clone; the clients below share connections and credentials.
#[derive(Clone, Debug)]
pub struct Access {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// Of which clients for other regions are made.
    config: SdkConfig,
    watch: Watch,
    region: String,
    profile: Option<String>,
    endpoint_url: Option<String>,
    /// Calls of one reading that run side by side.
    at_once: usize,
    gateway: aws_sdk_apigatewayv2::Client,
    gateway_v1: aws_sdk_apigateway::Client,
    logs: aws_sdk_cloudwatchlogs::Client,
    lambda: aws_sdk_lambda::Client,
    iam: aws_sdk_iam::Client,
    load_balancers: aws_sdk_elasticloadbalancingv2::Client,
    acm: aws_sdk_acm::Client,
    route53: aws_sdk_route53::Client,
    sts: aws_sdk_sts::Client,
    /// For what is signed besides calls.
    credentials: Option<aws_credential_types::provider::SharedCredentialsProvider>,
}

impl Access {
    /// Opens a profile of the AWS configuration files, at an endpoint of its own if one is given. Reads files and
    /// environment; calls nothing yet.
    pub async fn profile(name: &str, region: &str, endpoint: Option<&str>, guards: Guards) -> Self {
        // One TLS client for all accounts: connections to the same endpoint are shared.
        static HTTP: OnceLock<SharedHttpClient> = OnceLock::new();
        let http = HTTP.get_or_init(|| {
            Builder::new().tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring)).build_https()
        });
        let loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http.clone())
            .profile_name(name)
            .region(Region::new(region.to_owned()));
        let loader = match endpoint {
            Some(url) => loader.endpoint_url(url),
            None => loader,
        };
        let config = loader.load().await;
        let endpoint_url = config.endpoint_url().map(str::to_owned);
        let paced = Paced::new(http.clone(), endpoint_url.is_none(), guards.calls.clone());
        let watch = Watch { guards, region: region.to_owned(), profile: Some(name.to_owned()) };
        Self::from_config(config, paced, watch, endpoint_url, AT_ONCE)
    }

    /// Opens an AWS that answers inside this process, with an access key that it knows and its secret.
    #[must_use]
    pub fn in_process(aws: InProcess, region: &str, (key, secret): (&str, &str), guards: Guards) -> Self {
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(
                Credentials::from_keys(key, secret, None),
            ))
            .sleep_impl(aws_smithy_async::rt::sleep::SharedAsyncSleep::new(
                aws_smithy_async::rt::sleep::TokioSleep::new(),
            ))
            .region(Region::new(region.to_owned()))
            .build();
        let paced = Paced::new(SharedHttpClient::new(aws), false, guards.calls.clone());
        let watch = Watch { guards, region: region.to_owned(), profile: None };
        Self::from_config(config, paced, watch, None, AT_ONCE_IN_PROCESS)
    }

    fn from_config(
        config: SdkConfig,
        paced: Paced,
        watch: Watch,
        endpoint_url: Option<String>,
        at_once: usize,
    ) -> Self {
        // A call that waits for its turn is no stalled upload.
        let stalls = StalledStreamProtectionConfig::enabled().upload_enabled(false).build();
        let config = config.into_builder().http_client(paced).stalled_stream_protection(stalls).build();
        Self::on(config, watch, endpoint_url, at_once)
    }

    /// The same account with the same guards in another region.
    #[must_use]
    pub fn elsewhere(&self, region: &str) -> Self {
        let config = self.inner.config.to_builder().region(Region::new(region.to_owned())).build();
        let watch = Watch { region: region.to_owned(), ..self.inner.watch.clone() };
        Self::on(config, watch, self.inner.endpoint_url.clone(), self.inner.at_once)
    }

    fn on(config: SdkConfig, watch: Watch, endpoint_url: Option<String>, at_once: usize) -> Self {
        // On a loopback endpoint the host prefix `stream-` of live tail has no name to resolve.
        let local = endpoint_url.is_some();
        macro_rules! client {
            ($sdk:ident) => {
                $sdk::Client::from_conf($sdk::config::Builder::from(&config).interceptor(watch.clone()).build())
            };
        }
        let logs = {
            let mut logs = aws_sdk_cloudwatchlogs::config::Builder::from(&config).interceptor(watch.clone());
            if local {
                logs = logs.interceptor(logs::NoHostPrefix);
            }
            aws_sdk_cloudwatchlogs::Client::from_conf(logs.build())
        };
        Self {
            inner: Arc::new(Inner {
                endpoint_url,
                at_once,
                gateway: client!(aws_sdk_apigatewayv2),
                gateway_v1: client!(aws_sdk_apigateway),
                logs,
                lambda: client!(aws_sdk_lambda),
                iam: client!(aws_sdk_iam),
                load_balancers: client!(aws_sdk_elasticloadbalancingv2),
                acm: client!(aws_sdk_acm),
                route53: client!(aws_sdk_route53),
                sts: client!(aws_sdk_sts),
                credentials: config.credentials_provider(),
                region: watch.region.clone(),
                profile: watch.profile.clone(),
                config,
                watch,
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
