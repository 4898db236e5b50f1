//! Every operation that a step can name, as it goes over the wire: method and path as botocore's models have them, and a
//! body with every member, known to the SDK or not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use gatescope_aws::in_process::{Body, InProcess};
use gatescope_aws::{Access, Guards, Kind};
use gatescope_model::review::Step;
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};

/// An AWS that keeps what it is asked, and answers with every id there is.
fn listening() -> (Access, Arc<Mutex<Vec<http::Request<Bytes>>>>) {
    let heard: Arc<Mutex<Vec<http::Request<Bytes>>>> = Arc::default();
    let keep = heard.clone();
    let aws = InProcess::new(move |request| {
        let iam = request.uri().host().is_some_and(|host| host.starts_with("iam."));
        let ids = ["apiId", "routeId", "routeResponseId", "integrationId", "integrationResponseId", "modelId", "id"];
        let more = ["authorizerId", "deploymentId", "stageName", "clientCertificateId", "apiMappingId"];
        let answer: Value =
            ids.into_iter().chain(more).map(|id| (id.to_owned(), json!(format!("made-{id}")))).collect();
        let xml = "<CreateRoleResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><CreateRoleResult><Role>\
            <Path>/</Path><RoleName>r</RoleName><RoleId>AROA</RoleId><Arn>arn:aws:iam::1:role/r</Arn>\
            <CreateDate>2026-01-01T00:00:00Z</CreateDate></Role></CreateRoleResult></CreateRoleResponse>";
        let body = if iam { xml.to_owned() } else { answer.to_string() };
        keep.lock().unwrap().push(request);
        Box::pin(async move {
            let body: Body = Full::new(Bytes::from(body)).map_err(|never| match never {}).boxed();
            http::Response::builder().status(200).body(body).unwrap()
        })
    });
    (Access::in_process(aws, "us-east-1", ("AKIDEXAMPLE", "secret"), Guards::default()), heard)
}

fn step(service: &str, operation: &str, input: Value) -> Step {
    Step {
        service: service.to_owned(),
        operation: operation.to_owned(),
        target: String::new(),
        effect: String::new(),
        command: String::new(),
        deploys: false,
        makes: None,
        input,
    }
}

/// Service, operation, labels (`name=value`), method, path, the id that it makes. `-` before the method: no body.
const TABLE: &str = "
apigatewayv2 CreateApi | | POST /v2/apis | apiId
apigatewayv2 UpdateApi | apiId=a | PATCH /v2/apis/a |
apigatewayv2 DeleteApi | apiId=a | -DELETE /v2/apis/a |
apigatewayv2 CreateRoute | apiId=a | POST /v2/apis/a/routes | routeId
apigatewayv2 UpdateRoute | apiId=a routeId=r | PATCH /v2/apis/a/routes/r |
apigatewayv2 DeleteRoute | apiId=a routeId=r | -DELETE /v2/apis/a/routes/r |
apigatewayv2 DeleteRouteRequestParameter | apiId=a routeId=r requestParameterKey=route.request.header.x/y | -DELETE /v2/apis/a/routes/r/requestparameters/route.request.header.x%2Fy |
apigatewayv2 CreateRouteResponse | apiId=a routeId=r | POST /v2/apis/a/routes/r/routeresponses | routeResponseId
apigatewayv2 UpdateRouteResponse | apiId=a routeId=r routeResponseId=s | PATCH /v2/apis/a/routes/r/routeresponses/s |
apigatewayv2 DeleteRouteResponse | apiId=a routeId=r routeResponseId=s | -DELETE /v2/apis/a/routes/r/routeresponses/s |
apigatewayv2 CreateIntegration | apiId=a | POST /v2/apis/a/integrations | integrationId
apigatewayv2 UpdateIntegration | apiId=a integrationId=i | PATCH /v2/apis/a/integrations/i |
apigatewayv2 DeleteIntegration | apiId=a integrationId=i | -DELETE /v2/apis/a/integrations/i |
apigatewayv2 CreateIntegrationResponse | apiId=a integrationId=i | POST /v2/apis/a/integrations/i/integrationresponses | integrationResponseId
apigatewayv2 UpdateIntegrationResponse | apiId=a integrationId=i integrationResponseId=s | PATCH /v2/apis/a/integrations/i/integrationresponses/s |
apigatewayv2 DeleteIntegrationResponse | apiId=a integrationId=i integrationResponseId=s | -DELETE /v2/apis/a/integrations/i/integrationresponses/s |
apigatewayv2 CreateModel | apiId=a | POST /v2/apis/a/models | modelId
apigatewayv2 UpdateModel | apiId=a modelId=m | PATCH /v2/apis/a/models/m |
apigatewayv2 DeleteModel | apiId=a modelId=m | -DELETE /v2/apis/a/models/m |
apigatewayv2 CreateAuthorizer | apiId=a | POST /v2/apis/a/authorizers | authorizerId
apigatewayv2 UpdateAuthorizer | apiId=a authorizerId=u | PATCH /v2/apis/a/authorizers/u |
apigatewayv2 DeleteAuthorizer | apiId=a authorizerId=u | -DELETE /v2/apis/a/authorizers/u |
apigatewayv2 CreateDeployment | apiId=a | POST /v2/apis/a/deployments | deploymentId
apigatewayv2 UpdateDeployment | apiId=a deploymentId=d | PATCH /v2/apis/a/deployments/d |
apigatewayv2 DeleteDeployment | apiId=a deploymentId=d | -DELETE /v2/apis/a/deployments/d |
apigatewayv2 CreateStage | apiId=a | POST /v2/apis/a/stages | stageName
apigatewayv2 UpdateStage | apiId=a stageName=p | PATCH /v2/apis/a/stages/p |
apigatewayv2 DeleteStage | apiId=a stageName=p | -DELETE /v2/apis/a/stages/p |
apigatewayv2 DeleteAccessLogSettings | apiId=a stageName=p | -DELETE /v2/apis/a/stages/p/accesslogsettings |
apigatewayv2 DeleteRouteSettings | apiId=a stageName=p routeKey=$connect | -DELETE /v2/apis/a/stages/p/routesettings/%24connect |
apigatewayv2 CreateApiMapping | domainName=chat.example.com | POST /v2/domainnames/chat.example.com/apimappings | apiMappingId
apigatewayv2 UpdateApiMapping | domainName=chat.example.com apiMappingId=n | PATCH /v2/domainnames/chat.example.com/apimappings/n |
apigatewayv2 DeleteApiMapping | domainName=chat.example.com apiMappingId=n | -DELETE /v2/domainnames/chat.example.com/apimappings/n |
apigatewayv2 TagResource | resourceArn=arn:aws:x | POST /v2/tags/arn%3Aaws%3Ax |
apigatewayv2 UntagResource | resourceArn=arn:aws:x tagKeys=[k] | -DELETE /v2/tags/arn%3Aaws%3Ax?tagKeys=k |
apigateway CreateApiKey | | POST /apikeys | id
apigateway UpdateApiKey | apiKey=k | PATCH /apikeys/k |
apigateway DeleteApiKey | apiKey=k | -DELETE /apikeys/k |
apigateway CreateUsagePlan | | POST /usageplans | id
apigateway UpdateUsagePlan | usagePlanId=p | PATCH /usageplans/p |
apigateway DeleteUsagePlan | usageplanId=p | -DELETE /usageplans/p |
apigateway CreateUsagePlanKey | usagePlanId=p | POST /usageplans/p/keys | id
apigateway DeleteUsagePlanKey | usagePlanId=p keyId=k | -DELETE /usageplans/p/keys/k |
apigateway CreateVpcLink | | POST /vpclinks | id
apigateway UpdateVpcLink | vpcLinkId=v | PATCH /vpclinks/v |
apigateway DeleteVpcLink | vpcLinkId=v | -DELETE /vpclinks/v |
apigateway GenerateClientCertificate | | POST /clientcertificates | clientCertificateId
apigateway UpdateClientCertificate | clientCertificateId=c | PATCH /clientcertificates/c |
apigateway DeleteClientCertificate | clientCertificateId=c | -DELETE /clientcertificates/c |
apigateway UpdateAccount | | PATCH /account |
apigateway TagResource | resourceArn=arn:aws:x | PUT /tags/arn%3Aaws%3Ax |
apigateway UntagResource | resourceArn=arn:aws:x tagKeys=[k] | -DELETE /tags/arn%3Aaws%3Ax?tagKeys=k |
logs CreateLogGroup | | POST / |
logs DeleteLogGroup | | POST / |
logs PutRetentionPolicy | | POST / |
logs DeleteRetentionPolicy | | POST / |
lambda AddPermission | functionName=f qualifier=live | POST /2015-03-31/functions/f/policy?Qualifier=live |
lambda RemovePermission | functionName=f statementId=s qualifier=live | -DELETE /2015-03-31/functions/f/policy/s?Qualifier=live |
iam CreateRole | | POST / | arn:aws:iam::1:role/r
iam AttachRolePolicy | | POST / |
";

#[tokio::test]
async fn every_operation_reaches_aws_with_every_member() {
    let mut seen = 0;
    for row in TABLE.trim().lines() {
        let columns: Vec<&str> = row.split('|').map(str::trim).collect();
        let [name, labels, route, made] = columns[..] else { panic!("{row}") };
        let (service, operation) = name.split_once(' ').unwrap();
        let (bodyless, route) = route.strip_prefix('-').map_or((false, route), |route| (true, route));
        let mut input = json!({});
        for label in labels.split_whitespace() {
            let (name, value) = label.split_once('=').unwrap();
            let list = value.strip_prefix('[').and_then(|v| v.strip_suffix(']'));
            input[name] = list.map_or_else(|| json!(value), |one| json!([one]));
        }
        if !bodyless {
            input["description"] = json!("with = & 'quotes' and ü");
            input["madeTomorrow"] = json!({"deep": [{"er": true}]});
        }
        let (aws, heard) = listening();
        let done = aws.carry_out(&step(service, operation, input)).await.unwrap_or_else(|e| panic!("{row}: {e:?}"));
        let expected =
            (!made.is_empty()).then(|| if made.contains(':') { made.to_owned() } else { format!("made-{made}") });
        assert_eq!(done.id, expected, "{row}");

        let mut heard = heard.lock().unwrap();
        assert_eq!(heard.len(), 1, "{row}");
        let request = heard.remove(0);
        let path = request.uri().path_and_query().unwrap().as_str();
        assert_eq!(format!("{} {path}", request.method()), route, "{row}");
        let header = |name: &str| request.headers().get(name).map(|v| v.to_str().unwrap()).unwrap_or_default();
        let host = if ["apigatewayv2", "apigateway"].contains(&service) { "apigateway" } else { service };
        assert!(request.uri().host().unwrap().starts_with(host), "{row}: {}", request.uri());
        assert!(header("authorization").contains("Signature="), "{row}");
        let body = request.body();
        if bodyless {
            assert!(body.is_empty() || &body[..] == b"{}", "{row}: {body:?}");
            continue;
        }
        assert_eq!(header("content-length"), body.len().to_string(), "{row}");
        if service == "iam" {
            let body = std::str::from_utf8(body).unwrap();
            assert!(body.starts_with(&format!("Action={operation}&Version=2010-05-08&")), "{body}");
            assert!(body.contains("&MadeTomorrow.Deep.member.1.Er=true") && body.contains("%27quotes%27"), "{body}");
        } else {
            let body: Value = serde_json::from_slice(body).unwrap();
            let (text, other) =
                if service == "lambda" { ("Description", "MadeTomorrow") } else { ("description", "madeTomorrow") };
            let expected = json!({text: "with = & 'quotes' and ü", other: {"deep": [{"er": true}]}});
            assert_eq!(body, expected, "{row}: the labels are in the URL, and all else in the body");
        }
        if service == "logs" {
            assert_eq!(header("x-amz-target"), format!("Logs_20140328.{operation}"));
        }
        seen += 1;
    }
    assert!(seen > 30, "{seen}");
}

#[tokio::test]
async fn a_step_that_cannot_be_sent_whole_is_refused_before_anything_is_sent() {
    let (aws, heard) = listening();
    for (service, operation, input, says) in [
        ("apigatewayv2", "ImportApi", json!({}), "ImportApi can't be carried out"),
        ("apigatewayv2", "CreateApiKey", json!({}), "CreateApiKey can't be carried out"),
        ("s3", "DeleteBucket", json!({}), "s3 is no service"),
        ("apigatewayv2", "UpdateRoute", json!({"apiId": "a"}), "UpdateRoute needs routeId"),
        ("apigatewayv2", "UpdateRoute", json!({"apiId": "", "routeId": "r"}), "UpdateRoute needs apiId"),
        (
            "apigatewayv2",
            "DeleteRoute",
            json!({"apiId": "a", "routeId": "r", "force": true}),
            "DeleteRoute carries no force",
        ),
        ("apigatewayv2", "CreateApi", json!("a"), "CreateApi carries no members"),
    ] {
        let error = aws.carry_out(&step(service, operation, input)).await.unwrap_err();
        assert_eq!(error.kind, Kind::Refused);
        assert!(error.message.starts_with(says), "{error:?}");
    }
    assert!(heard.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_locked_account_is_sent_nothing_that_writes() {
    let (aws, heard) = listening();
    let guards = Guards::default();
    let keep = heard.clone();
    let locked = InProcess::new(move |request| {
        keep.lock().unwrap().push(request);
        Box::pin(async {
            let body: Body = Full::new(Bytes::from("{}")).map_err(|never| match never {}).boxed();
            http::Response::builder().status(200).body(body).unwrap()
        })
    });
    drop(aws);
    let aws = Access::in_process(locked, "us-east-1", ("AKIDEXAMPLE", "secret"), guards.clone());
    guards.lock.set(true);
    for row in TABLE.trim().lines() {
        let (service, operation) = row.split('|').next().unwrap().trim().split_once(' ').unwrap();
        let input = json!({"apiId": "a", "routeId": "r", "routeResponseId": "s", "integrationId": "i",
            "integrationResponseId": "s", "modelId": "m", "authorizerId": "u", "deploymentId": "d", "stageName": "p",
            "routeKey": "k", "requestParameterKey": "q", "resourceArn": "arn", "apiKey": "k", "usagePlanId": "p",
            "keyId": "k", "vpcLinkId": "v", "clientCertificateId": "c", "functionName": "f", "statementId": "s",
            "domainName": "n", "apiMappingId": "m"});
        let error = aws.carry_out(&step(service, operation, input)).await;
        // What carries too much for a call without a body is refused for that.
        let kind = error.unwrap_err().kind;
        assert!(matches!(kind, Kind::Locked | Kind::Refused), "{row}: {kind:?}");
    }
    let error = aws.carry_out(&step("apigatewayv2", "DeleteApi", json!({"apiId": "a"}))).await.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (Kind::Locked, "the account is locked: DeleteApi was not sent"));
    assert!(heard.lock().unwrap().is_empty(), "{:?}", heard.lock().unwrap());
    assert!(aws.outline("a").await.is_ok(), "reading goes on");
    guards.lock.set(false);
    assert!(aws.carry_out(&step("apigatewayv2", "DeleteApi", json!({"apiId": "a"}))).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_write_that_gets_no_good_answer_is_not_sent_again_and_a_read_is() {
    let heard = Arc::new(Mutex::new(0));
    let count = heard.clone();
    let aws = InProcess::new(move |_| {
        *count.lock().unwrap() += 1;
        Box::pin(async move {
            let body: Body = Full::new(Bytes::from("{}")).map_err(|never| match never {}).boxed();
            http::Response::builder().status(503).body(body).unwrap()
        })
    });
    let access = Access::in_process(aws, "us-east-1", ("AKIDEXAMPLE", "secret"), Guards::default());
    access.carry_out(&step("apigatewayv2", "CreateRoute", json!({"apiId": "a", "routeKey": "k"}))).await.unwrap_err();
    assert_eq!(*heard.lock().unwrap(), 1);
    access.apis().await.unwrap_err();
    assert!(*heard.lock().unwrap() > 2, "{}", heard.lock().unwrap());
}

/// Route 53 speaks XML, so what a step says of a record is checked by itself.
#[tokio::test]
async fn records_change_in_one_batch_and_what_has_no_place_in_it_is_refused() {
    let (aws, heard) =
        xml("<ChangeResourceRecordSetsResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><ChangeInfo>\
         <Id>/change/C1</Id><Status>PENDING</Status><SubmittedAt>2026-01-01T00:00:00Z</SubmittedAt></ChangeInfo>\
         </ChangeResourceRecordSetsResponse>");
    let old = json!({"Action": "DELETE", "ResourceRecordSet": {"Name": "chat.example.com", "Type": "CNAME", "TTL": 300,
        "ResourceRecords": [{"Value": "abc.execute-api.us-east-1.amazonaws.com"}]}});
    let new = json!({"Action": "UPSERT", "ResourceRecordSet": {"Name": "chat.example.com", "Type": "A", "AliasTarget": {
        "HostedZoneId": "Z1UJRXOUMOOFQ8", "DNSName": "d-abc.execute-api.us-east-1.amazonaws.com",
        "EvaluateTargetHealth": false}}});
    let ask = |changes: Value| {
        let input = json!({"hostedZoneId": "Z2", "changeBatch": { "Changes": changes }});
        step("route53", "ChangeResourceRecordSets", input)
    };
    aws.carry_out(&ask(json!([old, new]))).await.unwrap();
    let request = heard.lock().unwrap().remove(0);
    assert_eq!(format!("{} {}", request.method(), request.uri().path()), "POST /2013-04-01/hostedzone/Z2/rrset");
    let body = std::str::from_utf8(request.body()).unwrap();
    let deleted =
        "<Action>DELETE</Action><ResourceRecordSet><Name>chat.example.com</Name><Type>CNAME</Type><TTL>300</TTL>";
    assert!(body.contains(deleted), "{body}");
    let target = "<AliasTarget><HostedZoneId>Z1UJRXOUMOOFQ8</HostedZoneId><DNSName>d-abc.execute-api.us-east-1.amazonaws.com\
                  </DNSName><EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget>";
    assert!(body.contains(target), "{body}");

    let mut weighted = new.clone();
    weighted["ResourceRecordSet"]["Weight"] = json!(10);
    let error = aws.carry_out(&ask(json!([weighted]))).await.unwrap_err();
    assert!(error.message.contains("unknown field `Weight`"), "{error:?}");
    assert!(heard.lock().unwrap().is_empty());
}

/// An AWS that answers this to everything.
fn xml(answer: &'static str) -> (Access, Arc<Mutex<Vec<http::Request<Bytes>>>>) {
    let heard: Arc<Mutex<Vec<http::Request<Bytes>>>> = Arc::default();
    let keep = heard.clone();
    let aws = InProcess::new(move |request| {
        keep.lock().unwrap().push(request);
        Box::pin(async move {
            let body: Body = Full::new(Bytes::from(answer)).map_err(|never| match never {}).boxed();
            http::Response::builder().status(200).body(body).unwrap()
        })
    });
    (Access::in_process(aws, "us-east-1", ("AKIDEXAMPLE", "secret"), Guards::default()), heard)
}
