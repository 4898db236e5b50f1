//! The tutorial's chat API after the walkthrough's second step: `$connect` answers 500.

use serde_json::json;

use super::{Route, Sower};
use crate::{Error, Options};

/// The id of the seeded API, always the same so that URLs can be bookmarked.
pub(crate) const API: &str = "chat5gw1ws";

/// The public hosted zone to try a custom domain with.
const ZONE: &str = "example.com";

pub(super) fn sow(sower: &Sower<'_>, options: &Options) -> Result<(), Error> {
    sower.api(API, "my-chat-app-gw-1", "")?;
    // `$connect` lacks its template and its integration response: the 500 that the product explains.
    sower.route(API, "$connect", Route::of(json!({ "integrationType": "MOCK" })))?;
    sower.route(API, "$disconnect", Route::mock(r#"{"statusCode": 200}"#, None))?;
    let help = r#"{"help":"send {\"action\":\"joinroom\",\"roomname\":\"developers\"} or {\"action\":\"sendmessage\",\"message\":\"hello!!!!\"}"}"#;
    sower.route(API, "$default", Route::mock(r#"{"statusCode": 200}"#, Some(help)))?;
    let join = r#"{"statusCode": 200, "joined": $input.json('$.roomname')}"#;
    sower.route(API, "joinroom", Route::mock(join, Some(r#"{"joined":$input.json('$.joined')}"#)))?;
    let send = r#"{"statusCode": 200, "message": $input.json('$.message')}"#;
    sower.route(API, "sendmessage", Route::mock(send, Some(r#"{"message":$input.json('$.message')}"#)))?;
    let mut stage = json!({ "stageName": "prod" });
    if options.seed_logging {
        sower.log_role()?;
        stage["defaultRouteSettings"] = json!({ "loggingLevel": "INFO" });
    }
    sower.deploy(API, &stage)?;
    if options.seed_zone {
        sower.zone(ZONE, "chat")?;
    }
    Ok(())
}
