from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.http import content_disposition, request, route

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from .client_page_http import PRIVATE_HEADERS

DOCUMENTS = {"invoices": "account.move", "orders": "sale.order"}


class SirePortalHome(CustomerPortal):
    """Receipts and statements in the host's portal, and the way from its lists to the client's own pages."""

    def _prepare_home_portal_values(self, counters):
        """Override of `portal`: how many receipts, and accounts with a company, the client has."""
        values = super()._prepare_home_portal_values(counters)
        if "sire_receipt_count" in counters:
            values["sire_receipt_count"] = self._sire_get_payments_sudo().search_count(self._sire_receipt_domain())
        if "sire_statement_count" in counters:
            values["sire_statement_count"] = len(self._sire_get_companies_sudo())
        return values

    # Signed-in: lists the user's own client's receipts, in the companies that the user may see.
    @route(["/my/receipts", "/my/receipts/page/<int:page>"], type="http", auth="user", website=True)
    def portal_my_receipts(self, page=1, **kw):
        payments_sudo, domain = self._sire_get_payments_sudo(), self._sire_receipt_domain()
        total = payments_sudo.search_count(domain)
        pager = portal_pager(url="/my/receipts", total=total, page=page, step=self._items_per_page)
        found = payments_sudo.search(
            domain, order="date desc, id desc", limit=self._items_per_page, offset=pager["offset"]
        )
        values = self._prepare_portal_layout_values()
        values |= {"page_name": "sire_receipt", "receipts": found, "pager": pager, "default_url": "/my/receipts"}
        return request.render("sire_billing.portal_my_receipts", values)

    # Signed-in: the print of a receipt that is in that list.
    @route("/my/receipts/<int:payment_id>", type="http", auth="user", website=True)
    def portal_my_receipt(self, payment_id, **kw):
        own = self._sire_receipt_domain() & Domain("id", "=", payment_id) & Domain("sire_receipt_number", "!=", False)
        payment_sudo = self._sire_get_payments_sudo().search(own)
        if not payment_sudo:
            return request.redirect("/my/receipts")
        reports_sudo = request.env["ir.actions.report"].sudo()  # the payment is the client's, so its print as well
        content, _kind = reports_sudo._render_qweb_pdf("sire_billing.action_report_sire_receipt", payment_sudo.ids)
        name = f"{payment_sudo.sire_receipt_number.replace('/', '-')}.pdf"
        headers = {
            **PRIVATE_HEADERS,
            "Content-Type": "application/pdf",
            "Content-Disposition": content_disposition(name, "inline"),
        }
        return request.make_response(content, headers=list(headers.items()))

    # Signed-in: to the client's own statement. Of several companies the user chooses one.
    @route(["/my/statement", "/my/statement/<int:company_id>"], type="http", auth="user", website=True)
    def portal_my_statement(self, company_id=None, **kw):
        companies_sudo = self._sire_get_companies_sudo()
        if company_id:
            companies_sudo = companies_sudo.filtered(lambda company: company.id == company_id)
        if len(companies_sudo) == 1:
            links = request.env["sire.statement.link"]
            return request.redirect(links._for(self._sire_get_client(), companies_sudo)._get_path(), code=303)
        values = self._prepare_portal_layout_values()
        values |= {"page_name": "sire_statement", "companies": companies_sudo}
        return request.render("sire_billing.portal_my_statements", values)

    # Signed-in: from a row of the host's lists to the client's own page of that document.
    @route("/my/<any(invoices,orders):kind>/<int:document_id>/page", type="http", auth="user", website=True)
    def portal_my_document_page(self, kind, document_id, **kw):
        document = request.env[DOCUMENTS[kind]].browse(document_id).exists()
        if not document:
            return request.redirect("/my")
        try:
            document.check_access("read")
            is_client = request.env.user._is_portal() and self._sire_is_own(document)
        except (AccessError, MissingError):
            return request.redirect("/my")
        is_over = kind == "orders" and is_client and document._sire_is_link_over()  # no link of it opens
        if not is_client or is_over:  # staff, vendors: not whom the link is for
            return request.redirect(f"/my/{kind}/{document_id}")
        return request.redirect(request.env["sire.client.link"]._for(document)._get_path(), code=303)

    # === HELPERS ===

    def _sire_get_client(self):
        return request.env.user.partner_id.commercial_partner_id

    def _sire_is_own(self, document):
        document_sudo = document.sudo()  # the user may read it; whose it is, is asked of the record
        if document_sudo.partner_id.commercial_partner_id != self._sire_get_client():
            return False
        return document._name == "sale.order" or document_sudo.is_sale_document(include_receipts=True)

    def _sire_get_payments_sudo(self):
        return request.env["account.payment"].sudo()  # clients have no access to payments; the domain is their own

    def _sire_receipt_domain(self):
        client = self._sire_get_client()
        return Domain(
            [
                ("partner_id", "child_of", client.ids if request.env.user._is_portal() else []),
                ("company_id", "in", request.env.user.company_ids.ids),
                ("payment_type", "=", "inbound"),
                ("partner_type", "=", "customer"),
                ("state", "!=", "draft"),
            ]
        )

    def _sire_get_companies_sudo(self):
        """:return: the companies that have billed the user's client, among those that the user may see"""
        if not request.env.user._is_portal():
            return request.env["res.company"]
        moves_sudo = request.env["account.move"].sudo()  # which companies, and nothing else
        domain = [
            ("commercial_partner_id", "=", self._sire_get_client().id),
            ("company_id", "in", request.env.user.company_ids.ids),
            ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
            ("state", "=", "posted"),
        ]
        found = moves_sudo._read_group(domain, ["company_id"])
        return moves_sudo.env["res.company"].union(*(company for (company,) in found))
