import logging

from odoo import api, fields, models

from ..tools import own_transaction

_logger = logging.getLogger(__name__)

BATCH = 100


class SireMpesaReceipt(models.Model):
    """What waits does not wait for ever: the job that books what could not be booked at once."""

    _inherit = "sire.mpesa.receipt"

    # === CRON === #

    @api.model
    def _cron_book(self):
        """Book the receipts whose time has come, each in a transaction of its own."""
        due = self.search(self._get_due_domain(), order="next_try_at, id", limit=BATCH)
        for receipt in due:
            receipt._book_alone()
        self.env["ir.cron"]._commit_progress(len(due), remaining=0)

    @api.model
    def _get_due_domain(self):
        return [("state", "=", "waiting"), ("next_try_at", "<=", fields.Datetime.now())]

    def _book_alone(self):
        """Book one receipt and commit; the next one must not suffer from what goes wrong with it."""
        try:
            own_transaction.run(self.env.registry, self._name, self.id, lambda receipt: receipt._book())
        except Exception:
            _logger.exception("M-Pesa receipt %s could not be booked", self.id)
