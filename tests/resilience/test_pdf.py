"""Documents over HTTP while browsers die under them, and what is left when Odoo ends: on real processes."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from host import paths, testing

STATUS = """
import json, sys
sys.path.insert(0, sys.argv[1])
from engine.client import PrintServer
print(json.dumps(PrintServer(sys.argv[2], 0).status()))
"""


class Printer:
    """A running Odoo with a print server of its own."""

    def __init__(self, sire, folder):
        self.sire = sire
        self.folder = folder

    def session(self):
        session = requests.Session()
        session.trust_env = False
        credentials = {"db": self.sire.db, "login": "admin", "password": "admin"}
        answer = session.post(f"{self.sire.url}/web/session/authenticate", json={"params": credentials}, timeout=60)
        assert answer.json()["result"]["uid"]
        return session

    def print(self, session):
        answer = session.get(f"{self.sire.url}/report/pdf/web.preview_externalreport/1", timeout=120)
        assert answer.headers["Content-Type"] == "application/pdf", answer.text[:500]
        return answer.content

    def status(self):
        command = [sys.executable, "-I", "-c", STATUS, str(paths.REPO / "sire_pdf"), str(self.folder)]
        return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def alive(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


def wait_for(what, seconds=30):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


@pytest.fixture(scope="module", params=["0", "3"], ids=["threads", "processes"])
def printer(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pdf")
    environment = {"SIRE_PDF_FOLDER": str(folder)}
    # the second is Odoo's own limit for its workers, below which no browser starts
    options = {"workers": request.param, "limit_memory_hard": "2684354560"}
    with testing.server(("sire_pdf",), env=environment, options=options, sandbox=False) as sire:
        yield Printer(sire, folder)


def test_browsers_killed_during_50_documents(printer):
    session = printer.session()
    text = subprocess.run(
        ["pdftotext", "-", "-"], input=printer.print(session), capture_output=True, check=True
    ).stdout.decode()
    assert "This is a sample of an external report." in text
    assert "Page 1 / 1" in text
    first = printer.status()
    with ThreadPoolExecutor(8) as threads:
        coming = [threads.submit(printer.print, session) for _number in range(50)]
        killed = set()
        while len(killed) < 3 and not all(future.done() for future in coming):
            browser = printer.status()["browser"]
            if browser and browser not in killed:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(browser, signal.SIGKILL)
                    killed.add(browser)
            time.sleep(0.1)
        pdfs = [future.result() for future in coming]
    assert len(killed) == 3
    assert len(pdfs) == 50
    assert all(pdf == pdfs[0] and len(pdf) > 5000 for pdf in pdfs), "the same input, the same file, whatever died"
    status = printer.status()
    assert status["pid"] == first["pid"], "one print server for all workers, all the while"


@pytest.mark.parametrize("end", ["stop", "kill9"])
def test_nothing_outlives_odoo(printer, end):
    printer.print(printer.session())
    status = printer.status()
    assert alive(status["pid"]) and alive(status["browser"])
    getattr(printer.sire, end)()
    wait_for(lambda: not alive(status["pid"]) and not alive(status["browser"]))
    assert not list((printer.folder / "sire_pdf").glob("*.sock"))
    printer.sire.start()
    assert printer.print(printer.session())
