import hashlib

from odoo import api, models
from odoo.exceptions import UserError

from .. import gate


class SaleOrder(models.Model):
    """Optional lines: offered beside the total, and a part of it only when the client chooses them."""

    _inherit = "sale.order"

    # === COMPUTES ===#

    def _get_priced_lines(self):
        """Override of `sale`: the total is what the client pays without choosing anything, or with what was chosen."""
        lines = super()._get_priced_lines()
        options = self._sire_get_options()
        if not options:
            return lines
        asked = self.env.context.get("sire_options", ()) if gate.is_open(self.env) else ()
        return lines - options.filtered(lambda line: not line.sire_chosen and line._origin.id not in asked)

    @api.depends("order_line.is_optional", "order_line.sire_chosen", "order_line.display_type", "order_line.sequence")
    def _compute_amounts(self):
        return super()._compute_amounts()

    @api.depends("order_line.is_optional", "order_line.sire_chosen", "order_line.display_type", "order_line.sequence")
    def _compute_tax_totals(self):
        return super()._compute_tax_totals()

    def _can_be_edited_on_portal(self):
        """Override of `sale`: options are chosen on the client's page, with the approval."""
        return False

    def _get_order_lines_to_report(self):
        """Override of `sale`: what the client left out is on no print of what was approved."""
        lines = super()._get_order_lines_to_report()
        return lines.filtered(lambda line: not line.sire_offered_qty)

    def action_draft(self):
        """Override of `sale`: what is opened again is offered again, as it was before the client chose."""
        for line in gate.opened(self.filtered(lambda order: order.state == "cancel").order_line):
            if line.sire_offered_qty:
                price = {"price_unit": line.price_unit}  # as in `_sire_choose`
                line.write({"product_uom_qty": line.sire_offered_qty, "sire_offered_qty": 0, **price})
            elif line.sire_chosen:
                line.sire_chosen = False
        return super().action_draft()

    # === BUSINESS ===#

    def _sire_get_options(self):
        """:return: the lines that the client may choose or leave out, by themselves or by their section"""
        lines = self.order_line
        if not any(line.is_optional for line in lines):
            return lines.browse()
        return lines.filtered(lambda line: not line.display_type and line._is_line_optional())

    def _sire_get_totals(self, chosen):
        """Return what it costs with these options, to the cent what will be invoiced.

        :param chosen: the options among the lines that are taken
        :return: as the host's ``tax_totals``
        :rtype: dict
        """
        self.ensure_one()
        order = gate.opened(self).with_context(sire_options=tuple(chosen.ids))
        order.invalidate_recordset(["tax_totals"], flush=False)
        totals = order.tax_totals
        order.invalidate_recordset(["tax_totals"], flush=False)
        return totals

    def _sire_offer_digest(self, chosen=None):
        """Digest of what the client agrees to with these options; of a quotation without options, `_sire_digest`.

        :param chosen: the options among the lines that are taken
        """
        digest = self._sire_digest()
        if not self._sire_get_options():
            return digest
        ids = ",".join(str(line_id) for line_id in sorted((chosen or self.order_line.browse()).ids))
        return hashlib.sha256(f"{digest} {ids}".encode()).hexdigest()

    def _sire_choose(self, chosen):
        """Freeze the client's choice: what was left out has no quantity any more, and is neither invoiced nor worked on.

        :raise UserError: when one of them is no option of this quotation, or nothing would be left
        """
        self.ensure_one()
        options = self._sire_get_options()
        if chosen - options:
            raise UserError(self.env._("What was chosen is not offered in %s. Open the link again.", self.name))
        if not options:
            return
        for line in gate.opened(options):
            if line in chosen:
                line.sire_chosen = True
            else:
                # the price too: the host would ask the product for it, as it does when a quantity changes
                price = {"price_unit": line.price_unit}
                line.write({"sire_offered_qty": line.product_uom_qty, "product_uom_qty": 0, **price})
                # sudo: written by our own methods alone. Another quotation may bill the work now.
                line.sudo().sire_work_ids._sire_let_go()
        if self.currency_id.compare_amounts(self.amount_total, 0) <= 0:
            raise UserError(self.env._("Choose at least one of the options of %s first.", self.name))
