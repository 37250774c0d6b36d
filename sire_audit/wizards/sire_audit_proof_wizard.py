import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..engine import proof
from ..tools.audit_chain import canonical

MOST = 50_000  # entries of one file


class SireAuditProofWizard(models.TransientModel):
    """A file for an auditor: entries, their place in the chain, and the checkpoints that sign it."""

    _name = "sire.audit.proof.wizard"
    _description = "Export from the Audit Log with Proof"

    which = fields.Selection(
        [("chosen", "The chosen entries"), ("period", "A period")], required=True, default="period"
    )
    chosen = fields.Json()
    chosen_count = fields.Integer("Chosen Entries", compute="_compute_chosen_count")
    date_from = fields.Date("From")
    date_to = fields.Date("To")
    file = fields.Binary(readonly=True, attachment=False)
    file_name = fields.Char()
    note = fields.Char(readonly=True)

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "sire.audit.entry" and self.env.context.get("active_ids"):
            values.update(chosen=self.env.context["active_ids"], which="chosen")
        return values

    @api.depends("chosen")
    def _compute_chosen_count(self):
        for wizard in self:
            wizard.chosen_count = len(wizard.chosen or [])

    def _domain(self):
        """:raise UserError: when the period has no beginning or no end"""
        self.ensure_one()
        if self.which == "chosen":
            return Domain("id", "in", self.chosen or [])
        if not self.date_from or not self.date_to:
            raise UserError(self.env._("Say from which day to which day."))
        return Domain("at", ">=", self.date_from) & Domain("at", "<", fields.Date.add(self.date_to, days=1))

    def action_make(self):
        """Button: chain and sign what is not yet, then make the file."""
        self.ensure_one()
        domain = self._domain()
        checkpoints_sudo = self.env[
            "sire.audit.checkpoint"
        ].sudo()  # a reader has the log signed, and reads what was made
        checkpoints_sudo._cron_checkpoint()
        with self.env.registry.cursor() as cr:
            # a fresh look at the log, which was just chained, with this reader's rights
            entries = self.with_env(self.env(cr=cr)).env["sire.audit.entry"].search(domain, limit=MOST + 1)
            if not entries:
                raise UserError(self.env._("There is no entry in this choice."))
            if len(entries) > MOST:
                raise UserError(self.env._("More than %s entries: choose a shorter period.", f"{MOST:,}"))
            entries = entries.filtered("seq")
            made = proof.build(cr, entries.mapped("seq"))
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        self.write(
            {
                "file": base64.b64encode(canonical(made).encode()),
                "file_name": f"audit-proof-{now:%Y%m%d-%H%M}.json",
                "note": self.env._(
                    "%s entries. Whoever gets the file checks it with verify_audit.py --proof.", len(entries)
                ),
            }
        )
        self.env["sire.audit.entry"]._log(
            "proof", kind="output", after={"model": "sire.audit.entry", "count": len(entries)}, note=self.file_name
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
            "target": "new",
        }
