"""Commands against a server that knows the contract and not our client, over real HTTP, and what the network does."""

import base64
import json

import requests

from odoo import fields
from odoo.tests import tagged

from odoo.addons.sire_base.tests.outside import PATIENCE

from .test_sandbox import ROOT, SandboxCase

PHONE = "254712345678"


class SandboxCommandCase(SandboxCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        certificate = requests.get(f"{cls.sandbox_url}/certificate.cer", timeout=PATIENCE).content
        cls.provider.write(
            {
                "mpesa_initiator_name": "testapi",
                "mpesa_initiator_password": "sandbox-initiator",
                "mpesa_initiator_certificate": base64.b64encode(certificate),
            }
        )
        cls.env.ref("payment.payment_method_mpesa").support_refund = "partial"

    def get_commands(self, kind):
        return self.env["sire.mpesa.command"].search([("kind", "=", kind)], order="id")

    def send(self, kind):
        """What the commit does: the latest command of this kind leaves."""
        command = self.get_commands(kind)[-1:]
        command._send()
        return command

    def sends(self, of, how="once", **values):
        self.control("sends/next", of=of, sends=how, **values)

    def wait_for(self, kind, key, count=1):
        """:return: the events, handled"""
        domain = [("provider", "=", kind), ("event_key", "=like", f"{key}/%")]
        return self.wait_for_events(domain, lambda events: len(events) >= count, retries=True)

    def wait_for_result(self, command, count=1):
        self.wait_for("mpesa_command", command.id, count)
        return command

    def answer(self, kind):
        """Send the latest command of this kind, and take its result."""
        return self.wait_for_result(self.send(kind))

    def make_paid(self, amount=500):
        self.control("default", result="success")
        tx = self.request(amount)
        self.wait_for_callback(tx)
        self.assertEqual(tx.state, "done")
        return tx

    def refund(self, tx, amount=None):
        tx.action_refund(amount_to_refund=amount)
        return tx.child_transaction_ids.sorted("id")[-1:]

    def overdue(self, command, seconds=600):
        self.env.flush_all()
        past = fields.Datetime.subtract(fields.Datetime.now(), seconds=seconds)
        self.env.cr.execute(
            "UPDATE sire_mpesa_command SET create_date = %s, next_check_at = %s WHERE id = %s", (past, past, command.id)
        )
        self.env.invalidate_all()

    def step(self):
        self.env.flush_all()
        with self.enter_cron():
            self.env["sire.mpesa.command"]._cron_commands()
        self.env.invalidate_all()

    def get_movements(self, kind="reversal", shortcode="174379"):
        """What Safaricom's books say."""
        books = requests.get(f"{self.sandbox_url}/control/ledger", timeout=PATIENCE).json()
        return [row for row in books[shortcode]["movements"] if row["kind"] == kind]

    def pay_without_prompt(self, paid=500, account="RENT", **how):
        """A customer pays to the pay bill.

        :return: the receipt number
        """
        self.env.flush_all()  # the server of the test reads what is in the database
        self.sends("confirmation", **how)
        path = "/mpesa/c2b/v2/simulate"
        fields_ = {"ShortCode": 174379, "CommandID": "CustomerPayBillOnline", "Amount": paid, "Msisdn": int(PHONE)}
        reply = self.provider._mpesa_get_client().ask(path, {**fields_, "BillRefNumber": account})
        self.assertEqual(reply.status, 200, reply)
        return self.get_movements("c2b")[-1]["receipt"]

    def assertOneReturn(self, tx, refund, amount):
        """Money went back once, and the books and the day say so."""
        self.assertEqual([row["amount"] for row in self.get_movements()], [-amount])
        self.assertEqual((refund.state, refund.provider_reference), ("done", self.get_movements()[0]["receipt"]))
        out = self.env["account.payment"].search([("source_payment_id", "=", tx.payment_id.id)])
        self.assertEqual((out.amount, out.payment_type), (amount, "outbound"))
        self.assertEqual(tx.mpesa_receipt_ids.reversed_amount, amount)
        self.assertFalse(self.env["sire.mpesa.day"].search([("difference", "!=", 0)]))


@tagged("post_install", "-at_install")
class TestSandboxCommands(SandboxCommandCase):
    def test_refund_however_it_is_told(self):
        for how, count in (("once", 1), ("twice", 1), ("twice_at_once", 1), ("before_answer", 1)):
            with self.subTest(how=how):
                self.control("reset")
                tx = self.make_paid()
                refund = self.refund(tx)
                self.sends("reversal", how)
                if how == "before_answer":  # the server answers while our own request is still open
                    with self.allow_requests(all_requests=True):
                        command = self.send("reversal")
                else:
                    command = self.send("reversal")
                self.wait_for_result(command, count)
                self.assertOneReturn(tx, refund, 500)

    def test_in_parts(self):
        tx = self.make_paid(500)
        refund = self.refund(tx, 200)
        self.answer("reversal")
        self.assertOneReturn(tx, refund, 200)
        self.refund(tx, 300)
        self.answer("reversal")
        self.assertEqual(tx.mpesa_receipt_ids.state, "reversed")
        self.assertEqual(sum(row["amount"] for row in self.get_movements()), -500)

    def test_result_never_comes(self):
        tx = self.make_paid()
        refund = self.refund(tx)
        self.sends("reversal", "never")
        command = self.send("reversal")
        self.overdue(command)
        self.step()
        self.assertEqual(refund.state, "pending")
        self.answer("status")
        self.assertOneReturn(tx, refund, 500)
        self.assertEqual(command.result_description, "Found by transaction status")

    def test_timed_out(self):
        for executed in (True, False):
            with self.subTest(executed=executed):
                self.control("reset")
                tx = self.make_paid()
                refund = self.refund(tx)
                self.sends("reversal", "timeout", executed=executed)
                command = self.answer("reversal")
                self.assertEqual(refund.state, "pending")
                self.answer("status")
                if executed:
                    self.assertOneReturn(tx, refund, 500)
                    continue
                self.overdue(command)
                self.step()
                self.answer("status")
                self.assertEqual((refund.state, self.get_movements()), ("error", []))
                again = self.refund(tx)
                self.answer("reversal")
                self.assertOneReturn(tx, again, 500)

    def test_lost_answer(self):
        tx = self.make_paid()
        refund = self.refund(tx)
        self.control("faults", endpoint="reversal", kind="lost_answer", times=1)
        command = self.send("reversal")
        self.assertEqual((refund.state, command.state), ("pending", "unknown"))
        self.step()
        self.assertEqual(len(self.get_movements()), 1)
        self.wait_for_result(command)
        self.assertEqual((refund.state, command.is_adopted), ("pending", True), "Safaricom is asked first")
        self.answer("status")
        self.assertOneReturn(tx, refund, 500)

    def test_faults_move_nothing_twice(self):
        for kind in ("html", "500", "spike", "busy"):
            self.control("reset")
            tx = self.make_paid()
            refund = self.refund(tx)
            self.control("faults", endpoint="reversal", kind=kind, times=1)
            command = self.send("reversal")
            with self.subTest(kind=kind):
                self.assertEqual((refund.state, command.state), ("pending", "unknown"))
                self.overdue(command, 7200)
                self.step()
                self.assertEqual((self.get_movements(), bool(command.fault)), ([], True))
                command.action_not_returned()
                again = self.refund(tx)
                self.answer("reversal")
                self.assertOneReturn(tx, again, 500)

    def test_dead_token(self):
        tx = self.make_paid()
        refund = self.refund(tx)
        self.control("token/expire")
        self.answer("reversal")
        self.assertOneReturn(tx, refund, 500)

    def test_refused(self):
        tx = self.make_paid()
        self.provider.mpesa_initiator_name = "testapi-viewer"
        refund = self.refund(tx)
        self.answer("reversal")
        self.assertEqual((refund.state, refund.mpesa_result_code), ("error", "21"))
        self.provider.write({"mpesa_initiator_name": "testapi", "mpesa_initiator_password": "wrong"})
        refund = self.refund(tx)
        self.answer("reversal")
        self.assertEqual((refund.state, refund.mpesa_result_code), ("error", "2001"))
        self.provider.mpesa_initiator_password = "sandbox-initiator"
        self.control("ledger", shortcode="174379", amount=-400)
        refund = self.refund(tx)
        self.answer("reversal")
        self.assertEqual((refund.state, refund.mpesa_result_code, self.get_movements()), ("error", "1", []))

    def test_reversed_outside(self):
        tx = self.make_paid()
        first = self.refund(tx)
        self.sends("reversal", "never")
        self.send("reversal")
        command = self.get_commands("reversal")
        self.overdue(command)
        command.action_not_returned()  # staff looked at the wrong line
        self.assertEqual(first.state, "error")
        refund = self.refund(tx)
        self.assertEqual(self.answer("reversal").result_code, "R000001")
        self.assertEqual((refund.state, tx.mpesa_receipt_ids.state), ("done", "reversed"))
        self.assertEqual(len(self.get_movements()), 1)

    def test_confirmed_by_status(self):
        self.provider.action_mpesa_register_c2b()
        invoice = self.make_invoice(500)
        for option, value in (("msisdn", "hashed"), ("amounts", "10"), ("names", "empty"), ("result_code", "text")):
            self.control("options", **{option: value})
        number = self.pay_without_prompt(500, invoice.mpesa_reference)
        self.wait_for("mpesa_c2b", f"{self.provider.id}/{number}")
        receipt = self.get_receipt(number)
        self.assertEqual((receipt.state, invoice.payment_state), ("waiting", "not_paid"))
        self.answer("status")
        self.assertEqual((receipt.state, invoice.payment_state), ("booked", "paid"))
        self.assertFalse(receipt.flag)

    def test_wrong_amount_in_the_confirmation(self):
        self.provider.action_mpesa_register_c2b()
        number = self.pay_without_prompt(500, "RENT", amount=5)
        self.wait_for("mpesa_c2b", f"{self.provider.id}/{number}")
        self.answer("status")
        receipt = self.get_receipt(number)
        self.assertEqual((receipt.amount, receipt.state), (500, "suspense"))
        self.assertIn("KSh 5.", receipt.flag)

    def test_forged_confirmation(self):
        invoice = self.make_invoice(500)
        data = self.confirmation("FORGED0001", "500.00", invoice.mpesa_reference)
        self.provider._mpesa_receive_c2b(json.dumps(data).encode(), {}, "127.0.0.1", data)
        self.process_webhooks()
        receipt = self.get_receipt("FORGED0001")
        for _turn in range(3):
            self.assertEqual(receipt.state, "waiting")
            self.answer("status")
            self.env.cr.execute("UPDATE sire_mpesa_receipt SET next_try_at = create_date")
            self.env.invalidate_all()
            receipt._book()
        self.assertEqual((receipt.state, invoice.payment_state), ("denied", "not_paid"))

    def test_confirmation_whatever_the_network_does(self):
        """Each question that is lost in another way: asked anew, booked once."""
        self.provider.action_mpesa_register_c2b()
        self.control("options", single_parameter=False)
        number = self.pay_without_prompt(500, self.make_invoice(500).mpesa_reference)
        self.wait_for("mpesa_c2b", f"{self.provider.id}/{number}")
        receipt = self.get_receipt(number)

        def again():
            self.assertEqual((receipt.state, receipt.confirmation), ("waiting", "asked"))
            self.env.cr.execute("UPDATE sire_mpesa_receipt SET next_try_at = create_date")
            self.env.invalidate_all()
            receipt._book()

        for kind in ("html", "500", "spike", "busy", "lost_answer"):
            self.control("faults", endpoint="status", kind=kind, times=1)
            self.send("status")
            again()
        for how in ("never", "timeout"):
            self.sends("status", how)
            command = self.send("status")
            if how == "timeout":
                self.wait_for_result(command)
            again()
        self.control("options", single_parameter=True)
        self.answer("status")
        again()
        self.control("options", single_parameter=False)
        self.sends("status", "reordered")
        held = self.send("status")
        again()
        self.sends("status", "twice")
        self.control("token/expire")
        self.answer("status")
        self.wait_for_result(held)
        self.assertEqual((receipt.state, len(receipt.payment_ids)), ("booked", 1))

    def test_returned_from_suspense(self):
        self.provider.action_mpesa_register_c2b()
        number = self.pay_without_prompt(500, "NOBODY")
        self.wait_for("mpesa_c2b", f"{self.provider.id}/{number}")
        self.answer("status")
        receipt = self.get_receipt(number)
        self.assertEqual(receipt.state, "suspense")
        receipt.action_return()
        self.answer("reversal")
        self.assertEqual((receipt.state, receipt.reversed_amount), ("reversed", 500))
        self.assertEqual([row["linked"] for row in self.get_movements()], [number])
        self.assertFalse(self.env["sire.mpesa.day"].search([("difference", "!=", 0)]))

    def test_number_of_a_prompt(self):
        tx = self.pay(result="success", callbacks="never")
        self.age(tx, 30)
        self.resolve()
        self.assertEqual((tx.state, tx.provider_reference), ("done", False))
        self.age(tx, 90)
        self.step()
        self.answer("status")
        self.assertEqual(tx.provider_reference, self.get_movements("stk")[-1]["receipt"])
        self.assertEqual(tx.mpesa_receipt_ids.state, "booked")

    def test_status_settles_a_prompt(self):
        tx = self.pay(result="success", callbacks="never")
        self.control("faults", endpoint="query", kind="html", times=5)
        self.age(tx, 90)
        self.resolve()
        self.assertEqual(tx.state, "pending")
        self.answer("status")
        self.assertEqual((tx.state, tx.mpesa_receipt_ids.amount), ("done", 500))

    def test_status_of_an_open_prompt(self):
        tx = self.pay(result="manual")
        self.age(tx, 90)
        self.resolve()
        self.assertEqual(self.answer("status").result_code, "R000002")
        self.assertEqual(tx.state, "pending")

    def test_balance(self):
        self.make_paid(500)
        self.provider.action_mpesa_check_balance()
        self.answer("balance")
        self.assertEqual(self.provider.mpesa_balance, 500)
        self.assertTrue(self.provider.mpesa_balance_at)
        self.control("options", single_parameter=True)
        self.provider.action_mpesa_check_balance()
        self.answer("balance")
        self.assertEqual(self.provider.mpesa_balance, 500)

    def test_till(self):
        self.provider.write({"mpesa_shortcode": "174380", "mpesa_shortcode_type": "till", "mpesa_till": "5174380"})
        self.control("default", result="success", callbacks="never")
        tx = self.request(500)
        self.control("faults", endpoint="query", kind="html", times=5)
        self.age(tx, 90)
        self.resolve()
        self.answer("status")
        self.assertEqual(tx.state, "done")
        self.provider.action_mpesa_check_balance()
        self.answer("balance")
        self.assertEqual(self.provider.mpesa_balance, 500)
        refund = self.refund(tx, 200)
        self.answer("reversal")
        self.assertEqual(refund.state, "done")
        self.assertEqual([row["amount"] for row in self.get_movements(shortcode="174380")], [-200])

    def test_certificate_of_the_repository(self):
        content = (ROOT / "sandbox" / "certificate" / "certificate.cer").read_bytes()
        self.provider.mpesa_initiator_certificate = base64.b64encode(content)
        self.assertTrue(self.provider._mpesa_has_initiator())
