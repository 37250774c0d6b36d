import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..utils import get_id, is_id

_logger = logging.getLogger(__name__)

BATCH = 100
FIRST_WAIT, LONGEST_WAIT = 60, 6 * 3600  # seconds
FORM_HOURS = 48  # how long a card form that was left open is looked after
JOB = "sire_stripe.ir_cron_stripe_settle"


class PaymentTransaction(models.Model):
    """What is done after a payment is confirmed: its fee is asked for and booked, forms that came too late are closed."""

    _inherit = "payment.transaction"

    stripe_due_at = fields.Datetime(readonly=True, copy=False, help="When Stripe is asked next what it kept of this.")
    stripe_tries = fields.Integer(readonly=True, copy=False)

    _stripe_due_idx = models.Index("(stripe_due_at) WHERE stripe_due_at IS NOT NULL")

    # === CRON === #

    @api.model
    def _cron_stripe_settle(self):
        """See `_stripe_settle_due`."""
        self.env["ir.cron"]._commit_progress(self._stripe_settle_due(), remaining=0)

    @api.model
    def _stripe_settle_due(self):
        """Ask for fees that are due, book what could not be booked, close forms; each in a transaction of its own.

        :return: how many payments were due
        """
        due = self.search([("stripe_due_at", "<=", fields.Datetime.now())], order="stripe_due_at, id", limit=BATCH)
        for tx in due:
            tx._stripe_alone(lambda tx: tx._stripe_settle())
        for movement in self.env["sire.stripe.movement"]._get_waiting(BATCH):
            movement._in_own_transaction(movement._name, movement.id, lambda movement: movement._book())
        since = fields.Datetime.subtract(fields.Datetime.now(), hours=FORM_HOURS)
        domain = [("create_date", ">", since), ("invoice_ids", "!=", False), ("provider_id.state", "!=", "disabled")]
        for tx in self._stripe_get_open_forms(domain)[:BATCH]:
            if tx._stripe_is_too_late():
                tx._stripe_alone(lambda tx: tx._stripe_close_form())
        return len(due)

    # === BUSINESS === #

    def _stripe_settle_soon(self):
        """Have the job look at these after the commit."""
        if self:
            self.write({"stripe_due_at": fields.Datetime.now(), "stripe_tries": 0})
            self.env.ref(JOB)._trigger()

    def _stripe_settle_later(self):
        """Have the job look again after a wait that grows."""
        wait = min(FIRST_WAIT * 2 ** min(self.stripe_tries, 10), LONGEST_WAIT)
        due_at = fields.Datetime.add(fields.Datetime.now(), seconds=wait)
        self.write({"stripe_due_at": due_at, "stripe_tries": self.stripe_tries + 1})

    def _stripe_settle(self):
        """Learn what Stripe kept of a charge or refund, and book it. Repeating it changes nothing."""
        self.ensure_one()
        self._stripe_lock()
        if not self.stripe_due_at:
            return
        if self.operation == "refund" and self.state == "pending" and not self.provider_reference:
            self._stripe_repeat_refund()
            return
        try:
            found = self._stripe_fetch_movements()
        except UserError as error:
            _logger.warning("Stripe could not be asked about %s: %s", self.reference, error)
            found = []
        for data in found:
            self.env["sire.stripe.movement"]._take(self.provider_id, data, tx=self)
        if found:
            self.stripe_due_at = False
        else:
            self._stripe_settle_later()

    def _stripe_repeat_refund(self):
        """Ask again for a refund that Stripe did not answer. The key is the same: it makes it once."""
        try:
            self._send_refund_request()
        except UserError as error:
            self._set_error(str(error))
            self.stripe_due_at = False

    def _stripe_fetch_movements(self):
        """Ask for the balance transactions of this payment or refund.

        :return: as Stripe writes them, empty while there are none
        :rtype: list[dict]
        """
        if self.operation == "refund":
            if not is_id(self.provider_reference, "(re|pyr)"):
                return []
            refund = self._stripe_get(f"refunds/{self.provider_reference}")
            names = [refund.get("balance_transaction"), refund.get("failure_balance_transaction")]
        else:
            if not is_id(self.provider_reference, "pi"):
                return []
            intent = self._stripe_get(f"payment_intents/{self.provider_reference}")
            charges = (intent.get("charges") or {}).get("data") or []
            if not charges and (charge_id := get_id(intent.get("latest_charge"))):  # as newer versions have it
                charges = [self._stripe_get(f"charges/{charge_id}")]
            names = [charge.get("balance_transaction") for charge in charges if charge.get("status") == "succeeded"]
        ids = [get_id(name) for name in names if name]
        return [self._stripe_get(f"balance_transactions/{txn}") for txn in ids if is_id(txn, "txn")]

    def _stripe_get(self, endpoint):
        return self._send_api_request("GET", endpoint)

    def _stripe_close_form(self):
        """Cancel a card form whose invoice was paid otherwise meanwhile."""
        self._stripe_lock()
        if self.state == "draft" and self._stripe_is_too_late():
            self._stripe_cancel_intent()
            self._stripe_post_process()

    # === HELPERS === #

    def _stripe_is_too_late(self):
        """:return: whether this form asks for more than its invoices still need"""
        payable = sum(invoice._sire_get_payable(exclude=self) for invoice in self.invoice_ids)
        return self.currency_id.compare_amounts(self.amount, payable) > 0

    def _stripe_alone(self, func):
        """Run ``func(tx)`` in a transaction of its own; the next one must not suffer from what goes wrong."""
        self.env["sire.stripe.movement"]._in_own_transaction(self._name, self.id, func)
