from odoo import fields, models


class SireReminderDocument(models.AbstractModel):
    """What this room sends to clients: a document of its own, so that the one seam for messages serves it as it is."""

    _name = "sire.reminder.document"
    _description = "Reminder or statement for a client"
    _inherit = ["mail.thread", "sire.client.document"]
    _mail_post_access = "read"

    partner_id = fields.Many2one("res.partner", string="Recipient", required=True, readonly=True, index=True)
    client_id = fields.Many2one("res.partner", required=True, readonly=True, index=True)
    merged = fields.Boolean(readonly=True, help="Sent to a client who was merged into this one.")
    currency_id = fields.Many2one(related="company_id.currency_id")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True)

    def message_post(self, **kwargs):
        """Override of `mail`: a job has no address that a client could answer to. The responsible has, or the firm."""
        if self.env.uid == self.env.ref("base.user_root").id:
            company = self.company_id
            kwargs["author_id"] = company.partner_id.id
            kwargs["reply_to"] = self.user_id.email_formatted or company.email_formatted
        return super().message_post(**kwargs)
