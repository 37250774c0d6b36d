from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_billing import gate


class SireCashierMovement(models.Model):
    """Cash that was put into a drawer or taken out of it for a reason that is no payment: change, the bank, petty cash."""

    _name = "sire.cashier.movement"
    _inherit = "sire.gated"
    _description = "Cash in or out of a drawer"
    _order = "id"
    _sire_audit = {"fields": ("session_id", "kind", "amount", "reason")}

    session_id = fields.Many2one("sire.cashier.session", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="session_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="session_id.currency_id")
    kind = fields.Selection(selection=[("in", "Cash in"), ("out", "Cash out")], required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    reason = fields.Char(required=True, readonly=True)
    entry_id = fields.Many2one("account.move", readonly=True, ondelete="restrict", index="btree_not_null")

    def _check_gate(self):
        if not gate.is_open(self.env):
            raise UserError(self.env._("Cash in and out is written by its buttons, and stays."))
