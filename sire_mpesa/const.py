"""Facts of Daraja 3.0 as documented in December 2025, and what they mean to the person who pays."""

from typing import NamedTuple

from odoo.tools.translate import LazyTranslate

from odoo.addons.payment.const import SENSITIVE_KEYS as PAYMENT_SENSITIVE_KEYS

_lt = LazyTranslate(__name__)

SENSITIVE_KEYS = {
    "access_token",
    "Authorization",
    "CallBackURL",
    "Password",
    "QueueTimeOutURL",
    "ResultURL",
    "SecurityCredential",
    "mpesa_consumer_key",
    "mpesa_consumer_secret",
    "mpesa_initiator_password",
    "mpesa_passkey",
}
PAYMENT_SENSITIVE_KEYS.update(SENSITIVE_KEYS)  # The host's own payment loggers mask them too.

PRODUCTION_URL = "https://api.safaricom.co.ke"
SANDBOX_URL = "https://sandbox.safaricom.co.ke"
CURRENCY = "KES"
MIN_AMOUNT, MAX_AMOUNT = 1, 250_000  # shillings a transaction; defaults, the provider has its own
FORBIDDEN_WORDS = (
    "mpesa",
    "m-pesa",
    "safaricom",
    "exe",
    "exec",
    "cmd",
    "sql",
    "query",
)  # anywhere in a callback address

WEBHOOK_KIND = "mpesa_stk"
CALLBACK_PATH = "/sire/pay/stk/"
C2B_KIND = "mpesa_c2b"
STATEMENT_KIND = "mpesa_statement"
C2B_PATH = "/sire/pay/c2b/"
COMMAND_KIND = "mpesa_command"
COMMAND_PATH = "/sire/pay/answer/"
MAX_CALLBACK_BYTES = 65_536  # a real one has about 600

PROMPT_SECONDS = 75  # a prompt that nobody answers is gone by then
FIRST_QUERY_SECONDS = 20  # how long a callback may take before we ask ourselves
SEND_WITHIN_SECONDS = 120  # a prompt that never left by then is not sent any more: nobody waits for it
RELEASE_SECONDS = 180  # default of the provider: how long an unexplained prompt keeps an invoice locked
GIVE_UP_SECONDS = 48 * 3600  # Safaricom keeps results about that long
# (age of the prompt in seconds, seconds until the next question)
QUERY_PACE = ((60, 15), (300, 45), (3600, 300), (GIVE_UP_SECONDS, 3600))


# What Safaricom said about a receipt: never changed once it is written down.
RECEIPT_FACTS = frozenset({
    "name", "company_id", "provider_id", "currency_id", "amount", "paid_at", "payer_name", "payer_phone", "reference",
    "kind",
})  # fmt: skip
PROMPT_WINDOW = (120, 300)  # seconds before (clocks differ) and after the request in which its payment is made
RETRY_SECONDS = 300  # until booking is tried again

# Commands: asked by us, answered later.
SEND_SECONDS = 120  # a request that has no end by then has lost it: its process died
ANSWER_SECONDS = 120  # how long the result of a question may take before it is asked anew
REVERSAL_SECONDS = 300  # how long the result of a reversal may take before Safaricom is asked what became of it
REVERSAL_WITHIN = 3600  # a reversal that never left by then is not sent any more
CALLBACK_FIRST = 30  # seconds in which a prompt's own callback may say what its confirmation says
ASK_PACE = (90, 300, 900, 3600)  # seconds until a question is asked anew; the last one ever after
DENIALS = 3  # so often has Safaricom to say that it knows no such payment: its own systems need their time
ALREADY_REVERSED, NOT_KNOWN = "R000001", "R000002"


# Answers to the question whether a pay bill payment may be made.
C2B_ACCEPT = {"ResultCode": "0", "ResultDesc": "Accepted"}
C2B_REFUSE = {"account": "C2B00012", "amount": "C2B00013", "shortcode": "C2B00015"}


class Result(NamedTuple):
    """How a prompt ended, for the payer: what happened, what to do, and whether trying again can help."""

    state: str
    message: object
    retry: bool = True


_NO_MONEY = _lt("There is not enough money in the M-Pesa account. Top up and try again, or pay another way.")
_LIMIT = _lt("M-Pesa's limit does not allow this amount. Pay a smaller amount, on another day or another way.")
_BUSY = _lt("M-Pesa is busy and could not send the prompt. Nothing was paid. Try again in a minute.")
_SETUP = _lt(
    "M-Pesa does not accept payments for us at the moment: our setup needs attention. Please tell us, or pay another way."
)

RESULTS = {
    "1": Result("error", _NO_MONEY),
    "2": Result("error", _lt("The amount is less than M-Pesa allows. Pay a larger amount or another way.")),
    "3": Result("error", _LIMIT),
    "4": Result("error", _LIMIT),
    "8": Result("error", _LIMIT),
    "17": Result("error", _lt("The same amount was paid less than two minutes ago. Wait two minutes, then try again.")),
    "26": Result("error", _BUSY),
    "9999": Result("error", _BUSY),
    "1025": Result("error", _BUSY),
    "1001": Result(
        "error", _lt("The phone has another M-Pesa prompt open. Finish that one, wait a minute, then try again.")
    ),
    "1019": Result(
        "error", _lt("The prompt was not answered in time. Nothing was paid. Try again when you are ready.")
    ),
    "1032": Result(
        "cancel", _lt("The prompt was cancelled on the phone. Nothing was paid. Try again when you are ready.")
    ),
    "1037": Result(
        "error", _lt("The phone could not be reached. Switch it on, check that it has network, then try again.")
    ),
    "2001": Result("error", _lt("The M-Pesa PIN was wrong. Nothing was paid. Try again with the right PIN.")),
    "2028": Result("error", _SETUP, retry=False),
    "SFC_IC0003": Result("error", _SETUP, retry=False),
    "8006": Result("error", _SETUP, retry=False),
    # Our own: what became of a prompt that Safaricom gave no result for.
    "setup": Result("error", _SETUP, retry=False),
    "unreachable": Result("error", _lt("M-Pesa could not be reached, so no prompt was sent. Try again in a minute.")),
    "not_sent": Result("error", _lt("The prompt was not sent. Nothing was paid. Try again.")),
    "rejected": Result(
        "error", _lt("M-Pesa did not accept the request, so no prompt was sent. Check the number and try again.")
    ),
    "unconfirmed": Result(
        "error",
        _lt(
            "We could not confirm this payment with M-Pesa yet. If you have an M-Pesa message that it was paid, do not pay"
            " again: it will be counted as soon as it is confirmed. Otherwise try again."
        ),
    ),
    "contradiction": Result(
        "error",
        _lt("What M-Pesa told us about this payment does not agree. Please do not pay again: our staff will check it."),
        retry=False,
    ),
}
OTHER_RESULT = Result("error", _lt("M-Pesa did not make this payment. Try again, or pay another way."))
# Not the last word. Neither is a code that is not in the list: it may be new, and mean something else.
OPEN_RESULTS = {"unconfirmed", "contradiction"}


# Why a command was not done, for staff.
COMMAND_FAULTS = {
    "1": _lt("There is not enough money in the M-Pesa account of this shortcode."),
    "8": _lt("The payer's M-Pesa account cannot take this amount: it would be too full."),
    "11": _lt("Safaricom does not allow it in the present state of an account."),
    "21": _lt("The initiator may not do this: its role at Safaricom lacks the right."),
    "2001": _lt("Safaricom refused the initiator's name or password."),
    "2006": _lt("Safaricom does not allow it by a rule of the account."),
    "2028": _lt("Safaricom does not allow this amount, or not for this shortcode: perhaps only the whole payment."),
    "8006": _lt("The initiator's password is locked at Safaricom."),
    "R000002": _lt("Safaricom does not know this receipt."),
    # Our own.
    "not_sent": _lt("The request could not be sent in time. Nothing was returned. Try again."),
    "unreachable": _lt("M-Pesa could not be reached. Nothing was returned. Try again."),
    "setup": _lt("The initiator is not set up: name, password and certificate are needed."),
    "timed_out": _lt("Safaricom gave the request up, and knows of no such reversal. Nothing was returned."),
    "counted": _lt("All of it had gone back already, and the books have it."),
    "by_hand": _lt("Staff say that nothing was returned."),
}
OTHER_FAULT = _lt("Safaricom did not do it.")
