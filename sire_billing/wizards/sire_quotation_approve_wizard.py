from odoo import fields, models
from odoo.exceptions import UserError


class SireQuotationApproveWizard(models.TransientModel):
    _name = "sire.quotation.approve.wizard"
    _description = "Record an approval given in another way"

    order_id = fields.Many2one("sale.order", string="Quotation", required=True, readonly=True, ondelete="cascade")
    name = fields.Char(string="Approved By", required=True, help="Who agreed, at the client's.")
    note = fields.Char(string="How", required=True, help="Such as: signed on paper, by phone on Monday.")

    def action_confirm(self):
        """Approve the quotation as it is now, and open its invoice.

        :raise UserError: when it cannot be approved, in one sentence
        """
        self.ensure_one()
        order = self.order_id
        order.check_access("write")
        note = " ".join((self.note or "").split())
        if len(note) < 3:
            raise UserError(self.env._("Write how the client agreed: it is kept with the approval."))
        if order.state == "draft":
            order.action_quotation_sent()
        order._sire_approve(self.name, order._sire_digest(), recorded_by=self.env.user, note=note[:250])
        return {"type": "ir.actions.act_window_close"}
