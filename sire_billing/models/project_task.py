from odoo import models


class ProjectTask(models.Model):
    _inherit = "project.task"

    def _ensure_sale_order_linked(self, sol_ids):
        """Override of `sale_project`: an order linked to a task is not confirmed by that; its client approves it."""
        return
