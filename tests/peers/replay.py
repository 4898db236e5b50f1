"""The `aws` commands that a review copies, run by the `aws` command: they do what Gatescope does.

A rich API is made by Gatescope in one sandbox, and by the review's script in another, empty one; read with boto3 and
with ids put aside, the two are the same. Then edits of each kind: the script is run behind Gatescope's back, and Gatescope
finds nothing left to do. `replay.py SANDBOX_PROGRAM FOLDER OUT`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import rich
from drivers import Boto, log_role
from host import SANDBOX, Host
from packages import Missing, Packages
from sandbox import Sandbox, environment

PATIENCE = 300


def run(script, endpoint, packages, folder):
    """A review's script in bash, with the `aws` command of the packages and nothing of this machine's."""
    bash = shutil.which("bash")
    if bash is None:
        raise Missing("there is no bash here")
    file = Path(folder) / "replay.sh"
    file.write_text(script, encoding="utf-8")
    path = os.pathsep.join([str(packages.python.parent), os.environ["PATH"]])
    own = environment(AWS_ENDPOINT_URL=endpoint, PATH=path, AWS_MAX_ATTEMPTS="1")
    done = subprocess.run(
        [bash, str(file)], env=own, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE
    )
    if done.returncode != 0:
        raise AssertionError(f"the script ends with {done.returncode}: {done.stderr.strip()[-600:]}")


def around(call):
    """What the API needs of its account: the role by which the gateway writes logs, and one that integrations take on."""
    log_role(call)
    trust = {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    call("iam", "create_role", RoleName="chat", AssumeRolePolicyDocument=document)


class World:
    """Everything of one API as boto3 sees it, without the names that AWS made up."""

    def __init__(self, call, name):
        self.call = call
        api = next(a for a in self.all("get_apis") if a["Name"] == name)
        self.id = api["ApiId"]
        self.names = {self.id: "{api}"}
        integrations = self.all("get_integrations", ApiId=self.id)
        routes = self.all("get_routes", ApiId=self.id)
        authorizers = self.all("get_authorizers", ApiId=self.id)
        stages = self.all("get_stages", ApiId=self.id)
        self.names |= {a["AuthorizerId"]: f"{{authorizer {a['Name']}}}" for a in authorizers}
        for r in routes:
            if "Target" in r:
                self.names[r["Target"].split("/")[-1]] = f"{{integration of {r['RouteKey']}}}"
        self.whole = {
            "api": self.plain(api, "CreatedDate"),
            "routes": {r["RouteKey"]: self.route(r) for r in routes},
            "integrations": sorted((self.integration(i) for i in integrations), key=json.dumps),
            "models": {m["Name"]: self.plain(m, "ModelId") for m in self.all("get_models", ApiId=self.id)},
            "authorizers": {a["Name"]: self.plain(a) for a in authorizers},
            "stages": {s["StageName"]: self.stage(s) for s in stages},
            "account": self.account(),
        }

    def all(self, operation, **more):
        return self.call("apigatewayv2", operation, MaxResults="500", **more)["Items"]

    def plain(self, thing, *left_out):
        text = json.dumps({k: v for k, v in thing.items() if k not in left_out}, default=str, sort_keys=True)
        for made, name in self.names.items():
            text = text.replace(made, name)
        return json.loads(text)

    def route(self, r):
        answers = self.all("get_route_responses", ApiId=self.id, RouteId=r["RouteId"])
        return {**self.plain(r, "RouteId"), "answers": [self.plain(a, "RouteResponseId") for a in answers]}

    def integration(self, i):
        answers = self.all("get_integration_responses", ApiId=self.id, IntegrationId=i["IntegrationId"])
        plain = sorted((self.plain(a, "IntegrationResponseId") for a in answers), key=json.dumps)
        return {**self.plain(i), "answers": plain}

    def account(self):
        """Keys, plans, links, certificates and log groups; all of the account's are this API's."""

        def v1(operation, **more):
            return self.call("apigateway", operation, **more).get("items", [])

        keys, plans, links = v1("get_api_keys"), v1("get_usage_plans"), v1("get_vpc_links")
        self.names |= {thing["id"]: f"{{{thing['name']}}}" for thing in [*keys, *plans, *links]}
        times = ("createdDate", "lastUpdatedDate", "expirationDate", "pemEncodedCertificate", "clientCertificateId")
        members = {p["name"]: [k["name"] for k in v1("get_usage_plan_keys", usagePlanId=p["id"])] for p in plans}
        groups = self.call("logs", "describe_log_groups")["logGroups"]
        return {
            "keys": [self.plain(k, *times) for k in keys],
            "plans": [{**self.plain(p), "members": members[p["name"]]} for p in plans],
            "links": [self.plain(link, "status", "statusMessage") for link in links],
            "certificates": [self.plain(c, *times) for c in v1("get_client_certificates")],
            "groups": {g["logGroupName"]: g.get("retentionInDays") for g in groups},
        }

    def stage(self, s):
        deployed = "DeploymentId" in s
        made = ("CreatedDate", "LastUpdatedDate", "DeploymentId", "LastDeploymentStatusMessage", "ClientCertificateId")
        plain = self.plain(s, *made)
        return {**plain, "deployed": deployed, "certificate": "ClientCertificateId" in s}


def same(left, right, at=""):
    """Where two trees differ, in words."""
    if isinstance(left, dict) and isinstance(right, dict):
        keys = sorted({*left, *right})
        return [d for k in keys for d in same(left.get(k, "–"), right.get(k, "–"), f"{at}/{k}")]
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        return [d for i, (a, b) in enumerate(zip(left, right, strict=True)) for d in same(a, b, f"{at}/{i}")]
    return [] if left == right else [f"{at}: {left!r:.120} by Gatescope, {right!r:.120} by aws"]


def rebuilt(host, program, packages, folder):
    """The script of a new API, in an empty sandbox, makes the same API."""
    boto = Boto(host.sandbox, None, None)
    around(boto.call)
    draft = {"base": {"surroundings": {}}, "draft": rich.snapshot()}
    review = host.call("preview_draft", scope=SANDBOX, apiId="", stage="prod", draft=draft, title="", choices={})
    assert not review["conflicts"], review["conflicts"]
    host.apply(review)
    ours = World(boto.call, "rich").whole
    with Sandbox(program) as empty:
        other = Boto(empty.endpoint, None, None)
        around(other.call)
        run(review["script"], empty.endpoint, packages, folder)
        theirs = World(other.call, "rich").whole
    differences = same(ours, theirs)
    assert not differences, "; ".join(differences)
    commands = re.findall(r"(?:^|=\$\()aws ", review["script"], re.MULTILINE)
    return f"{len(review['steps'])} steps, {len(commands)} commands"


def edit(host, change):
    """An edit of the API that stands, as a review."""
    apis = host.call("list_apis", **SANDBOX)
    api = next(a["apiId"] for a in apis if a["name"] == "rich")
    base = host.call("read_api", scope=SANDBOX, apiId=api)["snapshot"]
    draft = json.loads(json.dumps(base))
    change(draft)
    question = {"scope": SANDBOX, "apiId": api, "stage": "", "title": "", "choices": {}}
    return question, {"base": base, "draft": draft}


def by(items, name, value):
    return next(i for i in items if i[name] == value)


def templates(draft):
    target = by(draft["routes"], "routeKey", "$default")["target"].split("/")[1]
    integration = by(draft["integrations"], "integrationId", target)
    integration["requestTemplates"] = {"$default": rich.ODD, "x": "http://looks.like/a/url"}
    integration["integrationUri"] = "http://elsewhere.example.com/"
    integration["responses"][0]["responseTemplates"] = {"$default": "file://not-a-file"}


def settings(draft):
    stage = by(draft["stages"], "stageName", "prod")
    stage["stageVariables"] = {"region": "eu-central-1", "url": "https://x.example.com"}
    stage["routeSettings"] = {"sendmessage": {"throttlingRateLimit": 1.5, "throttlingBurstLimit": 3}}
    stage["tags"] = {"env": "test", "it": "s"}
    stage.pop("accessLogSettings", None)
    draft["api"]["description"] = "-starts with a dash"
    draft["api"]["disableExecuteApiEndpoint"] = True


def removed(draft):
    gone = by(draft["routes"], "routeKey", "away")
    draft["routes"].remove(gone)
    draft["integrations"] = [i for i in draft["integrations"] if i["integrationId"] != gone["target"].split("/")[1]]
    draft["stages"] = [s for s in draft["stages"] if s["stageName"] != "dev"]


def fewer(draft):
    connect = by(draft["routes"], "routeKey", "$connect")
    connect.update(authorizationType="NONE", apiKeyRequired=False, requestParameters={})
    connect.pop("authorizerId", None)
    connect.pop("operationName", None)
    draft["authorizers"] = []
    message = by(draft["routes"], "routeKey", "sendmessage")
    message["requestModels"] = {}
    message.pop("modelSelectionExpression", None)
    draft["models"] = []


def behind(change):
    """The script of an edit, run behind Gatescope's back, leaves Gatescope nothing to do."""

    def story(host, _program, packages, folder):
        question, draft = edit(host, change)
        review = host.call("preview_draft", draft=draft, **question)
        assert review["steps"], "the edit changes nothing"
        run(review["script"], host.sandbox, packages, folder)
        left = host.call("preview_draft", draft=draft, **question)
        steps = [f"{s['operation']} {s['target']}" for s in left["steps"]]
        said = [f"{line['sign']} {line['of']} {line['field']} {line['value']}" for line in left["diff"]]
        assert not left["conflicts"], left["conflicts"]
        assert not steps, f"left to do: {', '.join(steps)}: {'; '.join(said)}"
        return f"{len(review['steps'])} steps"

    story.__name__ = f"edit_{change.__name__}"
    return story


STORIES = [rebuilt, behind(templates), behind(settings), behind(fewer), behind(removed)]


def main():
    program, folder, file = (Path(arg) for arg in sys.argv[1:4])
    packages, out = Packages(folder), {"passed": 0, "failed": [], "notes": []}
    with Host(program, "--seed", "empty") as host:
        for story in STORIES:
            try:
                out["notes"].append(f"{story.__name__}: {story(host, program, packages, folder)}")
                out["passed"] += 1
            except Exception as why:
                out["failed"].append(f"{story.__name__}: {type(why).__name__}: {str(why)[:2000]}")
    file.write_text(json.dumps(out), encoding="utf-8")


if __name__ == "__main__":
    main()
