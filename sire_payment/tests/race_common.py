"""Two at once, in connections of their own: what one test transaction cannot show. Committed, and cleaned up after."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.sire_base.tests.together import TogetherCase, run_together


class RaceCase(TogetherCase):
    """An invoice of 1,000 shillings that everybody can see."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
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
                    self.delete_all(self.make_env(cr))
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
        """Run both at once as requests are run: what PostgreSQL refuses is run again.

        :return: what came of each: "ok" or the refusal, "ok" first; anything else that went wrong is raised
        """

        def as_request(once):
            for _attempt in range(5):
                try:
                    with self.registry.cursor() as cr:
                        once(self.make_env(cr))
                    return "ok"
                except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                    continue
                except UserError as error:
                    return str(error)
            raise AssertionError("PostgreSQL refused it again and again.")

        results = run_together((first, second), as_request)
        for result in results:
            if isinstance(result, Exception):
                raise result
        return sorted(results, key=lambda result: result != "ok")

    def pay_at_the_counter(self, env):
        env["account.payment.register"].with_context(active_model="account.move", active_ids=[self.invoice_id]).create(
            {"amount": 600, "journal_id": self.journal_id}
        )._create_payments()
