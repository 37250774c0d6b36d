"""Why somebody does what stays in the books."""

from odoo.exceptions import UserError

from .text import storable

MIN_LENGTH = 3
MAX_LENGTH = 250


def clean_reason(env, reason, missing, cut_at=None):
    """Make one line of a reason.

    :param str reason: what somebody wrote; anything, when it comes from outside
    :param str missing: the sentence for whoever wrote nothing, or less than a word
    :param int cut_at: characters kept; None to refuse what is longer than 250
    :rtype: str
    :raise UserError: one sentence
    """
    text = " ".join(storable(reason).split())[:cut_at] if isinstance(reason, str) else ""
    if len(text) < MIN_LENGTH:
        raise UserError(missing)
    if cut_at is None and len(text) > MAX_LENGTH:
        raise UserError(env._("Write the reason in at most %s characters.", MAX_LENGTH))
    return text
