"""Void with a reason, and credit notes that stay within their invoice."""

import json

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.sire_base.utils.eat import eat_today

from .common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoiceVoid(BillingCommon, HttpCase):
    def make(self, *prices, taxes=None, **values):
        lines = [
            Command.create(
                {
                    "name": f"Work {index}",
                    "price_unit": price,
                    "tax_ids": [Command.set(taxes[index].ids if taxes else [])],
                }
            )
            for index, price in enumerate(prices or (1000,))
        ]
        invoice = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.client.id, "invoice_line_ids": lines, **values}
        )
        invoice.action_post()
        return invoice

    def note(self, invoice, price=None, **values):
        """A credit note as a person makes one by hand, through no wizard."""
        return self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": invoice.partner_id.id,
                "reversed_entry_id": invoice.id,
                "invoice_line_ids": [
                    Command.create({"name": "Back", "price_unit": price, "tax_ids": [Command.clear()]})
                ],
                **values,
            }
        )

    def void(self, invoice, reason="Billed to the wrong company", user=None):
        action = invoice.with_user(user or self.user_accountant).action_sire_void()
        wizard = self.env[action["res_model"]].with_user(user or self.user_accountant)
        wizard.with_context(**action["context"]).create({"reason": reason}).action_confirm()
        return invoice.reversal_move_ids

    def test_void(self):
        invoice = self.make()
        note = self.void(invoice)
        self.assertEqual((note.state, note.amount_total, note.move_type), ("posted", 1000, "out_refund"))
        self.assertEqual((invoice.state, invoice.amount_residual, invoice.sire_status), ("posted", 0, "void"))
        self.assertEqual(invoice.sire_void_reason, "Billed to the wrong company")
        self.assertEqual(note.sire_void_reason, invoice.sire_void_reason)
        self.assertEqual(note.create_uid, self.user_accountant)
        self.assertIn("wrong company", invoice.message_ids[0].body)
        for document in (invoice, note):
            html, _kind = self.env["ir.actions.report"]._render_qweb_html("account.account_invoices", document.ids)
            self.assertIn("Billed to the wrong company", html.decode())
        self.assertEqual(invoice._sire_get_stamp(), ("Void", "danger"))
        self.assertFalse(invoice._sire_get_pay_box())

    def history(self, order, before=0):
        """What the quotation says, the latest last."""
        messages = order.message_ids.filtered(lambda message: message.id > before).sorted("id")
        return [str(body).removeprefix("<p>").removesuffix("</p>") for body in messages.mapped("body")]

    def test_the_quotation_says_void_and_not_paid(self):
        invoice = self.make_invoice()
        order = invoice.sire_order_id
        before = max(order.message_ids.ids)
        self.void(invoice)
        self.assertEqual(self.history(order, before), [f"Invoice {invoice.name} is void: Billed to the wrong company"])
        self.assertEqual(order.message_ids[:1].author_id, self.user_accountant.partner_id)

    def test_the_quotation_does_not_call_a_credit_note_paid(self):
        invoice = self.make_invoice()
        order = invoice.sire_order_id
        self.take_cash(invoice, 10)
        before = max(order.message_ids.ids)
        note = invoice._reverse_moves([{"invoice_date": self.day(0)}])
        note.invoice_line_ids[1:].unlink()
        note.invoice_line_ids.write({"price_unit": 100, "quantity": 1})
        note.action_post()
        (invoice | note).line_ids.filtered(lambda line: line.display_type == "payment_term").reconcile()
        self.assertEqual(self.history(order, before), [f"Credit note {note.name} is settled"])
        self.take_cash(invoice, invoice.amount_residual)
        self.assertEqual(self.history(order, before)[1:], [f"Invoice {invoice.name} paid"])

    def test_from_the_menu_of_actions(self):
        """What is rare stands there and not in the header; for who books invoices, and the methods ask again."""
        invoice = self.make()
        context = {"active_model": "account.move", "active_id": invoice.id, "active_ids": invoice.ids}
        models = {"void": "sire.invoice.void.wizard", "receive_payment": "sire.cash.payment.wizard"}
        for name, model in {**models, "credit_note": "account.move.reversal"}.items():
            action = self.env.ref(f"sire_billing.action_sire_{name}")
            with self.subTest(name=name):
                opened = action.with_user(self.user_accountant).with_context(**context).run()
                self.assertEqual(opened["res_model"], model)
                for user in (self.user_viewer, self.user_developer):
                    shown = self.env["ir.actions.actions"].with_user(user).get_bindings("account.move")["action"]
                    self.assertNotIn(action.id, [one["id"] for one in shown])
                    with self.assertRaises(AccessError):
                        action.with_user(user).with_context(**context).run()

    def test_void_is_void_for_ever(self):
        invoice = self.make()
        note = self.void(invoice)
        with self.assertRefused("is void already"):
            invoice._sire_void("Again")
        with self.assertRefused("stays so"):
            invoice.line_ids.remove_move_reconcile()
        with self.assertRefused("counted for"):
            note.button_draft()
        with self.assertRefused("Only KSh 0 of .* is left to credit"):
            self.note(invoice, 1).action_post()
        self.assertEqual((invoice.sire_status, invoice.amount_residual), ("void", 0))

    def test_refused_in_a_sentence(self):
        invoice = self.make()
        for reason in ("", "  ", "\x00", "no"):
            with self.assertRefused("Write why"):
                invoice._sire_void(reason)
        with self.assertRefused("at most 250"):
            invoice._sire_void("x" * 251)
        with self.assertRefused("Only a confirmed invoice"):
            invoice.copy()._sire_void("Draft")
        self.take_cash(invoice, 400)
        with self.assertRefused("Money was received for .* give it back first, or make a credit note for the KSh 600"):
            invoice.action_sire_void()
        with self.assertRefused("Money was received"):
            invoice._sire_void("Paid already")
        with self.assertRefused("Money was received"):
            self.reversal(invoice).modify_moves()
        partly = self.make()
        self.note(partly, 300).action_post()
        with self.assertRefused(r"partly credited already \(R?INV.*\): make a credit note for the rest"):
            partly._sire_void("Not wanted")
        self.assertEqual((invoice.amount_residual, partly.amount_residual), (600, 700))

    def test_refused_while_a_prompt_is_live(self):
        invoice = self.make()
        prompt = self.make_prompt(invoice, 100)
        self.patch(type(prompt), "_sire_get_held", lambda tx: (100.0, tx.currency_id))
        with self.assertRefused("cannot be voided now: KSh 100 is being paid"):
            invoice._sire_void("Too late")
        self.assertEqual(invoice.sire_status, "unpaid")

    def reversal(self, invoice, **values):
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
        return wizard.create({"journal_id": invoice.journal_id.id, **values})

    def test_voided_after_midnight_in_nairobi(self):
        with freeze_time("2026-12-31 21:30:00"):
            invoice = self.make()
            note = invoice._sire_void("Wrong year")
            self.assertEqual((str(note.invoice_date), str(invoice.invoice_date)), ("2027-01-01", "2027-01-01"))
            self.assertEqual(note.state, "posted")

    def test_credit_notes_stay_within_the_total(self):
        invoice = self.make(1000)
        self.note(invoice, 600).action_post()
        second = self.note(invoice, 400.01)
        with self.assertRefused(
            "Only KSh 400 of INV.* is left to credit: it is for KSh 1,000, and KSh 600 is credited"
        ):
            second.action_post()
        with self.assertRefused("confirmed by its button"):
            second.with_user(self.user_accountant).write({"state": "posted"})
        second.invoice_line_ids.price_unit = 400
        second.action_post()
        self.assertEqual(invoice.sire_status, "credited")
        whole = self.reversal(invoice)
        whole.refund_moves()
        with self.assertRefused("Only KSh 0"):
            whole.new_move_ids.action_post()
        third, fourth = self.note(self.make(100), 60), self.note(invoice, 60)
        with self.assertRefused("Only KSh 0"):
            (third | fourth).action_post()
        self.assertEqual(third.state, "draft")

    def test_two_notes_of_one_batch(self):
        invoice = self.make(1000)
        both = self.note(invoice, 600) | self.note(invoice, 600)
        with self.assertRefused("Only KSh 1,000"):
            both.action_post()

    def test_credit_notes_stay_within_each_tax(self):
        zero = self.env["account.tax"].create({"name": "Zero", "amount": 0, "type_tax_use": "sale"})
        invoice = self.make(1000, 1000, taxes=[self.tax, zero])
        self.assertEqual(invoice.amount_total, 2160)
        wrong = self.note(invoice, 1)
        wrong.invoice_line_ids.write({"price_unit": 1500, "tax_ids": [Command.set(self.tax.ids)]})
        with self.assertRefused("More would be credited with .* than INV"):
            wrong.action_post()
        untaxed = self.note(invoice, 500)
        with self.assertRefused("with no tax than"):
            untaxed.action_post()
        for _part in range(3):
            part = self.note(invoice, 333.33)
            part.invoice_line_ids.tax_ids = self.tax
            part.action_post()
        rest = self.note(invoice, 0.01)
        rest.invoice_line_ids.tax_ids = self.tax
        rest.action_post()
        more = self.note(invoice, 0.01)
        more.invoice_line_ids.tax_ids = self.tax
        with self.assertRefused("More would be credited"):
            more.action_post()

    def test_not_for_somebody_else(self):
        other = self.env["res.partner"].create({"name": "Other"})
        with self.assertRefused("is for the client of"):
            self.note(self.make(), 10, partner_id=other.id).action_post()

    def test_the_link_to_the_invoice_stays(self):
        """Else a second credit note would not know of the first."""
        invoice = self.make()
        note = self.note(invoice, 900)
        note.action_post()
        with self.assertRefused("note"):
            note.with_context(skip_readonly_check=True).reversed_entry_id = False
        with self.assertRefused("Only KSh 100"):
            self.note(invoice, 200).action_post()

    def test_by_json_2(self):
        invoice = self.make()
        note = self.note(invoice, 1500)
        headers = {
            "Authorization": f"bearer {self.make_api_key(self.user_accountant)}",
            "Content-Type": "application/json",
        }
        with mute_logger("odoo.http"):
            response = self.url_open(
                "/json/2/account.move/action_post", data=json.dumps({"ids": note.ids}), headers=headers
            )
        self.assertEqual(response.status_code, 422)
        self.assertIn("Only KSh 1,000", response.json()["message"])

    def test_by_role(self):
        for user in (self.user_manager, self.user_viewer, self.user_developer):
            invoice = self.make()
            with self.subTest(user.name), self.assertRaises(AccessError):
                invoice.with_user(user)._sire_void("May not")
            with self.subTest(user.name), self.assertRaises(AccessError):
                invoice.with_user(user).action_sire_void()
        self.void(self.make(), user=self.user_admin)

    def test_its_day_is_nairobis(self):
        invoice = self.make()
        self.assertEqual(self.void(invoice).invoice_date, eat_today())

    def test_two_companies(self):
        stranger = self.make_user("void_stranger", "sire_access.group_accountant", company=self.company_2)
        with self.assertRaises(AccessError):
            self.make().with_user(stranger)._sire_void("Not mine")
