from odoo import models
from odoo.exceptions import UserError


class SaleAdvancePaymentInv(models.TransientModel):
    _inherit = "sale.advance.payment.inv"

    def _create_invoices(self, sale_orders):
        """Override of `sale`: what is invoiced is not invoiced again, by a second click or a second down payment.

        :raise UserError: when a quotation is not approved, or has its invoice
        """
        sale_orders._sire_lock()
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
        return super()._create_invoices(sale_orders)
