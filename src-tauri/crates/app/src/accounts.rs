//! Which accounts there are: the sandbox, and each profile of the AWS configuration files.
//!
//! Where to begin is what the environment says, as for every AWS tool; no credential is read before it is needed.

use std::collections::BTreeMap;
use std::env;

use gatescope_aws::account::{Profile, Source, profiles};

use crate::calls::{Account, Accounts, Identity, Nothing, Scope};
use crate::error::{Code, Error};
use crate::{App, SANDBOX};

/// Where the sandbox is when nobody says otherwise.
const HOME: &str = "us-east-1";

impl App {
    pub(crate) async fn list_accounts(&self, _: Nothing) -> Result<Accounts, Error> {
        let (profiles, problem) = match profiles().await {
            Ok(profiles) => (profiles, None),
            Err(e) => (Vec::new(), Some(e.message)),
        };
        let (region, region_from) = region_of_environment();
        let mut accounts = vec![Account {
            id: SANDBOX.to_owned(),
            name: "Sandbox".to_owned(),
            kind: "sandbox".to_owned(),
            region: HOME.to_owned(),
            region_from: "the sandbox's own".to_owned(),
            endpoint_url: None,
            locked: self.guards(SANDBOX).lock.is_closed(),
        }];
        accounts.extend(profiles.iter().map(|p| {
            let locked = self.guards(&id(&p.name)).lock.is_closed();
            Account { locked, ..account(p, region.as_deref(), region_from) }
        }));
        let named = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"].into_iter().find_map(|v| Some((v, env::var(v).ok()?)));
        let (start, start_from) = match &named {
            Some((variable, name)) if accounts.iter().any(|a| a.id == id(name)) => (id(name), (*variable).to_owned()),
            Some((variable, name)) => (SANDBOX.to_owned(), format!("{variable} names {name}, which is in no file")),
            None => (SANDBOX.to_owned(), "AWS_PROFILE is not set".to_owned()),
        };
        let region = accounts.iter().find(|a| a.id == start).map_or_else(|| HOME.to_owned(), |a| a.region.clone());
        Ok(Accounts { accounts, start: Scope { account: start, region }, start_from, regions: regions(), problem })
    }

    pub(crate) async fn identify(&self, scope: Scope) -> Result<Identity, Error> {
        let caller = self.access(&scope).await?.caller().await.map_err(Error::from)?;
        Ok(Identity { account: caller.account, arn: caller.arn })
    }
}

impl From<gatescope_aws::Error> for Error {
    fn from(e: gatescope_aws::Error) -> Self {
        use gatescope_aws::Kind;
        let code = match e.kind {
            Kind::Expired => Code::CredentialsExpired,
            Kind::NoCredentials => Code::NoCredentials,
            Kind::Denied => Code::AccessDenied,
            Kind::NotFound => Code::NotFound,
            Kind::Refused => Code::Refused,
            Kind::Conflict => Code::Conflict,
            Kind::Throttled => Code::Throttled,
            Kind::Unreachable => Code::Unreachable,
            Kind::Locked => Code::Locked,
            Kind::Failed => Code::AwsFailed,
        };
        Self { code, message: e.message, hint: e.hint, request_id: e.request_id }
    }
}

fn id(profile: &str) -> String {
    format!("profile:{profile}")
}

fn account(profile: &Profile, region: Option<&str>, region_from: &str) -> Account {
    let (region, region_from) = match (region, &profile.region) {
        // The environment wins over the file, as in every SDK.
        (Some(region), _) => (region.to_owned(), region_from.to_owned()),
        (None, Some(region)) => (region.clone(), "the profile".to_owned()),
        (None, None) => (HOME.to_owned(), "no region is set".to_owned()),
    };
    let kind = match profile.source {
        Source::StaticKeys => "static keys",
        Source::Sso => "SSO",
        Source::AssumedRole => "assumed role",
        Source::WebIdentity => "web identity",
        Source::Process => "process",
        Source::None => "no credentials",
    };
    Account {
        id: id(&profile.name),
        name: profile.name.clone(),
        kind: kind.to_owned(),
        region,
        region_from,
        locked: false,
        endpoint_url: env::var("AWS_ENDPOINT_URL").ok().or_else(|| profile.endpoint_url.clone()),
    }
}

fn region_of_environment() -> (Option<String>, &'static str) {
    for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        if let Ok(region) = env::var(variable)
            && !region.is_empty()
        {
            return (Some(region), variable);
        }
    }
    (None, "")
}

/// The regions in which API Gateway is, by partition (AWS General Reference, November 2026; a new one can be typed).
fn regions() -> BTreeMap<String, Vec<String>> {
    let list = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    BTreeMap::from([
        (
            "aws".to_owned(),
            list(
                "us-east-1 us-east-2 us-west-1 us-west-2 af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 \
                 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 \
                 ap-southeast-5 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 \
                 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1",
            ),
        ),
        ("aws-cn".to_owned(), list("cn-north-1 cn-northwest-1")),
        ("aws-us-gov".to_owned(), list("us-gov-east-1 us-gov-west-1")),
    ])
}
