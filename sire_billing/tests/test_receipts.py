from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.sire_base.utils.eat import eat_today

from .common import BillingCommon


class ReceiptCommon(BillingCommon):
    def take_cheque(self, invoice, amount=None, user=None, **values):
        values = {
            "instrument": "cheque",
            "cheque_number": "000123",
            "cheque_bank": "Equity Bank",
            "cheque_date": self.day(-1),
            **values,
        }
        return self.take_cash(invoice, amount, user, **values)

    def take_transfer(self, invoice, amount=None, **values):
        return self.take_cash(invoice, amount, instrument="transfer", transfer_reference="FT26325ABC", **values)

    def counter(self, payment):
        return int(payment.sire_receipt_number.rsplit("/", 1)[1])

    def get_balance(self, account):
        lines = self.env["account.move.line"].search([("account_id", "=", account.id), ("parent_state", "=", "posted")])
        return sum(lines.mapped("balance"))

    def render(self, payment, roll=False):
        report = "sire_billing.action_report_sire_receipt" + ("_roll" if roll else "")
        return self.env["ir.actions.report"]._render_qweb_html(report, payment.ids)[0].decode()


@tagged("post_install", "-at_install")
class TestReceiving(ReceiptCommon):
    def test_cheque_is_received_and_then_cleared(self):
        invoice = self.make_invoice()
        cash = self.take_cash(invoice, 200)
        payment = self.take_cheque(invoice)
        bank = payment.journal_id.default_account_id
        self.assertEqual(self.counter(payment), self.counter(cash) + 1, "one row of numbers")
        self.assertEqual((payment.sire_receipt_state, payment.state), ("uncleared", "in_process"))
        self.assertEqual((invoice.amount_residual, invoice.payment_state), (0, "in_payment"))
        self.assertIn("KSh 110,000 by Cheque 000123, Equity Bank", invoice.sire_uncleared_text)
        self.assertIn(payment.sire_receipt_number, invoice.sire_uncleared_text)
        self.assertNotIn(bank, payment.move_id.line_ids.account_id)
        for roll in (False, True):
            html = self.render(payment, roll)
            self.assertIn("Cheque 000123, Equity Bank, of", html)
            self.assertIn("Good when the bank has paid it", html)
            self.assertNotIn("o_sire_stamp", html)
        before = self.get_balance(bank)
        payment.with_user(self.user_accountant).action_sire_clear()
        self.assertEqual((payment.sire_receipt_state, payment.sire_cleared_date), ("cleared", eat_today()))
        self.assertEqual((payment.state, invoice.payment_state), ("paid", "paid"))
        self.assertEqual(self.get_balance(bank), before + 110000)
        self.assertFalse(invoice.sire_uncleared_text)
        self.assertTrue(
            all(payment.sire_clearing_move_id.line_ids.filtered("account_id.reconcile").mapped("reconciled"))
        )

    def test_transfer(self):
        invoice = self.make_invoice()
        payment = self.take_transfer(invoice, 1000)
        self.assertEqual(payment.sire_method, "Bank transfer FT26325ABC")
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("partial", 109200))
        self.assertIn("KSh 1,000 by Bank transfer FT26325ABC", invoice.sire_uncleared_text)
        action = invoice.with_user(self.user_accountant).action_sire_receive_payment()
        self.assertEqual(action["context"]["default_instrument"], "cheque")

    def test_the_journal_that_books_on_the_bank_at_once(self):
        """The host's own short cut for banks without statements is none for a cheque."""
        journal = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        journal.inbound_payment_method_line_ids.payment_account_id = journal.default_account_id
        payment = self.take_cheque(self.make_invoice(), 100, journal_id=journal.id)
        self.assertNotIn(journal.default_account_id, payment.move_id.line_ids.account_id)
        self.assertEqual(payment.state, "in_process")

    def test_what_is_missing_is_said(self):
        invoice = self.make_invoice()
        first = self.take_cash(invoice, 100)
        with self.assertRefused("number, the bank and the date"):
            self.take_cheque(invoice, 100, cheque_number="  ")
        with self.assertRefused("number, the bank and the date"):
            self.take_cheque(invoice, 100, cheque_date=False)
        with self.assertRefused("reference of the bank transfer"):
            self.take_cash(invoice, 100, instrument="transfer")
        with self.assertRefused("Choose a bank journal"):
            cash = self.env["account.journal"].search(
                [("type", "=", "cash"), ("company_id", "=", self.company.id)], limit=1
            )
            self.take_cheque(invoice, 100, journal_id=cash.id)
        with self.assertRefused("that day has not come"):
            self.take_cheque(invoice, 100, date=self.day(1))
        with self.assertRefused("^Only KSh 110,100 is left"):
            self.take_cheque(invoice, 110100.01)
        self.assertEqual(self.counter(self.take_cash(invoice, 100)), self.counter(first) + 1, "no number was lost")

    def test_a_post_dated_cheque_is_received_today(self):
        payment = self.take_cheque(self.make_invoice(), 100, cheque_date=self.day(30))
        self.assertEqual(payment.date, eat_today())

    def test_one_cheque_pays_once(self):
        first, second = self.make_invoice(), self.make_invoice()
        payment = self.take_cheque(first, 100)
        for number, bank in (("000123", "Equity Bank"), (" 000 123", "EQUITY  bank ")):
            with self.assertRefused(f"received already: receipt {payment.sire_receipt_number}"):
                self.take_cheque(second, 100, cheque_number=number, cheque_bank=bank)
        payment.action_sire_return("Refer to drawer")
        self.assertTrue(self.take_cheque(second, 100).sire_receipt_number, "presented again")

    def test_a_hand_made_payment_has_the_same_rules(self):
        """A cheque entered over JSON-2, without our window."""
        journal = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        values = {
            "amount": 10,
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": self.client.id,
            "journal_id": journal.id,
            "sire_instrument": "cheque",
        }
        payments = self.env["account.payment"].with_user(self.user_accountant)
        with self.assertRefused("number, the bank and the date"):
            payments.create(values).action_post()
        for name, value in (
            ("sire_receipt_state", "cleared"),
            ("sire_end_reason", "x"),
            ("sire_cleared_date", "2026-01-01"),
        ):
            with self.assertRefused("given by the system"):
                payments.create({**values, name: value})
        payment = payments.create(
            {**values, "sire_cheque_number": "7", "sire_cheque_bank": "KCB", "sire_cheque_date": self.day(0)}
        )
        payment.action_post()
        self.assertEqual(payment.sire_receipt_state, "uncleared")
        for name in ("sire_cheque_number", "sire_cheque_bank", "sire_instrument"):
            with self.assertRefused("stays as it is"):
                payment.write({name: "cash" if name == "sire_instrument" else "8"})


@tagged("post_install", "-at_install")
class TestEnding(ReceiptCommon):
    def test_void(self):
        invoice = self.make_invoice()
        payment = self.take_cash(invoice, 1000)
        number, move = payment.sire_receipt_number, payment.move_id
        drawer = payment.journal_id.default_account_id
        before = self.get_balance(drawer)
        payment.with_user(self.user_accountant).action_sire_void("  Typed   10,000 as 1,000 ")
        self.assertEqual(
            (payment.sire_receipt_state, payment.state, payment.sire_receipt_number, payment.amount),
            ("void", "canceled", number, 1000),
        )
        self.assertEqual(payment.sire_end_reason, "Typed 10,000 as 1,000")
        self.assertEqual((payment.sire_ended_by_id, bool(payment.sire_ended_at)), (self.user_accountant, True))
        self.assertEqual(move.state, "posted")
        self.assertEqual(move.reversal_move_ids.state, "posted")
        self.assertEqual(self.get_balance(drawer), before - 1000)
        self.assertEqual((invoice.amount_residual, invoice.sire_status), (110200, "unpaid"))
        self.assertEqual(invoice._sire_get_payable(), 110200)
        self.assertIn("Typed 10,000 as 1,000", "".join(invoice.message_ids.mapped("body")))
        for roll in (False, True):
            html = self.render(payment, roll)
            for words in ("o_sire_stamp", "VOID", number, "Typed 10,000 as 1,000"):
                self.assertIn(words, html)
        self.assertEqual(self.counter(self.take_cash(invoice)), self.counter(payment) + 1)

    def test_void_is_for_ever(self):
        invoice = self.make_invoice()
        payment = self.take_cash(invoice, 1000)
        payment.action_sire_void("Wrong client")
        reversal = payment.move_id.reversal_move_ids
        attempts = (
            lambda p: p.action_sire_void("Again"),
            lambda p: p.action_draft(),
            lambda p: p.action_post(),
            lambda p: p.unlink(),
            lambda p: p.write({"state": "paid"}),
            lambda p: p.write({"sire_receipt_state": "received"}),
            lambda p: p.write({"sire_end_reason": "Better"}),
            lambda p: p.move_id.button_draft(),
            lambda p: reversal.with_user(p.env.user).button_draft(),
            lambda p: reversal.with_user(p.env.user).button_cancel(),
            lambda p: reversal.with_user(p.env.user).with_context(force_delete=True).unlink(),
        )
        for user in (self.user_accountant, self.user_admin):
            for index, attempt in enumerate(attempts):
                with self.subTest(user=user.name, attempt=index):
                    try:
                        with self.env.cr.savepoint():
                            attempt(payment.with_user(user))
                    except UserError:
                        pass
                    self.env.invalidate_all()
                    self.assertEqual((payment.state, payment.sire_receipt_state), ("canceled", "void"))
                    self.assertEqual((reversal.state, invoice.amount_residual), ("posted", 110200))

    def test_reasons_are_reasons(self):
        payment = self.take_cash(self.make_invoice(), 100)
        for reason in ("", "  ", None, False, "x", 12, ["wrong"]):
            with self.subTest(reason=reason), self.assertRefused("Enter the reason"):
                payment.action_sire_void(reason)
        self.assertEqual((payment.sire_receipt_state, payment.state), ("received", "paid"))

    def test_returned_before_and_after_it_cleared(self):
        for cleared in (False, True):
            invoice = self.make_invoice()
            payment = self.take_cheque(invoice, cheque_number=f"9{cleared:d}")
            bank = payment.journal_id.default_account_id
            outstanding = payment.outstanding_account_id
            balances = self.get_balance(bank), self.get_balance(outstanding) - 110200
            if cleared:
                payment.action_sire_clear()
            payment.action_sire_return("Refer to drawer")
            self.assertEqual((payment.sire_receipt_state, payment.state), ("returned", "rejected"))
            self.assertEqual((invoice.amount_residual, invoice.payment_state), (110200, "not_paid"))
            self.assertEqual((self.get_balance(bank), self.get_balance(outstanding)), balances)
            self.assertIn("RETURNED", self.render(payment))
            self.assertIn("Refer to drawer", "".join(invoice.message_ids.mapped("body")))

    def test_order_of_things(self):
        cash = self.take_cash(self.make_invoice(), 100)
        cheque = self.take_cheque(self.make_invoice(), 100)
        with self.assertRefused("cannot be cleared: it is “Received”"):
            cash.action_sire_clear()
        with self.assertRefused("cannot be returned"):
            cash.action_sire_return("Never was")
        with self.assertRefused("not in the future"):
            cheque.action_sire_clear(self.day(1))
        with self.assertRefused("on that day or later"):
            cheque.action_sire_clear(self.day(-1))
        cheque.action_sire_clear(eat_today())
        with self.assertRefused("cannot be voided: it is “Cleared”"):
            cheque.action_sire_void("No")
        with self.assertRefused("cannot be cleared"):
            cheque.action_sire_clear()
        entry = cheque.sire_clearing_move_id
        for attempt in (entry.button_draft, entry.button_cancel, lambda: entry._reverse_moves(cancel=True)):
            with self.assertRaises(UserError):
                attempt()
        bank = self.env["account.payment"].create(
            {"amount": 1, "payment_type": "inbound", "partner_type": "customer", "partner_id": self.client.id}
        )
        with self.assertRefused("no receipt"):
            bank.action_sire_void("Nothing to void")

    def test_money_that_was_given_back_is_not_voided(self):
        invoice = self.make_invoice()
        payment = self.take_cash(invoice, 1000)
        line = payment.move_id.line_ids.filtered(lambda item: item.account_id == payment.destination_account_id)
        line.remove_move_reconcile()
        refund = self.env["account.payment"].create(
            {
                "amount": 1000,
                "payment_type": "outbound",
                "partner_type": "customer",
                "partner_id": self.client.id,
                "journal_id": payment.journal_id.id,
            }
        )
        refund.action_post()
        (line + refund.move_id.line_ids.filtered(lambda item: item.account_id == line.account_id)).reconcile()
        with self.assertRefused(f"is matched with .*{refund.move_id.name}"):
            payment.action_sire_void("Too late")
        self.assertEqual((payment.sire_receipt_state, payment.state), ("received", "paid"))

    def test_the_entry_is_reversed_by_the_receipt_alone(self):
        payment = self.take_cash(self.make_invoice(), 1000)
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.user_accountant)
            .with_context(active_model="account.move", active_ids=payment.move_id.ids)
            .create({"journal_id": payment.journal_id.id})
        )
        with self.assertRefused("Void it with a reason"):
            wizard.reverse_moves()
        self.assertEqual(payment.reconciled_invoice_ids.amount_residual, 109200)

    def test_who_may(self):
        payment = self.take_cheque(self.make_invoice(), 100)
        for user in (self.user_manager, self.user_viewer, self.user_developer):
            for attempt in (
                lambda p: p.action_sire_void("Not mine"),
                lambda p: p.action_sire_return("Not mine"),
                lambda p: p.action_sire_clear(),
                lambda p: p.env["sire.receipt.wizard"].create({"payment_id": p.id, "kind": "void"}),
            ):
                with self.subTest(user=user.name), self.assertRaises(AccessError):
                    attempt(payment.with_user(user))
        self.assertEqual(payment.sire_receipt_state, "uncleared")

    def test_somebody_else_voids_when_duties_are_separate(self):
        payment = self.take_cash(self.make_invoice(), 100)
        other = self.make_role_user("sire_test_accountant_2", "sire_access.group_accountant")
        self.env.cr.execute(  # past the check that nobody holds both today
            "UPDATE sire_access_duty SET level = 'forbid' WHERE id = %s",
            [self.env.ref("sire_billing.duty_register_void").id],
        )
        self.env.invalidate_all()
        with self.assertRefused("somebody else has to void it"):
            payment.with_user(self.user_accountant).action_sire_void("My own mistake")
        payment.with_user(other).action_sire_void("Her mistake")
        self.assertEqual(payment.sire_receipt_state, "void")

    def test_a_pair_of_duties_that_was_deleted_binds_nobody(self):
        payment = self.take_cash(self.make_invoice(), 100)
        self.env.ref("sire_billing.duty_register_void").unlink()
        payment.with_user(self.user_accountant).action_sire_void("My own mistake")
        self.assertEqual(payment.sire_receipt_state, "void")

    def test_the_window(self):
        payment = self.take_cheque(self.make_invoice(), 100)
        wizards = self.env["sire.receipt.wizard"].with_user(self.user_accountant)
        wizards.create({"payment_id": payment.id, "kind": "clear"}).action_confirm()
        self.assertEqual(payment.sire_receipt_state, "cleared")
        wizards.create({"payment_id": payment.id, "kind": "return", "reason": "Stopped"}).action_confirm()
        self.assertEqual(payment.sire_receipt_state, "returned")
        with self.assertRefused("cannot be voided"):
            wizards.create({"payment_id": payment.id, "kind": "void", "reason": "Again"}).action_confirm()

    def test_two_companies(self):
        """An accountant of one company neither reads nor ends the receipts of another."""
        payment = self.take_cheque(self.make_invoice(), 100)
        stranger = self.make_role_user(
            "sire_test_far",
            "sire_access.group_accountant",
            company_id=self.company_2.id,
            company_ids=[(6, 0, self.company_2.ids)],
        )
        for attempt in (
            lambda p: p.action_sire_void("Not ours"),
            lambda p: p.action_sire_clear(),
            lambda p: p.action_sire_return("Not ours"),
        ):
            with self.assertRaises(AccessError):
                attempt(payment.with_user(stranger))


@tagged("post_install", "-at_install")
class TestReceiptChannels(ReceiptCommon, HttpCase):
    def test_json_2(self):
        payment = self.take_cheque(self.make_invoice(), 100)
        headers = {"Authorization": f"Bearer {self.make_api_key(self.user_accountant)}"}

        def call(method, **body):
            return self.url_open(
                f"/json/2/account.payment/{method}", json={"ids": payment.ids, **body}, headers=headers
            )

        self.assertEqual(call("action_sire_void", reason=[1]).status_code, 422)
        self.assertEqual(call("write", vals={"sire_receipt_state": "void"}).status_code, 422)
        self.assertEqual(call("action_sire_clear", date="2030-01-01").status_code, 422)
        self.assertEqual(payment.sire_receipt_state, "uncleared")
        self.assertEqual(call("action_sire_void", reason="Wrong invoice").status_code, 200)
        self.assertEqual(call("action_sire_void", reason="Wrong invoice").status_code, 422)
        self.env.invalidate_all()
        self.assertEqual(payment.sire_receipt_state, "void")

    def test_the_client_reads_what_was_received(self):
        order = self.make_quotation()
        payment = self.take_cheque(self.approve(order).with_env(self.env), 1000)
        link = order._sire_get_client_url()
        self.env.flush_all()
        page = self.url_open(link[link.index("/c/") :]).text
        self.assertIn("Cheque 000123, Equity Bank", page)
        self.assertIn(payment.sire_receipt_number, page)
        payment.action_sire_void("Wrong invoice")
        self.env.flush_all()
        page = self.url_open(link[link.index("/c/") :]).text
        self.assertNotIn(payment.sire_receipt_number, page)
        self.assertEqual(self.url_open(f"{link[link.index('/c/') :]}/receipt/{payment.id}").status_code, 404)
