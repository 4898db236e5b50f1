//! What calls of AWS need of IAM, and the least policy that allows them.
//!
//! Actions and resources: the service authorization reference of each service; of API Gateway the method and the path.
//! It may not know how calls are sent or kept.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

/// Stands in a resource where the account's number belongs.
const ACCOUNT: &str = "{account}";

/// A call as it was sent, as far as IAM and a reader care.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sent {
    /// As the `aws` command names it: `apigatewayv2`.
    pub service: String,
    /// `UpdateIntegration`.
    pub operation: String,
    /// `PATCH`.
    pub method: String,
    /// Decoded, as it stands in the URL, without the query.
    pub path: String,
    /// The values that stand in the path, in order.
    pub labels: Vec<String>,
    /// What the call carries, labels and query included, in lowerCamelCase.
    pub input: Map<String, Value>,
}

impl Sent {
    /// On what: `3fmvso4h96 · 7kq2m1x`.
    #[must_use]
    pub fn target(&self) -> String {
        if !self.labels.is_empty() {
            return self.labels.join(" · ");
        }
        let named = ["logGroupName", "logGroupNamePrefix", "logGroupIdentifiers", "roleName", "name"];
        let text = |value: &Value| match value {
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" · "),
            other => other.as_str().unwrap_or_default().to_owned(),
        };
        named.iter().find_map(|n| self.input.get(*n)).map(text).unwrap_or_default()
    }

    fn text(&self, member: &str) -> Option<&str> {
        self.input.get(member).and_then(Value::as_str)
    }
}

/// One action on one resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// `apigateway:GET`.
    pub action: String,
    /// An ARN, maybe with `*`.
    pub resource: String,
}

/// What a call needs. Who the caller is needs nothing.
#[must_use]
pub fn needs(sent: &Sent, region: &str) -> Vec<Need> {
    let partition = partition(region);
    let arn = |service: &str, rest: &str| {
        let place = if service == "iam" { "" } else { region };
        format!("arn:{partition}:{service}:{place}:{ACCOUNT}:{rest}")
    };
    let one = |action: String, resource: String| Need { action, resource };
    let action = format!("{}:{}", sent.service, sent.operation);
    match sent.service.as_str() {
        "apigatewayv2" | "apigateway" => {
            let path = narrowed(sent.path.strip_prefix("/v2/").unwrap_or(sent.path.trim_start_matches('/')));
            let resource = format!("arn:{partition}:apigateway:{region}::/{path}");
            let mut all = vec![one(format!("apigateway:{}", sent.method), resource)];
            all.extend(passed_roles(sent).into_iter().map(|role| one("iam:PassRole".to_owned(), role)));
            all
        }
        "logs" => {
            let groups: Vec<String> = match sent.input.get("logGroupIdentifiers").and_then(Value::as_array) {
                Some(ids) => ids.iter().filter_map(Value::as_str).map(|id| group(id, &arn)).collect(),
                None => match sent.text("logGroupName") {
                    // Reading events asks for the group's streams too.
                    Some(name) if sent.operation == "FilterLogEvents" => {
                        vec![arn("logs", &format!("log-group:{name}:*"))]
                    }
                    Some(name) => vec![arn("logs", &format!("log-group:{name}"))],
                    // Listing groups can't be narrowed to a prefix.
                    None => vec![arn("logs", "log-group:*")],
                },
            };
            groups.into_iter().map(|resource| one(action.clone(), resource)).collect()
        }
        "lambda" => {
            let resource = match sent.text("functionName") {
                None => "*".to_owned(),
                Some(arn) if arn.starts_with("arn:") => arn.to_owned(),
                Some(name) => arn("lambda", &format!("function:{name}")),
            };
            // Versions and aliases of a function are asked for under the function's own name.
            vec![one(action, resource)]
        }
        "iam" => vec![one(action, arn("iam", &format!("role/{}", sent.text("roleName").unwrap_or("*"))))],
        // The SDK and the `aws` command call it elbv2, IAM does not; its Describe actions know no resources.
        "elbv2" => vec![one(format!("elasticloadbalancing:{}", sent.operation), "*".to_owned())],
        // Hosted zones are of no region and, in an ARN, of no account.
        "route53" => {
            let zone = sent.text("hostedZoneId").map(|id| format!("arn:{partition}:route53:::hostedzone/{id}"));
            vec![one(action, zone.unwrap_or_else(|| "*".to_owned()))]
        }
        _ => Vec::new(),
    }
}

/// The least policy that allows all of this. Without the account's number, any account's.
#[must_use]
pub fn policy(needs: &[Need], account: &str) -> Value {
    let account = if account.is_empty() { "*" } else { account };
    let mut actions: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for need in needs {
        actions.entry(need.resource.replace(ACCOUNT, account)).or_default().insert(&need.action);
    }
    // Resources with the same actions share a statement.
    let mut statements: BTreeMap<BTreeSet<&str>, BTreeSet<&str>> = BTreeMap::new();
    for (resource, actions) in &actions {
        statements.entry(actions.clone()).or_default().insert(resource);
    }
    let statements: Vec<Value> = statements
        .into_iter()
        .map(|(actions, resources)| json!({"Effect": "Allow", "Action": actions, "Resource": resources}))
        .collect();
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// `aws`, `aws-cn` or `aws-us-gov`.
#[must_use]
pub fn partition(region: &str) -> &'static str {
    match region.split('-').next() {
        Some("cn") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

fn group(id: &str, arn: &impl Fn(&str, &str) -> String) -> String {
    if id.starts_with("arn:") { id.to_owned() } else { arn("logs", &format!("log-group:{id}")) }
}

/// Below one API or one plan everything is one resource: a list of 300 routes is one line, not 300.
fn narrowed(path: &str) -> String {
    let mut parts = path.splitn(3, '/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("tags"), Some(_), _) => "tags/*".to_owned(),
        (Some(collection), Some(id), Some(_)) => format!("{collection}/{id}/*"),
        _ => path.to_owned(),
    }
}

/// Roles that API Gateway is told to use: whoever tells it must be allowed to pass them on.
fn passed_roles(sent: &Sent) -> Vec<String> {
    if sent.method == "GET" {
        return Vec::new();
    }
    let patches = sent.input.get("patchOperations").and_then(Value::as_array);
    let patched = patches.into_iter().flatten().filter(|p| p["path"] == "/cloudwatchRoleArn");
    let named = ["credentialsArn", "authorizerCredentialsArn"].into_iter().filter_map(|n| sent.text(n));
    let roles = patched.filter_map(|p| p["value"].as_str()).chain(named);
    roles.filter(|role| role.contains(":role/")).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn sent(service: &str, operation: &str, method: &str, path: &str, input: Value) -> Sent {
        Sent {
            service: service.to_owned(),
            operation: operation.to_owned(),
            method: method.to_owned(),
            path: path.to_owned(),
            labels: Vec::new(),
            input: input.as_object().cloned().unwrap(),
        }
    }

    fn session() -> Vec<Sent> {
        let role = "arn:aws:iam::123456789012:role/push";
        let patch = json!({"patchOperations": [{"op": "replace", "path": "/cloudwatchRoleArn", "value": role}]});
        let group = "/aws/apigateway/abc/prod";
        let group_arn = format!("arn:aws:logs:us-east-1:123456789012:log-group:{group}");
        vec![
            sent("sts", "GetCallerIdentity", "POST", "/", json!({})),
            sent("apigatewayv2", "GetApis", "GET", "/v2/apis", json!({})),
            sent("apigatewayv2", "GetApi", "GET", "/v2/apis/abc", json!({"apiId": "abc"})),
            sent("apigatewayv2", "GetRoutes", "GET", "/v2/apis/abc/routes", json!({"apiId": "abc"})),
            sent("apigatewayv2", "GetRoute", "GET", "/v2/apis/abc/routes/r1", json!({"apiId": "abc"})),
            sent("apigatewayv2", "UpdateRoute", "PATCH", "/v2/apis/abc/routes/r1", json!({"apiId": "abc"})),
            sent("apigateway", "UpdateAccount", "PATCH", "/account", patch),
            sent("logs", "FilterLogEvents", "POST", "/", json!({ "logGroupName": group })),
            sent("logs", "StartLiveTail", "POST", "/", json!({"logGroupIdentifiers": [group_arn]})),
            sent("logs", "DescribeLogGroups", "POST", "/", json!({"logGroupNamePrefix": "/aws"})),
            sent("lambda", "GetPolicy", "GET", "/2015-03-31/functions/f/policy", json!({"functionName": "f"})),
            sent("iam", "CreateRole", "POST", "/", json!({"roleName": "push"})),
        ]
    }

    fn all(session: &[Sent]) -> Vec<Need> {
        session.iter().flat_map(|s| needs(s, "us-east-1")).collect()
    }

    /// IAM's own rule, as far as these policies go.
    fn allows(policy: &Value, need: &Need) -> bool {
        let texts = |v: &Value| -> Vec<String> {
            v.as_array().unwrap().iter().map(|t| t.as_str().unwrap().to_owned()).collect()
        };
        let wanted = need.resource.replace(ACCOUNT, "123456789012");
        policy["Statement"].as_array().unwrap().iter().any(|s| {
            texts(&s["Action"]).contains(&need.action)
                && texts(&s["Resource"]).iter().any(|r| match r.split_once('*') {
                    Some((front, back)) => wanted.starts_with(front) && wanted.ends_with(back),
                    None => *r == wanted,
                })
        })
    }

    #[test]
    fn the_policy_allows_the_whole_session_and_nothing_beside_it() {
        let policy = policy(&all(&session()), "123456789012");
        for need in all(&session()) {
            assert!(allows(&policy, &need), "{need:?}\n{policy:#}");
        }
        for (action, resource) in [
            ("apigateway:DELETE", "arn:aws:apigateway:us-east-1::/apis/abc/routes/r1"),
            ("apigateway:PATCH", "arn:aws:apigateway:us-east-1::/apis/abc"),
            ("apigateway:GET", "arn:aws:apigateway:us-east-1::/apis/other/routes"),
            ("apigateway:GET", "arn:aws:apigateway:eu-west-1::/apis/abc/routes"),
            ("logs:DeleteLogGroup", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/apigateway/abc/prod"),
            ("lambda:GetPolicy", "arn:aws:lambda:us-east-1:123456789012:function:g"),
            ("iam:CreateRole", "arn:aws:iam::123456789012:role/admin"),
            ("iam:PassRole", "arn:aws:iam::123456789012:role/admin"),
        ] {
            let need = Need { action: action.to_owned(), resource: resource.to_owned() };
            assert!(!allows(&policy, &need), "{need:?}\n{policy:#}");
        }
    }

    #[test]
    fn the_same_calls_in_another_order_and_twice_give_the_same_policy() {
        let mut twice = session();
        twice.extend(session());
        twice.reverse();
        assert_eq!(policy(&all(&twice), "1"), policy(&all(&session()), "1"));
    }

    #[test]
    fn every_partition_has_its_own_arns_and_an_unknown_account_is_any() {
        let call = sent("iam", "GetRole", "POST", "/", json!({"roleName": "r"}));
        for (region, resource) in [
            ("eu-west-1", "arn:aws:iam::*:role/r"),
            ("cn-north-1", "arn:aws-cn:iam::*:role/r"),
            ("us-gov-west-1", "arn:aws-us-gov:iam::*:role/r"),
        ] {
            assert_eq!(policy(&needs(&call, region), "")["Statement"][0]["Resource"], json!([resource]));
        }
    }
}
