"""The walkthrough of the tutorials, step by step, by boto3 and again by the `aws` command, with a WebSocket client
beside it.

Each step does what the tutorial does and looks at what AWS would show: a status, a frame, a line of the execution log,
a request at the backend. `walk.py SANDBOX_PROGRAM FOLDER OUT [CLIENT…]`; the steps are the table at the end of
`steps.py`.
"""

import json
import socket
import ssl
import sys
import time
import traceback
from pathlib import Path

import websockets.exceptions
from websockets.sync.client import connect

import conform
from backend import Backend, resolver
from drivers import Boto, Command
from sandbox import Sandbox
from steps import STEPS

GROUP = "/aws/apigateway/{}/prod"
# What AWS needs 20 s for; the sandbox has no delay unless it is asked for one.
PATIENCE = 10


class Wrong(Exception):
    """What was seen is not what AWS shows."""


class Handshake:
    """A refusal: status, body and headers as the client got them."""

    def __init__(self, response):
        self.status, self.body = response.status_code, (response.body or b"").decode()
        self.headers = response.headers


class Walk:
    """One walk: the client, the sandbox, the backend, and what the steps made so far."""

    def __init__(self, driver, sandbox, backend, bundle):
        self.driver, self.sandbox, self.backend, self.bundle = driver, sandbox, backend, bundle
        self.call = driver.call
        self.api = ""
        self.routes, self.integrations = {}, {}
        self.events = set()
        backend.push = self.push

    def gateway(self, operation, **parameters):
        """A call of apigatewayv2 on the walk's API."""
        return self.call("apigatewayv2", operation, ApiId=self.api, **parameters)

    def deploy(self):
        self.gateway("create_deployment", StageName="prod")

    def integration(self, route, **changes):
        self.gateway("update_integration", IntegrationId=self.integrations[route], **changes)

    def route(self, key, **changes):
        self.gateway("update_route", RouteId=self.routes[key], **changes)

    def open(self, address=None, **headers):
        """A WebSocket connection to the stage, or to an address by its own name and TLS."""
        near = socket.create_connection(("127.0.0.1", self.sandbox.port))
        secure = ssl.create_default_context(cafile=str(self.bundle)) if address else None
        url = address or f"ws://127.0.0.1:{self.sandbox.port}/{self.api}/prod"
        return connect(url, sock=near, ssl=secure, proxy=None, additional_headers=headers, compression=None)

    def refused(self, address=None, **headers):
        """A handshake that must be refused."""
        try:
            self.open(address, **headers).close()
        except websockets.exceptions.InvalidStatus as why:
            return Handshake(why.response)
        raise Wrong("the handshake was accepted")

    def push(self, address, connection, text):
        """A backend's callback, signed by the demo key."""
        if address.startswith("https://127.0.0.1:"):
            # Without a name there is no TLS either.
            address = address.replace("https:", "http:", 1)
        self.call("apigatewaymanagementapi", "post_to_connection", at=address, ConnectionId=connection, Data=text)

    def lines(self):
        """The lines that came since the last time."""
        found = self.call("logs", "filter_log_events", logGroupName=GROUP.format(self.api)).get("events", [])
        new = [event for event in found if event["eventId"] not in self.events]
        self.events.update(event["eventId"] for event in new)
        return [event["message"] for event in new]

    def logged(self, *texts):
        """Waits for log lines that hold these texts; gives all that came meanwhile."""
        came, end = [], time.monotonic() + PATIENCE
        while True:
            came += self.lines()
            missing = [text for text in texts if not any(text in line for line in came)]
            if not missing:
                return came
            if time.monotonic() > end:
                raise Wrong(f"no log line holds {missing[0]!r}; there were {came[-3:]}")
            time.sleep(0.05)

    def received(self, name):
        """The next request of this name at the backend."""

        def take():
            for seen in self.backend.seen:
                if seen.path.split("?")[0] == f"/{name}":
                    self.backend.seen.remove(seen)
                    return seen
            return None

        return self.eventually(take, f"request /{name}")

    def eventually(self, ask, what):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            got = ask()
            if got:
                return got
            time.sleep(0.02)
        raise Wrong(
            f"in {PATIENCE} s there was no {what}; at the backend: {[(s.method, s.path) for s in self.backend.seen]}"
        )

    def same(self, what, got, wanted):
        if got != wanted:
            raise Wrong(f"{what} is {got!r}, AWS shows {wanted!r}")

    def holds(self, what, got, part):
        if part not in got:
            raise Wrong(f"{what} is {got!r}, AWS shows {part!r} in it")


def walk(name, program, folder, out):
    """All steps by one client; a step that fails does not keep the next from being tried."""
    backend = Backend()
    authorizer = f"{backend.url}/2015-03-31/functions/chat-authorizer/invocations"
    with Sandbox(program, "--function", f"chat-authorizer={authorizer}") as sandbox:
        bundle = folder / f"ca-{name}.pem"
        try:
            bundle.write_text(sandbox.text("/_gatescope/ca.pem"))
        except OSError as why:
            out["notes"].append(f"no certificate authority: {why}")
        names = resolver(sandbox.port)
        clients = {
            "boto3": lambda: Boto(sandbox.endpoint, names, bundle),
            "aws": lambda: Command(str(Path(sys.executable).with_name("aws")), sandbox.endpoint, names, bundle),
        }
        going = Walk(clients[name](), sandbox, backend, bundle)
        done = 0
        for number, (title, step) in enumerate(STEPS, 1):
            conform.CURRENT["test"] = f"walk step {number}"
            try:
                backend.seen.clear()
                step(going)
                done += 1
            except Exception as why:
                where = traceback.extract_tb(why.__traceback__)
                line = next((at.lineno for at in reversed(where) if at.filename.endswith("steps.py")), 0)
                out["failed"].append(
                    f"{name}, step {number} ({title}), steps.py:{line}: {type(why).__name__}: {str(why)[:300]}"
                )
        out["passed"] += done
        out["notes"].append(f"{name}: {done} of {len(STEPS)} steps")


def main():
    program, folder, file = (Path(arg) for arg in sys.argv[1:4])
    out = {"passed": 0, "failed": [], "notes": []}
    conform.install()
    for name in sys.argv[4:] or ("boto3", "aws"):
        walk(name, program, folder, out)
    conform.keep(file.with_suffix(".seen.json"))
    file.write_text(json.dumps(out))


if __name__ == "__main__":
    main()
