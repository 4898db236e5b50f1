"""`gatescope sandbox` as a process: started empty on a free port, ended with its owner. Only the standard library."""

import json
import os
import subprocess
import threading
import urllib.request

# The key pair that the sandbox documents: its signatures are verified, and it is worth nothing.
DEMO_KEY = "AKIAGATESCOPEDEMO000"
DEMO_SECRET = "GatescopeDemoSecretThatIsWorthNothing000"


class Sandbox:
    """`with Sandbox(program) as sandbox:` gives its endpoint; what it says on standard error is kept."""

    def __init__(self, program, *args):
        command = [str(program), "sandbox", "--listen", "127.0.0.1:0", "--seed", "empty", *args]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.errors = []
        threading.Thread(target=lambda: self.errors.extend(self.process.stderr), daemon=True).start()
        self.endpoint = ""
        for line in self.process.stdout:
            if line.startswith("ready "):
                self.endpoint = line.split()[1]
                break
        if not self.endpoint:
            self.process.wait()
            raise RuntimeError(f"the sandbox did not start: {''.join(self.errors)}")
        self.port = int(self.endpoint.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def ask(self, method, path, **body):
        """One call of API Gateway's control plane without a client; what it answers."""
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(self.endpoint + path, json.dumps(body).encode(), headers, method=method)
        with opener().open(request, timeout=10) as answer:
            return json.load(answer)

    def text(self, path):
        """A path of the sandbox's own."""
        with opener().open(self.endpoint + path, timeout=10) as answer:
            return answer.read().decode()


def opener():
    """Straight to the port, whatever proxy this machine has."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


def environment(**more):
    """The variables for an AWS client that shall see nothing of this machine's own configuration."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    kept = {name: value for name, value in kept.items() if not name.lower().endswith("_proxy")}
    own = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
        "NO_COLOR": "1",
        "NO_PROXY": "127.0.0.1,localhost",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return {**kept, **own, **more}
