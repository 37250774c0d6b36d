from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize_all

from ..engine import keys
from ..tools.audit_chain import fingerprint


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sire_audit_folder = fields.Char(
        "Folder for Checkpoints",
        config_parameter="sire_audit.folder",
        help="On this server; best a disk that the database's administrator cannot write.",
    )
    sire_audit_email = fields.Char(
        "Checkpoints by E-mail", config_parameter="sire_audit.email", help="Addresses, with commas between them."
    )
    sire_audit_status = fields.Char(compute="_compute_sire_audit_status")
    sire_audit_key = fields.Char(compute="_compute_sire_audit_status")

    @api.depends("sire_audit_folder")
    def _compute_sire_audit_status(self):
        entry = self.env["sire.audit.entry"]
        last = self.env["sire.audit.checkpoint"].search([], limit=1)
        try:
            key = keys.load(self.env.cr.dbname, make=False)
            shown = fingerprint(keys.public(key)) if key else self.env._("made with the first checkpoint")
        except (OSError, ValueError) as error:
            shown = str(error)
        for settings in self:
            chained = entry.search([("seq", "!=", False)], order="seq desc", limit=1).seq
            waiting = entry.sudo().search_count([("seq", "=", False)])  # of all companies
            settings.sire_audit_status = self.env._(
                "%(chained)s entries are chained, %(waiting)s wait. Last checkpoint: %(last)s.",
                chained=chained,
                waiting=waiting,
                last=f"{last.number} ({fields.Datetime.context_timestamp(self, last.at):%d/%m/%Y %H:%M})"
                if last
                else "–",
            )
            settings.sire_audit_key = shown

    def set_values(self):
        for settings in self:
            folder = (settings.sire_audit_folder or "").strip()
            if folder and not Path(folder).is_absolute():
                raise UserError(self.env._("Write the whole path of the folder for checkpoints, from / on."))
            addresses = (settings.sire_audit_email or "").strip()
            if addresses and len(email_normalize_all(addresses)) != len(addresses.split(",")):
                raise UserError(self.env._("Write e-mail addresses for checkpoints with commas between them."))
        return super().set_values()

    def action_sire_audit_checkpoint(self):
        """Button: sign now."""
        number = self.env["sire.audit.checkpoint"]._cron_checkpoint()
        message = (
            self.env._("Checkpoint %s was signed and handed over.", number)
            if number
            else self.env._("Nothing was logged since the last checkpoint.")
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
