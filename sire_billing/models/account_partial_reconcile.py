from odoo import api, models
from odoo.exceptions import UserError

from .. import gate


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_void(self):
        """What makes an invoice void is not taken apart: it would be due again, and its paper says Void."""
        if gate.is_open(self.env):
            return
        for move in (self.debit_move_id | self.credit_move_id).move_id:
            if move.sire_void_reason:
                raise UserError(self.env._("%s is void and stays so: make a new invoice.", move.name))
