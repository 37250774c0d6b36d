from odoo.tests import tagged

from odoo.addons.sire_base.utils.eat import eat_today, utc_to_eat

from ..builder.payments import receipt_number
from ..story.clients import CLIENTS
from ..story.people import USERS
from ..story.projects_done import FINISHED
from ..story.projects_open import ONGOING
from .common import DemoCommon

STORY = FINISHED + ONGOING
QUOTES = [phase.quote for project in STORY for phase in project.phases if phase.quote]


@tagged("post_install", "-at_install")
class TestDemoStory(DemoCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        made = cls.env["ir.model.data"].search([("module", "=", "sire_demo"), ("model", "=", "project.project")])
        cls.projects = cls.env["project.project"].browse(made.mapped("res_id"))
        cls.orders = cls.env["sale.order"].search([("project_id", "in", cls.projects.ids)])
        cls.invoices = cls.env["account.move"].search([("sire_project_id", "in", cls.projects.ids)])
        cls.payments = cls.invoices.matched_payment_ids

    def test_a_kenyan_company(self):
        self.assertEqual(self.company.name, "SIRE TECH Ltd")
        self.assertEqual(self.company.country_id.code, "KE")
        self.assertEqual(self.company.currency_id.name, "KES")
        self.assertEqual(self.company.chart_template, "ke")
        self.assertTrue(self.company.vat and self.company.phone and self.company.email and self.company.logo)

    def test_five_roles(self):
        privilege = self.env.ref("sire_access.privilege_sire")
        for login, name, group, _job, _phone in USERS:
            user = self.users.filtered(lambda one: one.login == login)  # noqa: B023
            with self.subTest(login=login):
                self.assertEqual(user.name, name)
                self.assertEqual(user.tz, "Africa/Nairobi")
                own = user.group_ids.filtered(lambda one: one.privilege_id == privilege)
                self.assertEqual(own, self.env.ref(f"sire_access.{group}"), "one role a person")
        developer = self.env.ref("sire_demo.user_developer")
        self.assertFalse(developer.has_group("sire_access.group_see_money"))
        self.assertFalse(self.env.ref("sire_demo.user_viewer").has_group("account.group_account_invoice"))

    def test_a_dozen_clients_and_projects(self):
        self.assertEqual(len(CLIENTS), 12)
        self.assertEqual(len(self.projects), len(STORY))
        self.assertEqual(self.projects.partner_id, self.env["res.partner"].browse(self.projects.partner_id.ids))
        self.assertEqual(len(self.projects.partner_id), 12, "every client has a project")
        self.assertEqual(
            sorted(self.projects.mapped("sire_status")),
            sorted(["finished"] * len(FINISHED) + ["ongoing"] * len(ONGOING)),
        )

    def test_invented_addresses_alone(self):
        clients = self.projects.partner_id
        for partner in clients | clients.child_ids | self.users.partner_id | self.company.partner_id:
            self.assertTrue(partner.email.endswith(".example"), partner.email)

    def test_every_outcome_is_there(self):
        for outcome in ("draft", "sent", "approved", "declined", "expired"):
            expected = sum(1 for quote in QUOTES if quote.outcome == outcome)
            self.assertGreaterEqual(expected, 2, outcome)
            state = "viewed" if outcome == "sent" else outcome  # every client of the story opened what he got
            self.assertEqual(self.env["sale.order"].search_count(
                [("id", "in", self.orders.ids), ("sire_state", "=", state)]), expected, outcome)  # fmt: skip

    def test_balances_agree(self):
        self.assertEqual(len(self.invoices), sum(1 for quote in QUOTES if quote.outcome == "approved"))
        for invoice in self.invoices:
            order = invoice.sire_order_id
            story_total = sum(line.product_uom_qty * line.price_unit for line in order.order_line)
            self.assertAlmostEqual(order.amount_untaxed, story_total)
            self.assertAlmostEqual(order.amount_total, story_total * 1.16, msg="VAT 16 % on everything")
            self.assertEqual(invoice.amount_total, order.amount_total)
            self.assertEqual(invoice.state, "posted")
            paid = sum(invoice.matched_payment_ids.mapped("amount"))
            self.assertAlmostEqual(invoice.amount_residual, invoice.amount_total - paid)
            self.assertGreaterEqual(invoice.amount_residual, 0)
            self.assertAlmostEqual(invoice._sire_get_payable(), invoice.amount_residual, msg="nothing is held")
        states = set(self.invoices.mapped("payment_state"))
        self.assertLessEqual({"paid", "partial", "not_paid"}, states)

    def test_the_ledger_agrees(self):
        lines = self.env["account.move.line"].search(
            [("partner_id", "in", self.projects.partner_id.ids), ("account_id.account_type", "=", "asset_receivable"),
             ("parent_state", "=", "posted")]
        )  # fmt: skip
        self.assertAlmostEqual(sum(lines.mapped("balance")), sum(self.invoices.mapped("amount_residual")))

    def test_the_past_is_past(self):
        today = eat_today()
        for invoice in self.invoices:
            self.assertLessEqual(invoice.invoice_date, today)
            self.assertLessEqual(invoice.sire_order_id.sire_sent_at, invoice.sire_order_id.signed_on)
            for payment in invoice.matched_payment_ids:
                self.assertLessEqual(payment.date, today)
        self.assertGreater((today - min(self.invoices.mapped("invoice_date"))).days, 300, "a year of invoices")
        self.assertTrue(self.invoices.filtered(lambda one: one.invoice_date_due < today and one.amount_residual))

    def test_every_month_has_invoices(self):
        """Whatever day the demo is installed on: no two approvals are a whole month apart."""
        days = sorted({quote.decided for quote in QUOTES if quote.outcome == "approved"})
        gaps = [after - before for before, after in zip(days, days[1:], strict=False)]
        self.assertLessEqual(max(gaps), 26, "a weekend moves an approval by two days")
        months = {invoice.invoice_date.strftime("%Y-%m") for invoice in self.invoices}
        self.assertGreaterEqual(len(months), 11)

    def test_times_of_people(self):
        sent = self.orders.filtered("sire_sent_at")
        times = [utc_to_eat(order.sire_sent_at) for order in sent]
        self.assertGreater(len({(time.hour, time.minute) for time in times}), len(sent) / 2)
        for order, time in zip(sent, times, strict=True):
            self.assertTrue(8 <= time.hour < 17 and time.weekday() < 5, time)
            self.assertLessEqual(order.date_order if order.state != "sale" else order.sire_sent_at, order.sire_sent_at)
            self.assertLessEqual(order.sire_sent_at, order.sire_opened_at)
        days = [
            utc_to_eat(date).date() for date in (self.orders.message_ids | self.invoices.message_ids).mapped("date")
        ]
        self.assertFalse([day for day in days if day >= eat_today()], "what is past was told then")
        for tx in self.payments.payment_transaction_id:
            self.assertEqual(utc_to_eat(tx.mpesa_paid_at).date(), tx.payment_id.date)
            self.assertEqual(tx.create_date, tx.mpesa_paid_at)
            self.assertEqual(tx.last_state_change, tx.mpesa_paid_at)

    def test_every_way_to_pay(self):
        transactions = self.payments.payment_transaction_id
        self.assertTrue(transactions)
        self.assertEqual(set(transactions.mapped("state")), {"done"})
        receipts = transactions.mapped("provider_reference")
        self.assertEqual(len(receipts), len(set(receipts)), "a receipt number is used once")
        cash = self.payments.filtered("sire_receipt_number")
        self.assertGreaterEqual(len(cash), 3)
        numbers = sorted(int(number[-4:]) for number in cash.mapped("sire_receipt_number"))
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))), "receipts have no gap")

    def test_no_mail_waits_or_was_sent(self):
        about = [("model", "in", ("sale.order", "account.move", "project.project", "project.task"))]
        self.assertFalse(self.env["mail.mail"].search(about))

    def test_nobody_outside_is_told_of_it(self):
        self.assertFalse(self.env.ref("mail.ir_cron_module_update_notification").active)
        self.assertTrue(self.env["ir.config_parameter"].get_param("iap.endpoint").startswith("http://127.0.0.1:"))
        self.assertFalse(self.env["mail.link.preview"]._is_link_preview_enabled())

    def test_receipt_numbers_look_like_safaricoms(self):
        day = eat_today()
        numbers = {receipt_number(day, seed) for seed in range(200)}
        self.assertEqual(len(numbers), 200)
        for number in numbers:
            self.assertRegex(number, r"^[A-Z][A-L][1-9A-V][A-Z0-9]{7}$")
