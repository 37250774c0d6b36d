from odoo import fields, models


class ProjectTaskType(models.Model):
    _inherit = "project.task.type"

    sire_done = fields.Boolean(
        string="Tasks here are done",
        help="A task that is moved to this stage is marked as done, and a task marked as done is moved here.",
    )
