//! The profiles of the AWS configuration files, and who their credentials are.
//!
//! The files are read by the SDK's own parser, so `AWS_CONFIG_FILE`, `AWS_SHARED_CREDENTIALS_FILE` and the quirks of the
//! format mean here what they mean to every AWS tool. No secret is read out of them: only which kind of credentials they give.

use aws_runtime::env_config::file::EnvConfigFiles;
use aws_types::os_shim_internal::{Env, Fs};

use crate::error::{Error, Kind};
use crate::{Access, read};

/// One profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name in the files.
    pub name: String,
    /// Where its credentials come from.
    pub source: Source,
    /// Its own `region`, if it has one.
    pub region: Option<String>,
    /// Its own `endpoint_url`, if it has one.
    pub endpoint_url: Option<String>,
}

/// Where credentials come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// `aws_access_key_id`.
    StaticKeys,
    /// `sso_session` or `sso_start_url`.
    Sso,
    /// `role_arn` with `source_profile` or `credential_source`.
    AssumedRole,
    /// `web_identity_token_file`.
    WebIdentity,
    /// `credential_process`.
    Process,
    /// None of these.
    None,
}

/// Who the caller is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Twelve digits.
    pub account: String,
    /// ARN.
    pub arn: String,
}

/// All profiles, sorted by name with `default` first.
///
/// # Errors
/// A file that can't be read or parsed; the message names it.
pub async fn profiles() -> Result<Vec<Profile>, Error> {
    let set = aws_config::profile::load(&Fs::real(), &Env::real(), &EnvConfigFiles::default(), None)
        .await
        .map_err(|e| Error::new(Kind::Refused, read::chain(&e)))?;
    let mut profiles: Vec<Profile> = set
        .profiles()
        .filter_map(|name| {
            let profile = set.get_profile(name)?;
            let has = |key: &str| profile.get(key).is_some();
            let source = if has("role_arn") && has("web_identity_token_file") {
                Source::WebIdentity
            } else if has("role_arn") {
                Source::AssumedRole
            } else if has("sso_session") || has("sso_start_url") {
                Source::Sso
            } else if has("aws_access_key_id") {
                Source::StaticKeys
            } else if has("credential_process") {
                Source::Process
            } else {
                Source::None
            };
            Some(Profile {
                name: name.to_owned(),
                source,
                region: profile.get("region").map(str::to_owned),
                endpoint_url: profile.get("endpoint_url").map(str::to_owned),
            })
        })
        .collect();
    profiles.sort_by(|a, b| (a.name != "default", &a.name).cmp(&(b.name != "default", &b.name)));
    Ok(profiles)
}

impl Access {
    /// `sts:GetCallerIdentity`.
    ///
    /// # Errors
    /// Whatever keeps the credentials from working, with its remedy.
    pub async fn caller(&self) -> Result<Caller, Error> {
        let said = self.inner.sts.get_caller_identity().send().await.map_err(|e| self.failed(e))?;
        Ok(Caller { account: said.account.unwrap_or_default(), arn: said.arn.unwrap_or_default() })
    }
}
