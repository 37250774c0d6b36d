"""One certificate of KRA for several invoices of a client: recorded and voided as one."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import PDF, WithholdingCommon


@tagged("post_install", "-at_install")
class TestSpread(WithholdingCommon):
    def setUp(self):
        super().setUp()
        self.first, self.second, self.third = (self.make_bill(amount=amount) for amount in (85000, 10000, 1234.56))
        self.invoices = self.first | self.second | self.third

    def open(self, invoices=None, user=None, **values):
        user = user or self.user_accountant
        action = (invoices or self.invoices).with_user(user).action_sire_spread_certificate()
        wizard = self.env[action["res_model"]].with_user(user).browse(action["res_id"])
        wizard.write({"name": "KRAWHV000001", "kind": "vat", "file": PDF, "file_name": "a.pdf", **values})
        return wizard

    def spread(self, total=1924.69, **values):
        action = self.open(total=total, **values).action_record()
        return self.env["sire.withholding.certificate"].browse(action["res_id"])

    def test_each_invoice_is_settled_by_its_part(self):
        for move in self.invoices:
            self.take_cash(move)
        lead = self.spread()
        group = lead | lead.other_ids
        self.assertEqual(group.mapped("amount"), [1700, 200, 24.69])
        self.assertEqual((lead.total, group.mapped("total")), (1924.69, [1924.69] * 3))
        self.assertEqual((set(group.mapped("name")), set(group.mapped("date"))), ({"KRAWHV000001"}, {self.day(0)}))
        self.assertEqual(self.invoices.mapped("amount_residual"), [4250, 500, 61.73])
        for certificate in group:
            entry = certificate.sudo().move_id
            self.assertEqual((entry.state, entry.l10n_ke_wh_certificate_number), ("posted", "KRAWHV000001"))
            self.assertEqual(certificate.file, lead.file)
        self.spread(4811.73, name="KRAWHT000001", kind="tax")
        self.assertEqual(set(self.invoices.mapped("sire_status")), {"paid"})

    def test_parts_are_typed_where_the_paper_says_otherwise(self):
        wizard = self.open(total=2000)
        self.assertEqual(wizard.left, 75.31)
        with self.assertRefused("says KSh 2,000, and the invoices get KSh 1,924.69"):
            wizard.action_record()
        with Form(wizard) as form:
            with form.line_ids.edit(2) as line:
                line.amount = 100
        self.assertEqual(wizard.left, 0)
        wizard.action_record()
        self.assertEqual(self.third.amount_residual, self.third.amount_total - 100)

    def test_an_invoice_without_a_part_is_left_out(self):
        wizard = self.open(total=1700)
        wizard.line_ids[1:].amount = 0
        wizard.action_record()
        self.assertEqual([len(move.sire_certificate_ids) for move in self.invoices], [1, 0, 0])

    def test_all_or_none(self):
        self.take_cash(self.third, self.third.amount_total - 10)
        wizard = self.open()
        wizard.line_ids[2].amount = 24.69
        wizard.total = 1924.69
        with self.assertRefused(f"Only KSh 10 is left to pay on {self.third.name}"), self.cr.savepoint():
            wizard.action_record()
        self.assertFalse(self.invoices.sire_certificate_ids)
        self.assertEqual(self.first.amount_residual, self.first.amount_total)

    def test_the_number_once(self):
        self.spread()
        other = self.make_bill()
        for ask in (
            lambda: self.record(other, 10),
            lambda: self.open(other | self.make_bill(), total=3400).action_record(),
        ):
            with self.assertRefused("recorded already"), self.cr.savepoint():
                ask()
        self.assertEqual(other.amount_residual, 98600)

    def test_void_is_for_all_of_it(self):
        for pick in (0, 2):
            group = self.spread()
            group |= group.other_ids
            wizard = self.env["sire.withholding.void.wizard"].with_user(self.user_accountant)
            wizard = wizard.create({"certificate_id": group[pick].id, "reason": "another client's"})
            self.assertEqual(wizard.amount, 1924.69)
            wizard.action_confirm()
            self.assertEqual(set(group.mapped("state")), {"void"})
            self.assertEqual(set(group.mapped("void_reason")), {"another client's"})
            self.assertEqual([move.amount_residual - move.amount_total for move in self.invoices], [0, 0, 0])
            self.assertEqual(sum(group.sudo().move_id.reversal_move_ids.line_ids.mapped("amount_residual")), 0)
            with self.assertRefused("void already"):
                self.void(group[1])

    def test_only_one_clients_in_shillings(self):
        stranger = self.env["res.partner"].create({"name": "Baobab Ltd", "sire_withholds_vat": True})
        with self.assertRefused("invoices of one client"):
            self.open(self.first | self.make_bill(partner_id=stranger.id))
        dollar = self.env.ref("base.USD")
        dollar.active = True
        with self.assertRefused("in shillings"):
            self.open(self.first | self.make_bill(currency_id=dollar.id))
        with self.assertRefused("No certificate is awaited"):
            self.open(self.make_bill(sire_vat_withheld_rate=0, sire_tax_withheld_rate=0))

    def test_what_was_not_issued_is_left_out(self):
        """A list of a client's invoices has drafts, of which some have no date, and credit notes."""
        drafts = self.make_bill(post=False, invoice_date=False) | self.make_bill(post=False)
        notes = self.make_bill(move_type="out_refund", amount=10)
        wizard = self.open(drafts | notes | self.invoices, total=1924.69)
        self.assertEqual(wizard.line_ids.invoice_id, self.invoices)
        wizard.action_record()
        self.assertEqual([len(move.sire_certificate_ids) for move in self.invoices], [1, 1, 1])
        with self.assertRefused("No certificate is awaited"):
            self.open(drafts)

    def test_nobody_looks_at_another_companys_invoice_through_a_line(self):
        self.load_kenyan_chart(self.company_2)
        env = self.env(context={**self.env.context, "allowed_company_ids": self.company_2.ids})
        foreign = self.make_bill(env=env, tax=self.company_2.account_sale_tax_id, company_id=self.company_2.id)
        wizards = self.env["sire.withholding.spread.wizard"].with_user(self.user_accountant)
        with self.assertRaises(AccessError), self.cr.savepoint():
            wizards.create({"kind": "vat", "line_ids": [Command.create({"invoice_id": foreign.id})]})
        line = self.open().line_ids[0]
        with self.assertRaises(AccessError), self.cr.savepoint():
            line.invoice_id = foreign
        with self.assertRaises(AccessError), self.cr.savepoint():
            line.with_context(default_invoice_id=foreign.id).create({"wizard_id": line.wizard_id.id})
        self.assertEqual(line.invoice_id, self.first)

    def test_forged_lines(self):
        stranger = self.env["res.partner"].create({"name": "Baobab Ltd"})
        foreign = self.make_bill(partner_id=stranger.id)
        wizard = self.open(total=1924.69)
        for invoice, words in ((foreign, "invoices of one client"), (self.first, "stands on the certificate once")):
            wizard.line_ids[2].write({"invoice_id": invoice.id, "amount": 24.69})
            with self.assertRefused(words), self.cr.savepoint():
                wizard.action_record()
        for amount, words in ((float("nan"), "must be a number"), (-24.69, "says|more than zero")):
            with self.assertRefused(words), self.cr.savepoint():
                wizard.line_ids[2].write({"invoice_id": self.third.id, "amount": amount})
                wizard.action_record()
        wizard.write({"total": 1900 - 24.69})
        wizard.line_ids[2].write({"invoice_id": self.third.id, "amount": -24.69})
        with self.assertRefused("more than zero"), self.cr.savepoint():
            wizard.action_record()
        wizard.file = False
        wizard.line_ids[2].amount = 24.69
        wizard.total = 1924.69
        with self.assertRefused("Choose the file"), self.cr.savepoint():
            wizard.with_context(default_lead_id=1, default_state="void").action_record()
        self.assertFalse(self.invoices.sire_certificate_ids)

    def test_amounts_of_the_form_and_of_its_lines(self):
        """What is left empty is nothing; what is no number is refused before the rounding of the field meets it."""
        wizard = self.open(total=1700)
        line = wizard.line_ids[2]
        for row, name in ((wizard, "total"), (line, "amount")):
            for empty in (False, None):
                row.write({name: empty})
                self.assertEqual(row[name], 0)
            for amount in (float("nan"), float("inf"), "many", [1]):
                with self.subTest(field=name, amount=amount), self.assertRefused("must be a number"):
                    with self.cr.savepoint():
                        row.write({name: amount})
            self.assertEqual(row[name], 0)
        for default in (
            {"default_total": float("nan")},
            {"default_line_ids": [Command.create({"amount": float("nan")})]},
        ):
            with self.subTest(default=default), self.assertRefused("must be a number"), self.cr.savepoint():
                wizard.with_context(**default).create({"kind": "vat"})

    def test_a_part_is_not_made_by_itself(self):
        """Who follows has no number of its own: nobody but the method says so."""
        lead = self.spread()
        values = {"lead_id": lead.id}
        with self.assertRefused("recorded already"), self.cr.savepoint():
            self.record(self.make_bill(), 10, **values)
        certificates = self.env["sire.withholding.certificate"].with_context(
            default_lead_id=lead.id, sire_follows=lead.id, sire_gate=True
        )
        other = certificates.with_user(self.user_accountant).create(
            {"invoice_id": self.make_bill().id, "kind": "vat", "amount": 10, "name": "N2", "file": PDF}
        )
        self.assertFalse(other.lead_id)
        with self.assertRefused("not changed"):
            other.sudo().lead_id = lead

    def test_who_may(self):
        for user in (self.user_manager, self.user_viewer, self.user_developer):
            with self.subTest(user=user.login), self.assertRaises(AccessError), self.cr.savepoint():
                self.open(user=user)
        wizard = self.open(total=1924.69)
        other = self.make_role_user("sire_other_accountant", "sire_access.group_accountant", "Other")
        with self.assertRaises(AccessError):
            wizard.with_user(other).action_record()

    def test_two_companies(self):
        self.load_kenyan_chart(self.company_2)
        self.company_2._sire_setup_withholding()
        env = self.env(context={**self.env.context, "allowed_company_ids": self.company_2.ids})
        foreign = self.make_bill(env=env, tax=self.company_2.account_sale_tax_id, company_id=self.company_2.id)
        wizard = self.open(total=1924.69)
        wizard.line_ids[2].sudo().write({"invoice_id": foreign.id, "amount": 24.69})
        with self.assertRaises(AccessError), self.cr.savepoint():
            wizard.action_record()
        wizard.line_ids[:2].amount = 0
        wizard.total = 24.69
        with self.assertRaises(AccessError), self.cr.savepoint():
            wizard.action_record()
        both = self.make_role_user("sire_with_both", "sire_access.group_accountant", "Both")
        both.write({"company_ids": [Command.set((self.company | self.company_2).ids)]})
        with self.assertRefused("invoices of one client"):
            self.open(self.first | foreign, user=both)
        self.assertFalse(self.invoices.sire_certificate_ids)
