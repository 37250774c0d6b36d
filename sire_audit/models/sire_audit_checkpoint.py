import base64
from pathlib import Path

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine import keys, sealer, signing
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
        try:
            key = keys.load(self.env.cr.dbname)
        except (OSError, ValueError) as error:
            raise UserError(self.env._("The key that signs the audit log cannot be read: %s", error)) from error
        return self.browse(signing.make_checkpoint(self.env.cr, key) or ())

    def _file(self):
        """:return: the checkpoint as a file's content: what was signed, the signature, the key"""
        self.ensure_one()
        return chain.canonical({"body": self.body, "signature": self.signature, "public_key": self.public_key}) + "\n"

    def _export(self):
        """Hand the checkpoint over to where the database cannot reach it again: a folder, and by e-mail when that was chosen.

        :return: the file
        :raise UserError: when the folder cannot be written
        """
        self.ensure_one()
        params_sudo = self.env["ir.config_parameter"].sudo()  # the job and readers do not read parameters
        folder = Path(params_sudo.get_param("sire_audit.folder") or keys.folder(self.env.cr.dbname))
        file = folder / f"checkpoint-{self.number:06}.json"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            part = file.with_suffix(".part")
            part.write_text(self._file(), encoding="utf-8")
            part.replace(file)
        except OSError as error:
            raise UserError(
                self.env._("The checkpoint cannot be written to %(file)s: %(error)s", file=file, error=error)
            ) from error
        recipients = (params_sudo.get_param("sire_audit.email") or "").strip()
        if recipients:
            self._mail(recipients, file.name)
        return file

    def _mail(self, recipients, name):
        attachment_sudo = self.env["ir.attachment"].sudo()  # mails of the system, not of a person
        content = base64.b64encode(self._file().encode())
        attachment_sudo = attachment_sudo.create({"name": name, "datas": content, "mimetype": "application/json"})
        mail_sudo = self.env["mail.mail"].sudo()  # as above
        mail_sudo.create(
            {
                "subject": self.env._(
                    "Audit log of %(name)s, checkpoint %(number)s", name=self.env.cr.dbname, number=self.number
                ),
                "email_to": recipients,
                "body_html": Markup("<p>%s</p>")
                % self.env._("Keep this file. It shows that the audit log was not changed later."),
                "attachment_ids": [Command.link(attachment_sudo.id)],
                "auto_delete": True,
            }
        )

    # === CRON === #

    @api.model
    def _cron_checkpoint(self):
        """Daily, and on demand: chain what is left, sign, hand over what is committed.

        In transactions of its own: whoever asks has read before, and sees the database as it was then.

        :return: the checkpoint's number; None when nothing was logged since the last one
        """
        cursor = self.env.registry.cursor
        sealer.seal_all(cursor)
        with cursor() as cr:
            checkpoint = self.with_env(self.env(cr=cr))._make()
            made, number = checkpoint.id, checkpoint.number
        if not made:
            return None
        with cursor() as cr:
            self.with_env(self.env(cr=cr)).browse(made)._export()
        return number
