"""A pytest plugin: moto's own tests, unchanged, against another endpoint.

`--reset-url URL` is asked to empty the world where moto would empty itself. `--force-websocket` makes CreateApi ask for
a WebSocket API where the test asks for an HTTP one: all but a few of those tests are about neither. `--valid-trust`
gives a role a trust policy where the test sends none that is one: AWS refuses it, and the test is not about roles.
"""

import json

import botocore.client
import requests

HTTP_ONLY = ("CorsConfiguration", "RouteKey", "Target", "CredentialsArn")


def pytest_addoption(parser):
    parser.addoption("--reset-url")
    parser.addoption("--force-websocket", action="store_true")
    parser.addoption("--valid-trust", action="store_true")


def pytest_configure(config):
    from moto.core.models import ServerModeMockAWS

    url = config.getoption("--reset-url")
    if url:
        ServerModeMockAWS.reset = lambda self: requests.post(url, timeout=10).raise_for_status()
    changes = {}
    if config.getoption("--force-websocket"):
        changes["apigatewayv2.CreateApi"] = websocket
    if config.getoption("--valid-trust"):
        changes["iam.CreateRole"] = trusting
    original = botocore.client.BaseClient.__init__

    def init(self, *args, **kwargs):
        original(self, *args, **kwargs)
        for operation, change in changes.items():
            self.meta.events.register(f"provide-client-params.{operation}", change)

    botocore.client.BaseClient.__init__ = init


def websocket(params, **_):
    if params.get("ProtocolType") not in ("HTTP", "WEBSOCKET"):
        return params
    kept = {name: value for name, value in params.items() if name not in HTTP_ONLY}
    return {"RouteSelectionExpression": "$request.body.action", **kept, "ProtocolType": "WEBSOCKET"}


def trusting(params, **_):
    try:
        json.loads(params.get("AssumeRolePolicyDocument", ""))
    except ValueError:
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        return {**params, "AssumeRolePolicyDocument": document}
    return params
