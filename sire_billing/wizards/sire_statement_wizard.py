from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_payment.utils import format_money


class SireStatementWizard(models.TransientModel):
    """A statement that is to be printed: of whom, by whom, for which days."""

    _name = "sire.statement.wizard"
    _inherit = "sire.document.wizard"
    _description = "Client statement"
    _sire_documents = ("partner_ids", "company_id")

    partner_ids = fields.Many2many(
        "res.partner", string="Clients", required=True, default=lambda self: self._default_partner_ids()
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    date_from = fields.Date("From", required=True, default=lambda self: eat_today().replace(month=1, day=1))
    date_to = fields.Date("To", required=True, default=lambda self: eat_today())

    def _default_partner_ids(self):
        if self.env.context.get("active_model") != "res.partner":
            return self.env["res.partner"]
        # a client's contacts share its account: one statement for all of them
        return self.env["res.partner"].browse(self.env.context.get("active_ids", [])).commercial_partner_id

    @api.constrains("date_from", "date_to")
    def _check_period(self):
        for wizard in self:
            if wizard.date_to < wizard.date_from:
                raise UserError(self.env._("The period ends before it begins."))

    def action_print(self):
        self.ensure_one()
        if not self.partner_ids:
            raise UserError(self.env._("Choose whose statement is to be printed."))
        action = self.env.ref("sire_billing.action_report_sire_statement").report_action(self, config=False)
        return {**action, "close_on_report_download": True}

    # === THE PRINT ===#

    def _get_statement_file_name(self):
        self.ensure_one()
        if len(self.partner_ids) == 1:
            return self.partner_ids._sire_statement_file_name(self.date_from, self.date_to)
        return self.env._("Statements %(start)s to %(end)s", start=self.date_from, end=self.date_to)

    @api.model
    def _money(self, amount, currency):
        """:return: an amount without its currency, which the table says: "98,600" """
        return format_money(amount, currency).partition(" ")[2]
