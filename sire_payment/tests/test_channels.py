"""The same rule behind every door: portal route, payment link, wizard, JSON-2, ORM."""

import json

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.payment import utils as payment_utils
from odoo.addons.sire_base.tests.json_2 import Json2Case

from .common import PaymentCommon

NOT_AMOUNTS = (-500, 0, float("nan"), float("inf"), True, 1e30, 0.001, "500", None)


@tagged("post_install", "-at_install")
class TestOrmChannels(PaymentCommon):
    def test_transaction_create(self):
        invoice = self.make_invoice()
        for operation in ("online_redirect", "online_direct", "online_token", "offline", False):
            for amount in (*NOT_AMOUNTS, 1160.01):
                with self.subTest(operation=operation, amount=amount), self.assertRaises(UserError):
                    self.make_tx(amount, invoice, operation=operation)
        self.assertFalse(invoice.transaction_ids)
        self.assertEqual(self.make_tx(1160, invoice).amount, 1160)

    def test_transaction_of_a_closed_invoice(self):
        draft, paid = self.make_invoice(post=False), self.make_invoice()
        self.make_wizard(paid)._create_payments()
        cancelled = self.make_invoice()
        cancelled.button_draft()
        cancelled.button_cancel()
        for invoice in (draft, paid, cancelled):
            with self.subTest(state=invoice.state), self.assertRaises(UserError):
                self.make_tx(10, invoice)

    def test_transaction_in_another_currency(self):
        invoice = self.make_invoice()
        with self.assertRefused("has to be paid in KES"):
            self.make_tx(10, invoice, currency_id=self.env.ref("base.USD").id)

    def test_card_check_cannot_carry_an_invoice(self):
        with self.assertRefused("checking a card"):
            self.make_tx(10, self.make_invoice(), operation="validation")

    def test_two_live_transactions_in_one_call(self):
        invoice = self.make_invoice()
        self.patch(type(self.env["payment.transaction"]), "provider_code", property(lambda _tx: "card"))
        values = self.get_tx_values(600, invoice, state="pending")
        with self.assertRaises(UserError):
            self.env["payment.transaction"].create([values, {**values, "reference": "another"}])

    def test_wizard(self):
        invoice = self.make_invoice()
        for amount in (*NOT_AMOUNTS, 1160.01, 50000):
            if amount is None:
                continue  # the form's empty field: the wizard fills it
            with self.subTest(amount=amount), self.assertRaises(UserError):
                self.make_wizard(invoice, amount=amount)._create_payments()
        self.assertFalse(invoice.matched_payment_ids)
        self.make_wizard(invoice, amount=1000)._create_payments()
        self.assertEqual(invoice.payment_state, "partial")
        with self.assertRefused("Only KSh 160 is left"):
            self.make_wizard(invoice, amount=161)._create_payments()
        self.make_wizard(invoice)._create_payments()
        self.assertEqual(invoice.payment_state, "paid")

    def test_wizard_write_off_is_no_way_around(self):
        invoice = self.make_invoice()
        account = self.env["account.account"].search([("account_type", "=", "income")], limit=1)
        wizard = self.make_wizard(
            invoice, amount=50000, payment_difference_handling="reconcile", writeoff_account_id=account.id
        )
        with self.assertRefused("Only KSh 1,160"):
            wizard._create_payments()

    def test_wizard_on_a_draft(self):
        invoice = self.make_invoice(post=False)
        with self.assertRefused("not confirmed yet"):
            self.make_wizard(invoice).action_create_payments()

    def test_wizard_for_several_invoices(self):
        invoices = self.make_invoice(1000) + self.make_invoice(500)
        with self.assertRefused("Only KSh 1,500"):
            self.make_wizard(invoices, amount=1600, group_payment=True)._create_payments()
        self.make_wizard(invoices, group_payment=False)._create_payments()
        self.assertEqual(invoices.mapped("payment_state"), ["paid", "paid"])

    def test_wizard_with_a_credit_note(self):
        invoices = self.make_invoice(1000) + self.make_invoice(300, move_type="out_refund")
        with self.assertRaises(UserError):
            self.make_wizard(invoices, amount=701, group_payment=True)._create_payments()
        self.make_wizard(invoices, amount=700, group_payment=True)._create_payments()
        self.assertEqual(sum(invoices.mapped("amount_residual")), 0)

    def test_wizard_leaves_vendor_bills_alone(self):
        bill = self.make_invoice(100, move_type="in_invoice")
        self.make_wizard(bill, amount=120)._create_payments()
        self.assertEqual(bill.amount_residual, 0)

    def test_payment_linked_to_an_invoice(self):
        invoice = self.make_invoice()
        for amount in (*NOT_AMOUNTS, 1160.01):
            with self.subTest(amount=amount), self.assertRaises(UserError):
                self.env["account.payment"].create(self.get_payment_values(amount, invoice))
        payment, second = (self.env["account.payment"].create(self.get_payment_values(1000, invoice)) for _ in "12")
        payment.action_post()
        self.assertEqual(invoice._sire_get_payable(), 160)
        with self.assertRefused("KSh 1,000 was received and is not matched yet"):
            second.action_post()
        with self.assertRaises(UserError):
            second.write({"state": "paid"})
        third = self.env["account.payment"].create(self.get_payment_values(160, invoice))
        third.amount = 50000
        with self.assertRaises(UserError):
            third.action_post()

    def test_two_payments_posted_in_one_call(self):
        invoice = self.make_invoice()
        payments = self.env["account.payment"].create([self.get_payment_values(1160, invoice) for _ in "12"])
        with self.assertRaises(UserError):
            payments.action_post()

    def test_payment_on_account_is_free(self):
        payment = self.env["account.payment"].create(self.get_payment_values(5000, self.env["account.move"]))
        payment.action_post()
        self.assertEqual(payment.state, "in_process")
        with self.assertRaises(UserError):
            self.env["account.payment"].create(self.get_payment_values(float("nan"), self.env["account.move"]))

    def test_an_amount_by_default_is_one_too(self):
        values = self.get_payment_values(0, self.env["account.move"])
        del values["amount"]
        line = {"journal_id": self.journal.id, "payment_ref": "x"}
        for amount in (float("nan"), float("inf"), "500", True):
            with self.subTest(amount=amount):
                with self.assertRefused("must be a number"):
                    self.env["account.payment"].with_context(default_amount=amount).create(values)
                with self.assertRefused("must be a number"):
                    self.env["account.bank.statement.line"].with_context(default_amount=amount).create(line)
        with self.assertRefused("more than zero"):
            self.env["account.payment"].with_context(default_amount=-5).create(values)
        self.assertEqual(self.env["account.payment"].with_context(default_amount=5).create(values).amount, 5)

    def test_copy_of_a_payment_is_new_money(self):
        invoice = self.make_invoice()
        tx = self.make_tx(1000, invoice)
        payment = self.env["account.payment"].create(
            self.get_payment_values(1000, invoice, payment_transaction_id=tx.id)
        )
        self.assertFalse(payment.copy().payment_transaction_id)


@tagged("post_install", "-at_install")
class TestHttpChannels(PaymentCommon, Json2Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls.make_user("pay.accountant", "account.group_account_invoice")
        keys_sudo = cls.env["res.users.apikeys"].with_user(cls.accountant).sudo()  # only a system user's never ends
        cls.key = keys_sudo._generate("rpc", "test", None)

    def rpc(self, path, **params):
        """Call a JSON-RPC route with a body that can hold NaN, as a forger would."""
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params})
        response = self.url_open(path, data=body, headers={"Content-Type": "application/json"})
        self.assertEqual(response.status_code, 200)
        return response.json()

    def pay_route(self, invoice, amount, **params):
        return self.rpc(
            f"/invoice/transaction/{invoice.id}",
            access_token=invoice._portal_ensure_token(),
            provider_id=self.provider.id,
            payment_method_id=self.method.id,
            token_id=None,
            amount=amount,
            flow="direct",
            tokenization_requested=False,
            landing_route="/my",
            **params,
        )

    def assertSentence(self, error_name, message):
        self.assertEqual(error_name, "odoo.exceptions.UserError")
        self.assertRegex(message, r"^[A-Z][^\n]+\.$")

    def test_portal_route_forged(self):
        invoice = self.make_invoice()
        for amount in (*NOT_AMOUNTS, 1160.01, 50000):
            with self.subTest(amount=amount):
                error = self.pay_route(invoice, amount)["error"]["data"]
                self.assertSentence(error["name"], error["message"])
        self.assertIn("error", self.pay_route(invoice, 10, is_validation=True))
        self.assertFalse(invoice.transaction_ids)
        self.assertEqual(self.pay_route(invoice, 1160)["result"]["amount"], 1160)

    def test_portal_route_of_a_closed_invoice(self):
        paid = self.make_invoice()
        self.make_wizard(paid)._create_payments()
        draft = self.make_invoice(post=False)
        for invoice in (paid, draft):
            error = self.pay_route(invoice, 10)["error"]["data"]
            self.assertSentence(error["name"], error["message"])

    def test_payment_link(self):
        """A link that was sent over the whole amount, opened after a part was paid."""
        invoice = self.make_invoice()
        with self.subTest("page"):
            token = payment_utils.generate_access_token(self.partner.id, 1160.0, invoice.currency_id.id, env=self.env)
            page = self.url_open(f"/payment/pay?invoice_id={invoice.id}&amount=1160.0&access_token={token}")
            self.assertEqual(page.status_code, 200)
            self.assertIn(f"/invoice/transaction/{invoice.id}", page.text)
        self.make_wizard(invoice, amount=1000)._create_payments()
        error = self.pay_route(invoice, 1160.0)["error"]["data"]
        self.assertIn("Only KSh 160 is left", error["message"])

    def test_json_2_payment(self):
        invoice = self.make_invoice()
        for amount in (*NOT_AMOUNTS, 1160.01):
            with self.subTest(amount=amount):
                response = self.json_2(
                    self.key, "account.payment", "create", vals_list=[self.get_payment_values(amount, invoice)]
                )
                self.assertEqual(response.status_code, 422, response.text)
                self.assertSentence(response.json()["name"], response.json()["message"])
        response = self.json_2(
            self.key, "account.payment", "create", vals_list=[self.get_payment_values(1160, invoice)]
        )
        self.assertEqual(response.status_code, 200, response.text)

    def test_json_2_wizard(self):
        invoice = self.make_invoice()
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        for amount in (float("nan"), 50000, -1, True):
            response = self.json_2(
                self.key, "account.payment.register", "create", context=context,
                vals_list=[{"journal_id": self.journal.id, "amount": amount}],
            )  # fmt: skip
            if response.status_code == 200:
                response = self.json_2(
                    self.key, "account.payment.register", "action_create_payments", context=context, ids=response.json()
                )
            self.assertEqual(response.status_code, 422, response.text)
            self.assertSentence(response.json()["name"], response.json()["message"])
        self.assertEqual(invoice.amount_residual, 1160)

    def test_json_2_cannot_touch_transactions(self):
        """The host gives billers create and write on transactions; a state set by hand is money that never came."""
        invoice = self.make_invoice()
        tx = self.make_tx(1000, invoice)
        payment = self.env["account.payment"].create(self.get_payment_values(10, invoice))
        calls = [
            ("payment.transaction", "write", {"ids": tx.ids, "vals": {"state": "done"}}),
            ("payment.transaction", "write", {"ids": tx.ids, "vals": {"amount": 1}}),
            ("payment.transaction", "create", {"vals_list": [self.get_tx_values(5, invoice)]}),
            ("payment.transaction", "_set_done", {"ids": tx.ids}),
            ("payment.transaction", "unlink", {"ids": tx.ids}),
            ("account.move", "write", {"ids": invoice.ids, "vals": {"transaction_ids": [Command.clear()]}}),
            ("account.payment", "write", {"ids": payment.ids, "vals": {"payment_transaction_id": tx.id}}),
        ]
        for model, method, body in calls:
            with self.subTest(model=model, method=method):
                self.assertEqual(self.json_2(self.key, model, method, **body).status_code, 403)
        self.assertEqual((tx.state, tx.amount, invoice.transaction_ids), ("draft", 1000, tx))

    def test_administrator_writes_no_transactions_either(self):
        tx = self.make_tx(1000, self.make_invoice())
        admin = self.make_user("pay.admin", "base.group_system", "account.group_account_manager")
        with self.assertRaises(AccessError):
            tx.with_user(admin).write({"state": "done"})
        with self.assertRaises(AccessError):
            tx.with_user(admin).unlink()

    def test_a_default_names_no_transaction_either(self):
        invoice = self.make_invoice()
        tx = self.make_tx(1000, invoice)
        tx._set_done()
        payments = self.env["account.payment"].with_user(self.accountant)
        with self.assertRaises(AccessError):
            payments.with_context(default_payment_transaction_id=tx.id).create(self.get_payment_values(1000, invoice))

    def test_accountant_may_finish_a_confirmed_transaction(self):
        invoice = self.make_invoice()
        tx = self.make_tx(1000, invoice)
        tx._set_done()
        tx.payment_id = self.env["account.payment"].create(
            self.get_payment_values(1000, invoice, payment_transaction_id=tx.id)
        )
        tx.with_user(self.accountant).action_post_process()
        self.assertTrue(tx.is_post_processed)
        with self.assertRaises(AccessError):
            tx.with_user(self.make_user("pay.nobody")).action_post_process()
