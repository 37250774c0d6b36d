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

    ``day`` counts from today, ``how`` is "mpesa", "cash" or "bank", ``amount`` is in shillings (None: all that is left).
    """

    day: int
    how: str
    amount: int | None = None


class Quote(NamedTuple):
    """What became of a phase's quotation.

    ``outcome`` is "draft", "sent", "approved", "declined" or "expired"; ``day`` is when it was written, ``decided``
    when the client answered.
    """

    day: int
    outcome: str
    decided: int | None = None
    reason: str = ""
    valid_days: int = 30
    payments: tuple[Pay, ...] = ()


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
