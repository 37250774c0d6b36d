"""Check the source: ruff, pylint-odoo, prettier for XML and JavaScript, eslint. Nothing is changed unless --fix says so."""

import os
import subprocess

from host import locking, modules, node, packages, paths, setup, venv
from host.ui import Step, say

# our readmes are Markdown; a model of many subjects is a file a subject; a module's own parts are imported as Odoo names them
NOT_OURS = ("missing-readme", "consider-merging-classes-inherited", "odoo-addons-relative-import")
HELP = "check the source (--fix mends what a tool can mend)"


def add(parser):
    """Declares the flag."""
    parser.add_argument("--fix", action="store_true", help="let the tools mend what they can")


def files(*endings):
    """The repository's files with those endings that git knows or could know (ignored ones are left out)."""
    command = [
        "git",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
        "--",
        *(f"*{end}" for end in endings),
    ]
    said = subprocess.run(command, cwd=paths.REPO, capture_output=True, text=True, check=True).stdout
    return sorted(name for name in said.split("\0") if name and (paths.REPO / name).exists())


def checks(fix, python, node_folder):
    """What to run.

    :return: ``[(name, command)]``
    """
    run, format_ = (["check", "--fix"], ["format"]) if fix else (["check"], ["format", "--check", "--diff", "--quiet"])
    cache = f"--cache-dir={paths.make('cache', 'ruff')}"
    ours = list(modules.manifests())
    found = [
        ("ruff", [python, "-m", "ruff", *run, cache, "."]),
        ("ruff format", [python, "-m", "ruff", *format_, cache, "."]),
        ("pylint-odoo", [python, "-m", "pylint", "--rcfile=pyproject.toml", f"--disable={','.join(NOT_OURS)}", *ours]),
    ]
    where = node_folder / "node_modules"
    pretty = [
        node.program(),
        where / "prettier/bin/prettier.cjs",
        "--plugin",
        where / "@prettier/plugin-xml/src/plugin.js",
        "--log-level=warn",
    ]
    wanted = [name for name in files(".xml", ".js", ".mjs") if "/static/lib/" not in name]
    if wanted:
        found.append(("prettier", [*pretty, "--write" if fix else "--check", *wanted]))
    scripts = [name for name in wanted if not name.endswith(".xml")]
    if scripts:
        found.append(
            ("eslint", [node.program(), where / "eslint/bin/eslint.js", *(["--fix"] if fix else []), *scripts])
        )
    return found


def main(arguments):
    """Runs them all, then says which found something."""
    with locking.prepared_alone("lint"):
        setup.check_room()
        packages.check_system()
        packages.ensure(parts=("python",))
        python = venv.ensure(dev=True)
        node_folder = node.ensure()
    env = {**os.environ, "SIRE_NODE": str(node_folder), "PYTHONPYCACHEPREFIX": str(paths.make("cache", "pyc"))}
    failed = []
    for name, command in checks(arguments.fix, python, node_folder):
        with Step(name) as step:
            done = subprocess.run(
                [str(part) for part in command],
                cwd=paths.REPO,
                env=env,
                text=True,
                check=False,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            step.failed = bool(done.returncode)
        if done.returncode:
            failed.append(name)
            say(done.stdout.rstrip())
    say(
        f"Not clean: {', '.join(failed)}." + ("" if arguments.fix else " ./sire lint --fix mends what a tool can mend.")
        if failed
        else "Clean."
    )
    return 1 if failed else 0
