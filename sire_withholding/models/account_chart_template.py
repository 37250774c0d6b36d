from odoo import models


class AccountChartTemplate(models.AbstractModel):
    _inherit = "account.chart.template"

    def _post_load_data(self, template_code, company, template_data):
        """Override of `account`: a company that gets its chart gets its journal of certificates with it."""
        result = super()._post_load_data(template_code, company, template_data)
        (company or self.env.company)._sire_setup_withholding()
        return result
