import re

from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .common import PaymentCommon


@tagged("post_install", "-at_install")
class TestPortal(PaymentCommon, HttpCase):
    """The host's portal proposes what may be paid now."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", "True")
        user = cls.make_user("payment.portal")
        user.write({"group_ids": [(6, 0, cls.env.ref("base.group_portal").ids)], "password": "payment.portal"})
        cls.partner = user.partner_id

    def setUp(self):
        super().setUp()
        self.authenticate("payment.portal", "payment.portal")

    def overdue(self, *amounts):
        dates = {"invoice_date": "2026-08-01", "invoice_date_due": "2026-09-01"}
        return self.env["account.move"].union(*(self.make_invoice(amount, **dates) for amount in amounts))

    def read(self):
        self.env.flush_all()
        return self.url_open("/my/invoices/overdue").text

    def proposed(self):
        return float(re.search(r'data-amount="([\d.]+)"', self.read())[1])

    def pay(self, amount):
        params = self.flow(amount, landing_route="/my/invoices", is_validation=False, payment_reference="BATCH/1")
        return self.make_jsonrpc_request("/invoice/transaction/overdue", params)

    def test_what_is_left(self):
        first, _second = self.overdue(1000, 500.40)
        self.assertEqual(self.proposed(), 1500.4)
        self.make_wizard(first, amount=400).action_create_payments()
        self.assertEqual(self.proposed(), 1100.4)
        self.make_wizard(first, amount=600).action_create_payments()
        self.assertEqual(self.proposed(), 500.4)

    def test_what_is_held_is_not_offered_again(self):
        """Money on its way is held, of one invoice or of several together."""
        first, second = self.overdue(1000, 500)
        tx = self.make_tx(1200, first | second)
        tx._set_done()  # confirmed, and not booked yet
        self.assertEqual(self.proposed(), 300)
        self.assertTrue(self.pay(300)["reference"])
        with mute_logger("odoo.http"), self.assertRaisesRegex(JsonRpcException, "UserError"):
            self.pay(301)

    def test_what_will_not_come_as_money_is_not_asked_for(self):
        """As far as anybody knows (`sire_withholding`); of an invoice of which only that is left nothing is."""
        first, _second = self.overdue(1000, 500)
        moves = type(self.env["account.move"])
        self.patch(moves, "_sire_get_withheld", lambda move: min(move.amount_residual, 50.0))
        self.assertEqual(self.proposed(), 1400)
        self.make_wizard(first, amount=950).action_create_payments()
        self.assertEqual(self.proposed(), 450)
        self.assertTrue(self.pay(500)["reference"], "it may be paid all the same")

    def test_nothing_left(self):
        """A tab that was open when the other one paid: said, and no error of the server."""
        invoices = self.overdue(1000, 500)
        self.make_wizard(invoices, amount=1500, group_payment=True).action_create_payments()
        self.assertNotIn("o_payment_form", self.read())
        with mute_logger("odoo.http"), self.assertRaisesRegex(JsonRpcException, "UserError"):
            self.pay(1500)

    def test_limits_are_compared_with_what_is_left(self):
        self.provider.maximum_amount = 600
        [invoice] = self.overdue(1000)
        self.assertNotIn("o_payment_form", self.read())
        self.make_wizard(invoice, amount=400).action_create_payments()
        self.assertIn("o_payment_form", self.read())
