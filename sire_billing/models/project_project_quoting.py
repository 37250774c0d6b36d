from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from odoo.addons.sire_base.utils.eat import eat_today

from ..utils.quoting import MILESTONE, TASK, TIMESHEET, find_overlap, make_rows

MODELS = {TASK: "project.task", MILESTONE: "project.milestone", TIMESHEET: "account.analytic.line"}


class ProjectProject(models.Model):
    """From a project to a quotation: in one click, or by choosing."""

    _inherit = "project.project"

    # === ACTIONS ===#

    def action_sire_new_quotation(self):
        """Make a quotation of the milestones and tasks that no live quotation bills yet, and open it.

        :return: the action that opens the new quotation
        :raise UserError: when the project has no client
        """
        self.ensure_one()
        self._sire_check_quotable()
        self._sire_lock_work()
        works = self._sire_propose_work(self._sire_get_work())
        order = self._sire_make_quotation(works)
        action = order._sire_form_action()
        without_hours = self._sire_get_unpriced_tasks()
        if not works:
            message = self.env._("All tasks with hours are on a quotation already: add the lines by hand.")
        elif without_hours:
            message = self.env._("Left out because they have no hours: %s", ", ".join(without_hours.mapped("name")))
        else:
            return action
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "info", "message": message, "next": action},
        }

    def action_sire_choose_quotation(self):
        """Open the list of what can be quoted, with what the one click would take ticked.

        :raise UserError: when the project has no client
        """
        self.ensure_one()
        self._sire_check_quotable()
        wizard = self.env["sire.quotation.wizard"]._make(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New quotation for %s", self.partner_id.name),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    # === BUSINESS ===#

    def _sire_make_quotation(self, works, grouping="task", template=None, product=None, price_include=None):
        """Make a draft of these works, each of which is noted as taken.

        :param works: list of `Work` of this project, in its currency; the caller locked the project first
        :param str grouping: see `make_rows`
        :param template: ``sale.order.template`` whose lines come first
        :param product: what the lines are sold as: its VAT and account; professional services when not given
        :param bool price_include: whether the prices that the client reads include VAT; the company's way when not given
        :return: the quotation
        :raise UserError: naming work that is on another quotation, or ticked twice
        """
        self.ensure_one()
        self._sire_check_free(works)
        company = self._sire_quoting_company()
        values = {"project_id": self.id, "partner_id": self.partner_id.id, "company_id": company.id}
        if template:
            values["sale_order_template_id"] = template.id
        if price_include is not None:
            values["sire_price_include"] = price_include
        order = self.env["sale.order"].with_company(company).create(values)
        if template:
            order._sire_use_template()
        self._sire_add_lines(order, works, grouping, product)
        return order

    def _sire_add_lines(self, order, works, grouping, product=None):
        """Write the rows of these works as lines at the end of a draft, and note what each takes."""
        rows = make_rows(works, grouping, self._sire_words(), self.currency_id.round)
        # One number for all: lines of one number stay in the order in which they were made, also those typed later.
        last = max(order.order_line.mapped("sequence"), default=10)
        for row in rows:
            values = self._sire_prepare_line(order, row, product)
            line = self.env["sale.order.line"].create({**values, "order_id": order.id, "sequence": last})
            self.env["sire.quotation.work"]._sire_take(line, [work.key for work in row.works])
        return rows

    def _sire_prepare_line(self, order, row, product=None):
        """:return: values of the line of this row, in the currency and with the VAT of the quotation"""
        if not row.works:
            return {"display_type": "line_section", "name": row.name}
        services = self.env.ref("sire_billing.product_professional_services")
        product = product or services
        if product == services and not row.hourly:
            product = self.env.ref("sire_billing.product_fixed_price")  # a piece, not an hour
        price = self.currency_id._convert(row.price, order.currency_id, order.company_id, eat_today(), round=False)
        taxes = order._sire_taxes_of(product)
        hour, piece = self.env.ref("uom.product_uom_hour"), self.env.ref("uom.product_uom_unit")
        return {
            "product_id": product.id,
            "name": row.name,
            "product_uom_qty": row.quantity,
            "product_uom_id": (hour if row.hourly else piece).id,
            "price_unit": order._sire_price_for_client(price, product, taxes),
            "technical_price_unit": 0.0,  # the project's price and not the product's: another quantity does not change it
            "tax_ids": [Command.set(order._sire_taxes_for_client(taxes).ids)],
        }

    def _sire_propose_work(self, works):
        """:return: of these works those that are ticked at first: free, and priced as a whole; logged time is chosen by hand"""
        free = [
            work
            for work, taken in self._sire_with_taken(works)
            if not taken and work.kind != TIMESHEET and (work.price or work.rate > 0 or work.hours > 0)
        ]
        milestones = {work.key for work in free if work.kind == MILESTONE}
        return [work for work in free if not milestones.intersection(self._sire_parents(work))]

    def _sire_with_taken(self, works):
        """:return: pairs of a work and the name of the document that has it, empty for free work"""
        taken = self._sire_get_taken()
        return [(work, self._sire_who_has(self.env[MODELS[work.kind]].browse(work.id), taken)) for work in works]

    # === HELPERS ===#

    def _sire_check_quotable(self):
        self.env["sale.order"].check_access("create")
        if not self.partner_id:
            raise UserError(
                self.env._("Choose the client of %s first: the quotation is made out to the client.", self.name)
            )

    def _sire_check_free(self, works):
        """:raise UserError: when one of these works is on a live quotation, or would be paid twice on this one"""
        for work, taken in self._sire_with_taken(works):
            if taken:
                raise UserError(self.env._("%(work)s is on %(taken)s already.", work=work.title, taken=taken))
        overlap = find_overlap(works, self._sire_parents)
        if overlap:
            raise UserError(self._sire_say_overlap(*overlap))
        works_sudo = self.env["sire.quotation.work"].sudo()  # sudo: expired quotations of other managers
        for field, kind in (("task_id", TASK), ("milestone_id", MILESTONE), ("timesheet_id", TIMESHEET)):
            ids = [work.id for work in works if work.kind == kind]
            works_sudo |= works_sudo.search([(field, "in", ids), ("held", "=", True)])
        works_sudo.order_id._sire_release_work()

    def _sire_say_overlap(self, whole, part):
        """:return: a sentence for two works of which one is inside the other"""
        if part.kind == TIMESHEET:
            return self.env._(
                "The hours logged on %(task)s would be billed twice: leave out either them or %(whole)s.",
                task=part.title,
                whole=whole.title,
            )
        return self.env._(
            "%(task)s is part of %(milestone)s and would be billed twice: leave one of them out.",
            task=part.title,
            milestone=whole.title,
        )

    def _sire_get_unpriced_tasks(self):
        """:return: tasks with neither hours nor price, that are in no milestone with a price"""
        taken = self._sire_get_taken()
        return self._sire_get_quotable_tasks().filtered(
            lambda task: (
                not task.sire_fixed_price
                and task.allocated_hours <= 0
                and not task.milestone_id.sire_price
                and not self._sire_who_has(task, taken)
            )
        )

    def _sire_quoting_company(self):
        return self.company_id or self.env.company

    def _sire_words(self):
        """:return: the texts of `make_rows` in the language of the client"""
        env = self.with_context(lang=self.partner_id.lang or self.env.lang).env

        def period(first, last):
            days = [format_date(env, day, date_format="dd/MM/yyyy") for day in dict.fromkeys((first, last))]
            return env._("Work of %s", " – ".join(days))

        return {"all": env._("Our team"), "other": env._("Other work"), "project": self.name, "period": period}
