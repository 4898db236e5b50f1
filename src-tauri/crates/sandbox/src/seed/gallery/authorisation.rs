//! Causes in who may connect: authorizers, signatures, keys, throttles.

use http::Method;
use serde_json::{Value, json};

use super::{Route, Row, Sower, connect};
use crate::Error;

/// What an authorizer of the gallery reads.
const HEADER: &str = "route.request.header.authorization";

pub(super) const ROWS: &[Row] = &[
    Row {
        tries: "Connect without the header authorization. With authorization: secret-token it would let you in.",
        ..connect("authorizer-identity-missing", |s, api| custom(s, api, &s.invocation_uri("authorizer")))
    },
    Row {
        tries: "Connect with any header authorization: the authorizer raises Unauthorized.",
        headers: &[("authorization", "expired-token")],
        ..connect("authorizer-unauthorized", |s, api| {
            let raises = ("GATESCOPE_RAISE", "Unauthorized");
            s.function("gallery-unauthorized", raises, 3, Some(&format!("{api}/authorizers/*")))?;
            custom(s, api, &s.invocation_uri("gallery-unauthorized"))
        })
    },
    Row {
        tries: "Connect with the header authorization: wrong-token.",
        headers: &[("authorization", "wrong-token")],
        ..connect("authorizer-denied", |s, api| custom(s, api, &s.invocation_uri("authorizer")))
    },
    Row {
        tries: "Connect with any header authorization: the policy allows a resource of REST shape.",
        headers: &[("authorization", "secret-token")],
        ..connect("authorizer-wrong-resource", |s, api| {
            let resource = s.0.arn("execute-api", &format!("{api}/prod/*/*"));
            let answer = json!({ "principalId": "me", "policyDocument": { "Version": "2012-10-17", "Statement": [
                { "Action": "execute-api:Invoke", "Effect": "Allow", "Resource": resource }] } });
            answers(s, api, "gallery-rest-shaped", &answer)
        })
    },
    Row {
        tries: "Connect with any header authorization: the authorizer answers in the HTTP APIs' simple form.",
        headers: &[("authorization", "secret-token")],
        ..connect("authorizer-malformed", |s, api| answers(s, api, "gallery-simple", &json!({ "isAuthorized": true })))
    },
    Row {
        tries: "Connect with any header authorization: API Gateway may not call the authorizer.",
        headers: &[("authorization", "secret-token")],
        ..connect("authorizer-permission-missing", |s, api| {
            s.function("gallery-locked-authorizer", ("GATESCOPE_BUILT_IN", "authorizer"), 3, None)?;
            custom(s, api, &s.invocation_uri("gallery-locked-authorizer"))
        })
    },
    Row { tries: "Connect without a signature.", ..connect("iam-unsigned", iam) },
    Row {
        tries: "Connect with a signature that does not fit, as a wrong secret or a wrong host makes it.",
        headers: &[
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIAGATESCOPEDEMO000/20260101/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=0000000000000000000000000000000000000000000000000000000000000000",
            ),
            ("x-amz-date", "20260101T000000Z"),
        ],
        ..connect("iam-signature-invalid", iam)
    },
    Row {
        tries: "Connect signed by the user gallery-visitor, who may nothing (aws iam create-access-key --user-name gallery-visitor).",
        dials: 0,
        ..connect("iam-denied", |s, api| {
            s.query("iam", &[("Action", "CreateUser"), ("UserName", "gallery-visitor")])?;
            iam(s, api)
        })
    },
    Row {
        tries: "Connect without the header x-api-key. The key gallery-key-in-a-plan would do.",
        ..connect("api-key-missing", |s, api| keyed(s, api, json!({}), Some("gallery-key-in-a-plan")))
    },
    Row {
        tries: "Connect with the header x-api-key: a key that is in no usage plan of this stage.",
        headers: &[("x-api-key", "gallery-key-without-a-plan")],
        ..connect("api-key-not-in-plan", |s, api| {
            key(s, "gallery-key-without-a-plan")?;
            keyed(s, api, json!({}), None)
        })
    },
    Row {
        tries: "Connect twice with the header x-api-key: the plan's quota is one request a month.",
        headers: &[("x-api-key", "gallery-key-of-a-small-quota")],
        dials: 2,
        ..connect("quota-exceeded", |s, api| {
            let plan = json!({ "quota": { "limit": 1, "period": "MONTH" } });
            keyed(s, api, plan, Some("gallery-key-of-a-small-quota"))
        })
    },
    Row {
        tries: "Connect twice within a second with the header x-api-key: the plan's burst is 1.",
        headers: &[("x-api-key", "gallery-key-of-a-slow-plan")],
        dials: 2,
        ..connect("throttled", |s, api| {
            let plan = json!({ "throttle": { "rateLimit": 0.01, "burstLimit": 1 } });
            keyed(s, api, plan, Some("gallery-key-of-a-slow-plan"))
        })
    },
    connect("throttle-zero", |s, api| {
        s.route(api, "$default", Route::mock(r#"{"statusCode": 200}"#, None))?;
        let zeros = json!({ "throttlingBurstLimit": 0, "throttlingRateLimit": 0 });
        s.open_with(api, json!({ "defaultRouteSettings": zeros }))
    }),
    Row {
        tries: "Connect with two headers authorization.",
        headers: &[("authorization", "one"), ("authorization", "two")],
        ..connect("duplicate-authorization-header", |s, api| s.echo(api))
    },
];

/// `$connect` behind a REQUEST authorizer.
fn custom(s: &Sower<'_>, api: &str, uri: &str) -> Result<(), Error> {
    let authorizer = json!({ "name": "gallery", "authorizerType": "REQUEST", "authorizerUri": uri,
        "identitySource": [HEADER] });
    let made = s.v2(Method::POST, &format!("/v2/apis/{api}/authorizers"), &authorizer)?;
    let with = json!({ "authorizationType": "CUSTOM", "authorizerId": made["authorizerId"] });
    s.connect_route(api, Route::mock(r#"{"statusCode": 200}"#, None).with(with))
}

/// The same, with a function that always answers this.
fn answers(s: &Sower<'_>, api: &str, name: &str, answer: &Value) -> Result<(), Error> {
    let does = ("GATESCOPE_ANSWER", &*answer.to_string());
    s.function(name, does, 3, Some(&format!("{api}/authorizers/*")))?;
    custom(s, api, &s.invocation_uri(name))
}

fn iam(s: &Sower<'_>, api: &str) -> Result<(), Error> {
    let with = json!({ "authorizationType": "AWS_IAM" });
    s.connect_route(api, Route::mock(r#"{"statusCode": 200}"#, None).with(with))
}

/// `$connect` wants a key; with a value there is one in a plan for this stage.
fn keyed(s: &Sower<'_>, api: &str, plan: Value, value: Option<&str>) -> Result<(), Error> {
    let with = json!({ "apiKeyRequired": true });
    s.connect_route(api, Route::mock(r#"{"statusCode": 200}"#, None).with(with))?;
    let Some(value) = value else { return Ok(()) };
    let id = key(s, value)?;
    let mut plan = plan;
    plan["name"] = json!(format!("plan of {value}"));
    plan["apiStages"] = json!([{ "apiId": api, "stage": "prod" }]);
    let plan = s.rest("apigateway", Method::POST, "/usageplans", &plan)?;
    let path = format!("/usageplans/{}/keys", plan["id"].as_str().unwrap_or_default());
    s.rest("apigateway", Method::POST, &path, &json!({ "keyId": id, "keyType": "API_KEY" })).map(drop)
}

/// An API key with this name and value; its id.
fn key(s: &Sower<'_>, value: &str) -> Result<Value, Error> {
    let body = json!({ "name": value, "value": value, "enabled": true });
    s.rest("apigateway", Method::POST, "/apikeys", &body).map(|key| key["id"].clone())
}
