from odoo import api, fields, models

from odoo.addons.sire_base.utils.reason import clean_reason


class SireQuotationApproveWizard(models.TransientModel):
    _name = "sire.quotation.approve.wizard"
    _inherit = "sire.document.wizard"
    _description = "Record an approval given in another way"
    _sire_documents = ("order_id", "chosen_ids")

    order_id = fields.Many2one("sale.order", string="Quotation", required=True, readonly=True, ondelete="cascade")
    has_options = fields.Boolean(compute="_compute_has_options")
    chosen_ids = fields.Many2many(
        "sale.order.line", string="Options Taken", help="Optional lines that the client takes. The others are left out."
    )
    name = fields.Char(string="Approved By", required=True, help="Who agreed, at the client's.")
    note = fields.Char(string="How", required=True, help="Such as: signed on paper, by phone on Monday.")

    @api.depends("order_id")
    def _compute_has_options(self):
        for wizard in self:
            wizard.has_options = bool(wizard.order_id._sire_get_options())

    def action_confirm(self):
        """Approve the quotation as it is now, and open its invoice.

        :raise UserError: when it cannot be approved, in one sentence
        """
        self.ensure_one()
        order = self.order_id
        order.check_access("write")
        missing = self.env._("Write how the client agreed: it is kept with the approval.")
        note = clean_reason(self.env, self.note, missing, cut_at=250)
        if order.state == "draft":
            order.action_quotation_sent()
        digest = order._sire_offer_digest(self.chosen_ids)
        order._sire_approve(self.name, digest, chosen=self.chosen_ids, recorded_by=self.env.user, note=note)
        return {"type": "ir.actions.act_window_close"}
