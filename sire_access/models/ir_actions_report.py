from odoo import models


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _get_rendering_context(self, report, docids, data):
        """A report's address is no way around: what is printed may be read by who asks."""
        self._sire_check_documents(report, docids)
        return super()._get_rendering_context(report, docids, data)

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """The same where the host would answer with a file that it kept."""
        self._sire_check_documents(self._get_report(report_ref), res_ids)
        return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)

    def _sire_check_documents(self, report, ids):
        if ids and not self.env.su and report.model in self.env:
            self.env[report.model].browse(ids).check_access("read")
