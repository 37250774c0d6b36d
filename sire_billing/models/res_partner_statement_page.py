from odoo import models
from odoo.exceptions import AccessError, UserError

from odoo.addons.sire_base.utils.eat import eat_today

from .sire_client_document import LINK_GROUPS


class ResPartner(models.Model):
    """The page of a client's statement: its link, its print, and what is paid with *Pay all*."""

    _inherit = "res.partner"

    # === THE LINK ===#

    def _sire_get_statement_url(self, company):
        """:return: the address of the client's statement; the link is made when there is none. The caller checks who asks."""
        self.ensure_one()
        return self.env["sire.statement.link"]._for(self, company)._get_url()

    def _sire_stop_statement_link(self, company):
        """Stop the client's link: whoever has it reads that it does not open.

        :raise AccessError: when the user may not give links
        :raise UserError: when there is none
        """
        self._sire_check_may_give_statement(company)
        links_sudo = self.env["sire.statement.link"].sudo()  # checked above; links have no editor
        link_sudo = links_sudo._live(self.commercial_partner_id.id, company.id)
        if not link_sudo:
            raise UserError(self.env._("%s has no link that could be stopped.", self.display_name))
        link_sudo.revoked = True
        self.sudo().message_post(  # sudo: whoever may stop the link need not write clients
            body=self.env._("The client's link to the statement was stopped."),
            author_id=self.env.user.partner_id.id,
        )

    def _sire_check_may_give_statement(self, company):
        """:raise AccessError: when the user is neither manager nor accountant, or may not see the client's whole account"""
        self.ensure_one()
        self._sire_check_statement(company, eat_today(), eat_today())
        if not (self.env.su or any(self.env.user.has_group(group) for group in LINK_GROUPS)):
            raise AccessError(self.env._("Only project managers and accountants give links to clients."))

    # === WHAT IS OPEN ===#

    def _sire_get_open_invoices(self, company):
        """:return: the client's posted invoices with one company on which something is left, the first that is due first
        :rtype: account.move
        """
        invoices_sudo = self.env["account.move"].sudo()  # the page of a client without account, or of a portal user
        return invoices_sudo.search(
            [
                ("company_id", "=", company.id),
                ("commercial_partner_id", "=", self.commercial_partner_id.id),
                ("move_type", "in", ("out_invoice", "out_receipt")),
                ("state", "=", "posted"),
                ("amount_residual", ">", 0),
            ]
        )._mpesa_oldest_first()

    # === THE PRINT ===#

    def _sire_render_statement(self, company, date_from, date_to, lang=None):
        """Print the statement. The caller checks who asks.

        :param str lang: of who reads it; the client's when None
        :return: file name and PDF
        :rtype: tuple[str, bytes]
        """
        self.ensure_one()
        lang = lang or self._sire_statement_lang(company)
        # sudo: the report reads taxes and bank accounts that whoever may have it need not read
        report_sudo = self.env["ir.actions.report"].sudo().with_context(lang=lang).with_company(company)
        wizard_sudo = report_sudo.env["sire.statement.wizard"].create(
            {
                "partner_ids": [(6, 0, self.ids)],
                "company_id": company.id,
                "date_from": date_from,
                "date_to": date_to,
            }
        )
        content, _type = report_sudo._render_qweb_pdf("sire_billing.action_report_sire_statement", wizard_sudo.ids)
        return f"{wizard_sudo._get_statement_file_name()}.pdf", content
