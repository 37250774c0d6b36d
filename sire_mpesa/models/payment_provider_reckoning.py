from datetime import timedelta

from odoo import fields, models

from odoo.addons.sire_base.utils.eat import utc_to_eat
from odoo.addons.sire_payment.utils import format_money

CLOSE = timedelta(minutes=5)  # what moved that near to the question may be in the answer or not


class PaymentProvider(models.Model):
    """Safaricom's balance against the books: what should be there at the moment at which Safaricom was asked."""

    _inherit = "payment.provider"

    # === BUSINESS === #

    def _mpesa_find_balance_alert(self):
        """Compare the last balance with the books.

        :return: the alert about a difference, as in `_mpesa_find_alerts`; None when there is none, or nothing to compare
        """
        at = self.mpesa_balance_at
        if not at or not self.journal_id or self._mpesa_moved_close_to(at):
            return None
        if self.journal_id.inbound_payment_method_line_ids.payment_provider_id - self:
            return None  # somebody chose one journal for two numbers: their balances are not apart
        shilling = self.env.ref("base.KES")
        difference = shilling.round(self.mpesa_balance - self._mpesa_get_expected_balance(at))
        if shilling.is_zero(difference):
            return None
        amounts = {
            "there": format_money(self.mpesa_balance, shilling),
            "here": format_money(self.mpesa_balance - difference, shilling),
            "difference": format_money(abs(difference), shilling),
            "day": f"{utc_to_eat(at):%d/%m/%Y %H:%M}",
        }

        def say(env):
            if difference > 0:
                return env._(
                    "M-Pesa has %(there)s (%(day)s), the books %(here)s: %(difference)s are missing in the books.",
                    **amounts,
                )
            return env._(
                "M-Pesa has %(there)s (%(day)s), the books %(here)s: %(difference)s more than there is.", **amounts
            )

        return say, amounts["difference"]

    # === HELPERS === #

    def _mpesa_get_expected_balance(self, at):
        """Add up what the books say that was at M-Pesa at a moment.

        Entries have a day and no hour, so it is today's balance less what moved since. What Safaricom reported before
        that moment and is not booked yet is there all the same.

        :param datetime at: naive UTC
        :return: shillings
        :rtype: float
        """
        self.ensure_one()
        receipts = [("provider_id", "=", self.id), ("state", "!=", "denied")]
        unbooked = self._mpesa_sum("sire.mpesa.receipt", [*receipts, ("state", "=", "waiting"), ("paid_at", "<=", at)])
        since = self._mpesa_sum("sire.mpesa.receipt", [*receipts, ("state", "!=", "waiting"), ("paid_at", ">", at)])
        unnumbered = self._mpesa_sum(
            "payment.transaction",
            [
                ("provider_id", "=", self.id),
                ("payment_id.sire_mpesa_receipt_id", "=", False),
                ("payment_id", "!=", False),
                ("mpesa_paid_at", ">", at),
            ],
        )
        returned = self._mpesa_sum(
            "sire.mpesa.command",
            [
                ("provider_id", "=", self.id),
                ("kind", "=", "reversal"),
                ("state", "=", "done"),
                ("answered_at", ">", at),
            ],
        )
        return self._mpesa_get_booked_balance() + unbooked - since - unnumbered + returned

    def _mpesa_get_booked_balance(self):
        """:return: shillings that the books have at M-Pesa: on the journal's account, or on their way there or from it
        :rtype: float
        """
        journal = self.journal_id
        lines = journal.inbound_payment_method_line_ids | journal.outbound_payment_method_line_ids
        on_the_way = lines.payment_account_id - journal.default_account_id
        domain = [
            ("company_id", "=", self.company_id.id),
            ("parent_state", "=", "posted"),
            ("currency_id", "=", self.env.ref("base.KES").id),
            "|",
            ("account_id", "=", journal.default_account_id.id),
            "&",
            ("account_id", "in", on_the_way.ids),  # these can be shared with other journals
            ("journal_id", "=", journal.id),
        ]
        [(balance,)] = self.env["account.move.line"]._read_group(domain, aggregates=["amount_currency:sum"])
        return balance or 0.0

    def _mpesa_moved_close_to(self, at):
        """:return: whether money moved so near to a moment that nobody can say whether Safaricom counted it"""
        domain = [
            ("provider_id", "=", self.id),
            ("paid_at", ">=", fields.Datetime.subtract(at, seconds=CLOSE.seconds)),
            ("paid_at", "<=", fields.Datetime.add(at, seconds=CLOSE.seconds)),
        ]
        return bool(self.env["sire.mpesa.receipt"].search_count(domain, limit=1))

    def _mpesa_sum(self, model, domain):
        """:return: shillings of all records of a domain"""
        [(amount,)] = self.env[model]._read_group(domain, aggregates=["amount:sum"])
        return amount or 0.0
