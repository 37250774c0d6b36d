"""Steps: what is shown, what is built aside, who waits for whom."""

import io
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from host import locking, paths, process, running, ui
from host.errors import Failure

REPO = paths.REPO


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_plain_lines_where_nobody_watches():
    out = io.StringIO()
    with ui.Step("Knitting", out) as step:
        step.progress(1, 3)
    lines = out.getvalue().splitlines()
    assert lines[0] == "... Knitting"
    assert re.fullmatch(r"ok  Knitting \(\d+\.\d s\)", lines[1])
    assert "\x1b" not in out.getvalue() and "\r" not in out.getvalue()


def test_long_steps_say_how_far_they_are(monkeypatch):
    monkeypatch.setattr(ui, "PLAIN_EVERY", 0)
    out = io.StringIO()
    with ui.Step("Knitting", out) as step:
        step.progress(1, 4)
    assert "    Knitting: 25%" in out.getvalue()


def test_bar_on_a_terminal(monkeypatch, wait_for):
    out = Terminal()
    with ui.Step("Knitting", out) as step:
        step.start -= 10  # as if it ran for ten seconds
        step.progress(1, 2)
        wait_for(lambda: "50%" in out.getvalue())
    assert "[############............] 50%" in out.getvalue()
    assert re.search(r"\r\x1b\[Kok  Knitting \(\d+\.\d s\)\n$", out.getvalue())


def test_failed_step_is_marked():
    out = io.StringIO()
    with pytest.raises(Failure), ui.Step("Knitting", out):
        raise Failure("no wool")
    assert "!!  Knitting" in out.getvalue()


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.04, "0.0 s"), (59.9, "59.9 s"), (60, "1 min 00 s"), (125.7, "2 min 05 s")]
)
def test_duration(seconds, text):
    assert ui.duration(seconds) == text


def test_built_aside_then_moved(home):
    target = home / "thing"
    part = paths.aside(target)
    part.mkdir()
    (part / "new").touch()
    assert not target.exists()
    paths.into_place(part, target)
    assert (target / "new").exists() and not part.exists()


def test_what_an_interrupted_build_left_is_removed(home):
    (home / "thing.part").mkdir()
    (home / "thing.part" / "half").touch()
    part = paths.aside(home / "thing")
    assert not part.exists()


def test_moved_over_an_older_one(home):
    (home / "thing").mkdir()
    (home / "thing" / "old").touch()
    part = paths.aside(home / "thing")
    part.mkdir()
    paths.into_place(part, home / "thing")
    assert [path.name for path in home.iterdir()] == ["thing"]
    assert not list((home / "thing").iterdir())


def test_small_files_are_written_whole(home):
    paths.write(home / "file", "one")
    paths.write(home / "file", "two", mode=0o600)
    assert (home / "file").read_text() == "two"
    assert (home / "file").stat().st_mode & 0o777 == 0o600
    assert len(list(home.iterdir())) == 1


HOLD = "import sys; sys.path.insert(0, {repo!r}); from host import locking; import time\nwith locking.prepared_alone('run'): print('held', flush=True); time.sleep(60)"


def test_second_waits_for_the_first_and_a_killed_first_lets_go(home, capsys):
    holder = subprocess.Popen([sys.executable, "-c", HOLD.format(repo=str(REPO))], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout.readline() == "held\n"
        begun = time.monotonic()
        os.kill(holder.pid, signal.SIGSTOP)
        import threading

        threading.Timer(0.5, lambda: os.kill(holder.pid, signal.SIGKILL)).start()
        with locking.prepared_alone("test"):
            waited = time.monotonic() - begun
    finally:
        holder.kill()
        holder.wait()
    assert waited > 0.4
    assert f"run, process {holder.pid}" in capsys.readouterr().err


def test_a_process_is_known_by_its_birth_too(home):
    child = subprocess.Popen(["sleep", "60"])
    try:
        running.record(port=8069, odoo=child, sandbox=None)
        assert running.current()["port"] == 8069
        record = running.last()
        record["odoo"]["born"] = "1"  # the number was given to another process since
        (home / "run.json").write_text(__import__("json").dumps(record))
        assert running.current() == {}
        assert running.stop() == []
        assert child.poll() is None
    finally:
        child.kill()
        child.wait()


def test_stop_ends_a_stubborn_process_and_its_children():
    script = "trap '' TERM; sleep 60 & echo ready; while true; do sleep 1; done"
    child = subprocess.Popen(["bash", "-c", script], start_new_session=True, stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "ready\n"
    process.stop(child.pid, grace=0.3, kill_group=True)
    assert process.born(child.pid) is None


def test_the_kernel_ends_servers_of_a_test_that_dies(home, wait_for):
    """A test run that is killed leaves no server behind."""
    script = (
        f"import sys; sys.path.insert(0, {str(REPO)!r}); from host import serve, paths; import os, time\n"
        "child = serve.spawn(['sleep', '60'], paths.logs('x'), dict(os.environ), tied=True)\nprint(child.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    assert process.born(pid)
    parent.kill()
    parent.wait()
    wait_for(lambda: process.born(pid) is None)


def test_what_is_not_pinned_any_more_is_removed(home):
    for name in ("dev-1", "dev-2", "run-1"):
        (home / name).mkdir()
    paths.prune(home, "dev-2", "dev-")
    assert sorted(path.name for path in home.iterdir()) == ["dev-2", "run-1"]
