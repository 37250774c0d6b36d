from datetime import timedelta

from odoo import Command

from odoo.addons.sire_access.tests.common import SireRoles
from odoo.addons.sire_base.utils.eat import eat_today

from .client_page_common import ClientPageCommon


class StatementPageCommon(SireRoles, ClientPageCommon):
    """A client with an overdue invoice, one that is not due, and the link to its account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = eat_today()
        cls.late = cls.bill(1000, -10)
        cls.open = cls.bill(500.0, 20)
        cls.link = cls.env["sire.statement.link"]._for(cls.client_partner, cls.company)

    @classmethod
    def bill(cls, amount, due_in, partner=None, company=None, post=True, **values):
        """Make an invoice of 12 days ago, due so many days from now."""
        move = (
            cls.env["account.move"]
            .with_company(company or cls.company)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": (partner or cls.client_partner).id,
                    "invoice_date": cls.today - timedelta(days=12),
                    "invoice_date_due": cls.today + timedelta(days=due_in),
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        Command.create({"name": "Work", "price_unit": amount, "tax_ids": [Command.clear()]})
                    ],
                    **values,
                }
            )
        )
        if post:
            move.action_post()
        return move

    def pay_all(self, scope="all", seen="1500.00", phone="0712 345 678", link=None, **kwargs):
        data = {"scope": scope, f"seen_{scope}": seen, "phone": phone, **kwargs}
        return self.fetch(f"{(link or self.link)._get_path()}/pay", data, allow_redirects=False)

    def page(self, query="", link=None, **kwargs):
        return self.read((link or self.link)._get_path() + query, **kwargs)
