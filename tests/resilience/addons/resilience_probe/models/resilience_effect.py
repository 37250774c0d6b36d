from odoo import fields, models


class ResilienceEffect(models.Model):
    """What handling an event left behind: one row for each time that was committed."""

    _name = "resilience.effect"
    _description = "Resilience Effect"

    event_key = fields.Char(required=True)
    pid = fields.Integer()
