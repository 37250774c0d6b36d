"""A client that withholds, in any currency, whatever is quoted, credited, paid, certified and voided: what is awaited, what is
to be paid and what KRA holds for us agree with the ledger to the cent."""

from hypothesis import given

from odoo.tests import tagged

from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_billing.tests.books_common import QUOTES, ROUNDING, BooksCommon, steps_of
from odoo.addons.sire_billing.tests.property_common import searched

from ..const import KINDS
from .common import WithholdingCommon

STEPS = (
    "approve", "approve", "invoice", "invoice", "again", "night", "certify", "certify", "certify", "void_certificate",
    "cash", "transfer", "bank_line", "cheque", "bounce", "void_receipt", "unmatch", "card", "charge", "give_credit",
    "use_credit", "credit_note", "credit_all", "void",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestPropertyWithholding(BooksCommon, WithholdingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # One account does for both at first: here they are told apart.
        cls.company.sire_withheld_vat_account_id = cls.company.sire_withheld_tax_account_id.copy()

    @searched(2)
    @given(QUOTES, steps_of(STEPS), ROUNDING)
    def test_books(self, quotes, steps, rounding):
        self.live_through(quotes, [("approve", 0, 1), *steps], rounding)

    def test_every_step_is_taken(self):
        lines = [(1000.01, 1, 0, "16", False), (333.33, 7.5, 5, "none", False)]
        quotes = [(lines, ("all", []), "USD", 0), (lines, ("all", []), "KES", 2)]
        steps = [
            ("approve", 0, 1), ("approve", 0, 1), ("certify", 0, 99), ("night", 3, 10), ("certify", 1, 40),
            ("void_certificate", 0, 0), ("certify", 0, 30), ("certify", 2, 99), ("void", 0, 0), ("certify", 3, 99),
        ]  # fmt: skip
        taken = self.live_through(quotes, steps)
        self.assertEqual((taken["certify"], taken["void_certificate"], taken["void"]), (5, 1, 0))

    # === STEPS === #

    def certificates(self):
        domain = [("partner_id", "=", self.client.id), ("state", "=", "recorded")]
        return self.env["sire.withholding.certificate"].search(domain, order="id")

    def do_certify(self, which, share):
        """What is awaited, or another amount that is not more than what is left."""
        invoice = self.pick(self.invoices(), which)
        if not invoice or not invoice.amount_residual:
            return False
        kind = KINDS[which // 2 % 2][0]
        amount = invoice._sire_get_awaited().get(kind, 0.0) if share > 0.5 else invoice.amount_residual * share
        self.number += 1
        name = f"KRAWHV{self.number:06}"
        values = {"date": self.day(-(which // 40)), "is_last": bool(which % 3)}
        self.owe(self.record(invoice, invoice.currency_id.round(amount), kind, name, **values), -1)
        return True

    def do_void_certificate(self, which, share):
        certificate = self.pick(self.certificates(), which)
        if certificate:
            self.void(certificate)
            self.owe(certificate)
        return bool(certificate)

    # === WHAT HOLDS === #

    def check(self):
        super().check()
        for invoice in self.invoices():
            self.check_withheld(invoice)
            self.check_awaited(invoice)
        for kind, _label in KINDS:
            _journal, account = self.company._sire_get_withheld_account(kind)
            lines = self.env["account.move.line"].search(
                [("account_id", "=", account.id), ("partner_id", "=", self.client.id), ("parent_state", "=", "posted")]
            )
            certified = self.certificates().filtered(lambda found, kind=kind: found.kind == kind)
            self.assertEqual(self.sum_cents(lines, "balance"), self.sum_cents(certified, "amount_company"), kind)

    def check_withheld(self, invoice):
        """Of the value without VAT, less what was credited, to the nearest cent."""
        notes = invoice.reversal_move_ids.filtered(lambda note: note.state == "posted")
        untaxed = self.cents(invoice.amount_untaxed) - self.sum_cents(notes, "amount_untaxed")
        charged = (invoice | notes).invoice_line_ids.filtered(lambda line: line.tax_ids.filtered("amount"))
        charged = sum(self.cents(line.price_subtotal) * (1 if line.move_id == invoice else -1) for line in charged)
        for name, base, rate in (("vat", charged, 2), ("tax", untaxed, 5)):
            off = abs(self.cents(invoice[f"sire_{name}_withheld"]) * 100 - max(base, 0) * rate)
            self.assertLessEqual(off, 50, (invoice.name, name))

    def check_awaited(self, invoice):
        left, awaited = self.cents(invoice.amount_residual), self.cents(invoice.sire_awaited)
        self.assertGreaterEqual(awaited, 0, invoice.name)
        self.assertLessEqual(awaited, left, invoice.name)
        expected = 0
        for kind, _label in KINDS:
            mine = self.certificates().filtered(
                lambda found, kind=kind: found.invoice_id == invoice and found.kind == kind
            )
            if not any(mine.mapped("is_last")):
                missing = self.cents(invoice[f"sire_{kind}_withheld"]) - self.sum_cents(mine, "amount")
                expected += max(min(missing, left - expected), 0)
        self.assertEqual(awaited, expected, invoice.name)
        self.assertEqual(self.cents(invoice.sire_cash_expected), left - awaited, invoice.name)
        payable = self.cents(invoice._sire_get_payable())
        self.assertEqual(self.cents(invoice._sire_get_proposed()), max(payable - awaited, 0), invoice.name)

    def is_overdue(self, move):
        """Override: not for what is withheld, which is the earliest part."""
        withheld, today = self.cents(move.sire_awaited), eat_today()
        for line in self.terms_of(move).sorted("date_maturity"):
            left = self.cents(line.amount_residual_currency)
            if left > withheld:
                return line.date_maturity < today
            withheld -= left
        return False
