from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.sire_access.const import GROUP_SEE_MONEY
from odoo.addons.sire_base.utils.gate import given

CHOICES = frozenset({"sire_reminder_ladder_id", "sire_reminder_off", "sire_statement_monthly", "sire_late_fee_off"})


class ResPartner(models.Model):
    """What a client gets that others do not, company by company."""

    _inherit = "res.partner"

    sire_reminder_ladder_id = fields.Many2one(
        "sire.reminder.ladder",
        string="Reminder Ladder",
        company_dependent=True,
        domain="[('company_id', '=', allowed_company_ids[0])]",
        groups=GROUP_SEE_MONEY,
        help="Empty: the ladder of the company.",
    )
    sire_reminder_off = fields.Boolean("No Reminders", company_dependent=True, groups=GROUP_SEE_MONEY)
    sire_late_fee_off = fields.Boolean("No Late Fees", company_dependent=True, groups=GROUP_SEE_MONEY)
    sire_statement_monthly = fields.Selection(
        [("yes", "Every month"), ("no", "Never")],
        string="Statement by E-mail",
        company_dependent=True,
        groups=GROUP_SEE_MONEY,
        help="By e-mail, for the month before. Empty: as the company does.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if CHOICES & given(self, vals_list):
            self._sire_check_reminder_choice()
        return super().create(vals_list)

    def write(self, vals):
        if CHOICES & vals.keys():
            self._sire_check_reminder_choice()
        return super().write(vals)

    def _sire_check_reminder_choice(self):
        if not self.env.su:
            self.env.user._sire_check_may("reminder.edit")

    @api.constrains("sire_reminder_ladder_id")
    def _check_sire_reminder_ladder_id(self):
        for partner in self:
            ladder_sudo = partner.sudo().sire_reminder_ladder_id  # whoever edits the client need not read ladders
            if ladder_sudo and ladder_sudo.company_id != self.env.company:
                raise ValidationError(self.env._("This ladder belongs to another company."))

    def _sire_wants_statement(self, company):
        """:return: whether this client gets the monthly statement of a company"""
        self.ensure_one()
        choice = self.commercial_partner_id.with_company(company).sudo().sire_statement_monthly  # the firm's choice
        return choice == "yes" or (choice != "no" and company.sire_statement_monthly)

    def _sire_statement_recipient(self):
        """:return: who gets the client's statements: the contact for invoices, where there is one with an address"""
        self.ensure_one()
        contact = self.browse(self.address_get(["invoice"])["invoice"])
        return contact if contact.email_normalized else self.commercial_partner_id

    def action_sire_hold(self):
        """Button: no reminders to this client for a while."""
        self.ensure_one()
        return self.env["sire.reminder.pause.wizard"]._open(self.commercial_partner_id, "hold")
