import base64
import io
from datetime import date
from unittest.mock import patch

import lxml.html
from pypdf import PdfReader

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from .common import BillingCommon


class StatementCase(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Baobab Hotels Ltd", "is_company": True, "lang": "en_US"})
        cls.start, cls.end = date(2026, 4, 1), date(2026, 6, 30)

    def bill(self, day, amount, move_type="out_invoice", due=None, post=True, **values):
        move = self.env["account.move"].create({
            "move_type": move_type, "partner_id": self.partner.id, "invoice_date": day, "invoice_date_due": due or day,
            "invoice_payment_term_id": False, "company_id": self.company.id,
            "invoice_line_ids": [Command.create({"name": "Work", "price_unit": amount, "tax_ids": [Command.clear()]})],
            **values,
        })  # fmt: skip
        if post:
            move.action_post()
        return move

    def pay(self, day, amount, journal="cash", payment_type="inbound", **values):
        company = values.get("company_id") and self.env["res.company"].browse(values["company_id"]) or self.company
        found = self.env["account.journal"].search([("type", "=", journal), ("company_id", "=", company.id)], limit=1)
        payment = self.env["account.payment"].create({
            "partner_id": self.partner.id, "amount": amount, "date": day, "journal_id": found.id,
            "payment_type": payment_type, "partner_type": "customer", **values,
        })  # fmt: skip
        payment.action_post()
        return payment

    def match(self, *records):
        lines = self.env["account.move.line"]
        for record in records:
            move = record if record._name == "account.move" else record.move_id
            lines |= move.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        lines.reconcile()

    def statement(self, start=None, end=None, company=None, partner=None, user=None):
        partner = (partner or self.partner).with_user(user or self.user_accountant)
        return partner._sire_get_statement(company or self.company, start or self.start, end or self.end)

    def ledger(self, day, company=None, currency=None):
        """:return: what the host's books say that the client owed at the end of a day, summed by the database"""
        company = company or self.company
        domain = [
            ("partner_id", "child_of", self.partner.id), ("company_id", "=", company.id), ("parent_state", "=", "posted"),
            ("account_id.account_type", "=", "asset_receivable"), ("date", "<=", day),
            ("currency_id", "=", (currency or company.currency_id).id),
        ]  # fmt: skip
        ((total,),) = self.env["account.move.line"]._read_group(domain, [], ["amount_currency:sum"])
        return total or 0.0

    def assertAgrees(self, statement, day, company=None):
        currency = statement["currency"]
        self.assertEqual(f"{statement['closing']:.2f}", f"{self.ledger(day, company, currency):.2f}")
        self.assertEqual(f"{sum(statement['ages']) + statement['unused']:.2f}", f"{statement['closing']:.2f}")
        moved = statement["charged"] - statement["paid"]
        self.assertEqual(f"{statement['opening'] + moved:.2f}", f"{statement['closing']:.2f}")

    def wizard(self, user=None, **values):
        wizards = self.env["sire.statement.wizard"].with_user(user or self.user_accountant)
        return wizards.with_context(active_model="res.partner", active_ids=self.partner.ids).create(
            {"date_from": self.start, "date_to": self.end, **values}
        )

    def read(self, wizard, user=None):
        report = self.env["ir.actions.report"].with_user(user or self.user_accountant)
        data = {"report_type": "pdf"}
        html = report._render_qweb_html("sire_billing.action_report_sire_statement", wizard.ids, data=data)[0]
        tree = lxml.html.fromstring(html)
        return " ".join(tree.text_content().split()), tree


@tagged("post_install", "-at_install")
class TestStatement(StatementCase, TransactionCase):
    def test_agrees_with_the_ledger_to_the_cent(self):
        """Part payments, credits, refunds, an overpayment, a receipt before the period, and what is not posted."""
        old = self.bill("2026-02-10", 10000.10, due=date(2026, 3, 10))
        before = self.pay("2026-03-01", 4000.05)
        self.match(old, before)
        first = self.bill("2026-04-05", 20000.33, due=date(2026, 5, 20))
        part = self.pay("2026-04-20", 5000.11)
        self.match(first, part)
        credit = self.bill("2026-05-02", 1000.07, "out_refund")
        self.match(first, credit)
        second = self.bill("2026-06-01", 300.30, due=date(2026, 7, 15))
        over = self.pay("2026-06-10", 1000)
        self.match(second, over)
        self.pay("2026-06-12", 200.02, payment_type="outbound")
        self.bill("2026-06-20", 777, post=False)
        later = self.pay("2026-07-02", 6000.05)
        self.match(old, later)
        self.bill("2026-07-03", 50)

        (found,) = self.statement()
        self.assertEqual(f"{found['opening']:.2f}", "6000.05")
        self.assertEqual(f"{found['closing']:.2f}", "19500.52")
        self.assertAgrees(found, self.end)
        self.assertEqual(
            [(row["kind"], f"{row['charged']:.2f}", f"{row['paid']:.2f}", f"{row['balance']:.2f}") for row in found["rows"]],
            [
                ("Invoice", "20000.33", "0.00", "26000.38"),
                ("Payment, Cash", "0.00", "5000.11", "21000.27"),
                ("Credit note", "0.00", "1000.07", "20000.20"),
                ("Invoice", "300.30", "0.00", "20300.50"),
                ("Payment, Cash", "0.00", "1000.00", "19300.50"),
                ("Money returned, Cash", "200.02", "0.00", "19500.52"),
            ],
        )  # fmt: skip

    def test_receipt_numbers_are_on_it(self):
        payment = self.pay("2026-04-20", 500)
        (found,) = self.statement()
        self.assertTrue(payment.sire_receipt_number)
        self.assertEqual(found["rows"][0]["reference"], payment.sire_receipt_number)

    def test_ages_as_they_were_on_the_last_day(self):
        """A payment after the last day changes nothing of what was open on it."""
        for day, amount in (("2026-06-30", 1), ("2026-06-29", 2), ("2026-05-31", 4), ("2026-05-30", 8), ("2026-05-01", 16),
                            ("2026-04-30", 32), ("2026-04-01", 64), ("2026-03-31", 128)):  # fmt: skip
            self.bill("2026-03-01", amount, due=date.fromisoformat(day))
        (found,) = self.statement()
        self.assertEqual(found["ages"], [1, 2 + 4, 8 + 16, 32 + 64, 128])
        late = self.bill("2026-03-01", 1000, due=date(2026, 6, 1))
        self.match(late, self.pay("2026-07-01", 1000))
        (found,) = self.statement()
        self.assertEqual(found["ages"], [1, 1006, 24, 96, 128])
        self.assertAgrees(found, self.end)
        (after,) = self.statement(end=date(2026, 7, 1))
        self.assertEqual(sum(after["ages"]), 255)

    def test_credit_that_nothing_took_is_said(self):
        self.bill("2026-04-01", 100)
        self.pay("2026-04-02", 30)
        (found,) = self.statement()
        self.assertEqual((sum(found["ages"]), found["unused"], found["closing"]), (100, -30, 70))

    def test_two_companies(self):
        other = self.company_2
        self.load_kenyan_chart(other)
        own = self.bill("2026-04-01", 100)
        self.user_accountant.company_ids |= other
        with self.assertRaisesRegex(UserError, "^You do not work for this company"):
            self.statement(company=other, user=self.user_manager)
        journal = self.env["account.journal"].search([("type", "=", "sale"), ("company_id", "=", other.id)], limit=1)
        foreign = self.env["account.move"].with_company(other).create({
            "move_type": "out_invoice", "partner_id": self.partner.id, "invoice_date": "2026-04-02", "journal_id": journal.id,
            "company_id": other.id,
            "invoice_line_ids": [Command.create({"name": "Work", "price_unit": 7, "tax_ids": [Command.clear()]})],
        })  # fmt: skip
        foreign.action_post()
        (ours,), (theirs,) = self.statement(), self.statement(company=other)
        self.assertEqual([row["name"] for row in ours["rows"]], [own.name])
        self.assertEqual([row["name"] for row in theirs["rows"]], [foreign.name])
        self.assertAgrees(ours, self.end)
        self.assertAgrees(theirs, self.end, other)

    def test_a_table_for_each_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {"name": "2026-01-01", "currency_id": dollar.id, "rate": 0.0078, "company_id": self.company.id}
        )
        self.bill("2026-04-01", 100)
        abroad = self.bill("2026-04-02", 250, currency_id=dollar.id)
        part = self.pay("2026-04-03", 50, currency_id=dollar.id)
        self.match(abroad, part)
        shillings, dollars = self.statement()
        self.assertEqual((shillings["currency"].name, shillings["closing"]), ("KES", 100))
        self.assertEqual((dollars["currency"], dollars["closing"], sum(dollars["ages"])), (dollar, 200, 200))
        self.assertAgrees(shillings, self.end)
        self.assertAgrees(dollars, self.end)
        # the rest is paid in shillings: each table says where it went
        rest = self.pay("2026-05-05", 200 / 0.0078)
        self.match(abroad, rest)
        shillings, dollars = self.statement()
        self.assertEqual((dollars["closing"], sum(dollars["ages"]), dollars["unused"]), (0, 0, 0))
        self.assertEqual(dollars["rows"][-1]["kind"], "Matched with")
        self.assertEqual(f"{shillings['closing']:.2f}", "100.00")
        self.assertEqual(f"{sum(shillings['ages']) + shillings['unused']:.2f}", "100.00")

    def test_contacts_of_a_client_share_its_account(self):
        contact = self.env["res.partner"].create({"name": "Mercy", "parent_id": self.partner.id})
        self.bill("2026-04-01", 100, partner_id=contact.id)
        (found,) = self.statement(partner=contact)
        self.assertEqual(found["closing"], 100)
        self.assertAgrees(found, self.end)

    def test_roles(self):
        self.bill("2026-04-01", 100)
        for user in (self.user_accountant, self.user_viewer, self.user_manager, self.user_admin):
            with self.subTest(user=user.name):
                self.assertEqual(self.statement(user=user)[0]["closing"], 100)
                self.assertIn("100", self.read(self.wizard(user), user)[0])
        with self.assertRaises(AccessError):
            self.statement(user=self.user_developer)
        with self.assertRaises(AccessError):
            self.wizard(self.user_developer)
        theirs = self.wizard(self.user_accountant)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.read(theirs, self.user_manager)  # everybody prints what is one's own

    def test_bad_periods(self):
        for call in (
            lambda: self.statement(self.end, self.start),
            lambda: self.wizard(self.user_accountant, date_from=self.end, date_to=self.start),
        ):
            with self.assertRaisesRegex(UserError, "The period ends before it begins."):
                call()

    # === THE PRINT ===#

    def test_the_print(self):
        self.company.external_report_layout_id = self.env.ref("sire_pdf.external_layout_letterhead")
        for number in range(60):
            self.bill("2026-04-01", 1000 + number)
        action = self.wizard().action_print()
        self.assertEqual(action["report_name"], "sire_billing.report_sire_statement")
        wizard = self.env["sire.statement.wizard"].browse(action["context"]["active_ids"])
        text, tree = self.read(wizard)
        self.assertIn("Baobab Hotels Ltd", text)
        self.assertEqual([node.text_content().strip() for node in tree.iter("h2")], ["Statement"])
        self.assertIn("61,770", text)
        self.assertFalse(tree.find_class("o_sire_watermark"))
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        pdf = report._render_qweb_pdf("sire_billing.action_report_sire_statement", wizard.ids)[0]
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
        self.assertGreater(len(pages), 1)
        for number, page in enumerate(pages, 1):
            self.assertIn("SIRE TECH Ltd", page)
            self.assertIn(f"{number} of {len(pages)}", page)
            self.assertIn("Charged", page, "the heads of the table are on each page")

    def test_several_clients_in_one_file(self):
        other = self.env["res.partner"].create({"name": "Another Client", "is_company": True})
        self.bill("2026-04-01", 100)
        wizard = self.wizard(partner_ids=[Command.set((self.partner | other).ids)])
        text, tree = self.read(wizard)
        self.assertEqual(len(tree.find_class("o_sire_statement")), 2)
        self.assertIn("Another Client", text)
        self.assertIn("Statements 2026-04-01", wizard._get_statement_file_name())

    def test_how_to_pay(self):
        provider = self.env.ref("sire_mpesa.payment_provider_mpesa")
        provider.write({"mpesa_shortcode": "174379", "mpesa_shortcode_type": "paybill", "mpesa_c2b_state": "none"})
        invoice = self.bill("2026-04-01", 100)
        today = self.day(0)
        providers = type(self.env["payment.provider"])
        with patch.object(providers, "_mpesa_for_company", lambda records, company, names=(): provider.sudo()):
            self.assertNotIn("174379", self.read(self.wizard(date_to=today))[0], "nobody would see the money")
            provider.mpesa_c2b_state = "registered"
            text = self.read(self.wizard(date_to=today))[0]
            self.assertIn(f"{invoice.name} 100 account {invoice.mpesa_reference} Pay bill 174379", text)
            self.assertNotIn(
                "174379", self.read(self.wizard(date_to=self.day(-1)))[0], "what was open then may be paid"
            )
            self.pay("2026-04-02", 100)
            self.assertNotIn("174379", self.read(self.wizard(date_to=today))[0], "the client's own money covers it")


@tagged("post_install", "-at_install")
class TestRoll(StatementCase, TransactionCase):
    """The cash receipt on paper of 80 mm: one page each, as long as what is on it."""

    def sizes(self, payments):
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        pdf = report._render_qweb_pdf("sire_billing.action_report_sire_receipt_roll", payments.ids)[0]
        return [(round(float(page.mediabox.width) / 72 * 25.4), float(page.mediabox.height) / 72 * 25.4, page.extract_text())
                for page in PdfReader(io.BytesIO(pdf)).pages]  # fmt: skip

    def test_as_wide_as_the_paper_as_long_as_it_must_be(self):
        self.company.logo = base64.b64encode(base64.b64decode(self.company.logo)) if self.company.logo else False
        short = self.pay(self.day(0), 500)
        invoices = [self.bill(self.day(-1), 100) for _number in range(40)]
        long = self.pay(self.day(0), 4000)
        self.match(long, *invoices)
        pages = self.sizes(short) + self.sizes(long)
        self.assertEqual([width for width, _height, _text in pages], [80, 80])
        self.assertIn(short.sire_receipt_number, pages[0][2])
        self.assertIn("Keep this receipt", pages[1][2])
        self.assertLess(pages[0][1], 140)
        self.assertGreater(pages[1][1], 300, "forty invoices are one page still")
        together = self.sizes(short | long)
        self.assertEqual([round(height) for _width, height, _text in together], [round(page[1]) for page in pages])
