import contextlib
import json
import os
import signal
import stat
import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from odoo.addons.sire_pdf.engine import find
from odoo.addons.sire_pdf.engine.client import PrintError
from odoo.addons.sire_pdf.engine.server import born

from .common import OwnPrintServer, family, parents, reader, text_of, wait_for


def document(number):
    return f"<h1>Document {number} begins</h1><p>{'word ' * 200}</p><p>and {number} ends</p>"


def renderers(browser):
    """:return: the processes of a browser's pages"""
    found = set()
    for pid in family(browser):
        with contextlib.suppress(OSError):
            if b"--type=renderer" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.add(pid)
    return found


def rooms(pid):
    """:return: the folders in which a print server keeps its browsers"""
    return list(Path(tempfile.gettempdir()).glob(f"sire-pdf-*-{pid}-*"))


@tagged("post_install", "-at_install")
class TestPrintServer(BaseCase):
    """What becomes of documents when processes die, hang, grow or crowd."""

    def assertArrived(self, pdfs):
        """Each document once, whole, and none other in it."""
        for number, pdf in enumerate(pdfs):
            text = text_of(pdf)
            self.assertEqual(len(reader(pdf).pages), 1)
            self.assertEqual(text.count("begins"), 1)
            self.assertIn(f"Document {number} begins", text)
            self.assertIn(f"and {number} ends", text)

    def test_many_starting_at_once_make_one(self):
        with OwnPrintServer() as own, ThreadPoolExecutor(12) as threads:
            pids = {status["pid"] for status in threads.map(lambda _number: own.status(), range(12))}
            self.assertEqual(len(pids), 1, "one print server, however many workers wanted one")
            pdfs = list(threads.map(lambda number: own.print(document(number)), range(12)))
            self.assertArrived(pdfs)
            browsers = {own.status()["browser"] for _again in range(3)}
            self.assertEqual(len(browsers), 1)

    def test_browser_killed_during_50_documents(self):
        with OwnPrintServer(lanes=4) as own, ThreadPoolExecutor(10) as threads:
            own.print(document(0))
            killed = []

            def kill():
                for after in (6, 18, 30):
                    status = wait_for(
                        lambda after=after: (
                            (status := own.status())["printed"] > after
                            and status["running"]
                            and status["browser"] not in [None, *killed]
                            and status
                        ),
                        seconds=60,
                    )
                    killed.append(status["browser"])
                    os.kill(status["browser"], signal.SIGKILL)

            def slow(_url, _scope):
                time.sleep(0.1)

            killer = threading.Thread(target=kill)
            killer.start()
            picture = '<img src="/slow.png"/>'
            pdfs = list(threads.map(lambda number: own.print(document(number) + picture, answer=slow), range(50)))
            killer.join()
            self.assertArrived(pdfs)
            self.assertEqual(len(set(killed)), 3, "three browsers were killed under them")
            self.assertEqual(own.status()["restarts"], 3)

    def test_page_killed(self):
        """At once, and when the browser has had the time to notice."""
        for seconds in (0, 0.05, 1):
            with self.subTest(seconds=seconds), OwnPrintServer(lanes=1) as own:
                own.print(document(0))
                browser = own.status()["browser"]
                for pid in family(browser):
                    if b"--type=renderer" in Path(f"/proc/{pid}/cmdline").read_bytes():
                        os.kill(pid, signal.SIGKILL)
                time.sleep(seconds)
                self.assertArrived([own.print(document(0))])
                self.assertEqual(own.status()["browser"], browser, "a page is replaced, not the browser")

    def test_page_killed_while_it_opens(self):
        """At the first moment of its life, before it was asked anything, and while it waits for its style sheet."""
        with OwnPrintServer(lanes=1) as own:
            own.print(document(0))
            browser = own.status()["browser"]
            before = family(browser)
            killed = set()
            over = threading.Event()

            def kill():
                while not over.is_set() and len(killed) < 2:
                    for pid in renderers(browser) - before - killed:
                        with contextlib.suppress(ProcessLookupError):
                            os.kill(pid, signal.SIGKILL)
                            killed.add(pid)

            killer = threading.Thread(target=kill)
            killer.start()
            try:
                self.assertArrived([own.print(document(0), tenant="another")])
            finally:
                over.set()
                killer.join()
            self.assertTrue(killed)

            def poison(_url, scope):
                if scope == "style" and len(killed) < 4:
                    for pid in renderers(own.status()["browser"]):
                        os.kill(pid, signal.SIGKILL)
                        killed.add(pid)

            sheet = [["0" * 40, "/a.css"]]
            self.assertArrived([own.print(document(0), tenant="a third", sheets=sheet, answer=poison)])
            self.assertGreater(len(killed), 2)

    def test_a_document_that_kills_its_browser_is_given_up(self):
        """Twice among others, once on a browser of its own: what dies then dies of the document."""
        with OwnPrintServer(lanes=4) as own:
            own.print(document(0))
            server = own.status()["pid"]
            killed = []

            def poison(_url, _scope):
                for pid, (parent, _state) in parents().items():
                    if parent == server:
                        os.kill(pid, signal.SIGKILL)
                        killed.append(pid)

            with self.assertRaises(PrintError) as caught:
                own.print('<img src="/poison.png"/>', answer=poison)
            self.assertEqual(caught.exception.code, "gone")
            self.assertEqual(len(set(killed)), 3)
            self.assertArrived([own.print(document(0))])

    def test_200_at_once(self):
        with OwnPrintServer(lanes=4, memory=1500) as own, ThreadPoolExecutor(200) as threads:
            own.print(document(0))
            sizes = []
            done = threading.Event()

            def measure():
                while not done.wait(0.2):
                    sizes.append(own.status()["memory"])

            measuring = threading.Thread(target=measure)
            measuring.start()
            pdfs = list(threads.map(lambda number: own.print(document(number)), range(200)))
            done.set()
            measuring.join()
            self.assertArrived(pdfs)
            self.assertLess(max(sizes), 1500, "megabytes of the browser with all its processes")
            status = own.status()
            self.assertLess(len(family(status["browser"])), 30, "processes are as many as pages, not as documents")
            zombies = [pid for pid, (parent, state) in parents().items() if parent == status["pid"] and state == "Z"]
            self.assertFalse(zombies)
            everything = family(status["pid"])
            self.assertEqual(len(rooms(status["pid"])), 1)
            own.stop()
            wait_for(lambda: not any(born(pid) for pid in everything), why="something outlives the print server")
            self.assertFalse(rooms(status["pid"]), "no temporary file stays")
            self.assertFalse(list(Path(own.folder, "sire_pdf").glob("*.sock")))

    def test_busy(self):
        with OwnPrintServer(lanes=1, queue=2) as own, ThreadPoolExecutor(8) as threads:
            own.print(document(0))

            def slow(_url, _scope):
                time.sleep(1)

            def attempt(number):
                try:
                    return own.print(document(number) + '<img src="/slow.png"/>', answer=slow)
                except PrintError as error:
                    return error.code

            results = list(threads.map(attempt, range(8)))
            self.assertEqual(results.count("busy"), 5, "one prints, two wait, the others are told at once")
            self.assertEqual(sum(isinstance(result, bytes) for result in results), 3)
            self.assertArrived([own.print(document(0))])

    def test_waits_no_longer_than_its_limit(self):
        with OwnPrintServer(lanes=1, seconds=2) as own:
            own.print(document(0))
            started = time.monotonic()
            with self.assertRaises(PrintError) as caught:
                own.print('<img src="/never.png"/>', answer=lambda _url, _scope: time.sleep(4))
            self.assertEqual(caught.exception.code, "slow")
            self.assertLess(time.monotonic() - started, 8)
            self.assertArrived([own.print(document(0))])

    def test_hanging_browser_is_replaced(self):
        with OwnPrintServer(lanes=1, seconds=3) as own:
            own.print(document(0))
            stuck = own.status()["browser"]
            os.kill(stuck, signal.SIGSTOP)
            self.assertArrived([own.print(document(0))])
            self.assertNotEqual(own.status()["browser"], stuck)
            wait_for(lambda: not born(stuck), why="the old browser is still there")

    def test_growing_browser_is_replaced(self):
        with OwnPrintServer(lanes=2, memory=1) as own:
            self.assertArrived([own.print(document(0))])
            first = own.status()["browser"]
            wait_for(lambda: own.status()["browser"] != first, why="a browser over its limit stays")
            self.assertArrived([own.print(document(0))])

    def test_browser_that_has_grown_a_little_ends_its_documents_first(self):
        """Over its limit, and not yet over twice of it: a new one takes over, and what was under way arrives."""
        with OwnPrintServer(lanes=1) as own:
            own.print(document(0))
            size = own.status()["memory"]
        with OwnPrintServer(lanes=1, memory=int(size * 0.7)) as own, ThreadPoolExecutor(1) as threads:
            replaced = []

            def wait_until_replaced(_url, _scope):
                first = own.status()["browser"]
                wait_for(lambda: own.status()["browser"] != first, why="a browser over its limit stays")
                replaced.append(bool(born(first)))

            picture = '<img src="/slow.png"/>'
            coming = threads.submit(own.print, document(0) + picture, answer=wait_until_replaced)
            self.assertArrived([coming.result()])
            self.assertEqual(replaced, [True], "asked once, and of a browser that lived on")

    def test_a_browser_that_does_not_start_leaves_nothing(self):
        """Neither one that ends at once, nor one that says nothing and that nobody waits for any more."""
        for script in ("exit 1", "exec sleep 600"):
            with self.subTest(script=script), self.not_a_browser(script), OwnPrintServer(lanes=1) as own:
                server = own.status()["pid"]
                if "sleep" in script:
                    with own.client._connect() as line:
                        own.client._send(line, {"op": "print", "job": own.job("x"), "owner": os.getpid()})
                        wait_for(lambda server=server: family(server) - {server}, why="it is not even tried")
                else:
                    with self.assertRaises(PrintError) as caught:
                        own.print("x")
                    self.assertEqual(caught.exception.code, "gone")
                wait_for(lambda server=server: family(server) == {server}, why="a process stays, or the remains of one")
                (room,) = rooms(server)
                wait_for(lambda room=room: not list(room.iterdir()), why="its folder stays")
                wait_for(lambda own=own: own.status()["running"] == 0, why="its place stays taken")

    @contextlib.contextmanager
    def not_a_browser(self, script):
        """A program is installed as Chromium that is none."""
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)  # the browser's user has to find it
            program = Path(folder, "not-a-browser")
            program.write_text(f"#!/bin/sh\n{script}\n")
            program.chmod(0o755)
            with patch.dict(os.environ, {find.VARIABLE: str(program)}):
                yield

    def test_worn_browser_is_replaced(self):
        with OwnPrintServer(lanes=1, jobs=3) as own:
            pdfs = [own.print(document(number)) for number in range(10)]
            self.assertArrived(pdfs)
            self.assertEqual(own.status()["restarts"], 3)

    def test_killed_print_server(self):
        with OwnPrintServer() as own:
            own.print(document(0))
            status = own.status()
            everything = family(status["pid"])
            self.assertTrue(rooms(status["pid"]))
            os.kill(status["pid"], signal.SIGKILL)
            wait_for(lambda: not any(born(pid) for pid in everything), why="a browser outlives its print server")
            self.assertArrived([own.print(document(0))])
            again = own.status()
            self.assertNotEqual(again["pid"], status["pid"])
            self.assertFalse(rooms(status["pid"]), "the next one removes what a killed one left")

    def test_ends_when_idle(self):
        with OwnPrintServer(idle=1) as own:
            own.print(document(0))
            everything = family(own.status()["pid"])
            wait_for(lambda: not any(born(pid) for pid in everything), why="it stays though nobody needs it")
            self.assertFalse(list(Path(own.folder, "sire_pdf").glob("*.sock")))

    def test_ends_with_its_owner(self):
        owner = subprocess.Popen(["sleep", "600"])
        with OwnPrintServer(owner=owner.pid) as own:
            own.print(document(0))
            everything = family(own.status()["pid"])
            owner.kill()
            owner.wait()
            wait_for(lambda: not any(born(pid) for pid in everything), why="it outlives the Odoo that it belongs to")

    def test_only_its_user_talks_to_it(self):
        with OwnPrintServer() as own:
            own.status()
            (path,) = Path(own.folder, "sire_pdf").glob("*.sock")
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
            self.assertEqual(stat.S_IMODE(path.parent.stat().st_mode), 0o700)
            listening = subprocess.run(["cat", "/proc/net/tcp"], capture_output=True, text=True, check=True).stdout
            sockets = {link for pid in family(own.status()["pid"]) for link in open_sockets(pid)}
            inodes = {line.split()[9] for line in listening.splitlines()[1:]}
            self.assertFalse(sockets & inodes, "no port of the print server or its browser on the network")

    def test_nonsense_is_not_obeyed(self):
        with OwnPrintServer() as own:
            own.status()
            for frame in (b"\xff\xff\xff\xff", b"\0\0\0\x02{}", b"\0\0\0\x05hello", json.dumps({}).encode()):
                with own.client._connect() as line:
                    line.settimeout(5)
                    line.sendall(frame)
                    line.shutdown(1)
                    self.assertEqual(line.recv(10), b"")
            self.assertArrived([own.print(document(0))])

    def test_worker_that_leaves(self):
        with OwnPrintServer(lanes=1) as own:
            own.print(document(0))
            with own.client._connect() as line:
                own.client._send(line, {"op": "print", "job": own.job('<img src="/a.png"/>'), "owner": os.getpid()})
                own.client._receive(line)  # the question for the picture
            self.assertArrived([own.print(document(0))])
            wait_for(lambda: own.status()["running"] == 0)


def open_sockets(pid):
    found = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = os.readlink(link)
        except OSError:
            continue
        if target.startswith("socket:["):
            found.add(target[8:-1])
    return found
