import logging

from odoo import SUPERUSER_ID, api, fields, models

from odoo.addons.payment import utils as payment_utils
from odoo.addons.payment_stripe.const import CURRENCY_DECIMALS

from .. import const, gate
from ..utils import get_id, is_id, to_datetime

_logger = logging.getLogger(__name__)


class SireStripeMovement(models.Model):
    """One row for each movement of the balance at Stripe that is ours to book: known by its number, booked once.

    A charge and a refund are booked as payments by the host; here is what Stripe kept of them. Of a dispute, here is the
    money as well. What is of no transaction of ours is kept and shown, never booked.
    """

    _name = "sire.stripe.movement"
    _inherit = "sire.gated"
    _description = "Movement at Stripe"
    _order = "moved_at desc, id desc"
    _sire_audit = {
        "fields": ("name", "kind", "amount", "fee", "state", "reason", "move_id"),
        "marks": (("state", "booked", "book"),),
        "name": "name",
    }

    name = fields.Char("Number at Stripe", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="restrict")
    provider_id = fields.Many2one("payment.provider", required=True, readonly=True, ondelete="restrict")
    transaction_id = fields.Many2one("payment.transaction", readonly=True, index="btree_not_null", ondelete="restrict")
    dispute_id = fields.Many2one("sire.stripe.dispute", readonly=True, index="btree_not_null", ondelete="restrict")
    payment_id = fields.Many2one(related="transaction_id.payment_id", compute_sudo=True)
    reference = fields.Char(
        readonly=True, help="What the payment is called here; as Stripe says it when it is not ours."
    )
    kind = fields.Selection(
        [
            ("charge", "Payment"),
            ("refund", "Refund"),
            ("refund_failure", "Refund that came back"),
            ("dispute", "Dispute"),
            ("other", "Other"),
        ],
        required=True,
        readonly=True,
    )
    currency_id = fields.Many2one("res.currency", readonly=True, help="The currency in which Stripe pays out.")
    amount = fields.Monetary("Gross", readonly=True, help="In the currency in which Stripe pays out.")
    fee = fields.Monetary(readonly=True, help="What Stripe kept; negative when it gave some back.")
    net = fields.Monetary(readonly=True)
    moved_at = fields.Datetime("On", required=True, readonly=True)
    move_id = fields.Many2one("account.move", "Entry", readonly=True, copy=False, index="btree_not_null")
    state = fields.Selection(
        [("booked", "Booked"), ("nothing", "Nothing to book"), ("waiting", "To be booked"), ("foreign", "Not ours")],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    reason = fields.Char("Why Not", readonly=True)

    _name_unique = models.Constraint("UNIQUE (provider_id, name)", "This movement was seen already.")

    # === CRUD === #

    def _check_gate(self):
        gate.check(self.env)

    @api.model
    def get_empty_list_help(self, help_message):
        """Override of `web`: where cards are not set up, that is what to do first."""
        return self.env["payment.provider"]._stripe_get_empty_help() or super().get_empty_list_help(help_message)

    # === BUSINESS === #

    @api.model
    def _take(self, provider, data, tx=None, dispute=None):
        """Write down a balance transaction, once, and book it. Who calls holds the transaction's lock.

        :param dict data: as Stripe writes it: id, amount, fee, net (in cents), currency, type, created
        :param tx: the ``payment.transaction`` that it is of
        :param dispute: the ``sire.stripe.dispute`` that it is of
        :return: the movement, empty when it is no balance transaction
        """
        numbers = [data.get(name) for name in ("amount", "fee")]
        if not is_id(data.get("id"), "txn") or any(
            isinstance(one, bool) or not isinstance(one, int) for one in numbers
        ):
            return self.browse()
        movement = gate.opened(self.search([("provider_id", "=", provider.id), ("name", "=", data["id"])]))
        if movement:
            movement._book()
            return movement
        tx = tx or self.env["payment.transaction"]
        # a currency that is switched off is found too: then it is said that it has to be switched on
        code = str(data.get("currency") or "").upper()
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", code)], limit=1)
        amount, fee = (self._to_major(number, currency) if currency else 0.0 for number in numbers)
        kind = const.MOVEMENT_KINDS.get(data.get("reporting_category")) or const.MOVEMENT_KINDS.get(data.get("type"))
        movement = gate.opened(self).create(
            {
                "name": data["id"],
                "company_id": provider.company_id.id,
                "provider_id": provider.id,
                "transaction_id": tx.id,
                "dispute_id": dispute.id if dispute else False,
                "reference": tx.reference,
                "kind": "dispute" if dispute else kind or "other",
                "currency_id": currency.id,
                "amount": amount,
                "fee": fee,
                "net": amount - fee,
                "moved_at": to_datetime(data.get("created")) or fields.Datetime.now(),
                "state": "waiting" if tx else "foreign",
                "reason": False if currency else self.env._("The currency “%s” is not known here.", code[:10]),
            }
        )
        movement._book()
        return movement

    @api.model
    def _see_unbooked(self, provider, intent, reason, tx):
        """Keep a payment that arrived at Stripe and is not booked: not ours, or not what was asked for.

        :param dict intent: PaymentIntent that succeeded
        :param str reason: one sentence
        :param tx: the transaction that it claims to be of, or empty
        """
        charges = (intent.get("charges") or {}).get("data") or [{}]
        name = get_id(charges[0].get("balance_transaction")) or intent.get("id")
        if not isinstance(name, str) or self.search_count([("provider_id", "=", provider.id), ("name", "=", name)]):
            return
        code = str(intent.get("currency") or "").upper()
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", code)], limit=1)
        received = intent.get("amount_received", intent.get("amount"))
        amount = self._to_major(received, currency) if currency and isinstance(received, int) else 0.0
        gate.opened(self).create(
            {
                "name": name[:100],
                "company_id": provider.company_id.id,
                "provider_id": provider.id,
                "reference": str(intent.get("description") or "")[:100],
                "kind": "charge",
                "currency_id": currency.id,
                "amount": amount,
                "net": amount,
                "moved_at": to_datetime(intent.get("created")) or fields.Datetime.now(),
                "state": "foreign",
                "reason": reason,
            }
        )
        if tx:
            provider._stripe_tell_staff(tx, self.env._("A card payment does not fit"), reason)

    @api.model
    def _get_waiting(self, limit):
        return self.search([("state", "=", "waiting")], order="id", limit=limit)

    # === HELPERS === #

    @api.model
    def _to_major(self, amount, currency):
        """:return: cents of Stripe's, in units of the currency"""
        decimals = CURRENCY_DECIMALS.get(currency.name)
        return payment_utils.to_major_currency_units(amount, currency, arbitrary_decimal_number=decimals)

    @api.model
    def _in_own_transaction(self, model, record_id, func):
        """Run ``func(record)`` as superuser on a cursor of its own, and commit; what goes wrong is logged."""

        def run(inbox):
            return func(api.Environment(inbox.env.cr, SUPERUSER_ID, {})[model].browse(record_id))

        try:
            self.env["sire.webhook.event"]._in_own_transaction(run)
        except Exception:
            _logger.exception("%s(%s) could not be settled", model, record_id)
