"""The steps of the walkthrough: what is done, and what AWS shows then. Each takes the `Walk` and leaves its API for the
next.

A sentence that is compared stands here as AWS writes it. Where to look next: `walk.py` (what a step can ask for).
"""

import json
from datetime import datetime, timezone

import websockets.exceptions

from drivers import log_role

ACCOUNT = "123456789012"
ROUTES = ("$connect", "$disconnect", "$default", "joinroom", "sendmessage")
JOIN = {"action": "joinroom", "roomname": "developers"}
DOMAIN = "api-ws.example.com"
BALANCER = f"arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:loadbalancer/net/chat/50dc6c495c0c9188"
AUTHORIZER = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:chat-authorizer"
INVOKE = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{AUTHORIZER}/invocations"
NO_STATUS = "statusCode should be an integer which defined in request template"


def create_api(walk):
    made = walk.call(
        "apigatewayv2",
        "create_api",
        Name="my-chat-app-gw-1",
        ProtocolType="WEBSOCKET",
        RouteSelectionExpression="$request.body.action",
    )
    walk.api = made["ApiId"]
    walk.same("the endpoint", made["ApiEndpoint"], f"wss://{walk.api}.execute-api.us-east-1.amazonaws.com")
    names = [api["Name"] for api in walk.call("apigatewayv2", "get_apis")["Items"]]
    walk.same("the list of APIs", names, ["my-chat-app-gw-1"])


def routes_and_stage(walk):
    for key in ROUTES:
        made = walk.gateway("create_integration", IntegrationType="MOCK")
        walk.integrations[key] = made["IntegrationId"]
        target = f"integrations/{made['IntegrationId']}"
        walk.routes[key] = walk.gateway("create_route", RouteKey=key, Target=target)["RouteId"]
    walk.gateway("create_stage", StageName="prod")
    walk.deploy()
    stage = walk.gateway("get_stage", StageName="prod")
    deployed = [deployment["DeploymentId"] for deployment in walk.gateway("get_deployments")["Items"]]
    walk.same("the stage's deployment", [stage["DeploymentId"]], deployed)
    keys = sorted(route["RouteKey"] for route in walk.gateway("get_routes")["Items"])
    walk.same("the routes", keys, sorted(ROUTES))


def connect_is_500(walk):
    refused = walk.refused()
    walk.same("the status", refused.status, 500)
    walk.same("the body's message", json.loads(refused.body)["message"], "Internal server error")
    role = log_role(walk.call)
    walk.same("the account's role", walk.call("apigateway", "get_account")["cloudwatchRoleArn"], role)
    walk.gateway("update_stage", StageName="prod", DefaultRouteSettings={"LoggingLevel": "INFO"})
    refused = walk.refused()
    walk.same("the status with logs on", refused.status, 500)
    came = walk.logged(f"Execution failed due to configuration error: {NO_STATUS}")
    request = refused.headers["x-amz-apigw-id"]
    walk.same("the lines of other requests", [line for line in came if not line.startswith(f"({request})")], [])


def fixed(walk):
    for key in ROUTES:
        templates = {"$default": '{"statusCode": 200}'}
        walk.integration(key, TemplateSelectionExpression="\\$default", RequestTemplates=templates)
        identity = {"IntegrationId": walk.integrations[key]}
        walk.gateway("create_integration_response", IntegrationResponseKey="$default", **identity)
    walk.deploy()
    with walk.open():
        came = walk.logged("connected to API")
    said = [line for line in came if "] connected to API [" in line]
    walk.holds("the line of the connection", said[0], f"connected to API [{walk.api}] successfully.")


def routes_are_selected(walk):
    with walk.open() as client:
        walk.logged("connected to API")
        client.send("garbage")
        walk.logged("WebSocket Request Route: [$default]")
        client.send(json.dumps(JOIN))
        walk.logged("WebSocket Request Route: [joinroom]", "with response status code [200]")
        client.close(1000, "that was it")
    walk.logged("WebSocket Request Route: [$disconnect]", "Close reason: [1000: that was it]")


def http_proxy(walk):
    methods = {
        "$connect": "GET",
        "$disconnect": "DELETE",
        "$default": "POST",
        "joinroom": "POST",
        "sendmessage": "POST",
    }
    for key, method in methods.items():
        uri = f"{walk.backend.url}/{key.strip('$')}"
        walk.integration(key, IntegrationType="HTTP_PROXY", IntegrationUri=uri, IntegrationMethod=method)
    walk.deploy()
    with walk.open() as client:
        seen = walk.received("connect")
        walk.same("the request of $connect", (seen.method, seen.path), ("GET", "/connect"))
        walk.same("the header with the API", seen.headers.get("x-amzn-apigateway-api-id"), walk.api)
        walk.holds("the header of the trace", seen.headers.get("x-amzn-trace-id", ""), "Root=1-")
        client.send(json.dumps(JOIN))
        seen = walk.received("joinroom")
        walk.same("the request of joinroom", (seen.method, seen.path), ("POST", "/joinroom"))
        walk.same("its payload", json.loads(seen.body), JOIN)
    seen = walk.received("disconnect")
    walk.same("the request of $disconnect", (seen.method, seen.path), ("DELETE", "/disconnect"))


def templates_and_stage_variables(walk):
    template = '{"connectionId": "$context.connectionId", "payload": $input.body}'
    joinroom = f"{walk.backend.url}/joinroom"
    chosen = {"TemplateSelectionExpression": "\\$default", "RequestTemplates": {"$default": template}}
    walk.integration("joinroom", IntegrationType="HTTP", **chosen)
    walk.deploy()
    walk.lines()
    with walk.open() as client:
        walk.received("connect")
        client.send(json.dumps(JOIN))
        seen = walk.received("joinroom")
        body = json.loads(seen.body)
        walk.same("the payload of the template", body["payload"], JOIN)
        [connected] = [line for line in walk.logged("] connected to API [") if "] connected to API [" in line]
        walk.holds("the line of the connection", connected, f"[Connection Id: {body['connectionId']}]")
        walk.gateway("update_stage", StageName="prod", StageVariables={"region": "us-east-1"})
        walk.integration("joinroom", IntegrationUri=joinroom + "?region=${stageVariables.region}")
        walk.deploy()
        client.send(json.dumps(JOIN))
        seen = walk.received("joinroom")
        walk.same("the path with the stage variable", seen.path, "/joinroom?region=us-east-1")
        template = '{"region": "${stageVariables.region}", "payload": $input.body}'
        walk.integration("joinroom", IntegrationUri=joinroom, RequestTemplates={"$default": template})
        walk.deploy()
        client.send(json.dumps(JOIN))
        seen = walk.received("joinroom")
        walk.same("the body with the stage variable", json.loads(seen.body), {"region": "us-east-1", "payload": JOIN})
    walk.received("disconnect")


def id_in_a_header(walk):
    header = {"integration.request.header.connectionid": "context.connectionId"}
    walk.integration("joinroom", IntegrationType="HTTP_PROXY", RequestTemplates={}, RequestParameters=header)
    walk.deploy()
    with walk.open() as client:
        walk.received("connect")
        client.send(json.dumps(JOIN))
        seen = walk.received("joinroom")
        connection = seen.headers.get("connectionid", "")
        walk.logged(f"message from client [Connection Id: {connection}]")
        walk.same("the payload beside the header", json.loads(seen.body), JOIN)
    walk.received("disconnect")


def stored_and_pushed(walk):
    identity = {"integration.request.header.connectionid": "context.connectionId"}
    walk.integration("$connect", IntegrationMethod="POST", RequestParameters=identity)
    walk.integration("$disconnect", RequestParameters=identity)
    names = {"domainname": "context.domainName", "stage": "context.stage"}
    callback = {f"integration.request.header.{name}": value for name, value in names.items()}
    walk.integration("sendmessage", RequestParameters={**identity, **callback})
    walk.deploy()
    with walk.open() as client:
        connect = walk.received("connect")
        connection = connect.headers["connectionid"]
        walk.same("what the backend stored", walk.backend.connected, {connection})
        said_hello(walk, client)
        told = walk.call(
            "apigatewaymanagementapi",
            "get_connection",
            at=f"{walk.sandbox.endpoint}/{walk.api}/prod",
            ConnectionId=connection,
        )
        walk.same("the connection's source", told["Identity"]["SourceIp"], "127.0.0.1")
    gone = walk.received("disconnect")
    walk.same("the request of $disconnect", (gone.method, gone.headers["connectionid"]), ("DELETE", connection))
    walk.same("what the backend keeps", walk.backend.connected, set())
    try:
        walk.push(f"{walk.sandbox.endpoint}/{walk.api}/prod", connection, "too late")
    except Exception as why:
        walk.holds("the answer to a push after the end", str(why), "GoneException")
    else:
        raise AssertionError("a push to a closed connection was accepted")


def said_hello(walk, client, wanted="hello!!!!"):
    """Sends a message and hears what the backend pushes; gives the address it pushed to."""
    client.send(json.dumps({"action": "sendmessage", "message": "hi"}))
    walk.received("sendmessage")
    address, why = walk.eventually(lambda: walk.backend.pushes and walk.backend.pushes.pop(0), "push")
    if wanted is None:
        return address, why
    walk.same(f"the push to {address}", why, None)
    walk.same("the frame", client.recv(timeout=10), wanted)
    return address, None


def vpc_link(walk):
    link = walk.call("apigateway", "create_vpc_link", name="chat", targetArns=[BALANCER])
    walk.same("a new link's status", link["status"], "PENDING")

    def ready():
        return walk.call("apigateway", "get_vpc_link", vpcLinkId=link["id"])["status"] == "AVAILABLE"

    walk.eventually(ready, "available VPC link")
    variables = {"region": "us-east-1", "vpcLinkId": link["id"]}
    walk.gateway("update_stage", StageName="prod", StageVariables=variables)
    for key in ROUTES:
        walk.integration(key, ConnectionType="VPC_LINK", ConnectionId="${stageVariables.vpcLinkId}")
    walk.deploy()
    with walk.open() as client:
        walk.received("connect")
        client.send(json.dumps(JOIN))
        seen = walk.received("joinroom")
        walk.same("the payload through the link", json.loads(seen.body), JOIN)
    walk.received("disconnect")


def custom_domain(walk):
    asked = walk.call("acm", "request_certificate", DomainName=DOMAIN, ValidationMethod="DNS")["CertificateArn"]

    def record():
        told = walk.call("acm", "describe_certificate", CertificateArn=asked)["Certificate"]
        return told["DomainValidationOptions"][0].get("ResourceRecord")

    record = walk.eventually(record, "validation record")
    zone = walk.call("route53", "create_hosted_zone", Name="example.com", CallerReference="walk")["HostedZone"]["Id"]
    zone = zone.rsplit("/", 1)[-1]
    values = {"TTL": 300, "ResourceRecords": [{"Value": record["Value"]}]}
    upsert(walk, zone, {"Name": record["Name"], "Type": record["Type"], **values})

    def issued():
        return walk.call("acm", "describe_certificate", CertificateArn=asked)["Certificate"]["Status"] == "ISSUED"

    walk.eventually(issued, "issued certificate")
    settings = {"CertificateArn": asked, "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}
    walk.call("apigatewayv2", "create_domain_name", DomainName=DOMAIN, DomainNameConfigurations=[settings])

    def target():
        told = walk.call("apigatewayv2", "get_domain_name", DomainName=DOMAIN)["DomainNameConfigurations"][0]
        return told if told["DomainNameStatus"] == "AVAILABLE" else None

    target = walk.eventually(target, "available domain")
    alias = {"HostedZoneId": target["HostedZoneId"], "DNSName": target["ApiGatewayDomainName"]}
    upsert(walk, zone, {"Name": DOMAIN, "Type": "A", "AliasTarget": {**alias, "EvaluateTargetHealth": False}})
    mapping = {"DomainName": DOMAIN, "ApiId": walk.api, "Stage": "prod"}
    made = walk.call("apigatewayv2", "create_api_mapping", ApiMappingKey="chat", **mapping)
    with walk.open(f"wss://{DOMAIN}/chat") as client:
        walk.received("connect")
        address, why = said_hello(walk, client, wanted=None)
        walk.same("the address that the backend made", address, f"https://{DOMAIN}/prod")
        walk.holds("its answer where nothing is mapped", str(why), "Forbidden")
        walk.backend.callback = "https://{domain}/chat".format
        said_hello(walk, client)
    walk.received("disconnect")
    walk.call("apigatewayv2", "delete_api_mapping", DomainName=DOMAIN, ApiMappingId=made["ApiMappingId"])
    walk.call("apigatewayv2", "create_api_mapping", ApiMappingKey="", **mapping)
    walk.backend.callback = "https://{domain}/{stage}".format
    with walk.open(f"wss://{DOMAIN}") as client:
        walk.received("connect")
        _, why = said_hello(walk, client, wanted=None)
        walk.holds("its answer at the empty key", str(why), "No method found matching route prod/@connections/")
        walk.backend.callback = "https://{domain}".format
        said_hello(walk, client)
    walk.received("disconnect")
    walk.gateway("update_api", DisableExecuteApiEndpoint=True)
    walk.deploy()
    walk.same("the generated endpoint's status", walk.refused().status, 403)
    with walk.open(f"wss://{DOMAIN}"):
        walk.received("connect")
    walk.received("disconnect")
    walk.gateway("update_api", DisableExecuteApiEndpoint=False)
    walk.deploy()


def upsert(walk, zone, record):
    changes = [{"Action": "UPSERT", "ResourceRecordSet": record}]
    made = walk.call("route53", "change_resource_record_sets", HostedZoneId=zone, ChangeBatch={"Changes": changes})
    change = made["ChangeInfo"]["Id"].rsplit("/", 1)[-1]

    def insync():
        return walk.call("route53", "get_change", Id=change)["ChangeInfo"]["Status"] == "INSYNC"

    walk.eventually(insync, "change in sync")


def validated(walk):
    walk.backend.callback = "https://{domain}/{stage}".format
    schema = {"$schema": "http://json-schema.org/draft-04/schema#", "title": "ChatAppMessage", "type": "object"}
    schema |= {"properties": {"action": {"type": "string"}, "message": {"type": "string"}}, "required": ["message"]}
    model = {"Name": "ChatAppMessage", "ContentType": "application/json", "Schema": json.dumps(schema)}
    walk.gateway("create_model", **model)
    walk.route("sendmessage", ModelSelectionExpression="$default", RequestModels={"$default": "ChatAppMessage"})
    walk.deploy()
    with walk.open() as client:
        walk.received("connect")
        client.send('{"action": "sendmessage"}')
        frame = json.loads(client.recv(timeout=10))
        walk.same("the frame's message", frame["message"], "Invalid request body")
        walk.same("what the backend saw", [(seen.method, seen.path) for seen in walk.backend.seen], [])
        said_hello(walk, client)
    walk.received("disconnect")


def authorized(walk):
    identity = ["route.request.header.authorization"]
    made = walk.gateway(
        "create_authorizer",
        Name="secret",
        AuthorizerType="REQUEST",
        AuthorizerUri=INVOKE,
        IdentitySource=identity,
    )
    source = f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{walk.api}/authorizers/{made['AuthorizerId']}"
    granted = {"Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com", "SourceArn": source}
    walk.call("lambda", "add_permission", FunctionName="chat-authorizer", StatementId="gateway", **granted)
    walk.route("$connect", AuthorizationType="CUSTOM", AuthorizerId=made["AuthorizerId"])
    walk.deploy()
    refused = walk.refused()
    walk.same("the status without the header", refused.status, 401)
    walk.same("its message", json.loads(refused.body)["message"], "Unauthorized")
    denied = walk.refused(authorization="wrong")
    walk.same("the status with another secret", denied.status, 403)
    walk.holds("its message", json.loads(denied.body)["message"], "with an explicit deny")
    with walk.open(authorization="secret-token"):
        walk.received("connect")
    walk.received("disconnect")


def metered(walk):
    key = walk.call("apigateway", "create_api_key", name="chat", enabled=True)
    plan = walk.call(
        "apigateway",
        "create_usage_plan",
        name="chat",
        throttle={"rateLimit": 5.0, "burstLimit": 10},
        quota={"limit": 500, "period": "MONTH"},
        apiStages=[{"apiId": walk.api, "stage": "prod"}],
    )
    walk.call("apigateway", "create_usage_plan_key", usagePlanId=plan["id"], keyId=key["id"], keyType="API_KEY")
    walk.route("$connect", AuthorizationType="NONE", ApiKeyRequired=True)
    walk.deploy()
    walk.same("the status without the key", walk.refused().status, 403)
    with walk.open(**{"x-api-key": key["value"]}):
        walk.received("connect")
    walk.received("disconnect")
    now = walk.call("apigateway", "get_usage_plan", usagePlanId=plan["id"])
    walk.same("the plan's quota", now["quota"]["limit"], 500)
    today = datetime.now(timezone.utc).strftime("%Y-%m-%d")
    usage = walk.call("apigateway", "get_usage", usagePlanId=plan["id"], startDate=today, endDate=today)
    walk.same("what is used and what remains", usage["items"][key["id"]], [[1, 499]])


def ended(walk):
    """After the steps: what was made can be taken away again, and nothing is left open."""
    try:
        walk.open(f"wss://{DOMAIN}").close()
    except websockets.exceptions.InvalidStatus as why:
        walk.same("the status at the domain without the key", why.response.status_code, 403)
    mappings = walk.call("apigatewayv2", "get_api_mappings", DomainName=DOMAIN)["Items"]
    for mapping in mappings:
        walk.call("apigatewayv2", "delete_api_mapping", DomainName=DOMAIN, ApiMappingId=mapping["ApiMappingId"])
    walk.call("apigatewayv2", "delete_domain_name", DomainName=DOMAIN)
    walk.call("apigatewayv2", "delete_api", ApiId=walk.api)
    walk.same("the APIs that are left", walk.call("apigatewayv2", "get_apis")["Items"], [])


STEPS = (
    ("an API", create_api),
    ("routes, all MOCK, and a stage", routes_and_stage),
    ("a 500, and logs that say why", connect_is_500),
    ("the fix", fixed),
    ("routes by the message", routes_are_selected),
    ("HTTP proxy", http_proxy),
    ("templates and stage variables", templates_and_stage_variables),
    ("the connection id in a header", id_in_a_header),
    ("ids stored, and a push", stored_and_pushed),
    ("a VPC link", vpc_link),
    ("a custom domain", custom_domain),
    ("validation", validated),
    ("a Lambda authorizer", authorized),
    ("a usage plan and a key", metered),
    ("everything taken away", ended),
)
