from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import gate

OPTION_FIELDS = frozenset({"sire_chosen", "sire_offered_qty"})


class SaleOrderLine(models.Model):
    """A line that the client may choose or leave out."""

    _inherit = "sale.order.line"

    sire_chosen = fields.Boolean(
        string="Chosen", readonly=True, copy=False, help="The client chose this option when approving."
    )
    sire_offered_qty = fields.Float(
        string="Offered Quantity",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Of an option that the client left out.",
    )

    def _is_line_optional(self):
        """Override of `sale_management`: a line may be optional by itself, without a section of options."""
        return bool(not self.display_type and self.is_optional) or super()._is_line_optional()

    def _prepare_base_line_for_taxes_computation(self, **kwargs):
        """Override of `sale`: for a discount of the total, options that are not chosen are nothing yet."""
        if self.id in self.env.context.get("sire_left_out", ()):
            kwargs["quantity"] = 0.0
        return super()._prepare_base_line_for_taxes_computation(**kwargs)

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if not gate.is_open(self.env) and any(line.sire_chosen or line.sire_offered_qty for line in lines):
            self._sire_refuse_choice()
        return lines

    def write(self, vals):
        if OPTION_FIELDS & vals.keys() and not gate.is_open(self.env):
            self._sire_refuse_choice()
        return super().write(vals)

    def copy_data(self, default=None):
        """Override of the ORM: a copy offers again what was left out."""
        rows = super().copy_data(default)
        for line, values in zip(self, rows, strict=True):
            if line.sire_offered_qty and "product_uom_qty" not in (default or {}):
                values["product_uom_qty"] = line.sire_offered_qty
        return rows

    def _sire_refuse_choice(self):
        raise UserError(self.env._("What the client chose is not written by hand: it comes with the approval."))
