"""The audit log over the modules that it knows nothing of: money, quotations, receipts, links, and who reads it."""

import json

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.sire_audit.engine import watching
from odoo.addons.sire_audit.engine.sealer import seal
from odoo.addons.sire_billing import gate

from .common import DemoCommon


@tagged("post_install", "-at_install")
class TestDemoAudit(DemoCommon):
    def setUp(self):
        super().setUp()
        self.log = self.env["sire.audit.entry"]
        self.accountant = self.env["res.users"].search([("login", "=", "accountant")])
        self.seal()

    def seal(self):
        """As between two transactions of the accountant."""
        self.env(user=self.accountant.id).flush_all()
        while seal(self.env.cr._cnx.cursor()):
            pass
        self.env.invalidate_all()

    def actions(self, record):
        self.env.flush_all()
        self.log.invalidate_model()
        return self.log.search([("model", "=", record._name), ("res_id", "=", record.id)], order="id").mapped("action")

    def invoice(self):
        old = self.env["account.move"].search([("move_type", "=", "out_invoice"), ("state", "=", "posted")], limit=1)
        move = (
            self.env["account.move"]
            .with_user(self.accountant)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": old.partner_id.id,
                    "invoice_line_ids": [Command.create({"name": "Visit", "quantity": 2, "price_unit": 5000})],
                }
            )
        )
        self.seal()
        return move

    def test_an_invoice_from_draft_to_void(self):
        move = self.invoice()
        line = move.invoice_line_ids
        line.price_unit = 6000
        self.seal()
        move.action_post()
        self.seal()
        move.button_draft()
        self.seal()
        move.button_cancel()
        self.seal()
        self.assertEqual(self.actions(move), ["create", "write", "post", "reset", "void"])
        entry = self.log.search(
            [("model", "=", "account.move.line"), ("res_id", "=", line.id), ("action", "=", "write")]
        )[-1:]
        self.assertEqual(json.loads(entry.after)["price_unit"], 6000)
        self.assertEqual(json.loads(entry.before)["price_unit"], 5000)
        self.assertEqual((entry.parent_model, entry.parent_id), ("account.move", move.id))
        posted = self.log.search([("model", "=", "account.move"), ("res_id", "=", move.id), ("action", "=", "post")])
        self.assertEqual(
            (posted.company_id, posted.as_uid, posted.past_orm), (move.company_id.id, self.accountant.id, False)
        )
        draft = self.invoice()
        draft.unlink()
        self.assertEqual(self.actions(draft)[-1], "delete")

    def test_a_refund_says_so(self):
        move = self.invoice()
        move.action_post()
        refund = move._reverse_moves([{"invoice_date": move.invoice_date}])
        self.assertEqual(self.actions(refund)[0], "refund")

    def test_a_payment_is_posted_and_gets_a_receipt(self):
        move = self.invoice()
        move.action_post()
        self.seal()
        wizard = self.env["sire.cash.payment.wizard"].with_user(self.accountant)
        wizard = wizard.with_context(active_model="account.move", active_ids=move.ids, active_id=move.id).create(
            {"move_id": move.id, "amount": 1000}
        )
        wizard.action_confirm()
        payment = wizard.payment_id
        self.assertIn("receipt", self.actions(payment))
        self.assertIn("write", self.actions(move), "what is left to pay changed")
        self.assertTrue(self.log.search_count([("model", "=", "account.partial.reconcile"), ("action", "=", "create")]))

    def test_raw_sql_on_money_is_caught(self):
        move = self.invoice()
        move.action_post()
        self.seal()
        self.env.cr.execute(
            "UPDATE account_move SET amount_residual = 0, payment_state = 'paid' WHERE id = %s", (move.id,)
        )
        entry = self.log.search([("model", "=", "account.move"), ("res_id", "=", move.id)], limit=1)
        self.assertTrue(entry.past_orm)
        self.assertEqual(json.loads(entry.after), {"payment_state": "paid", "amount_residual": 0})
        self.env.cr.execute("DELETE FROM account_partial_reconcile")
        self.assertTrue(self.log.search([("model", "=", "account.partial.reconcile")], limit=1).past_orm)

    def test_the_ledger_of_mpesa_is_not_taken_for_somebodys_sql(self):
        columns = dict(watching.triggers(self.env))
        self.assertIn(("sire_mpesa_receipt", "sire_audit_row"), columns)
        provider = self.env["payment.provider"].search([("code", "=", "mpesa")], limit=1)
        with self.env["sire.mpesa.receipt"]._sire_writes_sql():
            self.env.cr.execute(
                """INSERT INTO sire_mpesa_receipt (name, company_id, provider_id, currency_id, amount, paid_at, payer_phone, kind,
                   state) VALUES ('TST1234567', %s, %s, %s, 10, now(), '254712345678', 'paybill', 'waiting') RETURNING id""",
                (provider.company_id.id, provider.id, provider.company_id.currency_id.id),
            )
            receipt = self.env["sire.mpesa.receipt"].browse(self.env.cr.fetchone()[0])
        entry = self.log.search([("model", "=", "sire.mpesa.receipt"), ("res_id", "=", receipt.id)])
        self.assertEqual((entry.action, entry.past_orm), ("create", False))
        self.assertNotIn("254712345678", f"{entry.after}{entry.digests}")
        self.assertEqual(entry.personal["after.payer_phone"][1], "254712345678")

    def test_a_quotation_is_sent_and_a_link_revoked(self):
        order = self.env["sale.order"].search([("state", "=", "draft")], limit=1)
        gate.opened(order).write({"sire_sent_at": "2026-11-20 08:00:00", "sire_sent_to": "client@example.co.ke"})
        self.env.flush_all()
        entry = self.log.search([("model", "=", "sale.order"), ("res_id", "=", order.id)], limit=1)
        self.assertEqual(entry.action, "send")
        self.assertNotIn("client@example", f"{entry.after}{entry.digests}")
        link = self.env["sire.client.link"].sudo().search([], limit=1)
        link.revoked = True
        self.assertEqual(self.actions(link)[-1], "revoke")

    def test_keys_of_a_provider_are_secret(self):
        provider = self.env["payment.provider"].search([("code", "=", "mpesa")], limit=1)
        provider.write({"mpesa_passkey": "hunter-passkey", "mpesa_consumer_secret": "hunter-secret"})
        self.env.flush_all()
        self.env.cr.execute("SELECT string_agg(e::text, ' ') FROM sire_audit_entry e")
        text = self.env.cr.fetchone()[0]
        self.assertNotIn("hunter", text)
        self.assertIn("mpesa_passkey", text)

    def test_the_administrator_reads_and_the_accountant_does_not(self):
        admin = self.env["res.users"].search([("login", "=", "admin")])
        self.assertTrue(self.log.with_user(admin).search([], limit=1))
        for login in ("accountant", "manager", "developer", "viewer"):
            user = self.env["res.users"].search([("login", "=", login)])
            with self.subTest(login), self.assertRaises(AccessError):
                self.log.with_user(user).search([], limit=1)
