"""Two at once, in connections of their own: what one test transaction cannot show. Committed, and cleaned up after."""

import threading

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tests import BaseCase, get_db_name


class RaceCase(BaseCase):
    """An invoice of 1,000 shillings that everybody can see."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self.clean_up)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            partner = env["res.partner"].create({"name": "Race Traders"})
            method = env.ref("payment.payment_method_mpesa")
            provider = env["payment.provider"].create({"name": "Race Card", "code": "none", "state": "disabled"})
            invoice = env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "currency_id": env.company.currency_id.id,
                    "invoice_line_ids": [
                        Command.create({"name": "Race", "price_unit": 1000, "tax_ids": [Command.clear()]})
                    ],
                }
            )
            invoice.action_post()
            journal = env["account.journal"].search(
                [("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1
            )
            self.journal_id = journal.id
            self.invoice_id, self.partner_id, self.provider_id = invoice.id, partner.id, provider.id
            self.tx_values = {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "amount": 600,
                "currency_id": invoice.currency_id.id,
                "partner_id": partner.id,
                "operation": "online_direct",
                "invoice_ids": [Command.set(invoice.ids)],
                "state": "pending",
            }

    def clean_up(self):
        """Other tests share the database, and its scheduled jobs may touch the same rows."""
        for _attempt in range(5):
            try:
                with self.registry.cursor() as cr:
                    self.delete_all(api.Environment(cr, SUPERUSER_ID, {}))
                return
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                continue
        self.fail("The race could not be cleaned up.")

    def delete_all(self, env):
        env["payment.transaction"].search([("partner_id", "=", self.partner_id)]).unlink()
        env["account.payment.register"].search([("partner_id", "=", self.partner_id)]).unlink()
        payments = env["account.payment"].search([("partner_id", "=", self.partner_id)])
        payments.move_id.line_ids.remove_move_reconcile()
        payments.action_draft()
        payments.unlink()
        invoice = env["account.move"].browse(self.invoice_id)
        invoice.button_draft()
        invoice.with_context(force_delete=True).unlink()
        env["payment.provider"].browse(self.provider_id).unlink()
        env["res.partner"].browse(self.partner_id).unlink()

    def run_both(self, first, second):
        """Start both, make each see the database before the other commits, and run them as a request is run:
        what PostgreSQL refuses is run again.

        :return: what came of each: "ok" or the refusal
        """
        barrier = threading.Barrier(2, timeout=20)
        results = {}

        def run(name, pay):
            for attempt in range(5):
                try:
                    with self.registry.cursor() as cr:
                        cr.execute("SELECT 1")  # the snapshot is taken here
                        if attempt == 0:
                            barrier.wait()
                        pay(api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True}))
                    results[name] = "ok"
                    return
                except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                    continue
                except UserError as error:
                    results[name] = str(error)
                    return

        threads = [threading.Thread(target=run, args=args) for args in (("first", first), ("second", second))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return sorted(results.values(), key=lambda result: result != "ok")

    def pay_at_the_counter(self, env):
        env["account.payment.register"].with_context(active_model="account.move", active_ids=[self.invoice_id]).create(
            {"amount": 600, "journal_id": self.journal_id}
        )._create_payments()
