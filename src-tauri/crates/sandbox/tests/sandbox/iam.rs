//! IAM and STS over the query protocol: what is refused, what a role may do, and keys that work until they don't.

use bytes::Bytes;
use http::{Method, Request};

use super::client::{Answer, Client};
use super::signed::Keys;

pub async fn ask(client: &Client, service: &str, form: &[(&str, &str)]) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    client.call(service, Method::POST, "/", &body).await
}

async fn iam(client: &Client, form: &[(&str, &str)]) -> Answer {
    ask(client, "iam", form).await
}

async fn done(client: &Client, form: &[(&str, &str)]) -> String {
    let answer = iam(client, form).await;
    assert_eq!(answer.status, 200, "{form:?}: {}", answer.body);
    answer.body
}

/// The text of the first element of that name.
pub fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let (_, rest) = xml.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name} in {xml}"));
    rest.split_once(&format!("</{name}>")).unwrap().0
}

pub const ROOT_TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"sts:AssumeRole"}]}"#;

fn allow(action: &str, resource: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}]}}"#
    )
}

#[tokio::test]
async fn a_policy_document_that_iam_could_not_read_is_refused_in_its_words() {
    let client = Client::empty();
    let create = |document: &'static str| {
        let client = &client;
        async move {
            let form = [("Action", "CreatePolicy"), ("PolicyName", "p"), ("PolicyDocument", document)];
            let answer = iam(client, &form).await;
            assert_eq!(answer.status, 400, "{document}");
            assert_eq!(element(&answer.body, "Code"), "MalformedPolicyDocument");
            element(&answer.body, "Message").to_owned()
        }
    };
    assert_eq!(create("nonsense").await, "Syntax errors in policy.");
    assert_eq!(create(r#"{"Version":"2012-10-17","Statement":["a"]}"#).await, "Syntax errors in policy.");
    let old = r#"{"Statement":{"Effect":"Allow","Action":"s3:List","Resource":"*"}}"#;
    assert_eq!(create(old).await, "Policy document must be version 2012-10-17 or greater.");
    let no_vendor = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"List","Resource":"*"}}"#;
    assert!(create(no_vendor).await.starts_with("Actions/Conditions must be prefaced by a vendor"));
    let principal =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:L","Resource":"*"}}"#;
    assert_eq!(create(principal).await, "Policy document should not specify a principal.");
    let trust = [("Action", "CreateRole"), ("RoleName", "r"), ("AssumeRolePolicyDocument", "nonsense")];
    let refused = iam(&client, &trust).await;
    assert_eq!(element(&refused.body, "Message"), "This policy contains invalid Json");
}

#[tokio::test]
async fn a_role_is_deleted_only_when_it_holds_nothing_and_lists_come_in_pages() {
    let client = Client::empty();
    for name in ["a", "b", "c"] {
        done(&client, &[("Action", "CreateRole"), ("RoleName", name), ("AssumeRolePolicyDocument", ROOT_TRUST)]).await;
    }
    let first = done(&client, &[("Action", "ListRoles"), ("MaxItems", "2")]).await;
    assert_eq!((first.matches("<RoleName>").count(), element(&first, "IsTruncated")), (2, "true"));
    let rest = done(&client, &[("Action", "ListRoles"), ("Marker", element(&first, "Marker"))]).await;
    assert_eq!((rest.matches("<RoleName>").count(), element(&rest, "IsTruncated")), (1, "false"));

    let document = allow("execute-api:*", "*");
    let made = done(&client, &[("Action", "CreatePolicy"), ("PolicyName", "p"), ("PolicyDocument", &document)]).await;
    let arn = element(&made, "Arn").to_owned();
    done(&client, &[("Action", "AttachRolePolicy"), ("RoleName", "a"), ("PolicyArn", &arn)]).await;
    let put = [("Action", "PutRolePolicy"), ("RoleName", "a"), ("PolicyName", "i"), ("PolicyDocument", &document)];
    done(&client, &put).await;
    for (remove, message) in [
        (["DetachRolePolicy", "PolicyArn", &arn], "Cannot delete entity, must detach all policies first."),
        (["DeleteRolePolicy", "PolicyName", "i"], "Cannot delete entity, must delete policies first."),
    ] {
        let refused = iam(&client, &[("Action", "DeleteRole"), ("RoleName", "a")]).await;
        assert_eq!((refused.status, element(&refused.body, "Message")), (409, message));
        done(&client, &[("Action", remove[0]), ("RoleName", "a"), (remove[1], remove[2])]).await;
    }
    done(&client, &[("Action", "DeleteRole"), ("RoleName", "a")]).await;
    let unknown =
        [("Action", "AttachRolePolicy"), ("RoleName", "b"), ("PolicyArn", "arn:aws:iam::aws:policy/NoSuchThing")];
    assert_eq!(iam(&client, &unknown).await.status, 404);
}

#[tokio::test]
async fn the_simulator_says_what_the_gateway_would() {
    let client = Client::empty();
    let role = [("Action", "CreateRole"), ("RoleName", "r"), ("AssumeRolePolicyDocument", ROOT_TRUST)];
    let role = done(&client, &role).await;
    let arn = element(&role, "Arn").to_owned();
    let document = allow("execute-api:ManageConnections", "arn:aws:execute-api:*:*:abc/prod/POST/@connections/*");
    let put = [("Action", "PutRolePolicy"), ("RoleName", "r"), ("PolicyName", "i"), ("PolicyDocument", &document)];
    done(&client, &put).await;
    let simulate = [
        ("Action", "SimulatePrincipalPolicy"),
        ("PolicySourceArn", &arn),
        ("ActionNames.member.1", "execute-api:ManageConnections"),
        ("ActionNames.member.2", "execute-api:Invoke"),
        ("ResourceArns.member.1", "arn:aws:execute-api:us-east-1:123456789012:abc/prod/POST/@connections/x"),
    ];
    let said = done(&client, &simulate).await;
    let decisions: Vec<&str> = said.split("<EvalDecision>").skip(1).map(|s| s.split('<').next().unwrap()).collect();
    assert_eq!(decisions, ["allowed", "implicitDeny"]);
    assert_eq!(element(&said, "SourcePolicyId"), "role_r_i");
}

/// The access key in an answer of IAM or STS.
pub fn keys(xml: &str) -> Keys {
    let token = xml.contains("<SessionToken>").then(|| element(xml, "SessionToken").to_owned());
    Keys { id: element(xml, "AccessKeyId").into(), secret: element(xml, "SecretAccessKey").into(), token }
}

/// Who STS says that the owner of a key is.
async fn who(client: &Client, keys: &Keys) -> String {
    let request = Request::builder().method(Method::POST).uri("/").header("host", "sts.amazonaws.com");
    let body = Bytes::from_static(b"Action=GetCallerIdentity&Version=2011-06-15");
    let mut request = keys.sign(request.body(body).unwrap());
    let text = request.headers()["authorization"].to_str().unwrap().replace("execute-api", "sts");
    request.headers_mut().insert("authorization", text.parse().unwrap());
    element(&client.send(request).await.body, "Arn").to_owned()
}

#[tokio::test]
async fn sts_knows_whose_key_it_is_and_assumes_roles_that_trust_the_caller() {
    let client = Client::empty();
    done(&client, &[("Action", "CreateUser"), ("UserName", "ann")]).await;
    let ann = keys(&done(&client, &[("Action", "CreateAccessKey"), ("UserName", "ann")]).await);
    assert_eq!(who(&client, &Keys::demo()).await, "arn:aws:iam::123456789012:user/demo");
    assert_eq!(who(&client, &ann).await, "arn:aws:iam::123456789012:user/ann");

    let role = [("Action", "CreateRole"), ("RoleName", "r"), ("AssumeRolePolicyDocument", ROOT_TRUST)];
    done(&client, &role).await;
    let arn = "arn:aws:iam::123456789012:role/r";
    let assume = |arn: &'static str| {
        let client = &client;
        async move { ask(client, "sts", &[("Action", "AssumeRole"), ("RoleArn", arn), ("RoleSessionName", "s1")]).await }
    };
    let session = assume(arn).await;
    assert_eq!(who(&client, &keys(&session.body)).await, "arn:aws:sts::123456789012:assumed-role/r/s1");
    let refused = assume("arn:aws:iam::123456789012:role/nobody").await;
    assert_eq!((refused.status, element(&refused.body, "Code")), (403, "AccessDenied"));
}

#[tokio::test]
async fn the_first_fault_of_a_policy_is_the_one_that_iam_names_first() {
    let client = Client::empty();
    let create = |statement: &str| {
        let document = format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
        let client = &client;
        async move {
            let form = [("Action", "CreatePolicy"), ("PolicyName", "p"), ("PolicyDocument", &document)];
            let answer = iam(client, &form).await;
            if answer.status == 200 { String::new() } else { element(&answer.body, "Message").replace("&quot;", "\"") }
        }
    };
    let legacy = "The policy failed legacy parsing";
    for (statement, message) in [
        (r#"{"Effect":"allow","Action":"s3:L","Resource":"*"}"#, legacy),
        (r#"{"Effect":"Allow","Action":"L","Resource":"arn:aws:s3::bucket"}"#, legacy),
        (r#"{"Effect":"Allow","Action":"s3:L","Resource":"*","Condition":{"DateLessThan":{"a":"soon"}}}"#, legacy),
        (
            r#"{"Effect":"Allow","Action":"s3:L","Resource":"*","Condition":{"Sounds":{"a":"b"}}}"#,
            "Syntax errors in policy.",
        ),
        (r#"{"Effect":"Allow","Action":"L","Resource":"b"}"#, r#"Resource b must be in ARN format or "*"."#),
        (
            r#"{"Effect":"Allow","Action":"s3:L","Resource":"a:b:c"}"#,
            r#"Partition "b" is not valid for resource "arn:b:c:*:*:*"."#,
        ),
        (
            r#"{"Sid":"a","Effect":"Allow","Resource":"*"},{"Sid":"a","Effect":"Deny"}"#,
            "Statement IDs (SID) in a single policy must be unique.",
        ),
        (r#"{"Effect":"Allow","Action":"s3:L"}"#, "Policy statement must contain resources."),
        (
            r#"{"Effect":"Allow","Action":"s3:L","Resource":["arn:aws:s3:us-west-2:123456789012:accesspoint/a",null]}"#,
            "",
        ),
    ] {
        assert_eq!(create(statement).await, message, "{statement}");
    }
}

#[tokio::test]
async fn a_tag_with_a_letter_that_iam_does_not_take_is_refused_wherever_it_stands() {
    let client = Client::empty();
    let document = allow("s3:L", "*");
    let form = [("Action", "CreatePolicy"), ("PolicyName", "p"), ("PolicyDocument", &document)];
    let made = done(&client, &form).await;
    assert!(!made.contains("<Tags") && !made.contains("<Description>"), "{made}");
    let arn = element(&made, "Arn").to_owned();
    assert!(done(&client, &[("Action", "GetPolicy"), ("PolicyArn", &arn)]).await.contains("<Tags/>"));
    for (action, member) in [("TagPolicy", "Tags.member.1.Key"), ("UntagPolicy", "TagKeys.member.1")] {
        let answer = iam(&client, &[("Action", action), ("PolicyArn", &arn), (member, "NOWAY!")]).await;
        assert_eq!(element(&answer.body, "Code"), "ValidationError", "{action}");
        assert!(answer.body.contains(r"pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+"), "{}", answer.body);
    }
}
