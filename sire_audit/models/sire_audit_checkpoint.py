from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..engine import keys, sealer
from ..tools import audit_chain as chain


class SireAuditCheckpoint(models.Model):
    """Where the chain stood, signed with a key that the database does not hold."""

    _name = "sire.audit.checkpoint"
    _description = "Audit Checkpoint"
    _auto = False
    _log_access = False
    _order = "number desc"
    _rec_name = "number"

    number = fields.Integer(readonly=True)
    at = fields.Datetime("When", readonly=True)
    seq = fields.Integer("Up to Entry", readonly=True)
    hash = fields.Char(readonly=True)
    body = fields.Text("What Was Signed", readonly=True)
    signature = fields.Char(readonly=True)
    public_key = fields.Char(readonly=True)

    # === CRUD === #

    def _create(self, data_list):
        """Nobody makes one through the ORM, the superuser neither; changing and deleting is refused by the table itself."""
        raise AccessError(self.env._("Checkpoints are made by the log, not by hand."))

    # === BUSINESS === #

    @api.model
    def _make(self):
        """Sign where the chain stands, in this transaction.

        :return: the new checkpoint; empty when nothing was chained since the last one
        :raise UserError: when the key cannot be had
        """
        cr = self.env.cr
        try:
            key = keys.load(cr.dbname)
        except (OSError, ValueError) as error:
            raise UserError(self.env._("The key that signs the audit log cannot be read: %s", error)) from error
        cr.execute(SQL("LOCK TABLE sire_audit_checkpoint IN SHARE UPDATE EXCLUSIVE MODE"))
        cr.execute(SQL("SELECT seq, hash FROM sire_audit_entry WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1"))
        seq, hash_ = cr.fetchone() or (0, chain.START)
        cr.execute(SQL("SELECT number, seq, body FROM sire_audit_checkpoint ORDER BY number DESC LIMIT 1"))
        number, last_seq, last_body = cr.fetchone() or (0, 0, None)
        if seq == last_seq:
            return self.browse()
        cr.execute(SQL("SELECT hash FROM sire_audit_entry WHERE seq = 1"))
        (log,) = cr.fetchone() or (chain.START,)
        cr.execute(SQL("SELECT clock_timestamp() AT TIME ZONE 'utc'"))
        (now,) = cr.fetchone()
        previous = chain.digest(last_body) if last_body else chain.START
        body = chain.checkpoint_body(number + 1, now, seq, hash_, previous, log)
        cr.execute(
            SQL(
                """INSERT INTO sire_audit_checkpoint (number, at, seq, hash, body, signature, public_key)
                   VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id""",
                number + 1, now, seq, hash_, body, keys.sign(key, body), keys.public(key),
            )
        )  # fmt: skip
        return self.browse(cr.fetchone()[0])

    def _file(self):
        """:return: the checkpoint as a file's content: what was signed, the signature, the key"""
        self.ensure_one()
        return chain.canonical({"body": self.body, "signature": self.signature, "public_key": self.public_key}) + "\n"

    # === CRON === #

    @api.model
    def _cron_checkpoint(self):
        """Daily: chain what is left, sign, hand over."""
        sealer.seal_all(self.env.registry.cursor)
