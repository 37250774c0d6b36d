from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.sire_payment.utils import format_money

from .. import const
from ..tools.daraja_client import TokenError

WAITS_TOO_LONG = timedelta(days=1)
ASKED_TOO_LATE = timedelta(minutes=30)
TECHNICAL = ("resolver", "token", "unreachable")


class PaymentProvider(models.Model):
    """What a person has to be told about, and whom. `sire.mpesa.alert` tells it once."""

    _inherit = "payment.provider"

    mpesa_alert_ids = fields.One2many("sire.mpesa.alert", "provider_id", string="Alerts", readonly=True)

    mpesa_alert_words = fields.Text(compute="_compute_mpesa_alert_words")

    # === COMPUTES === #

    @api.depends("mpesa_alert_ids.words")
    def _compute_mpesa_alert_words(self):
        for provider in self:
            provider.mpesa_alert_words = "\n".join(provider.mpesa_alert_ids.mapped("words"))

    # === BUSINESS === #

    def _mpesa_look(self):
        """Bring the alerts of this provider in line with how it stands."""
        self.env["sire.mpesa.alert"]._take(self, self._mpesa_find_alerts())

    def _mpesa_find_alerts(self):
        """Look for what does not end by itself.

        :return: by kind of alert: a function that puts it in words for an environment, and what it is about
        :rtype: dict
        """
        self.ensure_one()
        found = {
            "suspense": self._mpesa_find_old_receipts("suspense"),
            "unbooked": self._mpesa_find_old_receipts("waiting"),
            "resolver": self._mpesa_find_overdue(),
        }
        if self.state != "disabled":  # a provider that is off has money to look after, and nothing to ask
            kind, alert = self._mpesa_find_token_alert()
            found.update({"balance": self._mpesa_find_balance_alert(), kind: alert})
        return {kind: alert for kind, alert in found.items() if alert}

    def _mpesa_get_alerted(self, kind):
        """:return: who is told: whom the provider names, else an accountant; for what is technical an administrator"""
        chosen = self.mpesa_alert_user_id
        if chosen.active and self.env["sire.mpesa.alert"].with_user(chosen).has_access("read"):
            return chosen
        group = "base.group_system" if kind in TECHNICAL else "account.group_account_invoice"
        domain = [
            ("all_group_ids", "in", self.env.ref(group).ids),
            ("company_ids", "in", self.company_id.ids),
            ("share", "=", False),
        ]
        return self.env["res.users"].search(domain, order="id", limit=1)

    # === HELPERS === #

    def _mpesa_find_old_receipts(self, state):
        """:return: the alert about receipts that are in a state for more than a day, or None"""
        domain = [
            ("provider_id", "=", self.id),
            ("state", "=", state),
            ("create_date", "<", fields.Datetime.now() - WAITS_TOO_LONG),
        ]
        receipts = self.env["sire.mpesa.receipt"].search(domain)
        if not receipts:
            return None
        count, amount = len(receipts), format_money(sum(receipts.mapped("amount")), self.env.ref("base.KES"))

        def say(env):
            values = {"count": count, "amount": amount}
            if state == "suspense":
                return env._(
                    "M-Pesa payments that nobody assigned for more than a day: %(count)s, %(amount)s.", **values
                )
            return env._("M-Pesa payments not in the books for more than a day: %(count)s, %(amount)s.", **values)

        return say, str(max(receipts.ids))

    def _mpesa_find_overdue(self):
        """:return: the alert about prompts and reports that nobody looks at, or None"""
        late = fields.Datetime.now() - ASKED_TOO_LATE
        prompts = self.env["payment.transaction"].search_count(
            [("provider_id", "=", self.id), ("mpesa_next_query_at", "<", late)]
        )
        reports = self.env["sire.webhook.event"].search_count(
            [
                ("provider", "in", (const.WEBHOOK_KIND, const.C2B_KIND)),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "received"),
                ("next_attempt_at", "<", late),
            ]
        )
        if not prompts and not reports:
            return None

        def say(env):
            return env._(
                "The scheduled jobs of M-Pesa do not run. Waiting for more than half an hour: prompts %(prompts)s, reports"
                " %(reports)s.",
                prompts=prompts,
                reports=reports,
            )

        return say, "late"

    def _mpesa_find_token_alert(self):
        """:return: its kind, and the alert about keys that give no token, or None"""
        try:
            self._mpesa_get_token()
        except TokenError as error:
            fault = error  # a lambda outlives `error`
            kind = "token" if fault.is_setup else "unreachable"
            return kind, (lambda env: self.with_env(env)._mpesa_explain_no_token(fault), fault.why)
        return "token", None
