import base64
import hashlib
import json
from contextlib import suppress

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.constants import GC_UNLINK_LIMIT

from odoo.addons.sire_base.exceptions import WebhookParked
from odoo.addons.sire_base.utils.text import storable

MAX_KEY = 200  # characters
MAX_HEADERS = 20
MAX_SHOWN = 20_000  # characters of a body that the form shows
DEFAULT_KEEP_DAYS = 90
WORKER_JOB = "sire_base.ir_cron_webhook_inbox"
FORBIDDEN_HEADERS = {"authorization", "cookie", "proxy-authorization"}


class SireWebhookEvent(models.Model):
    """What an outside service told us, kept before anything is believed.

    A public route stores a row and answers; the worker (see ``sire_webhook_event_worker``) handles it exactly once.
    """

    _name = "sire.webhook.event"
    _description = "Webhook Event"
    _order = "received_at desc, id desc"
    _rec_name = "event_key"
    _allow_sudo_commands = False

    provider = fields.Char("Kind", required=True, readonly=True, help="Which handler the event is for.")
    event_key = fields.Char(required=True, readonly=True, help="The sender's own name for the event, unique by kind.")
    body = fields.Binary("Raw Body", attachment=False, readonly=True, help="As received, byte by byte (base64).")
    body_text = fields.Text("Body", compute="_compute_body_text")
    headers = fields.Json(readonly=True)
    headers_text = fields.Text("Kept Headers", compute="_compute_headers_text")
    remote_addr = fields.Char("Sender Address", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, index=True, ondelete="restrict")
    state = fields.Selection(
        [("received", "Waiting"), ("parked", "Parked"), ("done", "Handled")],
        default="received",
        required=True,
        readonly=True,
        help="Waiting: will be handled, or tried again. Handled: done once. Parked: needs a person.",
    )
    attempts = fields.Integer(readonly=True, aggregator=None, help="How often handling was begun.")
    next_attempt_at = fields.Datetime("Next Attempt", readonly=True)
    error = fields.Char("What Went Wrong", readonly=True)
    received_at = fields.Datetime("Received", required=True, readonly=True)
    handled_at = fields.Datetime("Handled On", readonly=True)

    _provider_event_key_uniq = models.Constraint(
        "UNIQUE (provider, event_key)",
        "This event was received already.",
    )
    _due_idx = models.Index("(attempts, next_attempt_at, id) WHERE state = 'received'")

    # === COMPUTES === #

    @api.depends("body")
    def _compute_body_text(self):
        for event in self:
            text = event._get_raw_body().decode("utf-8", "replace")
            with suppress(ValueError, RecursionError):  # what is no JSON is shown as it came
                text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
            event.body_text = storable(text[:MAX_SHOWN])

    @api.depends("headers")
    def _compute_headers_text(self):
        for event in self:
            event.headers_text = "\n".join(f"{name}: {value}" for name, value in (event.headers or {}).items())

    # === ACTIONS === #

    def action_replay(self):
        """Hand parked and waiting events to the worker again, at once. What was handled stays handled.

        :raise AccessError: for anyone but an administrator
        :raise UserError: when every event was handled already
        """
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only an administrator can replay webhook events."))
        self.check_access("read")
        events_sudo = self.sudo().filtered(lambda event: event.state != "done")  # nobody has write access to the inbox
        if not events_sudo:
            raise UserError(self.env._("Already handled: an event is never handled twice."))
        # what is locked is being handled this very moment
        events_sudo = events_sudo.try_lock_for_update(allow_referencing=True)
        events_sudo.write({"state": "received", "attempts": 0, "next_attempt_at": fields.Datetime.now()})
        events_sudo._forget_reminder()
        self._wake_worker()

    # === BUSINESS === #

    @api.model
    def _receive(self, provider, event_key, raw_body, headers, *, remote_addr=None, company=None):
        """Store an event in the caller's transaction, once, and wake the worker after the commit.

        The host commits a request before its answer goes out, so an answer means that the row is on disk.
        When the same event is committed by another request in the meantime, PostgreSQL raises a serialization
        failure here (the transaction cannot see that row): the host then repeats the request, which finds it.

        :param str provider: a key of :meth:`_get_handlers`
        :param str event_key: the sender's name for the event; the digest of the body when empty
        :param bytes raw_body: as received
        :param dict headers: those that matter; credentials and cookies are dropped
        :param str remote_addr: the sender's address
        :param company: the ``res.company`` that it is for, if known
        :return: the event, the one that is there when it came before
        """
        now = fields.Datetime.now()
        event_key = self._get_storable_key(event_key, raw_body)
        kept_headers = {
            storable(str(name))[:100]: storable(str(value))[:500]
            for name, value in list((headers or {}).items())[:MAX_HEADERS]
            if str(name).lower() not in FORBIDDEN_HEADERS
        }
        # The ORM has no ON CONFLICT, and a violated constraint would cost the caller its transaction. The trigger of the
        # worker comes with a new row in the same statement: a service that reports a thousand things waits for each.
        query = SQL(
            """
            WITH event AS (INSERT INTO sire_webhook_event (
                provider, event_key, body, headers, remote_addr, company_id, state, attempts,
                next_attempt_at, received_at, create_uid, create_date, write_uid, write_date
            ) VALUES (
                %(provider)s, %(event_key)s, %(body)s, %(headers)s, %(remote_addr)s, %(company_id)s, 'received', 0,
                %(now)s, %(now)s, %(uid)s, %(now)s, %(uid)s, %(now)s
            )
            ON CONFLICT (provider, event_key) DO NOTHING
            RETURNING id),
            trigger AS (INSERT INTO ir_cron_trigger (cron_id, call_at) SELECT %(cron)s, %(now)s FROM event)
            SELECT id FROM event
            """,
            cron=self.env["ir.model.data"]._xmlid_to_res_id(WORKER_JOB),
            provider=provider,
            event_key=event_key,
            body=base64.b64encode(raw_body),
            headers=json.dumps(kept_headers),
            remote_addr=storable(remote_addr or "")[:64] or None,
            company_id=company.id if company else None,
            now=now,
            uid=self.env.uid,
        )
        self.env.cr.execute(query, log_exceptions=False)
        row = self.env.cr.fetchone()
        if not row:
            return self.search([("provider", "=", provider), ("event_key", "=", event_key)], limit=1)
        dbname = self.env.cr.dbname
        self.env.cr.postcommit.add(lambda: self._notify_soon(dbname))
        return self.browse(row[0])

    def _get_handlers(self):
        """The handlers, by kind of event; modules above extend this.

        A handler is called with one event, as superuser, in a transaction of its own; what it writes and the state
        of the event are committed together, so it must not commit. It raises
        :class:`~odoo.addons.sire_base.exceptions.WebhookRetry` or
        :class:`~odoo.addons.sire_base.exceptions.WebhookParked` when it cannot handle the event.

        :return: dict of kind → callable(event)
        :rtype: dict
        """
        return {}

    # === HELPERS === #

    def _get_raw_body(self):
        """:return: what was received, byte by byte
        :rtype: bytes
        """
        self.ensure_one()
        return base64.b64decode(self.with_context(bin_size=False).body or b"")

    def _get_json(self):
        """:return: the body, read as JSON
        :raise WebhookParked: when it is not JSON
        """
        try:
            return json.loads(self._get_raw_body(), parse_constant=self._refuse_constant)
        except (ValueError, RecursionError):
            raise WebhookParked(self.env._("The body is not JSON.")) from None

    @staticmethod
    def _refuse_constant(name):
        raise ValueError(name)  # NaN and Infinity are Python's idea of JSON

    @staticmethod
    def _get_storable_key(event_key, raw_body):
        """:return: a key that fits: a long one keeps its beginning and gets a digest"""
        key = storable(str(event_key or "")).strip()
        if not key:
            return "sha256:" + hashlib.sha256(raw_body).hexdigest()
        if len(key) > MAX_KEY:
            return key[: MAX_KEY - 65] + "#" + hashlib.sha256(key.encode()).hexdigest()
        return key

    @api.autovacuum
    def _gc_handled(self):
        """Forget events that were handled long ago; parked and waiting ones are kept until someone looks."""
        params_sudo = self.env["ir.config_parameter"].sudo()  # system parameters are the administrator's
        try:
            days = int(params_sudo.get_param("sire_base.webhook_keep_days") or DEFAULT_KEEP_DAYS)
        except ValueError:
            days = DEFAULT_KEEP_DAYS
        limit_date = fields.Datetime.subtract(fields.Datetime.now(), days=max(days, 1))
        events = self.search([("state", "=", "done"), ("handled_at", "<", limit_date)], limit=GC_UNLINK_LIMIT)
        events.unlink()
        return len(events), len(events) == GC_UNLINK_LIMIT
