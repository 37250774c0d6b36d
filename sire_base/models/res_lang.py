from odoo import fields, models

KENYAN_TIME_FORMAT = "%H:%M"


class ResLang(models.Model):
    _inherit = "res.lang"

    # Where dates are in numbers the host shows times in this format: stock has two, both with seconds.
    time_format = fields.Selection(
        selection_add=[(KENYAN_TIME_FORMAT, "13:00")],
        ondelete={KENYAN_TIME_FORMAT: lambda langs: langs.write({"time_format": "%H:%M:%S"})},
    )
