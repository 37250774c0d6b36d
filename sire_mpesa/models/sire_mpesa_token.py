import hashlib
import random
import time
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

TRIES = 8
MARGIN = 60  # seconds before the end of its life that a token is not used any more


class SireMpesaToken(models.Model):
    """The access token of a key pair, shared by every worker of every company that uses the pair.

    Every new token kills the one before it, so only one worker fetches at a time: it holds the row while it does, on a
    cursor of its own, and the others wait and then find the new token.
    """

    _name = "sire.mpesa.token"
    _description = "M-Pesa Access Token"
    _rec_name = "id"

    key_digest = fields.Char(required=True, readonly=True, groups="base.group_system")
    access_token = fields.Char(readonly=True, groups="base.group_system")
    expires_at = fields.Datetime(readonly=True, groups="base.group_system")

    _key_digest_uniq = models.Constraint("UNIQUE (key_digest)", "There is one token a key pair.")

    @api.model
    def _get(self, base_url, consumer_key, fetch, dead=None):
        """Return a live token, fetched when there is none.

        :param str base_url: part of what a token is valid for, like the key
        :param str consumer_key: the key pair's public half
        :param fetch: ``callable()`` → (token, lifetime in seconds); may raise
        :param str dead: a token that was refused, so that it is not given out again
        :rtype: str
        """
        digest = self._make_digest(base_url, consumer_key)
        for tries_left in reversed(range(TRIES)):
            try:
                with self.env.registry.cursor() as cr:
                    model = api.Environment(cr, SUPERUSER_ID, {})[self._name]
                    token = model.search([("key_digest", "=", digest)])
                    if not token._is_live(dead):
                        token = model._lock(digest)
                        if not token._is_live(dead):
                            token._renew(fetch)
                    return token.access_token
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:  # Somebody renewed it while we waited for the row.
                if not tries_left:
                    raise
                time.sleep(random.uniform(0.01, 0.1))

    @api.model
    def _try(self, base_url, consumer_key, fetch):
        """Fetch a new token, whether or not there is one: only that shows that key and secret are right.

        The token until now dies at Safaricom; the other workers find the new one.

        :raise TokenError: when there is none
        """
        with self.env.registry.cursor() as cr:
            digest = self._make_digest(base_url, consumer_key)
            model = api.Environment(cr, SUPERUSER_ID, {})[self._name]
            known = model.search([("key_digest", "=", digest)]).access_token
        self._get(base_url, consumer_key, fetch, dead=known or None)

    @staticmethod
    def _make_digest(base_url, consumer_key):
        return hashlib.sha256(f"{base_url.rstrip('/')}|{consumer_key}".encode()).hexdigest()

    def _is_live(self, dead):
        return bool(self.access_token and self.access_token != dead and self.expires_at > fields.Datetime.now())

    @api.model
    def _lock(self, digest):
        """Wait for the row of a key pair, made when it is missing. Raises when it was renewed in the meantime."""
        self.env.cr.execute(
            SQL("INSERT INTO sire_mpesa_token (key_digest) VALUES (%s) ON CONFLICT (key_digest) DO NOTHING", digest),
            log_exceptions=False,
        )
        self.env.cr.execute(
            SQL("SELECT id FROM sire_mpesa_token WHERE key_digest = %s FOR UPDATE", digest), log_exceptions=False
        )
        return self.browse(self.env.cr.fetchone()[0])

    def _renew(self, fetch):
        access_token, lifetime = fetch()
        lifetime = max(lifetime - MARGIN, 1)
        self.write(
            {
                "access_token": access_token,
                "expires_at": fields.Datetime.now() + timedelta(seconds=min(lifetime, 86400)),
            }
        )
