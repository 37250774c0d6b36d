from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged

from odoo.addons.sire_base.utils.eat import eat_to_utc
from odoo.addons.sire_billing.tests.common import BillingCommon

from .common import ReminderCommon

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


class LateFeeCommon(ReminderCommon):
    """Switched on on 18 November: 2 % a month, no grace, no least, no most. Fees of November are made in December."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.move"].search([("move_type", "=", "out_invoice")]).commercial_partner_id.write(
            {"sire_late_fee_off": True}
        )
        cls.client.sire_late_fee_off = False
        cls.rule(on=True, percent=2, grace=0, least=0, most=0)

    @classmethod
    def rule(cls, **values):
        cls.company.write({f"sire_late_fee_{name}": value for name, value in values.items()})

    @classmethod
    def charge(cls, *moment, company=None):
        """What the job does for one company, on the test's own transaction.

        :param moment: in Nairobi; 1 December, 8:00 when left out
        :return: the invoices of fees that it made
        """
        company = company or cls.company
        made = cls.env["account.move"]
        with freeze_time(eat_to_utc(datetime(*(moment or (2026, 12, 1, 8, 0))))):
            for move_ids in company._sire_late_fee_groups():
                made |= company.with_company(company)._sire_charge_late_fees(move_ids)
        return made.filtered(lambda move: move.partner_id.commercial_partner_id == cls.client)

    def fee(self, move, month=NOVEMBER):
        return move.sire_late_fee_ids.filtered(lambda fee: fee.month == month)


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
        payment = self.env["account.payment"].create({
            "payment_type": "inbound", "partner_type": "customer", "partner_id": self.client.id, "amount": 250,
            "journal_id": self.env["account.journal"].search(
                [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1).id,
        })  # fmt: skip
        payment.action_post()
        self.assertTrue(payment.move_id, "the test needs an entry")
        self.charge()
        self.assertEqual(self.fee(move).base, 750)

    def test_posted_and_sent(self):
        self.rule(send=True)
        self.bill(due=-40)
        made = self.charge()
        self.assertEqual((made.state, made.invoice_date, bool(made.sire_sent_at)), ("posted", DECEMBER, True))

    def test_settings_that_make_no_sense(self):
        for values in ({"percent": 0}, {"percent": -1}, {"percent": 101}, {"grace": -1}, {"kind": "fixed"}, {"least": -1}):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.rule(**values)

    def test_two_companies(self):
        other = self.env["res.company"].create(
            {"name": "Another Ltd", "country_id": self.company.country_id.id, "currency_id": self.company.currency_id.id}
        )
        move = self.bill(due=-40)
        self.assertEqual(other._sire_late_fee_groups(), [])
        self.charge()
        fee = self.fee(move)
        self.user_accountant.write({"company_ids": [Command.link(other.id)]})
        mine = self.env["sire.late.fee"].with_user(self.user_accountant)
        self.assertIn(fee, mine.with_context(allowed_company_ids=self.company.ids).search([]))
        self.assertNotIn(fee, mine.with_context(allowed_company_ids=other.ids).search([]))


@tagged("post_install", "-at_install")
class TestWaive(LateFeeCommon):
    def waive(self, move, reason="They are friends", user=None, month=NOVEMBER):
        return self.env["sire.late.fee"].with_user(user or self.user_accountant)._waive(move, month, reason)

    def test_before(self):
        move = self.bill(due=-40)
        self.waive(move, month=NOVEMBER + timedelta(days=12))
        self.assertFalse(self.charge())
        self.assertEqual((self.fee(move).state, self.fee(move).reason), ("waived", "They are friends"))
        self.assertEqual(self.charge(2027, 1, 1, 8, 0).amount_untaxed, 20, "of that month alone")
        with self.assertRefused("no late fee"):
            self.waive(move)

    def test_a_line_of_a_draft(self):
        move, other = self.bill(due=-40), self.bill(due=-40)
        made = self.charge()
        self.waive(move)
        self.assertEqual(made.amount_untaxed, 20)
        self.assertEqual((self.fee(move).state, self.fee(other).state), ("waived", "charged"))
        self.waive(other)
        self.assertFalse(made.exists())
        self.assertFalse(self.charge())

    def test_a_draft_that_somebody_deletes(self):
        move = self.bill(due=-40)
        self.charge().with_user(self.user_accountant).unlink()
        self.assertEqual((self.fee(move).state, self.fee(move).fee_move_id.ids), ("waived", []))
        self.assertFalse(self.charge())

    def test_a_posted_one_is_void(self):
        move = self.bill(due=-40)
        made = self.charge()
        made.action_post()
        self.waive(move)
        self.assertEqual((made.sire_status, made.sire_void_reason), ("void", "They are friends"))
        self.assertEqual(self.fee(move).state, "waived")
        self.assertFalse(self.charge())

    def test_void_is_waived(self):
        move = self.bill(due=-40)
        made = self.charge()
        made.action_post()
        made._sire_void("A mistake of ours")
        self.assertEqual((self.fee(move).state, self.fee(move).reason), ("waived", "A mistake of ours"))

    def test_what_is_refused(self):
        move = self.bill(due=-40)
        for reason in ("", "  x ", "x" * 251, None):
            with self.assertRefused("reason|why"):
                self.waive(move, reason)
        with self.assertRefused("this month or the one before"):
            self.waive(move, month=date(2026, 9, 1))
        with self.assertRefused("confirmed invoice"):
            self.waive(move.copy())
        self.assertFalse(move.sire_late_fee_ids)


@tagged("post_install", "-at_install")
class TestLateFeeRoles(LateFeeCommon, HttpCase):
    def test_who_reads_and_nobody_writes(self):
        for role, user in self.roles.items():
            fees = self.env["sire.late.fee"].with_user(user)
            self.assertEqual(fees.has_access("read"), role != "developer", role)
            for mode in ("create", "write", "unlink"):
                self.assertFalse(fees.has_access(mode), (role, mode))

    def test_who_waives(self):
        for role, user in self.roles.items():
            move = self.bill(due=-40)
            for ask in (
                move.with_user(user).action_sire_waive_late_fee,
                lambda move=move, user=user: self.env["sire.late.fee"].with_user(user)._waive(move, NOVEMBER, "Friends"),
            ):
                if role in ("admin", "accountant"):
                    ask()
                else:
                    with self.assertRaises(AccessError):
                        ask()
            self.assertEqual(bool(move.sire_late_fee_ids), role in ("admin", "accountant"))

    def test_an_invoice_opens_for_all_who_may_read_it(self):
        move = self.bill(due=-40)
        self.charge()
        for role in ("admin", "accountant", "manager", "viewer"):
            values = move.with_user(self.roles[role]).web_read({"sire_late_fee_said": {}})
            self.assertEqual("KSh 20", values[0]["sire_late_fee_said"])

    def test_the_choice_of_a_client_is_the_accountants(self):
        self.client.with_user(self.user_accountant).sire_late_fee_off = True
        with self.assertRaises(AccessError):
            self.client.with_user(self.user_manager).sire_late_fee_off = False

    def test_the_mark_of_a_fee_invoice_is_not_written(self):
        move = self.bill(due=-40)
        moves = self.env["account.move"].with_user(self.user_accountant)
        for ask in (
            lambda: move.with_user(self.user_accountant).write({"sire_late_fee_month": NOVEMBER}),
            lambda: moves.create({"move_type": "out_invoice", "sire_late_fee_month": NOVEMBER}),
            lambda: moves.with_context(default_sire_late_fee_month=NOVEMBER).create({"move_type": "out_invoice"}),
        ):
            with self.assertRefused("waived, not written", UserError):
                ask()


@tagged("post_install", "-at_install")
class TestLateFeeJson2(BillingCommon, HttpCase):
    def test_json_2(self):
        """The same by the address that programs use."""
        move = self.make_invoice()
        fee = self.env["sire.late.fee"]._waive(move, self.day(0), "They are friends")
        keys = {role: self.make_api_key(user) for role, user in self.roles.items()}

        def ask(role, model, method, **body):
            return self.url_open(
                f"/json/2/{model}/{method}", json=body, headers={"Authorization": f"Bearer {keys[role]}"}
            )

        for role in self.roles:
            self.opener.cookies.clear()
            self.assertEqual(ask(role, fee._name, "write", ids=fee.ids, vals={"amount": 1}).status_code, 403, role)
            self.assertEqual(ask(role, fee._name, "unlink", ids=fee.ids).status_code, 403, role)
            self.assertNotEqual(
                ask(role, fee._name, "_waive", move=move.id, month="2026-11-01", reason="Friends").status_code, 200
            )
        answer = ask("accountant", "account.move", "write", ids=move.ids, vals={"sire_late_fee_month": "2026-11-01"})
        self.assertGreaterEqual(answer.status_code, 400)
        self.assertIn("waived, not written", answer.text)
        self.env.invalidate_all()
        self.assertEqual((fee.amount, fee.state, move.sire_late_fee_month), (0, "waived", False))
