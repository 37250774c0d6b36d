"""Environment, settings, modules as files, and what ./sire test makes of its arguments."""

import os
import re
import subprocess
import sys

import pytest

from host import cli, lanes, measure, modules, paths, serve, settings, setup, venv
from host.commands import lint, test
from host.errors import Failure
from host.kinds import kind_of

REPO = paths.REPO


def module(root, name, depends=(), **more):
    folder = root / name
    (folder / "models").mkdir(parents=True)
    (folder / "__manifest__.py").write_text(repr({"depends": list(depends), **more}))
    (folder / "models" / "thing.py").write_text("x = 1\n")
    return folder


@pytest.fixture
def house(tmp_path):
    module(tmp_path, "sire_a", ["base"])
    module(tmp_path, "sire_b", ["sire_a"])
    module(tmp_path, "sire_c", ["sire_a", "web"])
    module(tmp_path, "sire_b_c", ["sire_b", "sire_c"], auto_install=True)
    module(tmp_path, "sire_off", ["sire_a"], installable=False)
    return tmp_path


def test_closure_is_lowest_first(house):
    assert modules.closure(["sire_b"], house) == ["sire_a", "sire_b"]
    assert modules.closure(["sire_c", "sire_b"], house) == ["sire_a", "sire_b", "sire_c", "sire_b_c"]
    with pytest.raises(KeyError):
        modules.closure(["sire_off"], house)


def test_fingerprint_follows_the_source_and_nothing_else(house):
    folder = house / "sire_a"
    first = modules.fingerprint("sire_a", house)
    (folder / "tests").mkdir()
    (folder / "tests" / "test_thing.py").write_text("pass")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "x.pyc").write_bytes(b"x")
    (folder / "README.md").write_text("x")
    assert modules.fingerprint("sire_a", house) == first
    (folder / "models" / "thing.py").write_text("x = 2\n")
    second = modules.fingerprint("sire_a", house)
    assert second != first
    (folder / "models" / "thing.py").rename(folder / "models" / "other.py")
    assert modules.fingerprint("sire_a", house) not in (first, second)


def test_settings_of_this_machine(home):
    odoo = type("Odoo", (), {"addons": [home / "one", home / "two"]})
    cluster = type("Cluster", (), {"socket": home / "socket"})
    path = settings.write("run", odoo, cluster, "sire", http_port="8069", db_port=None)
    text = path.read_text()
    assert f"addons_path = {home}/one,{home}/two,{REPO}\n" in text
    assert "dbfilter = ^sire$\n" in text and "list_db = False\n" in text and "db_port" not in text
    assert path.stat().st_mode & 0o077 == 0
    again = settings.write("run", odoo, cluster, "sire").read_text()
    passwords = {re.search(r"admin_passwd = (\S+)", said)[1] for said in (text, again)}
    assert len(passwords) == 2 and min(map(len, passwords)) > 30


def test_environment_keeps_other_odoos_out(home, monkeypatch):
    monkeypatch.setenv("ODOO_RC", "/etc/odoo.conf")
    cluster = type("Cluster", (), {"env": {"PATH": "/usr/bin", "ODOO_RC": "/etc/odoo.conf"}})
    env = settings.environment(type("Odoo", (), {"path": home}), cluster, SIRE_DEMO="1", SIRE_SANDBOX_URL=None)
    assert "ODOO_RC" not in env and env["SIRE_DEMO"] == "1" and "SIRE_SANDBOX_URL" not in env
    assert env["PYTHONPATH"] == str(home)
    assert "synchronous_commit" in settings.unhurried(env)["PGOPTIONS"]


def test_uv_fetches_from_where_pip_would(home):
    found = venv.uv_environment(
        {"index-url": "https://one/simple", "find-links": "/a /b", "proxy": "http://p:1"}, {"UV_INDEX": "mine"}
    )
    assert found["UV_DEFAULT_INDEX"] == "https://one/simple"
    assert found["UV_FIND_LINKS"] == "/a,/b"
    assert found["ALL_PROXY"] == "http://p:1"
    assert found["UV_INDEX"] == "mine"
    assert found["UV_CACHE_DIR"].startswith(str(home))
    assert venv.uv_environment({}, {"UV_CACHE_DIR": "/c"})["UV_CACHE_DIR"] == "/c"


def test_pips_settings_are_read(monkeypatch):
    said = "global.index-url='https://one/simple'\nglobal.extra-index-url='a b'\n:env:.index-url='https://two/simple'\n"
    monkeypatch.setattr(venv.process, "read", lambda command: said)
    assert venv.pip_settings("python") == {"index-url": "https://two/simple", "extra-index-url": "a b"}


def test_pip_when_uv_does_not_get_through(home, monkeypatch, capsys):
    ran = []

    def run(what, command, **options):
        ran.append(command)
        if "uv" in command:
            raise Failure("Installing Python packages failed: error: unknown option")

    monkeypatch.setattr(venv.process, "run", run)
    monkeypatch.setattr(venv, "pip_settings", lambda python: {})
    venv._fill("python", "requirements.txt")
    assert ran[-1][:4] == ["python", "-m", "pip", "install"]
    assert "pip does it" in capsys.readouterr().out


def test_no_network_is_not_tried_twice(home, monkeypatch):
    ran = []

    def run(what, command, **options):
        ran.append(command)
        raise Failure("No network: Fetching uv could not download what it needs")

    monkeypatch.setattr(venv.process, "run", run)
    with pytest.raises(Failure, match="No network"):
        venv._fill("python", "requirements.txt")
    assert len(ran) == 1


def test_half_made_environment_is_not_taken(home):
    (home / "venv" / f"{venv.folder().name}.part" / "bin").mkdir(parents=True)
    assert venv.python() is None
    (venv.folder() / "bin").mkdir(parents=True)
    (venv.folder() / "bin" / "python").touch()
    assert venv.python() == venv.folder() / "bin" / "python"


def test_the_environment_has_one_name_seen_from_inside_and_outside(home):
    """Tests prepare databases too, and run in the environment that they would otherwise make a second time."""
    code = "import sys; sys.path.insert(0, '.'); from host import venv; print(venv.folder(True))"
    subprocess.run([venv.base_python(), "-m", "venv", "--without-pip", home / "inner"], check=True)
    found = {
        subprocess.run([python, "-c", code], cwd=REPO, capture_output=True, text=True, check=True).stdout
        for python in (venv.base_python(), home / "inner" / "bin" / "python")
    }
    assert len(found) == 1


def test_nobody_removes_the_environment_that_he_runs_in(home, monkeypatch):
    """Whatever the environment should be called by now."""
    (home / "odoo").mkdir()
    for name in ("dev-mine", "dev-other"):
        (home / "venv" / name).mkdir(parents=True)
    monkeypatch.setattr(venv, "folder", lambda dev: home / "venv" / "dev-wanted")
    monkeypatch.setattr(setup.sys, "prefix", str(home / "venv" / "dev-mine"))
    setup._prune(dev=True)
    assert (home / "venv" / "dev-mine").exists()
    monkeypatch.setattr(setup.sys, "prefix", "/usr")
    setup._prune(dev=True)
    assert not list((home / "venv").iterdir())


def test_python_too_new(monkeypatch, tmp_path):
    monkeypatch.setattr(venv.sys, "version_info", (3, 15, 0))
    monkeypatch.setattr(venv.shutil, "which", lambda name: None)
    with pytest.raises(Failure, match=r"Python 3\.15 is newer than Odoo 19 knows"):
        venv.base_python()
    base = os.path.realpath(sys._base_executable)
    (tmp_path / "python3.12").symlink_to(base)  # as version managers put links in front
    monkeypatch.setattr(venv.shutil, "which", lambda name: str(tmp_path / name) if name == "python3.12" else None)
    assert venv.base_python() == base
    outside = venv.folder(True)
    monkeypatch.undo()
    assert outside == venv.folder(True), "seen from inside, too"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_everything_is_pinned(name):
    for line in (REPO / name).read_text().splitlines():
        if line and not line.startswith(("#", "-r ")):
            assert re.match(r"[\w.-]+==[\w.]+( ;.*)?$", line), line


def test_no_registry_is_named():
    """Packages come from where this machine's own settings say."""
    for name in ("package-lock.json", "requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        assert "://" not in (REPO / name).read_text().replace('"url": "', ""), name
    assert '"resolved"' not in (REPO / "package-lock.json").read_text()


def test_arguments_of_test(tmp_path):
    (tmp_path / "sire_a" / "tests").mkdir(parents=True)
    (tmp_path / "sire_a" / "__manifest__.py").write_text("{}")
    (tmp_path / "tests" / "e2e").mkdir(parents=True)
    (tmp_path / "tests" / "e2e" / "test_x.py").touch()
    assert test.split(["sire_a", "-k", "sire_a", "-x"], tmp_path) == (["sire_a/tests"], ["-k", "sire_a", "-x"])
    assert test.split(["tests/e2e/test_x.py::test_it"], tmp_path) == (["tests/e2e/test_x.py::test_it"], [])
    assert test.split([], tmp_path) == ([], [])
    assert test.everything(tmp_path) == ["tests/e2e", "sire_a/tests"]
    assert test.expand(["tests"], tmp_path) == ["tests/e2e"]
    with pytest.raises(Failure, match="nothing to test at tests/nowhere"):
        test.split(["tests/nowhere"], tmp_path)


@pytest.mark.parametrize(
    ("nodeid", "kind"),
    [
        ("sire_demo/tests/test_x.py", "demo"),
        ("sire_base/tests/test_x.py", "module"),
        ("tests/together/test_x.py", "module"),
        ("tests/e2e/test_x.py", "any"),
    ],
)
def test_kinds(nodeid, kind):
    assert kind_of(nodeid) == kind


def test_a_worker_gets_only_what_fits_its_database():
    assert lanes.fits("demo", "gw0", True) and not lanes.fits("demo", "gw1", True)
    assert lanes.fits("module", "gw1", True) and not lanes.fits("module", "gw0", True)
    assert lanes.fits("any", "gw0", True) and lanes.fits("any", "gw3", True)
    assert lanes.fits("demo", "gw2", False) and lanes.fits("module", "gw0", False)


def test_coverage_is_rounded_down():
    assert measure.percent(1000, 150) == 85
    assert measure.percent(1000, 151) == 84
    assert measure.percent(0, 0) == 100


def test_lint_sees_files_that_are_not_committed_yet():
    assert "sire_base/__manifest__.py" in lint.files(".py")
    assert not any(name.startswith(".sire/") for name in lint.files(".py", ".js"))


def test_ci_does_both_and_lets_pytest_have_the_last_word():
    path = REPO / ".ci" / "run"
    assert path.stat().st_mode & 0o111
    assert path.read_text().rstrip().splitlines()[-2:] == ["./sire lint", "exec ./sire test"]
    assert "set -euo pipefail" in path.read_text()


def test_help_names_every_command():
    done = subprocess.run([REPO / "sire", "help"], capture_output=True, text=True, check=True)
    for name in cli.COMMANDS:
        assert name.replace("_", "-") in done.stdout


def test_starts_without_any_package():
    """On a new machine there is nothing but Python: the command line must not import more."""
    code = "import sys; sys.path.insert(0, '.'); from host import cli; cli.parser(); print([m for m in sys.modules if m in ('pytest', 'coverage', 'odoo')])"
    done = subprocess.run(["python3", "-S", "-c", code], cwd=REPO, capture_output=True, text=True, check=False)
    assert done.stdout == "[]\n", done.stderr


def test_free_ports_are_free():
    assert not serve.taken(serve.free_port())
