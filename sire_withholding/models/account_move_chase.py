import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_base.utils.gate import given
from odoo.addons.sire_billing import gate

_logger = logging.getLogger(__name__)

ACTIVITY = "sire_withholding.mail_activity_certificate"
ASKED_FIELDS = frozenset({"sire_certificate_asked_on", "sire_certificate_asked"})
EMAILS = 3  # then people talk to people


class AccountMove(models.Model):
    """Certificates that do not come are asked for: an activity for us, and an e-mail for the client where that is wanted."""

    _inherit = "account.move"

    sire_certificate_asked_on = fields.Date(string="Certificate Asked For", readonly=True, copy=False)
    sire_certificate_asked = fields.Integer(string="Times Asked", readonly=True, copy=False)
    sire_awaited_days = fields.Integer(string="Days Awaited", compute="_compute_sire_awaited_days")

    @api.depends("sire_awaited_since")
    def _compute_sire_awaited_days(self):
        today = eat_today()
        for move in self:
            move.sire_awaited_days = (today - move.sire_awaited_since).days if move.sire_awaited_since else 0

    @api.model_create_multi
    def create(self, vals_list):
        self._sire_check_asked_gate(given(self, vals_list))
        return super().create(vals_list)

    def write(self, vals):
        self._sire_check_asked_gate(vals.keys())
        return super().write(vals)

    def _sire_check_asked_gate(self, names):
        if ASKED_FIELDS & names and not gate.is_open(self.env):
            raise UserError(self.env._("When a certificate was asked for is not written by hand."))

    def action_sire_ask_certificate(self):
        """Ask the client for the certificate by e-mail.

        :raise UserError: when none is awaited, or the client has no e-mail address
        """
        for move in self:
            move.check_access("write")
            if not move.sire_awaited:
                raise UserError(self.env._("No certificate is awaited for %s.", move.name or self.env._("a draft")))
            if move.sire_certificate_asked_on == eat_today():
                raise UserError(self.env._("The certificate of %s was asked for today.", move.name))
            move._sire_ask_certificate()
        return True

    def _sire_ask_certificate(self):
        self._sire_send_document("sire_withholding.mail_template_certificate")
        gate.opened(self.sudo()).write(  # sudo: written by the system alone
            {"sire_certificate_asked_on": eat_today(), "sire_certificate_asked": self.sire_certificate_asked + 1}
        )

    def _sire_stop_asking(self):
        """Once nothing is awaited, nobody has to do anything about it."""
        done = self.filtered(lambda move: not move.sire_awaited)
        # sudo: the activity may be another person's
        done.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(ACTIVITY)
        ).action_feedback()

    # === CRON === #

    @api.model
    def _cron_sire_certificates(self):
        """Each morning in Nairobi: ask for what has not come within the days of the company's settings.

        :return: how many invoices were chased
        :rtype: int
        """
        chased = 0
        for company in self.env["res.company"].search([("sire_certificate_days", ">", 0)]):
            moves = self.search(self._sire_get_late_domain(company)).with_company(company)
            for move in moves:
                try:
                    with self.env.cr.savepoint():
                        move._sire_chase_certificate()
                    chased += 1
                except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                    raise  # somebody was faster: the next run starts on what is true then
                except Exception:  # one client's trouble is nobody else's
                    _logger.exception("The certificate of %s was not asked for", move.name)
                if self.env.context.get("cron_id"):
                    self.env["ir.cron"]._commit_progress(1)
        return chased

    @api.model
    def _sire_get_late_domain(self, company):
        limit = eat_today() - timedelta(days=company.sire_certificate_days)
        asked = Domain("sire_certificate_asked_on", "=", False) | Domain("sire_certificate_asked_on", "<=", limit)
        return (
            Domain("company_id", "=", company.id)
            & Domain("sire_awaited", ">", 0)
            & Domain("sire_awaited_since", "<=", limit)
            & asked
        )

    def _sire_chase_certificate(self):
        self.ensure_one()
        summary = self.env._("Certificate of %s to come", self._sire_money(self.sire_awaited))
        open_ones = self.activity_ids.filtered(lambda one: one.activity_type_id == self.env.ref(ACTIVITY))
        if not open_ones:
            user = self.invoice_user_id if self.invoice_user_id.active else self.env.user
            self.activity_schedule(ACTIVITY, date_deadline=eat_today(), summary=summary, user_id=user.id)
        company = self.company_id
        can_mail = company.sire_certificate_email and self.partner_id.email_normalized
        if can_mail and self.sire_certificate_asked < EMAILS:
            self._sire_ask_certificate()
        else:
            gate.opened(self).write({"sire_certificate_asked_on": eat_today()})
