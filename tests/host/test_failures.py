"""What can go wrong is one line that says what happened and what to do; the exit status is not 0; nothing half-done stays."""

import errno
import json
import socket
import sys

import pytest

from host import archive, cli, packages, paths, process, serve, setup
from host.commands import run, stop
from host.errors import Failure, explain, explain_os_error


def one_line(text):
    """The only line of a program's complaint."""
    lines = text.strip().splitlines()
    assert len(lines) == 1, text
    return lines[0]


@pytest.fixture
def taken_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        yield sock.getsockname()[1]


def test_port_taken(sire, home, taken_port):
    done = sire("run", "--port", str(taken_port))
    line = one_line(done.stderr)
    assert done.returncode == 1
    assert f"Port {taken_port}, which Odoo needs, is taken" in line
    assert f"./sire run --port {taken_port + 100}" in line
    assert done.stdout == ""
    assert not home.exists() or not list(home.iterdir())


@pytest.mark.parametrize(("port", "whose"), [(8070, "the sandbox"), (8071, "mail server")])
def test_port_of_the_sandbox_taken(monkeypatch, port, whose):
    monkeypatch.setattr(serve, "taken", lambda number: number == port)
    with pytest.raises(Failure, match=f"Port {port}, .*{whose}"):
        serve.check_ports(8069)


@pytest.mark.parametrize("port", [0, -1, 65534, 70000])
def test_no_port(port):
    with pytest.raises(Failure, match="is not a port"):
        serve.check_ports(port)


def test_no_network(sire, home):
    """Debian's archive cannot be reached: really tried, against a port where nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        closed = sock.getsockname()[1]
    before = archive.LOCK.read_text()
    done = sire("update-host", SIRE_DEBIAN_MIRROR=f"http://127.0.0.1:{closed}/debian")
    assert done.returncode == 1
    assert "No network" in one_line(done.stderr)
    assert "run the same command again" in done.stderr
    assert archive.LOCK.read_text() == before


@pytest.mark.parametrize(
    "said",
    [
        "Err:1 http://mirror sid InRelease\n  Temporary failure resolving 'mirror'",
        "error: Failed to fetch: `https://index/simple/babel/`\n  dns error: failed to lookup address",
        "npm error code ENOTFOUND",
        "W: Failed to fetch http://mirror  Could not connect to mirror:80 (10.0.0.1). - connect (111: Connection refused)",
        "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(...)'",
    ],
)
def test_network_is_recognised(said):
    assert "No network" in str(explain("The download", said))


def test_disk_full_before_anything_is_touched(home, monkeypatch):
    monkeypatch.setattr(paths, "free_space", lambda: 100 << 20)
    with pytest.raises(Failure, match=r"Disk full: 0\.1 GB free .* needed\. .*SIRE_HOME"):
        setup.check_room()
    assert not list(home.iterdir())


def test_disk_full_while_a_program_writes(home):
    """A real one: /dev/full answers as a full disk does."""
    with pytest.raises(Failure, match="Disk full"):
        process.run("Writing", ["dd", "if=/dev/zero", "of=/dev/full", "count=1"])


def test_disk_full_in_our_own_code(home, monkeypatch, capsys):
    def main(arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(stop, "main", main)
    assert cli.main(["stop"]) == 1
    assert "Disk full" in one_line(capsys.readouterr().err)


def test_folder_that_is_not_ours():
    failure = explain_os_error(PermissionError(errno.EACCES, "Permission denied", "/somewhere"), "/home")
    assert "Not allowed to write /somewhere" in str(failure)


def test_an_error_that_nobody_expected_is_not_hidden(monkeypatch):
    def main(arguments):
        raise OSError(errno.EBADF, "Bad file descriptor")

    monkeypatch.setattr(stop, "main", main)
    with pytest.raises(OSError, match="Bad file"):
        cli.main(["stop"])


def test_unsupported_system(home, monkeypatch):
    monkeypatch.setattr(process, "which", lambda name: None)
    monkeypatch.setattr(packages, "system", lambda: ("fedora", "41"))
    with pytest.raises(Failure, match=r"Unsupported system: fedora 41\. Use Debian 12, Debian 13 or Ubuntu 24\.04"):
        packages.check_system()


def test_other_debian_is_tried_and_said(monkeypatch, capsys):
    monkeypatch.setattr(packages, "system", lambda: ("debian", "14"))
    packages.check_system()
    assert "debian 14 is not one of" in capsys.readouterr().err


def test_a_program_fails(home):
    with pytest.raises(Failure) as caught:
        process.run("Knitting", ["sh", "-c", "echo fine; echo E: no wool; exit 3"], log="knit")
    assert str(caught.value).startswith("Knitting failed: E: no wool. All it said is in ")
    assert "fine" in (home / "logs" / "knit.log").read_text()


def test_a_python_program_fails(home):
    code = "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise ValueError('no wool') from error"
    with pytest.raises(Failure, match="Knitting failed: ValueError: no wool"):
        process.run("Knitting", [sys.executable, "-c", code + "\n"], log="knit")


def test_a_program_is_missing(home):
    with pytest.raises(Failure, match="which is not installed"):
        process.run("Knitting", ["no-such-program"])


def test_odoo_ends_at_its_start(home):
    log = paths.logs("odoo")
    log.write_text("")
    started = serve.spawn(
        ["sh", "-c", "echo 2026 ERROR the registry is broken; exit 4"], log, {"PATH": "/usr/bin:/bin"}
    )
    with pytest.raises(Failure, match=r"Odoo ended at its start \(status 4\): .*registry is broken"):
        serve.wait(started, "http://127.0.0.1:9/", log, "Odoo")


def test_nothing_keeps_running_when_odoo_does_not_start(home, monkeypatch):
    """The sandbox that came up before is stopped again."""
    stopped = []
    sandbox = type("Sandbox", (), {"pid": 4711})
    monkeypatch.setattr(serve, "start_sandbox", lambda *args, **options: sandbox)

    def start_odoo(*args, **options):
        raise Failure("Odoo ended at its start", "Look")

    monkeypatch.setattr(serve, "start_odoo", start_odoo)
    monkeypatch.setattr(process, "stop", lambda pid, **options: stopped.append(pid))
    bench = type("Bench", (), {"cluster": None, "odoo": None})
    with pytest.raises(Failure):
        run._start(bench, 8069)
    assert stopped == [4711]
    assert not (home / "run.json").exists()


def test_interrupt_is_said_in_a_line(home, monkeypatch, capsys):
    def main(arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(stop, "main", main)
    assert cli.main(["stop"]) == 130
    assert "Run the same command again" in capsys.readouterr().err


def test_status_of_nothing(sire):
    done = sire("status", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 3
    assert found["running"] is False
    assert found["postgres"] is None
    assert "sire_base" in found["modules"]


def test_shell_without_a_database(sire):
    done = sire("shell")
    assert done.returncode == 1
    assert "./sire run makes one" in one_line(done.stderr)


def test_reset_asks(sire, home):
    (home / "something").touch()
    done = sire("reset", "--all")
    assert done.returncode == 1
    assert "--yes" in one_line(done.stderr)
    assert (home / "something").exists()
    assert sire("reset", "--all", "--yes").returncode == 0
    assert [path.name for path in home.iterdir()] == ["lock"]


def test_unknown_arguments(sire):
    assert sire("status", "--colour").returncode == 2
    assert sire("dance").returncode == 2
    assert sire("bench", "dance").returncode == 1
    done = sire("test", "sire_nothing")
    assert done.returncode == 1
    assert "nothing to test at sire_nothing" in one_line(done.stderr)
