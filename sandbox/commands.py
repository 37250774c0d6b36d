"""What all asynchronous commands share: the checks of a request, the answer, the result that is posted later.

A command itself is a :class:`Command`; ``status.py``, ``reversal.py``, ``balance.py`` and ``payout.py`` have one each.
"""

from dataclasses import dataclass, field

from starlette.background import BackgroundTask
from starlette.responses import JSONResponse

from . import checks, credential
from .c2b import merchant_of
from .checks import ApiError
from .gateway import authorised, endpoint, request_number
from .sends import RESULTS


@dataclass(frozen=True)
class Command:
    """One kind of command.

    :param name: its name in the control API
    :param path: its endpoint
    :param ids: CommandIDs that it takes
    :param party: the field with the organisation's shortcode
    :param check: ``(body, settings) -> dict``, may raise ApiError
    :param execute: ``(world, job, now) -> [(key, value)]`` on success; raises Failed
    :param moves: whether it moves money, which not every initiator may
    :param initiator: the field with the user's name
    :param occasion: the field as this endpoint spells it
    :param own_id: the caller gives OriginatorConversationID, once
    :param text_code: its ResultCode is usually a text
    """

    name: str
    path: str
    ids: tuple
    party: str
    check: object
    execute: object
    moves: bool = False
    initiator: str = "Initiator"
    occasion: str | None = "Occasion"
    own_id: bool = False
    text_code: bool = False


class Failed(Exception):
    """A command that was accepted and then not done.

    :param code: result code
    """

    def __init__(self, code):
        super().__init__(code)
        self.code = code


@dataclass
class Job:
    """An accepted command on its way to its result."""

    command: Command
    merchant: object
    values: dict
    how: object
    may: str | None
    result_url: str
    timeout_url: str
    ids: tuple
    receipt: str = ""
    code: str | None = None
    parameters: list = field(default_factory=list)


def read(world, command, body):
    """Check a request.

    :raise ApiError: for a bad field
    :return: (merchant, values of the command, result code that the initiator's credentials earn, or None)
    """
    settings = world.settings
    initiator = checks.text(body, command.initiator)
    raw = credential.decode(checks.text(body, "SecurityCredential"))
    if raw is None:
        raise checks.invalid("SecurityCredential")
    if body.get("CommandID") not in command.ids:
        raise checks.invalid("CommandID")
    checks.text(body, "Remarks", 100)
    occasion = body.get(command.occasion) if command.occasion else None
    if occasion is not None and (not isinstance(occasion, str) or len(occasion) > 100):
        raise checks.invalid(command.occasion)
    for name in ("ResultURL", "QueueTimeOutURL"):
        checks.callback_url(body, settings.http_hosts, name)
    merchant = merchant_of(settings, body, command.party)
    values = command.check(body, settings)
    may = None
    if initiator not in settings.initiators or not credential.fits(raw, settings.initiator_password):
        may = "2001"
    elif command.moves and not settings.initiators[initiator]:
        may = "21"
    return merchant, values, may


def identifier(body, field_name, wanted):
    """:raise ApiError: when an identifier type is another one than the wanted"""
    if str(body.get(field_name)) != wanted:
        raise checks.invalid(field_name)


def route(command):
    """:return: the endpoint of a command"""

    async def serve(request, world):
        body, now = await authorised(request, world)
        own = checks.text(body, "OriginatorConversationID", 100) if command.own_id else None
        merchant, values, may = read(world, command, body)
        if own in world.conversations:
            raise ApiError(500, "500.002.1001", "[MpesaRegistry] - Duplicate OriginatorConversationID.")
        number = f"{world.book.random.randrange(16**20):020x}"
        ids = (own or request_number(world.book.random), f"AG_{now:%Y%m%d}_{number}")
        how = world.sends.take(command.name)
        job = Job(command, merchant, values, how, may, body["ResultURL"], body["QueueTimeOutURL"], ids)
        world.conversations[ids[0]] = job
        if how.sends != "timeout" or how.executed:
            execute(world, job)
        answer = {
            "OriginatorConversationID": ids[0],
            "ConversationID": ids[1],
            "ResponseCode": "0",
            "ResponseDescription": "Accept the service request successfully.",
        }
        if how.sends == "before_answer":
            await report(world, job)
            return JSONResponse(answer)

        async def later():
            world.spawn(report(world, job))

        return JSONResponse(answer, background=BackgroundTask(later))

    return endpoint(command.name, command.path, "POST", serve)


def execute(world, job):
    """Do what a command asks, once; its result is told later."""
    now = world.now()
    try:
        if job.how.result not in (None, "0"):
            raise Failed(job.how.result)
        if job.may:
            raise Failed(job.may)
        job.parameters = job.command.execute(world, job, now)
        job.code = "0"
    except Failed as failure:
        job.code = failure.code
    job.receipt = job.receipt or world.book.new_receipt(now)


async def report(world, job):
    """Post the result, or the time-out in its place."""
    late = job.how.sends == "timeout"
    body, url = (timeout_body(job), job.timeout_url) if late else (result_body(world, job), job.result_url)
    about = {"conversation": job.ids[0], "receipt": job.receipt or None}
    await world.sends.send(job.command.name, url, body, job.how, **about)


def result_body(world, job):
    """:return: the body for ResultURL"""
    options = world.options
    text = options.result_code == "text" or (options.result_code == "usual" and job.command.text_code)
    result = {
        "ResultType": 0,
        "ResultCode": job.code if text or not job.code.isdigit() else int(job.code),
        "ResultDesc": RESULTS[job.code],
        "OriginatorConversationID": job.ids[0],
        "ConversationID": job.ids[1],
        "TransactionID": job.receipt,
    }
    parameters = [{"Key": key, "Value": value} for key, value in job.parameters]
    if job.how.amount is not None:
        for item in parameters:
            if item["Key"] in ("Amount", "TransactionAmount"):
                item["Value"] = type(item["Value"])(job.how.amount)
    if parameters:
        result["ResultParameters"] = {"ResultParameter": parameters[0] if options.single_parameter else parameters}
    result["ReferenceData"] = {"ReferenceItem": {"Key": "QueueTimeoutURL", "Value": job.timeout_url}}
    return {"Result": result}


def timeout_body(job):
    """:return: the body for QueueTimeOutURL"""
    return {
        "Result": {
            "ResultType": 1,
            "ResultCode": 1,
            "ResultDesc": "The service request timed out.",
            "OriginatorConversationID": job.ids[0],
            "ConversationID": job.ids[1],
        }
    }
