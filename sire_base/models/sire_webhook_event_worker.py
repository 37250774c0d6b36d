import logging
import math
import random
import threading
import time
import traceback
from datetime import timedelta

from psycopg2.errors import LockNotAvailable

from odoo import SUPERUSER_ID, api, fields, models, sql_db
from odoo.exceptions import ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from odoo.addons.base.models.ir_cron import ODOO_NOTIFY_FUNCTION
from odoo.addons.sire_base.exceptions import WebhookParked, WebhookRetry
from odoo.addons.sire_base.models.sire_webhook_event import WORKER_JOB
from odoo.addons.sire_base.utils.text import safe_error

_logger = logging.getLogger(__name__)

CONCURRENCY_FAILURES = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError)  # these are never the event's fault
CONCURRENCY_TRIES = 5
MAX_ATTEMPTS = 12  # with the waits below: about two and a half hours
FIRST_WAIT = 5  # seconds
LONGEST_WAIT = 3600  # seconds
LOCK_TIMEOUT = 5  # seconds that a handler waits for a row which somebody else holds
RUN_TIME = 20  # seconds, and the event that is being handled then; the host stops a process after 120
CANDIDATES = 20
BATCH = 50  # events that are handled together at most: their rows are locked for about a second
CRON_POLL = 60  # seconds: the host's cron threads look for due jobs this often when nobody notifies them
SOON = 0.05  # seconds until a process wakes the cron threads for what it has committed
PAUSE = 0.5  # seconds between two such wakings: each is a look of all cron threads at all jobs
START_DELAY = 3  # seconds: the host's cron threads start listening after the registry is loaded

_soon = {}  # database → when its threads were or will be woken, as of time.monotonic
_soon_lock = threading.Lock()


class SireWebhookEvent(models.Model):
    """The worker of the inbox.

    Three short transactions an event, each on its own cursor:

    1. claim: the attempt is counted and the next one is set a wait ahead, then committed. A process that dies while
       handling has therefore counted its attempt, and an event that kills every process is parked in the end.
    2. handle: the row is locked, the handler runs, and its effects and ``done`` are committed together. The lock,
       not the wait, keeps two workers apart; the attempt number keeps out a worker that comes late.
    3. only when the handler failed, and after its effects are rolled back: why, and when to try again.

    How many new events of one kind go through 1 and 2 together is in ``sire_webhook_event_batch``.
    """

    _inherit = "sire.webhook.event"

    # === CRON === #

    @api.model
    def _cron_process_inbox(self):
        """One turn of the worker. What is left over starts another turn: the host repeats a job that reports
        progress up to ten times in a row, and would stop the process when these take longer than its time limit.
        """
        begun = self._process_due()
        next_due = self._in_own_transaction(lambda model: model._get_next_due())
        if next_due and not begun:
            # due, and yet not to be had: another worker is at it
            next_due = max(next_due, self._get_next_attempt(1))
        if next_due:
            self._wake_worker(at=next_due)

    # === BUSINESS === #

    @api.model
    def _process_due(self, limit=100):
        """Handle the events that are due, new ones before those that failed, each in its own transaction.

        :param int limit: events at most; it also stops after some seconds
        :return: how many were begun
        :rtype: int
        """
        deadline = time.monotonic() + RUN_TIME
        begun = 0
        while begun < limit and time.monotonic() < deadline:
            room = limit - begun
            claims = self._in_own_transaction(lambda model: model._claim_some(room))  # noqa: B023  called at once
            if not claims:
                break
            begun += len(claims)
            if len(claims) > 1:
                claims = self._handle_together(claims)
            while claims and time.monotonic() < deadline:
                self._handle_claimed(*claims.pop(0))
            if claims:  # they were left out of their batch, and there is no time to handle each alone
                begun -= len(claims)
                self._in_own_transaction(lambda model: model._release(claims))  # noqa: B023  called at once
        return begun

    def _wake_worker(self, at=None):
        """Have the worker run after this transaction is committed.

        The host wakes its cron threads at once for a trigger of now, and looks at later ones once a minute only:
        a timer of this process serves the short waits, and the poll remains for when the process dies.

        :param datetime at: naive UTC; now when None or past
        """
        # whoever the request runs as, the worker has to be woken
        cron_sudo = self.env.ref(WORKER_JOB).sudo()
        wait = (at - fields.Datetime.now()).total_seconds() if at else 0
        if wait <= 0:
            cron_sudo._trigger()
        elif wait < CRON_POLL:
            cron_sudo._trigger(at)
            self.env.cr.postcommit.add(lambda: self._notify_later(self.env.cr.dbname, wait + 0.1))

    def _register_hook(self):
        """After a restart, handle what a killed process left behind without waiting for the host's first poll."""
        super()._register_hook()
        if self._get_next_due():
            self._notify_later(self.env.cr.dbname, START_DELAY)

    # === HELPERS === #

    def _in_own_transaction(self, func, tries=CONCURRENCY_TRIES):
        """Run ``func(model)`` on a cursor of its own, as superuser, and commit; repeat it when another transaction
        was faster.

        :return: what func returns
        :raise: what func raises, after a roll-back
        """
        for tries_left in reversed(range(tries)):
            try:
                with self.env.registry.cursor() as cr:
                    return func(api.Environment(cr, SUPERUSER_ID, {})[self._name])
            except CONCURRENCY_FAILURES as error:
                if not tries_left or isinstance(error, LockNotAvailable):  # that one has waited long enough already
                    raise
                time.sleep(random.uniform(0.01, 0.2))

    def _claim_some(self, limit):
        """Count an attempt of the next event that is due; one that had its last attempt is parked instead. Others of
        its kind that are new as well come with it, when that kind can be handled together.

        :param int limit: events at most
        :return: (id, number of the attempt) of each, none when nothing is due
        :rtype: list[tuple[int, int]]
        """
        due = self.search(
            [("state", "=", "received"), ("next_attempt_at", "<=", fields.Datetime.now())],
            order="attempts, next_attempt_at, id",
            limit=max(CANDIDATES, BATCH),
        )
        while event := due.try_lock_for_update(allow_referencing=True, limit=1):
            due -= event
            if event.attempts < self._get_max_attempts():
                attempt = event.attempts + 1
                events = event | event._lock_similar(due, min(limit, BATCH) - 1)
                events.write({"attempts": attempt, "next_attempt_at": self._get_next_attempt(attempt)})
                return [(event.id, attempt) for event in events]
            event._park(self.env._("The server stopped every time that it handled this event."))
        return []

    def _release(self, claims):
        """Take back the attempt of events that were claimed and not begun."""
        for event_id, attempt in claims:
            event = self.browse(event_id)._lock_attempt(attempt)
            event.write({"attempts": attempt - 1, "next_attempt_at": fields.Datetime.now()})

    def _handle_claimed(self, event_id, attempt):
        """Handle a claimed event; whatever happens is written down, and nothing is raised."""
        try:
            self._in_own_transaction(lambda model: model.browse(event_id)._handle(attempt))
            self.env.registry.signal_changes()
        except Exception as error:  # noqa: BLE001  a handler may raise anything, and the next event must not suffer
            self.env.registry.reset_changes()
            expected = isinstance(error, (WebhookParked, WebhookRetry))
            _logger.log(
                logging.INFO if expected else logging.WARNING,
                "Webhook event %s, attempt %s: %s\n%s",
                event_id,
                attempt,
                safe_error(error),
                # the frames without the message, which may hold what must not be logged
                "" if expected else "".join(traceback.format_tb(error.__traceback__)),
            )
            failure = error
            self._in_own_transaction(lambda model: model.browse(event_id)._write_failure(attempt, failure))

    def _handle(self, attempt):
        """Run the handler in the present transaction, if this attempt is still the event's current one."""
        self.env.cr.execute(SQL("SET LOCAL lock_timeout = %s", f"{LOCK_TIMEOUT}s"))
        event = self._lock_attempt(attempt)
        if not event:
            return
        event = event._in_company()
        handler = event._get_handlers().get(event.provider)
        if not handler:
            raise WebhookParked(self.env._("No installed module handles events of kind “%s”.", event.provider))
        handler(event)
        event.write({"state": "done", "handled_at": fields.Datetime.now(), "error": False})

    def _write_failure(self, attempt, error):
        event = self._lock_attempt(attempt)
        if not event:
            return  # committed after all (an error behind the commit), or replayed by a person
        is_counted = not isinstance(error, CONCURRENCY_FAILURES)  # somebody else in the way is not the event's fault
        if isinstance(error, WebhookParked) or (is_counted and attempt >= self._get_max_attempts()):
            event._park(safe_error(error))
            return
        delay = error.delay if isinstance(error, WebhookRetry) else None
        event.write(
            {
                "attempts": attempt if is_counted else attempt - 1,
                "error": safe_error(error),
                "next_attempt_at": self._get_next_attempt(attempt, delay),
            }
        )

    def _park(self, reason):
        """:param str reason: one sentence for staff"""
        self.write({"state": "parked", "error": reason})
        self._remind_administrator()

    def _lock_attempt(self, attempt):
        """:return: the event, locked, when it still waits and nobody began another attempt; else an empty set"""
        event = self.try_lock_for_update(allow_referencing=True)
        return event.filtered(lambda event: event.state == "received" and event.attempts == attempt)

    @api.model
    def _get_next_due(self):
        """:return: when the next waiting event is due (naive UTC), or False"""
        return self.search([("state", "=", "received")], order="next_attempt_at", limit=1).next_attempt_at

    @api.model
    def _get_max_attempts(self):
        params_sudo = self.env["ir.config_parameter"].sudo()  # the worker needs no right on system parameters
        value = params_sudo.get_param("sire_base.webhook_max_attempts") or ""
        return max(int(value), 1) if value.isdecimal() else MAX_ATTEMPTS

    @api.model
    def _get_next_attempt(self, attempt, delay=None):
        """:return: now and the asked delay, or a wait that doubles with each attempt and is never quite the same"""
        if delay is None:
            delay = min(FIRST_WAIT * 2 ** min(attempt - 1, 20), LONGEST_WAIT) * random.uniform(1, 1.25)
        return fields.Datetime.now() + timedelta(seconds=math.ceil(max(delay, 0)))

    @classmethod
    def _notify_soon(cls, dbname):
        """Wake the cron threads, once for all that is committed within a moment."""
        now = time.monotonic()
        with _soon_lock:
            last = _soon.get(dbname, 0)
            if last > now:
                return  # that one is still to come, and finds what is committed now
            _soon[dbname] = max(now + SOON, last + PAUSE)
            wait = _soon[dbname] - now
        cls._notify_later(dbname, wait)

    @staticmethod
    def _notify_later(dbname, seconds):
        """Wake the cron threads of every server of this database; losing it costs at most the host's poll."""

        def notify():
            try:
                # as ir.cron does it, without a registry: this thread belongs to no request and no job
                with sql_db.db_connect("postgres").cursor() as cr:
                    function = SQL.identifier(ODOO_NOTIFY_FUNCTION)
                    cr.execute(SQL("SELECT %s('cron_trigger', %s)", function, dbname))
            except Exception:  # nobody is there to catch it: the server may be stopping
                _logger.debug("Could not wake the cron threads of %s", dbname, exc_info=True)

        timer = threading.Timer(seconds, notify)
        timer.daemon = True
        timer.start()
