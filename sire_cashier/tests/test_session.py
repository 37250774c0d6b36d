from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_billing.tests.common import BillingCommon

SECRETS = ("expected", "difference", "received", "paid_out", "moved", "count")


class CashierCommon(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.drawer = cls.env["account.journal"].search(
            [("type", "=", "cash"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.other_accountant = cls.make_role_user("sire_test_cashier_2", "sire_access.group_accountant", "Otieno")

    def open(self, amount=1000, user=None, journal=None):
        sessions = self.env["sire.cashier.session"].with_user(user or self.user_accountant)
        return sessions.browse(sessions.action_sire_open((journal or self.drawer).id, amount))

    def get_balance(self, account):
        lines = self.env["account.move.line"].search([("account_id", "=", account.id), ("parent_state", "=", "posted")])
        return sum(lines.mapped("balance"))


@tagged("post_install", "-at_install")
class TestSession(CashierCommon):
    def test_a_day(self):
        start = self.get_balance(self.drawer.default_account_id)
        session = self.open(1000)
        self.assertEqual((session.state, session.user_id, session.day), ("open", self.user_accountant, eat_today()))
        invoice = self.make_invoice()
        payment = self.take_cash(invoice, 5000)
        self.assertEqual(payment.sire_session_id, session)
        void = self.take_cash(invoice, 700)
        void.with_user(self.user_accountant).action_sire_void("Wrong amount")
        session.action_sire_cash_in(500, "Change from the bank")
        session.action_sire_cash_out(300, "  Taxi  for the courier ")
        session.action_sire_count(6150)
        self.assertEqual(session.state, "counted")
        self.assertEqual((session.received, session.moved, session.expected), (5000, 200, 6200))
        self.assertEqual((session.difference, session.counted_by_id), (-50, self.user_accountant))
        with self.assertRefused("Enter the reason"):
            session.with_user(self.other_accountant).action_sire_sign_off()
        self.env.invalidate_all()
        self.assertEqual(session.state, "counted")
        session.with_user(self.other_accountant).action_sire_sign_off("Fifty shillings are missing")
        self.assertEqual((session.state, session.signed_by_id), ("closed", self.other_accountant))
        lines = session.entry_id.line_ids
        loss = self.drawer.loss_account_id or self.company.default_cash_difference_expense_account_id
        self.assertEqual(lines.filtered(lambda line: line.account_id == loss).balance, 50)
        self.assertEqual(self.get_balance(self.drawer.default_account_id) - start, 5000 + 500 - 300 - 50)
        with self.assertRefused("Only a counted drawer"):
            session.action_sire_sign_off("Again")

    def test_defaults_of_a_caller_open_no_other_session(self):
        sessions = self.env["sire.cashier.session"].with_user(self.user_accountant)
        forged = sessions.with_context(default_state="closed", default_signed_by_id=self.other_accountant.id)
        session = sessions.browse(forged.action_sire_open(self.drawer.id, 1000))
        self.assertEqual((session.state, session.signed_by_id.id), ("open", False))

    def test_too_much_is_a_profit_and_nothing_off_books_nothing(self):
        session = self.open(0)
        session.action_sire_count(20)
        session.action_sire_sign_off("Found under the drawer")
        profit = self.drawer.profit_account_id or self.company.default_cash_difference_income_account_id
        self.assertEqual(session.entry_id.line_ids.filtered(lambda line: line.account_id == profit).balance, -20)
        following = self.open(20)
        self.assertEqual((following.number, following.carried_over), (session.number + 1, 20))
        following.action_sire_count(20)
        following.action_sire_sign_off()
        self.assertFalse(following.entry_id)

    def test_what_went_between_two_sessions(self):
        first = self.open(100)
        first.action_sire_count(100)
        first.action_sire_sign_off()
        second = self.open(70)
        self.assertEqual(second.opening_difference, -30)
        second.action_sire_count(70)
        self.assertEqual(second.difference, 0)
        second.action_sire_sign_off("30 went over night")
        self.assertEqual(abs(second.entry_id.line_ids[0].balance), 30)

    def test_cash_that_was_taken_between_two_sessions_is_booked_once(self):
        """Where the drawer need not be open: its cash is in the books by its receipts, and is no profit of the count."""
        before = self.take_cash(self.make_invoice(), 400)
        first = self.open(1400)
        with self.assertRefused("began with its cash"):
            before.with_user(self.user_accountant).action_sire_void("Wrong client")
        self.take_cash(self.make_invoice(), 50)
        first.action_sire_count(1440)
        between = self.take_cash(self.make_invoice(), 5000)
        before.with_user(self.user_accountant).action_sire_void("Wrong client")
        first.with_user(self.other_accountant).action_sire_sign_off("Ten are missing")
        second = self.open(6040)
        self.assertEqual((second.carried_over, second.opening_difference), (6040, 0))
        second.action_sire_count(6040)
        second.with_user(self.other_accountant).action_sire_sign_off()
        self.assertFalse(second.entry_id, between.display_name)

    def test_cash_paid_out_by_any_way_is_in_the_drawer(self):
        session = self.open(1000)
        for attempt in ("write", "action_validate", "action_post"):
            payment = (
                self.env["account.payment"]
                .with_user(self.user_accountant)
                .create(
                    {
                        "payment_type": "outbound",
                        "partner_type": "customer",
                        "partner_id": self.client.id,
                        "journal_id": self.drawer.id,
                        "amount": 100,
                    }
                )
            )
            getattr(payment, attempt)(*([{"state": "paid"}] if attempt == "write" else []))
            self.assertEqual(payment.sire_session_id, session)
        session.action_sire_count(700)
        self.assertEqual((session.paid_out, session.difference), (300, 0))

    def test_cash_that_was_no_cash_leaves_the_drawer(self):
        """Taken back to a draft, and confirmed on the bank or in a drawer that nobody has open: it is not counted here."""
        session = self.open(1000)
        bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        shut = self.drawer.copy({"name": "Shut Drawer", "code": "SHUT"})
        for journal in (bank, shut):
            journal.outbound_payment_method_line_ids.payment_account_id = journal.default_account_id
            values = {
                "payment_type": "outbound",
                "partner_type": "customer",
                "partner_id": self.client.id,
                "amount": 100,
            }
            payments = self.env["account.payment"].with_user(self.user_accountant)
            payment = payments.create({**values, "journal_id": self.drawer.id})
            payment.action_post()
            self.assertEqual(payment.sire_session_id, session)
            for change in ({"journal_id": journal.id}, {"amount": 900}):
                with self.assertRefused("is booked as it is"):
                    payment.write(change)
            payment.action_draft()
            self.assertFalse(payment.sire_session_id)
            payment.journal_id = journal
            payment.action_post()
            self.assertFalse(payment.sire_session_id)
        session.action_sire_count(1000)
        self.assertEqual((session.paid_out, session.difference), (0, 0))

    def test_a_draft_of_a_counted_day_is_paid_on_another(self):
        session = self.open(1000)
        payments = self.env["account.payment"].with_user(self.user_accountant)
        payment = payments.create(
            {
                "payment_type": "outbound",
                "partner_type": "customer",
                "partner_id": self.client.id,
                "journal_id": self.drawer.id,
                "amount": 100,
            }
        )
        payment.action_post()
        payment.action_draft()
        session.action_sire_count(1000)
        payment.amount = 90
        payment.action_post()
        self.assertEqual((payment.sire_session_id.ids, session.difference), ([], 0))

    def test_the_count_is_blind(self):
        """What should be in the drawer is nowhere before it was counted: not read, grouped, exported, printed."""
        session = self.open(1000)
        self.take_cash(self.make_invoice(), 4321)
        for user in (self.user_accountant, self.other_accountant, self.user_admin, self.user_viewer):
            mine = session.with_user(user)
            values = mine.read(list(SECRETS))[0]
            self.assertFalse(any(values[name] for name in SECRETS), values)
            group = mine.formatted_read_group([("id", "=", session.id)], [], [f"{name}:sum" for name in SECRETS])[0]
            self.assertFalse(any(group[f"{name}:sum"] for name in SECRETS), group)
            self.assertFalse(mine.search([("id", "=", session.id), ("expected", ">", 0)]))
            for report in ("", "_roll"):
                html = (
                    self.env["ir.actions.report"]
                    .with_user(user)
                    ._render_qweb_html(f"sire_cashier.action_report_sire_cashier_session{report}", session.ids)[0]
                )
                self.assertIn("This drawer is open", html.decode())
                self.assertNotIn("4,321", html.decode())
                self.assertNotIn("5,321", html.decode())
        with self.assertRefused("printed when the drawer is counted"):
            session.action_sire_print()
        session.action_sire_count(5321)
        self.assertEqual((session.expected, session.difference), (5321, 0))

    def test_z_report(self):
        session = self.open(1000)
        invoice = self.make_invoice()
        payment, void = self.take_cash(invoice, 4321), self.take_cash(invoice, 10)
        void.action_sire_void("Wrong client")
        session.action_sire_cash_out(50, "Milk and sugar")
        session.action_sire_count(5270)
        for report in ("", "_roll"):
            html = (
                self.env["ir.actions.report"]
                .with_user(self.user_accountant)
                ._render_qweb_html(f"sire_cashier.action_report_sire_cashier_session{report}", session.ids)[0]
                .decode()
            )
            for words in (session.name, "KSh 4,321", "KSh 5,271", "KSh 5,270", void.sire_receipt_number, "Akinyi"):
                self.assertIn(words, html)
            if not report:
                self.assertIn(payment.sire_receipt_number, html)
                self.assertIn("Milk and sugar", html)
        self.assertTrue(session.action_sire_print() and session.action_sire_print_roll())

    def test_only_the_one_who_opened_it(self):
        self.open()
        invoice = self.make_invoice()
        with self.assertRefused("Akinyi Accountant has the drawer"):
            self.take_cash(invoice, 100, user=self.other_accountant)
        with self.assertRefused("is open already: Akinyi Accountant has it"):
            self.open(user=self.other_accountant)
        session = self.env["sire.cashier.session"].search([("journal_id", "=", self.drawer.id)], limit=1)
        with self.assertRefused("has this drawer"):
            session.with_user(self.other_accountant).action_sire_cash_out(10, "For me")
        self.assertEqual(invoice.amount_residual, 110200)

    def test_required_or_not(self):
        invoice = self.make_invoice()
        self.assertFalse(self.take_cash(invoice, 100).sire_session_id, "as before: three clicks")
        self.company.sire_cashier_required = True
        with self.assertRefused("Open the drawer first"):
            self.take_cash(invoice, 100)
        self.assertEqual(invoice.amount_residual, 110100)
        session = self.open()
        self.assertEqual(self.take_cash(invoice, 100).sire_session_id, session)
        payment = self.take_cash(
            invoice, 100, instrument="cheque", cheque_number="1", cheque_bank="KCB", cheque_date=self.day(0)
        )
        self.assertFalse(payment.sire_session_id, "a cheque is in no drawer's count")

    def test_a_counted_drawer_stays(self):
        session = self.open()
        invoice = self.make_invoice()
        payment = self.take_cash(invoice, 100)
        refund = (
            self.env["account.payment"]
            .with_user(self.user_accountant)
            .create(
                {
                    "amount": 40,
                    "payment_type": "outbound",
                    "partner_type": "customer",
                    "partner_id": self.client.id,
                    "journal_id": self.drawer.id,
                }
            )
        )
        refund.action_post()
        session.action_sire_cash_in(5, "Coins")
        entry = session.sudo().movement_ids.entry_id
        session.action_sire_count(1065)
        self.assertEqual((session.paid_out, session.difference), (40, 0))
        attempts = (
            lambda u: session.with_user(u).action_sire_count(1),
            lambda u: session.with_user(u).action_sire_cash_in(1, "More"),
            lambda u: session.with_user(u).write({"count": 1}),
            lambda u: session.with_user(u).write({"state": "open"}),
            lambda u: session.with_user(u).unlink(),
            lambda u: session.with_user(u).copy(),
            lambda u: session.with_user(u).movement_ids.write({"amount": 1}),
            lambda u: session.with_user(u).movement_ids.unlink(),
            lambda u: payment.with_user(u).action_sire_void("Too late"),
            lambda u: payment.with_user(u).write({"sire_session_id": False}),
            lambda u: refund.with_user(u).action_draft(),
            lambda u: refund.with_user(u).action_cancel(),
            lambda u: refund.with_user(u).unlink(),
            lambda u: refund.with_user(u).move_id.button_draft(),
            lambda u: refund.with_user(u).move_id._reverse_moves(cancel=True),
            lambda u: entry.with_user(u).button_draft(),
            lambda u: entry.with_user(u).button_cancel(),
            lambda u: entry.with_user(u)._reverse_moves(cancel=True),
        )
        for user in (self.user_accountant, self.user_admin):
            for index, attempt in enumerate(attempts):
                with self.subTest(user=user.name, attempt=index):
                    with self.assertRaises(UserError):
                        attempt(user)
                    self.env.invalidate_all()
        self.assertEqual((session.state, session.count, session.difference), ("counted", 1065, 0))
        self.assertEqual((payment.sire_receipt_state, refund.state, entry.state), ("received", "paid", "posted"))

    def test_amounts(self):
        for amount in (-1, 0.001, float("nan"), float("inf"), True, "5", None, 1e30):
            with self.subTest(amount=amount), self.assertRaises(UserError):
                self.open(amount)
        session = self.open(0)
        for amount in (-1, 0, 0.001, float("nan"), float("inf"), True, "5", None, 1e30):
            for method in ("action_sire_cash_in", "action_sire_cash_out"):
                with self.subTest(amount=amount), self.assertRaises(UserError):
                    getattr(session, method)(amount, "A reason")
            if amount != 0 or isinstance(amount, bool):
                with self.subTest(amount=amount), self.assertRaises(UserError):
                    session.action_sire_count(amount)
        for reason in ("", " ", None, 5):
            with self.assertRefused("Enter the reason"):
                session.action_sire_cash_in(1, reason)
        bank = self.env["account.journal"].search([("type", "=", "bank")], limit=1)
        for journal_id in (bank.id, 999999999):
            with self.assertRefused("Choose a cash journal"):
                session.action_sire_open(journal_id, 0)
        self.assertEqual((session.state, len(session.movement_ids)), ("open", 0))

    def test_the_day_is_east_african(self):
        with freeze_time("2026-11-20 20:59:00"):
            session = self.open()
            self.assertEqual(str(session.day), "2026-11-20")
            session.action_sire_count(1000)
        with freeze_time("2026-11-20 21:00:00"):
            self.assertEqual(str(self.open().day), "2026-11-21")

    def test_who_may(self):
        session = self.open()
        for user in (self.user_manager, self.user_viewer, self.user_developer):
            mine = session.with_user(user)
            for attempt in (
                lambda s: s.action_sire_open(self.drawer.id, 0),
                lambda s: s.action_sire_cash_in(1, "Mine now"),
                lambda s: s.action_sire_cash_out(1, "Mine now"),
                lambda s: s.action_sire_count(0),
                lambda s: s.action_sire_sign_off("Fine"),
                lambda s: s.env["sire.cashier.wizard"].create({"kind": "count", "session_id": s.id}),
            ):
                with self.subTest(user=user.name), self.assertRaises(AccessError):
                    attempt(mine)
            self.assertEqual(mine.has_access("read"), user == self.user_viewer)
        self.assertEqual(session.state, "open")

    def test_somebody_else_signs_when_duties_are_separate(self):
        session = self.open(0)
        session.action_sire_count(0)
        self.env.cr.execute(  # past the check that nobody holds both today
            "UPDATE sire_access_duty SET level = 'forbid' WHERE id = %s",
            [self.env.ref("sire_cashier.duty_count_sign_off").id],
        )
        self.env.invalidate_all()
        with self.assertRefused("somebody else has to sign it off"):
            session.action_sire_sign_off()
        session.with_user(self.other_accountant).action_sire_sign_off()
        self.assertEqual(session.state, "closed")

    def test_a_pair_of_duties_that_was_deleted_binds_nobody(self):
        session = self.open(0)
        session.action_sire_count(0)
        self.env.ref("sire_cashier.duty_count_sign_off").unlink()
        session.action_sire_sign_off()
        self.assertEqual(session.state, "closed")

    def test_two_companies(self):
        self.load_kenyan_chart(self.company_2)
        session = self.open()
        stranger = self.make_role_user(
            "sire_test_far",
            "sire_access.group_accountant",
            company_id=self.company_2.id,
            company_ids=[(6, 0, self.company_2.ids)],
        )
        mine = self.env["sire.cashier.session"].with_user(stranger).with_company(self.company_2)
        self.assertFalse(mine.search([("id", "=", session.id)]))
        with self.assertRaises(UserError):
            mine.action_sire_open(self.drawer.id, 0)
        with self.assertRaises(AccessError):
            session.with_user(stranger).action_sire_count(0)
        other = self.env["account.journal"].search([("type", "=", "cash"), ("company_id", "=", self.company_2.id)])[:1]
        self.assertEqual(mine.browse(mine.action_sire_open(other.id, 5)).company_id, self.company_2)

    def test_the_windows(self):
        wizards = self.env["sire.cashier.wizard"].with_user(self.user_accountant)
        action = wizards.create({"kind": "open", "journal_id": self.drawer.id, "amount": 10}).action_confirm()
        session = self.env["sire.cashier.session"].browse(action["res_id"])
        for kind, amount in (("in", 5), ("out", 3)):
            wizards.create(
                {"kind": kind, "session_id": session.id, "amount": amount, "reason": "Coins"}
            ).action_confirm()
        wizards.create({"kind": "count", "session_id": session.id, "amount": 11}).action_confirm()
        self.assertEqual((session.expected, session.difference), (12, -1))
        wizards.create({"kind": "sign", "session_id": session.id, "reason": "One lost"}).action_confirm()
        self.assertEqual(session.state, "closed")


@tagged("post_install", "-at_install")
class TestSessionByHttp(CashierCommon, HttpCase):
    def test_json_2(self):
        headers = {"Authorization": f"Bearer {self.make_api_key(self.user_accountant)}"}

        def call(method, **body):
            return self.url_open(f"/json/2/sire.cashier.session/{method}", json=body, headers=headers)

        answer = call("action_sire_open", journal_id=self.drawer.id, amount=100)
        self.assertEqual(answer.status_code, 200, answer.text)
        ids = [answer.json()]
        self.assertEqual(call("action_sire_open", journal_id=self.drawer.id, amount=100).status_code, 422)
        for values in ({"state": "closed"}, {"expected": 1}, {"user_id": self.user_admin.id}):
            self.assertIn(call("write", ids=ids, vals=values, context={"sire_gate": True}).status_code, (403, 422))
        self.assertIn(call("create", vals_list=[{"journal_id": self.drawer.id}]).status_code, (403, 422))
        self.assertIn(call("unlink", ids=ids).status_code, (403, 422))
        self.assertEqual(call("action_sire_count", ids=ids, amount="100").status_code, 422)
        self.assertEqual(call("action_sire_count", ids=ids, amount=100).status_code, 200)
        self.assertEqual(call("read", ids=ids, fields=["difference"]).json()[0]["difference"], 0)
