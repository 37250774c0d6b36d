from odoo import models
from odoo.exceptions import UserError

from odoo.addons.sire_billing import gate


class SireWithholdingCertificate(models.Model):
    """One paper of KRA for several invoices of a client: a certificate for each, recorded and voided together."""

    _inherit = "sire.withholding.certificate"

    def _sire_get_group(self):
        """:return: this certificate and those of the same paper, the first one first"""
        lead = self.lead_id or self
        return lead | lead.part_ids

    def _sire_spread(self, values, amounts):
        """Record one certificate for several invoices of a client, all or none.

        :param dict values: ``name``, ``kind``, ``date``, ``file``, ``file_name`` and ``is_last`` of the paper
        :param list amounts: pairs of invoice and amount in shillings, each invoice once
        :return: the first of the certificates; the others follow it
        :rtype: sire.withholding.certificate
        :raise UserError: one sentence; the caller's transaction is to be rolled back then
        """
        self.check_access("create")
        invoices = self.env["account.move"].union(*(invoice for invoice, _amount in amounts))
        invoices.check_access("read")
        invoices._sire_check_spread()
        if len(invoices) < len(amounts):
            raise UserError(self.env._("Each invoice stands on the certificate once."))
        invoices._sire_lock_payable()  # all of them, in the order in which everybody locks them
        lead = self.browse()
        for invoice, amount in amounts:
            following = self.with_context(sire_follows=(gate.GATE, lead.id))
            certificate = following.create([{**values, "invoice_id": invoice.id, "amount": amount}])
            lead = lead or certificate.with_env(self.env)
        return lead
