"""The organisation portal's statement: first what would happen, then each payment once."""

import base64
import io

from openpyxl import Workbook

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.sire_base.utils.eat import utc_to_eat
from odoo.addons.sire_mpesa.statement import read_statement

from .test_assign import AssignCommon

HEAD = [
    ["Organization Name", "Firm"],
    ["Short Code", "174379"],
    [],
    ["Receipt No.", "Completion Time", "Initiation Time", "Details", "Transaction Status", "Paid In", "Withdrawn",
     "Balance", "Balance Confirmed", "Reason Type", "Other Party Info", "Linked Transaction ID", "A/C No."],
]  # fmt: skip


def line(
    number, paid_in, account="", status="Completed", reason="Pay Bill Online", at="20-11-2026 23:15:00", withdrawn=""
):
    payer = "254712345678 - WANJIRU KAMAU"
    details = f"Pay Bill from {payer} Acc. {account}" if "Bill" in reason else reason
    return [number, at, at, details, status, paid_in, withdrawn, "1", "true", reason, payer, "", account]


def as_csv(rows, delimiter=","):
    text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    return b"\xef\xbb\xbf" + text.encode()


def as_excel(rows):
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@tagged("post_install", "-at_install")
class TestStatement(AssignCommon):
    def open_import(self, content):
        wizard = self.env["sire.mpesa.statement.wizard"].with_user(self.accountant)
        return wizard.create({"file": base64.b64encode(content)})

    def test_shown_then_done(self):
        invoice, paid = self.make_invoice(), self.make_invoice(500)
        self.confirm("KNOWNAAAA1", "500", paid.mpesa_reference)
        self.confirm("KNOWNAAAA2", "70", "RENT")
        rows = [
            *HEAD,
            line("NEWAAAAAA1", "1,160.00", invoice.name),
            line("NEWAAAAAA2", "50.00", "SHOES"),
            line("NEWAAAAAA3", "25.00", paid.mpesa_reference),
            line("KNOWNAAAA1", "500.00", paid.mpesa_reference),
            line("KNOWNAAAA2", "7000.00", "RENT"),
            line("NEWAAAAAA1", "", withdrawn="-11.60", reason="Pay Bill Charge"),
            line("OUTAAAAAA1", "9000.00", reason="Business Transfer"),
            line("OUTAAAAAA2", "100.00", status="Declined"),
            line("OUTAAAAAA3", "many"),
        ]
        wizard = self.open_import(as_csv(rows))
        wizard.action_show()
        outcomes = {row.number: row.outcome for row in wizard.line_ids if row.outcome != "out"}
        self.assertEqual(
            outcomes,
            {
                "NEWAAAAAA1": "new",
                "NEWAAAAAA2": "new",
                "NEWAAAAAA3": "new",
                "KNOWNAAAA1": "known",
                "KNOWNAAAA2": "flag",
            },
        )
        words = wizard.line_ids.mapped("words")
        self.assertEqual(words[0], f"On {invoice.name}, which needs KSh 1,160")
        self.assertEqual(words[1:4], ["To be assigned", "Credit of Wanjiru Traders", "In the ledger already"])
        self.assertIn("New: 3. Known already: 1. Do not fit: 1. Left out, no client's payment: 4.", wizard.summary)
        self.assertFalse(self.get_receipt("NEWAAAAAA1"), "a dry run changes nothing")
        for _time in range(2):
            wizard.action_import()
            self.process_webhooks()
        self.env.invalidate_all()
        self.assertEqual((invoice.amount_residual, self.get_receipt("NEWAAAAAA1").paid_at.hour), (0, 20))
        self.assertEqual(self.get_receipt("NEWAAAAAA2").state, "suspense")
        self.assertEqual(self.get_receipt("NEWAAAAAA3").partner_id, self.partner)
        self.assertEqual(self.get_receipt("KNOWNAAAA1").evidence_ids.mapped("source"), ["c2b", "statement"])
        self.assertIn("KSh 7,000", self.get_receipt("KNOWNAAAA2").flag)
        self.assertFalse(self.receipts.search([("name", "=like", "OUT%")]))
        self.assertBooks()

    def test_a_prompt_that_nobody_reported(self):
        self.daraja.query_result = ("paid", "0")
        tx = self.request()
        self.age(tx, 30)
        self.resolve()
        at = f"{utc_to_eat(tx.mpesa_requested_at):%d-%m-%Y %H:%M:%S}"
        self.open_import(
            as_csv([*HEAD, line("PROMPTAAA1", "500.00", tx.mpesa_account_reference, at=at)])
        ).action_import()
        self.process_webhooks()
        self.assertOnePayment(tx, self.get_receipt("PROMPTAAA1"))

    def test_of_another_number(self):
        """Somebody chose the wrong file: what another company's clients paid is not booked here as well."""
        for head in (
            ["Short Code", "600984"],
            ["", "Short code:", "", "600984"],
            ["ShortCode", 600984],
            ["Short Code: 600984"],
            ["Short Code", "600984 - Another Firm"],
            ["Operator", "174379", "Short Code", "600984"],
        ):
            content = as_excel([head, *HEAD[2:], line("FOREIGNAA1", "500.00")])
            for ask in ("action_show", "action_import"):
                with self.subTest(head=head, ask=ask), self.assertRefused("statement of 600984, which is no number of"):
                    getattr(self.open_import(content), ask)()
        self.process_webhooks()
        self.assertFalse(self.get_receipt("FOREIGNAA1"))

    def test_of_the_second_number(self):
        """The file says to which of our numbers its payments came, also when it is not the one that clients are told."""
        till = self.provider.copy({"company_id": self.company.id})
        till.write({"mpesa_shortcode_type": "till", "mpesa_shortcode": "174380", "mpesa_till": "5174380"})
        till._mpesa_ensure_journal()
        for shortcode, number in (("5174380", "TILLAAAAA1"), ("174380", "TILLAAAAA2")):
            head = [["Short Code", shortcode], *HEAD[2:]]
            wizard = self.open_import(as_csv([*head, line(number, "500.00", reason="Buy Goods Online")]))
            wizard.action_show()
            self.assertEqual(wizard.sudo().provider_id, till)
            wizard.action_import()
            self.process_webhooks()
            self.assertEqual(self.get_receipt(number).provider_id, till)

    def test_of_no_mpesa(self):
        """The form names who was paid; whoever calls it by the API could name a bank's or card's provider."""
        other = self.make_provider()
        wizard = self.env["sire.mpesa.statement.wizard"].with_user(self.accountant)
        content = base64.b64encode(as_csv([*HEAD, line("CARDAAAAA1", "500.00")]))
        with self.assertRefused("M-Pesa is not set up"):
            wizard.create({"file": content, "provider_id": other.id}).action_import()

    def test_forms(self):
        rows = [*HEAD, line("FORMAAAAA1", "10.00"), line("FORMAAAAA2", "20", reason="Buy Goods Online")]
        for content in (as_csv(rows), as_csv(rows, ";"), as_excel(rows)):
            found = read_statement(content).rows
            self.assertEqual(
                [(row.number, row.sighting.amount) for row in found], [("FORMAAAAA1", 10), ("FORMAAAAA2", 20)]
            )
            self.assertEqual([row.sighting.kind for row in found], ["paybill", "till"])
            self.assertEqual((found[0].sighting.phone, found[0].sighting.name), ("+254712345678", "WANJIRU KAMAU"))

    def test_no_statement(self):
        for content in (b"", b"x", b"PK\x03\x04nothing", b"\x00\xff\xfe", b"a,b,c\n1,2,3", as_csv([["Receipt No."]])):
            with self.subTest(content=content), self.assertRaises(UserError):
                self.open_import(content).action_show()

    def test_for_accountants(self):
        reader = self.make_user("mpesa.statement", "account.group_account_readonly")
        with self.assertRaises(UserError):
            self.env["sire.mpesa.statement.wizard"].with_user(reader).create({"file": base64.b64encode(b"x")})
