from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.sire_payment.utils import format_money

from ..const import KINDS, RATE_MAX


class AccountMove(models.Model):
    """What the client keeps back for KRA: the invoice asks for less money, and for a certificate."""

    _inherit = "account.move"
    # for sire_audit, where it is installed
    _sire_audit = {"fields": ("sire_vat_withheld_rate", "sire_tax_withheld_rate")}

    sire_vat_withheld_rate = fields.Float(
        string="VAT Withheld (%)",
        digits=(5, 2),
        compute="_compute_sire_withheld_rates",
        store=True,
        readonly=False,
        help="Percent of the value with VAT that the client keeps back and pays to KRA for us.",
    )
    sire_tax_withheld_rate = fields.Float(
        string="Tax Withheld (%)",
        digits=(5, 2),
        compute="_compute_sire_withheld_rates",
        store=True,
        readonly=False,
        help="Percent of the value without VAT that the client keeps back and pays to KRA for us.",
    )
    sire_vat_withheld = fields.Monetary(
        string="VAT Withheld", compute="_compute_sire_withheld", store=True, help="What the certificate will say."
    )
    sire_tax_withheld = fields.Monetary(
        string="Tax Withheld", compute="_compute_sire_withheld", store=True, help="What the certificate will say."
    )
    sire_certificate_ids = fields.One2many("sire.withholding.certificate", "invoice_id", string="Certificates")
    sire_awaited = fields.Monetary(
        string="Certificates to Come",
        compute="_compute_sire_awaited",
        store=True,
        help="What is withheld and not certified yet. The invoice is not overdue for it.",
    )
    sire_awaited_since = fields.Date(
        string="Certificate Awaited Since",
        compute="_compute_sire_awaited",
        store=True,
        help="The day when all the money had come, and only certificates were missing.",
    )
    sire_cash_expected = fields.Monetary(string="Money to Expect", compute="_compute_sire_cash_expected")

    _sire_awaited_idx = models.Index("(company_id, sire_awaited_since) WHERE sire_awaited_since IS NOT NULL")

    # === CONSTRAINTS === #

    @api.constrains("sire_vat_withheld_rate", "sire_tax_withheld_rate")
    def _check_sire_withheld_rates(self):
        for move in self:
            for rate in (move.sire_vat_withheld_rate, move.sire_tax_withheld_rate):
                if not 0 <= rate <= RATE_MAX:
                    raise ValidationError(self.env._("A withholding rate is from 0 to %s percent.", RATE_MAX))

    # === COMPUTES === #

    @api.depends("partner_id", "move_type")
    def _compute_sire_withheld_rates(self):
        """What the client withholds when the invoice is made, or its client changed; what is agreed later is written on it."""
        for move in self:
            client = move.commercial_partner_id
            is_invoice = move.move_type == "out_invoice"
            vat = is_invoice and client.sire_withholds_vat
            tax = is_invoice and client.sire_withholds_tax
            move.sire_vat_withheld_rate = client.sire_vat_withholding_rate if vat else 0.0
            move.sire_tax_withheld_rate = client.sire_tax_withholding_rate if tax else 0.0

    @api.depends(
        "amount_untaxed",
        "invoice_line_ids.price_subtotal",
        "invoice_line_ids.tax_ids",
        "reversal_move_ids.amount_untaxed",
        "reversal_move_ids.state",
        "sire_tax_withheld_rate",
        "sire_vat_withheld_rate",
    )
    def _compute_sire_withheld(self):
        for move in self:
            move.sire_vat_withheld = move.sire_tax_withheld = 0.0
            if not (move.sire_vat_withheld_rate or move.sire_tax_withheld_rate):
                continue
            notes = move.reversal_move_ids.filtered(lambda note: note.state == "posted")
            taxable = move._sire_get_vat_base() - sum(note._sire_get_vat_base() for note in notes)
            untaxed = move.amount_untaxed - sum(notes.mapped("amount_untaxed"))
            for name, base, rate in (
                ("sire_vat_withheld", taxable, move.sire_vat_withheld_rate),
                ("sire_tax_withheld", untaxed, move.sire_tax_withheld_rate),
            ):
                move[name] = move.currency_id.round(max(base, 0.0) * rate / 100)

    @api.depends(
        "amount_residual",
        "payment_state",
        "sire_certificate_ids.amount",
        "sire_certificate_ids.is_last",
        "sire_certificate_ids.state",
        "sire_tax_withheld",
        "sire_vat_withheld",
        "state",
    )
    def _compute_sire_awaited(self):
        for move in self:
            awaited = sum(move._sire_get_awaited().values())
            move.sire_awaited = awaited
            is_all = awaited and move.currency_id.compare_amounts(move.amount_residual, awaited) <= 0
            partials = move.line_ids.matched_credit_ids if is_all else []
            days = [partial.max_date for partial in partials]
            move.sire_awaited_since = is_all and (max(days) if days else move.invoice_date)

    @api.depends("amount_residual", "amount_total", "sire_awaited", "sire_tax_withheld", "sire_vat_withheld", "state")
    def _compute_sire_cash_expected(self):
        for move in self:
            if move.state == "draft":
                amount = move.amount_total - move.sire_vat_withheld - move.sire_tax_withheld
            else:
                amount = move.amount_residual - move.sire_awaited
            move.sire_cash_expected = max(move.currency_id.round(amount), 0.0) if move.currency_id else 0.0

    @api.depends("sire_awaited")
    def _compute_sire_status(self):
        """Override of `sire_billing`: what is withheld is not overdue."""
        return super()._compute_sire_status()

    # === BUSINESS === #

    def _sire_get_vat_base(self):
        """:return: the value that VAT is charged on, in the currency of the document: neither zero-rated nor exempt
        :rtype: float
        """
        lines = self.invoice_line_ids.filtered(
            lambda line: line.display_type == "product" and any(tax.amount > 0 for tax in line.tax_ids)
        )
        return self.currency_id.round(sum(lines.mapped("price_subtotal")))

    def _sire_get_awaited(self):
        """Return what is withheld of this invoice and not certified yet, never more than what is open.

        :return: ``{"vat": amount, "tax": amount}`` in the currency of the invoice; empty when nothing is awaited
        :rtype: dict
        """
        self.ensure_one()
        # sudo: whoever reads the invoice may know what is missing, also who does not read certificates
        certificates_sudo = self.sudo().sire_certificate_ids.filtered(lambda found: found.state == "recorded")
        return self._sire_split_awaited(certificates_sudo, self.amount_residual)

    def _sire_get_awaited_on(self, day, left):
        """Return what was still to come at the end of a day, by the entries of that day and by what is withheld now.

        :param datetime.date day: the last that counts
        :param float left: what was open of this invoice then
        :return: as :meth:`_sire_get_awaited`
        :rtype: dict
        """
        self.ensure_one()
        certificates_sudo = self.sudo().sire_certificate_ids.filtered(
            lambda found: found._sire_is_booked_on(day)
        )  # as above
        return self._sire_split_awaited(certificates_sudo, left)

    def _sire_split_awaited(self, certificates_sudo, left):
        if self.state != "posted" or self.move_type != "out_invoice":
            return {}
        awaited = {}
        for kind, _label in KINDS:
            mine = certificates_sudo.filtered(lambda found, kind=kind: found.kind == kind)
            if any(mine.mapped("is_last")):
                continue
            missing = min(self[f"sire_{kind}_withheld"] - sum(mine.mapped("amount")), left)
            if self.currency_id.compare_amounts(missing, 0) > 0:
                awaited[kind] = self.currency_id.round(missing)
                left -= missing
        return awaited

    def _sire_get_due_amounts(self):
        """Override of `sire_billing`: what comes as a certificate is not expected as money, the earliest parts first."""
        result = super()._sire_get_due_amounts()
        for move, rows in result.items():
            withheld = sum(move._sire_get_awaited().values())
            if not withheld:
                continue
            result[move] = due = []
            for day, amount in rows:
                taken = min(withheld, amount)
                withheld -= taken
                if move.currency_id.compare_amounts(amount, taken) > 0:
                    due.append((day, move.currency_id.round(amount - taken)))
        return result

    def _sire_say_withheld(self):
        """:return: what the client reads about what is withheld; empty when nothing is awaited
        :rtype: str
        """
        awaited = self._sire_get_awaited()
        if not awaited:
            return ""
        words = {"vat": self.env._("VAT"), "tax": self.env._("tax")}
        parts = [
            self.env._("%(amount)s %(kind)s", amount=format_money(amount, self.currency_id), kind=words[kind])
            for kind, amount in awaited.items()
        ]
        kept = self.env._(" and ").join(parts)
        cash = self.currency_id.round(self.amount_residual - sum(awaited.values()))
        if self.currency_id.compare_amounts(cash, 0) > 0:
            return self.env._(
                "You withhold %(kept)s; pay %(cash)s, and send us the certificate.",
                kept=kept,
                cash=format_money(cash, self.currency_id),
            )
        return self.env._("You withheld %(kept)s: please send us the certificate.", kept=kept)
