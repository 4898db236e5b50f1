"""`cargo xtask peers [SUITE…]`: clients and tests that others wrote, against `gatescope sandbox`.

Each suite gets an empty sandbox of its own. What is known to disagree stands in `expected/`, with its reason; anything
else that fails makes this fail. Only the standard library here: `packages.py` installs the rest, and suites that need
it run in that Python (`walk.py`, `clients.py`, moto's tests). Where to look next: `judge.py` (what counts as known).
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

# No folder of compiled Python in the checkout.
sys.dont_write_bytecode = True

import autobahn
from judge import Expected, Row, conform
from packages import Missing, Packages
from sandbox import Sandbox, environment

HERE = Path(__file__).parent
MOTO = ("apigatewayv2", "apigateway", "apigatewaymanagementapi", "logs", "route53", "acm", "sts", "iam", "awslambda")
SUITES = ("moto", "walk", "clients", "replay", "screens", "wizard", "hand_over", "autobahn", "conform")
# A test that waits longer hangs.
PATIENCE = 60


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gatescope", required=True, type=Path, help="the program")
    parser.add_argument("--folder", required=True, type=Path, help="where packages and results go")
    parser.add_argument(
        "suites", nargs="*", metavar="SUITE", help=f"{', '.join(SUITES)}, or one of moto's: {', '.join(MOTO)}"
    )
    args = parser.parse_args()
    suites = [suite for asked in args.suites or SUITES for suite in (MOTO if asked == "moto" else [asked])]
    for suite in suites:
        if suite not in SUITES + MOTO:
            parser.error(f"no suite is called {suite}")
    rows = run(args.gatescope, Packages(args.folder), suites)
    show(rows)
    sys.exit(any(row.failed for row in rows))


def run(gatescope, packages, suites):
    results = packages.folder / "results"
    results.mkdir(parents=True, exist_ok=True)
    for old in results.iterdir():
        old.unlink()
    rows = []
    for suite in sorted(suites, key=lambda suite: suite == "conform"):
        row, begin = Row(suite), time.monotonic()
        rows.append(row)
        try:
            if suite == "conform":
                conform(row, sorted(results.glob("*.seen.json")))
            elif suite == "autobahn":
                autobahn.run(row, gatescope, *packages.get_autobahn(), results)
            elif suite in MOTO:
                moto(row, gatescope, packages, results)
            else:
                script(row, gatescope, packages, results)
        except Missing as why:
            row.left_out = str(why)
        print(f"{suite}: {time.monotonic() - begin:.0f} s", flush=True)
    return rows


def moto(row, gatescope, packages, results):
    """moto's own tests of one service."""
    packages.get_python()
    expected, seen = Expected(row.suite), results / f"{row.suite}.seen.json"
    with Sandbox(gatescope) as sandbox, open(results / f"{row.suite}.log", "w", encoding="utf-8") as log:
        command = [str(packages.python), "-m", "pytest", "-q", f"tests/test_{row.suite}", "--tb=short", "--color=no"]
        command += [
            "-p",
            "no:cacheprovider",
            "-p",
            "conform",
            "-p",
            "peerplug",
            "-m",
            "not requires_docker and not network",
        ]
        command += [
            "--timeout",
            str(PATIENCE),
            "--conform-out",
            str(seen),
            "--reset-url",
            f"{sandbox.endpoint}/_gatescope/reset",
        ]
        command += ["--force-websocket"] if row.suite == "apigatewayv2" else []
        command += ["--valid-trust"] if row.suite != "iam" else []
        for skip in expected.skips:
            command += ["--deselect", skip] if "::" in skip else ["--ignore", skip]
        server = {"TEST_SERVER_MODE": "true", "TEST_SERVER_MODE_ENDPOINT": sandbox.endpoint, "PYTHONPATH": str(HERE)}
        subprocess.run(command, cwd=packages.moto, env=environment(**server), stdout=log, stderr=log)
    if seen.exists():
        expected.judge(row, json.loads(seen.read_text(encoding="utf-8")))
    else:
        row.failed.append(f"pytest did not get to its end: {log.name}")


def script(row, gatescope, packages, results):
    """A suite of ours in the packages' Python; it writes what came out as JSON."""
    packages.get_python()
    packages.get_node()
    out = results / f"{row.suite}.json"
    command = [str(packages.python), str(HERE / f"{row.suite}.py"), str(gatescope), str(packages.folder), str(out)]
    subprocess.run(command, env=environment())
    if out.exists():
        came = json.loads(out.read_text(encoding="utf-8"))
        row.passed, row.failed, row.notes = came["passed"], came["failed"], came["notes"]
    else:
        row.failed.append(f"{row.suite}.py did not get to its end; what it said is above")


def show(rows):
    for row in rows:
        for failure in row.failed:
            print(f"FAILED {row.suite}: {failure}")
        for note in row.notes:
            print(f"note   {row.suite}: {note}")
    print(f"\n{'suite':<26}{'passed':>8}{'AWS differs':>13}{'out of scope':>14}{'failed':>8}")
    for row in rows:
        if row.left_out:
            print(f"{row.suite:<26}  left out: {row.left_out}")
        else:
            known = f"{row.listed['reason']:>13}{row.listed['out of scope']:>14}"
            print(f"{row.suite:<26}{row.passed:>8}{known}{len(row.failed):>8}")
    print(f"\n{sum(row.passed for row in rows)} passed, {sum(len(row.failed) for row in rows)} failed")


main()
