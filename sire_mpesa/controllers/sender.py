"""Who may post to an address that we gave to Safaricom. Not a route itself."""

import re

from odoo.http import request

from odoo.addons.payment.logging import get_payment_logger
from odoo.addons.sire_base.utils.net import ip_allowed

from .. import const

_logger = get_payment_logger(__name__, sensitive_keys=const.SENSITIVE_KEYS)


_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,128}")


def find_addressee(records_sudo, field, token, names=()):
    """:param records_sudo: the model, as superuser: what is asked for is not the public's to read
    :param str token: as it stood in the address; what cannot be one (PostgreSQL takes no NUL) is nobody's
    :param names: fields to read with it; none reads them as they are asked for
    :return: the record whose address it is, or none
    """
    if not _TOKEN.fullmatch(token):
        return records_sudo.browse()
    return records_sudo.search_fetch([(field, "=", token)], names, limit=1)


def refuse_stranger(record_sudo, provider_sudo):
    """Look at the present request before anything of it is read. A wrong token and a wrong sender learn the same: nothing.

    :param record_sudo: whose address it is, empty when it is nobody's
    :param provider_sudo: its ``payment.provider``
    :return: the answer to whoever should not be here, None when the request may be taken
    """
    http_request = request.httprequest
    if not record_sudo:
        return request.make_response("", status=404)
    if not ip_allowed(http_request.remote_addr, provider_sudo._mpesa_get_source_addresses()):
        _logger.warning("Report for %s from %s, which is not in the list", record_sudo, http_request.remote_addr)
        return request.make_response("", status=404)
    if (http_request.content_length or 0) > const.MAX_CALLBACK_BYTES:
        return request.make_response("", status=413)
    return None


def read_headers():
    """:return: the headers of the present request that are kept with what it says"""
    return {"Content-Type": request.httprequest.content_type or ""}
