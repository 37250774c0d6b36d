from odoo import fields, models
from odoo.exceptions import UserError


class SireAuditEraseWizard(models.TransientModel):
    """Erases what the log holds of a person; that it was done, by whom and why, stays."""

    _name = "sire.audit.erase.wizard"
    _description = "Erase Personal Values from the Audit Log"

    entry_id = fields.Integer(required=True)
    subject = fields.Selection(
        [("record", "The record that the entry is about"), ("user", "The person who did it")],
        default="record",
        required=True,
    )
    reason = fields.Char(required=True, help="Such as: asked for by the person on 12/11/2026.")

    def action_erase(self):
        """Button."""
        self.ensure_one()
        entry = self.env["sire.audit.entry"].browse(self.entry_id).exists()
        entry.check_access("read")
        model, res_id = ("res.users", entry.uid) if self.subject == "user" else (entry.model, entry.res_id)
        if not model or not res_id or model not in self.env:
            raise UserError(self.env._("This entry is about no record. Choose the person, or another entry."))
        erasure = self.env["sire.audit.erasure"]._erase(self.env[model].browse(res_id), self.reason.strip())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Personal values of %s entries were erased.", erasure.erased),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
