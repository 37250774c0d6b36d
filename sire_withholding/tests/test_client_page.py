"""What the client's page says when only a certificate is missing, and when it came."""

from odoo.tests import tagged

from odoo.addons.sire_billing.tests.client_page_common import ClientPageCommon

from .common import WithholdingCommon


@tagged("post_install", "-at_install")
class TestClientPage(WithholdingCommon, ClientPageCommon):
    """KSh 98,600, of which KSh 1,700 VAT and KSh 4,250 tax are withheld; the money came."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls.make_bill()
        wizard = cls.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=cls.invoice.ids
        )
        wizard.create({})._create_payments()

    def test_only_certificates_are_missing(self):
        self.assertEqual(self.invoice.amount_residual, 5950)
        html = self.read(self.path(self.invoice))
        self.assertIn("left of KSh 98,600", html)
        self.assertIn("please send us the certificate", html)
        for wrong in ("to be paid by", "M-Pesa is not available", "smallest M-Pesa payment", 'name="phone"', "Overdue"):
            self.assertNotIn(wrong, html)

    def test_a_certificate_is_no_receipt(self):
        certificate = self.record(self.invoice, 1700)
        html = self.read(self.path(self.invoice))
        self.assertIn("VAT withholding certificate", html)
        self.assertRegex(html, rf'<b class="receipt">{certificate.name}</b>')
        for wrong in ("Receipt", certificate.move_id.name):
            self.assertNotIn(wrong, html)

    def test_on_the_statement(self):
        link = self.env["sire.statement.link"]._for(self.client, self.company)
        html = self.read(link._get_path())
        self.assertIn("KSh 5,950 of it comes as your certificate", html)
        self.assertNotIn("Due ", html)
        self.assertRegex(html, r"Of all this, as your certificates</dt>\s*<dd>KSh\s5,950<")
        yesterday = self.day(-1).isoformat()
        self.assertNotIn("Of all this", self.read(f"{link._get_path()}?from={yesterday}&to={yesterday}"))
