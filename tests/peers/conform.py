"""Every answer, byte for byte, against botocore's own model of the service.

botocore itself is no judge: it ignores unknown members, accepts nulls, takes 200 for 201 and seconds for a date. Here
each raw answer is walked beside the operation's output shape. `install()` watches every client made after it; as a
pytest plugin (`-p conform --conform-out FILE`) it also keeps which calls a test made and how they ended.
"""

import base64
import binascii
import json
import re
import xml.etree.ElementTree as ElementTree

import botocore.client

FINDINGS = []
CALLS = []
OUTCOMES = {}
CURRENT = {"test": ""}
ISO = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$")
# Members that travel outside of the body.
ELSEWHERE = ("header", "headers", "statusCode", "uri", "querystring")


class Answer:
    """One answer and the operation that it is for."""

    def __init__(self, operation, response, parsed):
        service = operation.service_model
        self.operation = operation
        self.service = service.service_name
        self.protocol = getattr(service, "resolved_protocol", service.protocol)
        self.status = response.status_code
        self.body = response.content
        self.headers = {name.lower(): value for name, value in response.headers.items()}
        error = (parsed or {}).get("Error", {})
        self.code, self.message = error.get("Code", ""), error.get("Message", "")

    def note(self, kind, path="", detail=""):
        found = {"test": CURRENT["test"], "operation": f"{self.service}:{self.operation.name}", "status": self.status}
        FINDINGS.append({**found, "kind": kind, "path": path, "detail": str(detail)[:160]})

    def check(self):
        if self.operation.has_event_stream_output or self.operation.has_streaming_output:
            return
        if self.status >= 300:
            self.check_error()
            return
        want = self.operation.http.get("responseCode")
        shape = self.operation.output_shape
        # Where the status is a member of the answer, the model leaves it to the service.
        stated = shape and any(member.serialization.get("location") == "statusCode" for member in shape.members.values())
        if want and want != self.status and not stated:
            self.note("bad-status", "", f"the model says {want}")
        if shape is None:
            if self.body.strip() and self.protocol == "rest-json":
                self.note("unknown-body", "", self.body[:80])
            return
        payload = shape.serialization.get("payload")
        if payload:
            shape = shape.members[payload]
            if shape.type_name in ("blob", "string"):
                return
        elif self.protocol != "query" and not self.body.strip():
            required = [n for n in shape.required_members if not shape.members[n].serialization.get("location")]
            if required:
                self.note("missing-required", "", f"an empty body for {required}")
            return
        if self.protocol in ("rest-json", "json"):
            try:
                value = json.loads(self.body)
            except ValueError:
                self.note("body-not-parsed", "", self.body[:80])
                return
            self.json(shape, value, self.operation.name)
        else:
            self.check_xml(shape)

    def check_error(self):
        shapes = {s.metadata.get("error", {}).get("code") or s.name: s for s in self.operation.error_shapes}
        if self.protocol == "rest-json" and "x-amzn-errortype" not in self.headers:
            self.note("error-no-type-header", "", self.code)
        if self.code not in shapes:
            self.note("error-code-unmodeled", self.code, self.message)
            return
        want = shapes[self.code].metadata.get("error", {}).get("httpStatusCode")
        if want and want != self.status:
            self.note("error-status-mismatch", self.code, f"the model says {want}")
        if self.protocol in ("rest-json", "json") and self.body:
            try:
                value = json.loads(self.body)
            except ValueError:
                self.note("body-not-parsed", "", self.body[:80])
                return
            known = {wire(name, shape).lower() for name, shape in shapes[self.code].members.items()}
            for name in value:
                if name.lower() not in known | {"message", "__type", "code"}:
                    self.note("error-unknown-member", name, value[name])

    def check_xml(self, shape):
        try:
            root = ElementTree.fromstring(self.body)
        except ElementTree.ParseError as why:
            self.note("body-not-parsed", "", f"{why}: {self.body[:60]}")
            return
        if self.protocol == "query":
            if tag(root) != f"{self.operation.name}Response":
                self.note("bad-root", "", tag(root))
            wrapper = shape.serialization.get("resultWrapper")
            if wrapper:
                inside = [child for child in root if tag(child) == wrapper]
                if not inside:
                    self.note("missing-required", wrapper, "the result's wrapper")
                    return
                root = inside[0]
        self.xml(shape, root, self.operation.name)

    def json(self, shape, value, path):
        if value is None:
            self.note("null-member", path)
            return
        kind = shape.type_name
        wanted = {"structure": dict, "list": list, "map": dict}.get(kind)
        if wanted is None:
            self.scalar(shape, value, path)
        elif getattr(shape, "is_document_type", False):
            return
        elif not isinstance(value, wanted):
            self.note("bad-type", path, f"{kind} wanted, {type(value).__name__} came")
        elif kind == "list":
            for index, element in enumerate(value):
                self.json(shape.member, element, f"{path}[{0 if index == 0 else '*'}]")
        elif kind == "map":
            for element in value.values():
                self.json(shape.value, element, f"{path}{{}}")
        else:
            known = members(shape)
            for name in value:
                if name not in known:
                    self.note("unknown-member", f"{path}.{name}", type(value[name]).__name__)
            for name, (own, member) in known.items():
                if name in value:
                    self.json(member, value[name], f"{path}.{name}")
                elif own in shape.required_members:
                    self.note("missing-required", f"{path}.{name}")

    def scalar(self, shape, value, path):
        kind = shape.type_name
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        whole = isinstance(value, int) and not isinstance(value, bool)
        if kind == "timestamp":
            iso = shape.serialization.get("timestampFormat") == "iso8601"
            if not (isinstance(value, str) and ISO.match(value) if iso else number):
                self.note("bad-timestamp", path, f"{'iso8601' if iso else 'seconds'} wanted, {value!r} came")
        elif kind == "blob":
            try:
                base64.b64decode(value, validate=True)
            except (TypeError, ValueError, binascii.Error):
                self.note("bad-type", path, "not base64")
        elif kind == "string" and isinstance(value, str):
            longest = shape.metadata.get("max")
            if shape.enum and value not in shape.enum:
                self.note("bad-enum", path, value)
            elif longest is not None and len(value) > longest:
                self.note("too-long", path, len(value))
        else:
            fits = {"string": False, "boolean": isinstance(value, bool), "float": number, "double": number}
            if not fits.get(kind, whole):
                self.note("bad-type", path, f"{kind} wanted, {type(value).__name__} {value!r} came")

    def xml(self, shape, element, path):
        kind, text = shape.type_name, (element.text or "").strip()
        if kind == "structure":
            self.xml_structure(shape, element, path)
        elif kind == "list":
            name = shape.member.serialization.get("name", "member")
            for child in element:
                if tag(child) == name:
                    self.xml(shape.member, child, f"{path}[*]")
                else:
                    self.note("unknown-member", f"{path}.{tag(child)}", f"<{name}> wanted")
        elif kind == "string":
            if shape.enum and (element.text or "") not in shape.enum:
                self.note("bad-enum", path, element.text)
        elif kind in ("integer", "long") and not re.fullmatch(r"-?\d+", text):
            self.note("bad-type", path, text)
        elif kind == "boolean" and text not in ("true", "false"):
            self.note("bad-type", path, text)
        elif kind == "timestamp" and not ISO.match(text):
            self.note("bad-timestamp", path, text)

    def xml_structure(self, shape, element, path):
        known, seen = members(shape, xml=True), set()
        for child in element:
            name = tag(child)
            if name in known:
                seen.add(name)
                member = known[name][1]
                flat = member.type_name == "list" and member.serialization.get("flattened")
                self.xml(member.member if flat else member, child, f"{path}.{name}")
            elif name not in ("ResponseMetadata", "requestId", "RequestId"):
                self.note("unknown-member", f"{path}.{name}", (child.text or "").strip()[:60])
        for name, (own, _) in known.items():
            if name not in seen and own in shape.required_members:
                self.note("missing-required", f"{path}.{name}")


def tag(element):
    return element.tag.split("}")[-1]


def wire(name, shape):
    return shape.serialization.get("name", name)


def members(shape, xml=False):
    """The members of a structure that stand in the body, by their names on the wire."""
    known = {}
    for name, member in shape.members.items():
        if member.serialization.get("location") in ELSEWHERE:
            continue
        on_wire = wire(name, member)
        if xml and member.type_name == "list" and member.serialization.get("flattened"):
            on_wire = member.member.serialization.get("name") or on_wire
        known[on_wire] = (name, member)
    return known


def before_call(model, **_):
    """What was asked, for answers that botocore can not read at all."""
    CALLS.append((CURRENT["test"], f"{model.service_model.service_name}:{model.name}", 0, "", ""))


def after_call(http_response, parsed, model, **_):
    answer = Answer(model, http_response, parsed)
    CALLS.append((CURRENT["test"], f"{answer.service}:{model.name}", answer.status, answer.code, answer.message[:80]))
    answer.check()


def install():
    """Watches every client that is made from now on, once."""
    original = botocore.client.BaseClient.__init__
    if getattr(original, "watched", False):
        return

    def init(self, *args, **kwargs):
        original(self, *args, **kwargs)
        self.meta.events.register("before-call", before_call)
        self.meta.events.register("after-call", after_call)

    init.watched = True
    botocore.client.BaseClient.__init__ = init


def keep(file):
    """Writes what was seen, for the judge in `judge.py`."""
    with open(file, "w", encoding="utf-8") as out:
        json.dump({"findings": FINDINGS, "calls": CALLS, "outcomes": OUTCOMES}, out)


def pytest_addoption(parser):
    parser.addoption("--conform-out")


def pytest_configure(config):
    del config
    install()


def pytest_runtest_setup(item):
    CURRENT["test"] = item.nodeid


def pytest_runtest_logreport(report):
    if report.when == "call" or report.outcome != "passed":
        OUTCOMES[report.nodeid] = report.outcome


def pytest_sessionfinish(session):
    if session.config.getoption("--conform-out"):
        keep(session.config.getoption("--conform-out"))
