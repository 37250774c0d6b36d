"""Two at once, in connections of their own."""

from functools import partial

from odoo import SUPERUSER_ID, Command, api
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sire_billing import gate
from odoo.addons.sire_payment.tests.race_common import RaceCase

from .common import PDF


@tagged("post_install", "-at_install")
class TestRaces(RaceCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env.company._sire_setup_withholding()
            other = (
                env["account.move"]
                .browse(self.invoice_id)
                .copy(
                    {
                        "invoice_line_ids": [
                            Command.create({"name": "Race", "price_unit": 1000, "tax_ids": [Command.clear()]})
                        ]
                    }
                )
            )
            other.invoice_line_ids[1:].unlink()
            other.action_post()
            self.other_id = other.id

    def delete_all(self, env):
        certificates = gate.opened(env["sire.withholding.certificate"].search([("partner_id", "=", self.partner_id)]))
        entries = gate.opened(certificates.move_id | certificates.move_id.reversal_move_ids)
        entries.line_ids.remove_move_reconcile()
        certificates.filtered("lead_id").unlink()
        certificates.exists().unlink()
        entries.button_draft()
        other = env["account.move"].browse(self.other_id)
        (entries | gate.opened(other)).exists().filtered(lambda move: move.state == "posted").button_draft()
        gate.opened(entries | other).with_context(force_delete=True).unlink()
        super().delete_all(env)

    def record(self, invoice_id, amount, name, env):
        env["sire.withholding.certificate"].create(
            {"invoice_id": invoice_id, "kind": "vat", "amount": amount, "name": name, "file": PDF, "file_name": "a.pdf"}
        )

    def as_request(self, function):
        """What the database refuses is told in words, as a request does it."""
        return lambda env: retrying(partial(function, env), env)

    def race(self, *calls):
        with mute_logger("odoo.sql_db", "odoo.service.model"):
            return self.run_both(*(self.as_request(lambda env, call=call: self.record(*call, env)) for call in calls))

    def get_all(self, cr):
        env = api.Environment(cr, SUPERUSER_ID, {})
        return env["sire.withholding.certificate"].search([("partner_id", "=", self.partner_id)])

    def test_one_number_twice(self):
        results = self.race((self.invoice_id, 20, "N1"), (self.other_id, 20, "n1"))
        self.assertEqual(results[0], "ok")
        self.assertIn("recorded already", results[1])
        with self.registry.cursor() as cr:
            certificate = self.get_all(cr)
            self.assertEqual(len(certificate), 1)
            invoices = certificate.env["account.move"].browse((self.invoice_id, self.other_id))
            self.assertEqual(sum(invoices.mapped("amount_residual")), 1980)

    def test_the_last_shillings_twice(self):
        results = self.race((self.invoice_id, 600, "N1"), (self.invoice_id, 600, "N2"))
        self.assertEqual(results[0], "ok")
        self.assertIn("Only KSh 400 is left", results[1])
        with self.registry.cursor() as cr:
            self.assertEqual(self.get_all(cr).invoice_id.amount_residual, 400)

    def test_certificate_against_cash(self):
        with mute_logger("odoo.sql_db", "odoo.service.model"):
            results = self.run_both(
                self.as_request(lambda env: self.record(self.invoice_id, 600, "N1", env)),
                self.as_request(self.pay_at_the_counter),
            )
        self.assertEqual(results[0], "ok")
        self.assertIn("Only KSh 400 is left", results[1])

    def spread(self, ids, name, env):
        invoices = env["account.move"].browse(ids)
        paper = {"kind": "vat", "name": name, "file": PDF, "file_name": "a.pdf"}
        env["sire.withholding.certificate"]._sire_spread(paper, [(invoice, 600) for invoice in invoices])

    def test_one_paper_for_several_twice(self):
        """Each takes the invoices in another order: nobody waits for the other for ever, and the last shillings go once."""
        ids = [self.invoice_id, self.other_id]
        with mute_logger("odoo.sql_db", "odoo.service.model"):
            results = self.run_both(
                self.as_request(lambda env: self.spread(ids, "N1", env)),
                self.as_request(lambda env: self.spread(ids[::-1], "N2", env)),
            )
        self.assertEqual(results[0], "ok")
        self.assertIn("Only KSh 400 is left", results[1])
        with self.registry.cursor() as cr:
            certificates = self.get_all(cr)
            self.assertEqual((len(certificates), len(set(certificates.mapped("name")))), (2, 1))
            self.assertEqual(certificates.invoice_id.mapped("amount_residual"), [400, 400])

    def test_voided_twice(self):
        with self.registry.cursor() as cr:
            self.record(self.invoice_id, 20, "N1", api.Environment(cr, SUPERUSER_ID, {}))

        def void(env):
            env["sire.withholding.certificate"].search([("invoice_id", "=", self.invoice_id)])._sire_void("wrong one")

        with mute_logger("odoo.sql_db", "odoo.service.model"):
            results = self.run_both(self.as_request(void), self.as_request(void))
        self.assertEqual(results[0], "ok")
        self.assertIn("void already", results[1])
        with self.registry.cursor() as cr:
            self.assertEqual(len(self.get_all(cr).move_id.reversal_move_ids), 1)
            self.assertEqual(self.get_all(cr).invoice_id.amount_residual, 1000)
