from odoo.http import route

from odoo.addons.sale.controllers.portal import CustomerPortal


class SirePortal(CustomerPortal):
    # Public in the host: the access token of the order is the key. Its own arguments and rules hold.
    @route()
    def portal_order_page(self, *args, payment_amount=None, **kwargs):
        """Override of `sale`: a payment link for a quotation shows no form that would be refused, but where to pay."""
        return super().portal_order_page(*args, **kwargs)
