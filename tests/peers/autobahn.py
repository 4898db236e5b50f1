"""Autobahn's test suite (RFC 6455, case by case) on an echo route of the sandbox. Only the standard library.

The route is two-way and MOCK, and says back what it was sent. Left out: 9 (speed), 12 and 13 (compression, which API
Gateway does not offer) and 1.2 (binary messages, which it closes with 1003). What AWS's limits make different is in the
list.
"""

import json
import os
import subprocess

from judge import Expected, matches
from sandbox import Sandbox

CASES = ["1.1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*"]
FINE = ("OK", "NON-STRICT", "INFORMATIONAL")
# Base64 on the way through: the message may be any text.
ASK = '{"statusCode": 200, "said": "$util.base64Encode($input.body)"}'
ANSWER = "$util.base64Decode($input.path('$.said'))"


def echo_api(sandbox):
    """A WebSocket API whose `$default` route says back what it is sent; gives its address."""
    made = sandbox.ask(
        "POST", "/v2/apis", name="echo", protocolType="WEBSOCKET", routeSelectionExpression="$request.body.action"
    )
    base = f"/v2/apis/{made['apiId']}"
    mock = {
        "integrationType": "MOCK",
        "templateSelectionExpression": "\\$default",
        "requestTemplates": {"$default": ASK},
    }
    integration = sandbox.ask("POST", f"{base}/integrations", **mock)["integrationId"]
    response = {"templateSelectionExpression": "\\$default", "responseTemplates": {"$default": ANSWER}}
    path = f"{base}/integrations/{integration}/integrationresponses"
    sandbox.ask("POST", path, integrationResponseKey="$default", **response)
    target = {"target": f"integrations/{integration}", "routeResponseSelectionExpression": "$default"}
    route = sandbox.ask("POST", f"{base}/routes", routeKey="$default", **target)["routeId"]
    sandbox.ask("POST", f"{base}/routes/{route}/routeresponses", routeResponseKey="$default")
    sandbox.ask("POST", f"{base}/stages", stageName="prod")
    sandbox.ask("POST", f"{base}/deployments", stageName="prod")
    return f"ws://127.0.0.1:{sandbox.port}/{made['apiId']}/prod"


def run(row, gatescope, python, packages, results):
    spec, reports = results / "autobahn.json", results.parent / "autobahn-reports"
    with Sandbox(gatescope) as sandbox, open(results / "autobahn.log", "w", encoding="utf-8") as log:
        servers = [{"agent": "gatescope", "url": echo_api(sandbox)}]
        wanted = {
            "outdir": str(reports),
            "servers": servers,
            "cases": CASES,
            "exclude-cases": [],
            "exclude-agent-cases": {},
        }
        spec.write_text(json.dumps(wanted))
        command = [python, str(packages / "bin" / "wstest"), "-m", "fuzzingclient", "-s", str(spec)]
        subprocess.run(command, env={**os.environ, "PYTHONUSERBASE": str(packages)}, stdout=log, stderr=log)
    index = reports / "index.json"
    if not index.exists():
        row.failed.append(f"it did not get to its end: {log.name}")
        return
    expected = Expected("autobahn").tests
    for case, came in json.loads(index.read_text())["gatescope"].items():
        behaviour, close = came["behavior"], came["behaviorClose"]
        known = [pattern for pattern in expected if matches(pattern, case)]
        fine = behaviour in FINE and close in FINE
        if fine and case in known:
            row.failed.append(f"{case} passes: take it off the list")
        elif fine:
            row.passed += 1
        elif known:
            row.listed[expected[known[0]]] += 1
        else:
            row.failed.append(f"{case}: {behaviour}, close {close}")
    index.unlink()
