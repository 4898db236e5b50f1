//! Who is asking: always the account's one user. Query protocol, XML answers.

use http::Response;

use crate::answer::{Refusal, query_response};
use crate::front::Form;
use crate::{Body, World};

/// Of every answer.
const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

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
        action => {
            let message = format!("Could not find operation {action} for version {}", form.get("Version"));
            Refusal::new(400, "InvalidAction", message).query()
        }
    }
}
