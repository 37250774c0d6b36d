from odoo import fields, models

from .ir_config_parameter import LOOKUP_PARAMETER


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sire_company_lookup = fields.Boolean(
        "Look Up Companies on the Internet",
        config_parameter=LOOKUP_PARAMETER,
        help="What is typed as a client's name or number is sent to a service of Odoo S.A., which proposes companies.",
    )
