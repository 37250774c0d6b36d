"""How a prompt can end: result codes, their names, and what a test asks for. Pure."""

from dataclasses import dataclass

OK = "0"

# Result codes of the contract, with the words that the service uses.
RESULTS = {
    "0": "The service request is processed successfully.",
    "1": "The balance is insufficient for the transaction.",
    "2": "The amount is less than the minimum transaction value.",
    "3": "The amount is more than the maximum transaction value.",
    "4": "The transaction would exceed the daily transfer limit.",
    "8": "The transaction would exceed the maximum balance of the account.",
    "17": "Rule limited: a similar transaction was made in the last two minutes.",
    "26": "System busy. Try again in a short while.",
    "1001": "Unable to lock subscriber, a transaction is already in process for the current subscriber.",
    "1019": "Transaction has expired.",
    "1025": "An error occurred while sending a push request.",
    "1032": "Request cancelled by user.",
    "1037": "DS timeout user cannot be reached.",
    "2001": "The initiator information is invalid.",
    "2028": "The request is not permitted according to product assignment.",
    "8006": "The security credential is locked.",
    "9999": "An error occurred while sending a push request.",
    "SFC_IC0003": "The operator does not exist.",
}
NAMES = {
    "success": "0",
    "cancelled": "1032",
    "wrong_pin": "2001",
    "no_money": "1",
    "unreachable": "1037",
    "expired": "1019",
    "busy": "1001",
}
CALLBACKS = ("once", "twice", "twice_at_once", "never", "before_answer")


def result_code(value):
    """Turn a name of the control API, or a code, into a result code.

    :raise ValueError: with a sentence, when it is neither
    """
    code = NAMES.get(str(value), str(value))
    if code not in RESULTS:
        raise ValueError(f"'{value}' is no result: use {', '.join(NAMES)} or a code ({', '.join(RESULTS)}).")
    return code


def wire_code(code):
    """:return: the code as a callback carries it: a number where it is one"""
    return int(code) if code.isdigit() else code


@dataclass(frozen=True)
class Behaviour:
    """How one push ends.

    :param code: result code, None when a person decides on the phone page
    :param delay: seconds from the push to the automatic result
    :param callback_delay: seconds from the result to its callback
    :param callbacks: one of CALLBACKS
    :param amount: another amount to report in the callback, None for the one asked for
    :param masked: report the phone as 2547****5678
    :param pending: how a query says "not yet": ``error`` (500.001.1001) or ``4999`` (HTTP 200)
    """

    code: str | None = None
    delay: float = 0
    callback_delay: float = 0
    callbacks: str = "once"
    amount: float | None = None
    masked: bool = False
    pending: str = "error"

    @classmethod
    def from_json(cls, data):
        """:raise ValueError: with a sentence that names the wrong field"""
        result = data.get("result", "manual")
        code = None if result in (None, "manual") else result_code(result)
        callbacks = data.get("callbacks") or "once"
        if callbacks not in CALLBACKS:
            raise ValueError(f"callbacks must be one of {', '.join(CALLBACKS)}.")
        pending = str(data.get("pending") or "error")
        if pending not in ("error", "4999"):
            raise ValueError("pending must be 'error' or '4999'.")
        times = {}
        for name in ("delay", "callback_delay", "amount"):
            value = data.get(name)
            if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value < 0):
                raise ValueError(f"{name} must be a number, 0 or more.")
            times[name] = value
        delay, late = times["delay"] or 0, times["callback_delay"] or 0
        if code is None and callbacks != "before_answer":
            delay, late = 0, late or delay  # a person answers: what can be late is the callback
        return cls(code, delay, late, callbacks, times["amount"], bool(data.get("masked")), pending)

    @property
    def automatic(self):
        return self.code is not None
