from odoo import api, fields, models


class SireProjectFinishWizard(models.TransientModel):
    _name = "sire.project.finish.wizard"
    _inherit = "sire.document.wizard"
    _description = "Finish a project that has open tasks"
    _sire_documents = ("project_ids",)

    project_ids = fields.Many2many("project.project", required=True)
    message = fields.Char(compute="_compute_message")
    task_ids = fields.Many2many("project.task", compute="_compute_message")

    @api.depends("project_ids")
    def _compute_message(self):
        for wizard in self:
            open_tasks = wizard.project_ids._sire_open_tasks()
            wizard.task_ids = open_tasks.ids
            if len(open_tasks) == 1:
                wizard.message = self.env._("1 task is still open.")
            else:
                wizard.message = self.env._("%s tasks are still open.", len(open_tasks))

    def action_finish(self):
        """Finish the projects and leave their open tasks as they are."""
        self.ensure_one()
        projects = self.project_ids
        projects.check_access("write")
        projects._sire_check_status("ongoing")
        projects._sire_set_status("finished")
        return {"type": "ir.actions.act_window_close"}
