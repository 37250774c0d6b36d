"""Run the tests: all of them, or the modules, folders and files that are named. Everything else goes to pytest as it is."""

import os
import signal
import subprocess
import sys

from host import browser, locking, modules, odoo_tree, packages, paths, settings, setup, testing, venv
from host.errors import Failure
from host.kinds import DEMO, FULL, TOGETHER, kind_of
from host.ui import Step

HELP = "run tests: ./sire test [module or path ...] [pytest's options]"
NEED_SERVER = ("tests/e2e", "tests/resilience", "tests/upgrade")
PURE = ("tests/architecture", "tests/host", "tests/docker", "sandbox/tests")
WITH_VALUE = {
    "-k",
    "-m",
    "-n",
    "-p",
    "-o",
    "-c",
    "-W",
    "-r",
    "--tb",
    "--maxfail",
    "--durations",
    "--ignore",
    "--deselect",
    "--rootdir",
}


def add(parser):
    """Declares the arguments; pytest's own are not parsed here."""
    parser.add_argument("arguments", nargs="*", help="modules, folders, files, and pytest's options")


def split(arguments, root=None):
    """What is to be run, and what pytest is told.

    :param arguments: as typed
    :return: ``(targets, options)``; a target is a path below the repository
    :raise Failure: for a target that is not there
    """
    root = root or paths.REPO
    targets, options = [], []
    value = False
    for argument in arguments:
        if value or argument.startswith("-"):
            options.append(argument)
            value = not value and argument in WITH_VALUE
            continue
        path, _, rest = argument.partition("::")
        path = os.path.relpath(os.path.abspath(root / path), root) if os.path.isabs(path) else os.path.normpath(path)
        if not (root / path).exists():
            raise Failure(
                f"There is nothing to test at {argument}", "Name a module (sire_mpesa), a folder (tests/e2e) or a file"
            )
        if (root / path / "__manifest__.py").exists():
            path += "/tests"
            if not (root / path).is_dir():
                raise Failure(f"{argument} has no tests", "Name another module")
        targets.append(f"{path}::{rest}" if rest else path)
    return targets, options


def everything(root=None):
    """All folders of tests that there are."""
    root = root or paths.REPO
    below = sorted(str(path.relative_to(root)) for path in (root / "tests").glob("*") if any(path.glob("test_*.py")))
    ours = [f"{name}/tests" for name in modules.manifests(root) if (root / name / "tests").is_dir()]
    return below + (["sandbox/tests"] if (root / "sandbox" / "tests").is_dir() else []) + ours


def expand(targets, root=None):
    """Replaces ``.`` and ``tests`` by what is in them."""
    found = []
    for target in targets:
        if target in (".", "tests"):
            found += [name for name in everything(root) if target == "." or name.startswith("tests/")]
        else:
            found.append(target)
    return found


def main(arguments):
    """Prepares what the chosen tests need, then lets pytest have the last word."""
    typed = sys.argv[2:]
    targets, options = split(typed)
    full = not targets
    targets = expand(targets) or everything()
    kinds = {kind_of(target) for target in targets}
    named = {target.split("/")[0] for target in targets}
    needs_server = any(target.startswith(NEED_SERVER) for target in targets)
    if kinds == {"any"} and not needs_server:
        return _pure(targets, options)
    with setup.preparing("test", dev=True) as bench:
        if needs_server or full:
            browser.ensure()
        env = {**settings.unhurried(settings.environment(bench.odoo, bench.cluster)), "SIRE_DEMO": "1"}
        measure = _measure(options) if full else {}
        if any(target.startswith(TOGETHER) for target in targets):
            named |= set(modules.manifests())
        copies = _copies(bench, kinds, named, full, measure)
        if needs_server:
            bench.databases.ensure(testing.DEMO_MODULES, warm=True)
    try:
        return _pytest(bench, {**env, **measure}, copies, targets, options)
    finally:
        for copy in copies.values():
            for name in bench.databases.names():
                if name == copy or name.startswith(f"{copy}-"):
                    bench.databases.drop(name)
        bench.release()


def _copies(bench, kinds, named, full, measure):
    """The databases that this run works on, each a copy of its own.

    :param measure: when coverage is wanted, the environment that says so: installing the demo company is part of its tests then
    :return: ``{kind: name}``
    """
    databases, stem, found = bench.databases, f"test_{os.getpid()}", {}
    ours = [name for name in modules.manifests() if full and name != "sire_demo" or name in named - {"sire_demo"}]
    if "module" in kinds:
        found["module"] = f"{stem}_main"
        databases.copy(databases.ensure(ours), found["module"])
    if "demo" in kinds:
        found["demo"] = f"{stem}_demo"
        if not measure:
            databases.copy(databases.ensure(testing.DEMO_MODULES, warm=True), found["demo"])
            return found
        databases.copy(databases.ensure(ours), found["demo"])
        with Step("Demo company, measured") as step:
            databases.odoo_run("Installing sire_demo", found["demo"], "-i", "sire_demo", step=step, environ=measure)
    return found


def _command(targets, options, config=None, database=None):
    command = [venv.python(dev=True), "-m", "pytest", *options, *targets]
    if database:
        return [*command, f"--odoo-database={database}", f"--odoo-config={config}", "--odoo-http"]
    return [*command, "-p", "no:odoo"]


def _pytest(bench, env, copies, targets, options):
    full = "COVERAGE_FILE" in env and FULL in env
    several = full or len(copies) > 1
    first = copies.get("module") or copies.get("demo")
    options = list(options)
    if first:
        config = settings.write(
            "test",
            bench.odoo,
            bench.cluster,
            first,
            without_demo="True",
            max_cron_threads="0",
            log_handler=":WARNING",  # a test's own failure says enough
            limit_memory_hard="0",  # Odoo would limit this process's address space, and no browser starts below it
        )
        command = _command(targets, options, config, first)
    else:
        command = _command(targets, options)
    if several and not any(option.startswith(("-n", "--numprocesses", "--pdb")) for option in options):
        command += ["-n", str(max(2, min(4, len(os.sched_getaffinity(0)))))]
        if len(copies) > 1:
            env[DEMO] = copies["demo"]
    if full:
        command += ["--cov-append", "--cov-report=", f"--cov-config={env['SIRE_COVERAGE_RC']}"]
        command += [f"--cov={name}" for name in modules.manifests()]
    return _child(command, env)


def _measure(options):
    """A clean folder for coverage's data.

    :return: what tells coverage, and the servers that tests start, about it
    """
    folder = paths.make("coverage")
    for old in folder.iterdir():
        old.unlink()
    _measure_programs()
    return {
        "COVERAGE_FILE": str(folder / ".coverage"),
        "SIRE_COVERAGE_RC": str(_coverage_rc(folder)),
        FULL: "" if options else "1",
    }


def _measure_programs():
    """What a module starts as a program of its own is measured too, though it may be told by no PYTHON… variable.

    ``python -I …`` is the print server, ``python …/sire_x/….py`` a script of a module.
    """
    lines = (
        "import os, sys; 'SIRE_COVERAGE_RC' in os.environ and "
        f"any(word == '-I' or word.startswith({str(paths.REPO)!r} + '/sire_') for word in sys.orig_argv) and "
        "[os.environ.update(COVERAGE_PROCESS_START=os.environ['SIRE_COVERAGE_RC']), "
        "__import__('coverage').process_startup(), os.environ.pop('COVERAGE_PROCESS_START')]\n"
    )
    for folder in venv.folder(dev=True).glob("lib/python3*/site-packages"):
        paths.write(folder / "sire_measure.pth", lines)


def _coverage_rc(folder):
    """Settings of coverage for the servers that tests start: the same modules, data where pytest's is."""
    source = "\n    ".join(str(paths.REPO / name) for name in modules.manifests())
    text = f"[run]\nparallel = true\nsigterm = true\nsource =\n    {source}\nomit =\n    */tests/*\n    */__manifest__.py\n    */migrations/*\n"
    path = folder / "coveragerc"
    paths.write(path, text)
    return path


def _pure(targets, options):
    """Tests that need no database: the environment is enough."""
    with locking.prepared_alone("test"):
        setup.check_room()
        packages.check_system()
        packages.ensure(("python", "tests"))
        venv.ensure(dev=True)
        if any(target.startswith("sandbox") for target in targets):
            browser.ensure()
        odoo = odoo_tree.find()
    env = {**os.environ, "PYTHONPYCACHEPREFIX": str(paths.make("cache", "pyc"))}
    if odoo:
        env["PYTHONPATH"] = str(odoo.path)
    return _child(_command(targets, options), env)


def _child(command, env):
    """Runs pytest; an interrupt reaches it, and it says its last line itself."""
    sys.stdout.flush()
    env["SIRE_CHROMIUM"] = browser.find() or ""
    child = subprocess.Popen([str(part) for part in command], env=env, cwd=paths.REPO)
    ignored = signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to pytest as well
    forwarded = signal.signal(signal.SIGTERM, lambda number, frame: child.terminate())
    try:
        return child.wait()
    finally:
        signal.signal(signal.SIGINT, ignored)
        signal.signal(signal.SIGTERM, forwarded)
