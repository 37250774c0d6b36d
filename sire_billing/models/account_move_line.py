from contextvars import ContextVar

from odoo import api, models

from ..utils.values import differs

# Whether lines are being written in this thread of execution: see `fields_get`.
_writing = ContextVar("sire_billing_writing_lines", default=False)

FROZEN_FIELDS = frozenset(
    {
        "account_id",
        "amount_currency",
        "amount_residual",
        "amount_residual_currency",
        "balance",
        "credit",
        "currency_id",
        "date_maturity",
        "debit",
        "deductible_amount",
        "discount",
        "display_type",
        "extra_tax_data",
        "move_id",
        "name",
        "partner_id",
        "price_subtotal",
        "price_total",
        "price_unit",
        "product_id",
        "product_uom_id",
        "quantity",
        "reconciled",
        "tax_base_amount",
        "tax_ids",
        "tax_line_id",
        "tax_repartition_line_id",
    }
)


class AccountMoveLine(models.Model):
    """The lines of an invoice that was issued stay with it."""

    _inherit = "account.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        moves = self.env["account.move"].browse({vals["move_id"] for vals in vals_list if vals.get("move_id")})
        moves._sire_check_lines_open()
        return super().create(vals_list)

    def write(self, vals):
        if names := FROZEN_FIELDS & vals.keys():
            closed = (self.move_id | self.move_id.browse(vals.get("move_id") or ()))._sire_get_closed()
            lines_sudo = self.sudo() if closed else self.browse()  # to compare
            if any(differs(line, name, vals[name]) for line in lines_sudo for name in names):
                closed._sire_check_lines_open()
        token = _writing.set(True)
        try:
            return super().write(vals)
        finally:
            _writing.reset(token)

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Override of `base`: at each write the host asks for the tracked ones among the fields that are written. When none
        is, the empty list stands for all: a description of a hundred fields, a tenth of the time of posting, that nobody
        reads.
        """
        if allfields == [] and attributes is None and _writing.get():
            return {}
        return super().fields_get(allfields, attributes)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_issued(self):
        self.move_id._sire_check_lines_open()
