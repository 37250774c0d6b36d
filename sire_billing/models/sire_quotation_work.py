from odoo import api, fields, models
from odoo.exceptions import UserError


class SireQuotationWork(models.Model):
    """Which line of a quotation takes which work, so that nothing is billed twice.

    Written by our own methods alone. ``held`` is true while the quotation may still be approved, or is: the database then
    refuses a second quotation for the same work, whoever makes it.
    """

    _name = "sire.quotation.work"
    _description = "Work on a quotation"
    _order = "id"

    line_id = fields.Many2one("sale.order.line", required=True, index=True, ondelete="cascade")
    order_id = fields.Many2one(related="line_id.order_id", string="Quotation", store=True, index=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True, index=True)
    task_id = fields.Many2one("project.task", ondelete="cascade")
    milestone_id = fields.Many2one("project.milestone", ondelete="cascade")
    timesheet_id = fields.Many2one("account.analytic.line", string="Logged Time", ondelete="cascade")
    held = fields.Boolean(default=True)

    _one_thing = models.Constraint(
        "CHECK(num_nonnulls(task_id, milestone_id, timesheet_id) = 1)",
        "A line takes a task, a milestone or logged time.",
    )
    _task_once = models.UniqueIndex(
        "(task_id) WHERE held AND task_id IS NOT NULL", "This task is on another quotation by now: open the list again."
    )
    _milestone_once = models.UniqueIndex(
        "(milestone_id) WHERE held AND milestone_id IS NOT NULL",
        "This milestone is on another quotation by now: open the list again.",
    )
    _timesheet_once = models.UniqueIndex(
        "(timesheet_id) WHERE held AND timesheet_id IS NOT NULL",
        "This logged time is on another quotation by now: open the list again.",
    )

    @api.depends("task_id", "milestone_id", "timesheet_id", "order_id")
    def _compute_display_name(self):
        for work in self:
            work.display_name = work._sire_get_record().display_name

    def _sire_get_record(self):
        """:return: the task, milestone or timesheet"""
        self.ensure_one()
        return self.task_id or self.milestone_id or self.timesheet_id

    def _sire_get_project(self):
        return self.task_id.project_id | self.milestone_id.project_id | self.timesheet_id.project_id

    @api.model
    def _sire_get_key(self, record):
        """:return: kind and number of a task, milestone or timesheet, as `Work.key` has them"""
        kinds = {"project.task": "task", "project.milestone": "milestone", "account.analytic.line": "timesheet"}
        return (kinds[record._name], record.id)

    def _sire_take_again(self):
        """Hold this work, if nobody took it since.

        :raise UserError: naming the first that another quotation has
        """
        for project in self._sire_get_project():
            project._sire_lock_work()
            mine = self.filtered(lambda work, project=project: work._sire_get_project() == project)
            taken = project._sire_get_taken(but=mine.order_id)
            for work in mine:
                other = project._sire_who_has(work._sire_get_record(), taken)
                if other:
                    raise UserError(
                        self.env._(
                            "%(work)s is on %(other)s by now: remove its line from %(order)s first, or cancel %(other)s.",
                            work=work.display_name,
                            other=other,
                            order=work.order_id.name,
                        )
                    )
        self.held = True

    def _sire_let_go(self):
        """Nobody is to pay for this work here. What the host would bill as it is logged, had it not been on a quotation, it
        bills again: otherwise hours logged before would be on no order, and those logged later on one.
        """
        self.held = False
        tasks = self.task_id | self.milestone_id.task_ids
        times = self.timesheet_id | self.timesheet_id.search([("task_id", "in", tasks.ids)])
        times = times.filtered(lambda time: not time.so_line)
        self.env.add_to_compute(times._fields["so_line"], times)
        times.flush_recordset(["so_line"])
        times.modified(["so_line"])  # what is delivered on the line that has them now

    @api.model
    def _sire_take(self, line, records):
        """Note that a line takes these records, which are free: see `project.project._sire_make_quotation`."""
        fields_of = {"task": "task_id", "milestone": "milestone_id", "timesheet": "timesheet_id"}
        # sudo: written by our own methods alone
        works_sudo = self.sudo()
        return works_sudo.create(
            [{"line_id": line.id, fields_of[kind]: record_id} for kind, record_id in records],
        )
