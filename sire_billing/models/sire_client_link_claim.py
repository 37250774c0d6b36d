from odoo import fields, models
from odoo.tools import SQL


class SireClientLink(models.Model):
    """How often M-Pesa codes may be tried through a link."""

    _inherit = "sire.client.link"

    claim_count = fields.Integer(string="Codes Tried", readonly=True, help="M-Pesa codes that were typed on the page.")
    claim_ids = fields.One2many("sire.client.claim", "link_id", readonly=True)

    def _take_claim(self, number, remote_addr):
        """Count a try, in a transaction of its own that the caller commits.

        The link's row is changed, not only locked: of many at once each then sees the ones before it.

        :return: whether it may be tried
        :rtype: bool
        """
        self.ensure_one()
        query = "UPDATE sire_client_link SET claim_count = COALESCE(claim_count, 0) + 1 WHERE id = %s"
        self.env.cr.execute(SQL(query, self.id), log_exceptions=False)
        self.invalidate_recordset(["claim_count"], flush=False)
        claims_sudo = self.env["sire.client.claim"].sudo()  # the client has no account; the link is the key
        if claims_sudo._is_too_many(self, remote_addr):
            return False
        claims_sudo.create({"link_id": self.id, "number": number, "remote_addr": remote_addr})
        return True
