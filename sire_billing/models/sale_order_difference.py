from odoo import api, fields, models
from odoo.tools import html2plaintext


class SaleOrder(models.Model):
    """What a revision changed, in words, for staff and for the client."""

    _inherit = "sale.order"

    sire_changes_html = fields.Html(
        string="Changes", compute="_compute_sire_changes_html", sanitize=False, groups="sire_access.group_see_money"
    )

    @api.depends(
        "sire_previous_id", "amount_total", "note", "validity_date", "order_line.price_total", "order_line.name"
    )
    def _compute_sire_changes_html(self):
        for order in self:
            if not order.sire_previous_id:
                order.sire_changes_html = False
                continue
            order.sire_changes_html = self.env["ir.qweb"]._render(
                "sire_billing.quotation_changes",
                {"order": order, "previous": order.sire_previous_id, "changes": order._sire_get_changes()},
            )

    def _sire_get_changes(self):
        """Compare this revision with the version before it.

        :return: what differs, in the order of the quotation, as dicts of ``kind`` ("added", "removed", "changed" or
            "terms"), ``what`` (the line, or what of it), ``before`` and ``after`` (as written; one is empty where there
            was nothing)
        :rtype: list[dict]
        """
        self.ensure_one()
        # sudo: whoever may see a revision may see what it replaced
        previous_sudo, order_sudo = self.sudo().sire_previous_id, self.sudo()
        if not previous_sudo:
            return []
        rows = []
        kept = self.env["sale.order.line"]
        for line in order_sudo.order_line.sorted():
            before = line.sire_previous_line_id
            if before.order_id != previous_sudo:
                rows.append(
                    {"kind": "added", "what": line._sire_get_title(), "before": "", "after": line._sire_write()}
                )
                continue
            kept |= before
            rows += line._sire_get_changes(before)
        rows += [
            {"kind": "removed", "what": line._sire_get_title(), "before": line._sire_write(), "after": ""}
            for line in previous_sudo.order_line.sorted() - kept
        ]
        was, now = previous_sudo._sire_write_terms(), order_sudo._sire_write_terms()
        rows += [
            {"kind": "terms", "what": what, "before": was[what], "after": now[what]}
            for what in now
            if was[what] != now[what]
        ]
        return rows

    def _sire_write_terms(self):
        """:return: what is agreed to beside the lines, as written, by its name"""
        self.ensure_one()
        validity = self.validity_date
        return {
            self.env._("Client"): self.partner_id.display_name,
            self.env._("Before VAT"): self._sire_money(self.amount_untaxed),
            self.env._("VAT"): self._sire_money(self.amount_tax),
            self.env._("Total"): self._sire_money(self.amount_total),
            self.env._("Valid until"): validity.strftime("%d/%m/%Y") if validity else self.env._("no end"),
            self.env._("Invoicing"): "; ".join(
                f"{part.name}: {self._sire_money(part.amount)}" for part in self.sire_instalment_ids.sorted("sequence")
            ),
            self.env._("Payment terms"): self.payment_term_id.name or "",
            self.env._("Terms and conditions"): html2plaintext(self.note or "").strip(),
        }
