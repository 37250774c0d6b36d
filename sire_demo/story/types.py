"""The shapes of the story."""

from typing import NamedTuple


class Task(NamedTuple):
    """One piece of work.

    ``hours`` are sold, ``rate`` is in shillings an hour (None: the project's), ``done`` is the share worked so far.
    """

    name: str
    hours: float
    done: float = 1.0
    rate: float | None = None


class Pay(NamedTuple):
    """Money that came in.

    ``day`` counts from today, ``amount`` is in shillings (None: all that is left). ``how`` is "mpesa", "cash", "bank",
    "cheque" (not cleared yet) or "paybill" (paid without a prompt; what is more than the invoice needs is credit).
    """

    day: int
    how: str
    amount: int | None = None


class Part(NamedTuple):
    """One part of an invoicing plan.

    ``percent`` is of the total (None: the rest). It is due at the approval, when ``milestone`` is reached, or (the last,
    without one) when the project is finished. ``reached`` and ``invoiced`` are days, None while that has not come.
    """

    name: str
    percent: int | None
    milestone: str = ""
    reached: int | None = None
    invoiced: int | None = None
    payments: tuple[Pay, ...] = ()


class Revised(NamedTuple):
    """A quotation that was sent again on ``day`` as its next version, ``discount`` percent cheaper."""

    day: int
    discount: int


class Quote(NamedTuple):
    """What became of a phase's quotation.

    ``outcome`` is "draft", "sent", "approved", "declined" or "expired"; ``day`` is when it was written, ``decided``
    when the client answered. ``plan`` is how it is invoiced (empty: at once), ``voided`` why its invoice was taken back
    this morning.
    """

    day: int
    outcome: str
    decided: int | None = None
    reason: str = ""
    valid_days: int = 30
    payments: tuple[Pay, ...] = ()
    revised: Revised | None = None
    plan: tuple[Part, ...] = ()
    voided: str = ""


class Phase(NamedTuple):
    """Tasks that were quoted together; ``quote`` is None while nobody has quoted them."""

    tasks: tuple[Task, ...]
    quote: Quote | None


class Project(NamedTuple):
    """One project of a client, from ``start`` to ``end`` (days from today)."""

    client: str
    name: str
    description: str
    start: int
    end: int
    rate: int
    finished: bool
    team: tuple[str, ...]
    phases: tuple[Phase, ...]
    documents: tuple[tuple[str, str], ...] = ()  # name, link
