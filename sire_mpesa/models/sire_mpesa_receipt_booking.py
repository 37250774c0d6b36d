import logging
from datetime import timedelta

import psycopg2

from odoo import Command, fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_base.exceptions import WebhookParked, WebhookRetry
from odoo.addons.sire_base.utils.eat import eat_today, utc_to_eat
from odoo.addons.sire_base.utils.text import safe_error

from .. import const, gate

_logger = logging.getLogger(__name__)


class SireMpesaReceipt(models.Model):
    """The way into the books: on an open invoice, as the client's credit, or in suspense; each receipt once."""

    _inherit = "sire.mpesa.receipt"

    # === BUSINESS === #

    def _book(self):
        """Bring a receipt into the books, once. Repeating it changes nothing.

        What cannot be booked now (a locked period, no journal) stays *to be booked*, with the reason, and is tried
        again.
        """
        self.ensure_one()
        receipt = gate.opened(self)
        receipt.transaction_id._mpesa_touch()  # prompts are locked before receipts
        prompts = receipt._find_own_prompts() if receipt.waiting_for_id else receipt.waiting_for_id
        receipt._lock()
        if receipt.state != "waiting":
            return
        try:
            with self.env.cr.savepoint():
                receipt._book_once(prompts)
        except (psycopg2.OperationalError, WebhookRetry, WebhookParked):  # the whole step is repeated, or staff look
            raise
        except Exception as error:
            if not isinstance(error, UserError):
                _logger.exception("M-Pesa receipt %s could not be booked", receipt.name)
            receipt.write(
                {
                    "reason": self.env._("It could not be booked yet: %s", safe_error(error)),
                    "next_try_at": fields.Datetime.now() + timedelta(seconds=const.RETRY_SECONDS),
                }
            )

    def _book_once(self, prompts):
        """Decide where the money belongs and book it there.

        :param prompts: those that it may be the payment of, if it waited for one; locked
        """
        tx = self.transaction_id
        if tx:
            if not tx.payment_id:
                tx.is_post_processed = False
                tx._post_process()
            return
        if self.waiting_for_id:
            self._choose_prompt(prompts)
        if not self.waiting_for_id and not self.transaction_id:
            self._book_by_account()

    def _book_in_suspense(self, reason):
        """Have the money in the books on the day on which it came, without a client.

        :param str reason: why nobody knows for whom, a sentence for staff
        """
        move = self._post_entry(
            self._get_booking_date(),
            debit=self._get_incoming_account(),
            credit=self.company_id._mpesa_get_suspense_account(),
            label=self.env._("M-Pesa %s, to be assigned", self.name),
        )
        account = self.company_id._mpesa_get_suspense_account()
        self.write(
            {
                "state": "suspense",
                "reason": reason,
                "next_try_at": False,
                "waiting_for_id": False,
                "suspense_line_id": move.line_ids.filtered(lambda line: line.account_id == account).id,
            }
        )

    def _reverse_suspense(self):
        """Take the money out of suspense again: it was booked already."""
        move = self._post_entry(
            eat_today(),
            debit=self.suspense_line_id.account_id,
            credit=self._get_incoming_account(),
            label=self.env._("M-Pesa %s, assigned", self.name),
        )
        self._reconcile_pairs(move | self.suspense_line_id.move_id)
        self.suspense_line_id = False

    def _take_payments(self, payments):
        """Note that these payments of the receipt were made: it is in the books for good."""
        if self.state == "suspense":
            account = self.suspense_line_id.account_id
            lines = payments.move_id.line_ids.filtered(lambda line: line.account_id == account)
            (lines | self.suspense_line_id).reconcile()
        self._set_booked()

    def _set_booked(self):
        gate.opened(self).write({"state": "booked", "reason": False, "next_try_at": False, "waiting_for_id": False})

    # === HELPERS === #

    def _get_payment_values(self):
        """:return: values of a payment of this receipt that hold for each way to book it
        :rtype: dict
        """
        values = {"sire_mpesa_receipt_id": self.id, "date": self._get_booking_date()}
        if self.state == "suspense":  # from there it goes to the client, on the day on which this is known
            values.update(sire_mpesa_source_account_id=self.suspense_line_id.account_id.id, date=eat_today())
        return values

    def _get_booking_date(self):
        """:return: the day in Nairobi on which it was paid; today when that period is closed"""
        day = utc_to_eat(self.paid_at).date()
        journal = self.provider_id.journal_id
        is_locked = self.company_id._get_violated_lock_dates(day, False, journal)
        return eat_today() if is_locked else day

    def _get_incoming_account(self):
        """:return: the account that M-Pesa's money arrives on
        :raise UserError: when the company has none
        """
        line = self._get_method_line()
        account = line.payment_account_id or line.journal_id.default_account_id
        if not account:
            raise UserError(
                self.env._("%s has no journal for M-Pesa: choose one on the provider.", self.company_id.name)
            )
        return account

    def _get_method_line(self):
        """:return: the provider's payment method line"""
        lines = self.provider_id.journal_id.inbound_payment_method_line_ids
        return lines.filtered(lambda line: line.payment_provider_id == self.provider_id)[:1]

    def _post_entry(self, date, debit, credit, label):
        """Post an entry of the receipt's amount.

        :param debit: an account; or the items of clients that are taken back, each with its own amount
        :param credit: an account
        :rtype: account.move
        """
        if debit._name == "account.move.line":
            debits = [(line.account_id, line.partner_id, -line.amount_currency) for line in debit]
        else:
            debits = [(debit, self.env["res.partner"], self.amount)]
        parts = [*debits, (credit, self.env["res.partner"], -self.amount)]
        move = (
            self.env["account.move"]
            .with_company(self.company_id)
            .create(
                {
                    "move_type": "entry",
                    "date": date,
                    "journal_id": self.provider_id.journal_id.id,
                    "company_id": self.company_id.id,
                    "ref": label,
                    "line_ids": [Command.create(self._get_item(*part, date=date, label=label)) for part in parts],
                }
            )
        )
        move.action_post()
        return move

    def _get_item(self, account, partner, amount, date, label):
        """:return: values of one item of an entry, debit above zero"""
        company = self.company_id
        return {
            "name": label,
            "account_id": account.id,
            "partner_id": partner.id,
            "currency_id": self.currency_id.id,
            "amount_currency": amount,
            "balance": self.currency_id._convert(amount, company.currency_id, company, date),
        }

    def _reconcile_pairs(self, moves):
        """Match the open items of these entries, account by account."""
        for account in moves.line_ids.account_id.filtered("reconcile"):
            moves._mpesa_get_open_lines(account).reconcile()
