from odoo import api, fields, models

from odoo.addons.base.models import ir_actions_report as base_report

from ..const import AUTOMATIC, CHROMIUM, ENGINE_PARAMETER, WKHTMLTOPDF
from ..engine import find
from ..engine.client import PrintError


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sire_pdf_engine = fields.Selection(
        [(AUTOMATIC, "Chromium where it is installed"), (CHROMIUM, "Chromium only"), (WKHTMLTOPDF, "wkhtmltopdf only")],
        "PDF Engine",
        config_parameter=ENGINE_PARAMETER,
        default=AUTOMATIC,
        required=True,
        help="What makes PDF files of reports.",
    )
    sire_pdf_note = fields.Text(compute="_compute_sire_pdf_note")

    # === COMPUTES === #

    @api.depends("sire_pdf_engine")
    def _compute_sire_pdf_note(self):
        for settings in self:
            settings.sire_pdf_note = settings._sire_pdf_say()

    # === HELPERS === #

    def _sire_pdf_say(self):
        """:return: which engine prints now, why, and how safely"""
        path = find.chromium()
        other = base_report._wkhtml().state != "install"
        if self.sire_pdf_engine == WKHTMLTOPDF:
            if other:
                return self.env._("wkhtmltopdf prints, because it is chosen here.")
            return self.env._("Nothing can print: wkhtmltopdf is chosen here, and it is not installed on the server.")
        if not path:
            if self.sire_pdf_engine == CHROMIUM:
                return self.env._("Nothing can print: Chromium is chosen here, and it is not installed on the server.")
            if other:
                return self.env._("wkhtmltopdf prints, because Chromium is not installed on the server.")
            return self.env._("Nothing can print: neither Chromium nor wkhtmltopdf is installed on the server.")
        try:
            # started, not only found: what does not start prints nothing, however well it is installed
            status = self.env["ir.actions.report"]._sire_pdf_server().status(start=True, browser=True)
            if not status:
                raise PrintError("down", self.env._("the print server does not answer"))
        except PrintError as error:
            said = self.env._(
                "Chromium is installed at %(path)s and does not start: %(why)s", path=path, why=error.detail
            )
            if base_report._wkhtml().state == "ok" and self.sire_pdf_engine == AUTOMATIC:
                return f"{self.env._('wkhtmltopdf prints, because Chromium does not start.')}\n{said}"
            return f"{self.env._('Nothing can print.')}\n{said}"
        lines = [self.env._("Chromium prints: %s.", status["product"] or path)]
        if status["sandbox"] and not status["network"]:
            lines.append(self.env._("It runs in its sandbox, without a network."))
        if not status["sandbox"]:
            lines.append(self.env._("It runs without its sandbox: this server allows no user namespaces."))
        if status["network"]:
            lines.append(self.env._("The system does not keep it off the network; it refuses every request by itself."))
        lines.append(
            self.env._(
                "%(printed)s documents printed since it started, %(memory)s MB of memory, %(restarts)s restarts.",
                printed=status["printed"],
                memory=status["memory"],
                restarts=status["restarts"],
            )  # fmt: skip
        )
        return "\n".join(lines)
