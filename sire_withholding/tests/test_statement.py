"""A client's statement: certificates that came are rows of it, those to come are said, and the balance is the ledger's."""

from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

from odoo.addons.sire_billing.tests.test_statement import StatementCase

from .common import PDF, WithholdingCommon


@tagged("post_install", "-at_install")
class TestStatement(WithholdingCommon, StatementCase, TransactionCase):
    """Two invoices of KSh 98,600; of each KSh 1,700 VAT and KSh 4,250 tax are withheld."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.client
        cls.start, cls.end = cls.day(-30), cls.day(0)
        cls.early = cls.make_bill(invoice_date=cls.day(-20), due=-5)
        cls.late = cls.make_bill(invoice_date=cls.day(-10))

    def awaited(self, **period):
        (found,) = self.statement(**period)
        rows = [(row["move"], row["kind"], row["amount"]) for row in found["awaited"]]
        return rows, found["without_awaited"]

    def spread(self, *amounts, **values):
        paper = {"kind": "tax", "name": "KRAWHT7", "file": PDF, "file_name": "a.pdf", **values}
        pairs = list(zip((self.early, self.late), amounts, strict=True))
        return self.env["sire.withholding.certificate"].with_user(self.user_accountant)._sire_spread(paper, pairs)

    def test_what_is_to_come_is_said(self):
        self.match(self.early, self.pay(self.day(-8), 92650))
        self.record(self.early, 1700, date=self.day(-4))
        (found,) = self.statement()
        self.assertAgrees(found, self.end)
        rows, without = self.awaited()
        vat, tax = "VAT withholding certificate", "Tax withholding certificate"
        self.assertEqual(rows, [(self.early, tax, 4250), (self.late, vat, 1700), (self.late, tax, 4250)])
        self.assertEqual((found["closing"], without), (102850, 92650))

    def test_as_it_was_on_the_last_day(self):
        """A certificate, its voiding and money of later days change nothing of an older statement."""
        self.match(self.early, self.pay(self.day(-8), 92650))
        certificate = self.record(self.early, 1700, date=self.day(-4))
        self.record(self.early, 4000, "tax", "KRAWHT1", date=self.day(-2))
        self.void(certificate)
        for day, vat, tax in ((-11, 1700, 4250), (-5, 1700, 4250), (-4, 0, 4250), (-2, 0, 0), (0, 1700, 0)):
            with self.subTest(day=day):
                (found,) = self.statement(end=self.day(day))
                self.assertAgrees(found, self.day(day))
                amounts = [row["amount"] for row in found["awaited"] if row["move"] == self.early]
                self.assertEqual(amounts, [amount for amount in (vat, tax) if amount])
        self.assertEqual(self.early._sire_get_awaited(), {"vat": 1700})

    def test_one_paper_for_several(self):
        """The number stands at each of them, with the invoice and with what the whole paper says."""
        self.spread(4250, 4250)
        (found,) = self.statement()
        self.assertAgrees(found, self.end)
        self.assertEqual(
            [(row["kind"], row["name"], row["reference"], row["paid"]) for row in found["rows"] if row["paid"]],
            [
                ("Tax withholding certificate", "KRAWHT7", f"{move.name}, part of KSh 8,500", 4250)
                for move in (self.early, self.late)
            ],
        )

    def test_the_print(self):
        self.match(self.early, self.pay(self.day(-8), 92650))
        self.record(self.early, 1700)
        text, tree = self.read(self.wizard())
        (table,) = tree.xpath("//table[@name='sire_awaited']")
        cells = [" ".join(row.text_content().split()) for row in table.iter("tr")]
        self.assertEqual(len(cells), 5)
        self.assertIn(f"{self.early.name} Tax withholding certificate 4,250", cells[1])
        self.assertIn("92,650", cells[-1])
        self.assertIn(f"VAT withholding certificate KRAWHV000001 {self.early.name}", text)

    def test_none_for_who_withholds_nothing(self):
        (self.early | self.late).write({"sire_vat_withheld_rate": 0, "sire_tax_withheld_rate": 0})
        self.assertEqual(self.awaited(), ([], 197200))
        self.assertFalse(self.read(self.wizard())[1].xpath("//table[@name='sire_awaited']"))

    def test_how_to_pay_names_the_money(self):
        provider = self.env.ref("sire_mpesa.payment_provider_mpesa")
        provider.write(
            {"mpesa_shortcode": "174379", "mpesa_shortcode_type": "paybill", "mpesa_c2b_state": "registered"}
        )
        providers = type(self.env["payment.provider"])
        with patch.object(providers, "_mpesa_for_company", lambda records, company, names=(): provider.sudo()):
            self.match(self.early, self.pay(self.day(-8), 92650))
            text = self.read(self.wizard())[0]
            self.assertIn(f"{self.late.name} 92,650 account {self.late.mpesa_reference} Pay bill 174379", text)
            self.assertNotIn(self.early.mpesa_reference, text, "of it a certificate is all that is to come")
            self.pay(self.day(0), 92650)
            self.assertNotIn("174379", self.read(self.wizard())[0], "the client's credit covers the money")

    def test_credit_covers_the_money_to_the_cent(self):
        """Amounts with cents do not add up exactly: what is left of a cent is no reason to pay once more."""
        provider = self.env.ref("sire_mpesa.payment_provider_mpesa")
        provider.write(
            {"mpesa_shortcode": "174379", "mpesa_shortcode_type": "paybill", "mpesa_c2b_state": "registered"}
        )
        for move in (self.early, self.late):
            self.match(move, self.pay(self.day(-8), 98600))
        cents = self.make_bill(10000.42) | self.make_bill(10033.73)
        awaited = [move._sire_get_withheld() for move in cents]
        self.assertEqual(awaited, [700.03, 702.36])
        self.assertNotEqual(sum(awaited), 1402.39, "the case that is looked for")
        providers = type(self.env["payment.provider"])
        with patch.object(providers, "_mpesa_for_company", lambda records, company, names=(): provider.sudo()):
            statements = self.statement()
            self.assertTrue(self.partner._sire_statement_pay(self.company, statements, self.end))
            self.pay(self.day(0), sum(cents.mapped("amount_total")) - 1402.39)
            statements = self.statement()
            self.assertEqual((statements[0]["closing"], statements[0]["without_awaited"]), (1402.39, 0))
            self.assertFalse(self.partner._sire_statement_pay(self.company, statements, self.end))
