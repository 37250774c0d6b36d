from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.sire_billing import gate


class AccountMove(models.Model):
    """The entries of a drawer stay: cash in and out, differences, and payments once they are counted."""

    _inherit = "account.move"

    def _sire_check_drawer(self):
        """:raise UserError: when a drawer session stands on one of these entries"""
        if gate.is_open(self.env):
            return
        self.origin_payment_id._sire_check_session()
        env_sudo = self.sudo().env  # sudo: the rule holds for who reads no sessions
        movement = env_sudo["sire.cashier.movement"].search([("entry_id", "in", self.ids)], limit=1)
        session = movement.session_id or env_sudo["sire.cashier.session"].search(
            [("entry_id", "in", self.ids)], limit=1
        )
        if session:
            raise UserError(
                self.env._("This entry belongs to drawer session %s and stays. Book a new one instead.", session.name)
            )

    def button_draft(self):
        """Override of `account`: see above."""
        self._sire_check_drawer()
        return super().button_draft()

    def button_cancel(self):
        """Override of `account`: see above."""
        self._sire_check_drawer()
        return super().button_cancel()

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """Override of `account`: see above."""
        self._sire_check_drawer()
        return super()._reverse_moves(default_values_list, cancel)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_drawer(self):
        self._sire_check_drawer()
