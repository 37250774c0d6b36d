from odoo import fields, models


class SireInstalmentAgainWizard(models.TransientModel):
    _name = "sire.instalment.again.wizard"
    _inherit = "sire.document.wizard"
    _description = "Invoice a part of a plan again"
    _sire_documents = ("instalment_id",)

    instalment_id = fields.Many2one(
        "sire.order.instalment", string="Part", required=True, readonly=True, ondelete="cascade"
    )
    reason = fields.Char(required=True, help="Such as: the first invoice was made out to the wrong client.")

    def action_confirm(self):
        """Invoice the part again, and send the invoice.

        :raise UserError: when it cannot be, in one sentence
        """
        self.ensure_one()
        self.instalment_id.check_access("read")
        self.instalment_id._sire_invoice(reason=self.reason)._sire_mail_instalment()
        return {"type": "ir.actions.act_window_close"}
