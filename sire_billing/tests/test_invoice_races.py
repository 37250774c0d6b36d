"""Several at once, each in a connection of its own, asserted on the database afterwards."""

from functools import partial

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .race_common import ClientRaceCase

POSTS = 20


@tagged("post_install", "-at_install")
class TestInvoiceRaces(ClientRaceCase):
    def make(self, count=1, post=False, **values):
        with self.registry.cursor() as cr:
            moves = self.make_env(cr)["account.move"].create(
                [
                    {
                        "move_type": "out_invoice",
                        "partner_id": self.partner_id,
                        "invoice_line_ids": [
                            Command.create({"name": "Race", "price_unit": 1000, "tax_ids": [Command.clear()]})
                        ],
                        **values,
                    }
                    for _index in range(count)
                ]
            )
            if post:
                moves.action_post()
            return moves.ids

    def rows(self, columns, ids):
        with self.registry.cursor() as cr:
            query = f"SELECT {columns} FROM account_move WHERE id IN %s ORDER BY sequence_number"
            cr.execute(SQL(query, tuple(ids)))
            return cr.fetchall()

    def post(self, move_id, env):
        env["account.move"].browse(move_id).action_post()
        return "posted"

    def test_twenty_posts_at_once(self):
        before = self.make(post=True)
        ids = self.make(POSTS)
        results = self.run_all(*[partial(self.post, move_id) for move_id in ids])
        self.assertEqual(results, ["posted"] * POSTS)
        rows = self.rows("sequence_prefix, sequence_number, name, state", [*before, *ids])
        self.assertEqual({row[0] for row in rows}, {rows[0][0]})
        self.assertEqual([row[1] for row in rows], list(range(rows[0][1], rows[0][1] + POSTS + 1)))
        self.assertEqual(len({row[2] for row in rows}), POSTS + 1)
        self.assertEqual({row[3] for row in rows}, {"posted"})

    def test_twenty_posts_of_which_some_fail(self):
        """Who rolls back after the number was given leaves it to the next."""
        ids = self.make(POSTS)

        def fail(move_id, env):
            self.post(move_id, env)
            env.flush_all()
            raise UserError("Something else went wrong.")

        calls = [partial(fail if index % 3 == 0 else self.post, move_id) for index, move_id in enumerate(ids)]
        results = self.run_all(*calls)
        self.assertEqual(
            [isinstance(result, UserError) for result in results], [index % 3 == 0 for index in range(POSTS)], results
        )
        posted = [move_id for index, move_id in enumerate(ids) if index % 3]
        numbers = [row[0] for row in self.rows("sequence_number", posted)]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(posted))))
        failed = [move_id for index, move_id in enumerate(ids) if index % 3 == 0]
        self.assertEqual(set(self.rows("state, name", failed)), {("draft", None)})
        following = self.make(post=True)
        self.assertEqual(self.rows("sequence_number", following), [(numbers[-1] + 1,)])

    def test_one_invoice_posted_by_two(self):
        (move_id,) = self.make()
        self.run_all(*[partial(self.post, move_id)] * 2)
        ((name, state),) = self.rows("name, state", [move_id])
        self.assertEqual(state, "posted")
        following = self.make(post=True)
        ((number,),) = self.rows("sequence_number", following)
        self.assertEqual(number, int(name.rsplit("/", 1)[1]) + 1)

    def test_two_credit_notes_at_once(self):
        (invoice_id,) = self.make(post=True)
        notes = self.make(2, move_type="out_refund", reversed_entry_id=invoice_id)
        with self.registry.cursor() as cr:
            self.make_env(cr)["account.move"].browse(notes).invoice_line_ids.write({"price_unit": 600})
        results = self.run_all(*[partial(self.post, move_id) for move_id in notes])
        self.assertEqual([result for result in results if result == "posted"], ["posted"], results)
        self.assertIn("Only KSh 400", str(next(result for result in results if result != "posted")))
        self.assertEqual(sorted(row[0] for row in self.rows("state", notes)), ["draft", "posted"])

    def take_cash(self, invoice_id, env):
        wizard = env["sire.cash.payment.wizard"].create({"move_id": invoice_id, "amount": 400})
        return env["account.payment"].browse(wizard.action_confirm()["res_id"]).sire_receipt_number

    def void(self, invoice_id, env):
        env["account.move"].browse(invoice_id)._sire_void("At the same moment")
        return "void"

    def reset(self, invoice_id, env):
        env["account.move"].browse(invoice_id).button_draft()
        return "draft"

    def test_void_against_pay(self):
        (invoice_id,) = self.make(post=True)
        void, paid = self.run_all(partial(self.void, invoice_id), partial(self.take_cash, invoice_id))
        ((status, residual),) = self.rows("sire_status, amount_residual", [invoice_id])
        if void == "void":
            self.assertEqual((status, residual), ("void", 0))
            self.assertIn("nothing is left to pay", str(paid))
        else:
            self.assertEqual((status, residual), ("partial", 600))
            self.assertIn("Money was received", str(void))

    def test_two_voids_at_once(self):
        (invoice_id,) = self.make(post=True)
        results = self.run_all(*[partial(self.void, invoice_id)] * 2)
        self.assertEqual([result for result in results if result == "void"], ["void"], results)
        with self.registry.cursor() as cr:
            self.assertEqual(len(self.make_env(cr)["account.move"].browse(invoice_id).reversal_move_ids), 1)

    def test_reset_or_delete_against_pay(self):
        (invoice_id,) = self.make(post=True)
        reset, paid = self.run_all(partial(self.reset, invoice_id), partial(self.take_cash, invoice_id))
        ((state, residual),) = self.rows("state, amount_residual", [invoice_id])
        if reset == "draft":
            self.assertEqual(state, "draft")
            self.assertIn("is not confirmed yet", str(paid))
        else:
            self.assertEqual((state, residual), ("posted", 600))
            self.assertIn("counted for", str(reset))
