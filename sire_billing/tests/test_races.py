"""Several at once, each in a connection of its own: what one test transaction cannot show."""

import re
from functools import partial

from odoo.exceptions import UserError
from odoo.tests import tagged

from .. import gate
from .race_common import QuotationRaceCase


@tagged("post_install", "-at_install")
class TestRaces(QuotationRaceCase):
    def take_cash(self, invoice_id, amount, env):
        wizard = env["sire.cash.payment.wizard"].create({"move_id": invoice_id, "amount": amount})
        return env["account.payment"].browse(wizard.action_confirm()["res_id"]).sire_receipt_number

    def make_invoice(self):
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            order = env["sale.order"].browse(self.order_id)
            return order._sire_approve("Jane Wanjiku", order._sire_digest()).id

    def test_one_quotation_approved_by_four_at_once(self):
        names = self.run_all(*[partial(self.approve, self.order_id)] * 4)
        self.assertEqual(len(set(names)), 1, names)
        self.assertRegex(str(names[0]), r"^INV/\d{4}/\d+$")
        with self.registry.cursor() as cr:
            order = self.make_env(cr)["sale.order"].browse(self.order_id)
            self.assertEqual(order.invoice_ids.mapped("name"), names[:1])

    def revise(self, env):
        return env["sale.order"].browse(self.order_id).action_sire_revise()["res_id"]

    def test_one_quotation_revised_by_four_at_once(self):
        ids = self.run_all(*[self.revise] * 4)
        self.assertEqual(len(set(ids)), 1, ids)
        with self.registry.cursor() as cr:
            order = self.make_env(cr)["sale.order"].browse(self.order_id)
            self.assertEqual(order.sire_next_ids.ids, ids[:1])
            self.assertEqual((order.sire_state, order.sire_next_ids.name), ("superseded", f"{order.name}/2"))

    def test_approved_while_it_is_revised(self):
        """One of the two wins, and the other is told so: never an approved version beside a newer one."""
        results = self.run_all(partial(self.approve, self.order_id), self.revise)
        refused = [result for result in results if isinstance(result, Exception)]
        self.assertEqual(len(refused), 1, results)
        self.assertRegex(str(refused[0]), "was approved by|was replaced by a newer version")
        with self.registry.cursor() as cr:
            order = self.make_env(cr)["sale.order"].browse(self.order_id)
            self.assertEqual(bool(order.invoice_ids), order.sire_state == "approved")
            self.assertEqual(bool(order.sire_next_ids), order.sire_state == "superseded")

    def test_tries_of_a_code_are_counted_whatever_becomes_of_the_request(self):
        """Five tries, also by four at once who are all refused and rolled back."""
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            env["res.partner"].browse(self.partner_id).email = "race@traders.example"
            order = env["sale.order"].browse(self.order_id)
            order.sire_approval_code = True
            order._sire_send_code("41.90.64.1")
            mail = env["mail.mail"].search([("subject", "like", order.name)], order="id desc", limit=1)
            code = re.search(r"\d{6}", mail.body_html)[0]
            mail.unlink()
        wrong = f"{(int(code) + 1) % 10**6:06d}"

        def guess(env):
            order = env["sale.order"].browse(self.order_id)
            return order._sire_approve("Jane Wanjiku", order._sire_digest(), code=wrong)

        for _round in range(2):
            results = self.run_all(*[guess] * 4)
            self.assertTrue(all("This code is not right" in str(result) for result in results), results)
        with self.registry.cursor() as cr:
            order = self.make_env(cr)["sale.order"].browse(self.order_id)
            self.assertEqual(order.sire_code_ids.tries, 5)
            with self.assertRaisesRegex(UserError, "This code is not right"):
                order._sire_approve("Jane Wanjiku", order._sire_digest(), code=code)
            self.assertFalse(order.invoice_ids)

    def test_four_quotations_at_once_have_numbers_in_a_row(self):
        names = self.run_all(*[partial(self.approve, order_id) for order_id in self.order_ids])
        counters = sorted(int(name.rsplit("/", 1)[1]) for name in names)
        self.assertEqual(counters, list(range(counters[0], counters[0] + 4)))

    def test_approve_against_edit(self):
        """Whoever is first: either the client approves what was sent, or the quotation is changed and not approved."""

        def edit(env):
            env["sale.order"].browse(self.order_id).order_line.price_unit = 1
            return "edited"

        approved, edited = self.run_all(partial(self.approve, self.order_id), edit)
        with self.registry.cursor() as cr:
            order = self.make_env(cr)["sale.order"].browse(self.order_id)
            if edited == "edited":
                self.assertIn("was changed after it was sent", str(approved))
                self.assertFalse(order.invoice_ids)
            else:
                self.assertIn("stays as approved", str(edited))
                self.assertEqual(order.invoice_ids.amount_total, 1000)

    def test_approve_against_decline(self):
        def decline(env):
            env["sale.order"].browse(self.order_id)._sire_decline("No")
            return "declined"

        results = self.run_all(partial(self.approve, self.order_id), decline)
        self.assertEqual(len([result for result in results if isinstance(result, str)]), 1, results)

    def test_two_quotations_from_one_project_at_once(self):
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            project = env["project.project"].create({"name": "Race", "partner_id": self.partner_id})
            env["project.task"].create({"name": "Run", "project_id": project.id, "allocated_hours": 1})
            project_id = project.id

        def make(env):
            env["project.project"].browse(project_id).action_sire_new_quotation()

        self.assertEqual(self.run_all(make, make), [None, None])
        with self.registry.cursor() as cr:
            project = self.make_env(cr)["project.project"].browse(project_id)
            self.assertEqual(project.sire_order_ids.order_line.mapped("name"), ["Run"])
            self.assertEqual(len(project.sire_order_ids), 2)
            gate.opened(project.sire_order_ids).write({"state": "cancel"})
            project.sire_order_ids.unlink()
            project.task_ids.unlink()
            project.unlink()

    def test_two_cashiers_at_once(self):
        invoice_id = self.make_invoice()
        numbers = self.run_all(*[partial(self.take_cash, invoice_id, 400)] * 2)
        counters = sorted(int(str(number).rsplit("/", 1)[1]) for number in numbers)
        self.assertEqual(counters, [counters[0], counters[0] + 1])
        self.assertResidual(invoice_id, 200)

    def test_two_cashiers_take_the_last_shilling(self):
        invoice_id = self.make_invoice()
        results = self.run_all(*[partial(self.take_cash, invoice_id, 600)] * 2)
        numbers = [result for result in results if isinstance(result, str)]
        errors = [str(result) for result in results if not isinstance(result, str)]
        self.assertEqual(len(numbers), 1, results)
        self.assertIn("Only KSh 400 is left to pay", errors[0])
        self.assertResidual(invoice_id, 400)
        # The refused one took no number.
        with self.registry.cursor() as cr:
            following = self.take_cash(invoice_id, 100, self.make_env(cr))
        self.assertEqual(int(following.rsplit("/", 1)[1]), int(numbers[0].rsplit("/", 1)[1]) + 1)

    def test_first_receipts_of_a_year_at_once(self):
        """The counter of the year does not exist yet when both look for it."""
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            sequence = env.company._sire_get_receipt_sequence()
            date = sequence.date_range_ids.sorted("date_to")[-1:].date_to
            date = date.replace(year=date.year + 1) if date else env["account.move"]._fields["date"].today()
        numbers = self.run_all(*[lambda env: env.company._sire_next_receipt_number(date)] * 2)
        self.assertEqual(sorted(numbers), [f"RCT/{date.year}/00001", f"RCT/{date.year}/00002"])
        with self.registry.cursor() as cr:
            sequence = self.make_env(cr).company._sire_get_receipt_sequence()
            ranges = sequence.date_range_ids.filtered(lambda item: item.date_to.year == date.year)
            self.assertEqual(len(ranges), 1)
            ranges.unlink()

    def assertResidual(self, invoice_id, residual):
        with self.registry.cursor() as cr:
            self.assertEqual(self.make_env(cr)["account.move"].browse(invoice_id).amount_residual, residual)
