"""Pure functions: what the results of asynchronous commands say, and the credential that they need. No environment."""

import base64
import binascii
import math
import re
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from .utils import is_code, parse_amount, parse_payer_phone, parse_receipt, parse_time, to_text

# What a payment that exists can be besides completed, and is no payment to us.
NO_PAYMENT = {"cancelled", "canceled", "declined", "expired", "failed", "rejected", "reversed"}
PADDING_BYTES = 11  # of PKCS#1 v1.5


@dataclass(frozen=True)
class CommandResult:
    """What was posted to a result or time-out address.

    :param str code: result code as text, "0" for done
    :param str receipt: number of the movement that the command made, when it made one
    :param dict parameters: by key, values as they came
    """

    code: str
    description: str = ""
    originator_conversation_id: str = ""
    conversation_id: str = ""
    receipt: str | None = None
    parameters: dict = field(default_factory=dict)


@dataclass(frozen=True)
class StatusAnswer:
    """What transaction status says about one movement of money.

    :param str verdict: ``paid`` (completed, and to us), ``denied`` (no payment to us) or ``unclear`` (something lacks)
    :param datetime paid_at: naive UTC
    :param str phone: the payer's, E.164 or as it came
    """

    verdict: str
    why: str = ""
    number: str | None = None
    amount: float | None = None
    paid_at: datetime | None = None
    phone: str = ""
    name: str = ""
    reason: str = ""


def parse_result(data):
    """Read the body of a result or a time-out.

    ``ResultCode`` can be a number or text; parameters are there when it was done, and a single one can come without
    its list.

    :param data: the decoded JSON
    :rtype: CommandResult
    :raise ValueError: when it is neither
    """
    result = data.get("Result") if isinstance(data, dict) else None
    if not isinstance(result, dict) or not is_code(result.get("ResultCode")):
        raise ValueError("This is not the result of a command.")
    told = result.get("ResultParameters")
    items = told.get("ResultParameter") if isinstance(told, dict) else []
    items = [items] if isinstance(items, dict) else items if isinstance(items, list) else []
    return CommandResult(
        code=to_text(result["ResultCode"]),
        description=to_text(result.get("ResultDesc")),
        originator_conversation_id=to_text(result.get("OriginatorConversationID")),
        conversation_id=to_text(result.get("ConversationID")),
        receipt=parse_receipt(result.get("TransactionID")),
        parameters={to_text(item.get("Key")): item.get("Value") for item in items if isinstance(item, dict)},
    )


def read_status(result, shortcodes):
    """Say what transaction status found out about a payment.

    :param CommandResult result: one that was done
    :param shortcodes: the numbers that clients pay to here
    :rtype: StatusAnswer
    """
    told = result.parameters
    number, amount = parse_receipt(told.get("ReceiptNo")), parse_amount(told.get("Amount"))
    status, reason = to_text(told.get("TransactionStatus")), to_text(told.get("ReasonType"))
    credited, payer = _split_party(told.get("CreditPartyName")), _split_party(told.get("DebitPartyName"))
    facts = {
        "number": number,
        "amount": amount,
        "paid_at": parse_time(told.get("FinalisedTime")),
        "phone": parse_payer_phone(payer[0]),
        "name": payer[1],
        "reason": reason,
    }
    if status.lower() in NO_PAYMENT:
        return StatusAnswer("denied", status, **facts)
    if not number or not amount or not math.isfinite(amount) or amount <= 0 or status.lower() != "completed":
        return StatusAnswer("unclear", status, **facts)
    if "reversal" in reason.lower():
        return StatusAnswer("denied", reason, **facts)
    if not credited[0]:
        return StatusAnswer("unclear", "", **facts)
    if credited[0] not in shortcodes:
        return StatusAnswer("denied", " - ".join(filter(None, credited)), **facts)
    return StatusAnswer("paid", status, **facts)


def parse_balances(value):
    """Read ``Name|KES|available|…`` joined by ``&``.

    :return: shillings by name of the account, only what is sure
    :rtype: dict[str, float]
    """
    balances, doubtful = {}, set()
    for part in to_text(value, 4000).split("&"):
        name, *rest = (piece.strip() for piece in part.split("|"))
        amount = rest[1] if len(rest) > 1 else ""
        if not name or rest[:1] != ["KES"] or not re.fullmatch(r"-?\d{1,12}(\.\d{1,2})?", amount) or name in balances:
            doubtful.add(name)
        else:
            balances[name] = float(amount)
    return {name: amount for name, amount in balances.items() if name not in doubtful}


def load_certificate(content):
    """Read the certificate that Safaricom gives out, as text (PEM) or in bytes (DER).

    :param bytes content: of the file
    :return: its public key
    :rtype: RSAPublicKey
    :raise ValueError: when it is none
    """
    load = x509.load_pem_x509_certificate if b"-----BEGIN" in content else x509.load_der_x509_certificate
    key = load(content).public_key()
    if not isinstance(key, RSAPublicKey):
        raise ValueError("The key is no RSA key.")
    return key


def encrypt_credential(password, content):
    """Make a SecurityCredential: the password, RSA PKCS#1 v1.5, base64.

    :param str password: the initiator's
    :param bytes content: of the certificate's file
    :rtype: str
    :raise ValueError: when the certificate cannot be read, or the password is too long for its key
    """
    key, plain = load_certificate(content), password.encode()
    if len(plain) > key.key_size // 8 - PADDING_BYTES:
        raise ValueError("The password is too long.")
    return base64.b64encode(key.encrypt(plain, padding.PKCS1v15())).decode()


def decode_file(value):
    """:return: the bytes of a Binary field's value; what is no base64 is taken as it is
    :rtype: bytes
    """
    raw = value.encode() if isinstance(value, str) else value or b""
    try:
        return base64.b64decode(raw, validate=True)
    except (binascii.Error, ValueError):
        return raw


def _split_party(value):
    """:return: number and name of ``600610 - Some Business``
    :rtype: tuple[str, str]
    """
    number, _dash, name = to_text(value).partition(" - ")
    return number.strip(), name.strip()
