from odoo import models


class ProjectTask(models.Model):
    _inherit = "project.task"

    def _ensure_sale_order_linked(self, sol_ids):
        """Override of `sale_project`: an order linked to a task is not confirmed by that; its client approves it."""
        return

    def _sire_prepare_order_line(self):
        """:return: values of the quotation line that bills this task: its hours at its rate."""
        self.ensure_one()
        return {
            "product_id": self.env.ref("sire_billing.product_professional_services").id,
            "name": self.name,
            "product_uom_qty": self.allocated_hours,
            "product_uom_id": self.env.ref("uom.product_uom_hour").id,
            "price_unit": self.sire_hourly_rate,
            "sire_task_id": self.id,
        }
