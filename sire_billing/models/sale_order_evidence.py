import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from .. import gate

# Of a line in `_sire_content`: what the place in the list is called.
LINE_PARTS = {2: "description", 3: "quantity", 5: "price", 6: "discount", 7: "VAT"}


class SaleOrder(models.Model):
    """What was approved, kept as it was: the content, its digest and the PDF that the client had."""

    _inherit = "sale.order"

    sire_sent_pdf = fields.Binary(
        string="PDF as Sent", attachment=True, readonly=True, copy=False, groups="sire_access.group_see_money"
    )
    sire_approved_content = fields.Json(
        string="What Was Approved", readonly=True, copy=False, groups="sire_access.group_see_money"
    )
    sire_approved_pdf_sha256 = fields.Char(
        string="SHA-256 of the Approved PDF",
        readonly=True,
        copy=False,
        help="Of the PDF that the client could open when approving. Empty when none was made: the client read the page.",
    )
    sire_approval_void = fields.Boolean(
        string="Approval Void",
        compute="_compute_sire_approval_void",
        search="_search_sire_approval_void",
        help="The quotation was changed past its guards after the approval. Nothing is invoiced from it.",
    )

    # === COMPUTES ===#

    @api.depends("state", "sire_approved_digest", "order_line.price_total", "amount_total", "note", "validity_date")
    def _compute_sire_approval_void(self):
        for order in self:
            order.sire_approval_void = order._sire_is_void()

    def _search_sire_approval_void(self, operator, value):
        if operator != "in":
            return NotImplemented
        # No column can say it: whoever changes the rows past us would change that column, too.
        approved_sudo = self.sudo().search([("state", "=", "sale"), ("sire_approved_digest", "!=", False)])
        void_ids = [order.id for order in approved_sudo if order._sire_is_void()]
        void = Domain("id", "in", void_ids)
        return Domain.OR(void if wanted else ~void for wanted in value)

    # === BUSINESS ===#

    def _sire_is_void(self):
        """:return: whether this quotation is approved, and not what was approved any more"""
        self.ensure_one()
        order_sudo = self.sudo()  # the evidence, for whoever sees the quotation
        if order_sudo.state != "sale" or not order_sudo.sire_approved_digest:
            return False
        content = order_sudo._sire_content()
        if self._sire_hash(content) == order_sudo.sire_approved_digest:
            return False
        approved = order_sudo.sire_approved_content
        if not approved or self._sire_hash(approved) != order_sudo.sire_approved_digest:
            return True
        # Two clients that were merged are one client: what was agreed to is the same.
        return {**content, "client": None} != {**approved, "client": None}

    def _sire_say_void(self):
        """:return: one sentence: that the approval does not hold, and what differs"""
        self.ensure_one()
        order_sudo = self.sudo()  # as above
        content, approved = order_sudo._sire_content(), order_sudo.sire_approved_content or {}
        differs = [
            f"{was[2]}: {word} {was[part]} → {now[part]}"
            for was, now in zip(approved.get("lines", []), content["lines"], strict=False)
            for part, word in LINE_PARTS.items()
            if was[part] != now[part]
        ]
        if len(approved.get("lines", [])) != len(content["lines"]):
            differs.append(self.env._("number of lines"))
        differs += [
            key for key in ("totals", "terms", "plan", "validity", "currency") if approved.get(key) != content.get(key)
        ]
        return self.env._(
            "Approval void: the content of %(order)s differs from what %(name)s approved on %(date)s (%(differs)s)."
            " Nothing is invoiced from it.",
            order=self.name,
            name=order_sudo.signed_by or "",
            date=format_date(self.env, order_sudo.signed_on) if order_sudo.signed_on else "",
            differs="; ".join(differs[:3]),
        )

    def _sire_check_approval_holds(self):
        """:raise UserError: when what stands in the database is not what was approved"""
        self.env.flush_all()
        self.invalidate_recordset(flush=False)
        self.env["sale.order.line"].invalidate_model(flush=False)  # all: to look up which would be one more read
        for order in self:
            if order._sire_is_void():
                raise UserError(order._sire_say_void())

    def _create_invoices(self, grouped=False, final=False, date=None):
        """Override of `sale`: what was approved is invoiced, and nothing else."""
        self._sire_check_approval_holds()
        return super()._create_invoices(grouped=grouped, final=final, date=date)

    # === THE PDF ===#

    def _sire_keep_pdf(self, files):
        """Keep the PDF that the client gets; it is what the approval will name.

        :param list files: what `_sire_render_pdf` returned
        """
        self.ensure_one()
        gate.opened(self.sudo()).sire_sent_pdf = base64.b64encode(files[0][1]) if files else False

    def _sire_get_offer_pdf(self):
        """Return the PDF of a quotation that can be approved: the one that was sent, made now when none was.

        :rtype: bytes
        """
        self.ensure_one()
        order_sudo = self.sudo()  # whoever has the link may read what was sent
        if not order_sudo.sire_sent_pdf:
            order_sudo._sire_keep_pdf(order_sudo._sire_render_pdf())
        return base64.b64decode(order_sudo.sire_sent_pdf or b"")

    def _sire_get_evidence(self):
        """:return: what is frozen with the approval, beside who gave it"""
        self.ensure_one()
        content, pdf = self._sire_content(), base64.b64decode(self.sire_sent_pdf or b"")
        return {
            "sire_approved_content": content,
            "sire_approved_digest": self._sire_hash(content),
            "sire_approved_pdf_sha256": hashlib.sha256(pdf).hexdigest() if pdf else False,
        }
