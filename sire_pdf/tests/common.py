import contextlib
import io
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from unittest.mock import patch

from pypdf import PdfReader

from odoo.addons.sire_pdf.engine.client import PrintServer
from odoo.addons.sire_pdf.engine.pdf import finish
from odoo.addons.sire_pdf.engine.pdf.geometry import Geometry
from odoo.addons.sire_pdf.engine.server import born

PAGE = Geometry(
    width=210, height=297, top=40, right=10, bottom=20, left=10, header_top=5, header_line=False, scale=0.8, shrink=1.6
)


def text_of(pdf, page=None):
    """:return: what pdftotext reads in a document, or on one of its pages (from 1)"""
    pages = ["-f", str(page), "-l", str(page)] if page else []
    done = subprocess.run(["pdftotext", "-layout", *pages, "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def words_of(pdf, page=None):
    return text_of(pdf, page).split()


def reader(pdf):
    return PdfReader(io.BytesIO(pdf))


def parents():
    """:return: ``{pid: (parent, state)}`` of all processes"""
    found = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError, IndexError):
                fields = Path("/proc", entry, "stat").read_text().rpartition(")")[2].split()
                found[int(entry)] = int(fields[1]), fields[0]
    return found


def family(pid):
    """:return: a process and all that it started"""
    known = parents()
    found = {pid} & known.keys()
    while more := {child for child, (parent, _state) in known.items() if parent in found} - found:
        found |= more
    return found


def wait_for(what, seconds=20, why=""):
    deadline = time.monotonic() + seconds
    while not (found := what()):
        if time.monotonic() > deadline:
            raise AssertionError(why or "it did not happen in time")
        time.sleep(0.05)
    return found


class OwnPrintServer:
    """A print server that nobody else uses, in a folder of its own.

    :param limits: of :class:`Limits`, by name
    """

    def __init__(self, owner=None, **limits):
        self.folder = tempfile.mkdtemp(prefix="test-pdf-")
        self.limits = {f"SIRE_PDF_{name.upper()}": str(value) for name, value in limits.items()}
        self.client = PrintServer(self.folder, owner or os.getpid())
        self.rooms = set()

    def __enter__(self):
        self._environment = patch.dict(os.environ, self.limits)
        self._environment.start()
        return self

    def __exit__(self, *error):
        self.stop()
        self._environment.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop(self):
        status = self.client.status()
        if status:
            os.kill(status["pid"], signal.SIGTERM)
            wait_for(lambda: not born(status["pid"]), why="the print server does not end")

    def status(self, start=True):
        return self.client.status(start=start)

    def print(self, *htmls, answer=None, header=None, footer=None, **changes):
        """:return: a document with one body for each HTML text"""
        composed, data = self.client.print(self.job(*htmls, header=header, footer=footer, **changes), answer or refuse)
        part = finish.part(data, composed)
        return finish.document([part], "Test", "en", "http://example.test", [f"{n}" for n in range(len(htmls))])

    @staticmethod
    def job(*htmls, header=None, footer=None, **changes):
        return {
            "tenant": "test", "sheets": [], "style": "", "lang": "en", "page": PAGE.as_dict(), "counts": None,
            "bodies": [{"attributes": {}, "html": html} for html in htmls],
            "headers": [{"attributes": {}, "html": header} if header else None] * len(htmls) if header or footer else [],
            "footers": [{"attributes": {}, "html": footer} if footer else None] * len(htmls) if header or footer else [],
            "tagged": True, **changes,
        }  # fmt: skip


def refuse(_url, _scope):
    """Finds nothing."""


class Listener:
    """Listens on every address of this machine and remembers who came."""

    def __enter__(self):
        self.socket = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
        self.port = self.socket.getsockname()[1]
        self.came = []
        self.over = False
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()
        return self

    def _listen(self):
        self.socket.settimeout(0.1)
        while not self.over:
            with contextlib.suppress(OSError):
                line, address = self.socket.accept()
                self.came.append(address)
                line.close()

    def __exit__(self, *error):
        self.over = True
        self.thread.join()
        self.socket.close()
