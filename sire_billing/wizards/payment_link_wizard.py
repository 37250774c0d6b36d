from odoo import models


class PaymentLinkWizard(models.TransientModel):
    _inherit = "payment.link.wizard"

    def _compute_link(self):
        """Override of `payment`: the link of a quotation is the client's page, where it is approved and then paid."""
        orders = self.filtered(lambda wizard: wizard.res_model == "sale.order")
        for wizard in orders:
            order = self.env["sale.order"].browse(wizard.res_id)
            order._sire_check_may_give_link()
            order._sire_check_link_opens()
            wizard.link = order._sire_get_client_url()
        return super(PaymentLinkWizard, self - orders)._compute_link()

    def _compute_confirmation_message(self):
        """Override of `sale`: no payment confirms a quotation."""
        result = super()._compute_confirmation_message()
        for wizard in self.filtered(lambda wizard: wizard.res_model == "sale.order"):
            wizard.confirmation_message = self.env._(
                "This is the client's page: the quotation is approved there, and paid through its invoice."
            )
        return result

    def _compute_warning_message(self):
        """Override of `sale`: amounts are agreed on the quotation, and proposed on the page."""
        orders = self.filtered(lambda wizard: wizard.res_model == "sale.order")
        result = super(PaymentLinkWizard, self - orders)._compute_warning_message() if self - orders else None
        for wizard in orders:
            order = self.env["sale.order"].browse(wizard.res_id)
            is_open = order.state == "sale" or order._sire_client_state() == "open"
            wizard.warning_message = (
                "" if is_open else self.env._("Send the quotation first: its page shows nothing yet.")
            )
        return result
