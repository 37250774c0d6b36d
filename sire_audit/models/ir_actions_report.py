from odoo import models


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        """Override of `base`: who printed what."""
        result = super()._render_qweb_pdf(report_ref, res_ids, data)
        self._sire_audit_printed(report_ref, res_ids)
        return result

    def _render_qweb_text(self, report_ref, docids, data=None):
        result = super()._render_qweb_text(report_ref, docids, data)
        self._sire_audit_printed(report_ref, docids)
        return result

    def _sire_audit_printed(self, report_ref, res_ids):
        report_sudo = self._get_report(report_ref)
        if report_sudo.model in self.env:
            ids = [res_ids] if isinstance(res_ids, int) else res_ids or ()
            self.env["sire.audit.entry"]._log_output("print", self.env[report_sudo.model].browse(ids), report_sudo.name)
