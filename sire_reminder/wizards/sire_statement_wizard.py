from odoo import models
from odoo.exceptions import UserError


class SireStatementWizard(models.TransientModel):
    _inherit = "sire.statement.wizard"

    def action_send(self):
        """Button: e-mail each client its statement.

        :raise UserError: what is missing; nothing is sent then
        """
        self.ensure_one()
        if not self.partner_ids:
            raise UserError(self.env._("Choose whose statement is to be sent."))
        for client in self.partner_ids:
            client._sire_check_statement(self.company_id, self.date_from, self.date_to)
        sendings = self.env["sire.statement.sending"]
        for client in self.partner_ids.commercial_partner_id:
            sendings._send(client, self.company_id, self.date_from, self.date_to)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("E-mailed: %s", ", ".join(self.partner_ids.mapped("name"))),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
