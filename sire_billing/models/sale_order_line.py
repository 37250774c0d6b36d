from odoo import api, fields, models

CONTENT_FIELDS = frozenset(
    {
        "discount",
        "display_type",
        "is_downpayment",
        "is_optional",
        "name",
        "order_id",
        "price_unit",
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "sequence",
        "sire_task_id",
        "tax_ids",
        "technical_price_unit",
    }
)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    sire_task_id = fields.Many2one(
        "project.task",
        string="Task",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The task whose hours this line bills.",
    )

    sire_previous_line_id = fields.Many2one(
        "sale.order.line",
        string="Line of the Version Before",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    @api.model
    def default_get(self, fields):
        """Propose our product on lines typed in our form: only the description, the hours and the price are left."""
        values = super().default_get(fields)
        if self.env.context.get("sire_services") and "product_id" in fields and not values.get("display_type"):
            values.setdefault("product_id", self.env.ref("sire_billing.product_professional_services").id)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.order_id._sire_check_not_frozen()
        return lines

    def write(self, vals):
        if CONTENT_FIELDS & vals.keys():
            orders = self.order_id
            if vals.get("order_id"):
                orders |= orders.browse(vals["order_id"])
            orders._sire_check_not_frozen()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self.order_id._sire_check_not_frozen()

    def _sire_prepare_revision(self):
        """:return: what the copy of this line in the next version takes over beside what the host copies: what it bills"""
        self.ensure_one()
        return {"sire_previous_line_id": self.id, "sire_task_id": self.sire_task_id.id}
