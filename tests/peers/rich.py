"""An API with at least one of everything that a draft can hold, and texts that a shell, the `aws` command or JSON could
take for something else."""

ACCOUNT, REGION = "123456789012", "us-east-1"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:greet"
INVOKE = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/chat"
BALANCER = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/net/chat/50dc6c495c0c9188"
ODD = "it's \"odd\": $HOME `date` \\ %s — ünïcode 💬 #! ~"
TEMPLATE = """#set($body = $input.path('$'))
{"connectionId": "$context.connectionId", "says": "it's $body.message", "raw": $input.body}
"""
SCHEMA = """{
  "$schema": "http://json-schema.org/draft-04/schema#",
  "title": "ChatAppMessage",
  "type": "object",
  "properties": {"action": {"type": "string"}, "message": {"type": "string", "pattern": "^[^'\\\\$]*$"}},
  "required": ["message"]
}"""
FORMAT = '{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","route":"$context.routeKey"}'
LOGS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/chat/access"


def route(number, key, **more):
    return {
        "routeId": f"new-route-{number}",
        "routeKey": key,
        "target": f"integrations/new-integration-{number}",
        "authorizationType": "NONE",
        "apiKeyRequired": False,
        "requestModels": {},
        "requestParameters": {},
        "responses": [],
        **more,
    }


def integration(number, kind, **more):
    return {
        "integrationId": f"new-integration-{number}",
        "integrationType": kind,
        "requestParameters": {},
        "requestTemplates": {},
        "responses": [],
        **more,
    }


def answer(number, key, **more):
    more = {"responseParameters": {}, "responseTemplates": {}, **more}
    return {"integrationResponseId": f"new-answer-{number}", "integrationResponseKey": key, **more}


MOCK = {"requestTemplates": {"$default": '{"statusCode": 200}'}, "templateSelectionExpression": r"\$default"}


def snapshot():
    """As a draft of an API that does not exist yet."""
    two_way = {
        "routeResponseSelectionExpression": "$default",
        "responses": [{"routeResponseId": "new-back-1", "routeResponseKey": "$default", "responseModels": {}}],
    }
    return {
        "api": {
            "apiId": "",
            "name": "rich",
            "protocolType": "WEBSOCKET",
            "routeSelectionExpression": "$request.body.action",
            "apiKeySelectionExpression": "$request.header.x-api-key",
            "disableExecuteApiEndpoint": False,
            "description": ODD,
            "version": "1.0",
            "tags": {"team": "chat and co", "path": "a/b=c@d"},
        },
        "routes": [
            route(
                1,
                "$connect",
                authorizationType="CUSTOM",
                authorizerId="new-authorizer-1",
                apiKeyRequired=True,
                operationName="Enter",
                requestParameters={
                    "route.request.header.authorization": {"required": True},
                    "route.request.querystring.room": {"required": False},
                },
            ),
            route(2, "$disconnect"),
            route(3, "$default", **two_way),
            route(
                4,
                "sendmessage",
                modelSelectionExpression="$default",
                requestModels={"$default": "ChatAppMessage"},
            ),
            route(5, "join room"),
            route(6, "away"),
        ],
        "integrations": [
            integration(1, "MOCK", **MOCK, responses=[answer(1, "$default")]),
            integration(
                2,
                "HTTP_PROXY",
                integrationUri="http://backend.example.com:8080/leave?a=1&b=2",
                integrationMethod="DELETE",
                requestParameters={"integration.request.header.connectionid": "context.connectionId"},
            ),
            integration(
                3,
                "HTTP",
                integrationUri="https://backend.example.com/${stageVariables.region}/default",
                integrationMethod="POST",
                passthroughBehavior="WHEN_NO_TEMPLATES",
                timeoutInMillis=5000,
                requestTemplates={"$default": TEMPLATE, "other": "-1"},
                templateSelectionExpression=r"\$default",
                integrationResponseSelectionExpression="${integration.response.statuscode}",
                description=ODD,
                responses=[
                    answer(2, "$default", responseTemplates={"$default": TEMPLATE}),
                    answer(3, r"/2\d\d/", contentHandlingStrategy="CONVERT_TO_TEXT"),
                ],
            ),
            integration(4, "AWS_PROXY", integrationUri=INVOKE, integrationMethod="POST"),
            integration(
                5,
                "AWS",
                integrationUri=f"arn:aws:apigateway:{REGION}:sqs:path/{ACCOUNT}/rooms.fifo",
                integrationMethod="POST",
                credentialsArn=ROLE,
                passthroughBehavior="NEVER",
                requestParameters={"integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"},
                requestTemplates={"$default": "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"},
                templateSelectionExpression=r"\$default",
            ),
            integration(
                6,
                "HTTP_PROXY",
                integrationUri="http://inside.example.com/away",
                integrationMethod="GET",
                connectionType="VPC_LINK",
                connectionId="${stageVariables.vpcLinkId}",
            ),
        ],
        "models": [
            {
                "modelId": "new-model-1",
                "name": "ChatAppMessage",
                "contentType": "application/json",
                "schema": SCHEMA,
                "description": ODD,
            }
        ],
        "authorizers": [
            {
                "authorizerId": "new-authorizer-1",
                "name": "gate",
                "authorizerType": "REQUEST",
                "authorizerUri": INVOKE,
                "identitySource": ["route.request.header.authorization", "route.request.querystring.room"],
            }
        ],
        "stages": [
            {
                "stageName": "prod",
                "description": ODD,
                "clientCertificateId": "new-certificate-1",
                "defaultRouteSettings": {"throttlingBurstLimit": 50, "throttlingRateLimit": 25.5},
                "routeSettings": {"$connect": {"throttlingBurstLimit": 5, "throttlingRateLimit": 2}},
                "stageVariables": {"region": REGION, "vpcLinkId": "abc123", "backend": "http://b.example.com:80/x?y=z"},
                "accessLogSettings": {"destinationArn": LOGS, "format": FORMAT},
                "tags": {"env": "prod"},
            },
            {
                "stageName": "dev",
                "autoDeploy": True,
                "defaultRouteSettings": {"detailedMetricsEnabled": True},
                "routeSettings": {},
                "stageVariables": {},
                "tags": {},
            },
        ],
        "deployments": [],
        "surroundings": surroundings(),
    }


def surroundings():
    """What the account has around it."""
    key = {"id": "new-apiKey-1", "name": "it's a key", "description": ODD, "enabled": True, "tags": {"for": "partner"}}
    plan = {
        "id": "new-usagePlan-1",
        "name": "small plan",
        "description": ODD,
        "apiStages": [
            {"apiId": "new-api", "stage": "prod", "throttle": {"$connect": {"rateLimit": 2, "burstLimit": 4}}}
        ],
        "throttle": {"rateLimit": 5, "burstLimit": 10},
        "quota": {"limit": 500, "offset": 0, "period": "MONTH"},
        "tags": {},
        "keys": [{"id": "new-apiKey-1", "type": "API_KEY", "name": "it's a key"}],
    }
    link = {"id": "new-vpcLink-1", "name": "back end", "description": ODD, "targetArns": [BALANCER], "tags": {}}
    certificate = {"clientCertificateId": "new-certificate-1", "description": ODD, "tags": {}}
    return {
        "apiKeys": [key],
        "usagePlans": [plan],
        "vpcLinks": [link],
        "clientCertificates": [certificate],
        "logGroups": [{"logGroupName": "/chat/access", "retentionInDays": 7}],
    }
