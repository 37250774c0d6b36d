"""The room for commands: sent once, believed by their own numbers, and what happens when nothing comes."""

import base64
import json
from pathlib import Path

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged

from odoo.addons.sire_mpesa.commands import (
    CommandResult,
    decode_file,
    encrypt_credential,
    parse_balances,
    parse_result,
    read_status,
)

from .command_common import PASSWORD, CommandCommon, decrypt, make_certificate, paid_parameters, result_body


@tagged("post_install", "-at_install")
class TestCommands(CommandCommon):
    def ask(self):
        """The balance, which is the shortest command."""
        self.provider.action_mpesa_check_balance()
        return self.get_commands("balance")[-1:]

    def test_request(self):
        command = self.ask()
        self.assertTrue(command._send())
        (_endpoint, body, authorization) = self.daraja.sent("balance")[0]
        self.assertEqual(authorization, "Bearer token-1")
        self.assertEqual(decrypt(body.pop("SecurityCredential")), PASSWORD)
        base = f"https://pay.example.co.ke/sire/pay/answer/{command.token}"
        self.assertEqual(
            body,
            {
                "Initiator": "testapi",
                "CommandID": "AccountBalance",
                "PartyA": 174379,
                "IdentifierType": "4",
                "Remarks": "SIRE",
                "ResultURL": f"{base}/result",
                "QueueTimeOutURL": f"{base}/late",
            },
        )
        self.assertEqual((command.state, command.conversation_id), ("sent", "AG_1"))

    def test_sent_once(self):
        command = self.ask()
        self.assertTrue(command._send())
        self.assertFalse(command._send())
        self.assertEqual(len(self.daraja.sent("balance")), 1)

    def test_what_became_of_it(self):
        refused = {"requestId": "r", "errorCode": "400.002.02", "errorMessage": "Bad Request - Invalid Initiator"}
        spike = {"fault": {"faultstring": "Spike arrest", "detail": {"errorcode": "policies.ratelimit"}}}
        dead = {"requestId": "r", "errorCode": "404.001.03", "errorMessage": "Invalid Access Token"}
        cases = (
            ((400, refused), "failed"),
            ((200, {"ResponseCode": "1", "ResponseDescription": "Rejected"}), "failed"),
            ((200, {"ResponseCode": "0"}), "unknown"),  # accepted, and no number to know its result by
            ((429, spike), "unknown"),
            ((500, {"errorCode": "500.003.02", "errorMessage": "System is busy"}), "unknown"),
            ((200, "<html>Welcome</html>"), "unknown"),
            ((503, ""), "unknown"),
            (TimeoutError("cut"), "unknown"),
        )
        for answer, state in cases:
            with self.subTest(answer=answer):
                self.daraja.next_is("balance", answer)
                command = self.env["sire.mpesa.command"]._queue(self.provider, "balance", about="174379")
                command._send()
                self.assertEqual(command.state, state)
                self.assertFalse(command._send(), "what may have been taken is not sent again")
        self.daraja.next_is("balance", (404, dead))
        command = self.env["sire.mpesa.command"]._queue(self.provider, "balance", about="174379")
        command._send()
        self.assertEqual((command.state, self.daraja.tokens), ("sent", 2), "a dead token is fetched anew, once")

    def test_another_request_is_not_believed(self):
        command = self.ask()
        command._send()
        event = self.report(command, ids={"ConversationID": "AG_other"}, AccountBalance="Utility Account|KES|5.00")
        self.assertEqual((event.state, command.state), ("parked", "sent"))
        self.assertFalse(self.provider.mpesa_balance_at)
        for body in (b"<html>", b"[]", b"{}", b'{"Result": {"ResultCode": null}}', b'{"Result": []}'):
            event = command._receive(body, {}, "127.0.0.1", False)
            self.process_webhooks()
            self.assertEqual(event.state, "parked", body)

    def test_result_before_the_answer(self):
        command = self.ask()
        command.state = "sending"
        data = result_body(command, AccountBalance="Utility Account|KES|5.00")
        data["Result"].update(OriginatorConversationID="o-1", ConversationID="AG_1")
        event = command._receive(json.dumps(data).encode(), {}, "127.0.0.1", False)
        self.process_webhooks()
        self.assertEqual(event.state, "received")
        command.state = "queued"
        command._send()
        self.process_webhooks(retries=True)
        self.assertEqual((event.state, command.state, self.provider.mpesa_balance), ("done", "done", 5))

    def test_left_behind(self):
        command = self.ask()
        self.overdue(command, 30)
        self.step()
        self.assertEqual((command.state, len(self.daraja.sent("balance"))), ("sent", 1))
        self.overdue(command)
        self.step()
        self.assertEqual(command.state, "unanswered")
        self.assertIn("did not answer", self.provider.mpesa_balance_message)
        self.report(command, AccountBalance="Utility Account|KES|7.00")
        self.assertEqual((command.state, self.provider.mpesa_balance), ("done", 7), "late is not wrong")

    def test_process_dies_while_sending(self):
        command = self.ask()
        command.state = "sending"
        self.overdue(command)
        self.step()
        self.assertEqual((command.state, self.daraja.sent("balance")), ("unknown", []))

    def test_balance(self):
        accounts = "Working Account|KES|100.00|100.00|0.00|0.00&Utility Account|KES|23456.50|23456.50|0.00|0.00"
        command = self.ask()
        command._send()
        self.report(command, AccountBalance=accounts, BOCompletedTime=20200101120000)
        self.assertEqual(self.provider.mpesa_balance, 23456.5)
        self.assertGreater(self.provider.mpesa_balance_at, command.create_date.replace(year=2021))
        self.assertEqual(
            self.provider.mpesa_balance_accounts, "Working Account: KSh 100\nUtility Account: KSh 23,456.50"
        )

    def test_never_a_wrong_balance(self):
        for wrong in (
            "", "Utility Account", "Utility Account|USD|5.00", "Utility Account|KES|", "Utility Account|KES|nan",
            "Utility Account|KES|1e9", "Working Account|KES|5.00", "Utility Account|KES|5,000.00", None,
            "Utility Account|KES|5.00&Utility Account|KES|6.00",
        ):  # fmt: skip
            with self.subTest(wrong=wrong):
                command = self.ask()
                command._send()
                self.report(command, AccountBalance=wrong)
                self.assertFalse(self.provider.mpesa_balance_at)
                self.assertIn("no sure balance", self.provider.mpesa_balance_message)
        command = self.ask()
        command._send()
        self.report(command, 2001)
        self.assertIn("refused the initiator", self.provider.mpesa_balance_message)

    def test_an_older_balance_does_not_win(self):
        first = self.ask()
        first._send()
        first.state = "unanswered"
        second = self.ask()
        second._send()
        self.report(second, AccountBalance="Utility Account|KES|8.00")
        self.report(first, AccountBalance="Utility Account|KES|3.00")
        self.assertEqual(self.provider.mpesa_balance, 8)

    def test_a_question_on_its_way_is_enough(self):
        self.ask()
        self.ask()
        self.assertEqual(len(self.get_commands("balance")), 1)

    def test_daily(self):
        with self.enter_cron():
            self.env["payment.provider"]._cron_mpesa_balance()
        self.assertEqual(len(self.get_commands("balance")), 1)

    def test_without_initiator(self):
        self.provider.mpesa_initiator_password = False
        with self.assertRaisesRegex(UserError, "initiator is not set up"):
            self.provider.action_mpesa_check_balance()
        self.assertEqual(self.provider.support_refund, "none")
        self.provider.mpesa_initiator_password = PASSWORD
        self.assertEqual(self.provider.support_refund, "partial")

    def test_who_may(self):
        with self.assertRaises(AccessError):
            self.provider.with_user(self.accountant).action_mpesa_check_balance()
        command = self.ask().with_user(self.accountant)
        self.assertEqual(command.about, "174379")
        for name in ("token", "result_body"):
            with self.assertRaises(AccessError):
                command.read([name])
        for call in (
            lambda: command.write({"state": "done"}),
            lambda: command.unlink(),
            lambda: command.create({"about": "x", "kind": "reversal", "provider_id": self.provider.id}),
        ):
            with self.assertRaises(AccessError):
                call()
        for name in ("mpesa_initiator_name", "mpesa_initiator_password", "mpesa_initiator_certificate"):
            with self.assertRaises(AccessError):
                self.provider.with_user(self.accountant).read([name])

    def test_two_companies(self):
        command = self.ask()
        other = self.make_user("mpesa.elsewhere", "account.group_account_invoice", company=self.company_2)
        self.assertFalse(self.env["sire.mpesa.command"].with_user(other).search([("id", "=", command.id)]))
        with self.assertRaises(AccessError):
            command.with_user(other).read(["about"])

    def test_certificate(self):
        key, certificate = make_certificate()
        for wrong in (b"hello", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", b"\x00\x01"):
            with self.assertRaisesRegex(ValidationError, "not Safaricom's certificate"), self.env.cr.savepoint():
                self.provider.mpesa_initiator_certificate = base64.b64encode(wrong)
        with self.assertRaisesRegex(ValidationError, "too long"), self.env.cr.savepoint():
            self.provider.mpesa_initiator_password = "x" * 246
        self.provider.mpesa_initiator_certificate = base64.b64encode(certificate)
        self.assertEqual(decrypt(encrypt_credential("pass word ü", certificate)), "pass word ü")
        self.assertEqual(decode_file(base64.b64encode(certificate)), certificate)
        self.assertTrue(key)

    def test_neutralized(self):
        command = self.ask()
        self.env.flush_all()
        sql = (Path(__file__).parents[1] / "data" / "neutralize.sql").read_text()
        self.env.cr.execute(sql)
        self.env.invalidate_all()
        self.assertFalse(self.provider.mpesa_initiator_password)
        self.assertFalse(self.provider.mpesa_initiator_certificate)
        self.assertEqual(command.state, "unanswered")

    def test_reading_results(self):
        single = {
            "Result": {"ResultCode": "R000001", "ResultParameters": {"ResultParameter": {"Key": "A", "Value": 1}}}
        }
        result = parse_result(single)
        self.assertEqual((result.code, result.parameters, result.receipt), ("R000001", {"A": 1}, None))
        for wrong in ({}, None, {"Result": {}}, {"Result": {"ResultCode": True}}, {"Result": {"ResultCode": {}}}):
            with self.assertRaises(ValueError):
                parse_result(wrong)
        self.assertEqual(parse_result({"Result": {"ResultCode": 0, "ResultParameters": "x"}}).parameters, {})

    def test_reading_a_status(self):
        def verdict(**values):
            parameters = {**paid_parameters("UKL7XQ2M4P", 500), **values}
            return read_status(CommandResult("0", parameters=parameters), {"174379"}).verdict

        self.assertEqual(verdict(), "paid")
        self.assertEqual(verdict(Amount="500.00", TransactionStatus="completed"), "paid")
        self.assertEqual(verdict(CreditPartyName="600000 - Somebody"), "denied")
        self.assertEqual(verdict(TransactionStatus="Declined"), "denied")
        self.assertEqual(verdict(ReasonType="Pay Bill Reversal"), "denied")
        for lacking in ({"CreditPartyName": ""}, {"Amount": "x"}, {"Amount": -5}, {"Amount": None}, {"ReceiptNo": ""},
                        {"TransactionStatus": "Pending"}, {"TransactionStatus": {}}):  # fmt: skip
            self.assertEqual(verdict(**lacking), "unclear", lacking)

    def test_reading_balances(self):
        self.assertEqual(parse_balances("A|KES|-1540.00|x&B|KES|0|&C|USD|5"), {"A": -1540, "B": 0})
        self.assertEqual(parse_balances({"a": 1}), {})


@tagged("post_install", "-at_install")
class TestCommandRoute(CommandCommon, HttpCase):
    def test_route(self):
        self.provider.action_mpesa_check_balance()
        command = self.send("balance")
        data = result_body(command, AccountBalance="Utility Account|KES|5.00")
        path = f"/sire/pay/answer/{command.token}"
        self.assertEqual(self.url_open("/sire/pay/answer/nobody/result", json=data).status_code, 404)
        self.assertEqual(self.url_open(f"{path}/other", json=data).status_code, 404)
        for _time in range(2):
            response = self.url_open(f"{path}/result", json=data)
            self.assertEqual((response.status_code, response.json()["ResultCode"]), (200, 0))
        self.assertEqual(self.env["sire.webhook.event"].search_count([("provider", "=", "mpesa_command")]), 1)
        self.assertEqual(self.url_open(f"{path}/late", data="x" * 70_000).status_code, 413)
        self.process_webhooks()
        self.assertEqual(self.provider.mpesa_balance, 5)
        self.provider.mpesa_source_addresses = "196.201.214.0/24"
        self.assertEqual(self.url_open(f"{path}/result", json=data).status_code, 404)
