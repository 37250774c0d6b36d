"""Refunds, results and confirmations at once, in connections of their own: money goes back once, and is booked once."""

import json
import time
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from odoo.addons.sire_mpesa.models import sire_mpesa_command_sending
from odoo.addons.sire_mpesa.tools import own_transaction

from .command_common import initiator_values, paid_parameters, result_body
from .test_c2b_races import NUMBER, C2bRaceCase


class CommandRaceCase(C2bRaceCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.forget_commands)

        def set_up(env):
            env.ref("sire_mpesa.payment_provider_mpesa").write(initiator_values())
            env.ref("payment.payment_method_mpesa").support_refund = "partial"

        self.read(set_up)

    def forget_commands(self):
        self.wait_for_commands()

        def forget(env):
            env["sire.webhook.event"].search([("provider", "=", "mpesa_command")]).unlink()
            moves = env["sire.mpesa.receipt"].search([]).return_move_id
            env.cr.execute("UPDATE sire_mpesa_receipt SET return_move_id = NULL; DELETE FROM sire_mpesa_command")
            env.invalidate_all()
            moves.line_ids.remove_move_reconcile()
            moves.button_draft()
            moves.with_context(force_delete=True).unlink()
            provider = env.ref("sire_mpesa.payment_provider_mpesa")
            provider.write(dict.fromkeys(initiator_values(), False))

        self.read(forget)

    def wait_for_commands(self):
        """Wait until the threads that a commit started have written down what they sent."""
        deadline = time.monotonic() + 60
        while self.read(lambda env: env["sire.mpesa.command"].search_count([("state", "in", ("queued", "sending"))])):
            self.assertLess(time.monotonic(), deadline, "the request did not leave after the commit")
            time.sleep(0.05)

    def settle(self):
        for _turn in range(5):
            self.read(
                lambda env: (
                    env["sire.webhook.event"]
                    .search([("provider", "=", "mpesa_command"), ("state", "=", "received")])
                    .write({"next_attempt_at": fields.Datetime.now()})
                )
            )
            super().settle()

    def get_command(self, env, kind):
        return env["sire.mpesa.command"].search([("kind", "=", kind)], order="id desc", limit=1)

    def report(self, kind, code=0, late=False, **parameters):
        """A result reaches the inbox."""

        def post(env):
            command = self.get_command(env, kind)
            body = json.dumps(result_body(command, code, **parameters)).encode()
            command._receive(body, {}, "127.0.0.1", late)

        self.read(post)

    def paid(self):
        """:return: a prompt that is paid and booked"""
        tx_id = self.prompt(600)
        self.daraja.query_result = ("paid", "0")
        self.read(lambda env: self.callback(env, tx_id))
        self.settle()
        return tx_id

    def refund(self, tx_id, amount=200):
        return lambda env: env["payment.transaction"].browse(tx_id).action_refund(amount_to_refund=amount)

    def assertReturned(self, tx_id, amount):
        def check(env):
            tx = env["payment.transaction"].browse(tx_id)
            done = tx.child_transaction_ids.filtered(lambda child: child.state == "done")
            out = env["account.payment"].search([("source_payment_id", "=", tx.payment_id.id)])
            self.assertEqual((done.mapped("amount"), out.mapped("amount")), ([-amount], [amount]))
            self.assertEqual(tx.mpesa_receipt_ids.reversed_amount, amount)
            self.assertFalse(tx.mpesa_receipt_ids.returning_id)
            self.assertFalse(env["sire.mpesa.day"].search([("difference", "!=", 0)]))

        self.read(check)


@tagged("post_install", "-at_install")
class TestCommandRaces(CommandRaceCase):
    def test_two_refunds_at_once(self):
        tx_id = self.paid()
        results = self.run_both(self.refund(tx_id), self.refund(tx_id))
        self.assertEqual(results[0], "ok")
        self.assertIn("on its way", results[1])
        self.wait_for_commands()
        self.assertEqual(len(self.daraja.sent("reversal")), 1)
        self.report("reversal", Amount=200)
        self.settle()
        self.assertReturned(tx_id, 200)

    def test_two_senders(self):
        tx_id = self.paid()
        with patch.object(sire_mpesa_command_sending._commands, "send_soon"):
            self.read(self.refund(tx_id))
        send = lambda env: self.get_command(env, "reversal")._send()  # noqa: E731
        self.run_both(send, send)
        self.assertEqual(len(self.daraja.sent("reversal")), 1)

    def test_two_results_at_once(self):
        tx_id = self.paid()
        self.read(self.refund(tx_id))
        self.wait_for_commands()
        self.report("reversal", Amount=200)
        self.report("reversal", "0", Amount="200.00")
        self.run_both(self.work, self.work)
        self.settle()
        self.assertReturned(tx_id, 200)

    def test_result_and_time_out_at_once(self):
        tx_id = self.paid()
        self.read(self.refund(tx_id))
        self.wait_for_commands()
        self.report("reversal", Amount=200)
        self.report("reversal", 1, late=True)
        self.run_both(self.work, self.work)
        self.settle()
        self.assertReturned(tx_id, 200)

    def test_result_while_its_status_comes(self):
        tx_id = self.paid()
        self.read(self.refund(tx_id))
        self.wait_for_commands()
        self.report("reversal", 1, late=True)
        self.settle()
        self.wait_for_commands()
        self.report("status", **paid_parameters("REV0000001", 200, ReasonType="Pay Bill Reversal"))
        self.report("reversal", Amount=200)
        self.run_both(self.work, self.work)
        self.settle()
        self.assertReturned(tx_id, 200)

    def test_killed_after_sending(self):
        """Safaricom has it, and the process died before it wrote that down: it is not sent a second time."""
        tx_id = self.paid()

        run, calls = own_transaction.run, []

        def die(*args):
            calls.append(args)
            if len(calls) == 2:
                raise SystemExit("killed")
            return run(*args)

        with patch.object(sire_mpesa_command_sending._commands, "send_soon"):
            self.read(self.refund(tx_id))
        with patch.object(own_transaction, "run", die), self.assertRaises(SystemExit):
            self.read(lambda env: self.get_command(env, "reversal")._send())
        self.assertEqual(self.read(lambda env: self.get_command(env, "reversal").state), "sending")

        def post(env):
            command = self.get_command(env, "reversal")
            body = result_body(command, 0, Amount=200)
            body["Result"].update(OriginatorConversationID="o-1", ConversationID="AG_1")
            command._receive(json.dumps(body).encode(), {}, "127.0.0.1", False)

        self.read(post)
        self.settle()
        self.assertEqual(self.read(lambda env: self.get_command(env, "reversal").state), "sending")
        self.read(
            lambda env: env.cr.execute("UPDATE sire_mpesa_command SET write_date = write_date - interval '1 hour'")
        )
        self.read(lambda env: self.get_command(env, "reversal")._step_alone())
        self.settle()
        self.wait_for_commands()
        self.assertEqual(len(self.daraja.sent("reversal")), 1)
        self.report("status", **paid_parameters("REV0000001", 200, ReasonType="Pay Bill Reversal"))
        self.settle()
        self.assertReturned(tx_id, 200)

    def test_returned_and_assigned_at_once(self):
        self.read(lambda env: env.ref("sire_mpesa.payment_provider_mpesa").write({"mpesa_confirm_c2b": "never"}))
        self.addCleanup(self.read, lambda env: env.ref("sire_mpesa.payment_provider_mpesa").write(
            {"mpesa_confirm_c2b": "always"}))  # fmt: skip
        self.read(lambda env: self.confirm(env, account="NOBODY"))
        self.settle()

        def assign(env):
            invoice = env["account.move"].browse(self.invoice_id)
            receipt = env["sire.mpesa.receipt"].search([("name", "=", NUMBER)])
            receipt._assign([(invoice.partner_id, invoice, 600)])

        def give_back(env):
            env["sire.mpesa.receipt"].search([("name", "=", NUMBER)]).action_return()

        results = self.run_both(assign, give_back)
        self.assertEqual(results[0], "ok")
        self.assertRegex(results[1], "on its way back|take it back first")
        self.wait_for_commands()

        def check(env):
            receipt = env["sire.mpesa.receipt"].search([("name", "=", NUMBER)])
            self.assertEqual(len(receipt.payment_ids) + len(receipt.returning_id), 1)

        self.read(check)

    def test_callback_and_status_at_once(self):
        """A prompt's callback, and the answer about its confirmation."""
        tx_id = self.prompt(600)
        self.daraja.query_result = ("paid", "0")
        self.read(self.confirm)
        self.settle()
        self.read(self.book)
        self.wait_for_commands()
        self.read(lambda env: self.callback(env, tx_id))
        self.report("status", **paid_parameters(NUMBER, 600))
        self.run_both(self.work, self.work)
        self.settle()
        self.assertBooked(400, NUMBER)

    def test_two_answers_at_once(self):
        self.read(self.confirm)
        self.settle()
        self.wait_for_commands()
        self.report("status", **paid_parameters(NUMBER, 600))
        self.report("status", "0", **paid_parameters(NUMBER, "600.00"))
        self.run_both(self.work, self.work)
        self.settle()
        self.assertBooked(400, NUMBER)

    def test_status_of_a_prompt_and_its_callback_at_once(self):
        tx_id = self.prompt(600)
        self.read(lambda env: env["payment.transaction"].browse(tx_id)._mpesa_ask_status())
        self.wait_for_commands()
        self.daraja.query_result = ("paid", "0")
        self.read(lambda env: self.callback(env, tx_id))
        self.report("status", **paid_parameters(NUMBER, 600))
        self.run_both(self.work, self.work)
        self.settle()
        self.assertBooked(400, NUMBER)
