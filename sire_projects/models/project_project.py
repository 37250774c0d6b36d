from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_access.const import GROUP_SEE_MONEY, ROLE_ADMIN
from odoo.addons.sire_base.utils.eat import eat_today

#: Context value that opens the gate of ``sire_status``. An object's identity cannot arrive over RPC.
_STATUS_GATE = object()


class ProjectProject(models.Model):
    _inherit = ["project.project", "sire.named.documents"]
    _sire_named = ("partner_id", "sale_line_id")

    sire_status = fields.Selection(
        selection=[("ongoing", "Ongoing"), ("finished", "Finished")],
        string="Project Status",
        default="ongoing",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        help="Changed with the buttons Finish and Reopen only.",
    )
    sire_hourly_rate = fields.Monetary(
        string="Hourly Rate",
        currency_field="currency_id",
        groups=GROUP_SEE_MONEY,
        default=lambda self: self._default_sire_hourly_rate(),
        help="Price of an hour without tax, proposed for new tasks.",
    )
    sire_progress = fields.Integer(
        string="Progress",
        compute="_compute_sire_progress",
        compute_sudo=True,
        help="Share of the work that is done, in percent: by allocated hours, or by number where no task has hours. "
        "Cancelled tasks and sub-tasks do not count.",
    )
    sire_overdue = fields.Boolean(string="Late", compute="_compute_sire_overdue")
    sire_document_ids = fields.One2many("sire.project.document", "project_id", string="Documents")
    sire_document_count = fields.Integer(string="Number of Documents", compute="_compute_sire_document_count")
    allow_billable = fields.Boolean(default=True)
    type_ids = fields.Many2many(default=lambda self: self._default_sire_type_ids())

    _sire_hourly_rate_positive = models.Constraint(
        "CHECK(sire_hourly_rate >= 0)",
        "An hourly rate cannot be negative.",
    )

    @api.model
    def _default_sire_type_ids(self):
        names = ("stage_todo", "stage_doing", "stage_review", "stage_done")
        stages = [self.env.ref(f"sire_projects.{name}", raise_if_not_found=False) for name in names]
        return [stage.id for stage in stages if stage]

    @api.model
    def _default_sire_hourly_rate(self):
        # sudo: who makes a project without seeing money still gives it the company's rate
        company_sudo = self.env.company.sudo()
        return company_sudo.sire_hourly_rate

    # === COMPUTES ===#

    @api.depends("tasks.state", "tasks.allocated_hours", "tasks.parent_id", "tasks.active", "tasks.is_template")
    def _compute_sire_progress(self):
        groups = self.env["project.task"]._read_group(
            [
                ("project_id", "in", self.ids),
                ("parent_id", "=", False),
                ("is_template", "=", False),
                ("state", "!=", "1_canceled"),
            ],
            ["project_id", "state"],
            ["allocated_hours:sum", "__count"],
        )
        totals = {}
        for project, state, hours, count in groups:
            total = totals.setdefault(project.id, {"hours": 0.0, "count": 0, "done_hours": 0.0, "done_count": 0})
            total["hours"] += hours
            total["count"] += count
            if state == "1_done":
                total["done_hours"] += hours
                total["done_count"] += count
        for project in self:
            total = totals.get(project.id)
            if not total:
                project.sire_progress = 0
            elif total["hours"]:
                project.sire_progress = int(100 * total["done_hours"] / total["hours"])
            else:
                project.sire_progress = int(100 * total["done_count"] / total["count"])

    @api.depends("date", "sire_status")
    def _compute_sire_overdue(self):
        today = eat_today()
        for project in self:
            project.sire_overdue = project.sire_status == "ongoing" and bool(project.date) and project.date < today

    @api.depends("sire_document_ids")
    def _compute_sire_document_count(self):
        counts = dict(
            self.env["sire.project.document"]._read_group([("project_id", "in", self.ids)], ["project_id"], ["__count"])
        )
        for project in self:
            project.sire_document_count = counts.get(project._origin, 0)

    # === CRUD ===#

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("sire_status", "ongoing") != "ongoing" for vals in vals_list):
            raise UserError(self.env._("A new project is ongoing: make it first, then finish it."))
        self._sire_check_given(vals_list)
        projects = super().create(vals_list)
        # Tasks made in the same form are saved before the stages are linked, so they found none.
        for project in projects:
            project.tasks.filtered(lambda task: not task.stage_id).stage_id = project.type_ids[:1]
        return projects

    def write(self, vals):
        if "sire_status" in vals and self.env.context.get("sire_status_gate") is not _STATUS_GATE:
            raise UserError(self.env._("The status of a project is changed with Finish and Reopen only."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_by_administrator(self):
        if not self.env.su and not self.env.user.has_group(ROLE_ADMIN):
            raise UserError(
                self.env._("Only an administrator deletes projects. Finish this one, or archive it to hide it.")
            )

    # === ACTIONS ===#

    def action_sire_finish(self):
        """Finish the projects. With open tasks, ask first.

        :return: True when finished, or the action of a question that says how many tasks are open
        :raise UserError: if one is finished already
        """
        self.check_access("write")
        self._sire_check_status("ongoing")
        if self._sire_open_tasks():
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Finish with open tasks?"),
                "res_model": "sire.project.finish.wizard",
                "view_mode": "form",
                "target": "new",
                "context": {"default_project_ids": self.ids},
            }
        self._sire_set_status("finished")
        return True

    def action_sire_reopen(self):
        """Make finished projects ongoing again.

        :raise UserError: if one is not finished
        """
        self.check_access("write")
        self._sire_check_status("finished")
        self._sire_set_status("ongoing")
        return True

    def action_sire_documents(self):
        """:return: the action that lists this project's documents, where developers add theirs"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sire_projects.action_sire_project_documents")
        action["domain"] = [("project_id", "=", self.id)]
        action["context"] = {"default_project_id": self.id}
        return action

    # === BUSINESS ===#

    def _sire_check_status(self, expected):
        wrong = self.filtered(lambda project: project.sire_status != expected)
        if not wrong:
            return
        names = ", ".join(wrong.mapped("name"))
        if expected == "ongoing":
            raise UserError(self.env._("Finished already: %s", names))
        raise UserError(self.env._("Not finished, so there is nothing to reopen: %s", names))

    def _sire_set_status(self, status):
        self.with_context(sire_status_gate=_STATUS_GATE).write({"sire_status": status})

    def _sire_open_tasks(self):
        """:return: the open tasks of these projects, sub-tasks included, whoever may see them"""
        # The question must name the real number: a task hidden from the asker is open too.
        task_sudo = self.env["project.task"].sudo()
        return task_sudo.search(
            [("project_id", "in", self.ids), ("is_closed", "=", False), ("is_template", "=", False)]
        )
