"""What the client's page says when only a certificate is missing, and when it came."""

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sire_billing.controllers.client_page_content import ClientPage
from odoo.addons.sire_billing.controllers.proof_page_content import ProofPage
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

    def test_no_way_to_pay_is_offered_for_a_certificate(self):
        """No card, no portal: who follows such a link is asked for money that nobody waits for."""
        self.assertNotIn("/portal/", self.read(self.path(self.invoice)))
        self.assertIn("/portal/", self.read(self.path(self.make_bill())))

    def test_the_page_of_the_paper_names_no_pay_bill_for_a_certificate(self):
        self.provider.write({"mpesa_c2b_state": "registered", "mpesa_shortcode_type": "paybill"})
        for invoice, is_named in ((self.invoice, False), (self.make_bill(), True)):
            page = ProofPage(self.env["sire.proof"]._for(invoice))
            self.assertEqual(bool(page.get_paybill()), is_named)

    def test_another_way_asks_for_the_same(self):
        """Who pays by card is asked for the money, as on the page, and not for the certificate too."""
        self.env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", "True")
        self.provider.write({"state": "enabled", "is_published": True})
        for vat, tax, asked in ((True, True, "92650.0"), (True, False, "96900.0"), (False, False, "98600.0")):
            self.client.write({"sire_withholds_vat": vat, "sire_withholds_tax": tax})
            invoice = self.make_bill()
            answer = self.fetch(f"{self.path(invoice)}/portal/{invoice.id}", allow_redirects=False)
            html = self.read(answer.headers["Location"], allow_redirects=False)
            self.assertIn(f'data-invoice-next-amount-to-pay="{asked}"', html)

    def test_money_on_its_way_leaves_the_certificate(self):
        """All the money is held by a card payment: that is said, not that M-Pesa is not available."""
        invoice = self.make_bill()
        page = ClientPage(self.env["sire.client.link"]._for(invoice).sudo())
        card = self.env["payment.provider"].search([("code", "!=", "mpesa")], limit=1)
        tx = self.env["payment.transaction"].create(
            {
                "provider_id": card.id,
                "payment_method_id": card.with_context(active_test=False).payment_method_ids[:1].id,
                "reference": "card-1",
                "amount": 92650,
                "currency_id": invoice.currency_id.id,
                "partner_id": invoice.partner_id.id,
                "invoice_ids": [Command.set(invoice.ids)],
            }
        )
        tx._set_pending()
        sums = page.get_money(invoice)
        self.assertEqual((sums["payable"], sums["held"]), (5950, 92650))
        html = self.read(self.path(invoice))
        self.assertIn("KSh 92,650 is being paid in another way", html)
        for wrong in ("M-Pesa is not available", "/portal/", 'name="phone"'):
            self.assertNotIn(wrong, html)
        tx._set_canceled()
        self.assertIn('name="phone"', self.read(self.path(invoice)))

    def test_steps_are_of_the_money_alone(self):
        """KSh 260,000 of which KSh 15,690 are certificates: one payment is enough, so nothing is said of several."""
        self.provider.mpesa_max_amount = 250000
        invoice = self.make_bill(260000 / 1.16)
        page = ClientPage(self.env["sire.client.link"]._for(invoice).sudo())
        self.assertGreater(page.get_money(invoice)["payable"], 250000)
        self.assertNotIn("Next:", self.read(self.path(invoice)))

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
