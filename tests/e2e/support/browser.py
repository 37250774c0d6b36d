"""Chromium, one session a role, and an ear on its console."""

import json
import re
from contextlib import contextmanager

from playwright.sync_api import expect, sync_playwright

from host.testing import CHROMIUM_ARGS, chromium_path

from .waiting import PATIENCE

STAFF_SCREEN = {"width": 1400, "height": 900}
PHONE = "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"
PHONE_SCREEN = {"width": 390, "height": 844}
# Debian removed this library from Odoo; the console says so once a page. And Chromium calls it an error when a form is
# refused with its reason (422) or a link does not open (404): that is what those pages are tested for.
KNOWN_NOISE = re.compile(r"selfie_segmentation|status of (404|422|429) .*/c/")


class Browser:
    """A Chromium that opens windows for staff and for clients.

    :param chromium: a Playwright browser
    :param server: the running server, with ``url`` and ``db``
    """

    def __init__(self, chromium, server):
        self.chromium = chromium
        self.server = server
        self.states = {}
        self.noise = []
        self.contexts = []

    def staff(self, role):
        """Open a window of 1400 pixels where somebody of this role is signed in.

        :param str role: login of a demo user
        :rtype: playwright.sync_api.Page
        """
        return self._open(viewport=STAFF_SCREEN, storage_state=self.state_of(role))

    def stranger(self):
        """Open a window of 1400 pixels where nobody is signed in."""
        return self._open(viewport=STAFF_SCREEN)

    def client(self, javascript=True, language="en-KE"):
        """Open a phone of 390 pixels where nobody is signed in.

        :param bool javascript: False for a phone that runs none
        :param str language: what the phone asks for
        """
        return self._open(
            viewport=PHONE_SCREEN,
            user_agent=PHONE,
            is_mobile=True,
            has_touch=True,
            java_script_enabled=javascript,
            locale=language,
        )

    def state_of(self, role):
        """Sign in once a role and keep the cookies."""
        if role not in self.states:
            context = self.chromium.new_context(base_url=self.server.url)
            credentials = {"db": self.server.db, "login": role, "password": role}
            answer = context.request.post(
                "/web/session/authenticate",
                headers={"Content-Type": "application/json"},
                data=json.dumps({"jsonrpc": "2.0", "params": credentials}),
                timeout=PATIENCE * 1000,
            )
            assert "error" not in answer.json(), answer.text()
            self.states[role] = context.storage_state()
            context.close()
        return self.states[role]

    def close_windows(self):
        """Close all windows; tell what their consoles complained about.

        :return: complaints, without the known one
        :rtype: list[str]
        """
        for context in self.contexts:
            context.close()
        self.contexts = []
        complaints, self.noise = self.noise, []
        return [text for text in complaints if not KNOWN_NOISE.search(text)]

    def _open(self, **options):
        context = self.chromium.new_context(
            base_url=self.server.url, timezone_id="Africa/Nairobi", accept_downloads=True, **options
        )
        context.set_default_timeout(PATIENCE * 1000)
        self.contexts.append(context)
        page = context.new_page()
        context.on("console", self._listen)
        page.on("pageerror", lambda error: self.noise.append(f"{page.url}: {error}"))
        return page

    def _listen(self, message):
        if message.type == "error":
            place = message.location.get("url", "") if message.location else ""
            self.noise.append(f"{message.text} {place}")


@contextmanager
def chromium():
    """Start Chromium and stop it again."""
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGS)
        try:
            yield browser
        finally:
            browser.close()
