from odoo import api, models
from odoo.tools import ormcache


class IrActionsReport(models.Model):
    """What the host looks up again and again for one document, looked up once."""

    _inherit = "ir.actions.report"

    @api.model
    def _get_report(self, report_ref):
        """The host looks a report up by its name ten times for one document."""
        known = self._sire_pdf_report_id(report_ref) if isinstance(report_ref, str) else False
        # with sudo, as the host gives it
        return self.env["ir.actions.report"].sudo().browse(known) if known else super()._get_report(report_ref)

    @api.model
    @ormcache("report_name", "self.env.lang")  # the host sorts by translated names
    def _sire_pdf_report_id(self, report_name):
        """The host forgets it when a report is made, changed or deleted, as it forgets all that depends on actions."""
        # sudo: as the host looks it up
        return self.env["ir.actions.report"].sudo().search([("report_name", "=", report_name)], limit=1).id

    def _get_layout(self):
        """Which page goes around each body is known by its name; that it is there need not be asked for each document."""
        return self.env["ir.ui.view"].browse(self.env["ir.model.data"]._xmlid_to_res_id("web.minimal_layout"))

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
