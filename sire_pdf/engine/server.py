"""The print server: takes jobs from a unix socket until nobody needs it any more.

``python -m`` is not used: the worker starts it with the folder of the module on the path (see :mod:`.client`).
"""

import asyncio
import contextlib
import fcntl
import json
import logging
import os
import shutil
import signal
import struct
import sys
import tempfile
from pathlib import Path

from . import wire
from .cdp import BrowserGone
from .document import document
from .jail import Jail
from .pool import Busy, JobFailed, Limits, Pool, TooLong

_logger = logging.getLogger("sire_pdf.server")
SO_PEERCRED = 17
SOL_SOCKET = 1
LOOK_SECONDS = 2


def born(pid):
    """:return: when a process was started, in the kernel's ticks; None when there is none, or only its remains"""
    with contextlib.suppress(OSError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        if fields[0] not in "ZX":
            return fields[19]
    return None


class Conversation:
    """One worker with one job."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self._number = 0
        self._asked = {}

    async def ask(self, url, scope):
        """:return: type, bytes and whether all may have it; None when the worker refuses it or has gone"""
        self._number += 1
        future = self._asked[self._number] = asyncio.get_running_loop().create_future()
        try:
            await self.say({"need": self._number, "url": url, "scope": scope})
            return await future
        except ConnectionError:
            return None

    async def say(self, message, *blobs):
        self.writer.writelines(wire.pack(message, *blobs))
        await self.writer.drain()

    async def listen(self):
        """Takes the worker's answers until it goes."""
        try:
            while frame := await wire.read(self.reader):
                message, blobs = frame
                future = self._asked.pop(message.get("have"), None)
                if future and not future.done():
                    refused = message.get("refused") or not blobs
                    future.set_result(None if refused else (message["type"], blobs[0], bool(message.get("shared"))))
        finally:
            for future in self._asked.values():
                if not future.done():
                    future.set_result(None)


class Server:
    """:param Path home: the folder of the socket
    :param str name: of the socket
    :param Pool pool:
    """

    def __init__(self, home, name, pool):
        self.home = home
        self.name = name
        self.pool = pool
        self.owners = {}
        self.over = asyncio.Event()
        self._conversations = 0
        self._last = 0.0

    def belong_to(self, pid):
        """The server lives as long as one of those does that it belongs to."""
        if pid and pid not in self.owners and born(pid):
            self.owners[pid] = born(pid)

    async def serve(self):
        """Serves until it is over."""
        os.chdir(self.home)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.name)
        os.umask(0o177)
        listening = await asyncio.start_unix_server(self._connected, self.name, limit=2**20, backlog=1024)
        os.umask(0o077)
        looking = asyncio.ensure_future(self._look())
        try:
            await self.over.wait()
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.name)
            listening.close()
            looking.cancel()
            await self.pool.end()

    async def _look(self):
        """Ends the server when nobody needs it; sees to the browser's health."""
        loop = asyncio.get_running_loop()
        self._last = loop.time()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._conversations:
                self._last = loop.time()
            self.owners = {pid: start for pid, start in self.owners.items() if born(pid) == start}
            if not self.owners or loop.time() - self._last > self.pool.limits.idle or not self._is_ours():
                self.over.set()
                return
            said = await self.pool.watch()
            if said:
                _logger.warning("The browser %s: a new one takes over", said)

    def _is_ours(self):
        """:return: whether the socket is there still"""
        return os.path.exists(self.name)

    async def _connected(self, reader, writer):
        self._conversations += 1
        try:
            if self._same_user(writer):
                await self._converse(Conversation(reader, writer))
        except (wire.WireError, ConnectionError, KeyError, TypeError) as error:
            _logger.warning("A worker was not understood: %r", error)
        finally:
            self._conversations -= 1
            writer.close()

    @staticmethod
    def _same_user(writer):
        peer = writer.get_extra_info("socket").getsockopt(SOL_SOCKET, SO_PEERCRED, 12)
        _pid, uid, _gid = struct.unpack("3i", peer)
        return uid == os.getuid()

    async def _converse(self, talk):
        frame = await wire.read(talk.reader)
        if not frame:
            return
        message, _blobs = frame
        self.belong_to(message.get("owner"))
        if message["op"] == "status":
            try:
                if message.get("browser"):
                    await self.pool.ready()
                await talk.say({"done": True, "pid": os.getpid(), **await self.pool.status()})
            except BrowserGone as error:
                await talk.say({"error": "gone", "detail": str(error)[:500]})
            return
        printing = asyncio.ensure_future(self._print(message, talk))
        listening = asyncio.ensure_future(talk.listen())
        await asyncio.wait({printing, listening}, return_when=asyncio.FIRST_COMPLETED)
        if not printing.done():
            printing.cancel()  # the worker has gone: nobody wants it any more
        listening.cancel()
        await asyncio.wait({printing, listening})
        if not printing.cancelled():
            await talk.say(*printing.result())

    async def _print(self, message, talk):
        """:return: the last frame of the conversation"""
        try:
            if message["op"] == "document":
                return {"done": True}, await document(self.pool, message["order"], talk.ask)
            composed, pdf = await self.pool.print(message["job"], talk.ask)
            return {"done": True, **composed}, pdf
        except Busy as error:
            return ({"error": "busy", "detail": str(error)},)
        except TooLong as error:
            return ({"error": "slow", "detail": str(error)},)
        except JobFailed as error:
            return ({"error": "failed", "detail": str(error)[:500]},)
        except BrowserGone as error:
            return ({"error": "gone", "detail": str(error)[:500]},)


def _reserve():
    """Descriptors 3 and 4 are the browser's; nothing of ours may have these numbers."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 4:
        os.set_inheritable(descriptor, False)
    os.close(descriptor)


def _room():
    """A folder for browsers, which another user may have to enter; what dead print servers left is removed."""
    stem = f"sire-pdf-{os.getuid()}-"
    for old in Path(tempfile.gettempdir()).glob(f"{stem}*"):
        pid = old.name.removeprefix(stem).partition("-")[0]
        if not old.is_symlink() and old.stat().st_uid == os.getuid() and not born(pid):
            shutil.rmtree(old, ignore_errors=True)
    room = Path(tempfile.mkdtemp(prefix=f"{stem}{os.getpid()}-"))
    room.chmod(0o711)
    return room


def main(home, name, path, owner, limits):
    """Becomes the print server of a folder, unless there is one.

    :param str home: the folder
    :param str name: of the socket in it
    :param str path: of the Chromium
    :param str owner: process number of the Odoo that it belongs to
    :param str limits: :class:`Limits` as JSON
    """
    if os.fork():
        os._exit(0)  # nobody waits for the server, so nobody may have to bury it
    os.setsid()
    _reserve()
    home = Path(home)
    lock = open(home / f"{name}.lock", "w")  # noqa: SIM115  (held for life)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # another worker was first
    logging.basicConfig(
        filename=home / "print.log", level=logging.INFO, format="%(asctime)s %(process)d %(levelname)s %(message)s"
    )
    with contextlib.suppress(OSError):
        if (home / "print.log").stat().st_size > 2**20:
            (home / "print.log").write_text("")
    room = _room()
    try:
        asyncio.run(_serve(home, name, path, int(owner), Limits(**json.loads(limits)), room))
    finally:
        shutil.rmtree(room, ignore_errors=True)


async def _serve(home, name, path, owner, limits, room):
    jail = Jail()
    server = Server(home, name, Pool(path, jail, room, limits))
    server.belong_to(owner)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, server.over.set)
    for note in jail.notes:
        _logger.warning("Wall missing: %s", note)
    await server.serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
