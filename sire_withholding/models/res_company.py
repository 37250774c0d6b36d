from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

JOURNAL_CODE = "WHC"
ADVANCE_ACCOUNT = "ke1120"  # “Withholding Tax Advance on Sales” of the host's Kenyan chart


class ResCompany(models.Model):
    _inherit = "res.company"

    sire_withholding_journal_id = fields.Many2one(
        "account.journal", string="Journal of Certificates", domain="[('type', '=', 'general')]", check_company=True
    )
    sire_withheld_vat_account_id = fields.Many2one(
        "account.account",
        string="Withheld VAT",
        check_company=True,
        help="What clients withheld as VAT and paid to KRA for us, until it is used in a return.",
    )
    sire_withheld_tax_account_id = fields.Many2one(
        "account.account",
        string="Withheld Tax",
        check_company=True,
        help="What clients withheld as income tax and paid to KRA for us, until it is used in a return.",
    )
    sire_certificate_days = fields.Integer(
        string="Ask for Certificates After",
        default=14,
        help="Days after the money came, and between one reminder and the next. 0: never.",
    )
    sire_certificate_email = fields.Boolean(
        string="Ask the Client by E-mail", help="Beside the activity for whoever looks after the invoice."
    )

    @api.constrains("sire_certificate_days")
    def _check_sire_certificate_days(self):
        for company in self:
            if not 0 <= company.sire_certificate_days <= 365:
                raise ValidationError(self.env._("Ask for certificates after 0 to 365 days."))

    def _sire_setup_withholding(self):
        """Give each company with a chart of accounts the journal and the accounts that certificates are booked with."""
        for company in self.filtered("chart_template"):
            journals = self.env["account.journal"].with_company(company)
            if not company.sire_withholding_journal_id:
                company.sire_withholding_journal_id = journals.search(
                    [("code", "=", JOURNAL_CODE), ("type", "=", "general"), ("company_id", "=", company.id)], limit=1
                ) or journals.create(
                    {
                        "name": "Withholding Certificates",
                        "type": "general",
                        "code": JOURNAL_CODE,
                        "company_id": company.id,
                        "show_on_dashboard": False,
                    }
                )
            account = self.env["account.chart.template"].with_company(company).ref(ADVANCE_ACCOUNT, False)
            for name in ("sire_withheld_vat_account_id", "sire_withheld_tax_account_id"):
                company[name] = company[name] or account

    def _sire_get_withheld_account(self, kind):
        """:param str kind: ``vat`` or ``tax``
        :return: the journal and the account that a certificate is booked with
        :raise UserError: when they are not set up
        """
        self.ensure_one()
        account = self.sire_withheld_vat_account_id if kind == "vat" else self.sire_withheld_tax_account_id
        journal = self.sire_withholding_journal_id
        if not account or not journal:
            raise UserError(
                self.env._("Choose the journal and the accounts for withheld VAT and tax in Settings ▸ SIRE first.")
            )
        return journal, account
