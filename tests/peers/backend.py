"""What stands behind the gateway in the walkthrough: a chat backend, a Lambda authorizer, and a proxy that resolves
names.

The backend remembers each request. A name of AWS's or of the walkthrough's domain leads to the sandbox's port through a
CONNECT proxy, as DNS would do it: clients keep their host names, TLS and signatures.
"""

import json
import select
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = "secret-token"


class Seen:
    """A request as the backend got it; header names in lower case."""

    def __init__(self, method, path, headers, body):
        self.method, self.path, self.body = method, path, body
        self.headers = {name.lower(): value for name, value in headers.items()}


class Backend:
    """HTTP on loopback: stores ids, pushes to callers, and answers Lambda's Invoke API for the authorizer."""

    def __init__(self):
        self.seen = []
        self.connected = set()
        self.pushes = []
        # Set by the walk: how to push, and the address that is made of the domain's name and the stage.
        self.push = lambda address, connection, text: None
        self.callback = "https://{domain}/{stage}".format
        backend = self

        class Answer(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                length = int(self.headers.get("content-length") or 0)
                body = self.rfile.read(length).decode()
                if self.path.endswith("/invocations"):
                    out = authorize(json.loads(body))
                else:
                    seen = Seen(self.command, self.path, self.headers, body)
                    backend.seen.append(seen)
                    backend.take(seen)
                    out = {"seen": True}
                data = json.dumps(out).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_DELETE = do_PUT = answer

            def log_message(self, *_):
                pass

        self.server = serve(Answer)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def take(self, seen):
        connection = seen.headers.get("connectionid", "")
        if seen.path == "/connect" and seen.method == "POST":
            self.connected.add(connection)
        elif seen.path == "/disconnect" and seen.method == "DELETE":
            self.connected.discard(connection)
        elif seen.path == "/sendmessage" and "domainname" in seen.headers:
            address = self.callback(domain=seen.headers["domainname"], stage=seen.headers["stage"])
            try:
                self.push(address, connection, "hello!!!!")
                self.pushes.append((address, None))
            except Exception as why:  # The walk looks at what went wrong.
                self.pushes.append((address, why))


def authorize(event):
    """A REQUEST authorizer as the tutorial's: a policy for who knows the secret."""
    headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
    effect = "Allow" if headers.get("authorization") == SECRET else "Deny"
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"]}
    return {"principalId": "user", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}


def resolver(port):
    """A CONNECT proxy that leads every name to the sandbox; gives its address."""

    class Tunnel(BaseHTTPRequestHandler):
        def do_CONNECT(self):
            with socket.create_connection(("127.0.0.1", port)) as far:
                self.send_response(200)
                self.end_headers()
                pair = {self.connection: far, far: self.connection}
                while True:
                    for one in select.select(list(pair), [], [])[0]:
                        data = one.recv(65536)
                        if not data:
                            return
                        pair[one].sendall(data)

        def log_message(self, *_):
            pass

    return f"http://127.0.0.1:{serve(Tunnel).server_address[1]}"


def serve(answer):
    server = ThreadingHTTPServer(("127.0.0.1", 0), answer)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
