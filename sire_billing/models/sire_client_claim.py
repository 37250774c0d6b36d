from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

WITHIN = timedelta(minutes=10)
TRIES_PER_LINK = 5
TRIES_PER_ADDRESS = 30  # mobile networks have many phones behind one address
KEPT = timedelta(days=90)


class SireClientClaim(models.Model):
    """M-Pesa codes that clients typed on their page, so that nobody can try them out. Written by the page alone."""

    _name = "sire.client.claim"
    _description = "M-Pesa Code Typed by a Client"
    _order = "id desc"
    _rec_name = "number"

    link_id = fields.Many2one("sire.client.link", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", related="link_id.company_id", store=True, index=True)
    number = fields.Char(string="Code", readonly=True)
    remote_addr = fields.Char(string="Address", readonly=True, index=True)

    @api.model
    def _is_too_many(self, link, remote_addr):
        """:return: whether a link or an address has tried enough for now"""
        recent = Domain("create_date", ">", fields.Datetime.now() - WITHIN)
        by_link = self.search_count(recent & Domain("link_id", "=", link.id))
        by_address = self.search_count(recent & Domain("remote_addr", "=", remote_addr)) if remote_addr else 0
        return by_link >= TRIES_PER_LINK or by_address >= TRIES_PER_ADDRESS

    @api.autovacuum
    def _gc_claims(self):
        """An address says where somebody was: it is kept no longer than it is of use."""
        self.search([("create_date", "<", fields.Datetime.now() - KEPT)], limit=10000).unlink()
