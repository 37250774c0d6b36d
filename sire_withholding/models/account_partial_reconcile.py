from odoo import api, models

from odoo.addons.sire_billing import gate


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_certificate(self):
        """What a certificate settled stays settled until it is voided."""
        if not gate.is_open(self.env):
            (self.debit_move_id | self.credit_move_id).move_id._sire_check_no_certificate()
