"""What is done to an invoice of fees, or to the late invoice, after the fee was made."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .late_fee_common import DECEMBER, NOVEMBER, LateFeeCommon


@tagged("post_install", "-at_install")
class TestLateFeeKept(LateFeeCommon):
    def groups(self):
        with self.at(13):
            return self.company._sire_late_fee_groups()

    def charge_groups(self, groups):
        made = self.env["account.move"]
        with self.at(13):
            for move_ids in groups:
                made |= self.company.with_company(self.company)._sire_charge_late_fees(move_ids)
        return made

    # === BETWEEN LOOKING AND CHARGING === #

    def test_paid_since_the_job_looked(self):
        paid, partly, voided = (self.bill(due=-40) for _number in range(3))
        groups = self.groups()
        self.assertEqual(sum(map(len, groups)), 3)
        self.take_cash(paid)
        self.take_cash(partly, 400)
        voided._sire_void("Never ordered")
        made = self.charge_groups(groups)
        self.assertEqual(made.invoice_line_ids.mapped("price_unit"), [12.0])
        self.assertFalse((paid | voided).sire_late_fee_ids)

    def test_a_credit_note_makes_less_of_it(self):
        self.rule(most=2)
        move = self.bill(due=-40)
        self.credit(move, 600)
        self.charge()
        self.assertEqual((self.fee(move).base, self.fee(move).amount), (400, 8))
        self.charge(2027, 1, 1, 8, 0)
        self.assertEqual(
            self.fee(move, DECEMBER).reason, "The most was charged already", "2 % of the 400 that are owed in all"
        )

    def credit(self, move, amount):
        note = move._reverse_moves([{"invoice_date": self.today}])
        note.invoice_line_ids.price_unit = amount
        note.action_post()
        (move | note).line_ids.filtered(lambda line: line.display_type == "payment_term").reconcile()
        return note

    # === ONE INVOICE A CLIENT AND MONTH === #

    def test_the_database_keeps_one_invoice_for_a_client_and_month(self):
        first, second = self.bill(due=-40), self.bill(due=-40)
        self.charge_groups([first.ids])
        with (
            patch.object(type(self.company), "_sire_has_late_fees", lambda *args: False),
            mute_logger("odoo.sql_db"),
        ):
            self.assertFalse(self.charge_groups([second.ids]))
        self.assertTrue(self.fee(first).fee_move_id)
        self.assertFalse(self.fee(second))

    # === A FEE ON A FEE === #

    def test_an_invoice_made_again_is_of_fees_still(self):
        self.bill(due=-40)
        made = self.charge()
        made.action_post()
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.user_accountant)
            .with_context(active_model="account.move", active_ids=made.ids)
            .create({"journal_id": made.journal_id.id, "reason": "Again"})
        )
        with self.assertRefused("late fees"):
            wizard.modify_moves()
        with self.assertRefused("late fees"):
            made.with_user(self.user_accountant).copy()
        self.assertEqual(made.payment_state, "not_paid")

    # === THE DRAFT === #

    def test_a_draft_stays_the_clients(self):
        self.bill(due=-40)
        made = self.charge().with_user(self.user_accountant)
        other = self.env["res.partner"].create({"name": "Baobab Ltd"})
        contact = self.env["res.partner"].create({"name": "Till", "parent_id": self.client.id})
        usd = self.env.ref("base.USD")
        usd.active = True
        for values in (
            {"partner_id": other.id},
            {"currency_id": usd.id},
            {"move_type": "out_refund"},
            {"company_id": self.company_2.id},
        ):
            with self.assertRefused("late fees|company"), self.env.cr.savepoint():
                made.write(values)
        made.partner_id = contact
        self.assertEqual((made.partner_id, made.currency_id.name), (contact, "KES"))

    def test_what_is_charged_is_what_the_invoice_says(self):
        move, other = self.bill(due=-40), self.bill(due=-40)
        made = self.charge()
        made.invoice_line_ids.filtered(lambda line: line == self.fee(move).line_id).price_unit = 5
        made.action_post()
        self.assertEqual((self.fee(move).amount, self.fee(other).amount), (5, 20))

    def test_a_price_with_vat(self):
        tax = self.tax.copy({"name": "16% incl.", "price_include_override": "tax_included"})
        product = self.env.ref("sire_reminder.product_late_fee").copy({"taxes_id": [Command.set(tax.ids)]})
        self.rule(product_id=product.id)
        move = self.bill(due=-40)
        made = self.charge()
        self.assertEqual(made.amount_untaxed, self.fee(move).amount, "a fee is before VAT, as the row says")

    def test_a_cancelled_draft_does_not_come_back(self):
        move = self.bill(due=-40)
        made = self.charge()
        made.button_cancel()
        with self.assertRefused("waived"):
            made.button_draft()
        self.assertEqual((made.state, self.fee(move).state), ("cancel", "waived"))

    def test_a_late_invoice_that_is_void_has_no_fee(self):
        move, other = self.bill(due=-40), self.bill(due=-40)
        made = self.charge()
        move._sire_void("Never ordered")
        self.assertEqual((self.fee(move).state, self.fee(move).reason), ("waived", "Never ordered"))
        self.assertEqual(made.amount_untaxed, 20)
        other._sire_void("Never ordered")
        self.assertFalse(made.exists())

    def test_a_late_invoice_that_is_void_while_its_fee_was_taken_back(self):
        """A draft that has a number is never deleted: it is cancelled."""
        move, other = self.bill(due=-40), self.bill(due=-40)
        made = self.charge()
        made.action_post()
        number = made.name
        made.button_draft()
        move._sire_void("Never ordered")
        self.assertEqual(made.amount_untaxed, 20)
        other._sire_void("Never ordered")
        self.assertEqual((made.state, made.name, len(made.invoice_line_ids)), ("cancel", number, 0))
        self.assertEqual(set((self.fee(move) | self.fee(other)).mapped("state")), {"waived"})

    def test_a_late_invoice_that_is_void_after_its_fee_was_posted(self):
        """Its line stands on a paper that the client has: it is said, and somebody decides."""
        move = self.bill(due=-40)
        made = self.charge()
        made.action_post()
        move._sire_void("Never ordered")
        self.assertEqual((made.sire_status, self.fee(move).state), ("unpaid", "charged"))
        self.assertIn(made.name, str(move.message_ids[0].body))

    # === WHAT CANNOT BE POSTED === #

    def test_a_fee_that_cannot_be_posted_stays_a_draft(self):
        self.rule(send=True)
        move = self.bill(due=-40)

        def refuse(moves):
            raise UserError("The books are closed")

        with patch.object(type(move), "action_post", refuse):
            made = self.charge()
        self.assertEqual((made.state, self.fee(move).state), ("draft", "charged"))
        self.assertIn("The books are closed", str(made.message_ids.mapped("body")))

    # === FORGED === #

    def test_defaults_of_the_caller_do_not_count(self):
        move, other = self.bill(due=-40), self.bill(due=-40)
        forged = {
            "default_amount": 500.0,
            "default_base": 9.0,
            "default_line_id": other.invoice_line_ids.id,
            "default_fee_move_id": other.id,
        }
        waiver = (
            self.env["sire.late.fee.waiver"]
            .with_user(self.user_accountant)
            .create({"move_id": move.id, "month": NOVEMBER, "reason": "Friends"})
        )
        waiver.with_context(**forged).action_confirm()
        fee = self.fee(move)
        self.assertEqual((fee.amount, fee.base, fee.line_id.ids, fee.fee_move_id.ids), (0, 0, [], []))

    def test_a_product_of_another_company(self):
        product = self.env["product.product"].create({"name": "Fee", "company_id": self.company_2.id})
        with self.assertRefused("another company|company"):
            self.rule(product_id=product.id)
