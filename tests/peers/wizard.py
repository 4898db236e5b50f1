"""`gatescope domain` against moto's ACM, Route 53 and API Gateway: an account that somebody else wrote, as far as it goes.

moto has no deployments of version 2, so its stages are given one here, and no DNS that anybody could ask, so the address is
never reached: what can be judged is each write up to there, once, beside what stood before. `wizard.py PROGRAM FOLDER OUT`.
"""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

# Pending certificates are issued after this many seconds.
os.environ["MOTO_ACM_VALIDATION_WAIT"] = "8"

from moto.apigatewayv2.models import Stage
from moto.server import ThreadedMotoServer

from drivers import Boto
from sandbox import environment

# A name that nobody is delegated: whose servers public DNS names has to be the zone's own.
NAME, ZONE, OTHER = "chat.gatescope.test", "gatescope.test", "shop.gatescope.test"
# Of `gatescope domain`: it is not over, running it again goes on.
NOT_OVER = 3
PATIENCE = 120


def deployed(to_json=Stage.to_json):
    """A stage as API Gateway would tell it once something is deployed to it."""
    return lambda stage: {**to_json(stage), "deploymentId": "abc123"}


class Account:
    """What stands there, past Gatescope."""

    def __init__(self, call):
        self.call = call
        made = call("route53", "create_hosted_zone", Name=ZONE, CallerReference="peers")
        self.zone = made["HostedZone"]["Id"].rsplit("/", 1)[1]
        record = {"Name": NAME, "Type": "TXT", "TTL": 60, "ResourceRecords": [{"Value": '"v=spf1 -all"'}]}
        batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
        call("route53", "change_resource_record_sets", HostedZoneId=self.zone, ChangeBatch=batch)
        call("acm", "request_certificate", DomainName=OTHER, ValidationMethod="DNS")
        api = call(
            "apigatewayv2",
            "create_api",
            Name="chat",
            ProtocolType="WEBSOCKET",
            RouteSelectionExpression="$request.body.action",
        )
        self.api = api["ApiId"]
        call("apigatewayv2", "create_stage", ApiId=self.api, StageName="prod")

    def __call__(self):
        """Everything of interest, as sorted words."""
        certificates = self.call("acm", "list_certificates")["CertificateSummaryList"]
        words = [f"certificate {c['DomainName']}" for c in certificates]
        for domain in self.call("apigatewayv2", "get_domain_names")["Items"]:
            own = domain["DomainNameConfigurations"][0]
            words.append(f"domain {domain['DomainName']} {own['EndpointType']} {own['SecurityPolicy']}")
            mappings = self.call("apigatewayv2", "get_api_mappings", DomainName=domain["DomainName"])["Items"]
            words += [f"mapping {m['ApiMappingKey']} {m['ApiId'] == self.api} {m['Stage']}" for m in mappings]
        records = self.call("route53", "list_resource_record_sets", HostedZoneId=self.zone)["ResourceRecordSets"]
        words += [f"record {r['Type']} {r['Name']} {'ALIAS' if 'AliasTarget' in r else ''}".strip() for r in records]
        return sorted(words)


def main(program, out):
    Stage.to_json = deployed()
    # What moto lacks it says with a traceback each time; what matters is in the answers.
    logging.disable(logging.CRITICAL)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    passed, failed = 0, []

    def check(story, holds, what=""):
        nonlocal passed
        if holds:
            passed += 1
        else:
            failed.append(f"{story}: {what}")

    account = Account(Boto(endpoint, "", "").call)
    before = account()

    def gatescope(what, *more):
        command = [program, "domain", what, "--api", account.api, "--stage", "prod", "--name", NAME, "--key", "chat"]
        command += ["--region", "us-east-1", "--endpoint", endpoint, *more]
        ran = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=PATIENCE)
        return ran.returncode, [json.loads(line) for line in ran.stdout.splitlines()], ran.stderr

    code, lines, why = gatescope("plan")
    first = lines and lines[0]["next"].get("making", {}).get("steps", [{}])[0].get("operation")
    check("a plan names the first call", (code, first) == (NOT_OVER, "RequestCertificate"), (code, lines, why))
    check("and writes nothing", account() == before, account())

    did = []
    for run in ["the first", "the second"]:
        code, lines, why = gatescope("apply", "--timeout", "40s" if not did else "10s")
        did.append([line["did"] for line in lines if "did" in line])
        check(f"{run} run ends as one that goes on", code == NOT_OVER, (code, why, lines[-1:]))
    new = [words for words in account() if words not in before]
    check("what stood there stands", all(words in account() for words in before), account())
    kinds = sorted(words.split(" ")[0] for words in new)
    wanted = [f"certificate {NAME}", f"domain {NAME} REGIONAL TLS_1_2", "mapping chat True prod", f"record A {NAME}. ALIAS"]
    check("each is made once, as it was meant", [w for w in wanted if w not in new] == [], new)
    check("and nothing twice", kinds.count("certificate") == 1 and kinds.count("record") <= 2, new)
    check("the first run writes all, the second nothing", (len(did[0]), did[1]) == (len(new), []), did)
    notes = [f"made in one run: {', '.join(did[0])}; what was left: {lines[-1]['next']['kind']}"]
    Path(out).write_text(json.dumps({"passed": passed, "failed": failed, "notes": notes}), encoding="utf-8")
    server.stop()


main(sys.argv[1], sys.argv[3])
