"""OAuth tokens: one alive a key pair, a new one kills the one before."""

import base64
import binascii
import secrets
from datetime import timedelta

from .checks import ApiError

DEAD = {
    "404.001.03": (404, "Invalid Access Token"),
    "400.003.01": (401, "Invalid Access Token"),
    "401.002.01": (401, "Error Occurred - Invalid Access Token - "),
}


class Tokens:
    """Access tokens by consumer key."""

    def __init__(self, settings):
        self.settings = settings
        self.alive = {}
        self.dead_code = "404.001.03"

    def issue(self, authorization, grant_type, now):
        """Give a token for HTTP Basic credentials.

        :raise ApiError: wrong auth type, wrong grant type, wrong key or secret
        :return: the body of the answer
        """
        scheme, _, encoded = authorization.partition(" ")
        if scheme.lower() != "basic":
            raise ApiError(400, "400.008.01", "Invalid Authentication passed")
        if grant_type != "client_credentials":
            raise ApiError(400, "400.008.02", "Invalid grant type passed")
        try:
            key, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise ApiError(400, "400.008.01", "Invalid Authentication passed") from None
        expected = self.settings.apps.get(key)
        if expected is None or not secrets.compare_digest(secret.encode(), expected.encode()):
            raise ApiError(400, "400.008.01", "Invalid Authentication passed")
        token = secrets.token_urlsafe(21)
        self.alive[key] = (token, now + timedelta(seconds=self.settings.token_life))
        return {"access_token": token, "expires_in": str(self.settings.token_life)}

    def check(self, authorization, now):
        """:raise ApiError: when the bearer token is missing, replaced or too old"""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise ApiError(401, "401.002.01", "Error Occurred - Invalid Access Token - ")
        if not any(token == known and now < until for known, until in self.alive.values()):
            status, message = DEAD[self.dead_code]
            raise ApiError(status, self.dead_code, message)

    def expire(self, code=None):
        """Kill every token.

        :param code: errorCode with which dead tokens are refused from now on, None keeps it
        """
        if code:
            if code not in DEAD:
                raise ValueError(f"code must be one of {', '.join(DEAD)}.")
            self.dead_code = code
        self.alive.clear()
