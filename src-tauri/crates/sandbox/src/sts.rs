//! Who is asking: always the account's one user, whatever role was assumed. Query protocol, XML answers.

use http::Response;

use crate::answer::{Refusal, query_response};
use crate::clock::iso_seconds;
use crate::front::Form;
use crate::ids::{alphanumeric, hex};
use crate::{Body, World};

/// Of every answer.
const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// How long the credentials of an assumed role last.
const SESSION_MS: i64 = 3_600_000;

/// Answers one action.
pub(crate) fn answer(world: &World, form: &Form) -> Response<Body> {
    let account = &world.options.account;
    match form.get("Action") {
        "GetCallerIdentity" => {
            let identity = format!(
                "<Arn>arn:aws:iam::{account}:user/sandbox</Arn><UserId>AIDASANDBOXSANDBOX00</UserId>\
                 <Account>{account}</Account>"
            );
            query_response("GetCallerIdentity", NAMESPACE, &identity)
        }
        "AssumeRole" => {
            let (role, session) = (form.get("RoleArn"), form.get("RoleSessionName"));
            let arn = role.replacen(":iam:", ":sts:", 1).replacen(":role/", ":assumed-role/", 1);
            let arn = quick_xml::escape::escape(format!("{arn}/{session}")).into_owned();
            let session = quick_xml::escape::escape(session).into_owned();
            let expires = iso_seconds(world.clock.now() + SESSION_MS);
            let (key, secret, token) = (alphanumeric(16).to_uppercase(), hex::<20>(), hex::<64>());
            let result = format!(
                "<Credentials><AccessKeyId>ASIA{key}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>\
                 <SessionToken>{token}</SessionToken><Expiration>{expires}</Expiration></Credentials>\
                 <AssumedRoleUser><AssumedRoleId>AROA{key}:{session}</AssumedRoleId><Arn>{arn}</Arn></AssumedRoleUser>"
            );
            query_response("AssumeRole", NAMESPACE, &result)
        }
        action => {
            let message = format!("Could not find operation {action} for version {}", form.get("Version"));
            Refusal::new(400, "InvalidAction", message).query()
        }
    }
}
