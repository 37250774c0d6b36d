from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_base.utils.reason import clean_reason

from .. import gate


class AccountMove(models.Model):
    """Void: an invoice that should not have been is taken back by a credit note, with a reason that both carry."""

    _inherit = "account.move"

    sire_void_reason = fields.Char(
        string="Reason for Voiding", readonly=True, copy=False, help="Why the invoice is void; printed on both papers."
    )

    def action_sire_void(self):
        """Ask for the reason.

        :raise UserError: when the invoice cannot be voided, in one sentence
        """
        self.ensure_one()
        self._sire_check_voidable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Void %s", self.name),
            "res_model": "sire.invoice.void.wizard",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_move_id": self.id},
        }

    def _sire_void(self, reason):
        """Take the whole invoice back: a credit note for all of it, posted and matched.

        :param str reason: why, as the client will read it
        :return: the credit note
        :rtype: account.move
        :raise UserError: when money was received or is on its way, when it is credited already, without a reason
        """
        self.ensure_one()
        self.check_access("write")
        if not self.env.su:
            self.env.user._sire_check_may("invoice.void")
        text = clean_reason(self.env, reason, self.env._("Write why the invoice is void: the client reads it."))
        self._sire_check_voidable()
        # sudo: who may void need not be allowed to make credit notes of other kinds; its author stays who voids.
        invoice_sudo = gate.opened(self.sudo()).with_context(tz="Africa/Nairobi")
        wizard = invoice_sudo.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice_sudo.ids
        )
        reversal = wizard.create({"reason": text, "date": eat_today(), "journal_id": self.journal_id.id})
        values = reversal._prepare_default_reversal(invoice_sudo)
        note = invoice_sudo._reverse_moves([values], cancel=True)
        (note | invoice_sudo).write({"sire_void_reason": text})
        invoice_sudo.message_post(
            body=self.env._("Void, by credit note %(note)s: %(reason)s", note=note.name, reason=text),
            author_id=self.env.user.partner_id.id,
        )
        for order_sudo in invoice_sudo.invoice_line_ids.sale_line_ids.order_id:
            order_sudo.message_post(
                body=self.env._("Invoice %(invoice)s is void: %(reason)s", invoice=self.name, reason=text),
                author_id=self.env.user.partner_id.id,
            )
        return note.with_env(self.env)

    def _sire_check_voidable(self):
        """Locks the invoice.

        :raise UserError: one sentence
        """
        if self.move_type != "out_invoice" or self.state != "posted":
            raise UserError(self.env._("Only a confirmed invoice can be voided."))
        if self.sire_void_reason:
            raise UserError(self.env._("%s is void already.", self.name))
        self._sire_check_no_money()
        notes_sudo = self.sudo().reversal_move_ids.filtered(lambda move: move.state == "posted")  # only their numbers
        if notes_sudo or self.currency_id.compare_amounts(self.amount_residual, self.amount_total) < 0:
            raise UserError(
                self.env._(
                    "%(name)s is partly credited already%(notes)s: make a credit note for the rest.",
                    name=self.name,
                    notes=f" ({', '.join(notes_sudo.mapped('name'))})" if notes_sudo else "",
                )
            )
