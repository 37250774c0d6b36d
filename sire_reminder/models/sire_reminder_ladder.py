from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SireReminderLadder(models.Model):
    """Which reminders an invoice gets, and when."""

    _name = "sire.reminder.ladder"
    _inherit = "sire.named.documents"
    _description = "Reminder Ladder"
    _order = "name, id"
    # for sire_audit, where it is installed
    _sire_audit = {"fields": ("active", "company_id"), "name": "name", "kind": "settings"}

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    step_ids = fields.One2many("sire.reminder.step", "ladder_id", string="Steps", copy=True)
    summary = fields.Char(compute="_compute_summary")

    @api.depends("step_ids.days")
    def _compute_summary(self):
        for ladder in self:
            ladder.summary = " · ".join(ladder.step_ids.sorted("days").mapped("display_name"))

    @api.constrains("company_id")
    def _check_company_id(self):
        for ladder in self:
            companies_sudo = self.env["res.company"].sudo()  # of every company: which one uses it
            if companies_sudo.search_count(
                [("sire_reminder_ladder_id", "=", ladder.id), ("id", "!=", ladder.company_id.id)], limit=1
            ):
                raise ValidationError(self.env._("%s is the ladder of another company.", ladder.name))

    @api.constrains("active")
    def _check_active(self):
        for ladder in self.filtered(lambda one: not one.active):
            if ladder.company_id.sire_reminder_ladder_id == ladder:
                raise ValidationError(
                    self.env._(
                        "%s is the ladder of the company: choose another in the settings first, or switch reminders off.",
                        ladder.name,
                    )
                )

    # === CRUD === #

    def write(self, vals):
        result = super().write(vals)
        if "company_id" in vals:
            self.check_access("write")  # it may lead out of the company, and rules looked at what was there before
        return result
