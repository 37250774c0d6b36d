"""A state folder of its own for each test, and a private PostgreSQL for those that ask."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

PATIENCE = 60  # seconds, which only pass when something is broken
REPO = Path(__file__).resolve().parents[2]


@pytest.fixture
def wait_for():
    """Asks again and again until something is so."""

    def wait(condition):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, "it did not happen"
            time.sleep(0.02)

    return wait


@pytest.fixture
def home(monkeypatch):
    """A state folder that the cluster's owner may enter, short enough for a socket; removed with what runs in it."""
    folder = Path(tempfile.mkdtemp(prefix="sire-"))
    folder.chmod(0o711)
    monkeypatch.setenv("SIRE_HOME", str(folder))
    for name in ("SIRE_ODOO", "SIRE_CHROMIUM", "SIRE_DEBIAN_MIRROR"):
        monkeypatch.delenv(name, raising=False)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def shared_cluster():
    """One PostgreSQL for all tests that ask: making one takes a second or more."""
    from host.postgres import Cluster

    folder = Path(tempfile.mkdtemp(prefix="sire-"))
    folder.chmod(0o711)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIRE_HOME", str(folder))
        found = Cluster()
    found.start()
    yield folder, found
    found.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def cluster(shared_cluster, monkeypatch):
    """The started cluster, SIRE_HOME set to its folder; empty again after the test."""
    folder, found = shared_cluster
    monkeypatch.setenv("SIRE_HOME", str(folder))
    found.start()
    yield found
    found.start()
    for row in found.sql("SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"):
        found.sql(f'DROP DATABASE "{row[0]}" WITH (FORCE)')
    shutil.rmtree(folder / "data", ignore_errors=True)


@pytest.fixture
def sire(home):
    """Runs ``./sire`` as a program; returns what ``subprocess.run`` returns."""

    def call(*arguments, **environ):
        env = {**os.environ, **environ}
        command = [sys.executable, str(REPO / "sire"), *arguments]
        return subprocess.run(
            command, env=env, capture_output=True, text=True, check=False, timeout=600, stdin=subprocess.DEVNULL
        )

    return call
