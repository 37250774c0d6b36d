from odoo import models
from odoo.exceptions import UserError

from .. import gate


class SaleAdvancePaymentInv(models.TransientModel):
    _inherit = "sale.advance.payment.inv"

    def _create_invoices(self, sale_orders):
        """Override of `sale`: what is invoiced is not invoiced again, by a second click or a second down payment.

        :raise UserError: when a quotation is not approved, has its invoice, is invoiced by its plan, or has no deposit
        """
        if gate.is_open(self.env):
            return super()._create_invoices(sale_orders)
        sale_orders._sire_lock()
        sale_orders._sire_check_no_plan()
        for order in sale_orders:
            if order.state != "sale":
                raise UserError(self.env._("%s is not approved yet: nothing is invoiced before.", order.name))
            invoice_sudo = order.sudo()._sire_get_invoice()  # sudo: whoever may invoice an order may know its invoice
            if invoice_sudo:
                raise UserError(
                    self.env._(
                        "%(order)s is already invoiced by %(invoice)s.",
                        order=order.name,
                        invoice=invoice_sudo.name or self.env._("a draft invoice"),
                    )
                )
            if self.advance_payment_method != "delivered":
                raise UserError(
                    self.env._(
                        "%s was agreed without a deposit: deposits are a part of the invoicing plan.", order.name
                    )
                )
        return super()._create_invoices(sale_orders)

    def _prepare_down_payment_invoice_line_values(self, order, so_line, account):
        """Override of `sale`: the line is called what the part was called when it was agreed."""
        values = super()._prepare_down_payment_invoice_line_values(order, so_line, account)
        name = self.env.context.get("sire_instalment_name")
        return {**values, "name": f"{name} ({order.name})"} if name and gate.is_open(self.env) else values
