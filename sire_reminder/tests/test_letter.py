from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

from .common import ReminderCommon


@tagged("post_install", "-at_install")
class TestLetter(ReminderCommon, TransactionCase):
    """One e-mail for a client and day, by the one seam, that says the truth."""

    def test_one_invoice(self):
        move = self.bill(due=-8, amount=98600)
        with self.assertSends(1) as letter:
            mail = self.mails(letter)
        self.assertEqual(mail.state, "outgoing")  # the host's queue sends it, after the commit
        self.assertEqual(mail.recipient_ids, self.client)
        self.assertEqual(mail.subject, f"Reminder: invoice {move.name} from SIRE TECH Ltd")
        for text in (move.name, "10/11/2026", "KSh 98,600", move.sire_client_url, "See and pay the invoice"):
            self.assertIn(text, mail.body_html)
        self.assertNotIn("/c/", "".join(letter.message_ids.mapped("body")), "the link is the client's alone")
        self.assertEqual(letter.sire_sent_to, "pay@acacia.example")
        self.assertEqual(letter.sire_delivery, "queued")
        self.assertIn("Reminder sent to pay@acacia.example", "".join(move.message_ids.mapped("body")))

    def test_the_client_answers_a_person(self):
        self.bill(due=-8)
        with self.assertSends(1) as letter:
            mail = self.mails(letter)
        self.assertIn("office@siretech.example", mail.email_from)
        self.assertIn(self.user_manager.email or "office@siretech.example", mail.reply_to)
        self.assertNotIn("odoobot", (mail.reply_to + mail.email_from).lower())
        self.assertIn(self.user_manager.name, mail.body_html)

    def test_five_invoices_are_one_mail(self):
        moves = [self.bill(due=due) for due in (-8, -9, -10, -20, -40)]
        with self.assertSends(1) as letter:
            mail = self.mails(letter)
        self.assertEqual((letter.tone, max(letter.line_ids.mapped("days"))), ("late", 30), "nobody wrote before")
        self.assertIn("KSh 5,000", mail.body_html)
        self.assertEqual(mail.subject, "Reminder: 5 invoices from SIRE TECH Ltd")
        for move in moves:
            self.assertIn(move.name, mail.body_html)
            self.assertIn(move.sire_client_url, mail.body_html)
        self.assertNotIn("See and pay the invoice", mail.body_html)

    def test_one_a_day(self):
        self.bill(due=-8)
        with self.assertSends(1):
            pass
        late = self.bill(due=-8)
        with self.assertSends(0):
            pass
        self.assertEqual(self.plan(late)[0][2], "Had a reminder today: one e-mail a day")
        with self.assertSends(1, days=1) as letter:
            self.assertEqual(letter.line_ids.move_id, late)

    def test_contacts_with_addresses_of_their_own(self):
        """Who gets the invoice gets its reminder, and nobody else's."""
        mary, john, jane = self.env["res.partner"].create([
            {"name": name, "email": email, "parent_id": self.client.id, "type": "other"}
            for name, email in (("Mary", "mary@acacia.example"), ("John", "John@acacia.example"),
                                ("Jane", "john@acacia.example"))
        ])  # fmt: skip
        first, second, third = (self.bill(due=-8, partner=partner) for partner in (mary, john, jane))
        with self.assertSends(2) as letters:
            by_mail = {letter.email: letter.line_ids.move_id for letter in letters}
        self.assertEqual(by_mail, {"mary@acacia.example": first, "john@acacia.example": second | third})

    def test_no_address(self):
        move = self.bill(due=-8)
        self.client.email = False
        self.assertEqual(self.plan(move)[0][2], "No e-mail address")
        with self.assertSends(0):
            pass
        self.assertFalse(move.sire_reminder_ids)

    def test_swahili(self):
        self.env["res.lang"]._activate_lang("sw")
        self.client.lang = "sw"
        self.bill(due=-8)
        with self.assertSends(1) as letter:
            mail = self.mails(letter)
        self.assertIn('lang="sw"', mail.body_html)
        self.assertIn("Habari", mail.body_html)
        self.assertNotIn("Left to pay", mail.body_html)
        self.assertNotIn("Reminder", mail.subject)

    def test_every_tone_renders(self):
        for due in (3, 0, -7, -30):
            self.bill(due=due, partner=self.client.copy({"email": f"client{due}@acacia.example"}))
        with self.at(-1):
            self.run_company()
        with self.assertSends(4) as letters:
            self.assertEqual(set(letters.mapped("tone")), {"friendly", "due", "late", "last"})
        for mail in self.mails(*letters):
            self.assertIn("KSh 1,000", mail.body_html)
            self.assertNotIn("&lt;", mail.body_html)

    def test_the_mark_and_the_mail_stand_or_fall_together(self):
        """Killed between e-mail and commit: neither is there, and the next run sends it."""
        move = self.bill(due=-8)
        letters = type(self.env["sire.reminder.letter"])
        send = letters._sire_send_document

        def die(records, *args, **kwargs):
            send(records, *args, **kwargs)
            raise SystemExit

        with patch.object(letters, "_sire_send_document", die), self.assertRaises(SystemExit):
            with self.env.cr.savepoint():
                self.run_company()
        self.env.invalidate_all()
        self.assertFalse(move.sire_reminder_ids)
        self.assertFalse(self.env["mail.mail"].search([("recipient_ids", "in", self.client.ids)]))
        with self.assertSends(1):
            pass

    def test_two_companies(self):
        second = self.company_2
        second.write({"sire_reminder_on": True, "email": "office@second.example"})
        self.assertTrue(second.sire_reminder_ladder_id)
        self.assertNotEqual(second.sire_reminder_ladder_id, self.ladder)
        second.sire_reminder_ladder_id.step_ids.filtered(lambda step: step.days == 7).unlink()
        self.load_kenyan_chart(second)
        first_move = self.bill(due=-8)
        second_move = self.bill(due=-8, company_id=second.id)
        self.env["sire.reminder.holiday"].create({"name": "Closed", "date": self.today, "company_id": self.company.id})
        self.assertFalse(self.run_company())
        letter = self.run_company(second)
        self.assertEqual(letter.line_ids.move_id, second_move)
        self.assertEqual(letter.line_ids.days, 0, "by its own ladder")
        self.assertIn("office@second.example", self.mails(letter).email_from)
        self.assertFalse(first_move.sire_reminder_ids)
        accountant = self.user_accountant
        self.assertFalse(self.env["sire.reminder"].with_user(accountant).search([("move_id", "=", second_move.id)]))
        self.assertFalse(self.env["sire.reminder.letter"].with_user(accountant).search([("id", "=", letter.id)]))
        self.assertFalse(
            self.env["sire.reminder.ladder"].with_user(accountant).search([("company_id", "=", second.id)])
        )
        self.client.with_company(second).sire_reminder_off = True
        self.assertFalse(self.client.with_company(self.company).sire_reminder_off, "each company's own choice")
