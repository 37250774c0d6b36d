import logging

from markupsafe import Markup

from odoo import fields, models

_logger = logging.getLogger(__name__)


class SireWebhookEvent(models.Model):
    """Nobody opens the inbox to see whether it is empty: an administrator gets a to-do when something is parked.

    One is enough, however many events are parked, and it goes when none is any more.
    """

    _inherit = "sire.webhook.event"

    # === BUSINESS === #

    def _remind_administrator(self):
        """Put a to-do on an administrator's list, unless it is there. Parking must not fail on it."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                user = self._get_administrator()
                self.with_context(lang=user.lang)._create_reminder(user)
        except Exception:  # what is wrong with to-dos is not the event's business
            _logger.warning("No to-do for the parked webhook event %s", self.id, exc_info=True)

    def _forget_reminder(self):
        """Take the to-dos back when nothing is parked any more."""
        self.flush_model(["state"])
        if not self.search_count([("state", "=", "parked")], limit=1):
            self.env["mail.activity"].search([("activity_type_id", "=", self._get_reminder_type().id)]).unlink()

    # === HELPERS === #

    def _create_reminder(self, user):
        reminder_type = self._get_reminder_type()
        domain = [("activity_type_id", "=", reminder_type.id), ("user_id", "=", user.id)]
        activities = self.env["mail.activity"].with_context(mail_activity_quick_update=True)  # on screen, no e-mail
        if not user or activities.search_count(domain, limit=1):
            return
        link = Markup('<a href="/odoo/action-sire_base.action_sire_webhook_event">%s</a>') % self.env._("Webhook inbox")
        activities.create(
            {
                "activity_type_id": reminder_type.id,
                "user_id": user.id,
                "summary": self.env._("Something that a payment or message service said could not be handled"),
                "note": Markup("<p>%s</p><p>%s</p>") % (self.error or "", link),
                "date_deadline": fields.Date.context_today(self),
                "automated": True,
            }
        )

    def _get_administrator(self):
        """:return: the first administrator of the event's company"""
        domain = [("all_group_ids", "in", self.env.ref("base.group_system").ids), ("share", "=", False)]
        if self.company_id:
            domain.append(("company_ids", "in", self.company_id.ids))
        return self.env["res.users"].search(domain, order="id", limit=1)

    def _get_reminder_type(self):
        return self.env.ref("sire_base.mail_activity_type_parked")
