from datetime import timedelta

from odoo import api, fields, models

ALERT_AFTER = timedelta(days=1)
BATCH = 200


class SireMpesaReceipt(models.Model):
    """Money that nobody places comes back to somebody's mind."""

    _inherit = "sire.mpesa.receipt"

    # === CRON === #

    @api.model
    def _cron_alert(self):
        """Put receipts that wait to be assigned for more than a day on the list of whoever looks after M-Pesa."""
        old = self.search(
            [
                ("state", "in", ("suspense", "waiting")),
                ("create_date", "<", fields.Datetime.now() - ALERT_AFTER),
                ("activity_ids", "=", False),
            ],
            limit=BATCH,
        )
        for receipt in old:
            user = receipt._get_responsible()
            if user:
                receipt.with_context(mail_activity_quick_update=True, lang=user.lang).activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("M-Pesa receipt %s waits for its client", receipt.name),
                    note=receipt.reason or "",
                    user_id=user.id,
                )

    # === HELPERS === #

    def _get_responsible(self):
        """:return: whom the provider names, or the first accountant of the company"""
        chosen = self.provider_id.mpesa_alert_user_id
        if chosen.active:
            return chosen
        domain = [
            ("all_group_ids", "in", self.env.ref("account.group_account_invoice").ids),
            ("company_ids", "in", self.company_id.ids),
            ("share", "=", False),
        ]
        return self.env["res.users"].search(domain, order="id", limit=1)
