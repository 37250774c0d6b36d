from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_base.utils.gate import given
from odoo.addons.sire_billing import gate

from ..utils import get_period

# Written by our own methods alone: they say what was invoiced.
OWN_FIELDS = frozenset({"state", "period_count", "ended_reason", "notice_given"})
# From these the periods are counted; once there is one they stay.
FIXED_FIELDS = frozenset({"partner_id", "company_id", "currency_id", "date_start", "every", "by_calendar"})


class SireRetainer(models.Model):
    """What a client pays again and again: one invoice for each period, made on its first day in Nairobi."""

    _name = "sire.retainer"
    _description = "Retainer"
    _inherit = ["sire.named.documents", "mail.thread", "mail.activity.mixin"]
    _order = "state desc, next_date, id"
    _check_company_auto = True
    # for sire_audit, where it is installed
    _sire_audit = {
        "fields": (
            "name", "partner_id", "project_id", "state", "every", "by_calendar", "date_start", "date_end", "rise_percent",
            "auto_post", "auto_send", "period_count",
        ),
        "name": "name",
        "kind": "document",
    }  # fmt: skip

    name = fields.Char(string="Retainer", required=True, help="As the client reads it on the invoice.")
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    project_id = fields.Many2one(
        "project.project", index="btree_not_null", check_company=True, help="When it is finished the retainer ends."
    )
    user_id = fields.Many2one("res.users", string="Responsible", default=lambda self: self.env.user, tracking=True)
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id, ondelete="restrict"
    )
    line_ids = fields.One2many("sire.retainer.line", "retainer_id", string="Lines", copy=True)
    period_ids = fields.One2many("sire.retainer.period", "retainer_id", string="Periods", readonly=True)
    period_count = fields.Integer(string="Periods Invoiced", readonly=True, copy=False, aggregator=None)
    every = fields.Selection(
        selection=[("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
        required=True,
        default="month",
        tracking=True,
    )
    by_calendar = fields.Boolean(
        string="Calendar Periods",
        help="Periods begin with the month, the quarter or the year. The first is charged by its days.",
    )
    date_start = fields.Date(string="First Day", required=True, default=lambda self: eat_today(), tracking=True)
    date_end = fields.Date(string="Last Day", tracking=True, help="A period that it cuts is charged by its days.")
    rise_percent = fields.Float(
        string="Yearly Rise, %", digits=(16, 2), tracking=True, help="With each full year since the first day."
    )
    notice_days = fields.Integer(
        string="Notice, Days", default=30, help="So long before the last day the responsible has a to-do."
    )
    notice_given = fields.Boolean(readonly=True, copy=False)
    auto_post = fields.Boolean(string="Confirm Invoices", help="Otherwise they are drafts for somebody to look at.")
    auto_send = fields.Boolean(string="Send Invoices", help="By e-mail, with PDF and link, when they are confirmed.")
    state = fields.Selection(
        selection=[("draft", "Draft"), ("running", "Running"), ("ended", "Ended")],
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    ended_reason = fields.Char(string="Ended Because", readonly=True, copy=False)
    next_date = fields.Date(string="Next Invoice", compute="_compute_next_date", store=True, index=True)
    amount = fields.Monetary(
        string="Amount a Period", compute="_compute_amount", help="Without VAT, before the yearly rise."
    )

    _rise_range = models.Constraint(
        "CHECK(rise_percent >= 0 AND rise_percent <= 100)", "The yearly rise is from 0 to 100 percent."
    )
    _notice_range = models.Constraint("CHECK(notice_days >= 0)", "The notice is a number of days, or 0 for none.")

    # === COMPUTES === #

    @api.depends("state", "period_count", "date_start", "date_end", "every", "by_calendar")
    def _compute_next_date(self):
        for retainer in self:
            period = retainer.state == "running" and retainer._sire_get_period()
            retainer.next_date = period.date_from if period else False

    @api.depends("line_ids.price_unit", "line_ids.quantity")
    def _compute_amount(self):
        for retainer in self:
            retainer.amount = sum(line.quantity * line.price_unit for line in retainer.line_ids)

    @api.constrains("date_start", "date_end")
    def _check_dates(self):
        for retainer in self:
            if retainer.date_end and retainer.date_end < retainer.date_start:
                raise ValidationError(self.env._("The last day of a retainer is not before its first."))

    @api.constrains("date_end")
    def _check_end_after_invoiced(self):
        for retainer in self:
            last = max(retainer.sudo().period_ids.mapped("date_to"), default=None)  # of the retainer that is written
            if retainer.date_end and last and retainer.date_end < last:
                raise ValidationError(
                    self.env._(
                        "It is invoiced until %s: the last day is not before. Credit the invoice instead.",
                        f"{last:%d/%m/%Y}",
                    )
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        if not gate.is_open(self.env) and OWN_FIELDS & given(self, ()).union(*vals_list):
            raise self._sire_own_error()
        return super().create(vals_list)

    def write(self, vals):
        if not gate.is_open(self.env):
            if OWN_FIELDS & vals.keys():
                raise self._sire_own_error()
            if FIXED_FIELDS & vals.keys():
                for retainer in self._sire_lock():
                    if retainer.period_count and retainer._sire_changes(vals):
                        raise UserError(
                            self.env._(
                                "%s was invoiced already: client, currency, first day and periods stay. "
                                "End it, and make another.",
                                retainer.name,
                            )
                        )
        ends = {retainer: retainer.date_end for retainer in self} if "date_end" in vals else {}
        result = super().write(vals)
        if "company_id" in vals:
            self.check_access("write")  # it may lead out of the company, and rules looked at what was there before
        moved = self.filtered(lambda one: one.notice_given and one in ends and ends[one] != one.date_end)
        if moved:
            gate.opened(moved).write({"notice_given": False})  # of another last day there is another notice
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_invoiced(self):
        for retainer in self._sire_lock():
            if retainer.period_count:
                raise UserError(self.env._("%s was invoiced: end it, it is not deleted.", retainer.name))

    def _sire_changes(self, vals):
        """:return: whether the values differ from what is there, in what is fixed"""
        values = self._convert_to_write({name: self[name] for name in FIXED_FIELDS & vals.keys()})
        return any(
            fields.Date.to_date(vals[name]) != value if name == "date_start" else vals[name] != value
            for name, value in values.items()
        )

    def _sire_own_error(self):
        return UserError(self.env._("What was invoiced of a retainer is not written by hand: use its buttons."))

    def _sire_lock(self):
        """Lock the rows until the end of the transaction: who invoices, ends or changes at the same time waits and starts over.

        :return: the records
        """
        self.flush_recordset()
        self.env.cr.execute(
            SQL("SELECT id FROM sire_retainer WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", list(self.ids))
        )
        return self

    def _sire_get_period(self):
        """:return: the period that is to be invoiced next; None after the last
        :rtype: sire_retainer.utils.Period
        """
        self.ensure_one()
        if not self.date_start or not self.every:
            return None
        return get_period(self.period_count, self.date_start, self.every, self.by_calendar, self.date_end)
