import math

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..utils.quoting import MILESTONE, TASK, TIMESHEET, Work, amount_of


class SireQuotationWizardLine(models.TransientModel):
    _name = "sire.quotation.wizard.line"
    _inherit = "sire.document.wizard"
    _description = "Work that can be quoted"
    _order = "id"
    _sire_documents = ("wizard_id",)

    wizard_id = fields.Many2one("sire.quotation.wizard", required=True, ondelete="cascade", index=True)
    currency_id = fields.Many2one(related="wizard_id.currency_id", related_sudo=False)
    kind = fields.Selection(
        [(TASK, "Task"), (MILESTONE, "Milestone"), (TIMESHEET, "Logged Time")], required=True, readonly=True
    )
    res_id = fields.Integer(required=True, readonly=True)
    ticked = fields.Boolean(string="Quote")
    title = fields.Char(string="Work", required=True)
    person = fields.Char(readonly=True)
    phase = fields.Char(string="Milestone", readonly=True)
    day = fields.Date(readonly=True)
    hours = fields.Float(readonly=True)
    rate = fields.Monetary(help="Price of an hour, without VAT.")
    price = fields.Monetary(string="Fixed Price", help="Without VAT. Empty: the hours at the rate.")
    amount = fields.Monetary(compute="_compute_amount")
    taken = fields.Char(string="Quoted In", readonly=True)

    @api.depends("hours", "rate", "price", "kind", "title")
    def _compute_amount(self):
        for line in self:
            line.amount = amount_of(line._get_work(), line.currency_id.round)

    @property
    def key(self):
        self.ensure_one()
        return (self.kind, self.res_id)

    def _get_work(self):
        """:rtype: Work"""
        self.ensure_one()
        is_phase = self.kind == MILESTONE
        return Work(
            self.kind,
            self.res_id,
            self.title or "",
            person=self.person or "",
            phase=(self.title if is_phase else self.phase) or "",
            hours=self.hours,
            rate=self.rate,
            price=self.price or (0.0 if is_phase else None),
            day=self.day,
        )

    # === CRUD ===#

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_prices(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_prices(vals)
        return super().write(vals)

    @api.model
    def _check_prices(self, vals):
        """:raise UserError: for a price below zero, or one that is no number: before the ORM rounds it"""
        for name in ("rate", "price", "hours"):
            value = vals.get(name) or 0.0
            if not math.isfinite(value) or value < 0:
                raise UserError(
                    self.env._(
                        "%s: write a number that is zero or more.", self._fields[name]._description_string(self.env)
                    )
                )
