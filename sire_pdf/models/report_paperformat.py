from odoo import fields, models


class ReportPaperformat(models.Model):
    _inherit = "report.paperformat"

    sire_roll = fields.Boolean(
        "From a Roll",
        help="Each document is one page as long as what is on it, for printers that cut the paper. wkhtmltopdf prints pages of the "
        "height of this format instead.",
    )
