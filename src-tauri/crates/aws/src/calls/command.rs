//! An HTTP request of the SDK as what it means: an operation with its input, and the `aws` command that does the same.
//!
//! Read from what is sent, not from what was asked, so that it shows what AWS sees. Secrets are masked here.

use gatescope_model::permission::Sent;
use gatescope_model::plan;
use gatescope_model::redact::{MASK, is_secret_name};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

/// Where a command runs.
pub(crate) struct Place<'a> {
    pub(crate) region: &'a str,
    pub(crate) profile: Option<&'a str>,
}

/// Names of the values that stand after a collection in a path.
const LABELS: &[(&str, &str)] = &[
    ("aliases", "name"),
    ("apikeys", "apiKey"),
    ("apimappings", "apiMappingId"),
    ("apis", "apiId"),
    ("authorizers", "authorizerId"),
    ("clientcertificates", "clientCertificateId"),
    ("deployments", "deploymentId"),
    ("domainnames", "domainName"),
    ("functions", "functionName"),
    ("hostedzone", "hostedZoneId"),
    ("integrationresponses", "integrationResponseId"),
    ("integrations", "integrationId"),
    ("keys", "keyId"),
    ("models", "modelId"),
    ("policy", "statementId"),
    ("requestparameters", "requestParameterKey"),
    ("routeresponses", "routeResponseId"),
    ("routes", "routeId"),
    ("routesettings", "routeKey"),
    ("stages", "stageName"),
    ("tags", "resourceArn"),
    ("usageplans", "usagePlanId"),
    ("vpclinks", "vpcLinkId"),
];

/// The SDK's name of a service as the `aws` command has it.
pub(crate) fn service(sdk: &str) -> &str {
    match sdk {
        "ApiGatewayV2" => "apigatewayv2",
        "API Gateway" => "apigateway",
        "CloudWatch Logs" => "logs",
        "Elastic Load Balancing v2" => "elbv2",
        "IAM" => "iam",
        "Lambda" => "lambda",
        "Route 53" => "route53",
        "STS" => "sts",
        other => other,
    }
}

/// What a request means.
pub(crate) fn sent(service: &str, operation: &str, method: &str, uri: &str, body: &[u8]) -> Sent {
    let (address, query) = uri.split_once('?').unwrap_or((uri, ""));
    let path = address.split_once("://").map_or(address, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
    let mut sent = Sent {
        service: service.to_owned(),
        operation: operation.to_owned(),
        method: method.to_owned(),
        path: decoded(path),
        ..Sent::default()
    };
    let segments: Vec<String> = path.split('/').filter(|s| !s.is_empty()).map(decoded).collect();
    let mut at = 0;
    while at + 1 < segments.len() {
        match LABELS.iter().find(|(collection, _)| *collection == segments[at]) {
            Some((_, name)) => {
                sent.labels.push(segments[at + 1].clone());
                sent.input.insert((*name).to_owned(), Value::String(segments[at + 1].clone()));
                at += 2;
            }
            None => at += 1,
        }
    }
    for (name, value) in pairs(query) {
        let value = match value.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => Value::String(value),
        };
        match sent.input.get_mut(&camel(&name)) {
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
            None => drop(sent.input.insert(camel(&name), value)),
        }
    }
    let mut members = match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => members,
        _ if ["iam", "sts"].contains(&service) => {
            let form = pairs(std::str::from_utf8(body).unwrap_or_default());
            let own = form.into_iter().filter(|(name, _)| !["Action", "Version"].contains(&name.as_str()));
            own.map(|(name, value)| (name, Value::String(value))).collect()
        }
        _ => Map::new(),
    };
    mask(&mut members, operation == "CreateApiKey");
    sent.input.extend(members.into_iter().map(|(name, value)| (camel(&name), value)));
    sent
}

/// The `aws` command.
pub(crate) fn write(sent: &Sent, place: &Place) -> String {
    let (service, operation) = (&sent.service, &sent.operation);
    let call = plan::call(service, operation, String::new(), String::new(), sent.input.clone());
    let mut text = format!("{} \\\n  --region {}", call.command, place.region);
    if let Some(profile) = place.profile {
        text.push_str(&format!(" \\\n  --profile '{}'", profile.replace('\'', r"'\''")));
    }
    text
}

/// A key's value, and whatever stands under a secret's name. Tokens of pages are none.
fn mask(members: &mut Map<String, Value>, holds_key: bool) {
    for (name, value) in members {
        let is_page = ["nextToken", "position", "marker"].contains(&camel(name).as_str());
        match value {
            Value::String(text) if (holds_key && name == "value") || (is_secret_name(name) && !is_page) => {
                MASK.clone_into(text);
            }
            Value::Object(inner) => mask(inner, false),
            _ => {}
        }
    }
}

fn pairs(form: &str) -> Vec<(String, String)> {
    let decode = |text: &str| decoded(&text.replace('+', " "));
    form.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// `FunctionName` → `functionName`.
fn camel(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|c| c.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(service: &str, operation: &str, method: &str, uri: &str, body: &str) -> String {
        let sent = sent(service, operation, method, uri, body.as_bytes());
        write(&sent, &Place { region: "eu-west-1", profile: None }).replace(" \\\n ", "")
    }

    #[test]
    fn a_request_reads_as_the_command_that_does_the_same() {
        let v2 = "https://apigateway.eu-west-1.amazonaws.com/v2";
        let rows = [
            (
                command("apigatewayv2", "GetRoutes", "GET", &format!("{v2}/apis/abc/routes?maxResults=500"), ""),
                "aws apigatewayv2 get-routes --api-id abc --max-results 500 --region eu-west-1",
            ),
            (
                command(
                    "apigatewayv2",
                    "DeleteRouteSettings",
                    "DELETE",
                    &format!("{v2}/apis/abc/stages/prod/routesettings/%24connect"),
                    "",
                ),
                "aws apigatewayv2 delete-route-settings --api-id abc --stage-name prod --route-key '$connect' --region eu-west-1",
            ),
            (
                command(
                    "apigatewayv2",
                    "UpdateRoute",
                    "PATCH",
                    &format!("{v2}/apis/abc/routes/r1"),
                    r#"{"apiKeyRequired":false,"target":""}"#,
                ),
                "aws apigatewayv2 update-route --api-id abc --route-id r1 --no-api-key-required --target '' --region eu-west-1",
            ),
            (
                command(
                    "apigatewayv2",
                    "UntagResource",
                    "DELETE",
                    &format!("{v2}/tags/arn%3Aaws%3Aapigateway%3Aeu-west-1%3A%3A%2Fapis%2Fabc?tagKeys=a&tagKeys=b"),
                    "",
                ),
                "aws apigatewayv2 untag-resource --resource-arn arn:aws:apigateway:eu-west-1::/apis/abc --tag-keys '[\"a\",\"b\"]' --region eu-west-1",
            ),
            (
                command(
                    "lambda",
                    "AddPermission",
                    "POST",
                    "https://x/2015-03-31/functions/f/policy?Qualifier=live",
                    r#"{"StatementId":"s","Action":"lambda:InvokeFunction"}"#,
                ),
                "aws lambda add-permission --function-name f --qualifier live --statement-id s --action lambda:InvokeFunction --region eu-west-1",
            ),
            (
                command(
                    "iam",
                    "GetRole",
                    "POST",
                    "https://iam.amazonaws.com/",
                    "Action=GetRole&Version=2010-05-08&RoleName=a+b",
                ),
                "aws iam get-role --role-name 'a b' --region eu-west-1",
            ),
            (
                command(
                    "logs",
                    "FilterLogEvents",
                    "POST",
                    "https://x/",
                    r#"{"logGroupName":"/aws/x","nextToken":"t"}"#,
                ),
                "aws logs filter-log-events --log-group-name /aws/x --next-token t --region eu-west-1",
            ),
        ];
        for (written, expected) in rows {
            assert_eq!(written, expected);
        }
    }

    #[test]
    fn no_secret_stands_in_a_command() {
        let key =
            command("apigateway", "CreateApiKey", "POST", "https://x/apikeys", r#"{"name":"n","value":"SECRET"}"#);
        let stage = r#"{"stageVariables":{"authToken":"SECRET","region":"eu"}}"#;
        let stage = command("apigatewayv2", "UpdateStage", "PATCH", "https://x/v2/apis/a/stages/p", stage);
        for text in [&key, &stage] {
            assert!(!text.contains("SECRET") && text.contains(MASK), "{text}");
        }
        assert!(key.contains("--name n") && stage.contains("eu"), "{key}\n{stage}");
        let shown = command("apigateway", "GetApiKey", "GET", "https://x/apikeys/k1?includeValue=true", "");
        assert_eq!(shown, "aws apigateway get-api-key --api-key k1 --include-value --region eu-west-1");
    }
}
