"""Which disagreements are known: the lists of expected failures, and the allow-list of answers that leave the model.

A line of `expected/SUITE.txt` is a test's id (`*` stands for anything) or `operation SERVICE:NAME`, then ` # reason: `
and the fact of AWS that makes the test wrong, or ` # out of scope: ` and what is not there; `skip` before an id leaves
the test out. A list is held to: a listed test that passes, or a listed operation that is answered now, is reported like
a failure.
"""

import json
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path

HERE = Path(__file__).parent
# What the sandbox is; a test that needs another service is out of its scope.
SERVICES = "apigateway apigatewayv2 apigatewaymanagementapi logs route53 acm sts iam lambda dynamodb sqs".split()
# How the sandbox says that something is not there.
NOT_HERE = ("Could not find operation", "This sandbox has WebSocket APIs only", "not offered by this sandbox")
REASONS = ("reason: ", "out of scope: ")


class Row:
    """A line of the table."""

    def __init__(self, suite):
        self.suite = suite
        self.passed = 0
        self.listed = Counter()
        self.failed = []
        self.left_out = ""
        self.notes = []


def entries(file):
    """The lines of a list: words, and the reason."""
    if not file.exists():
        return []
    out = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        text, _, reason = line.partition(" # ")
        if not line.strip() or line.startswith("#"):
            continue
        if not reason.startswith(REASONS) or reason.strip() in [r.strip() for r in REASONS]:
            raise SystemExit(f"{file.name}:{number}: a listed disagreement needs its reason")
        out.append((text.split(), reason.split(":")[0]))
    return out


def matches(pattern, text):
    # Square brackets are part of a test's id.
    return fnmatchcase(text, pattern.replace("[", "[[]"))


class Expected:
    """The list of one suite."""

    def __init__(self, suite):
        lines = entries(HERE / "expected" / f"{suite}.txt")
        self.skips = [words[1] for words, _ in lines if words[0] == "skip"]
        self.operations = {words[1]: kind for words, kind in lines if words[0] == "operation"}
        self.tests = {words[0]: kind for words, kind in lines if len(words) == 1}

    def judge(self, row, seen):
        """Counts each outcome of `seen`, what `conform.keep` wrote."""
        refused = {}
        for test, operation, _, code, message in seen["calls"]:
            if not_there(operation, code, message):
                refused.setdefault(test, set()).add(operation)
        used = set()
        for test, outcome in seen["outcomes"].items():
            patterns = [pattern for pattern in self.tests if matches(pattern, test)]
            operations = {name for name in refused.get(test, ()) if name in self.operations or elsewhere(name)}
            if outcome == "passed" and test in patterns:
                row.failed.append(f"{test} passes: take it off the list")
            elif outcome == "passed":
                row.passed += 1
            elif outcome == "failed" and patterns:
                row.listed[self.tests[patterns[0]]] += 1
                used.update(patterns)
            elif outcome == "failed" and operations:
                row.listed["out of scope"] += 1
            elif outcome == "failed":
                lacks = ", ".join(sorted(refused.get(test, ())))
                row.failed.append(f"{test}{f' (not there: {lacks})' if lacks else ''}")
        everything = set().union(*refused.values()) if refused else set()
        row.failed += [
            f"operation {name} is answered: take it off the list" for name in self.operations.keys() - everything
        ]
        gone = [pattern for pattern in self.tests if pattern not in used and pattern not in seen["outcomes"]]
        row.failed += [f"{pattern} is listed, but no such test failed: take it off the list" for pattern in gone]


def elsewhere(operation):
    return operation.split(":")[0] not in SERVICES


def not_there(operation, code, message):
    """Whether an answer says that the sandbox has no such operation."""
    unknown = code == "UnknownOperationException" or any(sentence in message for sentence in NOT_HERE)
    return unknown or elsewhere(operation)


def conform(row, files):
    """All answers of the other suites against botocore's models."""
    allowed = [words for words, _ in entries(HERE / "expected" / "conform.txt")]
    used, checked, found = set(), set(), {}
    for file in files:
        seen = json.loads(Path(file).read_text(encoding="utf-8"))
        checked.update(call[1] for call in seen["calls"] if call[2] and not not_there(call[1], *call[3:]))
        for finding in seen["findings"]:
            if elsewhere(finding["operation"]):
                continue
            what = (finding["kind"], finding["operation"], finding["path"] or "-")
            known = [words for words in allowed if all(map(matches, words, what))]
            used.update(map(tuple, known))
            if known:
                row.listed["reason"] += 1
            else:
                found.setdefault(what, finding)
    for (kind, operation, path), finding in sorted(found.items()):
        row.failed.append(
            f"{kind} {operation} {path}: {finding['detail']} (status {finding['status']}, {finding['test']})"
        )
    row.passed = len(checked - {what[1] for what in found})
    row.notes.append(f"{len(checked)} operations were answered; those without a finding are counted as passed")
