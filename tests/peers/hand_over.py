"""What the wizard of custom domains hands over, read by what its readers use: cfn-lint for the templates (every rule that
is not experimental, in the region they are written for), python-hcl2 for Terraform. The texts are those that
`tests/hand_over` holds Gatescope to. `hand_over.py PROGRAM FOLDER OUT`; neither program nor sandbox is needed.
"""

import json
import sys
from pathlib import Path

import hcl2
from cfnlint.api import ManualArgs, lint

TEXTS = Path(__file__).parent.parent / "hand_over"
REGION = "eu-west-1"
# What each text has to make, whatever it takes in from what stood there before.
MAPPING = {"cfn": "AWS::ApiGatewayV2::ApiMapping", "tf": "aws_apigatewayv2_api_mapping"}


def template(text):
    """What is wrong with a template, in cfn-lint's words; or that it makes no mapping."""
    if MAPPING["cfn"] not in text:
        return ["no mapping"]
    return [f"{found.rule.id} {found.message}" for found in lint(text, config=ManualArgs(regions=[REGION]))]


def terraform(text):
    try:
        read = hcl2.loads(text)
    except Exception as why:  # lark's own kinds, all of them a refusal
        return [str(why).splitlines()[0]]
    kinds = {kind.strip('"') for resource in read.get("resource", []) for kind in resource}
    return [] if MAPPING["tf"] in kinds else [f"no mapping among {sorted(kinds)}"]


def main(out):
    passed, failed = 0, []
    readers = [("*.template.yaml", template), ("*.tf", terraform)]
    for file, reader in [(file, reader) for pattern, reader in readers for file in sorted(TEXTS.glob(pattern))]:
        found = reader(file.read_text(encoding="utf-8"))
        passed += not found
        failed += [f"{file.name}: {words}" for words in found]
    # A reader that takes anything proves nothing.
    for reader, broken in [(template, f"Resources:\n  M:\n    Type: {MAPPING['cfn']}\n"), (terraform, 'resource "a" {{\n')]:
        if reader(broken):
            passed += 1
        else:
            failed.append(f"{reader.__name__} takes what is broken")
    if passed < 3:
        failed.append(f"there is nothing to read in {TEXTS}")
    Path(out).write_text(json.dumps({"passed": passed, "failed": failed, "notes": []}), encoding="utf-8")


main(sys.argv[3])
