import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import gate

# The models whose documents a row points to; of others it keeps the name and the client.
DOCUMENT_FIELDS = {"sale.order": "order_id", "account.move": "invoice_id"}


class SireClientSending(models.Model):
    """What left for a client: one row a sending, written by `sire.client.document._sire_send_document` alone."""

    _name = "sire.client.sending"
    _inherit = "sire.gated"
    _description = "Sent to a Client"
    _order = "sent_at desc, id desc"
    _rec_name = "document"
    # for sire_audit, where it is installed
    _sire_audit = {
        "fields": ("document", "order_id", "invoice_id", "partner_id", "sent_at", "sent_to", "subject", "files"),
        "personal": ("sent_to",),
        "name": "document",
        "marks": (("sent_at", "*", "send", "create"),),
    }

    document = fields.Char(required=True, readonly=True, help="Its number when it was sent.")
    order_id = fields.Many2one(
        "sale.order", string="Quotation", readonly=True, ondelete="set null", index="btree_not_null"
    )
    invoice_id = fields.Many2one("account.move", readonly=True, ondelete="set null", index="btree_not_null")
    partner_id = fields.Many2one(
        "res.partner", string="Client", readonly=True, ondelete="set null", index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    user_id = fields.Many2one("res.users", string="Sent By", readonly=True, ondelete="set null")
    sent_at = fields.Datetime(string="Sent On", required=True, readonly=True)
    sent_to = fields.Char(string="To", required=True, readonly=True)
    subject = fields.Char(readonly=True)
    files = fields.Text(readonly=True, help="SHA-256 and name of each file, as sha256sum writes and checks them.")
    message_id = fields.Many2one("mail.message", readonly=True, ondelete="set null", index="btree_not_null")

    # === CRUD ===#

    def _check_gate(self):
        if not gate.is_open(self.env):
            raise UserError(self.env._("The log of what was sent is written by sending, and by nothing else."))

    # === BUSINESS ===#

    @api.model
    def _log(self, record, client, message, files):
        """Write down that a document was sent.

        :param record: the document, such as one ``sale.order``; its own language and rights do not matter
        :param res.partner client: to whom
        :param mail.message message: what was sent
        :param list files: (file name, bytes) pairs that went with it
        :return: the row, in superuser mode
        :rtype: sire.client.sending
        """
        rows_sudo = gate.opened(self.sudo())  # the log has no editor; who sends was checked by the caller
        field = DOCUMENT_FIELDS.get(record._name)
        company = ("company_id" in record._fields and record.sudo().company_id) or self.env.company
        return rows_sudo.create(
            {
                "document": record.display_name if not field else record.name,
                **({field: record.id} if field else {}),
                "partner_id": client.id,
                "company_id": company.id,
                "user_id": self.env.uid,
                "sent_at": fields.Datetime.now(),
                "sent_to": client.email_normalized,
                "subject": message.subject,
                "files": "\n".join(f"{hashlib.sha256(content).hexdigest()}  {name}" for name, content in files or []),
                "message_id": message.id,
            }
        )
