"""What a worker of Odoo does to have something printed: finds the print server, or starts it, and hands it the job."""

import contextlib
import hashlib
import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

from . import find, wire
from .pdf.job import TOGETHER
from .pool import Limits

START_SECONDS = 30
PROGRAM = "import sys; sys.path.insert(0, sys.argv.pop(1)); from engine.server import main; main(*sys.argv[1:])"
HERE = Path(__file__).resolve().parent


class PrintError(Exception):
    """Nothing was printed. ``code`` says why: ``missing`` (no Chromium), ``down``, ``busy``, ``slow``, ``failed``, ``gone``"""

    def __init__(self, code, detail=""):
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


def _version():
    """Digits that change with the engine's files: a new engine does not meet an old server."""
    made_of = hashlib.sha256()
    for path in sorted(HERE.rglob("*")):
        if path.suffix in (".py", ".js", ".html"):
            made_of.update(path.name.encode() + path.read_bytes())
    return made_of.hexdigest()[:12]


VERSION = _version()


def limits(environment=None):
    """:return: :class:`Limits` of this machine; ``SIRE_PDF_LANES``, ``_QUEUE``, ``_SECONDS``, ``_MEMORY``, ``_JOBS`` and
    ``_IDLE`` change them
    """
    environment = os.environ if environment is None else environment
    chosen = Limits(lanes=max(1, len(os.sched_getaffinity(0))))
    for name, value in asdict(chosen).items():
        with contextlib.suppress(KeyError, ValueError):
            setattr(chosen, name, type(value)(environment[f"SIRE_PDF_{name.upper()}"]))
    return chosen


class PrintServer:
    """The print server of a folder.

    :param folder: Odoo's data folder, or another that is ours alone
    :param int owner: process number of the Odoo that the server shall end with
    """

    def __init__(self, folder, owner):
        self.folder = Path(folder) / "sire_pdf"
        self.owner = owner
        self.name = f"print-{VERSION}.sock"

    def document(self, order, answer):
        """Has a document printed.

        :param dict order: see :mod:`.document`
        :param answer: function ``(url, scope)`` that returns ``(type, bytes, shared)``, or None to refuse
        :return: the file as bytes
        :raise PrintError: when nothing was printed
        """
        parts = 1 + len(order["bodies"]) // TOGETHER
        return self._ask({"op": "document", "order": order}, answer, parts)[1]

    def print(self, job, answer):
        """Has the pages of one job printed.

        :param dict job: see :mod:`.wire`
        :param answer: as above
        :return: a dictionary with ``counts``, ``overlays`` and ``marked``, and the PDF as bytes
        :raise PrintError: when nothing was printed
        """
        return self._ask({"op": "print", "job": job}, answer, 1)

    def _ask(self, message, answer, parts):
        seconds = (parts + 1) * limits().seconds + START_SECONDS
        for attempt in (1, 2):
            try:
                return self._converse(message, answer, time.monotonic() + seconds)
            except (ConnectionError, EOFError) as error:
                if attempt == 2:
                    raise PrintError("down", str(error) or type(error).__name__) from error
            except TimeoutError as error:
                raise PrintError("slow", f"{seconds:.0f} seconds") from error

    def status(self, start=False, browser=False):
        """:param bool start: whether to start the server when it does not run
        :param bool browser: whether to start its browser when there is none
        :return: a dictionary of what the server says of itself; None when it does not run or does not answer
        :raise PrintError: when one of the two cannot be started
        """
        with contextlib.suppress(ConnectionError, EOFError, TimeoutError), self._connect(start) as line:
            line.settimeout(START_SECONDS)
            self._send(line, {"op": "status", "owner": self.owner, "browser": browser})
            said = self._receive(line)[0]
            if "error" in said:
                raise PrintError(said["error"], said.get("detail", ""))
            return said
        return None

    # === THE CONVERSATION === #

    def _converse(self, message, answer, deadline):
        with self._connect() as line:
            line.settimeout(max(0.1, deadline - time.monotonic()))
            self._send(line, {**message, "owner": self.owner})
            while True:
                line.settimeout(max(0.1, deadline - time.monotonic()))
                message, blobs = self._receive(line)
                if "need" in message:
                    found = answer(message["url"], message["scope"])
                    have = {"have": message["need"]}
                    with contextlib.suppress(ConnectionError):  # it may have given up meanwhile: then it says so
                        if found:
                            self._send(line, {**have, "type": found[0], "shared": found[2]}, found[1])
                        else:
                            self._send(line, {**have, "refused": True})
                elif "error" in message:
                    raise PrintError(message["error"], message.get("detail", ""))
                else:
                    return message, blobs[0]

    @staticmethod
    def _send(line, message, *blobs):
        for part in wire.pack(message, *blobs):
            line.sendall(part)

    @staticmethod
    def _receive(line):
        def exactly(size):
            data = bytearray(size)
            view = memoryview(data)
            while view:
                read = line.recv_into(view)
                if not read:
                    raise EOFError("the print server hung up")
                view = view[read:]
            return data

        try:
            message, sizes = wire.parse_head(exactly(wire.head_size(exactly(4))))
            return message, [bytes(exactly(size)) for size in sizes]
        except wire.WireError as error:
            raise PrintError("down", str(error)) from error

    # === THE SERVER === #

    def _connect(self, start=True):
        """:return: a socket that is connected
        :raise ConnectionError: when there is no server and none shall be started
        :raise PrintError: when none can be started
        """
        line = self._try()
        if line:
            return line
        if not start:
            raise ConnectionRefusedError("the print server does not run")
        deadline = time.monotonic() + START_SECONDS
        self._start()
        wait = 0.01
        while time.monotonic() < deadline:
            line = self._try()
            if line:
                return line
            time.sleep(wait)
            wait = min(wait * 1.5, 1)
            if wait == 1:
                self._start()  # the one who held the place may have been about to end
        raise PrintError("down", "the print server does not start")

    def _try(self):
        line = socket.socket(socket.AF_UNIX)
        try:
            folder = os.open(self.folder, os.O_PATH | os.O_DIRECTORY)
        except FileNotFoundError:
            line.close()
            return None
        try:
            line.connect(f"/proc/self/fd/{folder}/{self.name}")  # a socket's address is short, a folder's may be long
            return line
        except (FileNotFoundError, ConnectionRefusedError):
            line.close()
            return None
        finally:
            os.close(folder)

    def _start(self):
        path = find.chromium()
        if not path:
            raise PrintError("missing", "there is no Chromium on this machine")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        command = [sys.executable, "-I", "-c", PROGRAM, str(HERE.parent), str(self.folder), self.name, path,
                   str(self.owner), json.dumps(asdict(limits()))]  # fmt: skip
        try:
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                           check=True, timeout=START_SECONDS, close_fds=True)  # fmt: skip
        except (OSError, subprocess.SubprocessError) as error:
            raise PrintError("down", f"the print server does not start: {error}") from error
