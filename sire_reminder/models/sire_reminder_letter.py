from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import groupby

from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_payment.utils import format_money

TEMPLATES = {
    "friendly": "sire_reminder.mail_template_reminder_friendly",
    "due": "sire_reminder.mail_template_reminder_due",
    "late": "sire_reminder.mail_template_reminder_late",
    "last": "sire_reminder.mail_template_reminder_last",
}


class SireReminderLetter(models.Model):
    """One e-mail to a client on a day, with all that is due then. Sent as every document is: by `_sire_send_document`."""

    _name = "sire.reminder.letter"
    _description = "Reminder E-mail"
    _inherit = ["sire.reminder.document"]
    _order = "id desc"
    # for sire_audit, where it is installed
    _sire_audit = {
        "fields": ("partner_id", "email", "day", "sire_sent_at", "sire_sent_to"),
        "personal": ("email", "sire_sent_to"),
        "kind": "record",
        "marks": (("sire_sent_at", "*", "send"),),
    }

    name = fields.Char(compute="_compute_name")
    email = fields.Char("E-mail Address", required=True, readonly=True)
    day = fields.Date(required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    tone = fields.Selection(
        selection=lambda self: self.env["sire.reminder.step"]._fields["tone"].selection, required=True, readonly=True
    )
    line_ids = fields.One2many("sire.reminder", "letter_id", string="Invoices", readonly=True)

    _client_and_day_unique = models.UniqueIndex(
        "(company_id, client_id, email, day) WHERE merged IS NOT TRUE",
        "This client had a reminder today already: one e-mail a day.",
    )

    @api.depends("client_id", "day")
    def _compute_name(self):
        for letter in self:
            letter.name = self.env._("Reminder to %s", letter.client_id.display_name)

    # === SENDING === #

    @api.model
    def _remind(self, moves, by_hand=False):
        """Send one e-mail with what is due on these invoices of one client now.

        Whoever pays one of them at the same time, or sends the same, waits and starts over; so the balance is that of the
        moment. The mark and the mail that waits in the host's queue are one transaction: a crash loses both or none.

        :param moves: invoices of one company and one address
        :param bool by_hand: somebody pressed the button: what stands in the way is said
        :return: the letter, or an empty recordset when nothing is to be sent
        :rtype: sire.reminder.letter
        :raise UserError: by hand, why nothing is sent
        """
        moves._sire_lock_payable()
        self.env.flush_all()
        self.env.invalidate_all()
        found = moves._sire_reminder_plans()
        plans = sorted((plan for plan in found if not plan.reason), key=lambda plan: (plan.date_due, plan.move.id))
        if not plans:
            if by_hand:
                reason = found[0].reason if found else self.env._("Nothing is due any more.")
                raise UserError(
                    self.env._("Nothing was sent to %(client)s. %(why)s", client=moves[:1].partner_id.name, why=reason)
                )
            return self.browse()
        try:
            with self.env.cr.savepoint():
                letter = self._write_down(plans)
        except UniqueViolation as error:
            if by_hand:
                raise UserError(self.env._("This client had a reminder today already: one e-mail a day.")) from error
            return self.browse()  # somebody else sent it this moment
        letter._sire_send_document(TEMPLATES[letter.tone])
        for move in letter.sudo().line_ids.move_id:  # sudo: an accountant sends for invoices of colleagues, too
            move.message_post(
                body=self.env._("Reminder sent to %s", letter.email), author_id=self.env.user.partner_id.id
            )
        return letter

    @api.model
    def _write_down(self, plans):
        """:return: the letter with its reminders, not sent yet"""
        worst = max(plans, key=lambda plan: plan.step.days)
        move, tone = worst.move, worst.step.tone
        if tone == "last" and not all(
            plan.move.sudo().sire_reminder_count for plan in plans
        ):  # a number of the invoice
            tone = "late"  # the last one says that we wrote before
        # sudo: letters and reminders are written by the system alone
        letter_sudo = self.sudo().create(
            {
                "partner_id": move.partner_id.id,
                "client_id": move.commercial_partner_id.id,
                "email": move.partner_id.email_normalized,
                "day": eat_today(),
                "company_id": move.company_id.id,
                "user_id": move._sire_reminder_responsible().id,
                "tone": tone,
            }
        )
        for plan in plans:
            self.env["sire.reminder"]._record(plan, "sent", letter=letter_sudo)
        self.env.flush_all()
        return letter_sudo.sudo(self.env.su)

    # === FOR THE TEXTS === #

    def _sire_get_client_url(self):
        """Override of `sire_billing`: the invoice's page. Of several, each has its own: see `_sire_links`."""
        self.ensure_one()
        moves_sudo = self.sudo().line_ids.move_id  # the links are the client's
        return moves_sudo._sire_get_client_url() if len(moves_sudo) == 1 else False

    def _sire_links(self):
        """:return: of several invoices, dicts of ``name``, ``due``, ``amount`` in words, and ``url`` of the client's page"""
        self.ensure_one()
        lines_sudo = self.sudo().line_ids.sorted(lambda line: (line.date_due, line.id))  # as above
        return [
            {
                "name": line.move_id.name,
                "due": line.date_due,
                "amount": format_money(line.amount, line.currency_id),
                "url": line.move_id._sire_get_client_url(),
            }
            for line in lines_sudo
        ]

    def _sire_what(self):
        """:return: what it is about: "invoice INV/2026/00012", or "3 invoices" """
        moves_sudo = self.sudo().line_ids.move_id  # names of the client's own invoices
        if len(moves_sudo) == 1:
            return self.env._("invoice %s", moves_sudo.name)
        return self.env._("%s invoices", len(moves_sudo))

    def _sire_total(self):
        """:return: what is left of all, such as "KSh 98,600", or "KSh 98,600 + USD 200" """
        lines_sudo = self.sudo().line_ids  # as above
        groups = groupby(lines_sudo, lambda line: line.currency_id)
        return " + ".join(format_money(sum(line.amount for line in lines), currency) for currency, lines in groups)

    def _sire_single(self):
        """:return: the reminder, when the letter is about one; else none"""
        lines_sudo = self.sudo().line_ids  # as above
        return lines_sudo if len(lines_sudo) == 1 else lines_sudo.browse()
