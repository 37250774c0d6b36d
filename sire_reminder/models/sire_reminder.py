from odoo import api, fields, models


class SireReminder(models.Model):
    """That a step was sent for an instalment of an invoice, or passed over. Written by the system alone: nobody has the
    right to change it, and the two indexes are what makes it once."""

    _name = "sire.reminder"
    _description = "Reminder"
    _order = "id desc"
    # for sire_audit, where it is installed
    _sire_audit = {
        "fields": ("move_id", "instalment", "days", "state", "reason", "amount"),
        "parent": "move_id",
        "kind": "record",
        "marks": (("state", "sent", "send", "create"),),
    }

    letter_id = fields.Many2one("sire.reminder.letter", string="E-mail", ondelete="cascade", index="btree_not_null")
    move_id = fields.Many2one("account.move", string="Invoice", required=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one(
        "res.partner", string="Client", related="move_id.commercial_partner_id", store=True, index=True
    )
    company_id = fields.Many2one(related="move_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="move_id.currency_id")
    instalment = fields.Integer(required=True, aggregator=None)
    date_due = fields.Date("Due", required=True)
    step_id = fields.Many2one("sire.reminder.step", ondelete="set null")
    days = fields.Integer(required=True, aggregator=None)
    when = fields.Char(compute="_compute_when")
    state = fields.Selection([("sent", "Sent"), ("skipped", "Skipped")], required=True)
    reason = fields.Char()
    amount = fields.Monetary("Balance Then", currency_field="currency_id", aggregator=None)
    sent_to = fields.Char(related="letter_id.email")
    delivery = fields.Selection(related="letter_id.sire_delivery")

    _step_unique = models.UniqueIndex(
        "(move_id, instalment, step_id) WHERE step_id IS NOT NULL", "This reminder was sent already."
    )
    _days_unique = models.UniqueIndex("(move_id, instalment, days)", "This reminder was sent already.")

    @api.depends("days")
    def _compute_when(self):
        for reminder in self:
            reminder.when = self.env["sire.reminder.step"]._describe(reminder.days)

    @api.depends("move_id.name", "when")
    def _compute_display_name(self):
        for reminder in self:
            reminder.display_name = f"{reminder.move_id.name}, {reminder.when}"

    @api.model
    def _record(self, plan, state, reason=False, letter=None):
        """Write down that the step of a plan was sent or skipped, and that those before it are not sent any more.

        :param Plan plan: what was due
        :param str state: ``sent`` or ``skipped``
        :return: the reminder of the step
        :rtype: sire.reminder
        """
        late = self.env._("A later one was due")
        rows = [(step, "skipped", late, None) for step in plan.missed] + [(plan.step, state, reason, letter)]
        vals_list = [
            {
                "letter_id": its_letter.id if its_letter else False,
                "move_id": plan.move.id,
                "instalment": plan.instalment,
                "date_due": plan.date_due,
                "step_id": step.id,
                "days": step.days,
                "state": its_state,
                "reason": its_reason,
                "amount": plan.amount,
            }
            for step, its_state, its_reason, its_letter in rows
        ]
        # sudo: written by the system alone
        return self.sudo().create(vals_list)[-1]
