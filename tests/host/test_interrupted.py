"""./sire itself, killed without a word at the worst moments: the next one is not disturbed by what the last left."""

import os
import signal
import subprocess
import sys

import pytest

from host import paths, process

REPO = paths.REPO


def start(code, home):
    """A ./sire that does what the code says, in a process of its own."""
    prelude = (
        f"import sys; sys.path.insert(0, {str(REPO)!r})\nfrom host import paths, process, odoo_tree, archive, venv\n"
    )
    env = {**os.environ, "SIRE_HOME": str(home)}
    return subprocess.Popen([sys.executable, "-c", prelude + code], env=env, stdout=subprocess.PIPE, text=True)


def test_what_a_killed_one_had_started_dies_with_it(home, wait_for):
    victim = start("process.run('Knitting', ['sh', '-c', 'echo $$ > knit.pid; exec sleep 60'], cwd=paths.make())", home)
    wait_for(lambda: (home / "knit.pid").exists() and (home / "knit.pid").read_text().strip())
    child = int((home / "knit.pid").read_text())
    assert process.born(child)
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    wait_for(lambda: process.born(child) is None)


def test_a_package_manager_is_left_to_end(home, wait_for):
    """Half an installation is worse than one that ends a minute later."""
    code = (
        "process.run('apt', ['sh', '-c', 'echo $$ > apt.pid; sleep 1; touch apt.done'], cwd=paths.make(), tied=False)"
    )
    victim = start(code, home)
    wait_for(lambda: (home / "apt.pid").exists())
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    wait_for(lambda: (home / "apt.done").exists())


@pytest.mark.parametrize("stage", ["fetch", "unpack"])
def test_killed_while_odoo_comes(home, monkeypatch, stage, wait_for):
    """Killed in the download and in the unpacking: no Odoo is found, and what was begun is gone after the next try."""
    code = (
        "import time\n"
        "def hang(*arguments):\n    (paths.home() / 'hanging').touch(); time.sleep(60)\n"
        "archive.fetch = lambda lock, folder: {} if %r == 'unpack' else hang()\n"
        % stage
        + "odoo_tree._unpack = hang\nodoo_tree.ensure()"
    )
    victim = start(code, home)
    wait_for(lambda: (home / "hanging").exists())
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    from host import archive, odoo_tree

    assert odoo_tree.find() is None
    assert [path for path in (home / "odoo").iterdir() if path.suffix == ".part"]
    monkeypatch.setattr(
        archive, "fetch", lambda lock, folder: {archive.MAIN: {"version": "19.0-test", "path": folder / "x"}}
    )
    monkeypatch.setattr(odoo_tree, "_unpack", lambda files, folder: None)
    assert odoo_tree.ensure().version == "19.0-test"
    assert [path.name for path in (home / "odoo").iterdir()] == [archive.lock_id(archive.read_lock())]


def test_killed_while_the_python_environment_is_filled(home, monkeypatch, wait_for):
    code = "import time\nvenv._fill = lambda *arguments: ((paths.home() / 'hanging').touch(), time.sleep(60))\nvenv.ensure()"
    victim = start(code, home)
    wait_for(lambda: (home / "hanging").exists())
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    from host import venv

    assert venv.python() is None
    monkeypatch.setattr(venv, "_fill", lambda *arguments: None)
    assert venv.ensure() == venv.folder() / "bin" / "python"
    assert [path.name for path in (home / "venv").iterdir()] == [venv.folder().name]
