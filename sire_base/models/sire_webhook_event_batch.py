import logging
import time
import traceback

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.sire_base.utils.text import safe_error

_logger = logging.getLogger(__name__)

LOCK_TIMEOUT = 1  # seconds: who handles many does not wait long for a row that one of them needs
TRIES = 4  # somebody else may be at work on one of many: the job of the host that looks after transactions, for example


class SireWebhookEvent(models.Model):
    """Many new events of one kind in one transaction, because most of what a transaction costs is spent once for all.

    It is never more than a short cut. What a batch handler leaves out, and everything when it fails, is rolled back and
    handled alone in the same attempt, by the handler of its kind. An event that had an attempt before, one during which
    its process was killed for example, is never in a batch.
    """

    _inherit = "sire.webhook.event"

    # === BUSINESS === #

    def _get_batch_handlers(self):
        """The handlers of many, for kinds that have one; modules above extend this. Each kind has an ordinary handler, too.

        :return: dict of kind → ``(prepare, handle)``:

            - ``prepare(events)`` reads what it needs and returns a callable without arguments, or None. That is called
              with no transaction open: the place to ask others over the network. It must not use the records.
            - ``handle(events, prepared)`` gets what it returned. As superuser, in a transaction of its own, it handles
              those that it surely can, and returns them. Like any handler it must not commit.
        :rtype: dict
        """
        return {}

    # === HELPERS === #

    def _lock_similar(self, due, limit):
        """:return: those of the due events that can be handled together with this one, locked"""
        if limit <= 0 or self.attempts or self.provider not in self._get_batch_handlers():
            return self.browse()
        due = due.filtered(
            lambda event: not event.attempts and event.provider == self.provider and event.company_id == self.company_id
        )
        return due.try_lock_for_update(allow_referencing=True, limit=limit)

    def _handle_together(self, claims):
        """Handle claimed events of one kind in one transaction, as many as its handler can; nothing is raised.

        :param list claims: (id, number of the attempt) of each
        :return: those that have to be handled alone
        :rtype: list[tuple[int, int]]
        """
        ids = [event_id for event_id, _attempt in claims]
        begun = time.monotonic()
        try:
            ask = self._in_own_transaction(lambda model: model.browse(ids)._prepare_batch())
            prepared = ask() if ask else None
            asked = time.monotonic()
            handled = self._in_own_transaction(lambda model: model.browse(ids)._handle_batch(prepared), tries=TRIES)
            self.env.registry.signal_changes()
        except Exception as error:  # noqa: BLE001  whatever it was: each of them gets a transaction of its own now
            self.env.registry.reset_changes()
            _logger.warning(
                "Webhook events %s could not be handled together: %s\n%s",
                ids,
                safe_error(error),
                "".join(traceback.format_tb(error.__traceback__)),
            )
            return claims
        _logger.info(
            "Webhook events: %s of %s handled together, prepared in %.2f s, handled in %.2f s",
            len(handled),
            len(ids),
            asked - begun,
            time.monotonic() - asked,
        )
        return [claim for claim in claims if claim[0] not in handled]

    def _prepare_batch(self):
        """:return: what `prepare` of the events' kind returns"""
        prepare, _handle = self._get_batch_handlers()[self[:1].provider]
        return prepare(self._in_company())

    def _handle_batch(self, prepared):
        """Run the handler of many in the present transaction, for those whose attempt is still the present one.

        :return: ids of the events that are done
        :rtype: set[int]
        """
        self.env.cr.execute(SQL("SET LOCAL lock_timeout = %s", f"{LOCK_TIMEOUT}s"))
        events = self._lock_attempt(1)
        if not events:
            return set()
        _prepare, handle = events._get_batch_handlers()[events[0].provider]
        handled = handle(events._in_company(), prepared) & events
        handled.write({"state": "done", "handled_at": fields.Datetime.now(), "error": False})
        return set(handled.ids)

    def _in_company(self):
        """:return: the events in the environment of the company that they are for, if they are for one"""
        company = self.company_id
        return self.with_company(company).with_context(allowed_company_ids=company.ids) if company else self
