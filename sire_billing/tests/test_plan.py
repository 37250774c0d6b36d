"""One approved quotation gives the invoices of its plan, each once."""

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, tagged

from odoo.addons.sire_base.utils.eat import eat_today

from .. import gate
from .plan_common import PlanCommon


@tagged("post_install", "-at_install")
class TestPlan(PlanCommon, HttpCase):
    # === THE WAY THROUGH ===#

    def test_deposit_and_balance(self):
        order = self.make_plan()
        invoice = self.approve(order)
        deposit, balance = order.sire_instalment_ids
        self.assertEqual((deposit.state, balance.state), ("invoiced", "planned"))
        self.assertEqual(invoice, deposit.sudo().move_id)
        self.assertEqual(invoice.amount_total, order.currency_id.round(order.amount_total * 0.3))
        self.assertIn("Deposit", invoice.invoice_line_ids[0].name)
        self.assertEqual((invoice.state, invoice.sire_order_id), ("posted", order))
        self.take_cash(invoice)
        self.assertEqual(deposit.state, "paid")
        with self.assertRefused("is invoiced when this step is reached"):
            balance.action_invoice()
        balance.action_toggle_reached()
        self.assertEqual(balance.state, "to_invoice")
        balance.with_user(self.user_accountant).action_invoice()
        final = balance.sudo().move_id
        self.assertEqual(final.amount_total, order.amount_total - invoice.amount_total)
        less = final.invoice_line_ids.filtered("is_downpayment")
        self.assertEqual((less.quantity, less.name), (-1, f"Less: Deposit, {invoice.name}"))
        self.assertEqual(final.amount_tax + invoice.amount_tax, order.amount_tax)
        self.assertBilled(order)
        self.assertEqual(order.sudo().sire_payable, final.amount_total)
        self.assertEqual(order.sudo().invoice_status, "invoiced")

    def test_the_form_fills_a_deposit(self):
        order = self.make_quotation(sent=False)
        with Form(order, "sire_billing.sale_order_view_form") as form:
            form.sire_invoicing = "deposit"
        self.assertEqual(order.sire_instalment_ids.mapped("name"), ["Deposit", "Balance"])
        self.assertEqual(order.sire_instalment_ids.mapped("due"), ["approval", "finish"])
        self.assertEqual(sum(order.sire_instalment_ids.mapped("amount")), order.amount_total)
        order.action_sire_send()
        with Form(order, "sire_billing.sale_order_view_form") as form:
            form.sire_invoicing = "all"
        self.assertFalse(order.sire_instalment_ids)
        self.assertTrue(order.sire_changed)

    def test_finished_project(self):
        order = self.make_plan([self.part("Start", "approval", percent=20), self.rest("End", "finish")])
        self.approve(order)
        end = self.get_part(order, "End")
        self.assertEqual(end.state, "planned")
        order.project_id._sire_set_status("finished")
        self.assertEqual(end.state, "to_invoice")
        self.assertEqual(order.project_id.sire_to_invoice_count, 1)
        end.action_invoice()
        self.assertBilled(order)

    def test_milestone_and_date(self):
        order = self.make_quotation(sent=False)
        milestone = self.env["project.milestone"].create({"name": "Design", "project_id": order.project_id.id})
        parts = [
            self.part("Design done", "milestone", percent=33.33, milestone_id=milestone.id, sequence=1),
            self.part("December", "date", basis="amount", fixed_amount=1000, due_date=self.day(1), sequence=2),
            self.rest("Handover", sequence=3),
        ]
        self.make_plan(parts, order=order)
        self.assertFalse(self.approve(order), "nothing is due at approval")
        self.assertFalse(self.approve(order), "also the second time")
        design, december, handover = order.sire_instalment_ids
        self.assertEqual(order.sire_instalment_ids.mapped("state"), ["planned"] * 3)
        milestone.is_reached = True
        self.assertEqual(design.state, "to_invoice")
        to_invoice = self.env["sire.order.instalment"].search([("state", "=", "to_invoice")])
        self.assertIn(design, to_invoice)
        self.assertNotIn(december, to_invoice)
        self.patch(type(december), "_sire_is_reached", lambda part: True)
        with self.assertRefused("is the last part of .*: invoice “Design done” first"):
            handover._sire_invoice()
        for part in (design, december, handover):
            part._sire_invoice()
        moves = self.assertBilled(order)
        self.assertEqual(len(moves), 3)
        self.assertEqual(sum(moves.mapped("amount_tax")), order.amount_tax)

    def test_a_date_begins_at_midnight_in_nairobi(self):
        parts = [self.part("December", "date", percent=50, due_date="2026-12-01"), self.rest()]
        with freeze_time("2026-11-30 12:00:00"):
            order = self.make_plan(parts)
            self.approve(order)
        part = order.sire_instalment_ids[0]
        for moment, state in (("2026-11-30 20:59:59", "planned"), ("2026-11-30 21:00:00", "to_invoice")):
            with freeze_time(moment):
                self.env.invalidate_all()
                self.assertEqual(part.state, state)
                self.assertEqual(
                    bool(part.search([("id", "=", part.id), ("state", "=", "to_invoice")])), part.can_invoice
                )
        with freeze_time("2026-12-31 21:30:00"):
            part._sire_invoice()
        self.assertEqual(str(part.sudo().move_id.invoice_date), "2027-01-01")
        self.assertIn("/2027/", part.sudo().move_id.name)

    def test_copy(self):
        order = self.make_plan()
        self.approve(order)
        parts = order.copy().sire_instalment_ids
        self.assertEqual(parts.mapped("name"), ["Deposit", "Balance"])
        self.assertEqual(parts.mapped("state"), ["planned", "planned"])
        self.assertFalse(parts.sudo().move_id or any(parts.mapped("invoiced_at")))

    def test_search_agrees_with_compute(self):
        order = self.make_plan()
        self.approve(order)
        parts = self.env["sire.order.instalment"]
        for _step in range(4):
            for part in order.sire_instalment_ids:
                for state in dict(parts._fields["state"].selection):
                    found = parts.search([("id", "=", part.id), ("state", "=", state)])
                    self.assertEqual(bool(found), part.state == state, (part.name, part.state, state))
            balance = self.get_part(order, "Balance")
            if _step == 0:
                balance.action_toggle_reached()
            elif _step == 1:
                balance.action_invoice()
            elif _step == 2:
                self.credit(balance.sudo().move_id)
                self.take_cash(self.get_part(order, "Deposit").sudo().move_id)

    # === AGREED AND FROZEN ===#

    def test_the_plan_is_agreed(self):
        order = self.make_plan()
        digest = order._sire_digest()
        order.sire_instalment_ids[0].percent = 40
        self.assertTrue(order.sire_changed)
        with self.assertRefused("was changed after it was sent"):
            order.with_user(self.env.ref("base.public_user")).sudo()._sire_approve("Jane Wanjiku", digest)
        order.action_sire_send()
        self.approve(order)
        part = order.sire_instalment_ids[0]
        for change in (
            lambda: part.write({"percent": 10}),
            lambda: part.write({"due": "step"}),
            lambda: part.unlink(),
            lambda: order.write({"sire_invoicing": "all"}),
            lambda: order.write({"sire_instalment_ids": [self.part("More", percent=1)]}),
            lambda: part.copy({"order_id": order.id}),
        ):
            with self.assertRefused("stays as approved"), self.env.cr.savepoint():
                change()
        self.assertEqual(order.sire_instalment_ids.mapped("amount")[0], part.sudo().move_id.amount_total)

    def test_digests_without_a_plan_stay(self):
        order = self.make_quotation()
        digest = order._sire_digest()
        order.write({"require_payment": True, "prepayment_percent": 0.4})
        self.assertEqual(order._sire_digest(), digest)

    def test_digest_of_the_approved_stays(self):
        """The lines that the host adds for down payments are no part of what was agreed."""
        order = self.make_plan()
        self.approve(order)
        balance = order.sire_instalment_ids[1]
        balance.action_toggle_reached()
        balance.action_invoice()
        self.assertEqual(order._sire_digest(), order.sire_approved_digest)
        self.assertFalse(any(line.is_downpayment for line in order._get_order_lines_to_report()))

    def test_own_fields(self):
        order = self.make_plan()
        part = order.sire_instalment_ids[1]
        invoice = self.make_invoice()
        for vals in ({"reached_at": "2026-01-01"}, {"move_id": invoice.id}, {"invoiced_at": "2026-01-01"}):
            with self.assertRefused("not written by hand"), self.env.cr.savepoint():
                part.write(vals)
            with self.assertRefused("not written by hand"), self.env.cr.savepoint():
                self.env["sire.order.instalment"].create({"order_id": order.id, "name": "x", "basis": "rest", **vals})
        with self.assertRefused("not written by hand"):
            invoice.sire_instalment_id = part

    def test_plans_that_do_not_hold(self):
        def deposit(*parts):
            return self.make_plan([*parts], invoicing="deposit")

        for pattern, make in (
            ("at least two parts", lambda: self.make_plan([self.rest()])),
            ("takes the rest", lambda: self.make_plan([self.part("a", percent=50), self.part("b", percent=50)])),
            ("takes the rest", lambda: self.make_plan([self.rest("a", sequence=1), self.rest("b")])),
            (
                "cannot be due at approval",
                lambda: self.make_plan([self.part("a", percent=5), self.rest(due="approval")]),
            ),
            (
                "more than the total",
                lambda: self.make_plan([self.part("a", basis="amount", fixed_amount=1e6), self.rest()]),
            ),
            (
                "Nothing is left",
                lambda: self.make_plan([self.part("a", percent=60), self.part("b", percent=40), self.rest()]),
            ),
            ("Write the date", lambda: self.make_plan([self.part("a", "date", percent=5), self.rest()])),
            ("Choose the milestone", lambda: self.make_plan([self.part("a", "milestone", percent=5), self.rest()])),
            ("choose Milestones", lambda: deposit(self.part("a", percent=5), self.rest())),
        ):
            with self.subTest(pattern), self.assertRefused(pattern), self.env.cr.savepoint():
                make()

    # === THE HOST'S DOORS ===#

    def test_host_doors(self):
        order = self.make_plan()
        self.approve(order)
        for method, values in (("percentage", {"amount": 60}), ("fixed", {"fixed_amount": 100}), ("delivered", {})):
            wizard = self.env["sale.advance.payment.inv"].create(
                {"sale_order_ids": [Command.set(order.ids)], "advance_payment_method": method, **values}
            )
            for _click in range(2):
                with self.subTest(method), self.assertRefused("is invoiced by its plan"):
                    wizard.create_invoices()
        with self.assertRefused("is invoiced by its plan"):
            order.sudo()._create_invoices(final=True)
        self.assertEqual(len(order.sudo().invoice_ids), 1)

    def test_no_deposit_that_was_not_agreed(self):
        """Invoiced at once and credited: it is invoiced again as a whole, once, and not by down payments."""
        order = self.make_quotation()
        self.credit(self.approve(order).with_env(self.env))
        for method, values in (("percentage", {"amount": 60}), ("delivered", {}), ("delivered", {})):
            wizard = self.env["sale.advance.payment.inv"].create(
                {"sale_order_ids": [Command.set(order.ids)], "advance_payment_method": method, **values}
            )
            if len(order.sudo().invoice_ids) == 2 and method == "delivered":
                wizard.create_invoices()
            else:
                with self.assertRefused("was agreed without a deposit|is already invoiced by"):
                    wizard.create_invoices()
        moves = order.sudo().invoice_ids.filtered(lambda move: move.move_type == "out_invoice")
        self.assertEqual(moves.mapped("amount_total"), [order.amount_total] * 2)

    def test_an_invoice_by_hand_for_the_lines_of_a_plan(self):
        order = self.make_plan()
        self.approve(order)
        line = order.order_line.filtered("product_id")[0]
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.client.id,
                "invoice_line_ids": [
                    Command.create({"name": "x", "price_unit": 5, "sale_line_ids": [Command.set(line.ids)]})
                ],
            }
        )
        with self.assertRefused("is invoiced by its plan"):
            move.action_post()

    def test_the_invoice_of_a_part_stays_as_agreed(self):
        order = self.make_plan()
        invoice = self.approve(order).with_env(self.env)
        with self.assertRefused("was sent"), self.env.cr.savepoint():
            invoice.button_draft()
        opened = gate.opened(invoice)  # as code past that guard would
        opened.button_draft()
        opened.invoice_line_ids[0].price_unit += 100
        with self.assertRefused("was agreed as"):
            invoice.with_env(self.env).action_post()

    def test_json_2(self):
        order = self.make_plan()
        self.approve(order)
        deposit, balance = order.sire_instalment_ids
        balance.action_toggle_reached()
        headers = {"Authorization": f"Bearer {self.make_api_key(self.user_accountant)}"}

        def call(method, model="sire.order.instalment", ids=balance.ids, **body):
            self.env.flush_all()
            answer = self.url_open(f"/json/2/{model}/{method}", json={"ids": ids, **body}, headers=headers)
            self.env.invalidate_all()
            return answer

        for _retry in range(2):
            self.assertEqual(call("action_invoice").status_code, 200)
            mails = balance.sudo().move_id.message_ids.filtered(lambda message: message.message_type != "notification")
            self.assertEqual(len(mails.filtered("partner_ids")), 1, "sent once")
        self.assertEqual(len(order.sudo().invoice_ids), 2)
        self.assertBilled(order)
        for method, body in (
            ("_sire_invoice", {"reason": "because"}),
            ("write", {"vals": {"move_id": False}}),
            ("write", {"vals": {"amount": 1}}),
            ("action_toggle_reached", {}),
        ):
            self.assertNotEqual(call(method, **body).status_code, 200, (method, body))
        move = deposit.sudo().move_id
        answer = call("write", model="account.move", ids=move.ids, vals={"sire_instalment_id": balance.id})
        self.assertNotEqual(answer.status_code, 200)
        self.assertEqual(len(order.sudo().invoice_ids), 2)

    # === WHO ===#

    def test_roles(self):
        order = self.make_plan()
        self.approve(order)
        balance = order.sire_instalment_ids[1]
        for user in (self.user_accountant, self.user_viewer, self.user_developer):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                balance.with_user(user).action_toggle_reached()
        balance.with_user(self.user_manager).action_toggle_reached()
        for user in (self.user_viewer, self.user_developer):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                balance.with_user(user).action_invoice()
            with self.assertRaises(AccessError):
                self.env["sire.instalment.again.wizard"].with_user(user).create(
                    {"instalment_id": balance.id, "reason": "because"}
                )
        self.assertFalse(balance.sudo().move_id)
        with self.assertRaises(AccessError):
            balance.with_user(self.user_developer).read(["amount"])
        self.assertEqual(balance.with_user(self.user_viewer).state, "to_invoice")
        with self.assertRaises(AccessError):
            self.make_plan(sent=False).with_user(self.user_viewer).sire_instalment_ids[0].name = "x"
        balance.with_user(self.user_manager).action_invoice()
        self.assertTrue(balance.sudo().move_id)

    def test_two_companies(self):
        order = self.make_plan()
        other = self.env["res.company"].create({"name": "Other Ltd"})
        accountant = self.make_role_user("plan_other", "sire_access.group_accountant", "Other")
        accountant.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        parts = self.env["sire.order.instalment"].with_user(accountant).with_company(other)
        self.assertFalse(parts.search([("order_id", "=", order.id)]))
        with self.assertRaises(AccessError):
            parts.browse(order.sire_instalment_ids.ids).read(["name"])
        with self.assertRaises(AccessError):
            parts.browse(order.sire_instalment_ids[0].id).action_invoice()

    # === BY ITSELF ===#

    def test_cron(self):
        order = self.make_plan([self.part("Start", percent=20), self.rest()])
        self.approve(order)
        start, balance = order.sire_instalment_ids
        start.action_toggle_reached()
        parts = self.env["sire.order.instalment"]
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 60)  # a test does not commit
        parts._cron_invoice_reached()
        self.assertFalse(start.sudo().move_id, "off by default")
        self.company.sire_invoice_reached_parts = True
        parts._cron_invoice_reached()
        self.assertEqual((start.state, balance.state), ("invoiced", "planned"))
        self.assertEqual(start.sudo().move_id.invoice_date, eat_today())
        self.credit(start.sudo().move_id)
        parts._cron_invoice_reached()
        self.assertEqual(start.state, "credited", "what was credited is not billed by itself")
