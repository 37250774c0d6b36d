from odoo import models

from .. import gate


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _prepare_invoice_line(self, **optional_values):
        """Override of `sale`: on the last part's invoice each line stands in full, and each earlier part as it was billed.

        As billed, not as the host keeps it here: a credit note over some of it lowers the host's price, and what was forgiven
        would be billed with the rest.
        """
        if self.env.context.get("sire_plan_rest") and gate.is_open(self.env):
            if not self.is_downpayment:
                optional_values.setdefault("quantity", self.product_uom_qty)
            elif not self.display_type:
                # not the last part's own: one that was credited has deducted this already
                parts = self.order_id.sire_instalment_ids.filtered(lambda part: part.basis != "rest")
                billed = self.invoice_lines.filtered(
                    lambda line: line.move_id in parts.move_id and line.move_id.move_type == "out_invoice"
                )[:1]
                extra = self.env["account.tax"]._reverse_quantity_base_line_extra_tax_data(billed.extra_tax_data)
                name = self.env._(
                    "Less: %(part)s, %(invoice)s",
                    part=billed.move_id.sire_instalment_id.name,
                    invoice=billed.move_id.name,
                )
                optional_values |= {"name": name, "price_unit": billed.price_unit, "extra_tax_data": extra}
        return super()._prepare_invoice_line(**optional_values)
