"""The clients that people use, as they come: wscat and websocat connect, send and are refused; `aws logs` and awslogs
read.

Only what a person sees counts: the lines of standard output and standard error, and the exit code. `clients.py
SANDBOX_PROGRAM FOLDER OUT`.
"""

import json
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

from drivers import Boto, log_role
from packages import Packages
from sandbox import Sandbox, environment

PATIENCE = 20
MESSAGE = '{"action":"joinroom","roomname":"developers"}'


class Terminal:
    """A client with a person at it: what it shows is read while its input stays open."""

    def __init__(self, command, **more):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        self.process = subprocess.Popen(command, env=environment(**more), text=True, **pipes)
        self.shown = ""
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.shown += line

    def type(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def shows(self, pattern):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if re.search(pattern, self.shown):
                return
            if self.process.poll() is not None:
                self.reader.join(1)
                break
            time.sleep(0.02)
        if not re.search(pattern, self.shown):
            raise AssertionError(f"{pattern!r} is not shown, but {self.shown[-300:]!r}")

    def ends(self):
        code = self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class Chat:
    """A two-way API with logs, and a second one whose `$connect` is refused."""

    def __init__(self, sandbox):
        self.sandbox, self.boto = sandbox, Boto(sandbox.endpoint, None, None)
        log_role(self.boto.call)
        self.good = self.api({"$connect": None, "joinroom": '{"joined":"developers"}'})
        self.bad = self.api({"$connect": "none"})

    def api(self, routes):
        expression = "$request.body.action"
        named = {"Name": "chat", "ProtocolType": "WEBSOCKET", "RouteSelectionExpression": expression}
        api = self.boto.call("apigatewayv2", "create_api", **named)["ApiId"]

        def make(operation, **parameters):
            return self.boto.call("apigatewayv2", operation, ApiId=api, **parameters)

        for key, answer in routes.items():
            template = {
                "TemplateSelectionExpression": "\\$default",
                "RequestTemplates": {"$default": '{"statusCode": 200}'},
            }
            mock = make("create_integration", IntegrationType="MOCK", **({} if answer == "none" else template))
            said = (
                {"TemplateSelectionExpression": "\\$default", "ResponseTemplates": {"$default": answer}}
                if answer
                else {}
            )
            identity = {"IntegrationId": mock["IntegrationId"], "IntegrationResponseKey": "$default"}
            make("create_integration_response", **identity, **said)
            two_way = {"RouteResponseSelectionExpression": "$default"} if answer else {}
            route = make("create_route", RouteKey=key, Target=f"integrations/{mock['IntegrationId']}", **two_way)
            if answer:
                make("create_route_response", RouteId=route["RouteId"], RouteResponseKey="$default")
        make("create_stage", StageName="prod", DefaultRouteSettings={"LoggingLevel": "INFO"})
        make("create_deployment", StageName="prod")
        return api

    def url(self, api, stage="prod"):
        return f"ws://127.0.0.1:{self.sandbox.port}/{api}/{stage}"


def wscat_talks(chat, packages):
    # Only on a terminal wscat prompts; what it hears it always shows.
    with Terminal([packages.wscat(), "--no-color", "-c", chat.url(chat.good), "-x", MESSAGE, "-w", "2"]) as wscat:
        wscat.shows(r'\{"joined":"developers"\}')


def wscat_is_refused(chat, packages):
    with Terminal([packages.wscat(), "--no-color", "-c", chat.url(chat.bad)]) as wscat:
        wscat.shows("error: Unexpected server response: 500")
        assert wscat.ends() == 255, "a refused wscat ends with 255"


def wscat_finds_no_stage(chat, packages):
    with Terminal([packages.wscat(), "--no-color", "-c", chat.url(chat.good, "nowhere")]) as wscat:
        wscat.shows("error: Unexpected server response: 403")


def websocat_talks(chat, packages):
    with Terminal([packages.websocat(), "-t", chat.url(chat.good)]) as websocat:
        websocat.type(MESSAGE)
        websocat.shows(r'\{"joined":"developers"\}')


def websocat_is_refused(chat, packages):
    with Terminal([packages.websocat(), "-t", chat.url(chat.bad)]) as websocat:
        websocat.shows(r"Received unexpected status code \(500 Internal Server Error\)")
        assert websocat.ends() == 1, "a refused websocat ends with 1"


def curl_sees_the_body(chat, _):
    """What wscat hides: the whole refusal."""
    key = ["-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "-H", "Sec-WebSocket-Version: 13"]
    key += ["-H", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]
    with Terminal(["curl", "-sSi", "--http1.1", *key, chat.url(chat.bad).replace("ws:", "http:")]) as curl:
        curl.ends()
        curl.shows("HTTP/1.1 500 Internal Server Error")
        body = curl.shown.replace("\r", "").split("\n\n", 1)[1]
        request = re.search("x-amz-apigw-id: (.*)", curl.shown, re.IGNORECASE).group(1).strip()
        assert '{"message": "Internal server error", "connectionId":"' in body, body
        assert json.loads(body)["requestId"] == request, (body, request)


def aws_logs_reads(chat, packages):
    group = ["--log-group-name", f"/aws/apigateway/{chat.bad}/prod", "--filter-pattern", '"configuration error"']
    ask = [packages.tool("aws"), "logs", "filter-log-events", *group, "--query", "events[].message", "--output", "text"]
    with Terminal([*ask, "--endpoint-url", chat.sandbox.endpoint]) as aws:
        assert aws.ends() == 0, aws.shown
        aws.shows("Execution failed due to configuration error: statusCode should be an integer")


def aws_logs_tail(chat, _):
    """Version 2 of the command; PyPI has only version 1."""
    tail = ["aws", "logs", "tail", f"/aws/apigateway/{chat.good}/prod", "--follow", "--since", "10m"]
    with Terminal([*tail, "--endpoint-url", chat.sandbox.endpoint]) as aws:
        aws.shows("connected to API")


def boto3_tails_live(chat, packages):
    logs = chat.boto.client("logs", chat.sandbox.endpoint)
    group = f"arn:aws:logs:us-east-1:123456789012:log-group:/aws/apigateway/{chat.good}/prod"
    stream = logs.start_live_tail(logGroupIdentifiers=[group])["responseStream"]
    agent = "Client [UserAgent: followed/1, SourceIp: 127.0.0.1] is connecting to WebSocket API"
    wscat = [packages.wscat(), "-c", chat.url(chat.good), "-x", MESSAGE, "-w", "1", "-H", "User-Agent: followed/1"]
    client, end = None, time.monotonic() + PATIENCE
    for event in stream:
        if "sessionStart" in event:
            client = Terminal(wscat)
        messages = [line["message"] for line in event.get("sessionUpdate", {}).get("sessionResults", [])]
        if any(agent in message for message in messages):
            break
        assert time.monotonic() < end, "the line did not come"
    stream.close()
    with client:
        pass


def awslogs_reads(chat, packages):
    get = [packages.tool("awslogs"), "get", f"/aws/apigateway/{chat.bad}/prod", "ALL", "--no-color", "--start", "10m"]
    with Terminal([*get, "--aws-endpoint-url", chat.sandbox.endpoint]) as awslogs:
        assert awslogs.ends() == 0, awslogs.shown
        awslogs.shows("statusCode should be an integer which defined in request template")


STORIES = [
    wscat_talks,
    wscat_is_refused,
    wscat_finds_no_stage,
    websocat_talks,
    websocat_is_refused,
    curl_sees_the_body,
    aws_logs_reads,
    aws_logs_tail,
    boto3_tails_live,
    awslogs_reads,
]


def missing(story, packages):
    """Why a story can not be told on this machine."""
    name = story.__name__
    if name.startswith("websocat") and not packages.websocat():
        return "websocat is not installed (cargo xtask bench --install)"
    if name.startswith("curl") and not shutil.which("curl"):
        return "curl is not installed"
    if name == "aws_logs_tail":
        version = (
            subprocess.run(["aws", "--version"], capture_output=True, text=True).stdout if shutil.which("aws") else ""
        )
        if not version.startswith("aws-cli/2"):
            return "`aws logs tail` is in version 2 of the command, which is not here"
    return ""


def main():
    program, folder, file = (Path(arg) for arg in sys.argv[1:4])
    packages, out = Packages(folder), {"passed": 0, "failed": [], "notes": []}
    with Sandbox(program) as sandbox:
        chat = Chat(sandbox)
        for story in STORIES:
            lacks = missing(story, packages)
            if lacks:
                out["notes"].append(f"{story.__name__}: left out, {lacks}")
                continue
            try:
                story(chat, packages)
                out["passed"] += 1
            except Exception as why:
                out["failed"].append(f"{story.__name__}: {type(why).__name__}: {str(why)[:400]}")
    file.write_text(json.dumps(out))


if __name__ == "__main__":
    main()
