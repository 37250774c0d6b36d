from odoo import api, models


class BaseDocumentLayout(models.TransientModel):
    _inherit = "base.document.layout"

    @api.onchange("report_layout_id")
    def _onchange_report_layout_id(self):
        """The letterhead is lower than the host's headers: it brings its paper, unless somebody chose one."""
        result = super()._onchange_report_layout_id()
        stock, ours = self.env.ref("base.paperformat_euro"), self.env.ref("sire_pdf.paperformat_letterhead")
        letterhead = self.env.ref("sire_pdf.external_layout_letterhead")
        for wizard in self:
            is_letterhead = wizard.external_report_layout_id == letterhead
            if wizard.paperformat_id == (stock if is_letterhead else ours):
                wizard.paperformat_id = ours if is_letterhead else stock
        return result
