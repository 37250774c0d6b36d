"""Safaricom's asynchronous commands at the edge of the network: what was asked, and the result that is posted later."""

import base64
import json
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from odoo import fields

from odoo.addons.sire_base.utils.eat import format_daraja_timestamp

from .test_assign import AssignCommon

PASSWORD = "s3cret-Of-The-Initiator"


@cache
def make_certificate():
    """:return: a private key and the certificate of it, PEM"""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "daraja.test")])
    now = fields.Datetime.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(fields.Datetime.add(now, days=30))
        .sign(key, hashes.SHA256())
    )
    return key, certificate.public_bytes(serialization.Encoding.PEM)


def decrypt(credential):
    """:return: what stands in a SecurityCredential"""
    return make_certificate()[0].decrypt(base64.b64decode(credential), padding.PKCS1v15()).decode()


INITIATOR = {"mpesa_initiator_name": "testapi", "mpesa_initiator_password": PASSWORD}


def initiator_values():
    return {**INITIATOR, "mpesa_initiator_certificate": base64.b64encode(make_certificate()[1])}


def result_body(command, code=0, **parameters):
    """A result as Safaricom posts it."""
    items = [{"Key": key, "Value": value} for key, value in parameters.items() if value is not None]
    result = {
        "ResultType": 0,
        "ResultCode": code,
        "ResultDesc": f"Says Safaricom: {code}",
        "OriginatorConversationID": command.originator_conversation_id,
        "ConversationID": command.conversation_id,
        "TransactionID": "REV0000001",
    }
    if items:
        result["ResultParameters"] = {"ResultParameter": items}
    return {"Result": result}


def paid_parameters(number, amount, **values):
    """What transaction status says about a payment that is there."""
    return {
        "ReceiptNo": number,
        "TransactionStatus": "Completed",
        "Amount": amount,
        "FinalisedTime": int(format_daraja_timestamp(fields.Datetime.now())),
        "DebitPartyName": "254712345678 - JANE WANJIKU",
        "CreditPartyName": "174379 - SIRE Demo",
        "ReasonType": "Pay Bill",
        **values,
    }


class CommandCommon(AssignCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider.write(initiator_values())
        cls.env.ref("payment.payment_method_mpesa").support_refund = "partial"

    def get_commands(self, kind):
        return self.env["sire.mpesa.command"].search([("kind", "=", kind)], order="id")

    def send(self, kind):
        """What the commit does: the latest command of this kind leaves.

        :return: the command
        """
        command = self.get_commands(kind)[-1:]
        command._send()
        return command

    def report(self, command, code=0, late=False, handle=True, ids=None, **parameters):
        """What the result route does with a body, and then the worker.

        :return: the event
        """
        data = result_body(command, code, **parameters)
        data["Result"].update(ids or {})
        event = command._receive(json.dumps(data).encode(), {}, "196.201.214.200", late)
        if handle:
            self.process_webhooks()
        return event

    def report_paid(self, command, number, amount, **values):
        return self.report(command, **paid_parameters(number, amount, **values))

    def step(self):
        """Run the job as its cron does."""
        self.env.flush_all()
        with self.enter_cron():
            self.env["sire.mpesa.command"]._cron_commands()
        self.env.invalidate_all()

    def overdue(self, command, seconds=600):
        """Let time pass for one command."""
        past = fields.Datetime.subtract(fields.Datetime.now(), seconds=seconds)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sire_mpesa_command SET create_date = %s, write_date = %s,"
            " next_check_at = CASE WHEN next_check_at IS NULL THEN NULL ELSE %s END WHERE id = %s",
            (past, past, past, command.id),
        )
        self.env.invalidate_all()

    def make_paid(self, amount=500, number="NLJ7RT61SV", invoice=None):
        """A prompt that was paid, with its receipt.

        :return: the transaction
        """
        tx = self.request(amount, invoice)
        self.daraja.query_result = ("paid", "0")
        self.receive(tx, self.paid_callback(tx, MpesaReceiptNumber=number))
        self.assertEqual((tx.state, tx.provider_reference), ("done", number))
        return tx

    def assertDayBalances(self, **columns):
        """The day has no difference, and these sums."""
        self.env.flush_all()
        days = self.env["sire.mpesa.day"].search([("provider_id", "=", self.provider.id)])
        self.assertEqual(days.mapped("difference"), [0] * len(days))
        for name, amount in columns.items():
            self.assertEqual(sum(days.mapped(name)), amount, name)
