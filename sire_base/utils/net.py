"""Source addresses. Pure functions."""

import ipaddress
import re

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__, default_lang="en_US")


def parse_networks(text):
    """Read a list of addresses and networks as a person types it.

    :param text: a string with commas, blanks or line ends between the entries, or an iterable of entries
    :return: the networks
    :rtype: list
    :raise ValueError: with a sentence that names the entry which is wrong
    """
    entries = re.split(r"[\s,;]+", text.strip()) if isinstance(text, str) else [str(entry).strip() for entry in text]
    networks = []
    for entry in filter(None, entries):
        try:
            networks.append(ipaddress.ip_network(entry, strict=False))
        except ValueError:
            raise ValueError(
                _lt("“%s” is not an address such as 196.201.214.200 or 196.201.214.0/24.", entry[:40])
            ) from None
    return networks


def ip_allowed(address, networks):
    """Tell whether a request may come from this address.

    :param str address: the peer's address, as the server (or the proxy that it trusts) saw it
    :param networks: what :func:`parse_networks` reads; when empty, there is no restriction
    :rtype: bool
    :raise ValueError: when the list itself is wrong
    """
    allowed = parse_networks(networks or "")
    if not allowed:
        return True
    try:
        peer = ipaddress.ip_address((address or "").strip())
    except ValueError:
        return False
    peer = getattr(peer, "ipv4_mapped", None) or peer
    return any(peer in network for network in allowed)
