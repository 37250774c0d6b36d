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
        "tax_ids",
        "technical_price_unit",
    }
)
# The host keeps the lines of down payments, whose quantity is zero, as their invoices are; they are no content.
DOWN_PAYMENT_FIELDS = frozenset({"name", "price_unit", "tax_ids", "technical_price_unit"})


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    sire_work_ids = fields.One2many("sire.quotation.work", "line_id", string="Work", copy=False)
    sire_task_id = fields.Many2one(
        "project.task",
        string="Task",
        compute="_compute_sire_task_id",
        compute_sudo=True,
        help="The task that this line bills.",
    )

    sire_previous_line_id = fields.Many2one(
        "sale.order.line",
        string="Line of the Version Before",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    @api.depends("sire_work_ids.task_id")
    def _compute_sire_task_id(self):
        for line in self:
            line.sire_task_id = line.sire_work_ids.task_id[:1]

    def _sire_bills_time(self):
        """:return: whether the host bills the time logged on this line as it is delivered"""
        return self.qty_delivered_method == "timesheet" and self.product_id.invoice_policy == "delivery"

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
        if self:
            self.check_access("write")  # before a sentence about what somebody may not read
        if changed := CONTENT_FIELDS & vals.keys():
            lines = self
            if changed <= DOWN_PAYMENT_FIELDS:
                lines = self.filtered(lambda line: not line.is_downpayment)
            orders = lines.order_id
            if vals.get("order_id"):
                orders |= orders.browse(vals["order_id"])
            orders._sire_check_not_frozen()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self.filtered(lambda line: not line.is_downpayment).order_id._sire_check_not_frozen()

    def _sire_prepare_revision(self):
        """:return: what the copy of this line in the next version takes over beside what the host copies"""
        self.ensure_one()
        return {"sire_previous_line_id": self.id}
