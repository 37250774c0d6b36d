from odoo import models

from odoo.addons.sire_access.const import ROLE_VIEWER


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Who only reads does not write to clients either.

        The host lets anyone who reads a task or an invoice post on it, and a post is mailed to the followers,
        clients among them. A viewer would need the right to change the document, which a viewer has nowhere.
        Discuss is talk between colleagues and stays open.
        """
        if (
            message_operation == "create"
            and self._name != "discuss.channel"
            and self.env.user._sire_roles() == (ROLE_VIEWER,)
        ):
            return dict.fromkeys(self, "write")
        return super()._mail_get_operation_for_mail_message_operation(message_operation)
