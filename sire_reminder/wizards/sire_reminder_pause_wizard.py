from datetime import timedelta

from odoo import fields, models

from odoo.addons.sire_base.utils.eat import eat_today


class SireReminderPauseWizard(models.TransientModel):
    """A promise, a dispute or a hold, as it is written down."""

    _name = "sire.reminder.pause.wizard"
    _inherit = "sire.document.wizard"
    _description = "Promise, dispute or hold"
    _sire_documents = ("move_id", "partner_id", "project_id")

    kind = fields.Selection(
        [("promise", "Promise to pay"), ("dispute", "Dispute"), ("hold", "Hold")], required=True, readonly=True
    )
    move_id = fields.Many2one("account.move", string="Invoice", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Client", readonly=True)
    project_id = fields.Many2one("project.project", readonly=True)
    date_until = fields.Date("Until", default=lambda self: eat_today() + timedelta(days=7))
    reason = fields.Char()

    def _open(self, record, kind):
        """:return: the action that opens this wizard for an invoice, a client or a project
        :rtype: dict
        """
        record.check_access("read")
        field = {"account.move": "move_id", "res.partner": "partner_id", "project.project": "project_id"}[record._name]
        names = {
            "promise": self.env._("Promise to Pay"),
            "dispute": self.env._("Dispute"),
            "hold": self.env._("Hold Reminders"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": names[kind],
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_kind": kind, f"default_{field}": record.id},
        }

    def action_confirm(self):
        self.ensure_one()
        record = self.move_id or self.partner_id or self.project_id
        company = self.env.company if record._name == "res.partner" else record.company_id or self.env.company
        self.env["sire.reminder.pause"]._pause(record, self.kind, company, self.date_until, self.reason)
        return {"type": "ir.actions.act_window_close"}
