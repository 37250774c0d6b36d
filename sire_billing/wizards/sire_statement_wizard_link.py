from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class SireStatementWizard(models.TransientModel):
    """The client's link to the statement: made, shown and stopped by who may give links."""

    _inherit = "sire.statement.wizard"

    client_url = fields.Char(
        string="Client Link",
        compute="_compute_client_url",
        help="Whoever has it reads this account and can pay its invoices.",
    )

    @api.depends("partner_ids", "company_id")
    def _compute_client_url(self):
        for wizard in self:
            wizard.client_url = wizard._find_link_url()

    def _find_link_url(self):
        """:return: the address of the link there is; nothing for who may not give it"""
        if len(self.partner_ids) != 1 or not self.company_id:
            return False
        client = self.partner_ids._origin.commercial_partner_id
        try:
            client._sire_check_may_give_statement(self.company_id)
        except (AccessError, UserError):
            return False
        links_sudo = self.env["sire.statement.link"].sudo()  # checked above; links have no reader
        link_sudo = links_sudo._live(client.id, self.company_id.id)
        return link_sudo._get_url() if link_sudo else False

    def action_make_link(self):
        """Make the client's link, or show the one there is."""
        client = self._get_link_client()
        client._sire_check_may_give_statement(self.company_id)
        client._sire_get_statement_url(self.company_id)
        return self._reopen()

    def action_stop_link(self):
        """Stop the client's link: it opens no more."""
        self._get_link_client()._sire_stop_statement_link(self.company_id)
        return self._reopen()

    def _get_link_client(self):
        self.ensure_one()
        if len(self.partner_ids) != 1:
            raise UserError(self.env._("A link is for one client: choose one."))
        return self.partner_ids.commercial_partner_id

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Statement"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
