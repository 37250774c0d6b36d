"""What comes back from Daraja, whatever it was asked. Nothing here talks to the network."""

from dataclasses import dataclass, field

from odoo.addons.sire_base.utils.text import hide_secrets

from ..utils import to_text

DEAD_TOKEN_CODES = {"404.001.03", "400.003.01", "401.002.01"}


class TokenError(Exception):
    """No token could be had, so nothing was asked of Daraja.

    :param bool is_setup: the credentials were refused: trying again cannot help
    :param str why: ``refused`` (key or secret), ``address`` (nobody of that name, or not Daraja), ``network`` (no
        connection) or ``busy`` (no answer that says anything)
    """

    def __init__(self, message, is_setup=False, why="busy"):
        super().__init__(message)
        self.is_setup = is_setup
        self.why = why


@dataclass(frozen=True)
class Reply:
    """What came back: ``data`` is empty unless it was a JSON object."""

    status: int | None = None
    data: dict = field(default_factory=dict)
    never_left: bool = False
    detail: str = ""
    is_unresolved: bool = False

    @property
    def error_code(self):
        return to_text(self.data.get("errorCode"))

    @property
    def error_message(self):
        """What Daraja says; it likes to repeat the token, or the number, that it refuses."""
        return hide_secrets(to_text(self.data.get("errorMessage")))

    def get_words(self):
        """:return: what Safaricom said, for staff
        :rtype: str
        """
        words = self.data.get("ResponseDescription") or self.data.get("ResponseMessage") or self.error_message
        return hide_secrets(to_text(words)) or self.detail or f"HTTP {self.status}"

    @property
    def has_dead_token(self):
        return self.error_code in DEAD_TOKEN_CODES


def find_why_no_token(reply, is_setup):
    """:return: what has to be mended, as in `TokenError`"""
    if reply.is_unresolved or (reply.status == 404 and not reply.error_code):
        return "address"
    if reply.status is None:
        return "network"
    if is_setup:
        return "refused"
    return "address" if reply.status < 400 else "busy"
