"""``python -m sandbox`` as people and scripts start it."""

import os
import re
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from sandbox.__main__ import listen
from sandbox.settings import parse

from .client import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def start():
    started = []

    def run(*flags, **env):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SANDBOX_")}
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", *flags],
            cwd=ROOT,
            env=clean | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def first_line(process):
    assert select.select([process.stdout], [], [], PATIENCE)[0], "it said nothing"
    return process.stdout.readline()


def test_starts_says_where_and_stops(start):
    process = start("--port", "0", "--smtp-port", "0")
    line = first_line(process)
    url = re.search(r"http://127\.0\.0\.1:\d+", line)[0]
    port = int(re.search(r"SMTP on port (\d+)", line)[1])
    assert httpx.get(f"{url}/health", trust_env=False, timeout=PATIENCE).json()["smtp_port"] == port
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as smtp:
        assert smtp.recv(100).startswith(b"220 ")
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) in (0, -signal.SIGTERM)  # who starts it kills it after 20 seconds
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/health", trust_env=False)


@pytest.mark.parametrize("flag", ["--port", "--smtp-port"])
def test_port_taken_is_one_line(start, flag):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        other = "--smtp-port" if flag == "--port" else "--port"
        process = start(flag, str(taken.getsockname()[1]), other, "0")
        _out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "Choose other ports" in err and len(err.strip().splitlines()) == 1


def test_environment_and_flags(monkeypatch):
    monkeypatch.setenv("SANDBOX_CONSUMER_KEY", "from-env")
    monkeypatch.setenv("SANDBOX_PASSKEY", "from-env")
    monkeypatch.setenv("SANDBOX_EXPIRY", "7.5")
    monkeypatch.setenv("SANDBOX_HTTP_HOSTS", "odoo,web")
    settings, verbose = parse(["--passkey", "from-flag", "--host", "0.0.0.0"])
    assert (settings.consumer_key, settings.passkey) == ("from-env", "from-flag")
    assert settings.expiry == 7.5
    assert settings.http_hosts == ("odoo", "web")
    assert settings.host == "0.0.0.0" and not verbose


def test_answers_are_not_held_back():
    with listen("127.0.0.1", 0) as sock:
        assert sock.proto == socket.IPPROTO_TCP  # what asyncio looks at before it turns Nagle's delay off


def test_loopback_unless_told_otherwise(monkeypatch):
    monkeypatch.delenv("SANDBOX_HOST", raising=False)
    assert parse([])[0].host == "127.0.0.1"
