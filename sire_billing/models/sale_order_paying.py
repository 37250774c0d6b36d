from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """How a quotation is paid: through its invoices."""

    _inherit = "sale.order"

    sire_payable = fields.Monetary(
        string="May Be Paid Now",
        compute="_compute_sire_payable",
        compute_sudo=True,
        groups="sire_access.group_see_money",
    )

    # === COMPUTES ===#

    @api.depends("state", "invoice_ids.state", "invoice_ids.amount_residual", "invoice_ids.transaction_ids.state")
    def _compute_sire_payable(self):
        for order in self:
            invoice = order._sire_get_invoice()
            order.sire_payable = invoice._sire_get_payable() if invoice else 0.0

    # === ACTIONS ===#

    def action_mpesa_request(self):
        """Button: ask the client's phone for the PIN, for the invoice of this quotation that is to be paid next.

        :raise UserError: when there is nothing to pay yet
        """
        self.ensure_one()
        self.check_access("read")
        invoice = self._sire_get_invoice()
        if self.state != "sale" or invoice.state != "posted":
            raise UserError(self._sire_say_paid_by_invoice())
        return self.env["sire.mpesa.request.wizard"]._make(invoice)._open()

    # === HELPERS ===#

    def _sire_say_paid_by_invoice(self):
        """:return: one sentence: why no money is taken for a quotation, and what to do"""
        return self.env._(
            "%s is paid through its invoice: approve the quotation with the link that was sent, then pay there.",
            ", ".join(self.mapped("name")),
        )
