from odoo import models


class ProjectProject(models.Model):
    _inherit = "project.project"

    def action_sire_hold(self):
        """Button: no reminders about the invoices of this project for a while."""
        self.ensure_one()
        return self.env["sire.reminder.pause.wizard"]._open(self, "hold")
