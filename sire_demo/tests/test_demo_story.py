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
        documents = cls.env["account.move"].search([("sire_project_id", "in", cls.projects.ids)])
        cls.invoices = documents.filtered(lambda move: move.move_type == "out_invoice")
        cls.notes = documents - cls.invoices
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
        approved = [quote for quote in QUOTES if quote.outcome == "approved"]
        parts = [part for quote in approved for part in quote.plan]
        self.assertEqual(
            len(self.invoices),
            sum(1 for quote in approved if not quote.plan) + sum(1 for part in parts if self.is_invoiced(part)),
        )
        for order in self.invoices.sire_order_id:
            story_total = sum(line.product_uom_qty * line.price_unit for line in order.order_line)
            self.assertAlmostEqual(order.amount_untaxed, story_total)
            self.assertAlmostEqual(order.amount_total, story_total * 1.16, msg="VAT 16 % on everything")
            parts = order.sire_instalment_ids
            expected = sum(parts.filtered("move_id").mapped("amount")) if parts else order.amount_total
            invoices = self.invoices.filtered(lambda one: one.sire_order_id == order)  # noqa: B023
            self.assertAlmostEqual(sum(invoices.mapped("amount_total")), expected)
        for invoice in self.invoices:
            self.assertEqual(invoice.state, "posted")
            paid = sum(invoice.matched_payment_ids.mapped("amount")) - self.get_credit(invoice.matched_payment_ids)
            credited = sum(invoice.reversal_move_ids.mapped("amount_total"))
            self.assertAlmostEqual(invoice.amount_residual, invoice.amount_total - paid - credited)
            self.assertGreaterEqual(invoice.amount_residual, 0)
            self.assertAlmostEqual(invoice._sire_get_payable(), invoice.amount_residual, msg="nothing is held")
        states = set(self.invoices.mapped("sire_status"))
        self.assertLessEqual({"paid", "partial", "unpaid", "overdue", "void"}, states)

    def is_invoiced(self, part):
        """Whether a part of a plan has its invoice: the deposit at once, the others when the story says so."""
        return part.invoiced is not None or (bool(part.percent) and not part.milestone)

    def get_credit(self, payments):
        """:return: what no invoice needed of payments"""
        lines = payments.move_id.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        return -sum(lines.mapped("amount_residual"))

    def test_the_ledger_agrees(self):
        lines = self.env["account.move.line"].search(
            [("partner_id", "in", self.projects.partner_id.ids), ("account_id.account_type", "=", "asset_receivable"),
             ("parent_state", "=", "posted")]
        )  # fmt: skip
        credit = self.get_credit(self.payments)
        self.assertAlmostEqual(sum(lines.mapped("balance")), sum(self.invoices.mapped("amount_residual")) - credit)

    def test_a_revision_replaces_what_was_sent(self):
        revision = self.orders.filtered("sire_previous_id")
        previous = revision.sire_previous_id
        self.assertEqual((previous.sire_state, revision.sire_state), ("superseded", "viewed"))
        self.assertEqual(revision.name, f"{previous.name}/2")
        self.assertLess(revision.amount_total, previous.amount_total)
        self.assertLess(previous.sire_opened_at, revision.sire_sent_at)
        self.assertTrue(previous._sire_get_newer_link(), "the old link leads to the new version")

    def test_a_plan_in_every_state(self):
        states = self.orders.sire_instalment_ids.mapped("state")
        self.assertEqual(states, ["paid", "invoiced", "to_invoice", "planned"])

    def test_a_void_invoice_and_its_credit_note(self):
        void = self.invoices.filtered(lambda one: one.sire_status == "void")
        self.assertEqual(len(void), 1)
        self.assertEqual(void.reversal_move_ids, self.notes)
        self.assertTrue(void.sire_void_reason)
        self.assertEqual(self.notes.sire_void_reason, void.sire_void_reason)

    def test_a_cheque_waits_for_the_bank(self):
        cheque = self.payments.filtered(lambda one: one.sire_instrument == "cheque")
        self.assertEqual(cheque.mapped("sire_receipt_state"), ["uncleared"])

    def test_a_client_has_credit_for_an_open_invoice(self):
        offered = self.invoices.filtered("sire_credit")
        self.assertEqual(len(offered), 1)
        self.assertEqual(offered.sire_credit, self.get_credit(self.payments))

    def test_a_drawer_was_counted_and_one_is_open(self):
        now, before = self.env["sire.cashier.session"].search([], limit=2)
        self.assertEqual((before.state, before.difference), ("closed", -200))
        self.assertEqual(before.received, sum(before.payment_ids.mapped("amount")))
        self.assertEqual(set(before.payment_ids.mapped("date")), {before.day})
        self.assertLess(before.opened_at, before.counted_at)
        self.assertLess(before.counted_at, before.signed_at)
        self.assertNotEqual(before.signed_by_id, before.counted_by_id)
        self.assertEqual((now.state, now.opening_difference), ("open", 0))
        self.assertLessEqual(now.opened_at, min(now.movement_ids.mapped("create_date")))

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
        voided = self.invoices.filtered("sire_void_reason")  # this morning
        told = (self.orders - voided.sire_order_id).message_ids | (self.invoices - voided).message_ids
        days = [utc_to_eat(date).date() for date in told.mapped("date")]
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
