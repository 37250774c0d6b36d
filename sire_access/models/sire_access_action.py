from odoo import fields, models


class SireAccessAction(models.Model):
    """What can be done with a resource: reading, editing, posting. One list for all resources."""

    _name = "sire.access.action"
    _description = "Action of the role permissions"
    _order = "sequence, id"

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=100)
    operations = fields.Char(
        help="Of the database, for actions that are one: r(ead), w(rite), c(reate), u(nlink).",
    )

    _code_uniq = models.Constraint("UNIQUE (code)", "There is an action with this code.")
