from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def unlink(self):
        """A line of fees that leaves a draft, by hand or with it, charges nobody."""
        fees_sudo = self.env["sire.late.fee"].sudo().search([("line_id", "in", self.ids)])  # written by methods alone
        result = super().unlink()
        fees_sudo._set_waived(self.env._("Its line was taken off the draft"))
        return result
