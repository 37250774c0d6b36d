"""Pages for jobs: as many at once as processors, warm where possible, on a browser that is replaced when it must be."""

import asyncio
import contextlib
import logging
from collections import deque
from dataclasses import dataclass

from .assets import Assets
from .browser import Browser
from .cdp import BrowserGone, ProtocolError
from .lane import JobFailed, Lane

_logger = logging.getLogger("sire_pdf.pool")
SHARED_ATTEMPTS = 2  # whose browser died twice gets one for itself: what kills it then is the job


class Busy(Exception):
    """More jobs wait than may."""


class TooLong(Exception):
    """A job took longer than it may."""


@dataclass
class Limits:
    """``lanes``: jobs at once · ``queue``: jobs that may wait · ``seconds``: for one job, and as long again for waiting ·
    ``memory``: megabytes of the browser with all its processes · ``jobs``: of one browser before it is replaced ·
    ``idle``: seconds without a job after which the server ends"""

    lanes: int = 4
    queue: int = 256
    seconds: float = 60
    memory: int = 1500
    jobs: int = 2000
    idle: float = 900


class Pool:
    """:param str path: of the Chromium
    :param Jail jail: what it runs in
    :param Path home: where its folder may be
    :param Limits limits:
    """

    def __init__(self, path, jail, home, limits):
        self.path = path
        self.jail = jail
        self.home = home
        self.limits = limits
        self.assets = Assets()
        self.browser = None
        self.running = 0
        self.printed = 0
        self.restarts = 0
        self._waiting = deque()
        self._idle = []
        self._old = set()
        self._starting = asyncio.Lock()

    # === JOBS === #

    async def print(self, job, ask):
        """:return: what :meth:`Lane.print` returns
        :raise Busy: when too many wait already, or for too long
        :raise TooLong: when it took too long
        :raise JobFailed: when it cannot be printed
        :raise BrowserGone: when there is no browser to be had
        """
        await self._enter()
        try:
            for _attempt in range(SHARED_ATTEMPTS):
                try:
                    result = await self._attempt(job, ask)
                    break
                except BrowserGone as error:
                    _logger.warning("The browser ended under a job, which starts again: %s", error)
            else:
                result = await self._alone(job, ask)
            self.printed += 1
            return result
        finally:
            self._leave()

    async def _enter(self):
        """Waits for a turn."""
        if self.running < self.limits.lanes and not self._waiting:
            self.running += 1
            return
        if len(self._waiting) >= self.limits.queue:
            raise Busy(f"{len(self._waiting)} documents wait already")
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(self.limits.seconds):
                await turn
        except BaseException as error:
            if turn in self._waiting:
                self._waiting.remove(turn)
            elif turn.done() and not turn.cancelled():
                self._leave()  # the turn came in the moment in which its owner gave up
            if isinstance(error, TimeoutError):
                raise Busy("no turn came in time") from None
            raise

    def _leave(self):
        """Hands the turn on."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self.running -= 1

    async def _attempt(self, job, ask):
        browser = await self._current()
        browser.jobs += 1
        lane = None
        try:
            async with asyncio.timeout(self.limits.seconds):
                lane = await self._lane(browser, job, ask)
                result = await lane.print(job, ask)
            self._give_back(lane)
            return result
        except TimeoutError:
            if await browser.answers():
                raise TooLong(f"{self.limits.seconds:.0f} seconds") from None
            await self._discard(browser)
            raise BrowserGone("the browser hung") from None
        except ProtocolError as error:
            raise BrowserGone(str(error)) from error  # a page that is not there any more
        finally:
            browser.jobs_done += 1
            if lane and (lane.worn or lane not in self._idle):
                await lane.close()
            await self._bury(browser)

    async def _alone(self, job, ask):
        """Prints a job on a browser that nobody else uses."""
        browser = Browser(self.path, self.jail, self.home)
        try:
            async with asyncio.timeout(self.limits.seconds):
                await browser.start()
                lane = await self._lane(browser, job, ask)
                return await lane.print(job, ask)
        except TimeoutError:
            raise TooLong(f"{self.limits.seconds:.0f} seconds") from None
        except ProtocolError as error:
            raise BrowserGone(str(error)) from error
        finally:
            await browser.end()

    async def _lane(self, browser, job, ask):
        """:return: an idle page with the job's style sheets, or a new one in place of the one that idled longest"""
        key = job["tenant"], tuple(map(tuple, job["sheets"]))
        for lane in [lane for lane in self._idle if lane.worn]:  # it crashed while it had nothing to do
            self._idle.remove(lane)
            await lane.close()
        idle = [lane for lane in self._idle if lane.browser is browser]
        for lane in reversed(idle):
            if lane.key == key:
                self._idle.remove(lane)
                return lane
        if len(browser.lanes) >= self.limits.lanes and idle:
            self._idle.remove(idle[0])
            await idle[0].close()
        lane = Lane(browser, job["tenant"], key[1], self.assets)
        try:
            await lane.open(ask)
        except BaseException:
            await lane.close()
            raise
        return lane

    def _give_back(self, lane):
        if not lane.worn and lane.browser is self.browser and not lane.browser.gone.is_set():
            self._idle.append(lane)

    # === THE BROWSER === #

    async def _current(self):
        """:return: a browser that lives, started when there is none"""
        async with self._starting:
            browser = self.browser
            if browser and not browser.gone.is_set() and browser.jobs < self.limits.jobs:
                return browser
            if browser:
                self.restarts += 1
                self._retire(browser)
                await self._bury(browser)
            browser = Browser(self.path, self.jail, self.home)
            await browser.start()
            _logger.info("%s started, process %s", browser.product, browser.pid)
            self.browser = browser
            return browser

    def _retire(self, browser):
        """No new jobs; it ends when the last of its jobs has."""
        self._old.add(browser)
        self._idle = [lane for lane in self._idle if lane.browser is not browser]
        if self.browser is browser:
            self.browser = None

    async def _bury(self, browser):
        done = browser.jobs == browser.jobs_done
        if browser in self._old and (done or browser.gone.is_set()):
            self._old.discard(browser)
            await browser.end()

    async def _discard(self, browser):
        """Ends a browser at once, whatever it does."""
        if self.browser is browser:
            self.restarts += 1
        self._retire(browser)
        self._old.discard(browser)
        await browser.end()

    async def watch(self):
        """One look: is the browser there, awake and of reasonable size? What it was, in words, when it was not."""
        browser = self.browser
        if not browser:
            return None
        if browser.gone.is_set():
            async with self._starting:
                if self.browser is browser:
                    self.restarts += 1
                    self._retire(browser)
                    await self._bury(browser)
            return "had ended"
        if not await browser.answers(seconds=10):
            await self._discard(browser)
            return "hung"
        size = browser.memory()
        if size > 2 * self.limits.memory:
            await self._discard(browser)
            return f"had grown to {size} MB"
        if size > self.limits.memory:
            self.restarts += 1
            self._retire(browser)
            await self._bury(browser)
            return f"had grown to {size} MB"
        return None

    async def ready(self):
        """Starts a browser where there is none.

        :raise BrowserGone: when there is none to be had
        """
        await self._current()

    async def status(self):
        """:return: what Settings and tests show"""
        browser = self.browser
        alive = bool(browser) and not browser.gone.is_set()
        return {
            "product": browser.product if browser else "", "browser": browser.pid if alive else None,
            "memory": browser.memory() if alive else 0, "running": self.running,
            "waiting": len(self._waiting), "printed": self.printed, "restarts": self.restarts, "path": self.path,
            "sandbox": self.jail.sandbox, "network": not self.jail.network, "notes": self.jail.notes,
            "user": self.jail.user.pw_name if self.jail.user else None,
        }  # fmt: skip

    async def end(self):
        """Ends every browser."""
        for browser in {*self._old, self.browser} - {None}:
            with contextlib.suppress(BrowserGone):
                await browser.end()


__all__ = ["Busy", "JobFailed", "Limits", "Pool", "TooLong"]
