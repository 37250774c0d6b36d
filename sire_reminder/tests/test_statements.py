from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .common import TODAY, ReminderCommon

START, END = date(2026, 11, 1), date(2026, 11, 30)
FIRST = (date(2026, 12, 1) - TODAY.date()).days  # a Tuesday


@tagged("post_install", "-at_install")
class TestStatements(ReminderCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.partner"].search([]).with_company(cls.company).write({"sire_statement_monthly": "no"})
        cls.client.sire_statement_monthly = "yes"

    def run_month(self, days, company=None, hour=10):
        company = company or self.company
        sendings = self.env["sire.statement.sending"]
        before = sendings.search([])
        with self.at(days, hour):
            if company._sire_is_working_time() and (TODAY.date() + timedelta(days=days)).day <= 10:
                for partner_id in company._sire_statement_clients():
                    company._sire_send_monthly_statement(partner_id)
        return sendings.search([]) - before

    def test_once_on_the_first_working_day(self):
        self.bill(due=-8, amount=98600)
        self.assertFalse(self.run_month(FIRST - 1), "not before the month is over")
        self.assertFalse(self.run_month(FIRST, hour=7))
        sending = self.run_month(FIRST)
        self.assertEqual((sending.client_id, sending.date_from, sending.date_to), (self.client, START, END))
        self.assertEqual(sending.sire_sent_to, "pay@acacia.example")
        mail = self.mails(sending)
        self.assertEqual(mail.subject, "Statement 01/11/2026 to 30/11/2026 from SIRE TECH Ltd")
        self.assertIn("KSh 98,600", mail.body_html)
        link = self.env["sire.statement.link"]._for(self.client, self.company)
        self.assertIn(link._get_url(), mail.body_html)
        self.assertIn("See your statement and pay", mail.body_html)
        self.assertNotIn(link._get_path(), sending.sire_sent_message_id.body, "it is not in the chatter")
        names = sending.sire_sent_message_id.attachment_ids.mapped("name")
        self.assertEqual(names, ["Statement Acacia Lodge Ltd 2026-11-01 to 2026-11-30.pdf"])
        for days in (FIRST, FIRST + 1, FIRST + 8):
            self.assertFalse(self.run_month(days))
        self.assertEqual(len(self.run_month(FIRST + 31 + 3)), 1, "the next month, after New Year and the weekend")

    def test_what_was_credited_after_the_month_is_not_overdue(self):
        """It was open on the last day, and the client is not asked for it now; what was paid since was overdue."""
        credited, paid = self.bill(due=-8, amount=600), self.bill(due=-8, amount=400)
        with self.at(FIRST, hour=7):
            credited._sire_void("Never ordered")
            self.take_cash(paid, 400, date="2026-12-01")
        (words,) = self.run_month(FIRST)._sire_balances()
        self.assertEqual((words["closing"], words["overdue"]), ("KSh 1,000", "KSh 400"))

    def test_the_balances_are_the_ledgers(self):
        self.take_cash(self.bill(due=-8, amount=5000), 1200, date="2026-11-18")
        sending = self.run_month(FIRST)
        (found,) = self.client._sire_get_statement(self.company, START, END)
        (words,) = sending._sire_balances()
        self.assertEqual(found["closing"], 3800)
        self.assertEqual(
            words, {"opening": "KSh 5,000", "charged": "KSh 0", "paid": "KSh 1,200", "closing": "KSh 3,800",
                    "overdue": "KSh 3,800"},
        )  # fmt: skip

    def test_nothing_to_say_nothing_sent(self):
        self.assertFalse(self.run_month(FIRST))
        move = self.bill(due=-8)  # of September
        self.take_cash(move, date="2026-10-05")
        self.assertFalse(self.run_month(FIRST), "no balance, and nothing happened in November")

    def test_choice_of_company_and_client(self):
        self.bill(due=-8)
        self.client.sire_statement_monthly = False
        self.assertFalse(self.run_month(FIRST))
        self.company.sire_statement_monthly = True
        self.client.sire_statement_monthly = "no"
        self.assertFalse(self.run_month(FIRST))
        self.client.sire_statement_monthly = False
        self.assertEqual(len(self.run_month(FIRST)), 1)

    def test_after_an_outage_until_the_tenth(self):
        self.bill(due=-8)
        self.assertFalse(self.run_month(FIRST + 10))
        self.assertEqual(len(self.run_month(FIRST + 8)), 1)

    def test_the_database_keeps_it_once(self):
        self.bill(due=-8)
        sending = self.run_month(FIRST)
        with self.assertRaisesRegex(Exception, "unique"), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            sending.copy({"monthly": True})
            self.env.flush_all()
        again = self.env["sire.statement.sending"]._send(self.client, self.company, START, END, monthly=True)
        self.assertFalse(again, "who comes second sends nothing")

    def test_to_the_contact_for_invoices(self):
        contact = self.env["res.partner"].create(
            {"name": "Accounts", "email": "accounts@acacia.example", "parent_id": self.client.id, "type": "invoice"}
        )
        self.bill(due=-8)
        sending = self.run_month(FIRST)
        self.assertEqual((sending.partner_id, sending.client_id), (contact, self.client))
        self.assertEqual(self.mails(sending).recipient_ids, contact)

    def test_two_companies(self):
        second = self.company_2
        self.load_kenyan_chart(second)
        self.client.with_company(second).sire_statement_monthly = "yes"
        self.bill(due=-8, company_id=second.id, amount=77)
        self.assertFalse(self.run_month(FIRST))
        sending = self.run_month(FIRST, second)
        self.assertIn("KSh 77", self.mails(sending).body_html)
        found = self.env["sire.statement.sending"].with_user(self.user_accountant).search([("id", "=", sending.id)])
        self.assertFalse(found)

    # === BY HAND === #

    def wizard(self, user=None, **values):
        return self.env["sire.statement.wizard"].with_user(user or self.user_accountant).create({
            "partner_ids": [(6, 0, self.client.ids)], "date_from": START, "date_to": END, **values
        })  # fmt: skip

    def test_by_hand(self):
        self.bill(due=-8)
        action = self.wizard().action_send()
        self.assertIn("Acacia Lodge Ltd", action["params"]["message"])
        sending = self.env["sire.statement.sending"].search([], limit=1)
        self.assertEqual((sending.client_id, sending.monthly), (self.client, False))
        self.assertEqual(self.mails(sending).author_id, self.user_accountant.partner_id)
        self.wizard().action_send()
        self.assertEqual(self.env["sire.statement.sending"].search_count([("client_id", "=", self.client.id)]), 1,
                         "two clicks are one e-mail")  # fmt: skip
        self.assertEqual(len(self.run_month(FIRST)), 1, "what was sent by hand does not take the month's place")

    def test_by_hand_without_address_nobody_gets_one(self):
        other = self.env["res.partner"].create({"name": "No Mail Ltd"})
        with self.assertRaisesRegex(UserError, "^No Mail Ltd has no e-mail address"), self.env.cr.savepoint():
            self.wizard(partner_ids=[(6, 0, (self.client | other).ids)]).action_send()
        self.assertFalse(self.env["sire.statement.sending"].search([("client_id", "=", self.client.id)]))

    def test_by_hand_of_another_company(self):
        with self.assertRaises(AccessError):
            self.wizard(company_id=self.company_2.id).action_send()

    def test_swahili(self):
        self.env["res.lang"]._activate_lang("sw")
        self.client.lang = "sw"
        self.bill(due=-8)
        mail = self.mails(self.run_month(FIRST))
        self.assertIn("Salio la mwisho", mail.body_html)
        self.assertNotIn("Closing balance", mail.body_html)
