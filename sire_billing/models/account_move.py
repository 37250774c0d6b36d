from odoo import api, fields, models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "sire.client.document"]

    sire_order_id = fields.Many2one(
        "sale.order",
        string="Quotation",
        compute="_compute_sire_order_id",
        store=True,
        index="btree_not_null",
        compute_sudo=True,
    )
    sire_project_id = fields.Many2one(
        "project.project", string="Project", related="sire_order_id.project_id", store=True, index="btree_not_null"
    )

    @api.depends("invoice_line_ids.sale_line_ids")
    def _compute_sire_order_id(self):
        for move in self:
            move.sire_order_id = move.invoice_line_ids.sale_line_ids.order_id[:1]
