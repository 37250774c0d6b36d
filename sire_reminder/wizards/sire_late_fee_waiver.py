from odoo import fields, models


class SireLateFeeWaiver(models.TransientModel):
    """Why there is no late fee for an invoice and a month."""

    _name = "sire.late.fee.waiver"
    _inherit = "sire.document.wizard"
    _description = "Waive a late fee"

    move_id = fields.Many2one("account.move", string="Invoice", required=True, readonly=True)
    month = fields.Date(required=True, help="Any day of it.")
    reason = fields.Char(required=True)

    def _open(self, move, month):
        """:return: the action that opens this wizard
        :rtype: dict
        """
        move.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Waive Late Fee"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_move_id": move.id, "default_month": month},
        }

    def action_confirm(self):
        self.ensure_one()
        self.env["sire.late.fee"]._waive(self.move_id, self.month, self.reason)
        return {"type": "ir.actions.act_window_close"}
