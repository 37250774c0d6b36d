import math

from odoo import models


class AccountMove(models.Model):
    """The deposit that a quotation asked for: a part of its one invoice, paid first."""

    _inherit = "account.move"

    def _sire_get_deposit(self):
        """Return what of the agreed deposit is still to be paid.

        :return: whole shillings; 0 when none was agreed, when it is paid, or when all that is left is no more than it
        :rtype: int
        """
        self.ensure_one()
        order_sudo = self.sudo().sire_order_id  # clients have no account; what they agreed to is on their page
        if not order_sudo._sire_has_deposit():
            return 0
        payable = self._sire_get_payable()
        left = order_sudo._get_prepayment_required_amount() - (self.amount_total - payable)
        return min(math.ceil(left), math.floor(payable)) if 0 < left < payable else 0
