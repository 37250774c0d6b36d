"""The private cluster and its prepared databases: a real PostgreSQL, no Odoo."""

import contextlib
import os
import signal
import subprocess
from pathlib import Path

import pytest

from host import database, paths, postgres
from host.database import Databases
from host.errors import Failure


@pytest.fixture
def databases(cluster):
    odoo = type("Odoo", (), {"version": "19.0-test", "addons": [], "path": paths.REPO})
    return Databases(cluster, odoo)


def make(databases, name, modules=None, host=None):
    """A database with a file, marked as made of those modules."""
    databases.cluster.sql(f'CREATE DATABASE "{name}"')
    folder = databases.files / name / "ab"
    folder.mkdir(parents=True)
    (folder / "abcdef").write_text(name)
    if modules is not None:
        databases.mark(name, host or databases.host_key(), modules)


def test_no_door_but_the_socket(cluster):
    assert cluster.sql("SHOW listen_addresses") == []
    assert cluster.sql("SHOW fsync") == [["on"]]
    assert cluster.socket.stat().st_mode & 0o077 == 0
    assert len(str(cluster.socket)) <= postgres.LONGEST_SOCKET


def test_start_and_stop_are_idempotent(cluster):
    assert cluster.running() and cluster.start() is False
    cluster.stop()
    assert not cluster.running()
    cluster.stop()
    assert cluster.start() is True


def test_a_half_made_cluster_is_made_anew(home):
    cluster = postgres.Cluster()
    (cluster.root / "data.part").mkdir(parents=True)
    (cluster.root / "data.part" / "PG_VERSION").write_text("1")
    (cluster.root / "data").mkdir()
    (cluster.root / "data" / "half").touch()
    cluster.start()
    try:
        assert cluster.sql("SELECT 1") == [["1"]]
        assert not (cluster.root / "data.part").exists() and not (cluster.data / "half").exists()
    finally:
        cluster.stop()


def test_power_cut(cluster):
    """Killed without a word: what was committed is there after the next start."""
    cluster.sql("CREATE TABLE kept (n int)")
    cluster.sql("INSERT INTO kept VALUES (7)")
    kill(cluster)
    cluster.start()
    assert cluster.sql("SELECT n FROM kept") == [["7"]]


def test_a_deep_state_folder_gets_a_short_socket(home, monkeypatch):
    deep = home / ("x" * 60) / ("y" * 60)
    assert postgres.socket_folder(deep).parent == Path("/tmp")
    assert postgres.socket_folder(Path("/srv/s")) == Path("/srv/s/socket")
    monkeypatch.setenv("SIRE_HOME", str(deep))
    other = postgres.socket_folder(deep)
    monkeypatch.setenv("SIRE_HOME", str(home))
    assert other != postgres.socket_folder(deep)


def test_a_wrong_statement_is_a_failure(cluster):
    with pytest.raises(Failure, match="does not exist"):
        cluster.sql("SELECT * FROM nowhere")


def test_copy_takes_the_files_and_leaves_the_source_alone(databases):
    make(databases, "one", {"sire_a": "1"})
    databases.copy("one", "two")
    assert (databases.files / "two" / "ab" / "abcdef").read_text() == "one"
    databases.drop("two")
    assert (databases.files / "one" / "ab" / "abcdef").exists()
    assert databases.names() == ["one"]


def test_rename_replaces_what_had_the_name(databases):
    make(databases, "sire")
    make(databases, "sire_part")
    (databases.files / "sire_part" / "ab" / "new").touch()
    databases.rename("sire_part", "sire")
    assert databases.names() == ["sire"]
    assert (databases.files / "sire" / "ab" / "new").exists()
    assert not (databases.files / "sire_part").exists()


def test_what_is_written_on_a_database(databases):
    make(databases, "one", {"sire_a": "it's"})
    assert databases.made_of("one") == {"host": databases.host_key(), "modules": {"sire_a": "it's"}}
    make(databases, "two")
    assert databases.made_of("two") == {} == databases.made_of("none")


def test_sweep_removes_what_was_interrupted(databases):
    gone = subprocess.Popen(["true"])
    gone.wait()
    for name in (
        "sire",
        "sire_part",
        f"test_{gone.pid}_1",
        f"test_{gone.pid}_main-gw0",
        f"test_{os.getpid()}_1",
        "host_abc_part",
    ):
        make(databases, name)
    (databases.files / "orphan").mkdir()
    databases.sweep()
    assert set(databases.names()) == {"sire", f"test_{os.getpid()}_1"}
    assert {path.name for path in databases.files.iterdir()} == {"sire", f"test_{os.getpid()}_1"}


def test_sweep_leaves_alone_what_is_copied_meanwhile(databases, monkeypatch):
    """Not all who copy hold the lock: a test's worker copies when its first test begins."""
    make(databases, "one")
    asked = databases.names

    def names():
        found = asked()
        if "two" not in found:
            databases.copy("one", "two")
        return found

    monkeypatch.setattr(databases, "names", names)
    databases.sweep()
    assert (databases.files / "two" / "ab" / "abcdef").exists()


def test_sweep_keeps_the_newest_prepared_ones(databases, monkeypatch):
    monkeypatch.setattr(database, "KEPT", 2)
    for number in range(4):
        make(databases, f"prepared_{number}", {})
    databases.sweep()
    assert databases.names() == ["prepared_2", "prepared_3"]


def test_the_nearest_prepared_database(databases):
    make(databases, "prepared_a", {"sire_a": "1"})
    make(databases, "prepared_ab", {"sire_a": "1", "sire_b": "1"})
    make(databases, "prepared_old", {"sire_a": "0", "sire_b": "1", "sire_c": "1"})
    make(databases, "prepared_other", {"sire_a": "1", "sire_b": "1", "sire_c": "1"}, host="another odoo")
    wanted = {"sire_a": "1", "sire_b": "1", "sire_c": "1"}
    assert databases._nearest(wanted, "host")[0] == "prepared_ab"
    assert databases._nearest({"sire_a": "1", "sire_c": "1"}, "host")[0] == "prepared_a"
    assert databases._nearest({"sire_a": "2"}, "host") == ("host", {})


def test_prepared_once(databases, monkeypatch):
    """Built under another name, marked, renamed; the second time it is there."""
    ran = []
    host = f"host_{databases.host_key()}"
    make(databases, host, {})

    def odoo_run(what, name, *arguments, **options):
        assert name.endswith("_part") and name in databases.names()
        ran.append(arguments)

    monkeypatch.setattr(databases, "odoo_run", odoo_run)
    first = databases.ensure(["sire_payment"])
    # the third one installs itself beside what it joins
    assert ran == [("-i", "sire_base,sire_payment,sire_partner_autocomplete")]
    assert databases.ensure(["sire_payment"]) == first and len(ran) == 1
    databases.ensure(["sire_mpesa"])
    assert ran[-1] == ("-i", "sire_mpesa")
    assert databases.ensure(["sire_mpesa"], warm=True) != databases.ensure(["sire_mpesa"])
    assert ran[-1] == () and len(ran) == 3  # nothing to install, assets to compile


def test_a_build_that_fails_leaves_no_database_to_be_taken(databases, monkeypatch):
    make(databases, f"host_{databases.host_key()}", {})

    def odoo_run(*arguments, **options):
        raise Failure("Installing failed")

    monkeypatch.setattr(databases, "odoo_run", odoo_run)
    with pytest.raises(Failure):
        databases.ensure(["sire_base"])
    assert not [name for name in databases.names() if name.startswith("prepared_") and not name.endswith("_part")]
    databases.sweep()
    assert databases.names() == [f"host_{databases.host_key()}"]


@pytest.mark.parametrize("lost", ["mark", "files", "half dropped"])
def test_a_prepared_database_that_is_not_whole_is_made_anew(databases, monkeypatch, lost):
    make(databases, f"host_{databases.host_key()}", {})
    ran = []
    monkeypatch.setattr(databases, "odoo_run", lambda *arguments, **options: ran.append(arguments))
    name = databases.ensure(["sire_base"])
    assert databases.ensure(["sire_base"]) == name and len(ran) == 1
    if lost == "mark":
        databases.cluster.sql(f'COMMENT ON DATABASE "{name}" IS NULL')
    elif lost == "files":
        paths.remove(databases.files / name)
    else:  # as PostgreSQL marks one whose DROP was interrupted
        databases.cluster.sql(f"UPDATE pg_database SET datconnlimit = -2 WHERE datname = '{name}'")
    assert databases.ensure(["sire_base"]) == name and len(ran) == 2


def kill(cluster):
    """Ends the server as a power cut does."""
    pid = int((cluster.data / "postmaster.pid").read_text().split()[0])
    children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout.split()
    for number in [pid, *map(int, children)]:
        with contextlib.suppress(ProcessLookupError):  # a worker that ended by itself, or because its parent did
            os.kill(number, signal.SIGKILL)
    while any(Path(f"/proc/{number}").exists() for number in [pid, *children]):
        pass


@pytest.mark.parametrize(
    ("killed", "machine_too", "dropped"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_after_a_power_cut_what_is_prepared_is_made_anew(
    databases, monkeypatch, tmp_path, capsys, killed, machine_too, dropped
):
    """Not when the server alone was killed, and not when it was shut down before the machine was."""
    boot = tmp_path / "boot_id"
    boot.write_text("monday\n")
    monkeypatch.setattr(postgres, "BOOT", boot)
    cluster = databases.cluster
    cluster.stop()
    cluster.start()
    prepared = {"host_0123456789ab", "prepared_0123456789ab"}
    for name in ("sire", *prepared):
        make(databases, name)
    kill(cluster) if killed else cluster.stop()
    if machine_too:
        boot.write_text("tuesday\n")
    cluster.start()
    assert cluster.in_doubt() == dropped
    # ./sire is killed before it could do anything about it: the next one still knows
    cluster.stop()
    cluster.start()
    databases.sweep()
    assert set(databases.names()) == {"sire"} | (set() if dropped else prepared), "a person's own is never dropped"
    assert ("kept: sire" in capsys.readouterr().out) == dropped
    assert not cluster.in_doubt()
    make(databases, "prepared_0123456789ac")
    databases.sweep()
    assert "prepared_0123456789ac" in databases.names(), "once"


def test_another_odoo_is_another_host_database(databases):
    before = databases.host_key()
    databases.odoo.version = "19.0.1"
    assert databases.host_key() != before


@pytest.mark.parametrize(("has", "expected"), [({"sire_base": "old"}, "-u"), (None, "copy")])
def test_run_updates_only_what_changed(databases, monkeypatch, has, expected):
    from host import modules
    from host.commands import run

    prints = dict.fromkeys(modules.closure(run.MODULES), "1")
    monkeypatch.setattr(modules, "fingerprints", lambda names: prints)
    ran = []
    monkeypatch.setattr(databases, "odoo_run", lambda what, name, *arguments, **options: ran.append((name, *arguments)))
    if has:
        make(databases, "sire", {**prints, **has})
    else:
        make(databases, "prepared_x", prints)
        monkeypatch.setattr(databases, "ensure", lambda wanted, warm: "prepared_x")
    run._database(databases, fresh=False)
    assert databases.made_of("sire")["modules"] == prints
    assert ran == ([("sire", "-u", "sire_base")] if expected == "-u" else [])
    run._database(databases, fresh=False)
    assert len(ran) == (1 if expected == "-u" else 0)


def test_an_interrupted_update_is_done_again(databases, monkeypatch):
    from host import modules
    from host.commands import run

    prints = dict.fromkeys(modules.closure(run.MODULES), "1")
    monkeypatch.setattr(modules, "fingerprints", lambda names: prints)
    make(databases, "sire", {**prints, "sire_mpesa": "old"})

    def odoo_run(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(databases, "odoo_run", odoo_run)
    with pytest.raises(KeyboardInterrupt):
        run._database(databases, fresh=False)
    assert "sire_mpesa" not in databases.made_of("sire")["modules"]
