from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_base.utils.eat import eat_today, utc_to_eat
from odoo.addons.sire_payment.utils import format_money

from .. import const, gate


class SireMpesaReceipt(models.Model):
    """Money that goes back to whoever paid it: by Safaricom's reversal, and out of the books once."""

    _inherit = "sire.mpesa.receipt"

    reversed_amount = fields.Monetary("Returned", readonly=True, help="What went back to the payer.")
    returning_id = fields.Many2one(
        "sire.mpesa.command",
        string="Being Returned",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The request to return it, as long as Safaricom has not said what came of it.",
    )
    return_move_id = fields.Many2one("account.move", string="Entry of the Return", readonly=True, ondelete="restrict")

    _reversed_range = models.Constraint(
        "CHECK (reversed_amount IS NULL OR (reversed_amount >= 0 AND reversed_amount <= amount))",
        "No more can be returned than was paid.",
    )

    # === ACTIONS === #

    def action_return(self):
        """Button: give a receipt that nobody can place back to whoever paid it.

        :raise UserError: a sentence: it is booked for a client, is going back already, or there is no initiator
        """
        for receipt in self:
            receipt._check_may_assign()
            receipt_sudo = gate.opened(receipt.sudo())  # nobody writes the ledger but itself
            receipt_sudo._lock()
            if receipt_sudo.state == "booked" and not receipt_sudo.transaction_id:
                raise UserError(self.env._("%s is booked for a client: take it back first.", receipt.name))
            if receipt_sudo.state != "suspense":
                raise UserError(self.env._("%s does not wait to be assigned, so it cannot be returned.", receipt.name))
            receipt_sudo._request_reversal(receipt_sudo.amount)
            reason = self.env._("On its way back to whoever paid it: Safaricom was asked.")
            receipt_sudo.write({"to_return": True, "reason": reason})
            receipt.message_post(body=self.env._("Safaricom was asked to return it."))
            receipt.activity_unlink(["mail.mail_activity_data_todo"])

    # === BUSINESS === #

    def _request_reversal(self, amount, refund=None):
        """Have money returned. Locked by the caller, who says why it may be.

        :param float amount: shillings
        :param refund: ``payment.transaction``, when it is a refund of the host's flow
        :return: the command
        :raise UserError: a sentence
        """
        self.ensure_one()
        provider = self.provider_id
        if not provider._mpesa_has_initiator():
            raise UserError(self.env["sire.mpesa.command"]._get_fault_words("setup"))
        if provider.state == "disabled":
            raise UserError(self.env._("Enable the provider first."))
        if self.returning_id:
            raise UserError(self.env._("%s is on its way back already: wait for Safaricom's answer.", self.name))
        left = self.amount - (self.reversed_amount or 0)
        if self.currency_id.compare_amounts(amount, left) > 0:
            raise UserError(
                self.env._(
                    "Only %(left)s of %(receipt)s is left to return.",
                    left=format_money(left, self.currency_id),
                    receipt=self.name,
                )
            )
        if amount != int(amount):
            raise UserError(self.env._("M-Pesa returns whole shillings only: leave out the cents."))
        commands_sudo = self.env["sire.mpesa.command"].sudo()  # commands are written by the system alone
        gate.opened(self).returning_id = commands_sudo._queue(
            provider,
            "reversal",
            receipt_id=self.id,
            transaction_id=refund.id if refund else False,
            amount=amount,
            about=refund.reference if refund else self.name,
        )
        return self.returning_id

    def _take_return(self, command, is_done, completed_at):
        """Take the end of a return without a refund of the host's flow.

        :param command: the reversal
        :param datetime completed_at: naive UTC, or None
        """
        self.ensure_one()
        receipt = gate.opened(self)
        receipt.transaction_id._mpesa_touch()  # prompts are locked before receipts
        receipt._lock()
        if not is_done:
            receipt._note_not_returned(command)
            return
        if receipt._is_counted(command):
            return
        if receipt.transaction_id:  # meanwhile a prompt turned out to be paid by it: the books know a refund
            receipt.transaction_id._mpesa_book_reversal(command, completed_at)
            return
        if receipt.state == "booked":  # staff had given the return up and assigned the money: it went back all the same
            receipt._take_back()
        if receipt.state == "suspense":
            move = receipt._post_entry(
                receipt._get_return_date(completed_at),
                debit=receipt.suspense_line_id.account_id,
                credit=receipt._get_incoming_account(),
                label=self.env._("M-Pesa %s, returned", receipt.name),
            )
            receipt._reconcile_pairs(move | receipt.suspense_line_id.move_id)
            receipt.return_move_id = move
        receipt._note_returned(command)

    def _note_returned(self, command):
        """Write down that money of this receipt went back. Its books are done."""
        receipt = gate.opened(self)
        amount = command.amount
        values = {
            "reversed_amount": (receipt.reversed_amount or 0) + amount,
            "to_return": False,
            "reason": False,
        }
        if receipt.returning_id == command:
            values["returning_id"] = False
        if receipt.currency_id.compare_amounts(values["reversed_amount"], receipt.amount) >= 0:
            values["state"] = "reversed"
        receipt.write(values)
        told = format_money(amount, receipt.currency_id)
        if command.result_code == const.ALREADY_REVERSED:
            body = self.env._("%s was returned already, at Safaricom and not from here.", told)
            if values.get("state") != "reversed":
                receipt.flag = self.env._(
                    "Safaricom says that all of it went back already, and the books know %(known)s of %(all)s: return"
                    " the rest here as well, no money moves again.",
                    known=format_money(values["reversed_amount"], receipt.currency_id),
                    all=format_money(receipt.amount, receipt.currency_id),
                )
        else:
            body = self.env._("%(amount)s went back to the payer, receipt %(receipt)s.",
                              amount=told, receipt=command.result_receipt or "–")  # fmt: skip
        if values.get("state") == "reversed":
            receipt.flag = False
        receipt.message_post(body=body)

    def _is_counted(self, command):
        """Say whether this return is in the books already: of two requests of which staff had given one up, the one
        moved the money and the other was told that it had moved; each can be the first whose result comes.

        :rtype: bool
        """
        left = self.amount - (self.reversed_amount or 0)
        if self.currency_id.compare_amounts(command.amount, left) <= 0:
            return False
        command.fault = self.env._("What this request returned is counted already, by another request.")
        receipt = gate.opened(self)
        receipt.message_post(body=command.fault)
        if receipt.returning_id == command:
            receipt.returning_id = False
        return True

    def _note_not_returned(self, command):
        """Write down that a return was not made, and say why."""
        receipt = gate.opened(self)
        if receipt.returning_id == command:
            receipt.returning_id = False
        words = command._get_fault_words(command.result_code)
        body = self.env._("It was not returned. %(why)s %(words)s", why=words, words=command.result_description or "")
        receipt.message_post(body=body.strip())
        if receipt.state == "suspense":
            receipt.reason = body.strip()
        self._tell_responsible(self.env._("M-Pesa receipt %s was not returned", receipt.name), words)

    def _assign(self, parts):
        """Override: what is on its way back is nobody's any more."""
        self._check_may_assign()
        self.sudo()._lock()
        if self.sudo().returning_id:
            raise UserError(self.env._("%s is on its way back to whoever paid it.", self.name))
        return super()._assign(parts)

    # === HELPERS === #

    def _get_return_date(self, completed_at):
        """:return: the day in Nairobi on which it went back; today when that period is closed"""
        day = utc_to_eat(completed_at or fields.Datetime.now()).date()
        if day > eat_today() or day < utc_to_eat(self.paid_at).date():
            return eat_today()
        is_locked = self.company_id._get_violated_lock_dates(day, False, self.provider_id.journal_id)
        return eat_today() if is_locked else day
