from odoo import models


class SaleOrderLine(models.Model):
    """A line in words, to compare it with what it was."""

    _inherit = "sale.order.line"

    def _sire_get_title(self):
        """:return: the first row of the description that says more than the product's name"""
        self.ensure_one()
        rows = [row.strip() for row in (self.name or self.product_id.name or "").strip().split("\n")]
        return rows[1] if len(rows) > 1 and rows[0] == self.product_id.name else rows[0]

    def _sire_write(self):
        """:return: quantity, unit and price in one row; nothing for a section or a note"""
        self.ensure_one()
        if self.display_type:
            return ""
        _description, quantity, price, discount, vat, optional = self._sire_write_parts().values()
        vat = vat and self.env._("VAT %s", vat)
        return ", ".join(filter(None, (f"{quantity} × {price}", discount and f"−{discount}", vat, optional)))

    def _sire_write_parts(self):
        """:return: what of the line the client agrees to, as written, by its name"""
        self.ensure_one()
        number = f"{self.product_uom_qty:,.2f}".rstrip("0").rstrip(".")
        quantity = " ".join(filter(None, (number, self.product_uom_id.name)))
        return {
            self.env._("description"): (self.name or "").strip(),
            self.env._("quantity"): quantity,
            self.env._("price"): self.order_id._sire_money(self.price_unit),
            self.env._("discount"): f"{self.discount:g}%" if self.discount else "",
            self.env._("VAT"): ", ".join(self.tax_ids.sorted("id").mapped("name")),
            self.env._("choice"): self.env._("optional") if self._is_line_optional() else "",
        }

    def _sire_get_changes(self, before):
        """:return: rows of `sale.order._sire_get_changes` for this line and what it was in the version before"""
        self.ensure_one()
        was, now = before._sire_write_parts(), self._sire_write_parts()
        if self.display_type:
            now = {self.env._("description"): now[self.env._("description")]}
        title = before._sire_get_title()
        return [
            {"kind": "changed", "what": f"{title}: {what}", "before": was[what], "after": now[what]}
            for what in now
            if was[what] != now[what]
        ]
