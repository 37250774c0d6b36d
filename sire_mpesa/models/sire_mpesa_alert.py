import logging

from odoo import api, fields, models

from ..tools import own_transaction

_logger = logging.getLogger(__name__)

PLACES = {
    "suspense": "sire_mpesa.action_sire_mpesa_suspense",
    "unbooked": "sire_mpesa.action_sire_mpesa_unbooked",
    "resolver": "sire_mpesa.action_sire_mpesa_overdue",
    "balance": "sire_mpesa.action_sire_mpesa_days",
    "token": "sire_mpesa.action_sire_mpesa_setup",
}
PATIENCE = {"unreachable": 2, "balance": 2}  # how often it has to be found before somebody is told; once, where not


class SireMpesaAlert(models.Model):
    """Something about M-Pesa that does not end by itself: one row a provider and kind, and one to-do on somebody's list.

    The row goes when what it says is over, and its to-do with it. A to-do that was ticked off comes back when it is
    about something new, not before.
    """

    _name = "sire.mpesa.alert"
    _description = "M-Pesa Alert"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "since, id"
    _rec_name = "words"
    _mail_post_access = "read"

    provider_id = fields.Many2one("payment.provider", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="provider_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [
            ("suspense", "Receipts nobody assigned"),
            ("unbooked", "Receipts that cannot be booked"),
            ("resolver", "Nobody asks Safaricom"),
            ("balance", "Balance differs"),
            ("token", "Keys refused"),
            ("unreachable", "Safaricom cannot be reached"),
        ],
        required=True,
        readonly=True,
    )
    words = fields.Char("What Is Wrong", required=True, readonly=True)
    subject = fields.Char(readonly=True, help="What it is about: a to-do comes back when this is another.")
    told_subject = fields.Char(readonly=True, help="What the last to-do was about.")
    since = fields.Datetime(required=True, readonly=True)
    times = fields.Integer("Seen", readonly=True, aggregator=None, help="How often in a row it was found.")

    _kind_uniq = models.UniqueIndex("(provider_id, kind)", "There is one alert a provider and kind.")

    # === ACTIONS === #

    def action_open(self):
        """Button: where it can be mended.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        if self.kind in ("token", "unreachable"):
            return self.provider_id.action_mpesa_setup()
        return self.env["ir.actions.act_window"]._for_xml_id(PLACES[self.kind])

    # === CRON === #

    @api.model
    def _cron_check(self):
        """Look at every M-Pesa provider, each in a transaction of its own."""
        providers = self.env["payment.provider"].search([("code", "=", "mpesa")])
        for provider in providers:
            try:
                own_transaction.run(self.env.registry, provider._name, provider.id, lambda one: one._mpesa_look())
            except Exception:
                _logger.exception("M-Pesa provider %s could not be looked at", provider.id)
        self.env["ir.cron"]._commit_progress(len(providers), remaining=0)

    # === BUSINESS === #

    @api.model
    def _look_soon(self):
        """Have what is over taken back in a moment, and not in an hour."""
        if self.sudo().search_count([], limit=1):  # whoever ended it may not read alerts
            cron_sudo = self.env.ref("sire_mpesa.ir_cron_mpesa_alert").sudo()  # as above: the job's work
            cron_sudo._trigger()

    @api.model
    def _take(self, provider, found):
        """Bring the alerts of a provider in line with what was found.

        :param provider: ``payment.provider``
        :param dict found: by kind, what is found now: ``(make_words, subject)``; the first is a function that is given an
            environment in the language of whoever reads it, and returns a sentence
        """
        known = {alert.kind: alert for alert in self.search([("provider_id", "=", provider.id)])}
        for kind, alert in known.items():
            if kind not in found:
                alert.activity_ids.unlink()
                alert.unlink()
        for kind, (make_words, subject) in found.items():
            user = provider._mpesa_get_alerted(kind)
            words = make_words(self.with_context(lang=user.lang or "en_US").env)
            values = {"words": words, "subject": subject}
            alert = known.get(kind)
            if alert:
                alert.write({**values, "times": alert.times + 1})
            else:
                alert = self.create(
                    {**values, "provider_id": provider.id, "kind": kind, "since": fields.Datetime.now(), "times": 1}
                )
            alert._tell(user)

    def _tell(self, user):
        """Have one to-do on the list of whoever looks after it, with today's words."""
        self.ensure_one()
        if self.activity_ids:
            if self.activity_ids.user_id == user:
                self.activity_ids.write({"summary": self.words})
                self.told_subject = self.subject
                return
            self.activity_ids.unlink()  # somebody else looks after it now
            self.told_subject = False
        if not user or self.times < PATIENCE.get(self.kind, 1) or self.told_subject == self.subject:
            return
        quiet = self.with_context(mail_activity_quick_update=True, lang=user.lang)  # on screen, no e-mail
        quiet.activity_schedule("mail.mail_activity_data_todo", summary=self.words, user_id=user.id)
        self.told_subject = self.subject
