"""`gatescope-host` as a process: the window's calls and streams without the window.

It lies beside the program that is tested. The same table as in the window answers, so what is tried here is what the
screens do.
"""

import json
import os
import subprocess
import threading
import urllib.error
import urllib.request
from pathlib import Path

from websockets.sync.client import connect

from packages import Missing
from sandbox import environment, opener

PATIENCE = 120
SANDBOX = {"account": "sandbox", "region": "us-east-1"}


class Trouble(Exception):
    """The table's own error: a code and a sentence."""

    def __init__(self, error):
        super().__init__(f"{error.get('code')}: {error.get('message')}")
        self.code, self.message = error.get("code"), error.get("message")


class Host:
    """`with Host(program) as host:` gives its calls; the sandbox inside of it has an address, too."""

    def __init__(self, gatescope, *args, **variables):
        program = Path(gatescope).with_name("gatescope-host").with_suffix(Path(gatescope).suffix)
        program = Path(os.environ.get("GATESCOPE_HOST", program))
        if not program.exists():
            raise Missing(f"{program} is not built: cargo build -p gatescope-tests --bin gatescope-host")
        command = [str(program), "--port", "0", "--listen", *args]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(command, env=environment(**variables), **pipes)
        self.errors, self.address, self.sandbox = [], "", ""
        threading.Thread(target=lambda: self.errors.extend(self.process.stderr), daemon=True).start()
        for line in self.process.stdout:
            name, _, value = line.strip().partition(" ")
            if name == "sandbox":
                self.sandbox = value
            elif name == "ready":
                self.address, _, self.token = value.partition("/#token=")
                break
        if not self.address:
            self.process.wait()
            raise RuntimeError(f"the host did not start: {''.join(self.errors)}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def call(self, name, **question):
        headers = {"content-type": "application/json", "x-gatescope-token": self.token}
        asked = urllib.request.Request(f"{self.address}/rpc/{name}", json.dumps(question).encode(), headers)
        try:
            with opener().open(asked, timeout=PATIENCE) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            raise Trouble(json.load(refused)) from None

    def stream(self, name, last=(), **question):
        """All items until its end, or until one of these kinds: an acknowledgement that crosses the end would break it."""
        items = []
        address = f"{self.address.replace('http', 'ws', 1)}/stream/{name}?token={self.token}"
        with connect(address, max_size=None, proxy=None) as socket:
            socket.send(json.dumps(question))
            for text in socket:
                message = json.loads(text)
                if message.get("end"):
                    if message.get("error"):
                        raise Trouble(message["error"])
                    break
                items += message["items"]
                if any(item["kind"] in last for item in message["items"]):
                    break
                socket.send(str(message["batch"]))
        return items

    def apply(self, review, deploy=True):
        """Carries a review out; gives its last item, or raises what AWS said."""
        for item in self.stream("open_apply", ("failed", "finished"), review=review["id"], deploy=deploy):
            if item["kind"] == "failed":
                step = review["steps"][item["step"]]
                raise Trouble({**item["problem"], "message": f"{step['operation']}: {item['problem']['message']}"})
            if item["kind"] == "finished":
                return item
        raise RuntimeError("applying ended without a word")
