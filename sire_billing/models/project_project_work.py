from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL, float_round

from ..utils.quoting import MILESTONE, TASK, TIMESHEET, Work

SHOWN_TAKEN = 100  # logged time that is on a quotation already: the latest


class ProjectProject(models.Model):
    """What of a project can be quoted, and what is on a quotation already."""

    _inherit = "project.project"

    def _sire_lock_work(self):
        """One quotation at a time takes work of this project. The row is updated, not only locked: whoever waited starts
        over and sees what was taken."""
        self.env.cr.execute(
            SQL("UPDATE project_project SET write_date = write_date WHERE id = ANY(%s)", list(self.ids))
        )

    # === WHAT THERE IS ===#

    def _sire_get_work(self, rate_of_product=0.0):
        """Return all work of this project that has a price, taken or not.

        :param float rate_of_product: price of an hour of the product that the lines are sold as, in the currency of the
            project; 0: each person's, task's or the project's own
        :return: works in the order of a quotation: milestones with a price, tasks, logged time
        :rtype: list[Work]
        """
        self.ensure_one()
        works = [
            Work(MILESTONE, milestone.id, milestone.name, phase=milestone.name, price=milestone.sire_price)
            for milestone in self.milestone_ids
            if milestone.sire_price > 0
        ]
        works += [
            self._sire_work_of_task(task, rate_of_product)
            for task in self._sire_get_quotable_tasks()
            if task.sire_fixed_price > 0 or task.allocated_hours > 0
        ]
        return works + [self._sire_work_of_timesheet(entry, rate_of_product) for entry in self._sire_get_timesheets()]

    def _sire_get_quotable_tasks(self):
        """:return: tasks of this project that are not cancelled and no templates"""
        return self.env["project.task"].search(
            [
                ("project_id", "=", self.id),
                ("state", "!=", "1_canceled"),
                ("has_template_ancestor", "=", False),
            ],
            order="sequence, id",
        )

    def _sire_get_timesheets(self):
        """:return: time logged on this project, oldest first; of what is on quotations already the latest only"""
        entries = self.env["account.analytic.line"].search(
            [("project_id", "=", self.id), ("unit_amount", ">", 0)], order="date, id"
        )
        taken = self._sire_get_taken()
        closed = entries.filtered(lambda entry: self._sire_who_has(entry, taken))
        return entries - closed[:-SHOWN_TAKEN]

    def _sire_work_of_task(self, task, rate_of_product):
        return Work(
            TASK,
            task.id,
            task.name,
            person=", ".join(task.user_ids.mapped("name")),
            phase=task.milestone_id.name or "",
            hours=float_round(task.allocated_hours, 2),
            rate=rate_of_product or task.sire_hourly_rate,
            price=task.sire_fixed_price or None,
        )

    def _sire_work_of_timesheet(self, entry, rate_of_product):
        # sudo: the rate of a colleague, whose employee record a project manager does not open
        person_rate = entry.employee_id.sudo().sire_hourly_rate
        task = entry.task_id
        return Work(
            TIMESHEET,
            entry.id,
            task.name or self.name,
            person=entry.employee_id.name or "",
            phase=task.milestone_id.name or "",
            hours=float_round(entry.unit_amount, 2),
            rate=rate_of_product or person_rate or task.sire_hourly_rate or self.sire_hourly_rate,
            day=entry.date,
        )

    def _sire_parents(self, work):
        """:return: keys of what contains this work: paid with it, it would be paid twice"""
        parents = []
        task = self.env["project.task"]
        if work.kind == TIMESHEET:
            task = self.env["account.analytic.line"].browse(work.id).task_id
            parents += [(TASK, task.id)] if task else []
        elif work.kind == TASK:
            task = task.browse(work.id)
        return parents + ([(MILESTONE, task.milestone_id.id)] if task.milestone_id else [])

    # === WHAT IS TAKEN ===#

    def _sire_get_taken(self, but=None):
        """Return which work of this project other quotations hold.

        :param but: quotations that do not count
        :return: name of the quotation by kind and number of the record, for what is on a line itself (``own``), what
            contains such a thing (``parts``) and what is contained in it (``whole``: by task and by milestone)
        :rtype: dict
        """
        self.ensure_one()
        of_project = Domain.OR(
            Domain(f"{field}.project_id", "=", self.id) for field in ("task_id", "milestone_id", "timesheet_id")
        )
        # sudo: a line on a quotation that this manager may not read still takes the work
        works_sudo = self.env["sire.quotation.work"].sudo().search(of_project & Domain("held", "=", True))
        own, parts = {}, {}
        for work_sudo in works_sudo:
            order_sudo = work_sudo.order_id
            if order_sudo in (but or ()) or not order_sudo._sire_holds_work():
                continue
            name = order_sudo.name
            own[work_sudo._sire_get_key(work_sudo._sire_get_record())] = name
            task_sudo = work_sudo.task_id or work_sudo.timesheet_id.task_id
            if work_sudo.timesheet_id and task_sudo:
                parts[(TASK, task_sudo.id)] = name
            if task_sudo.milestone_id:
                parts[(MILESTONE, task_sudo.milestone_id.id)] = name
        return {"own": own, "parts": parts}

    def _sire_who_has(self, record, taken):
        """Return where a task, milestone or timesheet is billed already.

        :param record: one record
        :param dict taken: what `_sire_get_taken` returned
        :return: name of a quotation or invoice; empty when the record is free
        :rtype: str
        """
        kind, number = self.env["sire.quotation.work"]._sire_get_key(record)
        task = {TASK: record, TIMESHEET: record["task_id"] if kind == TIMESHEET else None}.get(kind)
        keys = [(kind, number)]
        if task:
            keys += [(TASK, task.id), (MILESTONE, task.milestone_id.id)]
        for key in keys:
            if key in taken["own"]:
                return taken["own"][key]
        return taken["parts"].get((kind, number)) or self._sire_who_has_in_host(record, kind)

    def _sire_who_has_in_host(self, record, kind):
        """:return: the host's own order or invoice that bills the record by delivery; empty for none"""
        record_sudo = record.sudo()  # sudo: the name of a document that this manager may not read
        if kind == TIMESHEET:
            if not record_sudo._is_not_billed():
                return record_sudo.timesheet_invoice_id.name or ""
            line_sudo = record_sudo.so_line
            return line_sudo.order_id.name or "" if line_sudo._sire_bills_time() and line_sudo.state != "cancel" else ""
        if kind == MILESTONE:
            line_sudo = record_sudo.sale_line_id
            return line_sudo.order_id.name if line_sudo.state == "sale" else ""
        return ""
