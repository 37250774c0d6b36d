"""Pure helpers: what is an amount, and how money is written for people in Kenya."""

import math
from decimal import Decimal
from numbers import Real


def get_amount_fault(value, decimal_places=2):
    """Tell what is wrong with an amount that came from outside.

    :param value: anything: a number, or what a forged request put in its place.
    :param int decimal_places: decimals of the currency (2 for KES).
    :return: ``None`` when it is a usable amount, otherwise ``"number"`` (not a finite number; a boolean is not one),
        ``"positive"`` (zero or less) or ``"decimals"`` (finer than the currency).
    :rtype: str | None
    """
    if not is_finite_number(value):
        return "number"
    if value <= 0:
        return "positive"
    scaled = float(value) * 10**decimal_places
    # Above 2**53 a float has no decimals left, and scaling 1e308 overflows to infinity.
    if math.isfinite(scaled) and abs(scaled - round(scaled)) > max(1e-4, abs(scaled) * 1e-12):
        return "decimals"
    return None


def with_defaults(env, vals, names):
    """What a record is created of, as far as these fields go: whoever calls may give their values as defaults, too.

    :param dict vals: values by field
    :param names: fields whose ``default_…`` in the context counts where ``vals`` says nothing
    :rtype: dict
    """
    return {name: env.context[f"default_{name}"] for name in names if f"default_{name}" in env.context} | vals


def is_finite_number(value):
    """Whether a value is a number that can be money: not a boolean, not text, not NaN, not infinity.

    :rtype: bool
    """
    if isinstance(value, bool) or not isinstance(value, (Real, Decimal)):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # An integer with more digits than a float can hold.
        return False


def format_money(amount, currency):
    """Write an amount as people in Kenya do: ``KSh 98,600``, with cents only where there are any.

    :param float amount: in units of the currency (shillings).
    :param currency: a ``res.currency`` record.
    :rtype: str
    """
    decimals = currency.decimal_places
    rounded = currency.round(amount)
    if currency.compare_amounts(rounded, math.floor(rounded)) == 0:
        decimals = 0
    symbol = "KSh" if currency.name == "KES" else currency.name
    return f"{symbol} {rounded:,.{decimals}f}"
