from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from odoo.addons.sire_payment.tests.race_common import RaceCase

from .common import BillingCommon


class CreditCommon(BillingCommon):
    def give_credit(self, amount=500, partner=None, **values):
        """The client paid something that no invoice needed."""
        payment = self.env["account.payment"].create(
            {
                "amount": amount,
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": (partner or self.client).id,
                **values,
            }
        )
        payment.action_post()
        return payment

    def left_of(self, payment):
        _liquidity, counterpart, _writeoff = payment._seek_for_lines()
        return -sum(counterpart.mapped("amount_residual_currency"))


@tagged("post_install", "-at_install")
class TestCredit(CreditCommon):
    def test_one_click(self):
        payment = self.give_credit()
        invoice = self.make_invoice().with_user(self.user_accountant)
        self.assertEqual(invoice.sire_credit, 500)
        self.assertEqual(invoice.sire_credit_text, "Acacia Lodge Ltd has KSh 500 credit.")
        invoice.action_sire_use_credit()
        self.assertEqual((invoice.amount_residual, self.left_of(payment)), (109700, 0))
        self.assertIn("KSh 500 of the client's credit was used", "".join(invoice.message_ids.mapped("body")))
        self.assertFalse(invoice.sire_credit_text)
        with self.assertRefused("has no credit"):
            invoice.action_sire_use_credit()
        self.assertEqual(invoice.amount_residual, 109700)

    def test_no_more_than_the_invoice_needs(self):
        payment = self.give_credit(200000)
        invoice = self.make_invoice()
        self.take_cash(invoice, 110000)
        invoice.with_user(self.user_accountant).action_sire_use_credit()
        self.assertEqual((invoice.amount_residual, self.left_of(payment)), (0, 199800))
        with self.assertRefused("already paid"):
            invoice.action_sire_use_credit()

    def test_oldest_first(self):
        new, old = self.give_credit(300, date=self.day(0)), self.give_credit(200, date=self.day(-5))
        invoice = self.make_invoice()
        self.take_cash(invoice, 110200 - 250)
        invoice.action_sire_use_credit()
        self.assertEqual((self.left_of(old), self.left_of(new), invoice.amount_residual), (0, 250, 0))

    def test_a_prompt_that_is_on_a_phone(self):
        payment = self.give_credit(500)
        invoice = self.make_invoice()
        self.patch(type(self.env["payment.transaction"]), "provider_code", property(lambda _tx: "card"))
        tx = self.make_prompt(invoice, 110000)
        with self.assertRefused("^Only KSh 200 is left .* KSh 110,000 is being paid"):
            invoice.with_user(self.user_accountant).action_sire_use_credit()
        self.env.invalidate_all()
        self.assertEqual((invoice.amount_residual, self.left_of(payment)), (110200, 500))
        tx.state = "cancel"
        invoice.with_user(self.user_accountant).action_sire_use_credit()
        self.assertEqual(invoice.amount_residual, 109700)

    def test_what_something_else_waits_for_is_not_offered(self):
        first, second = self.make_invoice(), self.make_invoice()
        held = self.give_credit(700, invoice_ids=[Command.set(first.ids)])
        self.assertEqual((first.sire_credit, second.sire_credit), (700, 0))
        bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        cheque = self.give_credit(
            900,
            journal_id=bank.id,
            sire_instrument="cheque",
            sire_cheque_number="5",
            sire_cheque_bank="KCB",
            sire_cheque_date=self.day(0),
        )
        self.assertEqual(second.sire_credit, 0)
        cheque.action_sire_clear()
        second.invalidate_recordset(["sire_credit"])
        self.assertEqual((second.sire_credit, self.left_of(held)), (900, 700))

    def test_of_nobody_else(self):
        other = self.env["res.partner"].create({"name": "Somebody Else"})
        self.give_credit(500, partner=other)
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.give_credit(400, currency_id=dollar.id)
        invoice = self.make_invoice()
        self.assertFalse(invoice.sire_credit_text)
        with self.assertRefused("has no credit"):
            invoice.action_sire_use_credit()

    def test_two_companies(self):
        """What the client paid to one company is no credit with the other."""
        self.load_kenyan_chart(self.company_2)
        self.env.user.company_ids |= self.company_2
        journal = self.env["account.journal"].search([("type", "=", "cash"), ("company_id", "=", self.company_2.id)])
        self.give_credit(500, journal_id=journal[:1].id, company_id=self.company_2.id)
        invoice = self.make_invoice()
        self.assertEqual(invoice.sire_credit, 0)
        with self.assertRefused("has no credit"):
            invoice.action_sire_use_credit()

    def test_not_on_a_draft_or_a_credit_note(self):
        self.give_credit()
        draft = self.make_invoice().copy()
        with self.assertRefused("not confirmed yet"):
            draft.action_sire_use_credit()
        self.assertFalse(draft.sire_credit)

    def test_who_may(self):
        self.give_credit()
        invoice = self.make_invoice()
        for user in (self.user_manager, self.user_viewer, self.user_developer):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                invoice.with_user(user).action_sire_use_credit()
        self.assertEqual(invoice.with_user(self.user_manager).sire_credit, 500, "seen by who reads the invoice")
        self.assertEqual(invoice.amount_residual, 110200)


@tagged("post_install", "-at_install")
class TestCreditByHttp(CreditCommon, HttpCase):
    def test_the_client_reads_it(self):
        self.give_credit(1200)
        order = self.make_quotation()
        invoice = self.approve(order)
        link = order._sire_get_client_url()
        self.env.flush_all()
        page = self.url_open(link[link.index("/c/") :]).text
        self.assertIn("You have KSh 1,200 credit with us. With it, KSh 109,000 is left to pay.", page)
        invoice.action_sire_use_credit()
        self.env.flush_all()
        page = self.url_open(link[link.index("/c/") :]).text
        self.assertNotIn("credit with us", page)
        self.assertIn("KSh\N{NO-BREAK SPACE}109,000", page)

    def test_json_2(self):
        self.give_credit()
        invoice = self.make_invoice()
        headers = {"Authorization": f"Bearer {self.make_api_key(self.user_accountant)}"}
        address = "/json/2/account.move/action_sire_use_credit"
        self.assertEqual(self.url_open(address, json={"ids": invoice.ids}, headers=headers).status_code, 200)
        self.assertEqual(self.url_open(address, json={"ids": invoice.ids}, headers=headers).status_code, 422)
        self.env.invalidate_all()
        self.assertEqual(invoice.amount_residual, 109700)


@tagged("post_install", "-at_install")
class TestCreditRaces(RaceCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            invoice = env["account.move"].browse(self.invoice_id)
            other = invoice.copy({"invoice_date": invoice.invoice_date})
            other.action_post()
            payment = env["account.payment"].create(
                {
                    "amount": 600,
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.partner_id,
                    "journal_id": self.journal_id,
                }
            )
            payment.action_post()
            self.other_id, self.payment_id = other.id, payment.id

    def delete_all(self, env):
        other = env["account.move"].browse(self.other_id)
        other.line_ids.remove_move_reconcile()
        other.button_draft()
        other.with_context(force_delete=True).unlink()
        super().delete_all(env)

    def use(self, invoice_id):
        return lambda env: env["account.move"].browse(invoice_id).action_sire_use_credit()

    def residuals(self):
        with self.registry.cursor() as cr:
            moves = api.Environment(cr, SUPERUSER_ID, {})["account.move"].browse([self.invoice_id, self.other_id])
            return sorted(moves.mapped("amount_residual"))

    def test_on_two_invoices_at_once(self):
        results = self.run_both(self.use(self.invoice_id), self.use(self.other_id))
        self.assertEqual(results[0], "ok")
        self.assertIn("has no credit", results[1])
        self.assertEqual(self.residuals(), [400, 1000])

    def test_twice_on_one_invoice(self):
        results = self.run_both(self.use(self.invoice_id), self.use(self.invoice_id))
        self.assertEqual(results[0], "ok")
        self.assertIn("has no credit", results[1])
        self.assertEqual(self.residuals(), [400, 1000])

    def test_while_the_counter_takes_money(self):
        """600 of credit and 600 at the counter, of 1,000: one of them is refused or takes the rest."""
        self.run_both(self.use(self.invoice_id), self.pay_at_the_counter)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            payments = env["account.payment"].search([("partner_id", "=", self.partner_id)])
            received = sum(payments.mapped("amount"))
            left = sum(-payment._seek_for_lines()[1].amount_residual for payment in payments)
            residual = env["account.move"].browse(self.invoice_id).amount_residual
            self.assertEqual(received - left, 1000 - residual)
            self.assertGreaterEqual(residual, 0)
