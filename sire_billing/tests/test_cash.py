from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.sire_base.utils.eat import eat_today

from .common import BillingCommon


@tagged("post_install", "-at_install")
class TestCash(BillingCommon):
    def counter(self, number):
        return int(number.rsplit("/", 1)[1])

    def test_three_clicks(self):
        invoice = self.make_invoice()
        action = invoice.with_user(self.user_accountant).action_sire_cash_payment()  # first click
        wizard = Form(self.env[action["res_model"]].with_user(self.user_accountant).with_context(**action["context"]))
        self.assertEqual((wizard.amount, wizard.payable), (110200, 110200))
        self.assertEqual(wizard.received_from, self.client.display_name)
        self.assertEqual(wizard.date, eat_today())
        receipt = wizard.save().action_confirm()  # second click
        payment = self.env[receipt["res_model"]].browse(receipt["res_id"])
        self.assertEqual((payment.state, payment.journal_id.type), ("paid", "cash"))
        self.assertRegex(payment.sire_receipt_number, rf"^RCT/{eat_today().year}/\d{{5}}$")
        self.assertEqual(payment.sire_cashier_id, self.user_accountant)
        self.assertEqual(payment.display_name, payment.sire_receipt_number)
        self.assertEqual((payment.sire_reference, payment.sire_method), (payment.sire_receipt_number, "Cash"))
        self.assertEqual(payment.reconciled_invoice_ids, invoice)
        self.assertEqual((invoice.payment_state, invoice.amount_residual, invoice.sire_status), ("paid", 0, "paid"))
        report = payment.action_sire_print_receipt()  # third click
        self.assertEqual(report["report_name"], "sire_billing.report_sire_receipt")
        self.assertIn(payment.sire_receipt_number, "".join(invoice.message_ids.mapped("body")))

    def test_the_accountant_settles_by_transfer(self):
        """The host tells the quotation that its invoice is paid; the accountant only reads quotations."""
        invoice = self.make_invoice()
        bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        register = self.env["account.payment.register"].with_user(self.user_accountant)
        register = register.with_context(active_model="account.move", active_ids=invoice.ids)
        register.create({"journal_id": bank.id}).action_create_payments()
        self.assertEqual((invoice.sire_status, invoice.amount_residual), ("paid", 0))
        self.assertIn(f"Invoice {invoice.name} paid", "".join(invoice.sire_order_id.message_ids.mapped("body")))

    def test_receipt_on_paper(self):
        invoice = self.make_invoice()
        payment = self.take_cash(invoice, 50000, received_from="  Peter   Otieno ")
        html = self.env["ir.actions.report"]._render_qweb_html("sire_billing.action_report_sire_receipt", payment.ids)
        text = html[0].decode()
        for words in (
            payment.sire_receipt_number,
            "Peter Otieno",
            "KSh 50,000",
            "Fifty Thousand",
            invoice.name,
            "KSh 60,200",
        ):
            self.assertIn(words, text)
        self.assertIn("Akinyi Accountant", text)
        self.assertIn(payment.sire_receipt_number.replace("/", "-"), payment._get_payment_receipt_report_filename())
        viewer_html = (
            self.env["ir.actions.report"]
            .with_user(self.user_viewer)
            ._render_qweb_html("sire_billing.action_report_sire_receipt", payment.ids)
        )
        self.assertIn(payment.sire_receipt_number, viewer_html[0].decode())

    def test_part_and_rest(self):
        invoice = self.make_invoice()
        first = self.take_cash(invoice, 50000.5)
        self.assertEqual(invoice.sire_status, "partial")
        second = self.take_cash(invoice)
        self.assertEqual((second.amount, invoice.amount_residual), (60199.5, 0))
        self.assertEqual(self.counter(second.sire_receipt_number), self.counter(first.sire_receipt_number) + 1)
        with self.assertRefused("already paid"):
            invoice.with_user(self.user_accountant).action_sire_cash_payment()

    def test_over_payment_and_nonsense_are_refused(self):
        invoice = self.make_invoice()
        first = self.take_cash(invoice, 10200)
        with self.assertRefused("^Only KSh 100,000 is left to pay on INV"):
            self.take_cash(invoice, 100000.01)
        for amount in (0, -5, 0.001, float("nan"), float("inf"), 1e30):
            with self.subTest(amount=amount), self.assertRaises(UserError):
                self.take_cash(invoice, amount)
        with self.assertRefused("that day has not come"):
            self.take_cash(invoice, 100, date=eat_today() + timedelta(days=1))
        bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        with self.assertRefused("Choose a cash journal"):
            self.take_cash(invoice, 100, journal_id=bank.id)
        self.assertEqual(invoice.amount_residual, 100000)
        # Nothing refused took a number.
        number = self.take_cash(invoice, 100).sire_receipt_number
        self.assertEqual(self.counter(number), self.counter(first.sire_receipt_number) + 1)

    def test_a_default_is_no_way_around(self):
        wizards = self.env["sire.cash.payment.wizard"].with_user(self.user_accountant)
        for amount in (float("nan"), float("inf"), "much"):
            with self.subTest(amount=amount), self.assertRefused("must be a number"):
                wizards.with_context(default_amount=amount).create({"move_id": self.make_invoice().id})

    def test_nobody_looks_at_another_companys_invoice_through_the_form(self):
        self.load_kenyan_chart(self.company_2)
        env = self.env(context={**self.env.context, "allowed_company_ids": self.company_2.ids})
        foreign = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "company_id": self.company_2.id,
                "partner_id": self.client.id,
                "invoice_date": self.day(0),
                "invoice_line_ids": [Command.create({"name": "Work", "price_unit": 777, "tax_ids": []})],
            }
        )
        foreign.action_post()
        for model, values in (
            ("sire.cash.payment.wizard", {}),
            ("sire.cash.payment.wizard", {"amount": 1, "received_from": "Jane"}),
            ("sire.invoice.void.wizard", {"reason": "Never ordered"}),
        ):
            wizards = self.env[model].with_user(self.user_accountant)
            names = ["partner_id", "currency_id", *({"amount", "payable", "amount_total"} & wizards._fields.keys())]
            for ask in (
                lambda wizards=wizards, names=names, values=values: wizards.onchange(
                    {**values, "move_id": foreign.id}, ["move_id"], {name: {} for name in ("move_id", *names)}
                ),
                lambda wizards=wizards, names=names, values=values: wizards.create(
                    {**values, "move_id": foreign.id}
                ).read(names),
            ):
                self.env.flush_all()
                self.env.invalidate_all()
                with self.subTest(model=model, values=values), self.assertRaises(AccessError), self.cr.savepoint():
                    ask()

    def test_what_a_prompt_holds_is_not_taken_in_cash(self):
        invoice = self.make_invoice()
        self.patch(self.registry["account.move"], "_sire_get_payable", lambda move, *args, **kwargs: 480.0)
        wizard = self.env["sire.cash.payment.wizard"].create({"move_id": invoice.id})
        self.assertEqual((wizard.payable, wizard.amount), (480, 480))

    def test_draft_or_foreign_document(self):
        draft = self.make_invoice().copy({"invoice_date": eat_today()})
        with self.assertRefused("not confirmed yet"):
            self.take_cash(draft, 100)

    def test_confirm_twice_is_one_receipt(self):
        invoice = self.make_invoice()
        wizard = self.env["sire.cash.payment.wizard"].with_user(self.user_accountant).create({"move_id": invoice.id})
        wizard.amount = 100
        self.assertEqual(wizard.action_confirm()["res_id"], wizard.action_confirm()["res_id"])
        self.assertEqual(invoice.amount_residual, 110100)

    def test_receipts_stay(self):
        invoice = self.make_invoice()
        payment = self.take_cash(invoice, 1000)
        attempts = {
            "delete": lambda p: p.unlink(),
            "amount": lambda p: p.write({"amount": 1}),
            "date": lambda p: p.write({"date": "2026-01-01"}),
            "client": lambda p: p.write({"partner_id": self.client.copy().id}),
            "number": lambda p: p.write({"sire_receipt_number": "RCT/2026/99999"}),
            "blank": lambda p: p.write({"sire_receipt_number": False}),
            "payer": lambda p: p.write({"sire_received_from": "Me"}),
            "state": lambda p: p.write({"state": "canceled"}),
            "draft": lambda p: p.action_draft(),
            "cancel": lambda p: p.action_cancel(),
            "reject": lambda p: p.action_reject(),
            "entry draft": lambda p: p.move_id.button_draft(),
            "entry cancel": lambda p: p.move_id.button_cancel(),
            "entry delete": lambda p: p.move_id.with_context(force_delete=True).unlink(),
        }
        for user in (self.user_accountant, self.user_admin):
            for name, attempt in attempts.items():
                with self.subTest(user=user.name, attempt=name), self.assertRaises(UserError):
                    attempt(payment.with_user(user))
        self.assertEqual((payment.amount, payment.state, payment.move_id.state), (1000, "paid", "posted"))
        self.assertEqual(invoice.amount_residual, 109200)

    def test_number_cannot_be_chosen(self):
        values = {
            "amount": 10,
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": self.client.id,
            "journal_id": self.env["sire.cash.payment.wizard"].new({"move_id": self.make_invoice().id}).journal_id.id,
        }
        payments = self.env["account.payment"].with_user(self.user_accountant)
        with self.assertRefused("given by the system"):
            payments.create({**values, "sire_receipt_number": "RCT/2026/00001"})
        with self.assertRefused("given by the system"):
            payments.with_context(default_sire_receipt_number="RCT/2026/00001").create(values)
        # Cash entered on the host's own screen gets its receipt when it is confirmed.
        payment = payments.create(values)
        self.assertFalse(payment.sire_receipt_number)
        payment.action_post()
        self.assertTrue(payment.sire_receipt_number)
        self.assertFalse(payment.copy().sire_receipt_number)

    def test_other_payments_have_no_receipt_number(self):
        invoice = self.make_invoice()
        bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        payment = register.create({"amount": 10, "journal_id": bank.id})._create_payments()
        self.assertFalse(payment.sire_receipt_number)
        payment.action_draft()

    def test_host_register_wizard_gives_a_receipt(self):
        invoice = self.make_invoice()
        cash = self.env["account.journal"].search(
            [("type", "=", "cash"), ("company_id", "=", self.company.id)], limit=1
        )
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        payment = register.create(
            {"amount": 10, "journal_id": cash.id, "sire_received_from": "Peter"}
        )._create_payments()
        self.assertTrue(payment.sire_receipt_number)
        self.assertEqual(payment.sire_received_from, "Peter")

    def test_rolled_back_attempt_leaves_no_gap(self):
        invoice = self.make_invoice()
        first = self.take_cash(invoice, 100)
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.take_cash(invoice, 100)
            raise ZeroDivisionError
        self.env.invalidate_all()
        second = self.take_cash(invoice, 100)
        self.assertEqual(self.counter(second.sire_receipt_number), self.counter(first.sire_receipt_number) + 1)

    def test_numbers_start_again_each_east_african_year(self):
        with freeze_time("2030-12-31 20:59:00"):
            invoice = self.make_invoice()
            self.assertEqual(self.take_cash(invoice, 1).sire_receipt_number, "RCT/2030/00001")
            self.assertEqual(self.take_cash(invoice, 1).sire_receipt_number, "RCT/2030/00002")
        with freeze_time("2030-12-31 21:00:00"):
            self.assertEqual(self.take_cash(invoice, 1).sire_receipt_number, "RCT/2031/00001")

    def test_each_company_counts_for_itself(self):
        self.load_kenyan_chart(self.company_2)  # brings the cash journal with it
        journal = self.env["account.journal"].search([("type", "=", "cash"), ("company_id", "=", self.company_2.id)])
        self.assertEqual(len(journal), 1)
        lines = journal.inbound_payment_method_line_ids | journal.outbound_payment_method_line_ids
        self.assertEqual(lines.payment_account_id, journal.default_account_id)
        first = self.company._sire_next_receipt_number(eat_today())
        other = self.company_2._sire_next_receipt_number(eat_today())
        self.assertEqual(self.counter(other), 1)
        self.assertEqual(self.counter(self.company._sire_next_receipt_number(eat_today())), self.counter(first) + 1)
        self.company_2._sire_setup_cash()
        self.assertEqual(
            self.env["account.journal"].search_count([("type", "=", "cash"), ("company_id", "=", self.company_2.id)]), 1
        )

    def test_only_an_accountant_takes_cash(self):
        invoice = self.make_invoice()
        for user in (self.user_manager, self.user_viewer, self.user_developer):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.take_cash(invoice, 100, user=user)
        self.assertEqual(invoice.amount_residual, 110200)

    def test_search_by_reference(self):
        payment = self.take_cash(self.make_invoice(), 100)
        other = self.take_cash(self.make_invoice(), 100)
        for user in (self.user_accountant, self.user_manager, self.user_viewer):
            payments = self.env["account.payment"].with_user(user)
            found = payments.search([("sire_reference", "ilike", payment.sire_receipt_number)])
            self.assertEqual(found, payment)
            found = payments.search([("sire_reference", "not in", [payment.sire_receipt_number])])
            self.assertIn(other, found)
            self.assertNotIn(payment, found)
