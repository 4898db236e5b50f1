"""What other people made and how it gets here: Python and Node packages in one folder, by the versions that are wanted.

A stamp file beside each set holds the versions that were installed; while it says the same, nothing is installed and
the network is not asked. Nothing outside of the folder is touched. Only the standard library: this runs before anything
is there.
"""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

MOTO = "5.2.5"
PYTHON = [
    "boto3==1.44.5",
    "botocore==1.44.5",
    "awscli==1.46.2",
    "awslogs==0.15.0",
    "cfn-lint==1.58.0",
    f"moto[server]=={MOTO}",
    "pytest==9.2.0",
    "pytest-order==1.5.0",
    "pytest-timeout>=2.4",
    "python-hcl2==8.1.4",
    "freezegun",
    "pyotp",
    "requests",
    "websockets==17.4",
]
NODE = ["wscat@6.1.0"]
# The last releases are for Python 2.7.
AUTOBAHN = ["autobahntestsuite==25.10.1"]


class Missing(Exception):
    """Something that this machine can not give; the sentence says what."""


class Packages:
    """The folder with everything in it."""

    def __init__(self, folder):
        self.folder = Path(folder).absolute()
        self.python = self.folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
        self.moto = self.folder / f"moto-{MOTO}"

    def tool(self, name):
        """A program that a Python package brought."""
        return str(self.python.with_name(name))

    def wscat(self):
        """Where `cargo xtask bench --install` puts it, too."""
        return str(self.folder / "node_modules" / ".bin" / "wscat")

    def websocat(self):
        """From `cargo xtask bench --install`, or on the path."""
        ours = self.folder / "bin" / "websocat"
        return str(ours) if ours.exists() else shutil.which("websocat")

    def get_python(self):
        with Wanted(self.folder / "python.stamp", PYTHON) as wanted:
            if wanted.already:
                return
            say(f"Python packages from PyPI into {self.folder / 'venv'}: {' '.join(PYTHON)}")
            run([sys.executable, "-m", "venv", "--clear", str(self.folder / "venv")])
            run([str(self.python), "-m", "pip", "install", "--quiet", *PYTHON])
            say(f"moto {MOTO}'s source from PyPI into {self.moto}: its tests are in there")
            shutil.rmtree(self.moto, ignore_errors=True)
            source = ["pip", "download", "--quiet", "--no-deps", "--no-binary", "moto", "-d", str(self.folder)]
            run([str(self.python), "-m", *source, f"moto=={MOTO}"])
            archive = self.folder / f"moto-{MOTO}.tar.gz"
            with tarfile.open(archive) as opened:
                opened.extractall(self.folder, filter="data")
            archive.unlink()

    def get_node(self):
        with Wanted(self.folder / "node.stamp", NODE) as wanted:
            if wanted.already:
                return
            npm = shutil.which("npm")
            if npm is None:
                raise Missing("Node's npm is not on the path")
            say(f"Node packages from npm into {self.folder / 'node_modules'}: {' '.join(NODE)}")
            run([npm, "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(self.folder), *NODE])

    def get_autobahn(self):
        """Its own Python, and the folder that is its user's base."""
        python = python2()
        if python is None:
            raise Missing("Python 2.7 is not here, and Autobahn's test suite runs on no other")
        folder = self.folder / "autobahn"
        with Wanted(self.folder / "autobahn.stamp", AUTOBAHN) as wanted:
            if not wanted.already:
                say(f"Autobahn's test suite from PyPI into {folder}: {' '.join(AUTOBAHN)}")
                shutil.rmtree(folder, ignore_errors=True)
                command = [python, "-m", "pip", "install", "--quiet", "--user", "--ignore-installed", *AUTOBAHN]
                run(command, PYTHONUSERBASE=str(folder))
        return python, folder


class Wanted:
    """A set of packages and the stamp that says it is there; the stamp is written when all went well."""

    def __init__(self, stamp, packages):
        self.stamp, self.text = stamp, "\n".join(packages) + "\n"
        stamp.parent.mkdir(parents=True, exist_ok=True)
        self.already = stamp.exists() and stamp.read_text() == self.text

    def __enter__(self):
        if not self.already:
            self.stamp.unlink(missing_ok=True)
        return self

    def __exit__(self, kind, why, trace):
        if kind is None:
            self.stamp.write_text(self.text)


def python2():
    """A Python 2.7 that answers: on the path, or one of pyenv's."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = [shutil.which("python2.7"), shutil.which("python2")]
    found += [str(path) for path in sorted(root.glob("versions/2.7*/bin/python2.7"))]
    for python in filter(None, found):
        asked = subprocess.run([python, "-c", "import sys; print(sys.version_info[0])"], capture_output=True, text=True)
        if asked.stdout.strip() == "2":
            return python
    return None


def say(sentence):
    print(f"Installing {sentence}", flush=True)


def run(command, **more):
    environment = {**os.environ, **more}
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        raise Missing(f"`{' '.join(command)}` failed: {(done.stderr or done.stdout).strip()[-600:]}")
