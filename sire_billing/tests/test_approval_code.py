"""A code by e-mail before approving: a forwarded link alone is not enough, and nobody guesses it."""

import re
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .client_page_common import ClientPageCommon


@tagged("post_install", "-at_install")
class TestApprovalCode(ClientPageCommon):
    def make_guarded(self, **values):
        return self.make_order(sire_approval_code=True, **values)

    def ask(self, order, **data):
        return self.fetch(
            f"{self.path(order)}/approve", {"name": "Jane", "send_code": "1", **data}, allow_redirects=False
        )

    def get_code(self, order):
        mails = self.env["mail.mail"].search([("subject", "like", order.name)], order="id desc")
        return re.search(r"\d{6}", mails[:1].body_html)[0]

    def answer(self, order, code):
        data = {"name": "Jane Wanjiku", "digest": order._sire_digest(), "email_code": code}
        return self.fetch(f"{self.path(order)}/approve", data, allow_redirects=False)

    def test_asked_for_sent_and_typed(self):
        order = self.make_guarded()
        text = self.read(self.path(order))
        self.assertIn("E-mail me the code", text)
        self.assertNotIn(">Approve</button>", text)
        response = self.ask(order)
        self.assertEqual(response.status_code, 200)
        self.assertIn("a•••@acacia.example", response.text)
        self.assertIn('value="Jane"', response.text)
        code = self.get_code(order)
        mail = self.env["mail.mail"].search([("subject", "like", order.name)])
        self.assertEqual(mail.email_to, self.client_partner.email)
        self.assertNotIn(code, order.message_ids.mapped("body"), "staff could approve with it")
        row = order.sire_code_ids
        self.assertNotIn(code, row.code_hash)
        spaced = f" {code[:3]} {code[3:]}"
        self.assertEqual(self.answer(order, spaced).status_code, 303)
        self.assertEqual(order.sire_state, "approved")

    def test_wrong_old_or_too_often_is_one_answer(self):
        order = self.make_guarded()
        self.assertIn("This code is not right", self.answer(order, "123456").text, "none was sent")
        self.ask(order)
        code = self.get_code(order)
        order.sire_code_ids.sudo().expires_at = fields.Datetime.now() - timedelta(seconds=1)
        self.assertIn("This code is not right", self.answer(order, code).text)
        self.ask(order)
        code = self.get_code(order)
        wrong = f"{(int(code) + 1) % 10**6:06d}"
        for tried in (wrong, "", "x", "٣٤٥", code[:5], code + "0"):
            response = self.answer(order, tried)
            self.assertEqual(response.status_code, 422)
            self.assertIn("This code is not right", response.text)
        self.assertEqual((order.state, order.invoice_ids.ids), ("sent", []))
        order.sire_code_ids.sudo().tries = 5
        self.assertIn("This code is not right", self.answer(order, code).text, "the sixth try")

    def test_one_at_a_time_and_not_too_many(self):
        order = self.make_guarded()
        self.ask(order)
        first = self.get_code(order)
        for _again in range(2):
            self.ask(order)
        self.assertEqual(len(order.sire_code_ids), 1)
        if self.get_code(order) != first:  # one in a million
            self.assertIn("This code is not right", self.answer(order, first).text)
        response = self.ask(order)
        self.assertEqual(response.status_code, 422)
        self.assertIn("Too many codes", response.text)
        self.assertEqual(self.answer(order, self.get_code(order)).status_code, 303, "the last one works all the same")

    def test_no_way_past_it(self):
        order = self.make_guarded()
        other = self.make_guarded()
        self.ask(other)
        with self.assertRaisesRegex(Exception, "This code is not right"):
            order._sire_approve("Jane Wanjiku", order._sire_digest())
        self.assertIn("This code is not right", self.answer(order, self.get_code(other)).text, "another's code")
        self.assertFalse(order.invoice_ids)
        wizard = self.env["sire.quotation.approve.wizard"]
        wizard.create({"order_id": order.id, "name": "Jane Wanjiku", "note": "on paper"}).action_confirm()
        self.assertEqual(order.sire_state, "approved", "staff answers for it with the own name")

    def test_no_address(self):
        order = self.make_guarded()
        self.client_partner.email = False
        self.assertIn("We have no e-mail address", self.ask(order).text)

    def test_where_it_is_asked_for(self):
        self.assertFalse(self.make_order().sire_approval_code)
        self.company.sire_approval_code = True
        order = self.make_order()
        self.assertTrue(order.sire_approval_code)
        order.sire_approval_code = False
        self.assertEqual(self.answer(order, "").status_code, 303)
        self.assertFalse(self.make_order(company=self.company_2).sire_approval_code, "the other company's choice")
        with self.assertRaisesRegex(Exception, "stays as approved"):
            order.sire_approval_code = True
