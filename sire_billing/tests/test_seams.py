"""Where options, work, plans and receipts meet: no shilling lost, doubled or shown wrong between them."""

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .plan_common import PlanCommon
from .test_quoting_work import QuotingCommon


@tagged("post_install", "-at_install")
class TestSeams(PlanCommon, QuotingCommon):
    def approve_with(self, order, *names):
        """Approve it as the client does who ticks the options of these names."""
        chosen = order.order_line.filtered(lambda line: line.name in names)
        return order.sudo()._sire_approve("Jane Wanjiku", order._sire_offer_digest(chosen), chosen=chosen).sudo()

    def make_option(self, order, name="Build"):
        line = order.order_line.filtered(lambda line: line.name == name)
        line.is_optional = True
        order.action_sire_send()
        return line

    # === OPTIONS AND WORK ===#

    def test_work_that_the_client_left_out_can_be_billed_elsewhere(self):
        order = self.make_quotation(self.project, sent=False)
        option = self.make_option(order)
        self.assertEqual(self.approve_with(order).amount_total, 58000)
        self.assertEqual((option.price_unit, option.sire_offered_qty), (6000, 7.5))
        self.assertEqual(option.sire_work_ids.mapped("held"), [False])
        other = self.make_quotation(self.project, sent=False)
        self.assertEqual(other.order_line.sire_task_id, self.build, "nobody would ever bill it")
        # and what was approved does not want it back
        self.assertFalse(order.sire_approval_void)
        order.sudo()._sire_sync_work()
        self.assertEqual(option.sire_work_ids.mapped("held"), [False])

    def test_work_that_the_client_chose_stays_taken(self):
        order = self.make_quotation(self.project, sent=False)
        option = self.make_option(order)
        self.assertEqual(self.approve_with(order, "Build").amount_total, 110200)
        self.assertEqual(option.sire_work_ids.mapped("held"), [True])
        self.assertFalse(self.get_unbilled(self.project))

    # === OPTIONS AND A QUOTATION THAT IS OPENED AGAIN ===#

    def test_opened_again_everything_is_offered_again(self):
        order = self.make_quotation(self.project, sent=False)
        option = self.make_option(order)
        invoice = self.approve_with(order).with_env(self.env)
        invoice._sire_void("Other scope")
        order = order.with_user(self.user_admin)
        order.action_cancel()
        order.action_draft()
        self.assertEqual((option.product_uom_qty, option.sire_offered_qty, option.sire_chosen), (7.5, 0, False))
        self.assertEqual(order.amount_total, 58000)
        order.action_sire_send()
        again = self.approve_with(order, "Build")
        self.assertEqual(again.amount_total, 110200)

    def test_opened_again_nothing_is_chosen_beforehand(self):
        order = self.make_quotation(self.project, sent=False)
        option = self.make_option(order)
        invoice = self.approve_with(order, "Build").with_env(self.env)
        invoice._sire_void("Other scope")
        order = order.with_user(self.user_admin)
        order.action_cancel()
        order.action_draft()
        self.assertFalse(option.sire_chosen)
        self.assertEqual(order.amount_total, 58000)
        order.action_sire_send()
        self.assertEqual(self.approve_with(order).amount_total, 58000)

    def test_a_plan_that_is_opened_again_begins_again(self):
        order = self.make_plan()
        invoice = self.approve(order).with_env(self.env)
        deposit, balance = order.sire_instalment_ids
        balance.action_toggle_reached()
        invoice._sire_void("Other scope")
        order = order.with_user(self.user_admin)
        order.action_cancel()
        order.action_draft()
        self.assertFalse(balance.reached_at, "it was reached for what was agreed then")
        order.action_sire_send()
        again = self.approve(order)
        self.assertTrue(again and again != invoice, "the deposit of the new agreement is invoiced with it")
        self.assertEqual((again.amount_total, deposit.sudo().move_id), (invoice.amount_total, again))
        self.assertEqual(balance.state, "planned")

    def test_a_copy_offers_what_was_left_out_at_its_price(self):
        order = self.make_quotation(self.project, sent=False)
        self.make_option(order)
        self.approve_with(order)
        line = order.copy().order_line[1]
        self.assertEqual((line.product_uom_qty, line.price_unit, line.is_optional), (7.5, 6000, True))

    def test_another_quantity_keeps_the_price_of_the_project(self):
        order = self.make_quotation(self.project, sent=False)
        with Form(order, "sire_billing.sale_order_view_form") as form, form.order_line.edit(0) as line:
            line.product_uom_qty = 11
        order.order_line[1].product_uom_qty = 8
        self.assertEqual(order.order_line.mapped("price_unit"), [5000, 6000])

    # === DISCOUNTS AND OPTIONS ===#

    def test_a_discount_is_of_what_is_in_the_total(self):
        order = self.make_quotation(self.project, sent=False)
        order.order_line.filtered(lambda line: line.name == "Build").is_optional = True
        self.assertEqual(order.amount_total, 58000)
        action = order.action_sire_discount()
        wizard = self.env[action["res_model"]].with_user(self.user_manager).with_context(**action["context"])
        wizard.create({"discount_type": "so_discount", "discount_percentage": 0.1}).action_apply_discount()
        self.assertEqual(order.amount_total, 52200)

    # === THE LAST PART, AGAIN ===#

    def test_the_last_part_again_deducts_the_deposit_by_its_name(self):
        order = self.make_plan()
        invoice = self.approve(order)
        balance = order.sire_instalment_ids[1]
        balance.action_toggle_reached()
        balance.action_invoice()
        first = balance.sudo().move_id
        for _time in range(2):
            self.credit(balance.sudo().move_id.with_env(self.env))
            again = balance._sire_invoice(reason="Wrong name").sudo()
            less = again.invoice_line_ids.filtered(lambda line: line.price_subtotal < 0)
            self.assertEqual(less.mapped("name"), [f"Less: Deposit, {invoice.name}"])
            self.assertEqual((again.amount_total, again.amount_tax), (first.amount_total, first.amount_tax))

    # === CASH WITHOUT A RECEIPT ===#

    def test_no_cash_without_a_receipt(self):
        invoice = self.make_invoice()
        journal = self.env["account.journal"].search(
            [("type", "=", "cash"), ("company_id", "=", self.company.id)], limit=1
        )
        values = {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": invoice.partner_id.id,
            "journal_id": journal.id,
            "amount": 1000,
        }
        payments = self.env["account.payment"].with_user(self.user_accountant)
        for state in ("in_process", "paid"):
            for attempt in ("create", "write", "validate"):
                with self.subTest(state=state, attempt=attempt):
                    try:
                        with self.env.cr.savepoint():
                            payment = payments.create(values | ({"state": state} if attempt == "create" else {}))
                            if attempt == "write":
                                payment.write({"state": state})
                            elif attempt == "validate":
                                payment.action_validate()
                            self.assertTrue(payment.sire_receipt_number or payment.state == "draft", "no receipt")
                    except UserError:
                        pass

    def test_options_of_a_revision_with_a_plan(self):
        order = self.make_quotation(sent=False)
        option = order.order_line.filtered(lambda line: line.name == "Build")
        option.is_optional = True
        self.make_plan(order=order)
        order.action_sire_revise()
        revision = order.sire_next_id
        revision.action_sire_send()
        invoice = self.approve_with(revision, "Build")
        self.assertEqual(invoice.amount_total, 33060)
        balance = revision.sire_instalment_ids[1]
        balance.action_toggle_reached()
        balance.action_invoice()
        self.assertBilled(revision, 110200)
        self.assertFalse(order.sudo().invoice_ids)

    def test_prices_with_vat_in_a_plan_with_options(self):
        for percent in (33.33, 17.77):
            order = self.make_quotation(sent=False)
            order.sire_price_include = True
            order.order_line[0].price_unit = 5801.37
            order.order_line[1].write({"is_optional": True, "discount": 3.7})
            parts = [self.part("A", "approval", percent=percent), self.part("B", percent=percent), self.rest()]
            self.make_plan(parts, order=order)
            self.approve_with(order, "Build")
            for part in order.sire_instalment_ids[1:]:
                part.action_toggle_reached()
                part.action_invoice()
            self.assertBilled(order)
