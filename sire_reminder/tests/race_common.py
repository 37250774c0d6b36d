"""A client with two invoices that are late, which several workers look at at once."""

from datetime import timedelta
from functools import partial

from odoo import Command

from odoo.addons.sire_base.tests.together import TogetherCase, run_together
from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_mpesa.tools import own_transaction


class ReminderRaceCase(TogetherCase):
    def make_invoices(self, env, age, late):
        """Sets ``company_id``, ``partner_id`` and ``move_ids``.

        :param int age: days since the invoices were made
        :param int late: days since they were due
        """
        today = eat_today()
        self.company_id = env.company.id
        self.partner_id = env["res.partner"].create({"name": "Race Traders", "email": "pay@race.example"}).id
        moves = env["account.move"].create([{
            "move_type": "out_invoice", "partner_id": self.partner_id, "invoice_date": today - timedelta(days=age),
            "invoice_date_due": today - timedelta(days=late), "invoice_payment_term_id": False,
            "invoice_line_ids": [Command.create({"name": "Work", "price_unit": 1000, "tax_ids": [Command.clear()]})],
        } for _number in range(2)])  # fmt: skip
        moves.action_post()
        self.move_ids = moves.ids

    def delete_invoices(self, env):
        """With what was paid on them; the partner stays."""
        payments = env["account.payment"].search([("partner_id", "=", self.partner_id)])
        payments.action_draft()
        payments.unlink()
        moves = env["account.move"].browse(self.move_ids)
        moves.button_draft()
        moves.with_context(force_delete=True).unlink()

    def run_all(self, *works):
        """Override: each runs as the jobs do, with the company in a transaction of its own."""
        return run_together(works, partial(own_transaction.run, self.registry, "res.company", self.company_id))
