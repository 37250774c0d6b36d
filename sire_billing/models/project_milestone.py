from odoo import models


class ProjectMilestone(models.Model):
    _inherit = ["project.milestone", "sire.named.documents"]
    _sire_named = ("project_id", "sale_line_id")

    def write(self, vals):
        """Override of `project`: a milestone that is reached may be what an invoice waits for."""
        result = super().write(vals)
        if vals.get("is_reached"):
            # sudo: a developer who marks it reads no plan
            self.env["sire.order.instalment"].sudo().search([("milestone_id", "in", self.ids)])._sire_wake_cron()
        return result
