from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.sire_access.const import GROUP_SEE_MONEY

TO_INVOICE = Domain("state", "in", ("to_invoice", "credited")) & Domain("order_id.state", "=", "sale")


class ProjectProject(models.Model):
    """What of a project's plans waits for an invoice."""

    _inherit = "project.project"

    sire_to_invoice_count = fields.Integer(
        string="Parts to Invoice", compute="_compute_sire_to_invoice_count", groups=GROUP_SEE_MONEY
    )

    def _compute_sire_to_invoice_count(self):
        counts = dict(
            self.env["sire.order.instalment"]._read_group(
                TO_INVOICE & Domain("project_id", "in", self.ids), ["project_id"], ["__count"]
            )
        )
        for project in self:
            project.sire_to_invoice_count = counts.get(project._origin, 0)

    def action_sire_to_invoice(self):
        """:return: the action that lists what of this project's plans is to be invoiced"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sire_billing.action_sire_to_invoice")
        return {**action, "domain": [("project_id", "=", self.id)]}

    def _sire_set_status(self, status):
        """Override of `sire_projects`: a finished project may be what an invoice waits for."""
        result = super()._sire_set_status(status)
        if status == "finished":
            # sudo: whoever finishes a project need not read its plans
            self.env["sire.order.instalment"].sudo().search(
                [("project_id", "in", self.ids), ("due", "=", "finish")]
            )._sire_wake_cron()
        return result
