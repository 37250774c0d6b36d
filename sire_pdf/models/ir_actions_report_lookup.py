import logging

from odoo import api, models
from odoo.exceptions import MissingError
from odoo.tools import ormcache

_logger = logging.getLogger(__name__)


class IrActionsReport(models.Model):
    """What the host looks up again and again for one document, looked up once."""

    _inherit = "ir.actions.report"

    @api.model
    def _get_report(self, report_ref):
        """The host looks a report up by its name ten times for one document; within a transaction once is enough."""
        if not isinstance(report_ref, str):
            return super()._get_report(report_ref)
        known = self.env.cr.cache.setdefault("sire_pdf_reports", {})
        if report_ref in known:
            report_sudo = (
                self.env["ir.actions.report"].sudo().browse(known[report_ref])
            )  # with sudo, as the host gives it
            try:
                if report_sudo.report_name == report_ref:
                    return report_sudo
            except MissingError:
                _logger.debug("%s was deleted", report_ref)
        report_sudo = super()._get_report(report_ref)
        if report_sudo.report_name == report_ref:
            known[report_ref] = report_sudo.id
        return report_sudo

    @api.model
    def get_paperformat_by_xmlid(self, xml_id):
        """The host's empty page asks for it each time; that the report is there need not be looked up each time."""
        if not xml_id:
            return super().get_paperformat_by_xmlid(xml_id)
        return self.browse(self.env["ir.model.data"]._xmlid_to_res_id(xml_id, True)).get_paperformat()

    def _compute_xml_id(self):
        """Each document has the name that its report was installed with in its page."""
        known = self._sire_pdf_xml_id(self.id) if len(self) == 1 and self.id else ""
        if not known:  # it may be given one
            return super()._compute_xml_id()
        self.xml_id = known

    @api.model
    @ormcache("report_id")  # cleared when a name changes or goes
    def _sire_pdf_xml_id(self, report_id):
        return self.browse(report_id).get_external_id().get(report_id)
