from datetime import timedelta

import requests

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

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
        self.assertIn("2 M-Pesa payments, KSh 1,700", alert.activity_ids.summary)
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
        self.assertIn("1 prompts", alert.words)
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
        self.lost()
        self.grow_old()
        self.look()
        self.provider.state = "disabled"
        self.assertFalse(self.look())
        self.assertFalse(self.daraja.sent("oauth")[1:], "and nobody is asked for a token")

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
