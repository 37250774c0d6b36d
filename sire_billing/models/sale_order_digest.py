import hashlib
import json

from odoo import api, fields, models
from odoo.tools import html2plaintext

DIGEST_LINE_FIELDS = (
    "display_type",
    "product_id",
    "name",
    "product_uom_qty",
    "product_uom_id",
    "price_unit",
    "discount",
    "tax_ids",
    "price_total",
    "sequence",
    "is_optional",
    "sire_chosen",
)


class SaleOrder(models.Model):
    """What the client agrees to, in one line of hex: stored when it is sent, compared when it is approved."""

    _inherit = "sale.order"

    sire_changed = fields.Boolean(
        string="Changed Since Sent",
        compute="_compute_sire_changed",
        help="The client cannot approve what differs from what was sent: send it again.",
    )

    @api.depends(
        "state",
        "sire_sent_digest",
        "company_id",
        "partner_id",
        "partner_invoice_id",
        "currency_id",
        "validity_date",
        "note",
        "sire_invoicing",
        "sire_instalment_ids.sequence",
        "sire_instalment_ids.name",
        "sire_instalment_ids.amount",
        "sire_instalment_ids.due",
        "sire_instalment_ids.due_date",
        "sire_instalment_ids.milestone_id",
        "payment_term_id",
        "fiscal_position_id",
        "amount_total",
        *(f"order_line.{name}" for name in DIGEST_LINE_FIELDS),
    )
    def _compute_sire_changed(self):
        for order in self:
            order.sire_changed = bool(
                order.state == "sent" and order.sire_sent_digest and order._sire_digest() != order.sire_sent_digest
            )

    def _sire_digest(self):
        """Digest of what the client agrees to.

        :return: SHA-256 (hex) of lines, prices, taxes, totals, terms, invoicing plan, validity, client and currency
        :rtype: str
        """
        return self._sire_hash(self._sire_content())

    @staticmethod
    def _sire_hash(content):
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def _sire_content(self):
        """:return: what the client agrees to, as values that JSON keeps"""
        self.ensure_one()
        # _origin: in an open form the records that lines point to are new ones, with the real ones behind them
        lines = [
            [
                line.display_type or "",
                line.product_id._origin.id,
                line.name or "",
                f"{line.product_uom_qty:.4f}",
                line.product_uom_id._origin.id,
                f"{line.price_unit:.6f}",
                f"{line.discount:.4f}",
                [
                    [tax.id, tax.amount_type, f"{tax.amount:.4f}", tax.price_include]
                    for tax in line.tax_ids._origin.sorted("id")
                ],
                f"{line.price_total:.4f}",
            ]
            for line in self.order_line.sorted("sequence")
            if not line.is_downpayment or line.price_total  # the host's note of a part that was invoiced is no change
        ]
        content = {
            "version": 1,
            "company": self.company_id._origin.id,
            "client": [self.partner_id._origin.id, self.partner_invoice_id._origin.id],
            "currency": self.currency_id.name,
            "lines": lines,
            "totals": [f"{self.amount_untaxed:.4f}", f"{self.amount_tax:.4f}", f"{self.amount_total:.4f}"],
            "terms": [
                html2plaintext(self.note or "").strip(),
                self.payment_term_id._origin.id,
                self.fiscal_position_id._origin.id,
            ],
            "validity": self.validity_date.isoformat() if self.validity_date else "",
        }
        options = self._sire_get_options()
        if options:
            content["options"] = [
                [line._origin.id, line.sire_chosen, f"{line.sire_offered_qty:.4f}"] for line in options
            ]
        if plan := self._sire_digest_plan():
            content["plan"] = plan
        return content
