from odoo import api, models

ANY = "sire_billing.analytic_rules"


class AccountAnalyticDistributionModel(models.Model):
    """Where nobody made a rule for analytic accounts, none is looked for: the host does, for each line of each document.

    Whether there is one is asked once a transaction, which sees no other one's rules. It is kept where the host keeps what ends
    with the transaction, or with a savepoint that is rolled back.
    """

    _inherit = "account.analytic.distribution.model"

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env.cr.precommit.data.pop(ANY, None)
        return rules

    def unlink(self):
        result = super().unlink()
        self.env.cr.precommit.data.pop(ANY, None)
        return result

    @api.model
    def _get_applicable_models(self, vals):
        return super()._get_applicable_models(vals) if self._sire_are_any() else self.browse()

    @api.model
    def _sire_are_any(self):
        """:return: whether there is a rule, of any company
        :rtype: bool
        """
        known = self.env.cr.precommit.data
        if ANY not in known:
            rules_sudo = self.sudo()  # whether there is one, whoever may read which
            known[ANY] = bool(rules_sudo.search_count([], limit=1))
        return known[ANY]
