"""One Chromium: started on its pipes, watched, and ended with everything it started."""

import asyncio
import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from collections import deque
from pathlib import Path

from .cdp import BrowserGone, Connection, ProtocolError

FLAGS = (
    "--headless", "--remote-debugging-pipe", "--disable-gpu", "--no-first-run", "--no-default-browser-check",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--disable-default-apps", "--disable-breakpad", "--disable-crash-reporter", "--metrics-recording-only",
    "--disable-dev-shm-usage", "--disable-3d-apis", "--disable-speech-api", "--disable-domain-reliability",
    "--disable-client-side-phishing-detection", "--disable-notifications", "--mute-audio", "--hide-scrollbars",
    "--font-render-hinting=none", "--password-store=basic", "--use-mock-keychain", "--lang=en-US",
    # nobody looks: a page is drawn on paper and never on a screen, which was a quarter of a document's processor time
    "--enable-begin-frame-control", "--run-all-compositor-stages-before-draw",
    # walls behind the one that refuses requests: no names are resolved, and the only way out leads nowhere
    "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=http://127.0.0.1:9", "--proxy-bypass-list=<-loopback>",
    "--disable-features=Translate,MediaRouter,OptimizationHints,AutofillServerCommunication,HttpsUpgrades",
)  # fmt: skip
START_SECONDS = 20
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Browser:
    """A running Chromium. ``gone`` is set when it has ended, whoever ended it."""

    def __init__(self, path, jail, home):
        """:param str path: the program
        :param Jail jail: what it runs in
        :param Path home: a folder in which it gets an empty one of its own
        """
        self.path = path
        self.jail = jail
        self.home = home
        self.gone = asyncio.Event()
        self.product = ""
        self.handlers = {}
        self.lanes = set()
        self.lost = deque(maxlen=100)  # targets that are not there any more
        self.jobs = 0
        self.jobs_done = 0
        self.number = next(_NUMBERS)
        self._process = None
        self._folder = None
        self.connection = Connection(self._event, self._ended)

    @property
    def pid(self):
        return self._process.pid if self._process else None

    async def start(self):
        """Starts it and waits until it answers.

        :raise BrowserGone: when it does not; what it said is in the message
        """
        self._folder = Path(tempfile.mkdtemp(prefix="browser-", dir=self.home))
        if self.jail.user:
            os.chown(self._folder, self.jail.user.pw_uid, self.jail.user.pw_gid)
        commands_out, commands_in = os.pipe()
        answers_out, answers_in = os.pipe()
        arguments = [self.path, *FLAGS, f"--user-data-dir={self._folder}"]
        if not self.jail.sandbox:
            arguments.append("--no-sandbox")
        environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(self._folder), "TMPDIR": str(self._folder),
            "XDG_CONFIG_HOME": str(self._folder), "XDG_CACHE_HOME": str(self._folder), "LANG": "C.UTF-8", "TZ": "UTC",
        }  # fmt: skip
        try:
            self._process = subprocess.Popen(
                arguments, env=environment, cwd=self._folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, pass_fds=(3, 4), start_new_session=True,
                preexec_fn=lambda: self.jail.enter(commands_out, answers_in),  # noqa: PLW1509  (this program has no threads)
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError) as error:
            for descriptor in (commands_in, answers_out):
                os.close(descriptor)
            await self.end()
            raise BrowserGone(f"{self.path} cannot be started: {error}") from error
        finally:
            os.close(commands_out)
            os.close(answers_in)
        try:
            await self.connection.open(os.fdopen(answers_out, "rb", 0), os.fdopen(commands_in, "wb", 0))
            async with asyncio.timeout(START_SECONDS):
                self.product = (await self.connection.send("Browser.getVersion"))["product"]
                await self.connection.send("Target.setDiscoverTargets", discover=True)
        except BaseException as error:
            await self.end()  # also when nobody wants it any more: no one else knows of it yet
            if isinstance(error, TimeoutError | ProtocolError | BrowserGone):
                raise BrowserGone(f"{self.path} does not answer") from error
            raise

    def _event(self, session, method, params):
        if not session and method in ("Target.targetCrashed", "Target.targetDestroyed"):
            # A page says itself that it crashes only when it could still be asked to: the browser always does.
            self.lost.append(params["targetId"])
            for lane in list(self.lanes):
                if lane.target == params["targetId"]:
                    lane.lose()
            return
        handler = self.handlers.get(session)
        if handler:
            handler(method, params)

    def _ended(self):
        self.gone.set()
        for lane in list(self.lanes):
            lane.lose()

    async def answers(self, seconds=3):
        """:return: whether it is there and awake"""
        try:
            async with asyncio.timeout(seconds):
                await self.connection.send("Browser.getVersion")
        except (TimeoutError, BrowserGone, ProtocolError):
            return False
        return True

    def processes(self):
        """:return: the process numbers of the browser and of all that it started"""
        parents = {}
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                with contextlib.suppress(OSError, IndexError, ValueError):
                    stat = Path("/proc", entry, "stat").read_bytes()
                    parents[int(entry)] = int(stat.rpartition(b")")[2].split()[1])
        found = {self.pid} & parents.keys()
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return found

    def memory(self):
        """:return: megabytes of the browser and all that it started; what they share counts once"""
        total = 0
        for pid in self.processes():
            total += _kilobytes(pid)
        return total // 1024

    async def end(self):
        """Ends it with everything it started, and removes its folder."""
        self.connection.close()
        if self._process:
            tree = self.processes()
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)  # those too whose parent died before
            for pid in tree:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            while self._process.poll() is None:
                await asyncio.sleep(0.01)
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)


_NUMBERS = itertools.count(1)


def _kilobytes(pid):
    """Proportional size where the kernel tells it, resident size otherwise."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    except (OSError, StopIteration):
        with contextlib.suppress(OSError, IndexError):
            return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES // 1024
    return 0
