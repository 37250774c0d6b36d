from odoo import api, models


class SireCashPaymentWizard(models.TransientModel):
    _inherit = "sire.cash.payment.wizard"

    @api.depends("move_id", "instrument")
    def _compute_journal_id(self):
        """Override of `sire_billing`: the drawer that the cashier has open."""
        result = super()._compute_journal_id()
        # sudo: one's own session, whether or not one reads sessions
        sessions_sudo = self.env["sire.cashier.session"].sudo()
        mine = sessions_sudo.search([("user_id", "=", self.env.uid), ("state", "=", "open")]).journal_id
        for wizard in self.filtered(lambda wizard: wizard.instrument == "cash"):
            wizard.journal_id = (wizard._get_journals() & mine.with_env(wizard.env))[:1] or wizard.journal_id
        return result
