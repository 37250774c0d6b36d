"""An invoice that was issued is not taken back, whichever way somebody tries it. What a biller can do on the stock host
(reset a paid and sent invoice, change its amount, delete it, blank its name) is each a line here."""

import json

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import SQL, mute_logger

from .common import BillingCommon

FLAGS = {
    "force_delete": True,
    "dynamic_unlink": True,
    "skip_readonly_check": True,
    "skip_invoice_sync": True,
    "skip_account_move_synchronization": True,
    "check_move_validity": False,
    "sire_gate": "open",
    "sire_posting": "open",
}


@tagged("post_install", "-at_install")
class TestInvoiceFrozen(BillingCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )

    def make(self, **values):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.client.id,
                "invoice_line_ids": [Command.create({"name": "Work", "price_unit": 1000, "quantity": 1})],
                **values,
            }
        )
        invoice.action_post()
        return invoice

    # === What holds it ===

    def paid(self):
        invoice = self.make()
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids).create(
            {"amount": 500, "journal_id": self.bank.id}
        )._create_payments()
        return invoice

    def unmatched(self):
        invoice = self.paid()
        invoice.line_ids.remove_move_reconcile()
        return invoice

    def prompted(self):
        invoice = self.make()
        self.make_prompt(invoice, 100)
        return invoice

    def sent(self):
        invoice = self.make()
        invoice._sire_send_document("sire_billing.mail_template_invoice")
        self.assertTrue(invoice.is_move_sent)
        return invoice

    def sent_by_the_host(self):
        invoice = self.make()
        invoice.is_move_sent = True
        self.assertTrue(invoice.sire_sent_at)
        return invoice

    def opened(self):
        invoice = self.make()
        link = self.env["sire.client.link"]._for(invoice)
        link.first_opened_at = "2026-11-21 08:00:00"
        return invoice

    def credited(self):
        invoice = self.make()
        note = invoice._reverse_moves([{}])
        note.invoice_line_ids.price_unit = 10
        note.action_post()
        note.line_ids.remove_move_reconcile()
        return invoice

    HOLDS = ("paid", "unmatched", "prompted", "sent", "sent_by_the_host", "opened", "credited")

    # === Every way ===

    def attempts(self):
        other = self.env["res.partner"].create({"name": "Somebody Else"})

        def by_command(move, command):
            move.write({"invoice_line_ids": [command]})

        return {
            "delete": lambda move: move.unlink(),
            "delete lines": lambda move: move.line_ids.unlink(),
            "delete one line": lambda move: move.invoice_line_ids[:1].unlink(),
            "reset": lambda move: move.button_draft(),
            "cancel": lambda move: move.button_cancel(),
            "state draft": lambda move: move.write({"state": "draft"}),
            "state cancel": lambda move: move.write({"state": "cancel"}),
            "blank the name": lambda move: move.write({"name": False}),
            "slash the name": lambda move: move.write({"name": "/"}),
            "rename": lambda move: move.write({"name": "INV/2026/99999"}),
            "renumber": lambda move: move.write({"sequence_number": 99999}),
            "never posted": lambda move: move.write({"posted_before": False}),
            "not sent": lambda move: move.write({"is_move_sent": False, "sire_sent_at": False}),
            "client": lambda move: move.write({"partner_id": other.id}),
            "date": lambda move: move.write({"invoice_date": "2025-01-01"}),
            "accounting date": lambda move: move.write({"date": "2025-01-01"}),
            "due date": lambda move: move.write({"invoice_date_due": "2030-01-01"}),
            "terms": lambda move: move.write({"narration": "Pay nothing"}),
            "reference": lambda move: move.write({"ref": "Another"}),
            "kind": lambda move: move.write({"move_type": "out_refund"}),
            "total": lambda move: move.write({"amount_total": 1}),
            "residual": lambda move: move.write({"amount_residual": 0}),
            "tax totals": lambda move: move.write({"tax_totals": {"subtotals": []}}),
            "line price by command": lambda move: by_command(
                move, Command.update(move.invoice_line_ids[0].id, {"price_unit": 1})
            ),
            "line removed by command": lambda move: by_command(move, Command.delete(move.invoice_line_ids[0].id)),
            "line added by command": lambda move: by_command(move, Command.create({"name": "x", "price_unit": 5})),
            "line price": lambda move: move.invoice_line_ids.write({"price_unit": 1}),
            "line text": lambda move: move.invoice_line_ids.write({"name": "Nothing"}),
            "line tax": lambda move: move.invoice_line_ids.write({"tax_ids": [Command.clear()]}),
            "line balance": lambda move: move.line_ids[0].write({"balance": 1}),
            "line due": lambda move: move.line_ids.filtered("date_maturity").write({"date_maturity": "2030-01-01"}),
            "line stolen": lambda move: move.invoice_line_ids[0].write({"move_id": move.copy().id}),
            "line added": lambda move: move.env["account.move.line"].create(
                {"move_id": move.id, "name": "x", "account_id": move.invoice_line_ids[0].account_id.id}
            ),
            "renumber wizard": lambda move: (
                move.env["account.resequence.wizard"]
                .with_context(active_model="account.move", active_ids=move.ids)
                .create({"first_name": "INV/2026/77777"})
                .resequence()
            ),
        }

    def picture(self, move):
        self.env.flush_all()
        self.env.invalidate_all()
        columns = "name, state, partner_id, invoice_date, date, invoice_date_due, amount_total, amount_residual, ref, move_type"
        lines = "id, name, price_unit, quantity, balance, date_maturity, account_id"
        return self.env.execute_query(
            SQL(f"SELECT {columns} FROM account_move WHERE id = %s", move.id)
        ), self.env.execute_query(SQL(f"SELECT {lines} FROM account_move_line WHERE move_id = %s ORDER BY id", move.id))

    def test_by_any_way_while_anything_holds_it(self):
        for hold in self.HOLDS:
            invoice = getattr(self, hold)()
            before = self.picture(invoice)
            self.assertTrue(invoice._sire_get_hold(), hold)
            for user in (self.user_accountant, self.user_admin):
                for name, attempt in self.attempts().items():
                    for flags in ({}, FLAGS):
                        mine = invoice.with_user(user).with_context(**flags)
                        with self.subTest(hold=hold, attempt=name, user=user.name, flags=bool(flags)):
                            with (
                                self.assertRaises(UserError) as caught,
                                mute_logger("odoo.sql_db"),
                                self.env.cr.savepoint(),
                            ):
                                attempt(mine)
                                self.env.flush_all()
                            self.assertLess(str(caught.exception).count("\n"), 6)
                            self.assertEqual(self.picture(invoice), before)

    def test_by_superuser_code_too(self):
        invoice = self.sent().sudo()
        for name in ("delete", "reset", "cancel", "blank the name", "line price", "state draft", "client"):
            with self.subTest(name), self.assertRaises(UserError), self.env.cr.savepoint():
                self.attempts()[name](invoice.with_context(**FLAGS))

    def test_what_an_issued_invoice_is_part_of(self):
        """Nothing that is deleted takes the invoice with it, and a merge does not give it to somebody else."""
        order = self.make_quotation()
        invoice = self.approve(order).with_env(self.env)
        before = self.picture(invoice)
        twin = self.env["res.partner"].create({"name": "Acacia Lodge", "email": self.client.email})
        merge = self.env["base.partner.merge.automatic.wizard"]
        ways = {
            "client": lambda: self.client.unlink(),
            "journal": lambda: invoice.journal_id.unlink(),
            "company": lambda: self.company.unlink(),
            "order": lambda: order.sudo().unlink(),
            "project": lambda: order.project_id.sudo().unlink(),
            "product": lambda: invoice.invoice_line_ids.product_id.product_tmpl_id.sudo().unlink(),
            "tax": lambda: invoice.invoice_line_ids.tax_ids.unlink(),
            "account": lambda: invoice.line_ids.account_id.unlink(),
            "term": lambda: invoice.invoice_payment_term_id.unlink(),
            "currency": lambda: invoice.currency_id.unlink(),
            "merge": lambda: merge._merge((self.client | twin).ids, twin),
        }
        for name, way in ways.items():
            with self.subTest(name), mute_logger("odoo.sql_db", "odoo.models.unlink"):
                try:
                    with self.env.cr.savepoint():
                        way()
                        self.env.flush_all()
                except Exception as error:  # noqa: BLE001  whichever guard of the host it was
                    self.assertNotIsInstance(error, AssertionError)
                self.assertEqual(self.picture(invoice), before)
        with self.assertRefused("keep this client, and merge the others into it"):
            merge._merge((self.client | twin).ids, twin)
        merge._merge((self.client | twin).ids, self.client)
        self.assertEqual(self.picture(invoice), before)

    def test_nothing_in_the_database_deletes_invoices_by_cascade(self):
        """Past the ORM: foreign keys that would take invoices or lines along, other than a line with its invoice."""
        rows = self.env.execute_query(
            SQL(
                """SELECT con.conrelid::regclass::text, att.attname, con.confrelid::regclass::text
                     FROM pg_constraint con JOIN pg_attribute att
                       ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
                    WHERE con.contype = 'f' AND con.confdeltype = 'c'
                      AND con.conrelid IN ('account_move'::regclass, 'account_move_line'::regclass)"""
            )
        )
        self.assertEqual(
            set(rows) - {("account_move_line", "move_id", "account_move")},
            # The entry of a payment or of a bank line goes with it: those are no invoices.
            set(rows) & {("account_move", "origin_payment_id", "account_payment"),
                         ("account_move", "statement_line_id", "account_bank_statement_line")},
        )  # fmt: skip

    def test_by_json_2(self):
        invoice = self.sent()
        before = self.picture(invoice)
        key = self.make_api_key(self.user_accountant)
        headers = {"Authorization": f"bearer {key}", "Content-Type": "application/json"}
        calls = {
            "unlink": {"context": FLAGS},
            "button_draft": {"context": FLAGS},
            "button_cancel": {},
            "write": {"vals": {"name": False}, "context": FLAGS},
        }
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_model"):
            for method, body in calls.items():
                response = self.url_open(
                    f"/json/2/account.move/{method}", data=json.dumps({"ids": invoice.ids, **body}), headers=headers
                )
                self.assertEqual(response.status_code, 422, response.text[:300])
                self.assertRegex(response.json()["message"], "void it|never changed")
            line = self.url_open(
                "/json/2/account.move.line/write",
                data=json.dumps({"ids": invoice.invoice_line_ids.ids, "vals": {"price_unit": 1}, "context": FLAGS}),
                headers=headers,
            )
        self.assertEqual(line.status_code, 422)
        self.assertEqual(self.picture(invoice), before)

    # === What is still free ===

    def test_what_nobody_has_is_corrected(self):
        invoice = self.make()
        number = invoice.name
        mine = invoice.with_user(self.user_accountant)
        self.assertTrue(mine.show_reset_to_draft_button)
        with self.assertRefused("reset it to draft before you change it"):
            mine.with_context(**FLAGS).invoice_line_ids.write({"price_unit": 1})
        mine.button_draft()
        mine.invoice_line_ids.price_unit = 2000
        with self.assertRefused("number is never changed"):
            mine.name = False
        with self.assertRefused("never deleted"):
            mine.with_context(**FLAGS).unlink()
        mine.action_post()
        self.assertEqual((invoice.name, invoice.amount_untaxed), (number, 2000))
        invoice._sire_send_document("sire_billing.mail_template_invoice")
        self.assertFalse(mine.show_reset_to_draft_button)

    def test_drafts_are_deleted(self):
        draft = self.make().copy()
        draft.with_user(self.user_accountant).unlink()
        self.assertFalse(draft.exists())

    def test_vendor_bills_and_entries_are_the_hosts(self):
        entry = self.env["account.move"].create({"move_type": "entry"})
        self.assertFalse(entry._sire_get_hold())
        entry.unlink()

    def test_two_companies(self):
        stranger = self.make_user("frozen_stranger", "sire_access.group_accountant", company=self.company_2)
        with self.assertRaises(AccessError):
            self.make().with_user(stranger).button_draft()
