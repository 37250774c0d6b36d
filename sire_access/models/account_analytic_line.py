from odoo import api, fields, models

from odoo.addons.sire_access.const import GROUPS_SEE_MONEY_OR_PORTAL


class AccountAnalyticLine(models.Model):
    """Who logs time sees hours: what an hour costs or brings is hidden from who sees no money."""

    _inherit = "account.analytic.line"

    amount = fields.Monetary(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    order_id = fields.Many2one(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    product_id = fields.Many2one(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    sale_order_state = fields.Selection(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    so_line = fields.Many2one(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    timesheet_invoice_id = fields.Many2one(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    timesheet_invoice_type = fields.Selection(groups=GROUPS_SEE_MONEY_OR_PORTAL)

    def _is_not_billed(self):
        # sudo: the host asks with the rights of who logs time; the answer tells no amount
        line_sudo = self.sudo()
        return super(AccountAnalyticLine, line_sudo)._is_not_billed()

    def _check_can_write(self, values):
        if any(not line._is_not_billed() for line in self):
            # sudo: as above
            line_sudo = self.sudo()
            super(AccountAnalyticLine, line_sudo)._check_can_write(values)
        return super()._check_can_write(values)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_invoiced(self):
        # sudo: as above
        line_sudo = self.sudo()
        return super(AccountAnalyticLine, line_sudo)._unlink_except_invoiced()
