"""Certificates that do not come."""

from odoo.tests import freeze_time, tagged

from .common import WithholdingCommon

ACTIVITY = "sire_withholding.mail_activity_certificate"


@tagged("post_install", "-at_install")
class TestChase(WithholdingCommon):
    def setUp(self):
        super().setUp()
        self.company.write({"sire_certificate_days": 14, "sire_certificate_email": True})
        self.invoice = self.make_bill()
        self.take_cash(self.invoice)

    def run_on(self, day):
        with freeze_time(self.days_later(day)):
            self.env["account.move"]._cron_sire_certificates()
            self.env.invalidate_all()

    def get_activities(self):
        return self.invoice.activity_ids.filtered(lambda one: one.activity_type_id == self.env.ref(ACTIVITY))

    def get_letters(self):
        return self.invoice.message_ids.filtered(
            lambda one: "Withholding certificate for invoice" in (one.subject or "")
        )

    def test_asked_after_the_days_and_again(self):
        for day, letters in ((13, 0), (14, 1), (14, 1), (20, 1), (28, 2), (42, 3), (56, 3), (70, 3)):
            self.run_on(day)
            self.assertEqual(len(self.get_letters()), letters, day)
            self.assertEqual(len(self.get_activities()), int(day >= 14))

    def test_stops_when_it_comes(self):
        self.run_on(14)
        self.record(self.invoice, 1700)
        self.assertEqual(len(self.get_activities()), 1)
        self.record(self.invoice, 4250, "tax", "T1")
        self.assertFalse(self.get_activities())
        self.run_on(28)
        self.assertEqual(len(self.get_letters()), 1)

    def test_not_before_the_money(self):
        waiting = self.make_bill()
        self.run_on(60)
        self.assertFalse(waiting.activity_ids)

    def test_never_when_switched_off(self):
        self.company.sire_certificate_days = 0
        self.run_on(60)
        self.assertFalse(self.get_activities())

    def test_without_e_mail(self):
        self.company.sire_certificate_email = False
        self.run_on(14)
        self.assertFalse(self.get_letters())
        self.assertEqual(len(self.get_activities()), 1)

    def test_by_hand_once_a_day(self):
        invoice = self.invoice.with_user(self.user_accountant)
        invoice.action_sire_ask_certificate()
        with self.assertRefused("asked for today"):
            invoice.action_sire_ask_certificate()
        self.assertIn("You withheld KSh 1,700 VAT", self.get_letters().body)
        with self.assertRefused("No certificate is awaited"):
            self.make_bill(post=False).action_sire_ask_certificate()

    def test_age(self):
        with freeze_time(self.days_later(9)):
            self.env.invalidate_all()
            self.assertEqual(self.invoice.sire_awaited_days, 9)
        found = self.env["account.move"].search([("sire_awaited", ">", 0), ("sire_awaited_since", "!=", False)])
        self.assertIn(self.invoice, found)
