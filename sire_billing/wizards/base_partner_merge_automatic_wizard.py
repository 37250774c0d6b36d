from odoo import models
from odoo.exceptions import UserError


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Override of `base`: it gives invoices to another client past the ORM. Issued ones stay with whom they name.

        :raise UserError: one sentence that says which client to keep
        """
        moves_sudo = self.env["account.move"].sudo()  # whoever merges clients need not read invoices
        clients = [("partner_id", "in", src_partners.ids), ("commercial_partner_id", "in", src_partners.ids)]
        for move in moves_sudo.search(
            ["|", *clients, ("state", "=", "posted"), ("move_type", "in", ("out_invoice", "out_refund", "out_receipt"))]
        ):
            if move._sire_get_hold():
                raise UserError(
                    self.env._(
                        "%(client)s has invoices that were issued, such as %(invoice)s: keep this client, and merge the "
                        "others into it.",
                        client=move.partner_id.display_name,
                        invoice=move.name,
                    )
                )
        return super()._update_foreign_keys(src_partners, dst_partner)
