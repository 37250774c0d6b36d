from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_base.utils.gate import without_defaults
from odoo.addons.sire_base.utils.text import storable

LONGEST = {"promise": 92, "hold": 366}  # days


class SireReminderPause(models.Model):
    """Why a client is not reminded for now: a promise, a dispute, a hold. Made and ended by methods alone."""

    _name = "sire.reminder.pause"
    _description = "Promise, Dispute or Hold"
    _order = "id desc"
    # for sire_audit, where it is installed
    _sire_audit = {
        "fields": ("kind", "move_id", "partner_id", "project_id", "date_until", "reason", "state"),
        "parent": "move_id",
        "kind": "record",
    }

    kind = fields.Selection(
        [("promise", "Promise to pay"), ("dispute", "Dispute"), ("hold", "Hold")], required=True, readonly=True
    )
    move_id = fields.Many2one(
        "account.move", string="Invoice", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Client", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    project_id = fields.Many2one("project.project", readonly=True, ondelete="cascade", index="btree_not_null")
    about = fields.Char(compute="_compute_about")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    date_until = fields.Date(
        "Until", readonly=True, help="The last day, in Nairobi. A promise is broken the day after."
    )
    reason = fields.Char(readonly=True)
    state = fields.Selection(
        [("active", "In force"), ("kept", "Kept"), ("broken", "Broken"), ("ended", "Ended")],
        default="active",
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one(
        "res.users", string="By", required=True, readonly=True, default=lambda self: self.env.user
    )

    _about_one = models.Constraint(
        "CHECK(num_nonnulls(move_id, partner_id, project_id) = 1)", "It is about one invoice, client or project."
    )
    _promise_unique = models.UniqueIndex(
        "(move_id) WHERE kind = 'promise' AND state = 'active'", "This invoice has a promise already."
    )

    @api.depends("move_id.name", "partner_id.display_name", "project_id.display_name")
    def _compute_about(self):
        for pause in self:
            # sudo: its name only, of what somebody stopped reminders for
            pause_sudo = pause.sudo()
            move_sudo = pause_sudo.move_id
            if move_sudo:
                pause.about = f"{move_sudo.name}, {move_sudo.commercial_partner_id.display_name}"
            else:
                pause.about = (pause_sudo.partner_id or pause_sudo.project_id).display_name

    @api.depends("kind", "about")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for pause in self:
            pause.display_name = f"{kinds[pause.kind]}: {pause.about}"

    # === BUSINESS === #

    @api.model
    def _pause(self, record, kind, company, until=None, reason=None):
        """Stop reminders of an invoice, a client or a project. What was there of the same kind ends.

        :param record: ``account.move``, ``res.partner`` or ``project.project`` that the user may read
        :param str kind: ``promise`` (invoices), ``dispute`` (invoices) or ``hold``
        :param date until: last day in Nairobi; none for a dispute
        :raise UserError: when a date or reason is missing or makes no sense
        """
        record.ensure_one()
        record.check_access("read")
        until = fields.Date.to_date(until)
        reason = storable(reason or "").strip()
        self._check(record, kind, until, reason)
        if record._name == "res.partner":
            record = record.commercial_partner_id
        field = {"account.move": "move_id", "res.partner": "partner_id", "project.project": "project_id"}[record._name]
        pauses_sudo = without_defaults(self.sudo())  # written by this method alone
        former_sudo = pauses_sudo.search(
            [(field, "=", record.id), ("kind", "=", kind), ("state", "=", "active"), ("company_id", "=", company.id)]
        )
        former_sudo.state = "ended"
        former_sudo.flush_recordset()
        pause_sudo = pauses_sudo.create(
            {
                field: record.id,
                "kind": kind,
                "company_id": company.id,
                "date_until": until if kind != "dispute" else False,
                "reason": reason or False,
                "user_id": self.env.uid,
            }
        )
        pause_sudo._tell(pause_sudo._sire_words())
        return pause_sudo.sudo(self.env.su)

    @api.model
    def _check(self, record, kind, until, reason):
        if kind == "dispute" and not reason:
            raise UserError(self.env._("Write what the client does not agree with."))
        if kind != "hold" and (
            record._name != "account.move" or record.move_type != "out_invoice" or record.state != "posted"
        ):
            raise UserError(self.env._("Only a confirmed invoice can be promised or disputed."))
        if kind != "dispute":
            last = eat_today() + timedelta(days=LONGEST[kind])
            if not until or until < eat_today() or until > last:
                raise UserError(self.env._("Choose a day from today until %s.", format_date(self.env, last)))

    def action_end(self):
        """Button: reminders go on."""
        for pause in self:
            pause.check_access("read")
            if pause.state != "active":
                raise UserError(self.env._("It is over already."))
            pause_sudo = pause.sudo()  # ended by this method alone
            pause_sudo.state = "ended"
            pause_sudo._tell(self.env._("Reminders go on: %s", pause_sudo._sire_words()))
        return True

    @api.model
    def _find(self, moves, day):
        """:return: what stops the reminders of invoices on a day, ``{move id: pause}``, a dispute before a promise before a
            hold
        :rtype: dict
        """
        pauses_sudo = self.sudo().search(  # its words are shown to who may read the invoice
            Domain("state", "=", "active")
            & (Domain("date_until", "=", False) | Domain("date_until", ">=", day))
            & (
                Domain("move_id", "in", moves.ids)
                | Domain("partner_id", "in", moves.commercial_partner_id.ids)
                | Domain("project_id", "in", moves.sire_project_id.ids)
            )
        )
        order = ("dispute", "promise", "hold")
        pauses_sudo = pauses_sudo.sorted(lambda pause: (order.index(pause.kind), pause.id))
        found = {}
        for move in moves:
            for pause in pauses_sudo:
                if pause.company_id == move.company_id and (
                    pause.move_id == move
                    or (pause.partner_id and pause.partner_id == move.commercial_partner_id)
                    or (pause.project_id and pause.project_id == move.sire_project_id)
                ):
                    found.setdefault(move.id, pause)
        return found

    @api.model
    def _settle_promises(self, company):
        """Close what invoices had for which no money is expected any more, and promises whose day is over: the responsible is
        told."""
        pauses_sudo = self.sudo().search(  # written by this method alone
            [("company_id", "=", company.id), ("state", "=", "active"), ("move_id", "!=", False)]
        )
        dues = pauses_sudo.move_id._sire_get_due_amounts()
        for pause_sudo in pauses_sudo:
            move_sudo = pause_sudo.move_id
            if move_sudo.state != "posted" or not dues[move_sudo]:
                pause_sudo.state = "kept" if pause_sudo.kind == "promise" else "ended"
            elif pause_sudo.kind == "promise" and pause_sudo.date_until < eat_today():
                pause_sudo.state = "broken"
                pause_sudo._tell_broken()

    # === WORDS === #

    def _sire_words(self):
        """:return: one sentence: what stops the reminders"""
        self.ensure_one()
        until, by = self.date_until and format_date(self.env, self.date_until), self.user_id.name
        if self.kind == "promise":
            return self.env._("Promised for %s", until)
        if self.kind == "dispute":
            return self.env._("In dispute: %s", self.reason)
        words = self.env._("On hold until %(date)s by %(who)s", date=until, who=by)
        return f"{words}: {self.reason}" if self.reason else words

    def _tell(self, words):
        if not self.move_id:
            # who works on a project reads what is posted on it, and on its client; why, is for who sees money
            is_active = self.state == "active"
            words = self.env._("Reminders are on hold.") if is_active else self.env._("Reminders go on.")
        record = self.move_id or self.partner_id or self.project_id
        record.message_post(body=words, author_id=self.env.user.partner_id.id)

    def _tell_broken(self):
        """Put it on the list of whoever looks after the invoice."""
        move = self.move_id
        words = self.env._("%(invoice)s was promised for %(date)s and is not paid.", invoice=move.name,
                           date=format_date(self.env, self.date_until))  # fmt: skip
        user = move._sire_reminder_responsible() or self.user_id
        if user and user.active and not user.share and move.with_user(user).has_access("read"):
            move.activity_schedule(
                "mail.mail_activity_data_todo", date_deadline=eat_today(), summary=words, user_id=user.id
            )
        self._tell(words)
