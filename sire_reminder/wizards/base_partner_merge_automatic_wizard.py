from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Override of `base`: of rows that may be there once a client it deletes all that the merged client has. What was sent
        stays written down, else it would be sent again."""
        for name in ("sire.reminder.letter", "sire.statement.sending"):
            documents_sudo = self.env[name].sudo()  # written by the system alone, whoever merges
            documents_sudo.search([("client_id", "in", src_partners.ids)]).merged = True
        self.env.flush_all()
        return super()._update_foreign_keys(src_partners, dst_partner)
