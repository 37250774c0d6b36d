import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import hmac

from odoo.addons.sire_signin.const import DAY
from odoo.addons.sire_signin.utils import CONFLICTS, in_own_transaction

_logger = logging.getLogger(__name__)

CROWDED_WAIT = 5  # seconds: so many attempts in the same instant that they could not be counted one by one


class SireSigninCounter(models.Model):
    """How often something was tried: a password for a login, a code for a number.

    The host counts in the memory of a process: a restart forgets, and each worker counts for itself. Here is one row a
    counter, shared by all workers. An attempt is counted before it is looked at, in a transaction of its own, so that
    a hundred attempts in the same instant are a hundred, and an attempt that is rolled back stays counted.

    Nothing typed is stored: buckets and subjects are digests, of logins that exist and of those that do not.
    """

    _name = "sire.signin.counter"
    _description = "Attempts to Sign In"
    _log_access = False
    _rec_name = "bucket"

    bucket = fields.Char(required=True, readonly=True)
    subject = fields.Char(readonly=True, index=True, help="Digest of the login or number that the bucket is about.")
    count = fields.Integer(readonly=True)
    last_at = fields.Datetime(readonly=True, index=True)
    blocked_until = fields.Datetime(readonly=True)

    _bucket_unique = models.Constraint("unique(bucket)", "There is one counter a bucket.")

    # === BUSINESS === #

    @api.model
    def _take(self, buckets):
        """Count an attempt in each bucket, unless one of them is closed: then none is counted.

        :param buckets: list of ``(name, subject, policy)``; both strings are digested here
        :return: seconds to wait, 0 when the attempt may be made
        :rtype: int
        """
        buckets = [
            (self._digest(name, subject), self._digest("", subject), policy) for name, subject, policy in buckets
        ]
        try:
            return in_own_transaction(self.env, lambda env: env[self._name]._take_here(buckets))
        except CONFLICTS:
            _logger.warning("So many attempts to sign in at once that one was refused uncounted")
            return CROWDED_WAIT

    def _take_here(self, buckets):
        """:meth:`_take` in the present transaction; a conflict with another attempt is raised."""
        now = fields.Datetime.now()
        found = {row.bucket: row for row in self.search([("bucket", "in", [bucket for bucket, *_rest in buckets])])}
        closed = [row.blocked_until for row in found.values() if row.blocked_until and row.blocked_until > now]
        if closed:
            return max(1, round((max(closed) - now).total_seconds()))
        for bucket, subject, policy in buckets:
            row = found.get(bucket)
            forgotten = not row or not row.last_at or row.last_at < now - timedelta(seconds=policy.forget)
            count = 1 if forgotten else row.count + 1
            wait = policy.wait_after(count)
            values = {
                "count": count,
                "last_at": now,
                "blocked_until": now + timedelta(seconds=wait) if wait else False,
            }
            if row:
                row.write(values)
            else:
                self.create({"bucket": bucket, "subject": subject, **values})
        self.flush_model()
        return 0

    @api.model
    def _give_back(self, forget, undo=()):
        """After an attempt that was right: forget some buckets, and take this one attempt off others.

        :param forget: ``(name, subject)`` of the buckets to forget
        :param undo: ``(name, subject)`` of those shared with others, whose attempts stay counted
        """
        forget = [self._digest(*bucket) for bucket in forget]
        undo = [self._digest(*bucket) for bucket in undo]

        def work(env):
            rows = env[self._name].search([("bucket", "in", forget + undo)])
            for row in rows.filtered(lambda row: row.bucket in undo):
                row.write({"count": max(row.count - 1, 0), "blocked_until": False})
            rows.filtered(lambda row: row.bucket in forget).unlink()

        try:
            in_own_transaction(self.env, work)
        except CONFLICTS:
            _logger.info("The counters of a sign-in that was right were busy and stay")

    @api.model
    def _forget_subject(self, subject):
        """Forget every bucket about a login or number.

        :return: whether one was closed
        """
        rows_sudo = self.sudo().search([("subject", "=", self._digest("", subject))])  # asked by administrators only
        now = fields.Datetime.now()
        closed = any(row.blocked_until and row.blocked_until > now for row in rows_sudo)
        rows_sudo.unlink()
        return closed

    # === CRON === #

    @api.autovacuum
    def _gc_counters(self):
        self.search([("last_at", "<", fields.Datetime.now() - timedelta(seconds=DAY))]).unlink()

    # === HELPERS === #

    @api.model
    def _digest(self, name, subject):
        return hmac(self.env(su=True), "sire_signin.counter", (name, subject))
