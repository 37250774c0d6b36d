from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_payment.utils import format_money

from ..const import KINDS

PAPER = ("name", "kind", "date", "file", "file_name", "is_last")


class SireWithholdingSpreadWizard(models.TransientModel):
    """A certificate that KRA made out for several invoices: what stands on the paper, and what of it is for which."""

    _name = "sire.withholding.spread.wizard"
    _inherit = "sire.withholding.spread.form"
    _description = "A withholding certificate for several invoices"
    _sire_amounts = ("total",)
    _sire_documents = ("line_ids.invoice_id",)

    name = fields.Char(string="Number", help="As KRA printed it on the certificate.")
    kind = fields.Selection(KINDS, required=True, string="Withheld")
    date = fields.Date(required=True, default=lambda self: eat_today())
    file = fields.Binary(string="Certificate", attachment=False)
    file_name = fields.Char(string="Name of the File")
    is_last = fields.Boolean(
        string="Nothing More to Come",
        default=True,
        help="No further certificate of this kind comes for the invoices: what it does not cover is to be paid.",
    )
    line_ids = fields.One2many("sire.withholding.spread.line", "wizard_id", string="Invoices")
    currency_id = fields.Many2one(related="line_ids.invoice_id.currency_id", related_sudo=False)
    partner_id = fields.Many2one(
        related="line_ids.invoice_id.commercial_partner_id", related_sudo=False, string="Client"
    )
    total = fields.Monetary(string="Amount on the Certificate", help="All of it, as KRA printed it.")
    left = fields.Monetary(string="Not Shared Out Yet", compute="_compute_left")

    @api.depends("total", "line_ids.amount")
    def _compute_left(self):
        for wizard in self:
            wizard.left = wizard.total - sum(wizard.line_ids.mapped("amount"))

    def action_record(self):
        """Record the certificate: each invoice is settled by its part.

        :return: the action that shows it
        :raise UserError: one sentence; nothing is recorded then
        """
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: not line.currency_id.is_zero(line.amount))
        if not lines:
            raise UserError(self.env._("Write what of the certificate is for which invoice."))
        parts = sum(lines.mapped("amount"))
        if self.currency_id.compare_amounts(parts, self.total) != 0:
            raise UserError(
                self.env._(
                    "The certificate says %(total)s, and the invoices get %(parts)s of it: they have to be the same.",
                    total=format_money(self.total, self.currency_id),
                    parts=format_money(parts, self.currency_id),
                )
            )
        paper = self.with_context(bin_size=False)  # the file, not its size
        certificates = self.env["sire.withholding.certificate"]
        lead = certificates._sire_spread(
            {name: paper[name] for name in PAPER}, [(line.invoice_id, line.amount) for line in lines]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id("sire_withholding.action_sire_certificates")
        return {**action, "res_id": lead.id, "views": [(False, "form")]}
