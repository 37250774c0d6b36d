"""One warm page: it keeps its style sheets, and every job's content replaces the one before.

What a page may fetch: the style sheets that it was made with, what these name, and what the job of the moment names.
Each is asked of the worker whose job it is. Nothing else leaves, and no address outlives its job.
"""

import asyncio
import base64
import contextlib
import html
import itertools
from pathlib import Path
from urllib.parse import urlsplit

from .cdp import BrowserGone, ProtocolError

SHELL = Path(__file__).with_name("shell.html").read_text(encoding="utf-8")
COMPOSE = Path(__file__).with_name("compose.js").read_text(encoding="utf-8")
SHELL_HOST = "print.sire.invalid"
SHEET_DOMAIN = ".sheet.sire.invalid"
JOB_DOMAIN = ".job.sire.invalid"
POLICY = (
    "default-src 'none'; script-src 'none'; object-src 'none'; frame-src 'none'; form-action 'none'; connect-src 'none'; "
    "media-src 'none'; img-src http: data:; font-src http: data:; style-src http: data: 'unsafe-inline'; base-uri *"
)
MAX_JOBS = 200
OPEN_SECONDS = 20
MM_PER_INCH = 25.4
_NUMBERS = itertools.count(1)


class JobFailed(Exception):
    """The page could not print what it was given, and would not the next time."""


class Lane:
    """A page in a browser context of its own.

    :param Browser browser: whose page
    :param str tenant: jobs of another one never come here
    :param sheets: ``[(digest, path)]`` of the style sheets
    :param Assets assets: what is known already
    """

    def __init__(self, browser, tenant, sheets, assets):
        self.browser = browser
        self.tenant = tenant
        self.sheets = sheets
        self.assets = assets
        self.key = (tenant, tuple(sheets))
        self.jobs = 0
        self.dirty = False
        self.target = None
        self._context = self._session = self._world = None
        self._loading = False
        self._loaded = asyncio.Event()
        self._pending = set()
        self._ask = None
        self._host = None

    @property
    def worn(self):
        """Whether the next job should get a fresh page."""
        return self.dirty or self.jobs >= MAX_JOBS

    # === LIFE === #

    async def open(self, ask):
        """Makes the page and loads its style sheets.

        :param ask: where to ask for what is not known, see :meth:`print`
        :raise BrowserGone: when it cannot be made; another one may be
        """
        self._ask = ask
        self.browser.lanes.add(self)
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await self._open()
        except TimeoutError as error:
            raise BrowserGone("the page does not open") from error
        if self.dirty:
            raise BrowserGone("the page could not be prepared")

    async def _open(self):
        send = self.browser.connection.send
        self._context = (await send("Target.createBrowserContext", disposeOnDetach=True))["browserContextId"]
        # the headless shell draws no frame that nobody asks for; a whole browser draws as it always does
        target = await send(
            "Target.createTarget", url="about:blank", browserContextId=self._context, enableBeginFrameControl=True
        )
        self.target = target["targetId"]
        attached = await send("Target.attachToTarget", targetId=self.target, flatten=True)
        self._session = attached["sessionId"]
        if self.dirty or self.target in self.browser.lost:
            self.lose()
        self.browser.handlers[self._session] = self._event
        await asyncio.gather(
            self._send("Page.enable"),
            self._send("Inspector.enable"),
            self._send("Fetch.enable", patterns=[{"urlPattern": "*"}]),
            self._send("Emulation.setScriptExecutionDisabled", value=True),
            self._send("Emulation.setEmulatedMedia", media="screen"),  # as wkhtmltopdf does
            self._send("Emulation.setDefaultBackgroundColorOverride", color={"r": 0, "g": 0, "b": 0, "a": 0}),
            send("Browser.setDownloadBehavior", behavior="deny", browserContextId=self._context),
        )
        self._loading = True
        self._loaded.clear()
        await self._send("Page.navigate", url=f"http://{SHELL_HOST}/")
        await self._loaded.wait()
        self._loading = False
        frame = (await self._send("Page.getFrameTree"))["frameTree"]["frame"]["id"]
        world = await self._send("Page.createIsolatedWorld", frameId=frame, worldName="sire")
        self._world = world["executionContextId"]

    async def close(self):
        """Ends the page."""
        self.browser.lanes.discard(self)
        self.browser.handlers.pop(self._session, None)
        self.browser.connection.drop_session(self._session)
        for task in self._pending:
            task.cancel()
        if self._context and not self.browser.connection.closed:
            with contextlib.suppress(BrowserGone, ProtocolError, TimeoutError):
                async with asyncio.timeout(5):
                    await self.browser.connection.send("Target.disposeBrowserContext", browserContextId=self._context)

    def lose(self):
        """The page is not there any more: nobody waits for it."""
        self.dirty = True
        self._loaded.set()
        self.browser.connection.drop_session(self._session)

    def _send(self, method, **params):
        return self.browser.connection.send(method, self._session, **params)

    # === PRINTING === #

    async def print(self, job, ask):
        """:param dict job: as in :mod:`.wire`
        :param ask: coroutine function ``(url, scope)`` that returns ``(type, bytes, shared)`` or None
        :return: what :file:`compose.js` returns, and the PDF as bytes
        """
        self._ask = ask
        self._host = f"{next(_NUMBERS)}{JOB_DOMAIN}"
        self.jobs += 1
        try:
            composed = await self._compose({**job, "base": f"http://{self._host}/"})
            while self._pending:  # backgrounds that styles name
                await asyncio.wait(self._pending)
            page = job["page"]
            printed = await self._send(
                "Page.printToPDF", printBackground=True, preferCSSPageSize=True, scale=composed["scale"],
                paperWidth=page["width"] / MM_PER_INCH, paperHeight=page["height"] / MM_PER_INCH,
                marginTop=0, marginBottom=0, marginLeft=0, marginRight=0,
                generateTaggedPDF=bool(job.get("tagged")), generateDocumentOutline=False,
            )  # fmt: skip
            if self.dirty:
                raise JobFailed("the document tried to leave its page")
            return composed, base64.b64decode(printed["data"])
        except ProtocolError as error:
            self.dirty = True
            raise JobFailed(str(error)) from error
        finally:
            self._ask = self._host = None
            self._wipe()

    async def _compose(self, job):
        answer = await self._send(
            "Runtime.callFunctionOn", functionDeclaration=COMPOSE, executionContextId=self._world,
            arguments=[{"value": job}], awaitPromise=True, returnByValue=True,
        )  # fmt: skip
        if "exceptionDetails" in answer:
            self.dirty = True
            details = answer["exceptionDetails"]
            raise JobFailed(details.get("exception", {}).get("description") or details.get("text", "the page failed"))
        return answer["result"]["value"]

    def _wipe(self):
        """Nothing of a job stays for the next one to see."""
        if not self.dirty and not self.browser.connection.closed:
            self.browser.connection.tell(
                "Runtime.callFunctionOn", self._session, executionContextId=self._world,
                functionDeclaration="function () { document.body.replaceChildren(); document.title = ''; }",
            )  # fmt: skip

    # === REQUESTS === #

    def _event(self, method, params):
        if method == "Fetch.requestPaused":
            task = asyncio.ensure_future(self._answer(params))
            self._pending.add(task)
            task.add_done_callback(self._pending.discard)
        elif method == "Page.loadEventFired":
            self._loaded.set()
        elif method == "Page.frameNavigated" and not self._loading and "parentId" not in params["frame"]:
            self.dirty = True
        elif method in ("Inspector.targetCrashed", "Inspector.detached"):
            self.lose()

    async def _answer(self, params):
        """Answers a request of the page, or refuses it. Each is answered from here: the page has no network."""
        request = params["request"]
        found = None
        if request["method"] == "GET" and "responseStatusCode" not in params:
            found = await self._find(urlsplit(request["url"]), params.get("resourceType"))
        if self.browser.connection.closed:
            return
        if found is None:
            # A document that is given up leaves the page where it was; anything else is shown as missing.
            reason = "Aborted" if params.get("resourceType") == "Document" else "BlockedByClient"
            self.browser.connection.tell(
                "Fetch.failRequest", self._session, requestId=params["requestId"], errorReason=reason
            )
            return
        kind, content, policy = found
        headers = {"Content-Type": kind, "Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}
        if policy:
            headers["Content-Security-Policy"] = policy
        self.browser.connection.tell(
            "Fetch.fulfillRequest", self._session, requestId=params["requestId"], responseCode=200,
            responseHeaders=[{"name": name, "value": value} for name, value in headers.items()],
            body=base64.b64encode(content).decode(),
        )  # fmt: skip

    async def _find(self, url, resource_type):
        """:return: type, content and policy of what may be fetched, or None"""
        host = url.hostname or ""
        if url.scheme != "http" or url.port or url.username:
            return None
        path = url.path + (f"?{url.query}" if url.query else "")
        if resource_type == "Document":
            if self._loading and host == SHELL_HOST and path == "/":
                return "text/html; charset=utf-8", self._shell(), POLICY
            return None
        if host.endswith(SHEET_DOMAIN):
            sheet = (host.removesuffix(SHEET_DOMAIN), path)
            if sheet in self.sheets:
                content = await self.assets.sheet(*sheet, self._ask)
                return content and ("text/css; charset=utf-8", content, None)
            found = await self.assets.find(self.tenant, path, "sheet", self._ask)
        elif host == self._host:
            found = await self.assets.find(self.tenant, path, "job", self._ask)
        else:
            return None
        return found and (*found, None)

    def _shell(self):
        links = "\n".join(
            f'<link rel="stylesheet" href="http://{digest}{SHEET_DOMAIN}{html.escape(path)}">'
            for digest, path in self.sheets
        )
        return (SHELL % {"links": links}).encode()
