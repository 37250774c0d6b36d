"""Helpers without a model of their own."""

import ipaddress
import random
import time

from psycopg2.errors import UniqueViolation

from odoo import SUPERUSER_ID, api
from odoo.exceptions import ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

CONFLICTS = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError, UniqueViolation)
TRIES = 25  # twenty attempts in the same instant stand in line


def address_network(address):
    """What counts as one address: an IPv4 address, or the network of 64 bits that an IPv6 customer has to himself.

    :param str address: the peer's, as the server (or the proxy that it trusts) saw it
    :rtype: str
    """
    try:
        parsed = ipaddress.ip_address((address or "").strip())
    except ValueError:
        return "unknown"
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def in_own_transaction(env, func):
    """Run ``func(env)`` as superuser on a cursor of its own, and commit, whatever becomes of the caller's transaction:
    an attempt that is refused is rolled back, and has to be counted all the same.

    :return: what func returns
    :raise: what func raises, after a roll-back; a conflict with another transaction only when it lasts
    """
    if env.cr.readonly:
        env.cr.rollback()  # as the host does: it has nothing to lose, and may stand on a replica
    for tries_left in reversed(range(TRIES)):
        try:
            with env.registry.cursor() as cr:
                return func(api.Environment(cr, SUPERUSER_ID, {"lang": env.context.get("lang")}))
        except CONFLICTS:
            if not tries_left:
                raise
            time.sleep(random.uniform(0.005, 0.05))
