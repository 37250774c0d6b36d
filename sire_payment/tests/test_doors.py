"""Doors that no page shows: matching by hand, the bank's statement, what is written off, the tables of the ledger."""

import json

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from odoo.addons.payment import utils as payment_utils
from odoo.addons.sire_base.tests.json_2 import Json2Case

from .common import PaymentCommon

NOT_NUMBERS = (float("nan"), float("inf"), -float("inf"), True, "500")
NOT_AMOUNTS = (-500, 0, 1e30, 0.001, None, *NOT_NUMBERS)


class DoorsCommon(PaymentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls.make_user("pay.doors", "account.group_account_invoice")

    def hold(self, amount, invoices):
        """A prompt is on somebody's phone."""
        self.patch(type(self.env["payment.transaction"]), "provider_code", property(lambda _tx: "card"))
        tx = self.make_tx(amount, invoices)
        tx.state = "pending"
        return tx

    def receivable(self, move):
        return move.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")

    def pay_on_account(self, amount, **values):
        payment = self.env["account.payment"].create(
            self.get_payment_values(amount, self.env["account.move"], **values)
        )
        payment.action_post()
        return payment

    def make_statement_line(self, amount=1160, **values):
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.journal.id,
                "payment_ref": "Deposit",
                "partner_id": self.partner.id,
                "amount": amount,
                "date": "2026-11-20",
                "counterpart_account_id": self.partner.property_account_receivable_id.id,
                **values,
            }
        )

    def make_entry(self, amount, **line):
        bank = self.journal.default_account_id.id
        values = {"partner_id": self.partner.id, "account_id": self.partner.property_account_receivable_id.id, **line}
        return self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self.journal.id,
                "date": "2026-11-20",
                "line_ids": [
                    Command.create({"account_id": bank, "balance": amount}),
                    Command.create({"balance": -amount, **values}),
                ],
            }
        )


@tagged("post_install", "-at_install")
class TestMatching(DoorsCommon):
    def sources(self):
        """Money in the books, by each way in that is not a payment for an invoice."""
        entry = self.make_entry(1160)
        entry.action_post()
        return {
            "payment on account": self.pay_on_account(1160).move_id,
            "bank statement": self.make_statement_line().move_id,
            "journal entry": entry,
        }

    def test_what_a_prompt_holds_is_not_matched(self):
        doors = {
            "js_assign_outstanding_line": lambda invoice, line: invoice.js_assign_outstanding_line(line.id),
            "reconcile": lambda invoice, line: (self.receivable(invoice).with_user(self.accountant) + line).reconcile(),
        }
        for door, match in doors.items():
            for source, move in self.sources().items():
                with self.subTest(door=door, source=source):
                    invoice = self.make_invoice()
                    tx = self.hold(1000, invoice)
                    with self.assertRefused("^Only KSh 160 is left .*: KSh 1,000 is being paid by Test Card.$"):
                        match(invoice.with_user(self.accountant), self.receivable(move).with_user(self.accountant))
                    self.env.invalidate_all()
                    self.assertEqual((invoice.amount_residual, self.receivable(move).amount_residual), (1160, -1160))
                    tx.state = "cancel"
                    match(invoice.with_user(self.accountant), self.receivable(move).with_user(self.accountant))
                    self.assertEqual((invoice.amount_residual, invoice.payment_state), (0, "paid"))

    def test_what_is_left_beside_the_prompt_is_matched(self):
        invoice = self.make_invoice()
        self.hold(1000, invoice)
        move = self.make_statement_line(160).move_id
        (self.receivable(invoice) + self.receivable(move)).with_user(self.accountant).reconcile()
        self.assertEqual((invoice.amount_residual, invoice._sire_get_payable()), (1000, 0))

    def test_several_invoices_at_once(self):
        """One deposit over two invoices, one of which is being paid."""
        first, second = self.make_invoice(1000), self.make_invoice(500)
        self.hold(400, second)
        move = self.make_statement_line(1500).move_id
        lines = (self.receivable(first + second) + self.receivable(move)).with_user(self.accountant)
        with self.assertRefused("^Only KSh 100 is left"):
            lines.reconcile()
        self.env.invalidate_all()
        self.assertEqual((first + second).mapped("amount_residual"), [1000, 500])

    def test_more_than_is_owed_stays_the_clients_credit(self):
        invoice = self.make_invoice()
        move = self.make_statement_line(50000).move_id
        (self.receivable(invoice) + self.receivable(move)).with_user(self.accountant).reconcile()
        self.assertEqual((invoice.amount_residual, self.receivable(move).amount_residual), (0, -48840))

    def test_money_of_its_own_payment_is_matched(self):
        """A payment that was received for the invoice holds it for itself."""
        invoice = self.make_invoice()
        payment = self.env["account.payment"].create(self.get_payment_values(1160, invoice))
        payment.action_post()
        self.assertEqual(invoice._sire_get_payable(), 0)
        other = self.pay_on_account(10)
        with self.assertRefused("KSh 1,160 was received and is not matched yet"):
            invoice.with_user(self.accountant).js_assign_outstanding_line(self.receivable(other.move_id).id)
        invoice.with_user(self.accountant).js_assign_outstanding_line(self.receivable(payment.move_id).id)
        self.assertEqual(invoice.payment_state, "paid")

    def test_entries_that_match_themselves_when_they_are_posted(self):
        """The host matches imported entries by a mark, without anybody pressing a button."""
        invoice = self.make_invoice()
        self.hold(1000, invoice)
        self.receivable(invoice).matching_number = "I77"
        entry = self.make_entry(1160, matching_number="I77")
        with self.assertRefused("^Only KSh 160 is left"):
            entry.with_user(self.accountant).action_post()
        self.env.invalidate_all()
        self.assertEqual(invoice.amount_residual, 1160)

    def test_credit_notes_are_no_payment(self):
        invoice = self.make_invoice()
        self.hold(1000, invoice)
        note = self.make_invoice(100, move_type="out_refund")
        (self.receivable(invoice) + self.receivable(note)).with_user(self.accountant).reconcile()
        self.assertEqual(invoice.amount_residual, 1060)

    def test_a_matching_written_by_hand(self):
        """The host lets every biller write how much of what is matched with what."""
        invoice, move = self.make_invoice(), self.make_statement_line(1).move_id
        debit, credit = self.receivable(invoice), self.receivable(move)
        partials = self.env["account.partial.reconcile"].with_user(self.accountant)
        for amount in (1, 1160, 50000, -500, 0, 1e30):
            with self.subTest(amount=amount), self.assertRaises(AccessError):
                partials.with_context(sire_matching=True, sire_checked=True).create(
                    {
                        "debit_move_id": debit.id,
                        "credit_move_id": credit.id,
                        "amount": amount,
                        "debit_amount_currency": amount,
                        "credit_amount_currency": amount,
                    }
                )
        (debit + credit).reconcile()
        partial = partials.browse(invoice._get_reconciled_amls().matched_debit_ids.ids or debit.matched_credit_ids.ids)
        for name in ("amount", "debit_amount_currency", "credit_amount_currency"):
            with self.assertRaises(AccessError):
                partial.write({name: 1160})
        self.env.invalidate_all()
        self.assertEqual(invoice.amount_residual, 1159)


@tagged("post_install", "-at_install")
class TestOtherWays(DoorsCommon):
    def test_bank_statement_amounts(self):
        for amount in NOT_NUMBERS:
            with self.subTest(amount=amount), self.assertRefused("must be a number"):
                self.make_statement_line(amount)
        line = self.make_statement_line(-20)
        with self.assertRefused("must be a number"):
            line.amount = float("nan")
        self.assertEqual(line.amount, -20)

    def test_what_is_written_off_counts(self):
        """A part in cash and the rest written off, while a prompt for that rest is on a phone."""
        invoice = self.make_invoice()
        tx = self.hold(160, invoice)
        account = self.env["account.account"].search([("account_type", "=", "income")], limit=1)
        values = {"amount": 1000, "payment_difference_handling": "reconcile", "writeoff_account_id": account.id}
        with self.assertRefused("^Only KSh 1,000 is left .* KSh 160 is being paid"):
            self.make_wizard(invoice, **values)._create_payments()
        tx.state = "cancel"
        self.make_wizard(invoice, **values)._create_payments()
        self.assertEqual((invoice.amount_residual, invoice.payment_state), (0, "paid"))

    def test_a_payment_that_settles_more_than_its_amount(self):
        """10 shillings and 49,990 "written off" in one forged payment."""
        invoice = self.make_invoice()
        account = self.env["account.account"].search([("account_type", "=", "income")], limit=1)
        part = {"name": "x", "account_id": account.id, "partner_id": self.partner.id}
        part |= {"currency_id": invoice.currency_id.id, "amount_currency": 49990, "balance": 49990}
        payments = self.env["account.payment"].with_user(self.accountant)
        with self.assertRefused("^Only KSh 1,160 is to be paid"):
            payments.create(self.get_payment_values(10, invoice, write_off_line_vals=[part]))
        self.assertFalse(invoice.matched_payment_ids)

    def test_a_payment_that_is_linked_after_it_was_confirmed(self):
        invoice = self.make_invoice()
        payment = self.pay_on_account(5000).with_user(self.accountant)
        with self.assertRefused("^Only KSh 1,160 is to be paid"):
            payment.invoice_ids = invoice
        self.env.invalidate_all()
        self.assertEqual((invoice._sire_get_payable(), invoice.payment_state), (1160, "not_paid"))

    def test_a_payment_without_an_account_is_booked_all_the_same(self):
        """The host confirms it without an entry, and then calls the invoice paid."""
        invoice = self.make_invoice()
        payment = self.env["account.payment"].create(self.get_payment_values(1160, invoice))
        payment.outstanding_account_id = False
        payment.with_user(self.accountant).action_post()
        self.assertTrue(payment.move_id)
        self.assertEqual((invoice.amount_residual, invoice.payment_state), (1160, "not_paid"))

    def test_wizard_for_several_with_a_prompt_on_one(self):
        invoices = self.make_invoice(1000) + self.make_invoice(500)
        self.hold(300, invoices[1])
        for values in ({"group_payment": True}, {"group_payment": False}):
            with self.assertRefused("(Only|Nothing)"):
                self.make_wizard(invoices, **values)._create_payments()
        self.assertEqual(invoices.mapped("amount_residual"), [1000, 500])
        self.make_wizard(invoices, amount=1200, group_payment=True)._create_payments()
        self.assertEqual(sum(invoices.mapped("amount_residual")), 300)

    def test_wizard_in_another_currency(self):
        invoice = self.make_invoice()
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create({"name": "2026-01-01", "currency_id": dollar.id, "rate": 0.01})
        values = {"currency_id": dollar.id, "payment_date": "2026-11-20"}
        with self.assertRefused("^Only KSh 1,160 is to be paid"):
            self.make_wizard(invoice, amount=1160, **values)._create_payments()
        self.make_wizard(invoice, amount=11.6, **values)._create_payments()
        self.assertEqual(invoice.payment_state, "paid")


@tagged("post_install", "-at_install")
class TestDoorsByHttp(DoorsCommon, Json2Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", "True")
        keys_sudo = cls.env["res.users.apikeys"].with_user(cls.accountant).sudo()  # only a system user's never ends
        cls.key = keys_sudo._generate("rpc", "test", None)
        portal = cls.make_user("pay.client")
        portal.write({"group_ids": [Command.set(cls.env.ref("base.group_portal").ids)], "password": "pay.client"})
        cls.partner = portal.partner_id

    def rpc(self, path, **params):
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params})
        answer = self.url_open(path, data=body, headers={"Content-Type": "application/json"}).json()
        self.env.invalidate_all()
        return answer

    def assertSentence(self, answer):
        error = answer["error"]["data"]
        self.assertIn(error["name"], ("odoo.exceptions.UserError", "odoo.exceptions.ValidationError"), error)
        self.assertRegex(error["message"], r"^[A-Z][^\n]+\.$")

    def overdue(self, *amounts):
        dates = {"invoice_date": "2026-08-01", "invoice_date_due": "2026-09-01"}
        return self.env["account.move"].union(*(self.make_invoice(amount, **dates) for amount in amounts))

    def test_overdue_page_forged(self):
        invoices = self.overdue(1000, 500)
        self.authenticate("pay.client", "pay.client")
        for amount in (*NOT_AMOUNTS, 1500.01, 50000):
            with self.subTest(amount=amount):
                answer = self.rpc("/invoice/transaction/overdue", payment_reference="X", **self.flow(amount))
                self.assertSentence(answer)
        self.assertFalse(invoices.transaction_ids)
        answer = self.rpc("/invoice/transaction/overdue", payment_reference="X", **self.flow(1500))
        self.assertEqual(answer["result"]["amount"], 1500)

    def test_two_tabs(self):
        """The page and the overdue list, both opened before either is paid."""
        [invoice] = self.overdue(1000)
        self.authenticate("pay.client", "pay.client")
        page = f"/invoice/transaction/{invoice.id}"
        token = invoice._portal_ensure_token()
        self.assertIn("result", self.rpc(page, access_token=token, **self.flow(1000)))
        invoice.transaction_ids._set_done()
        for path, params in (
            (page, {"access_token": token}),
            ("/invoice/transaction/overdue", {"payment_reference": "X"}),
        ):
            self.assertSentence(self.rpc(path, **params, **self.flow(1000)))
        self.assertEqual(len(invoice.transaction_ids), 1)

    def test_forged_ids(self):
        """Another's invoice, an invoice that is none, a credit note, a vendor bill: no transaction."""
        mine = self.make_invoice()
        other = self.make_invoice(partner=self.env["res.partner"].create({"name": "Somebody Else"}))
        note = self.make_invoice(move_type="out_refund")
        bill = self.make_invoice(move_type="in_invoice")
        cancelled = self.make_invoice(post=False)
        cancelled.button_cancel()
        token = mine._portal_ensure_token()
        targets = [(other.id, token), (mine.id, "forged"), (mine.id, None), (999999999, token)]
        targets += [(move.id, move._portal_ensure_token()) for move in (note, bill, cancelled)]
        for invoice_id, key in targets:
            with self.subTest(invoice=invoice_id), mute_logger("odoo.http"):
                answer = self.rpc(f"/invoice/transaction/{invoice_id}", access_token=key, **self.flow(10))
                self.assertIn("error", answer)
        extra = self.flow(10, currency_id=self.env.ref("base.USD").id, invoice_ids=[other.id])
        with mute_logger("odoo.http"):
            self.assertIn("error", self.rpc(f"/invoice/transaction/{mine.id}", access_token=token, **extra))
        moves = mine + other + note + bill + cancelled
        self.assertFalse(moves.transaction_ids)

    def test_payment_link(self):
        """The amount of a link is signed; a link of before is checked like any other."""
        invoice = self.make_invoice()
        token = payment_utils.generate_access_token(self.partner.id, 1160.0, invoice.currency_id.id, env=self.env)
        for amount in ("1.0", "50000.0", "-500.0", "nan", "inf", "1e30"):
            with mute_logger("odoo.http", "odoo.addons.base.models.ir_qweb"):
                page = self.url_open(f"/payment/pay?invoice_id={invoice.id}&amount={amount}&access_token={token}")
            self.assertNotEqual(page.status_code, 500, amount)
            self.assertNotIn("o_payment_form", page.text)
        self.make_wizard(invoice)._create_payments()
        answer = self.rpc(f"/invoice/transaction/{invoice.id}", access_token=token, **self.flow(1160.0))
        self.assertIn("error", answer)
        self.assertFalse(invoice.transaction_ids)

    def test_payment_page_without_an_invoice_cannot_name_one(self):
        """The host's general payment route takes no invoice from the browser."""
        invoice = self.make_invoice()
        token = payment_utils.generate_access_token(self.partner.id, 10.0, invoice.currency_id.id, env=self.env)
        params = self.flow(10.0, partner_id=self.partner.id, currency_id=invoice.currency_id.id, access_token=token)
        with mute_logger("odoo.http"):
            self.rpc("/payment/transaction", reference_prefix="X", invoice_ids=[[6, 0, [invoice.id]]], **params)
        self.assertFalse(invoice.transaction_ids)

    def test_json_2_matching_and_bank(self):
        invoice, line = self.make_invoice(), self.make_statement_line()
        tx = self.hold(1000, invoice)
        debit, credit = self.receivable(invoice), self.receivable(line.move_id)
        forged = {"debit_move_id": debit.id, "credit_move_id": credit.id, "amount": 50000}
        forged |= {"debit_amount_currency": 50000, "credit_amount_currency": 50000}
        calls = [
            (422, "account.move", "js_assign_outstanding_line", {"ids": invoice.ids, "line_id": credit.id}),
            (422, "account.move.line", "reconcile", {"ids": (debit + credit).ids}),
            (403, "account.partial.reconcile", "create", {"vals_list": [forged]}),
            (422, "account.bank.statement.line", "create", {"vals_list": [
                {"journal_id": self.journal.id, "payment_ref": "x", "amount": float("nan")}]}),
        ]  # fmt: skip
        for status, model, method, body in calls:
            with self.subTest(model=model, method=method):
                answer = self.json_2(self.key, model, method, **body)
                self.assertEqual(answer.status_code, status, answer.text)
                self.assertRegex(answer.json()["message"], r"^[A-Z][^\n]+\.$")
        self.assertEqual((invoice.amount_residual, credit.amount_residual, tx.state), (1160, -1160, "pending"))

    def test_json_2_wizard_for_several(self):
        invoices = self.make_invoice(1000) + self.make_invoice(500)
        context = {"active_model": "account.move", "active_ids": invoices.ids}
        values = {"journal_id": self.journal.id, "group_payment": True}
        for amount in (1500.01, 50000, -1, 0.001, float("nan"), float("inf"), 1e30, True):
            answer = self.json_2(
                self.key,
                "account.payment.register",
                "create",
                context=context,
                vals_list=[{**values, "amount": amount}],
            )
            if answer.status_code == 200:
                answer = self.json_2(
                    self.key, "account.payment.register", "action_create_payments", context=context, ids=answer.json()
                )
            self.assertEqual(answer.status_code, 422, f"{amount}: {answer.text}")
        self.assertEqual(invoices.mapped("amount_residual"), [1000, 500])

    def test_json_2_a_payment_stays_as_it_is_booked(self):
        """The host writes the payment and leaves its posted entry: the payment would say another sum than the books."""
        dollar = self.env.ref("base.USD")
        dollar.active = True
        other = self.journal.copy({"name": "Other Bank", "code": "OTHB"})
        self.journal.outbound_payment_method_line_ids.payment_account_id = self.journal.default_account_id
        payment = self.pay_on_account(100, payment_type="outbound")
        entry = payment.move_id
        for vals in (
            {"amount": 900},
            {"amount": 100.004, "journal_id": other.id},
            {"journal_id": other.id},
            {"currency_id": dollar.id},
            {"date": "2026-11-19"},
            {"payment_type": "inbound"},
        ):
            with self.subTest(vals):
                answer = self.json_2(self.key, "account.payment", "write", ids=payment.ids, vals=vals)
                self.assertEqual(answer.status_code, 422, answer.text)
                self.assertIn("is booked as it is", answer.text)
        same = {"amount": 100.0, "date": "2026-11-20", "journal_id": self.journal.id}
        answer = self.json_2(self.key, "account.payment", "write", ids=payment.ids, vals=same)
        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertEqual((payment.amount, payment.journal_id, entry.amount_total), (100, self.journal, 100))
        payment.action_draft()
        payment.amount = 90
        payment.action_post()
        self.assertEqual((payment.amount, payment.move_id.amount_total), (90, 90))

    def test_the_login_page_of_the_overdue_list(self):
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self.make_jsonrpc_request("/invoice/transaction/overdue", {"payment_reference": "X", **self.flow(10)})

    def test_refusals_are_of_the_house(self):
        """What is asserted above as an error is a refusal and no crash."""
        invoice = self.make_invoice()
        with self.assertRaises(UserError):
            self.make_tx(1160.01, invoice)
