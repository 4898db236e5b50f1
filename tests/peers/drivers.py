"""Two clients of AWS that say the same things: boto3, and the `aws` command as a process of its own.

A call is named as boto3 names it and takes AWS's parameters; it answers with AWS's members, or raises `Refused`.
"""

import json
import re
import subprocess

import boto3
import botocore.config
import botocore.exceptions

from sandbox import DEMO_KEY, DEMO_SECRET, environment

PATIENCE = 60


class Refused(Exception):
    """AWS's own code and sentence."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


class Boto:
    """boto3, in this process."""

    name = "boto3"

    def __init__(self, endpoint, proxy, bundle):
        self.endpoint, self.proxy, self.bundle = endpoint, proxy, bundle
        self.clients = {}

    def client(self, service, endpoint):
        key = (service, endpoint)
        if key not in self.clients:
            outside = endpoint.startswith("https:")
            config = botocore.config.Config(
                retries={"max_attempts": 0},
                inject_host_prefix=False,
                proxies={"https": self.proxy} if outside else {},
            )
            self.clients[key] = boto3.client(
                service,
                endpoint_url=endpoint,
                region_name="us-east-1",
                aws_access_key_id=DEMO_KEY,
                aws_secret_access_key=DEMO_SECRET,
                config=config,
                verify=str(self.bundle) if outside else None,
            )
        return self.clients[key]

    def call(self, service, operation, at=None, **parameters):
        try:
            answer = getattr(self.client(service, at or self.endpoint), operation)(**parameters)
        except botocore.exceptions.ClientError as why:
            raise Refused(why.response["Error"]["Code"], why.response["Error"]["Message"]) from why
        answer.pop("ResponseMetadata", None)
        return answer


class Command:
    """The `aws` command."""

    name = "aws"
    refusal = re.compile(r"An error occurred \((\S+?)\) when calling the \w+ operation(?: \(.*?\))?: (.*)", re.DOTALL)

    def __init__(self, program, endpoint, proxy, bundle):
        self.program, self.endpoint, self.proxy, self.bundle = program, endpoint, proxy, bundle

    def call(self, service, operation, at=None, **parameters):
        outside = (
            {"HTTPS_PROXY": self.proxy, "AWS_CA_BUNDLE": str(self.bundle)} if (at or "").startswith("https:") else {}
        )
        keys = {"AWS_ACCESS_KEY_ID": DEMO_KEY, "AWS_SECRET_ACCESS_KEY": DEMO_SECRET, "AWS_MAX_ATTEMPTS": "1"}
        command = [self.program, service, operation.replace("_", "-"), "--endpoint-url", at or self.endpoint]
        command += ["--output", "json", "--cli-input-json", json.dumps(parameters)]
        done = subprocess.run(
            command,
            env=environment(**keys, **outside),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        if done.returncode != 0:
            said = self.refusal.search(done.stderr)
            raise Refused(*(part.strip() for part in said.groups())) if said else RuntimeError(done.stderr.strip())
        return json.loads(done.stdout) if done.stdout.strip() else {}


def log_role(call):
    """The role that lets API Gateway write logs, set in the account; gives its ARN."""
    trust = {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = call("iam", "create_role", RoleName="api-gateway-push-logs", AssumeRolePolicyDocument=document)["Role"][
        "Arn"
    ]
    policy = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
    call("iam", "attach_role_policy", RoleName="api-gateway-push-logs", PolicyArn=policy)
    patch = [{"op": "replace", "path": "/cloudwatchRoleArn", "value": role}]
    call("apigateway", "update_account", patchOperations=patch)
    return role
