from odoo import api, fields, models

from odoo.addons.sire_access.const import GROUP_SEE_MONEY


class ProjectTask(models.Model):
    _inherit = "project.task"

    sire_currency_id = fields.Many2one(related="project_id.currency_id", string="Project Currency")
    sire_hourly_rate = fields.Monetary(
        string="Hourly Rate",
        currency_field="sire_currency_id",
        compute="_compute_sire_hourly_rate",
        store=True,
        readonly=False,
        aggregator="avg",
        groups=GROUP_SEE_MONEY,
        help="Price of an hour without tax. A new task takes the project's.",
    )
    sire_fixed_price = fields.Monetary(
        string="Fixed Price",
        currency_field="sire_currency_id",
        groups=GROUP_SEE_MONEY,
        help="Price of the whole task without tax, whatever hours it takes. Empty: its hours at the hourly rate.",
    )

    _sire_hourly_rate_positive = models.Constraint(
        "CHECK(sire_hourly_rate >= 0)",
        "An hourly rate cannot be negative.",
    )
    _sire_fixed_price_positive = models.Constraint(
        "CHECK(sire_fixed_price >= 0)",
        "The fixed price of a task cannot be negative.",
    )

    @api.depends("project_id")
    def _compute_sire_hourly_rate(self):
        """A later change of the project's rate leaves its tasks alone: they may have been quoted."""
        for task in self:
            task.sire_hourly_rate = task.sire_hourly_rate or task.project_id.sire_hourly_rate

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        """Override of `project`: without a column the host shows a blank page, and not what the page is for."""
        found = super()._read_group_stage_ids(stages, domain)
        if not found and self.env.context.get("sire_usual_stages"):
            found = found.browse(self.env["project.project"]._default_sire_type_ids()).sorted()
        return found

    @api.depends("stage_id")
    def _compute_state(self):
        """A task that enters a stage of done tasks is done; one that leaves it is open again."""
        result = super()._compute_state()
        for task in self:
            if task.stage_id.sire_done:
                if not task.is_closed:
                    task.state = "1_done"
            elif task.state == "1_done" and any(task.project_id.type_ids.mapped("sire_done")):
                task.state = "01_in_progress"
        return result

    def _inverse_state(self):
        """A task marked as done goes to the stage of done tasks; one reopened there leaves it."""
        result = super()._inverse_state()
        for task in self:
            stages = task.project_id.type_ids
            if task.state == "1_done" and not task.stage_id.sire_done:
                task.stage_id = stages.filtered("sire_done")[:1] or task.stage_id
            elif not task.is_closed and task.stage_id.sire_done:
                task.stage_id = stages.filtered(lambda stage: not stage.sire_done)[-1:] or task.stage_id
        return result

    # === CRUD ===#

    @api.model_create_multi
    def create(self, vals_list):
        """A task made in a stage of done tasks is done: quick create and import name the stage only."""
        default_stage = self.env.context.get("default_stage_id")
        stage_ids = {vals.get("stage_id") or default_stage for vals in vals_list} - {False, None}
        done = set(self.env["project.task.type"].browse(stage_ids).filtered("sire_done").ids)
        for vals in vals_list:
            is_closed = vals.get("state") in ("1_done", "1_canceled")
            if not is_closed and (vals.get("stage_id") or default_stage) in done:
                vals["state"] = "1_done"
        return super().create(vals_list)

    def copy_data(self, default=None):
        """A copy of a done task is work to be done again, so it starts in the first stage."""
        vals_list = super().copy_data(default)
        for task, vals in zip(self, vals_list, strict=True):
            if task.stage_id.sire_done and "stage_id" not in (default or {}):
                del vals["stage_id"]
        return vals_list
