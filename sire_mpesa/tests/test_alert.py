from datetime import timedelta
from unittest.mock import patch

import requests

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.sire_base.utils.eat import format_daraja_timestamp

from .test_assign import AssignCommon


@tagged("post_install", "-at_install")
class TestAlert(AssignCommon):
    """What does not end by itself is on one person's list, once, until it is over."""

    def setUp(self):
        super().setUp()
        self.provider.mpesa_alert_user_id = self.accountant
        self.alerts.search([]).unlink()

    @property
    def alerts(self):
        return self.env["sire.mpesa.alert"]

    def look(self):
        """What the job does, for the provider of these tests."""
        self.env.flush_all()
        self.provider._mpesa_look()
        self.env.flush_all()
        return self.alerts.search([("provider_id", "=", self.provider.id)])

    def grow_old(self):
        """Let two days pass for the ledger."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE sire_mpesa_receipt SET create_date = create_date - interval '2 days'")
        self.env.invalidate_all()

    def test_one_for_all_receipts_until_they_are_assigned(self):
        mails = self.env["mail.mail"].search_count([])
        receipts = self.lost("LOSTMONEY1") + self.lost("LOSTMONEY2", amount="1200")
        self.assertFalse(self.look(), "not older than a day")
        self.grow_old()
        for _hour in range(3):
            alert = self.look()
            self.assertEqual((alert.kind, len(alert.activity_ids)), ("suspense", 1))
        self.assertEqual(alert.activity_ids.user_id, self.accountant)
        self.assertIn("for more than a day: 2, KSh 1,700.", alert.activity_ids.summary)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails, "on screen, not by e-mail")
        activity = alert.activity_ids
        for receipt in receipts:
            receipt.with_user(self.accountant)._assign([(self.partner, self.env["account.move"], receipt.amount)])
        self.assertFalse(self.look())
        self.assertFalse(activity.exists())

    def test_ticked_off_comes_back_for_something_new(self):
        self.lost("LOSTMONEY1")
        self.grow_old()
        alert = self.look()
        alert.activity_ids.with_user(self.accountant).action_done()
        for _hour in range(3):
            self.assertFalse(self.look().activity_ids)
        self.lost("LOSTMONEY2")
        self.grow_old()
        self.assertEqual(len(self.look().activity_ids), 1)

    def test_another_person(self):
        self.lost()
        self.grow_old()
        self.look()
        other = self.make_user("mpesa.looks", "account.group_account_invoice")
        self.provider.mpesa_alert_user_id = other
        self.assertEqual(self.look().activity_ids.user_id, other)
        other.active = False
        self.assertTrue(self.look().activity_ids.user_id.has_group("account.group_account_invoice"))
        outsider = self.make_user("mpesa.outsider")
        self.provider.mpesa_alert_user_id = outsider
        self.assertNotEqual(self.look().activity_ids.user_id, outsider, "who may not read it is not told")

    def test_not_in_the_books(self):
        self.patch(type(self.receipts), "_get_method_line", lambda _self: self.env["account.payment.method.line"])
        receipt = self.lost()
        self.assertEqual(receipt.state, "waiting")
        self.grow_old()
        self.assertEqual(self.look().kind, "unbooked")

    def test_nobody_asks(self):
        tx = self.request()
        self.assertFalse(self.look())
        tx.mpesa_next_query_at = fields.Datetime.now() - timedelta(hours=1)
        alert = self.look()
        self.assertEqual(alert.kind, "resolver")
        self.assertIn("prompts 1, reports 0", alert.words)
        tx.mpesa_next_query_at = False
        self.assertFalse(self.look())

    def test_nobody_reads_the_reports(self):
        self.confirm(handle=False)
        self.env["sire.webhook.event"].search([("state", "=", "received")]).next_attempt_at = (
            fields.Datetime.now() - timedelta(hours=1)
        )
        self.assertEqual(self.look().kind, "resolver")
        self.process_webhooks()
        self.assertFalse(self.look())

    def test_keys_are_refused(self):
        self.daraja.next_is("oauth", *[(400, {"errorCode": "400.008.01", "errorMessage": "Invalid"})] * 3)
        self.provider.mpesa_alert_user_id = False
        alert = self.look()
        self.assertEqual(alert.kind, "token")
        self.assertTrue(alert.activity_ids.user_id.has_group("base.group_system"), "for the administrator")
        self.look()
        self.look()
        self.assertFalse(self.look(), "Safaricom gives tokens again")

    def test_a_hiccup_is_nobodys_business(self):
        self.daraja.next_is("oauth", requests.exceptions.ReadTimeout("slow"))
        self.assertFalse(self.look().activity_ids)
        self.assertFalse(self.look())
        self.env["sire.mpesa.token"].search([]).unlink()
        self.daraja.next_is("oauth", *[requests.exceptions.ReadTimeout("slow")] * 2)
        self.look()
        alert = self.look()
        self.assertEqual((alert.kind, len(alert.activity_ids)), ("unreachable", 1))

    def test_a_provider_that_is_off(self):
        """Its money waits all the same; Safaricom is not asked for a token."""
        self.lost()
        self.grow_old()
        self.provider.state = "disabled"
        self.assertEqual(self.look().kind, "suspense")
        self.assertFalse(self.daraja.sent("oauth"))

    def test_the_job(self):
        self.lost()
        self.grow_old()
        with self.enter_cron():
            self.alerts._cron_check()
        self.env.invalidate_all()
        self.assertEqual(self.alerts.search([("provider_id", "=", self.provider.id)]).kind, "suspense")

    def test_words_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("sw")
        self.accountant.lang = "sw"
        self.lost()
        self.grow_old()
        self.assertIn("M-Pesa", self.look().words)

    def test_who_reads(self):
        self.lost()
        self.grow_old()
        alert = self.look()
        alert.with_user(self.accountant).read(["words"])
        self.assertEqual(alert.with_user(self.accountant).action_open()["res_model"], "sire.mpesa.receipt")
        for user in (
            self.make_user("mpesa.nobody"),
            self.make_user("mpesa.elsewhere", "account.group_account_invoice", company=self.company_2),
        ):
            with self.assertRaises(AccessError):
                alert.with_user(user).read(["words"])
        for call in (
            lambda: alert.with_user(self.accountant).write({"words": "Nothing"}),
            alert.with_user(self.accountant).unlink,
        ):
            with self.assertRaises(AccessError):
                call()


@tagged("post_install", "-at_install")
class TestBalanceAlert(AssignCommon):
    """Safaricom's balance against the books. Nobody is told about what the clock explains."""

    def setUp(self):
        super().setUp()
        self.provider.mpesa_alert_user_id = self.accountant
        self.start = self.provider._mpesa_get_booked_balance()
        self.now = fields.Datetime.now()

    def paid(self, number, amount, hours, account="RENT"):
        """A payment some hours ago."""
        at = format_daraja_timestamp(self.now - timedelta(hours=hours))
        self.confirm(number, str(amount), account, TransTime=at)

    def balance(self, amount, hours=0.0):
        """What Safaricom said some hours ago, beside what the books had before these tests.

        :return: the alert's words, None when there is nothing to say
        """
        self.provider.write(
            {"mpesa_balance": self.start + amount, "mpesa_balance_at": self.now - timedelta(hours=hours)}
        )
        self.env.flush_all()
        found = self.provider._mpesa_find_balance_alert()
        return found and found[0](self.env)

    def test_agrees(self):
        self.paid("BALANCE001", 500, 3)
        invoice = self.make_invoice(700)
        self.paid("BALANCE002", 700, 2, account=invoice.mpesa_reference)
        self.assertIsNone(self.balance(1200))
        self.get_receipt("BALANCE001").with_user(self.accountant)._assign(
            [(self.partner, self.env["account.move"], 500)]
        )
        self.assertIsNone(self.balance(1200), "assigned is where it was")

    def test_missing_and_too_much(self):
        self.paid("BALANCE001", 500, 3)
        self.assertIn("KSh 250 are missing in the books", self.balance(750))
        self.assertIn("KSh 100 more than there is", self.balance(400))

    def test_what_came_after_the_question(self):
        self.paid("BALANCE001", 500, 3)
        self.paid("BALANCE002", 900, 1)
        self.assertIsNone(self.balance(500, hours=2))

    def test_what_is_not_booked_yet(self):
        with patch.object(
            type(self.receipts), "_get_method_line", lambda _self: self.env["account.payment.method.line"]
        ):
            self.paid("BALANCE001", 500, 3)
        self.assertEqual(self.get_receipt("BALANCE001").state, "waiting")
        self.assertIsNone(self.balance(500))

    def test_too_close_to_say(self):
        self.paid("BALANCE001", 500, 2)
        self.assertIsNone(self.balance(0, hours=2.03))
        self.assertIn("more than there is", self.balance(0, hours=1))

    def test_withdrawn_to_the_bank(self):
        self.paid("BALANCE001", 500, 3)
        journal = self.provider.journal_id
        other = self.company._mpesa_get_suspense_account()
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self.journal.id,
                "line_ids": [
                    Command.create({"account_id": journal.default_account_id.id, "credit": 300}),
                    Command.create({"account_id": other.id, "debit": 300}),
                ],
            }
        )
        move.action_post()
        self.assertIsNone(self.balance(200))

    def test_told_once_a_difference_and_not_at_first_sight(self):
        self.paid("BALANCE001", 500, 3)
        self.balance(750)
        alerts = self.env["sire.mpesa.alert"]

        def look():
            self.env.flush_all()
            self.provider._mpesa_look()
            return alerts.search([("provider_id", "=", self.provider.id), ("kind", "=", "balance")])

        self.assertFalse(look().activity_ids)
        self.assertEqual(look().activity_ids.user_id, self.accountant)
        look().activity_ids.with_user(self.accountant).action_done()
        self.assertFalse(look().activity_ids)
        self.balance(800)
        self.assertEqual(len(look().activity_ids), 1)
        self.balance(500)
        self.assertFalse(look())
