"""The running sandbox: state in memory, timers and the callbacks that go out. One event loop, so no locks."""

import asyncio
import logging
from collections import Counter, deque
from datetime import UTC, datetime

import httpx

from . import customer
from .behaviour import OK
from .faults import Faults
from .ledger import Ledger
from .mail import Mailbox
from .options import Options
from .prompts import AlreadyAnswered, PromptBook
from .sends import Sends, post
from .tokens import Tokens

log = logging.getLogger("sandbox")


class World:
    """All state of one sandbox."""

    def __init__(self, settings):
        self.settings = settings
        self.tasks = set()
        self.client = None
        self.smtp_port = settings.smtp_port
        self.reset()

    def reset(self):
        """Be as freshly started: forget prompts, money, registrations, tokens, faults, messages and timers."""
        for task in self.tasks:
            task.cancel()
        self.options = Options()
        self.ledger = Ledger()
        self.registrations = {}  # shortcode → customer.Registration
        self.pulls = set()  # shortcodes that may pull
        self.conversations = {}  # OriginatorConversationID → commands.Job
        self.sends = Sends(self)
        self.paying = Counter()  # phone → customers' payments under way
        self.book = PromptBook(self.settings, ledger=self.ledger)
        self.tokens = Tokens(self.settings)
        self.faults = Faults()
        self.mailbox = Mailbox()
        self.calls = deque(maxlen=1000)

    @staticmethod
    def now():
        return datetime.now(UTC)

    async def start(self):
        # Proxies of the environment are for the outside; callbacks go where the client said.
        # A connection for each: one kept open would hide that the receiver was restarted.
        limits = httpx.Limits(max_keepalive_connections=0)
        self.client = httpx.AsyncClient(timeout=self.settings.callback_timeout, trust_env=False, limits=limits)

    async def stop(self):
        for task in self.tasks:
            task.cancel()
        await self.client.aclose()

    def spawn(self, coroutine):
        """Run something beside the request; kept so that it is not collected, forgotten when done."""
        task = asyncio.get_running_loop().create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task):
        self.tasks.discard(task)
        if not task.cancelled() and task.exception():
            log.error("A timer failed", exc_info=task.exception())

    # What a prompt does by itself

    async def before_answer(self, prompt):
        """Finish a prompt, callback included, while the push still waits for its answer."""
        if prompt.behaviour.callbacks == "before_answer":
            await asyncio.sleep(prompt.behaviour.delay)
            await self.finish(prompt, prompt.behaviour.code or OK)

    async def after_answer(self, prompt):
        """Start the timers of a prompt, once the push is answered."""
        if prompt.state != "open":
            return
        self.spawn(self._expire(prompt))
        if prompt.behaviour.automatic:
            self.spawn(self._answer_later(prompt))

    async def _answer_later(self, prompt):
        await asyncio.sleep(prompt.behaviour.delay)
        await self.finish(prompt, prompt.behaviour.code)

    async def _expire(self, prompt):
        wait = max(self.settings.expiry, prompt.behaviour.delay + 1 if prompt.behaviour.automatic else 0)
        await asyncio.sleep(wait)
        await self.finish(prompt, self.settings.unanswered)

    async def finish(self, prompt, code):
        """Give the prompt a result when it has none, then send its callbacks."""
        try:
            self.book.answer(prompt, code, self.now())
        except AlreadyAnswered:
            return
        await self.notify(prompt)

    async def notify(self, prompt):
        """Send the callbacks of an answered prompt as its behaviour says; a C2B confirmation goes beside them."""
        how = prompt.behaviour
        log.info("%s %s: result %s", prompt.phone, prompt.checkout_id, prompt.code)
        if prompt.code == OK and self.options.stk_confirmation:
            self.spawn(customer.confirm(self, self.ledger.receipts[prompt.receipt]))
        if how.callbacks == "never":
            return
        await asyncio.sleep(how.callback_delay)
        if how.callbacks == "twice_at_once":
            await asyncio.gather(self.deliver(prompt), self.deliver(prompt))
            return
        for _ in range(2 if how.callbacks == "twice" else 1):
            await self.deliver(prompt)

    async def deliver(self, prompt, body=None):
        """Post the callback once and write down what came back.

        :param body: another body than the true one
        :return: the record: at, payload, status (None without an answer), elapsed_ms, error, answer (first 500 characters)
        """
        record = {}
        prompt.deliveries.append(record)
        return await post(self, prompt.callback_url, prompt.callback() if body is None else body, record)
