"""The private virtual environments: one to run, one that can test too. Keyed by what is in them."""

import functools
import hashlib
import os
import shutil
import sys

from . import paths, process
from .errors import Failure
from .ui import Step, say

UV = "uv==0.9.30"
NEWEST = (3, 13)
# The lists are whole. And rlPyCairo, with which the host draws barcodes, asks for pycairo, which has to be compiled:
# cairocffi does the same for it and does not.
WHAT_IS_LISTED = ["--no-deps", "-r"]


# what an interpreter is, without links and without the environment that it may run in
IDENTITY = "import os, sys; print(os.path.realpath(getattr(sys, '_base_executable', None) or sys.executable))"


@functools.cache
def _identity(path):
    return process.read([path, "-c", IDENTITY]).strip()


def base_python():
    """A Python that Odoo 19 runs on: this one, or another of this system when this one is too new.

    It is the same one whether the system's Python asks, or one of our own environments that was made from it.

    :raise Failure: when there is none
    """
    if sys.version_info[:2] <= NEWEST:
        return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
    for minor in (13, 12, 11):
        path = shutil.which(f"python3.{minor}")
        if path and _identity(path):
            return _identity(path)
    raise Failure(
        "Python %d.%d is newer than Odoo 19 knows" % sys.version_info[:2], "Install Python 3.11, 3.12 or 3.13 beside it"
    )


def _files(dev):
    names = ["requirements.txt"] + (["requirements-dev.txt"] if dev else [])
    return [paths.REPO / name for name in names]


def key(dev=False):
    """What an environment is made of, as twelve hexadecimal digits."""
    digest = hashlib.sha256(base_python().encode())
    for path in _files(dev):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def folder(dev=False):
    """Where that environment is, or will be."""
    return paths.home() / "venv" / f"{'dev' if dev else 'run'}-{key(dev)}"


def python(dev=False):
    """The interpreter of an environment that is there; the one that can test serves for running too."""
    for path in [folder(True)] if dev else [folder(False), folder(True)]:
        if (path / "bin" / "python").exists():
            return path / "bin" / "python"
    return None


def ensure(dev=False):
    """The interpreter; its environment is made when it is not there.

    :param dev: with the tools of tests and lint
    """
    found = python(dev)
    if found:
        return found
    final = folder(dev)
    paths.make("venv")
    part = paths.aside(final)
    try:
        with Step("Python packages" + (" with the tools of tests" if dev else "")):
            process.run("Making the Python environment", [base_python(), "-m", "venv", part], log="venv")
            _fill(part / "bin" / "python", _files(dev)[-1])
        paths.into_place(part, final)
    finally:
        paths.remove(part)
    return final / "bin" / "python"


def pip_settings(interpreter):
    """pip's own settings, as it reads them here (files and environment).

    :return: ``{"index-url": ..., ...}``; the environment wins over the files
    """
    found = {}
    for line in process.read([interpreter, "-m", "pip", "config", "list"]).splitlines():
        name, _, value = line.partition("=")
        scope, _, option = name.rpartition(".")
        if value and (option not in found or scope == ":env:"):
            found[option] = value.strip("'\"").replace("\\n", " ")
    return found


def uv_environment(settings, environ):
    """What uv needs to know to fetch from where pip would.

    :param settings: from :func:`pip_settings`
    :param environ: the environment; what it says for uv already stays
    """
    env = dict(environ)
    names = {
        "index-url": "UV_DEFAULT_INDEX",
        "extra-index-url": "UV_INDEX",
        "find-links": "UV_FIND_LINKS",
        "cert": "SSL_CERT_FILE",
    }
    for option, name in names.items():
        if settings.get(option):
            value = settings[option]
            env.setdefault(name, ",".join(value.split()) if name == "UV_FIND_LINKS" else value)
    if settings.get("proxy"):
        env.setdefault("ALL_PROXY", settings["proxy"])
    env.setdefault("UV_CACHE_DIR", str(paths.make("cache", "uv")))
    env.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")  # what pip does
    env.setdefault("UV_NO_PROGRESS", "1")
    return env


def _fill(interpreter, requirements):
    quiet = ["--disable-pip-version-check", "--no-input"]
    try:
        process.run("Fetching uv", [interpreter, "-m", "pip", "install", *quiet, UV], log="pip-uv")
        env = uv_environment(pip_settings(interpreter), os.environ)
        command = [interpreter, "-m", "uv", "pip", "install", "--python", interpreter, *WHAT_IS_LISTED, requirements]
        process.run("Installing Python packages", command, log="uv", env=env)
    except Failure as error:
        if error.what.startswith(("Disk full", "No network")):
            raise
        say("    uv did not get through (it is in the log uv): pip does it, which takes longer")
        process.run(
            "Installing Python packages",
            [interpreter, "-m", "pip", "install", *quiet, *WHAT_IS_LISTED, requirements],
            log="pip",
        )
