from odoo import models

SUSPENSE_CODE = "2199"
SUSPENSE_XMLID = "mpesa_suspense_account"


class ResCompany(models.Model):
    _inherit = "res.company"

    def _mpesa_get_paid_for(self):
        """Return the companies whose invoices are paid to this one's number: itself, and branches that have none.

        :rtype: res.company
        """
        self.ensure_one()
        company_sudo = self.sudo()  # whoever reports or assigns a payment need not see each branch
        if not company_sudo.child_ids:
            return self
        branches_sudo = company_sudo.search([("id", "child_of", self.id), ("id", "!=", self.id)])
        providers = self.env["payment.provider"]
        paid_here_sudo = branches_sudo.filtered(
            lambda branch: providers._mpesa_for_company(branch).company_id in (self, self.browse())
        )
        return self | paid_here_sudo.sudo(self.env.su)

    def _mpesa_get_suspense_account(self):
        """Return where M-Pesa's money stands until somebody knows whose it is. Made when there is none.

        :return: a current liability whose items can be matched
        :rtype: account.account
        """
        self.ensure_one()
        # an accountant who assigns receipts need not be allowed to make accounts
        charts_sudo = self.env["account.chart.template"].sudo().with_company(self)
        account_sudo = charts_sudo.ref(SUSPENSE_XMLID, raise_if_not_found=False)
        if account_sudo:
            return account_sudo.sudo(self.env.su)
        accounts_sudo = self.env["account.account"].sudo().with_company(self)  # as above
        account_sudo = accounts_sudo.create(
            {
                "name": self.env._("M-Pesa receipts to be assigned"),
                "code": accounts_sudo._search_new_account_code(SUSPENSE_CODE),
                "account_type": "liability_current",
                "reconcile": True,
                "company_ids": self.ids,
            }
        )
        self.env["ir.model.data"].sudo()._update_xmlids(
            [{"xml_id": f"account.{self.id}_{SUSPENSE_XMLID}", "record": account_sudo, "noupdate": True}]
        )
        return account_sudo.sudo(self.env.su)
