"""A receipt, and the e-mail with the invoice, ask for the money that is left, not for what comes as a certificate."""

import lxml.html

from odoo.tests import tagged

from .common import WithholdingCommon


@tagged("post_install", "-at_install")
class TestReceipt(WithholdingCommon):
    """KSh 98,600, of which KSh 5,950 is withheld."""

    def read(self, payment, name):
        report = self.env["ir.actions.report"].with_user(self.user_accountant)
        html = report._render_qweb_html(f"sire_billing.report_sire_{name}", payment.ids, data={"report_type": "pdf"})[0]
        return " ".join(lxml.html.fromstring(html).text_content().split())

    def assertSays(self, payment, *words):
        for name, left, awaited in (
            ("receipt", "Left to pay on it now:", "To come as your certificate:"),
            ("receipt_roll", "Left to pay now", "As certificate"),
        ):
            text = self.read(payment, name)
            for label, amount in zip((left, awaited), words, strict=True):
                with self.subTest(document=name, label=label):
                    if amount:
                        self.assertIn(f"{label} {amount}", text.replace("\N{NO-BREAK SPACE}", " "))
                    else:
                        self.assertNotIn(label, text)

    def test_a_part_of_the_money(self):
        self.assertSays(self.take_cash(self.make_bill(), 90000), "KSh 2,650", "KSh 5,950")

    def test_all_of_the_money(self):
        invoice = self.make_bill()
        payment = self.take_cash(invoice, 92650)
        self.assertSays(payment, "", "KSh 5,950")
        self.record(invoice, 1700)
        self.record(invoice, 4250, "tax", "KRAWHT1")
        self.assertSays(payment, "", "")
        self.assertIn("Paid in full", self.read(payment, "receipt"))

    def test_the_e_mail_with_the_invoice(self):
        invoice = self.make_bill()
        template = self.env.ref("sire_billing.mail_template_invoice")

        def said():
            html = template._render_field("body_html", invoice.ids)[invoice.id]
            return " ".join(lxml.html.fromstring(html).text_content().replace("\N{NO-BREAK SPACE}", " ").split())

        self.assertIn("Left to pay KSh 92,650 To come as your certificate: KSh 5,950", said())
        self.record(invoice, 1700)
        self.record(invoice, 4250, "tax", "KRAWHT1")
        self.assertIn("Left to pay KSh 92,650", said())
        self.assertNotIn("certificate", said())
