from urllib.parse import urlencode

from odoo.http import Controller, content_disposition, request, route

from odoo.addons.payment import utils as payment_utils

from .client_page_content import ClientPage
from .client_page_http import PRIVATE_HEADERS
from .client_page_view import READ, get_link, render

PRINT = {**READ, "readonly": False}


class ClientPageFiles(Controller):
    """What the client page links to: its prints, its letterhead, and the host's own page of an invoice."""

    # Public: the letterhead of the page.
    @route("/c/<code>/logo", **READ)
    def logo(self, code, **kw):
        link = get_link(code, kw)
        if not link or not ClientPage(link).has_logo():
            return render(link, kw, status=404)
        stream = request.env["ir.binary"]._get_image_stream_from(link.company_id, "logo", width=192, height=80)
        return stream.get_response(max_age=24 * 3600)

    # Public: the same document as on the page. Not read-only: the host keeps what it prints.
    @route(["/c/<code>/pdf", "/c/<code>/pdf/<int:invoice_id>"], **PRINT)
    def pdf(self, code, invoice_id=None, **kw):
        link, document = self._get_document(code, invoice_id, kw)
        if not document:
            return render(link, kw, status=404)
        if document._name == "sale.order" and document._sire_client_state() == "open":
            return self._respond(document._sire_get_offer_pdf(), document.name)  # the one that the approval names
        report = "sale.action_report_saleorder" if document._name == "sale.order" else "account.account_invoices"
        return self._respond_pdf(report, document, document.name)

    # Public: a picture of what stands on the page. Asked for when somebody unfolds it; the page does not wait for it.
    # Not read-only: what Safaricom drew is kept.
    @route("/c/<code>/qr/<int:invoice_id>", **PRINT)
    def qr(self, code, invoice_id, **kw):
        _link, invoice = self._get_document(code, invoice_id, kw)
        png = invoice and invoice._name == "account.move" and invoice._mpesa_get_qr()
        headers = {**PRIVATE_HEADERS, "Content-Type": "image/png" if png else "text/plain"}
        return request.make_response(png or b"", headers=list(headers.items()), status=200 if png else 404)

    # Public: the receipt of a payment that the page lists.
    @route("/c/<code>/receipt/<int:payment_id>", **PRINT)
    def receipt(self, code, payment_id, **kw):
        link = get_link(code, kw)
        payments = ClientPage(link).get_receipts() if link else ()
        payment = next((payment for payment in payments if payment.id == payment_id), None)
        if not payment:
            return render(link, kw, status=404)
        return self._respond_pdf("sire_billing.action_report_sire_receipt", payment, payment.sire_receipt_number)

    # Public: leads to the host's own page of that invoice, for cards and whatever else it offers. Not read-only: it
    # may write the host's access token, which is in no page before somebody asks for it.
    @route("/c/<code>/portal/<int:invoice_id>", **PRINT)
    def portal(self, code, invoice_id, **kw):
        link, invoice = self._get_document(code, invoice_id, kw)
        if not invoice:
            return render(link, kw, status=404)
        return request.redirect(invoice.get_portal_url(query_string=self._ask_for(invoice)), code=303)

    # === HELPERS ===

    def _get_document(self, code, invoice_id, params):
        """Return the link, and the document behind it that is asked for: empty when the page does not show it."""
        link = get_link(code, params)
        if not link:
            return link, None
        page = ClientPage(link)
        if page.order and not invoice_id:
            return link, page.order if page.is_content_shown() else None
        return link, page.invoices.filtered(lambda move: move.id == (invoice_id or link.invoice_id.id))

    def _ask_for(self, invoice):
        """Return what makes the host's page propose what ours asks for: less than all when a part will not come as money. The
        whole may be paid there all the same. It is signed as the host signs the amount of a payment link."""
        asked = invoice._sire_get_proposed()
        if not 0 < asked < invoice._sire_get_payable():
            return ""
        token = payment_utils.generate_access_token(invoice.id, asked, env=invoice.env)
        return f"&{urlencode({'amount': asked, 'payment_token': token})}"

    def _respond_pdf(self, report, record, name):
        reports_sudo = record.env["ir.actions.report"].sudo()  # The page reaches this record, so its print as well.
        content, _kind = reports_sudo._render_qweb_pdf(report, record.ids)
        return self._respond(content, name)

    def _respond(self, content, name):
        headers = {
            **PRIVATE_HEADERS,
            "Content-Type": "application/pdf",
            "Content-Disposition": content_disposition(f"{name.replace('/', '-')}.pdf", "inline"),
        }
        return request.make_response(content, headers=list(headers.items()))
