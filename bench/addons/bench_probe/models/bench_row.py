from odoo import fields, models


class BenchRow(models.Model):
    """What the empty route writes."""

    _name = "bench.row"
    _description = "Bench Row"
    _log_access = False

    body = fields.Text()
