"""The window's calls against moto's server as the control plane: an AWS that somebody else wrote.

A profile with `endpoint_url` leads there, as it would lead a person's. Each story is what a screen does: reads, edits in a
draft, reviews, applies, and reads again. What moto lacks stands in `expected/screens.txt`. `screens.py SANDBOX_PROGRAM FOLDER
OUT`.
"""

import json
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import rich
from drivers import Boto
from host import Host, Trouble
from judge import entries, matches
from packages import Packages
from sandbox import environment, opener

PATIENCE = 60
SCOPE = {"account": "profile:moto", "region": "us-east-1"}


class Moto:
    """`moto_server` as a process on a free port."""

    def __init__(self, packages):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.endpoint = f"http://127.0.0.1:{self.port}"
        command = [packages.tool("moto_server"), "-H", "127.0.0.1", "-p", str(self.port)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, env=environment(), **quiet)

    def __enter__(self):
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with opener().open(f"{self.endpoint}/moto-api/data.json", timeout=5):
                    return self
            except OSError:
                if time.monotonic() > end or self.process.poll() is not None:
                    raise
                time.sleep(0.1)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)


class Window:
    """What a person does at the window, in calls."""

    def __init__(self, host, boto):
        self.host, self.boto = host, boto

    def read(self, api):
        return self.host.call("read_api", scope=SCOPE, apiId=api)["snapshot"]

    def apply(self, api, base, draft, stage=""):
        """Reviews and applies a draft; what AWS would refuse is raised, and so is a step that failed."""
        both = {"base": base, "draft": draft}
        problems = [p for p in self.host.call("describe_draft", **both)["problems"] if p["refused"]]
        assert not problems or not draft["api"], problems
        question = {"scope": SCOPE, "apiId": api, "stage": stage, "draft": both, "title": "", "choices": {}}
        review = self.host.call("preview_draft", **question)
        assert review["steps"] and not review["conflicts"], review
        return self.host.apply(review)

    def edit(self, api, change, stage=""):
        """An edit, and the API as it is afterwards."""
        base = self.read(api)
        draft = json.loads(json.dumps(base))
        change(draft)
        self.apply(api, base, draft, stage)
        return self.read(api)

    def surroundings(self, api, change):
        """The same around an API."""
        base = self.read(api)
        base["surroundings"] = self.host.call("read_surroundings", scope=SCOPE, apiId=api)
        draft = json.loads(json.dumps(base))
        change(draft["surroundings"])
        self.apply(api, base, draft)
        return self.host.call("read_surroundings", scope=SCOPE, apiId=api)

    def api(self, name):
        """An API that boto3 makes: what a screen finds."""
        parameters = {"ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.action"}
        return self.boto.call("apigatewayv2", "create_api", Name=name, **parameters)["ApiId"]


def accounts(w):
    listed = w.host.call("list_accounts")
    (found,) = [a for a in listed["accounts"] if a["id"] == SCOPE["account"]]
    assert found["endpointUrl"] == w.boto.endpoint, found
    assert w.host.call("identify", **SCOPE)["account"] == rich.ACCOUNT


def apis_list(w):
    api = w.api("listed")
    names = {a["apiId"]: a["name"] for a in w.host.call("list_apis", **SCOPE)}
    assert names[api] == "listed", names


def apis_read(w):
    api = w.read(w.api("read"))
    assert api["api"]["name"] == "read" and api["api"]["routeSelectionExpression"] == "$request.body.action", api


def apis_create(w):
    draft = rich.snapshot()
    draft = {**draft, "routes": [], "integrations": [], "models": [], "authorizers": [], "stages": []}
    draft.pop("surroundings")
    draft["api"].pop("version")
    made = w.apply("", {}, draft)["apiId"]
    assert w.read(made)["api"]["description"] == rich.ODD


def apis_settings(w):
    after = w.edit(w.api("before"), lambda d: d["api"].update(name="after", description="it's new"))
    assert after["api"]["name"] == "after" and after["api"]["description"] == "it's new", after["api"]


def apis_delete(w):
    api = w.api("gone")
    base = w.read(api)
    w.apply(api, base, {**base, "api": {}, "routes": [], "integrations": [], "stages": []})
    assert api not in [a["apiId"] for a in w.host.call("list_apis", **SCOPE)]


def only(parts, *keys):
    return [p for p in parts if any(p.get(k) for k in keys)]


def bare(route):
    return {**route, "authorizationType": "NONE", "apiKeyRequired": False, "requestParameters": {}, "responses": []}


def routes_create(w):
    whole = rich.snapshot()

    def change(d):
        d["routes"] = [bare(whole["routes"][1])]
        d["integrations"] = [{**whole["integrations"][0], "integrationId": "new-integration-2", "responses": []}]

    after = w.edit(w.api("routes"), change)
    (route,) = after["routes"]
    assert route["routeKey"] == "$disconnect", route
    assert route["target"] == f"integrations/{after['integrations'][0]['integrationId']}", after


def made(w, name):
    """An API with a route on an HTTP integration."""
    api = w.api(name)
    parameters = {"IntegrationType": "HTTP", "IntegrationUri": "http://a.example.com/", "IntegrationMethod": "POST"}
    integration = w.boto.call("apigatewayv2", "create_integration", ApiId=api, **parameters)["IntegrationId"]
    w.boto.call("apigatewayv2", "create_route", ApiId=api, RouteKey="hello", Target=f"integrations/{integration}")
    return api


def routes_edit(w):
    after = w.edit(made(w, "edited"), lambda d: d["routes"][0].update(routeKey="hi", operationName="Greet"))
    assert after["routes"][0]["routeKey"] == "hi" and after["routes"][0]["operationName"] == "Greet", after["routes"]


def routes_delete(w):
    after = w.edit(made(w, "deleted"), lambda d: d.update(routes=[], integrations=[]))
    assert not after["routes"] and not after["integrations"], after


def routes_responses(w):
    def change(d):
        d["routes"][0]["routeResponseSelectionExpression"] = "$default"
        back = {"routeResponseId": "new-back-1", "routeResponseKey": "$default", "responseModels": {}}
        d["routes"][0]["responses"] = [back]

    after = w.edit(made(w, "two-way"), change)
    assert after["routes"][0]["responses"], after["routes"]


def integrations_create(w):
    def change(d):
        d["integrations"] = [
            {**i, "responses": []} for i in rich.snapshot()["integrations"] if i.get("connectionType") is None
        ]

    after = w.edit(w.api("integrations"), change)
    kinds = sorted(i["integrationType"] for i in after["integrations"])
    assert kinds == ["AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK"], kinds


def integrations_templates(w):
    def change(d):
        d["integrations"][0]["requestTemplates"] = {"$default": rich.TEMPLATE}
        d["integrations"][0]["templateSelectionExpression"] = r"\$default"

    after = w.edit(made(w, "templates"), change)
    assert after["integrations"][0]["requestTemplates"] == {"$default": rich.TEMPLATE}, after["integrations"]


def integrations_responses(w):
    def change(d):
        d["integrations"][0]["responses"] = rich.snapshot()["integrations"][2]["responses"]

    after = w.edit(made(w, "responses"), change)
    keys = sorted(r["integrationResponseKey"] for r in after["integrations"][0]["responses"])
    assert keys == ["$default", r"/2\d\d/"], keys


def models_create(w):
    after = w.edit(w.api("models"), lambda d: d.update(models=rich.snapshot()["models"]))
    assert [m["name"] for m in after["models"]] == ["ChatAppMessage"], after["models"]


def authorizers_create(w):
    after = w.edit(w.api("authorizers"), lambda d: d.update(authorizers=rich.snapshot()["authorizers"]))
    assert [a["name"] for a in after["authorizers"]] == ["gate"], after["authorizers"]


STAGE = {"stageName": "prod", "defaultRouteSettings": {}, "routeSettings": {}, "stageVariables": {"a": "b"}, "tags": {}}


def stages_create(w):
    after = w.edit(w.api("stages"), lambda d: d.update(stages=[STAGE]))
    assert after["stages"][0]["stageVariables"] == {"a": "b"}, after["stages"]


def stages_edit(w):
    api = w.api("stage")
    w.boto.call("apigatewayv2", "create_stage", ApiId=api, StageName="prod")
    after = w.edit(api, lambda d: d["stages"][0].update(stageVariables={"region": "us-east-1"}))
    assert after["stages"][0]["stageVariables"] == {"region": "us-east-1"}, after["stages"]


def stages_delete(w):
    api = w.api("stage gone")
    w.boto.call("apigatewayv2", "create_stage", ApiId=api, StageName="prod")
    assert not w.edit(api, lambda d: d.update(stages=[]))["stages"]


def deployments_create(w):
    api = made(w, "deployed")
    w.boto.call("apigatewayv2", "create_stage", ApiId=api, StageName="prod")
    after = w.edit(api, lambda d: d["routes"][0].update(operationName="Greet"), stage="prod")
    assert after["deployments"], after


def access_keys(w):
    keys = rich.surroundings()["apiKeys"]
    after = w.surroundings(w.api("keys"), lambda s: s["apiKeys"].extend(keys))
    (key,) = [k for k in after["apiKeys"] if k["name"] == "it's a key"]
    assert "value" not in key, "a key's value is not read with it"
    value = w.host.call("reveal_api_key", scope=SCOPE, id=key["id"])["value"]
    assert value == w.boto.call("apigateway", "get_api_key", apiKey=key["id"], includeValue=True)["value"]


def access_plans(w):
    plan = {**rich.surroundings()["usagePlans"][0], "apiStages": [], "keys": []}
    after = w.surroundings(w.api("plans"), lambda s: s["usagePlans"].append(plan))
    (made,) = [p for p in after["usagePlans"] if p["name"] == "small plan"]
    assert made["quota"]["limit"] == 500 and made["throttle"]["burstLimit"] == 10, made


def links_create(w):
    after = w.surroundings(w.api("links"), lambda s: s["vpcLinks"].extend(rich.surroundings()["vpcLinks"]))
    assert [k["name"] for k in after["vpcLinks"]] == ["back end"], after["vpcLinks"]


def undo(w):
    api = made(w, "undone")
    before = w.read(api)
    w.edit(api, lambda d: d["integrations"][0].update(timeoutInMillis=1234))
    (past,) = [c for c in w.host.call("list_changes", scope=SCOPE, apiId=api) if c["state"] == "done"]
    w.host.apply(w.host.call("preview_undo", id=past["id"], stage="", choices={}))
    assert w.read(api)["integrations"] == before["integrations"]


def conflict(w):
    api = made(w, "meanwhile")
    base = w.read(api)
    draft = json.loads(json.dumps(base))
    draft["integrations"][0]["timeoutInMillis"] = 1000
    of = {"ApiId": api, "IntegrationId": base["integrations"][0]["integrationId"]}
    w.boto.call("apigatewayv2", "update_integration", TimeoutInMillis=2000, **of)
    both = {"base": base, "draft": draft}
    question = {"scope": SCOPE, "apiId": api, "stage": "", "draft": both, "title": "", "choices": {}}
    (found,) = w.host.call("preview_draft", **question)["conflicts"]
    assert (found["mine"], found["theirs"]) == ("1000", "2000"), found


def locked(w):
    api = made(w, "locked")
    w.host.call("set_lock", account=SCOPE["account"], locked=True)
    try:
        w.edit(api, lambda d: d["routes"][0].update(routeKey="no"))
    except Trouble as why:
        assert why.code == "locked", why
    else:
        raise AssertionError("it was written")
    finally:
        w.host.call("set_lock", account=SCOPE["account"], locked=False)
    assert w.read(api)["routes"][0]["routeKey"] == "hello"


def policy(w):
    wrote = w.host.call("write_policy", **SCOPE)
    assert json.loads(wrote["policy"])["Version"] == "2012-10-17" and wrote["calls"] > 0, wrote


STORIES = [
    *(accounts, apis_list, apis_read, apis_create, apis_settings, apis_delete),
    *(routes_create, routes_edit, routes_delete, routes_responses),
    *(integrations_create, integrations_templates, integrations_responses),
    *(models_create, authorizers_create, stages_create, stages_edit, stages_delete, deployments_create),
    *(access_keys, access_plans, links_create, undo, conflict, locked, policy),
]


def main():
    program, folder, file = (Path(arg) for arg in sys.argv[1:4])
    packages, out = Packages(folder), {"passed": 0, "failed": [], "notes": []}
    known = {words[0]: kind for words, kind in entries(Path(__file__).parent / "expected" / "screens.txt")}
    with tempfile.TemporaryDirectory() as place, Moto(packages) as moto:
        config, credentials = Path(place) / "config", Path(place) / "credentials"
        config.write_text(f"[profile moto]\nregion = us-east-1\nendpoint_url = {moto.endpoint}\n")
        credentials.write_text("[moto]\naws_access_key_id = AKIAMOTO000000000000\naws_secret_access_key = none\n")
        own = {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": str(credentials)}
        own |= {"AWS_PROFILE": "moto", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
        with Host(program, "--seed", "empty", **own) as host:
            window = Window(host, Boto(moto.endpoint, None, None))
            for story in STORIES:
                tell(story, window, known, out)
    file.write_text(json.dumps(out), encoding="utf-8")


def tell(story, window, known, out):
    name = story.__name__
    listed = any(matches(pattern, name) for pattern in known)
    try:
        story(window)
    except Exception as why:
        said = f"{name}: {type(why).__name__}: {str(why)[:500]}"
        out["notes" if listed else "failed"].append(f"moto lacks it: {said}" if listed else said)
    else:
        out["passed"] += 1
        if listed:
            out["failed"].append(f"{name} works: take it off the list")


if __name__ == "__main__":
    main()
