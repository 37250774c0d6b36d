from odoo import models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Who only reads does not write to clients either, unless a tick says so.

        The host lets anyone who reads a task or an invoice post on it, and a post is mailed to the followers, clients among them.
        Without “Message: create” nothing is asked of the document: no document allows it. Discuss is talk between colleagues and
        stays open.
        """
        if (
            message_operation == "create"
            and self._name != "discuss.channel"
            and not self.env.su
            and not self.env.user._sire_may("message.create")
        ):
            return {}
        return super()._mail_get_operation_for_mail_message_operation(message_operation)
