from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_base.utils.eat import eat_today


class SireReceiptWizard(models.TransientModel):
    """Ask for the day on which a receipt cleared, or for the reason why it is voided or came back."""

    _name = "sire.receipt.wizard"
    _inherit = "sire.document.wizard"
    _description = "What became of a receipt"
    _sire_documents = ("payment_id",)

    payment_id = fields.Many2one("account.payment", string="Receipt", required=True, readonly=True, ondelete="cascade")
    kind = fields.Selection(
        selection=[("clear", "Cleared"), ("return", "Returned"), ("void", "Void")], required=True, readonly=True
    )
    date = fields.Date(string="Cleared On", default=lambda self: eat_today())
    reason = fields.Char()

    def action_confirm(self):
        """:raise UserError: with the sentence of the receipt"""
        self.ensure_one()
        if self.kind == "clear":
            self.payment_id.action_sire_clear(self.date)
        elif self.kind == "return":
            self.payment_id.action_sire_return(self.reason)
        elif self.kind == "void":
            self.payment_id.action_sire_void(self.reason)
        else:
            raise UserError(self.env._("Choose what became of the receipt."))
        return {"type": "ir.actions.act_window_close"}
