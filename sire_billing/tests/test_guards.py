"""Ways round the guards: values that lead elsewhere, windows over documents of others, what is no day."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .plan_common import PlanCommon
from .test_receipts import ReceiptCommon


@tagged("post_install", "-at_install")
class TestGuards(PlanCommon, ReceiptCommon):
    def test_a_part_does_not_move_to_a_quotation_of_another_company(self):
        order = self.make_plan(sent=False)
        other = self.env["sale.order"].create({"partner_id": self.client.id, "company_id": self.company_2.id})
        part = order.sire_instalment_ids[0].with_user(self.user_manager)
        with self.assertRaises(AccessError):
            part.order_id = other.id
        with self.assertRaises(AccessError):
            order.with_user(self.user_manager).write({"sire_instalment_ids": [(1, part.id, {"order_id": other.id})]})
        self.assertFalse(other.sire_instalment_ids)

    def test_a_window_over_an_invoice_of_another_company_tells_nothing(self):
        self.load_kenyan_chart(self.company_2)
        theirs = self.env["account.move"].with_company(self.company_2).create(
            {
                "move_type": "out_invoice",
                "partner_id": self.client.id,
                "invoice_line_ids": [(0, 0, {"name": "Secret", "price_unit": 777})],
            }
        )  # fmt: skip
        self.assertEqual(theirs.company_id, self.company_2)
        wizards = self.env["sire.invoice.void.wizard"].with_user(self.user_accountant)
        with self.assertRaises(AccessError):
            wizards.create({"move_id": theirs.id, "reason": "Curious"}).read(["amount_total"])

    def test_what_is_no_day_is_a_sentence(self):
        payment = self.take_cheque(self.make_invoice()).with_user(self.user_accountant)
        for date in ("soon", "2026-13-45", 5, ["2026-11-20"], {"a": 1}):
            with self.assertRefused("Write the day such as"):
                payment.action_sire_clear(date)
        self.assertEqual(payment.sire_receipt_state, "uncleared")

    def test_the_mail_of_a_code_carries_no_markup_of_names(self):
        self.company.name = "Smith & <b>Sons</b>"
        order = self.make_quotation()
        order._sire_send_code("41.90.64.1")
        body = self.env["mail.mail"].search([("subject", "like", order.name)], order="id desc", limit=1).body_html
        self.assertIn("Smith &amp; &lt;b&gt;Sons&lt;/b&gt;", str(body))

    def test_who_sees_no_receipts_sees_no_card_movements(self):
        """The card room knows no roles; here stands who reads it, where it is installed."""
        gates = self.env["sire.access.gate"]
        for model in ("sire.stripe.movement", "sire.stripe.dispute"):
            self.assertEqual([line[0] for line in gates._sire_lines(model, "read")], ["receipt.read"])
        doors = gates._sire_map()[1]["sire.stripe.dispute"]["action_claim"]
        self.assertEqual([code for code, _own in doors], ["payment.reconcile"])

    def test_defaults_of_a_caller_do_not_come_through_the_gate(self):
        """What a copy leaves out is filled from the context, which whoever calls over JSON-2 writes."""
        order = self.make_quotation()
        forged = {
            "default_state": "sale",
            "default_signed_by": "Nobody",
            "default_signed_on": "2026-11-01 08:00:00",
            "default_sire_sent_at": "2026-11-01 08:00:00",
            "default_sire_approved_digest": "0" * 64,
        }
        action = order.with_context(**forged).action_sire_revise()
        revision = order.browse(action["res_id"])
        self.assertEqual((revision.sire_previous_id, revision.state), (order, "draft"))
        for name in ("signed_by", "signed_on", "sire_sent_at", "sire_approved_digest"):
            self.assertFalse(revision[name], name)

    def test_nobody_chooses_the_code_of_a_link_or_proof(self):
        order = self.make_quotation(sent=False)
        code = "AAAABBBBCCCC"
        order.with_context(default_code=code, default_expires_at="2099-01-01 00:00:00").action_sire_send()
        invoice = self.make_invoice()
        self.env["sire.proof"].with_context(default_code=code)._for(invoice)
        for model in ("sire.client.link", "sire.proof"):
            self.assertFalse(self.env[model].search([("code", "=", code)]), model)
        self.assertFalse(self.env["sire.client.link"].search([("expires_at", ">", "2090-01-01")]))

    def test_who_may_not_have_the_link_gets_it_by_no_button(self):
        """A method is called by its name over JSON-2, by whoever has an account: also where no button is shown."""
        order = self.make_quotation()
        invoice = self.make_invoice()
        portal = new_test_user(self.env, login="sire_guards_portal", groups="base.group_portal")
        stranger = self.make_user("guards_stranger", "sire_access.group_accountant", company=self.company_2)
        for user in (self.user_developer, self.user_viewer, portal, stranger):
            for ask in (
                order.with_user(user).action_sire_preview,
                order.with_user(user).action_preview_sale_order,
                invoice.with_user(user).action_sire_open_page,
            ):
                with self.assertRaises(AccessError, msg=(user.login, ask)):
                    ask()
        for user in (self.user_admin, self.user_accountant, self.user_manager):
            self.assertIn("/c/", invoice.with_user(user).action_sire_open_page()["url"])
            self.assertIn("/c/", order.with_user(user).action_sire_preview()["url"])

    def test_the_hosts_payment_link_is_for_who_may_have_the_link(self):
        self.load_kenyan_chart(self.company_2)
        order = self.env["sale.order"].create({"partner_id": self.client.id, "company_id": self.company_2.id})
        wizards = self.env["payment.link.wizard"].with_user(self.user_accountant)
        with self.assertRaises(AccessError):
            wizards.create({"res_model": "sale.order", "res_id": order.id, "amount": 1}).read(["link"])
