from datetime import date

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .late_fee_common import DECEMBER, NOVEMBER, LateFeeCommon


@tagged("post_install", "-at_install")
class TestLateFee(LateFeeCommon):
    def test_off_by_default(self):
        other = self.env["res.company"].create({"name": "Another Ltd"})
        self.assertFalse(other.sire_late_fee_on)
        self.bill(due=-40)
        self.rule(on=False)
        self.assertFalse(self.charge())
        self.assertFalse(self.env["sire.late.fee"].search([("partner_id", "=", self.client.id)]))

    def test_one_invoice_with_a_line_each(self):
        first, second = self.bill(due=-40, amount=1000), self.bill(due=-8, amount=333.33)
        self.bill(due=20)
        made = self.charge()
        self.assertEqual(len(made), 1)
        self.assertEqual((made.state, made.sire_late_fee_month, made.partner_id), ("draft", NOVEMBER, self.client))
        self.assertEqual(made.invoice_line_ids.mapped("price_unit"), [20.0, 6.67])
        self.assertEqual(made.invoice_line_ids.product_id, self.env.ref("sire_reminder.product_late_fee"))
        words = made.invoice_line_ids[0].name
        for part in (first.name, "52 days", "2%", "KSh 1,000 ", "November 2026"):
            self.assertIn(part, words)
        self.assertEqual(self.fee(second).mapped("amount"), [6.67])
        self.assertEqual(self.fee(second).fee_move_id, made)

    def test_once_a_month_and_never_on_itself(self):
        move = self.bill(due=-40)
        made = self.charge()
        made.invoice_date_due = self.today
        made.action_post()
        self.assertFalse(self.charge())
        self.assertFalse(self.charge(2026, 12, 31, 23, 59))
        again = self.charge(2027, 1, 1, 0, 1)
        self.assertEqual(again.invoice_line_ids.mapped("price_unit"), [20.0], "simple: of the invoice alone")
        self.assertEqual(self.fee(move, DECEMBER).fee_move_id, again)
        self.assertFalse(made.sire_late_fee_ids)

    def test_the_month_is_over_at_midnight_in_nairobi(self):
        self.bill(due=-40)
        self.assertFalse(self.charge(2026, 11, 30, 23, 59), "October was before it was on")
        self.assertEqual(len(self.charge(2026, 12, 1, 0, 1)), 1)

    def test_not_for_months_before_it_was_on(self):
        self.bill(due=-40)
        self.assertEqual(self.company.sire_late_fee_since, self.today)
        self.assertFalse(self.charge(2026, 11, 19, 8, 0))

    def test_days_of_grace(self):
        move = self.bill(due=-8)  # 10 November: 20 days late at the end of it
        self.rule(grace=20)
        self.assertFalse(self.charge())
        self.assertFalse(self.fee(move))
        self.rule(grace=19)
        self.assertEqual(self.charge().amount_untaxed, 20)

    def test_least_and_most(self):
        move = self.bill(due=-40)
        self.rule(least=50, most=7)
        self.assertEqual(self.charge().amount_untaxed, 50)
        self.assertEqual(self.charge(2027, 1, 1, 8, 0).amount_untaxed, 20, "70 in all")
        self.assertFalse(self.charge(2027, 2, 1, 8, 0))
        self.assertEqual(self.fee(move, date(2027, 1, 1)).reason, "The most was charged already")

    def test_fixed(self):
        self.rule(kind="fixed", fixed=500)
        self.bill(due=-40)
        self.assertEqual(self.charge().amount_untaxed, 500)

    def test_partly_paid_in_the_month(self):
        move = self.bill(due=-40)
        self.take_cash(move, 333.35)
        self.assertEqual(self.charge().amount_untaxed, 13.33)
        self.assertEqual(self.fee(move).base, 666.65)

    def test_paid(self):
        move = self.bill(due=-40)
        self.take_cash(move)
        self.assertFalse(self.charge())

    def test_only_the_instalments_that_are_late(self):
        term = self.env["account.payment.term"].create({
            "name": "Half and half",
            "line_ids": [
                Command.create({"value": "percent", "value_amount": 50, "nb_days": 0}),
                Command.create({"value": "percent", "value_amount": 50, "nb_days": 300}),
            ],
        })  # fmt: skip
        self.bill(invoice_payment_term_id=term.id)
        self.assertEqual(self.charge().amount_untaxed, 10)

    def test_in_dollars(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        usd.rate_ids.filtered(lambda rate: rate.company_id in (self.company, self.env["res.company"])).unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": usd.id, "name": "2020-01-01", "rate": 1 / 125, "company_id": self.company.id}
        )
        self.bill(due=-40)
        self.bill(due=-40, amount=99.99, currency_id=usd.id)
        self.rule(least=500)
        made = self.charge()
        self.assertEqual(
            sorted(made.mapped(lambda move: (move.currency_id.name, move.amount_untaxed))), [("KES", 500), ("USD", 4)]
        )
        self.assertEqual(made.filtered(lambda move: move.currency_id == usd).invoice_line_ids.price_unit, 4)

    def test_vat_of_the_product(self):
        product = self.env.ref("sire_reminder.product_late_fee").copy({"taxes_id": [Command.set(self.tax.ids)]})
        self.rule(product_id=product.id)
        self.bill(due=-40)
        made = self.charge()
        self.assertEqual(made.invoice_line_ids.tax_ids, self.tax)
        product.taxes_id = False
        self.charge(2027, 1, 1, 8, 0)
        made = self.env["account.move"].search([("sire_late_fee_month", "=", DECEMBER)])
        self.assertEqual((made.amount_untaxed, made.amount_total), (20, 20))

    def test_what_stops_it(self):
        pauses = self.env["sire.reminder.pause"]
        dispute, promise, free = self.bill(due=-40), self.bill(due=-40), self.bill(due=-40)
        pauses._pause(dispute, "dispute", self.company, reason="Hours")
        pauses._pause(promise, "promise", self.company, until=date(2026, 12, 4))
        made = self.charge()
        self.assertEqual(made.amount_untaxed, 20)
        self.assertEqual(self.fee(free).fee_move_id, made)
        self.assertEqual(self.fee(dispute).reason, "In dispute: Hours")
        self.assertEqual(set((self.fee(dispute) + self.fee(promise)).mapped("state")), {"skipped"})
        self.assertFalse(self.charge(2026, 12, 20, 8, 0), "what was in dispute stays free of that month")
        self.assertEqual(self.charge(2027, 1, 1, 8, 0).amount_untaxed, 40, "the promise was broken")

    def test_a_client_without(self):
        self.client.sire_late_fee_off = True
        move = self.bill(due=-40)
        self.assertFalse(self.charge())
        self.assertEqual(self.fee(move).reason, "This client has no late fees")

    def test_void_and_draft(self):
        self.bill(due=-40)._sire_void("Never ordered")
        self.bill(due=-40).copy()
        made = self.charge()
        self.assertEqual(made.amount_untaxed, 20, "of one, not of three")

    def test_what_a_live_prompt_holds(self):
        move = self.bill(due=-40)
        provider = self.env.ref("sire_mpesa.payment_provider_mpesa")
        tx = self.env["payment.transaction"].sudo().create({
            "provider_id": provider.id, "payment_method_id": self.env.ref("payment.payment_method_mpesa").id,
            "amount": 400, "currency_id": move.currency_id.id, "partner_id": self.client.id, "reference": "tx-late",
            "operation": "offline", "invoice_ids": [Command.set(move.ids)],
        })  # fmt: skip
        tx._set_pending()
        self.charge()
        self.assertEqual((self.fee(move).base, self.fee(move).amount), (600, 12))

    def test_credit_that_no_invoice_took_yet(self):
        move = self.bill(due=-40)
        payment = self.pay_on_account(250)
        self.assertTrue(payment.move_id, "the test needs an entry")
        self.charge()
        self.assertEqual(self.fee(move).base, 750)

    def test_posted_and_sent(self):
        self.rule(send=True)
        self.bill(due=-40)
        made = self.charge()
        self.assertEqual((made.state, made.invoice_date, bool(made.sire_sent_at)), ("posted", DECEMBER, True))

    def test_settings_that_make_no_sense(self):
        for values in (
            {"percent": 0},
            {"percent": -1},
            {"percent": 101},
            {"grace": -1},
            {"kind": "fixed"},
            {"least": -1},
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.rule(**values)

    def test_two_companies(self):
        other = self.env["res.company"].create(
            {
                "name": "Another Ltd",
                "country_id": self.company.country_id.id,
                "currency_id": self.company.currency_id.id,
            }
        )
        move = self.bill(due=-40)
        self.assertEqual(other._sire_late_fee_groups(), [])
        self.charge()
        fee = self.fee(move)
        self.user_accountant.write({"company_ids": [Command.link(other.id)]})
        mine = self.env["sire.late.fee"].with_user(self.user_accountant)
        self.assertIn(fee, mine.with_context(allowed_company_ids=self.company.ids).search([]))
        self.assertNotIn(fee, mine.with_context(allowed_company_ids=other.ids).search([]))
