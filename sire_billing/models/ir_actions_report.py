from odoo import api, models

from .sire_proof import FIELDS


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        """Override of `base`: the hash of a document's PDF is kept, whichever way it leaves: by e-mail, print or download."""
        report_sudo = self._get_report(report_ref)  # sudo: as the host returns it
        with self._sire_pdf_turn():
            if report_sudo.model == "account.move" and res_ids and self._is_invoice_report(report_ref):
                self._sire_pdf_read(self.env["account.move"].browse(res_ids))  # before anybody checks them
            content, kind = super()._render_qweb_pdf(report_ref, res_ids=res_ids, data=data)
        if kind == "pdf" and report_sudo.model in FIELDS and isinstance(res_ids, (list, tuple)) and len(res_ids) == 1:
            self.env["sire.proof"]._note_file(self.env[report_sudo.model].browse(res_ids[0]), content)
        return content, kind

    @api.model
    def _sire_pdf_printed(self, model_name):
        """Override of `sire_pdf`: the stamp and the pay box."""
        names = super()._sire_pdf_printed(model_name)
        return [*names, "sire_status", "sire_void_reason", "mpesa_reference"] if model_name == "account.move" else names
