from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged

from .common import ReminderCommon


@tagged("post_install", "-at_install")
class TestPause(ReminderCommon, TransactionCase):
    """What stops reminders, and when they go on."""

    def pause(self, record, kind, days=None, reason=None, user=None):
        record = record.with_user(user or self.user_accountant)
        action = record._sire_open_pause(kind) if record._name == "account.move" else record.action_sire_hold()
        wizard = (
            self.env[action["res_model"]]
            .with_user(record.env.user)
            .with_context(action["context"])
            .create(
                {"reason": reason, **({"date_until": self.today + timedelta(days=days)} if days is not None else {})}
            )
        )
        wizard.action_confirm()
        return self.env["sire.reminder.pause"].search([], limit=1)

    def test_promise_that_is_kept(self):
        move = self.bill(due=-8)
        pause = self.pause(move, "promise", 5)
        self.assertEqual(self.plan(move), [(7, 1000.0, "Promised for 23/11/2026")])
        self.assertEqual(move.sire_reminder_next, "Promised for 23/11/2026")
        with self.assertSends(0, days=5):
            pass
        self.assertEqual(pause.state, "active", "the day itself is not over")
        with self.at(5):
            self.take_cash(move)
        with self.assertSends(0, days=6):
            pass
        self.assertEqual(pause.state, "kept")

    def test_promise_that_is_broken(self):
        move = self.bill(due=-8)
        pause = self.pause(move, "promise", 5)
        with self.assertSends(1, days=6) as letter:
            self.assertEqual(letter.line_ids.days, 14, "the last that is due")
        self.assertEqual(pause.state, "broken")
        activity = move.activity_ids
        self.assertEqual(activity.user_id, self.user_manager)
        self.assertIn("was promised for 23/11/2026 and is not paid", activity.summary)
        with self.at(6):
            self.run_company()
        self.assertEqual(len(move.activity_ids), 1, "told once")

    def test_promise_is_told_without_reminders_too(self):
        move = self.bill(due=-8)
        pause = self.pause(move, "promise", 5)
        self.company.sire_reminder_on = False
        with self.assertSends(0, days=6):
            pass
        self.assertEqual((pause.state, len(move.activity_ids)), ("broken", 1))

    def test_promise_anew(self):
        move = self.bill(due=-8)
        first = self.pause(move, "promise", 5)
        move.with_user(self.user_accountant)
        second = self.pause(move, "promise", 9)
        self.assertEqual((first.state, second.state), ("ended", "active"))

    def test_dispute(self):
        move = self.bill(due=-8)
        with self.assertRefused("^Write what the client does not agree with"):
            self.pause(move, "dispute", reason="  ")
        pause = self.pause(move, "dispute", reason="Hours of May")
        self.assertFalse(pause.date_until)
        self.assertEqual(self.plan(move)[0][2], "In dispute: Hours of May")
        with self.assertSends(0, days=90):
            pass
        move.with_user(self.user_manager).action_sire_end_pause()
        with self.assertSends(1):
            pass
        with self.assertRefused("^It is over already"):
            pause.with_user(self.user_manager).action_end()

    def test_hold_of_invoice_client_and_project(self):
        move = self.make_invoice()
        move.invoice_user_id = self.user_manager
        with self.at(60):
            self.assertEqual(self.plan(move)[0][2], "")
        for record in (move, self.client, move.sire_project_id):
            pause = self.pause(record, "hold", 60, user=self.user_manager, reason="New board")
            with self.at(60):
                self.assertEqual(self.plan(move)[0][2], "On hold until 17/01/2027 by Mwangi Manager: New board")
            with self.at(61):
                self.assertEqual(self.plan(move)[0][2], "")
            pause.with_user(self.user_manager).action_end()
            with self.at(60):
                self.assertEqual(self.plan(move)[0][2], "")

    def test_a_hold_of_another_client_or_company_stops_nothing(self):
        move = self.bill(due=-8)
        self.pause(self.client.copy(), "hold", 5)
        self.env["sire.reminder.pause"]._pause(self.client, "hold", self.company_2, self.today)
        self.assertEqual(self.plan(move)[0][2], "")

    def test_dates_that_make_no_sense(self):
        move = self.bill(due=-8)
        for kind, days in (("promise", -1), ("promise", 93), ("hold", -1), ("hold", 367)):
            with self.assertRefused("^Choose a day from today until"):
                self.pause(move, kind, days)
        self.assertFalse(self.env["sire.reminder.pause"].search([("move_id", "=", move.id)]))

    def test_what_is_paid_needs_none(self):
        move = self.bill(due=-8)
        self.take_cash(move)
        for act in (move.action_sire_promise, move.action_sire_dispute, move.action_sire_hold):
            with self.assertRefused("is not waiting for money"):
                act()

    def test_a_prompt_in_flight(self):
        move = self.bill(due=-8)
        provider = self.env.ref("sire_mpesa.payment_provider_mpesa")
        tx = self.env["payment.transaction"].sudo().create({
            "provider_id": provider.id, "amount": 300, "currency_id": move.currency_id.id,
            "payment_method_id": self.env.ref("payment.payment_method_mpesa").id,
            "partner_id": self.client.id, "reference": "tx-remind", "operation": "offline",
            "invoice_ids": [(6, 0, move.ids)],
        })  # fmt: skip
        tx._set_pending()
        self.assertIn("KSh 300", self.plan(move)[0][2])
        with self.assertSends(0):
            pass
        tx._set_canceled()
        with self.assertSends(1):
            pass

    def test_a_payment_that_is_not_matched_yet_is_taken_off(self):
        move = self.bill(due=-8)
        self.pay_on_account(250, invoice_ids=[(6, 0, move.ids)])
        self.assertEqual(self.plan(move), [(7, move._sire_get_payable(), "")])

    def test_money_that_no_invoice_took(self):
        """The client has paid, only nobody has matched it yet: a reminder would be wrong."""
        small, large = self.bill(due=-8, amount=1000), self.bill(due=-8, amount=5000)
        self.pay_on_account(1500, "cash")
        self.assertEqual(self.plan(small)[0][2], "The client has KSh 1,500 of credit that no invoice took yet")
        self.assertEqual(self.plan(large)[0][2], "")
        self.assertEqual(small.sire_reminder_next, "The client has KSh 1,500 of credit that no invoice took yet")
        with self.assertSends(1) as letter:
            self.assertEqual(letter.line_ids.move_id, large)

    def test_written_by_methods_alone(self):
        move = self.bill(due=-8)
        pause = self.pause(move, "promise", 5)
        for user in (self.user_accountant, self.user_manager, self.user_admin):
            for ask in (
                lambda u=user: pause.with_user(u).write({"state": "ended"}),
                lambda u=user: pause.with_user(u).unlink(),
                lambda u=user: pause.with_user(u).copy(),
            ):
                with self.assertRaises(AccessError):
                    ask()
        self.assertEqual(pause.state, "active")
