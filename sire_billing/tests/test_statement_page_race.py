import threading

from odoo import Command
from odoo.tests import tagged

from odoo.addons.sire_billing.controllers.client_page_content import ClientPage
from odoo.addons.sire_billing.controllers.client_page_pay import start_payment
from odoo.addons.sire_billing.controllers.statement_page_content import StatementPage
from odoo.addons.sire_billing.controllers.statement_page_pay import start_paying_all

from .test_client_page_race import ClientPageRaceCase


@tagged("post_install", "-at_install")
class TestStatementPageRace(ClientPageRaceCase):
    """*Pay all* in two tabs, and beside the page of one of the invoices: each shilling is held once."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            first = env["account.move"].browse(self.invoice_id)
            lines = [Command.create({"name": "Race", "price_unit": 300, "tax_ids": [Command.clear()]})]
            second = env["account.move"].create(
                {"move_type": "out_invoice", "partner_id": self.partner_id, "invoice_line_ids": lines}
            )
            second.action_post()
            self.second_id = second.id
            env["sire.statement.link"]._for(first.partner_id, first.company_id)
            env["sire.client.link"]._for(first)

    def delete_all(self, env):
        env["payment.transaction"].search([("partner_id", "=", self.partner_id)]).unlink()
        second = env["account.move"].browse(self.second_id)
        second.button_draft()
        second.with_context(force_delete=True).unlink()
        super().delete_all(env)

    def pay_all(self, env):
        first = env["account.move"].browse(self.invoice_id)
        link = env["sire.statement.link"]._for(first.partner_id, first.company_id)
        values = {"scope": "all", "seen_all": "1300", "seen_overdue": "", "phone": "0712345678"}
        start_paying_all(StatementPage(link), values)
        return "ok"

    def get_held(self):
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            txs = env["payment.transaction"].search([("partner_id", "=", self.partner_id), ("state", "=", "pending")])
            invoices = env["account.move"].browse([self.invoice_id, self.second_id])
            return txs.mapped("amount"), sum(invoice._sire_get_payable() for invoice in invoices)

    def test_two_tabs_open_one_prompt(self):
        results = self.run_all(*[self.pay_all] * 3)
        self.assertEqual(results, ["ok"] * 3)
        self.assertEqual(self.get_held(), ([1300.0], 0.0))
        self.assertEqual(self.pushed.call_count, 1)

    def test_beside_the_page_of_one_invoice(self):
        turns, mine = ["all", "one"], {}

        def pay(env):
            thread = threading.get_ident()
            if thread not in mine:  # a refused one is run again, as what it was
                mine[thread] = turns.pop()
            if mine[thread] == "all":
                return self.pay_all(env)
            first = env["account.move"].browse(self.invoice_id)
            link = env["sire.client.link"]._for(first)
            start_payment(ClientPage(link), {"invoice": str(first.id), "amount": "1000", "phone": "0722000111"})
            return "ok"

        self.run_all(pay, pay)
        amounts, payable = self.get_held()
        self.assertEqual(len(amounts), 1, amounts)
        self.assertEqual(sum(amounts) + payable, 1300)
