from odoo import models
from odoo.fields import Domain


class AccountAnalyticLine(models.Model):
    _inherit = "account.analytic.line"

    def _timesheet_get_portal_domain(self):
        """Override of `hr_timesheet`: a client that was not invited to a project or task finds neither under *My account*, and
        no hours of it either. The host shows them, with the name of who worked, to the client that the project is for.
        """
        domain = super()._timesheet_get_portal_domain()
        if not self.env.user._is_portal():
            return domain
        return domain & Domain("message_partner_ids", "child_of", self.env.user.partner_id.commercial_partner_id.ids)
