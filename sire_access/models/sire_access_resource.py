from odoo import fields, models


class SireAccessResource(models.Model):
    """A row of the matrix: something that people work with. Modules declare theirs as data."""

    _name = "sire.access.resource"
    _description = "Resource of the role permissions"
    _order = "sequence, id"

    code = fields.Char(required=True, help="Short name in programs, such as “invoice”.")
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=100)
    permission_ids = fields.One2many("sire.access.permission", "resource_id")

    _code_uniq = models.Constraint("UNIQUE (code)", "There is a resource with this code.")
