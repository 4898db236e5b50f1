//! Who is asking, and credentials for a while. Query protocol, XML answers.
//!
//! Any signature counts here, so a caller whose key nobody knows is the account's one nameless user. Texts are STS's
//! documented ones; the trust that `AssumeRole` checks is the role's own, the caller's policies are not asked (assumed).

use http::Response;
use serde_json::Value;

use crate::answer::{Refusal, query_response, xml_text};
use crate::clock::iso_seconds;
use crate::front::Form;
use crate::iam::{self, keys};
use crate::ids::{alphanumeric, hex};
use crate::sign::Caller;
use crate::{Body, World};
use gatescope_model::policy::Principal;

/// Of every answer.
const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";
/// Seconds that an assumed role lasts when nobody says otherwise.
const ROLE_SESSION: i64 = 3600;
/// The same of `GetSessionToken`.
const USER_SESSION: i64 = 43_200;

/// Answers one action for the owner of an access key, if it is known.
pub(crate) fn answer(world: &World, form: &Form, key: Option<&str>) -> Response<Body> {
    let outcome = match form.get("Action") {
        "GetCallerIdentity" => Ok(caller_identity(&caller(world, key))),
        "AssumeRole" => assume_role(world, form, &caller(world, key)),
        "GetSessionToken" if key.is_some_and(|key| key.starts_with("ASIA")) => {
            Err(Refusal::new(403, "AccessDenied", "Cannot call GetSessionToken with session credentials"))
        }
        "GetSessionToken" => session_token(world, form, &caller(world, key)),
        "GetAccessKeyInfo" => access_key_info(world, form),
        action => {
            let message = format!("Could not find operation {action} for version {}", form.get("Version"));
            Err(Refusal::new(400, "InvalidAction", message))
        }
    };
    match outcome {
        Ok(result) => query_response(form.get("Action"), NAMESPACE, &result),
        Err(refusal) => refusal.query(),
    }
}

/// Whose key it is; of an unknown key, the account's nameless user.
fn caller(world: &World, key: Option<&str>) -> Caller {
    let known = key.and_then(|key| keys::find(world, &world.state.lock(), key));
    known.map_or_else(
        || Caller {
            arn: format!("arn:aws:iam::{}:user/sandbox", world.options.account),
            account: world.options.account.clone(),
            user_id: "AIDASANDBOXSANDBOX000".to_owned(),
            statements: Vec::new(),
            session: None,
            username: None,
        },
        |key| key.caller,
    )
}

fn caller_identity(caller: &Caller) -> String {
    format!(
        "<Arn>{}</Arn><UserId>{}</UserId><Account>{}</Account>",
        xml_text(&caller.arn),
        xml_text(&caller.user_id),
        caller.account
    )
}

fn assume_role(world: &World, form: &Form, caller: &Caller) -> Result<String, Refusal> {
    let (arn, name) = (form.get("RoleArn"), form.get("RoleSessionName"));
    let constraint = |member: &str, value: &str, rule: &str| {
        let message =
            format!("1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {rule}");
        Refusal::new(400, "ValidationError", message)
    };
    if arn.len() < 20 {
        return Err(constraint("roleArn", arn, "Member must have length greater than or equal to 20"));
    }
    if name.len() > 64 {
        return Err(constraint("roleSessionName", name, "Member must have length less than or equal to 64"));
    }
    if name.len() < 2 || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b)) {
        return Err(constraint(
            "roleSessionName",
            name,
            "Member must satisfy regular expression pattern: [\\w+=,.@-]*",
        ));
    }
    let session = match form.get("Policy") {
        "" => None,
        text => Some(session_policy(text)?),
    };
    let mut state = world.state.lock();
    let role = state.roles.values().find(|role| role.arn == arn).cloned();
    let context: Vec<(&str, &str)> = match form.get("ExternalId") {
        "" => Vec::new(),
        id => vec![("sts:ExternalId", id)],
    };
    let who = Principal::Aws { arns: &[&caller.arn], account: &caller.account };
    let Some(role) = role.filter(|role| role.trusts(who, &context)) else {
        let message = format!("User: {} is not authorized to perform: sts:AssumeRole on resource: {arn}", caller.arn);
        return Err(Refusal::new(403, "AccessDenied", message));
    };
    let longest = i64::from(role.longest_session());
    let seconds = seconds(form, ROLE_SESSION, longest).map_err(|rule| match rule {
        Rule::Long => Refusal::new(
            400,
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ),
        Rule::Short(text) => {
            constraint("durationSeconds", &text, "Member must have value greater than or equal to 900")
        }
    })?;
    let session = keys::Session {
        arn: format!("arn:aws:sts::{}:assumed-role/{}/{name}", caller.account, role.name),
        user_id: format!("{}:{name}", role.id),
        role: Some(role.name.clone()),
        policy: session,
        ..keys::Session::default()
    };
    let user = format!(
        "<AssumedRoleUser><AssumedRoleId>{}</AssumedRoleId><Arn>{}</Arn></AssumedRoleUser>",
        xml_text(&session.user_id),
        xml_text(&session.arn)
    );
    let packed = if form.has("Policy") { packed(form.get("Policy")) } else { String::new() };
    Ok(credentials(world, &mut state, session, seconds) + &user + &packed)
}

/// Percent of the room for session policies that is used.
fn packed(policy: &str) -> String {
    format!("<PackedPolicySize>{}</PackedPolicySize>", (policy.len() * 100 / 2048).clamp(1, 100))
}

fn session_policy(text: &str) -> Result<Vec<Value>, Refusal> {
    if text.len() > 2048 {
        let message = format!(
            "1 validation error detected: Value '{text}' at 'policy' failed to satisfy constraint: Member must have \
             length less than or equal to 2048"
        );
        return Err(Refusal::new(400, "ValidationError", message));
    }
    iam::session_policy(text)
}

fn session_token(world: &World, form: &Form, caller: &Caller) -> Result<String, Refusal> {
    let seconds = seconds(form, USER_SESSION, 129_600)
        .map_err(|_| Refusal::new(400, "ValidationError", "DurationSeconds must be between 900 and 129600"))?;
    let session = keys::Session {
        arn: caller.arn.clone(),
        user_id: caller.user_id.clone(),
        user: caller.username.clone(),
        ..keys::Session::default()
    };
    Ok(credentials(world, &mut world.state.lock(), session, seconds))
}

/// What is wrong with a duration.
enum Rule {
    Long,
    Short(String),
}

fn seconds(form: &Form, usual: i64, longest: i64) -> Result<i64, Rule> {
    let text = form.get("DurationSeconds");
    match text.parse::<i64>() {
        _ if text.is_empty() => Ok(usual),
        Ok(n) if n > longest => Err(Rule::Long),
        Ok(n) if n >= 900 => Ok(n),
        _ => Err(Rule::Short(text.to_owned())),
    }
}

/// Opens the session and shows its keys.
fn credentials(world: &World, state: &mut crate::state::State, session: keys::Session, seconds: i64) -> String {
    let now = world.clock.now();
    let expires = now + seconds * 1000;
    let (secret, token) = (alphanumeric(40), hex::<64>());
    let session = keys::Session { secret: secret.clone(), token: token.clone(), expires, ..session };
    let id = keys::open(state, now, session);
    format!(
        "<Credentials><AccessKeyId>{id}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>\
         <SessionToken>{token}</SessionToken><Expiration>{}</Expiration></Credentials>",
        iso_seconds(expires)
    )
}

fn access_key_info(world: &World, form: &Form) -> Result<String, Refusal> {
    let id = form.get("AccessKeyId");
    if !keys::is_known(&world.state.lock(), id) {
        return Err(Refusal::new(400, "ValidationError", "Invalid AccessKeyId"));
    }
    Ok(format!("<Account>{}</Account>", world.options.account))
}
