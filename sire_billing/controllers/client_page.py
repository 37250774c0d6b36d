from odoo.exceptions import UserError
from odoo.http import Controller, content_disposition, request, route

from .client_page_content import ClientPage
from .client_page_http import LANGUAGES, choose_language, get_assets, get_languages, is_opened_by_person, respond
from .client_page_pay import start_payment

# No account and no cookie: the code in the address is the only authority (docs/decisions/0003-a-link-is-the-key.md).
# So there is no session to keep, and without a cookie no request that another site could forge with it.
PUBLIC = {"type": "http", "auth": "public", "save_session": False, "max_content_length": 64 * 1024}
READ = {**PUBLIC, "methods": ["GET"], "readonly": True}
POST = {**PUBLIC, "methods": ["POST"], "csrf": False}
FIELD_LENGTH = 2000


class ClientPageController(Controller):
    """One page from quotation to receipt. Every action ends on the page again, with a reason when it was refused."""

    # Public: the client has no account, the code is the key.
    @route(["/c/<code>", "/c/<code>/approve", "/c/<code>/decline", "/c/<code>/pay"], **READ)
    def page(self, code, **kw):
        link = self._get_link(code, kw)
        if link and is_opened_by_person():
            link._note_opened()
        return self._render(link, kw)

    # Public: as the page, whose script asks it while a payment is on its way.
    @route("/c/<code>/status", **READ)
    def status(self, code, **kw):
        link = self._get_link(code, kw)
        return respond(
            ClientPage(link).get_status() if link else {"gone": True}, 200 if link else 404, "application/json"
        )

    # Public: whoever may read the quotation may answer it.
    @route("/c/<code>/approve", **POST)
    def approve(self, code, **kw):
        headers = request.httprequest.headers
        return self._act(
            code,
            kw,
            "approve",
            lambda page, values: page.order._sire_approve(
                values["name"],
                values["digest"],
                remote_addr=request.httprequest.remote_addr,
                user_agent=headers.get("User-Agent"),
            ),
        )

    # Public: as above.
    @route("/c/<code>/decline", **POST)
    def decline(self, code, **kw):
        return self._act(
            code, kw, "decline", lambda page, values: page.order._sire_decline(values["reason"], values["name"] or None)
        )

    # Public: anyone may pay somebody's invoice; who has the code may see its rest.
    @route("/c/<code>/pay", **POST)
    def pay(self, code, **kw):
        return self._act(code, kw, "pay", start_payment)

    # Public: the letterhead of the page.
    @route("/c/<code>/logo", **READ)
    def logo(self, code, **kw):
        link = self._get_link(code, kw)
        if not link or not ClientPage(link).has_logo():
            return request.not_found()
        stream = request.env["ir.binary"]._get_image_stream_from(link.company_id, "logo", width=192, height=80)
        return stream.get_response(max_age=24 * 3600, immutable=False)

    # Public: the same document as on the page.
    @route(["/c/<code>/pdf", "/c/<code>/pdf/<int:invoice_id>"], **READ)
    def pdf(self, code, invoice_id=None, **kw):
        page, document = self._get_document(code, invoice_id, kw)
        if not document:
            return self._render(page and page.link, kw, status=404)
        report = "sale.action_report_saleorder" if document._name == "sale.order" else "account.account_invoices"
        return self._respond_pdf(report, document, f"{document.name.replace('/', '-')}.pdf")

    # Public: the receipt of a payment that the page lists.
    @route("/c/<code>/receipt/<int:payment_id>", **READ)
    def receipt(self, code, payment_id, **kw):
        link = self._get_link(code, kw)
        payments = ClientPage(link).get_receipts() if link else ()
        payment = next((payment for payment in payments if payment.id == payment_id), None)
        if not payment:
            return self._render(link, kw, status=404)
        return self._respond_pdf(
            "sire_billing.action_report_sire_receipt", payment, f"{payment.sire_receipt_number.replace('/', '-')}.pdf"
        )

    # Public: leads to the host's own page of that invoice, for cards and whatever else it offers. It may write the
    # host's access token, so that the token is in no page before somebody asks for it.
    @route("/c/<code>/portal/<int:invoice_id>", **{**READ, "readonly": False})
    def portal(self, code, invoice_id, **kw):
        page, invoice = self._get_document(code, invoice_id, kw)
        if not invoice:
            return self._render(page and page.link, kw, status=404)
        return request.redirect(invoice.get_portal_url(), code=303)

    # === HELPERS ===

    def _get_link(self, code, kw):
        """Return the link in superuser mode, acting as the public user and in the language of the page.

        Also in a browser where staff is signed in: their rights and their name are not the client's.
        """
        request.update_env(user=request.env.ref("base.public_user").id)
        link_sudo = request.env["sire.client.link"]._find(code)  # sudo: the code is the authority.
        document = link_sudo.order_id or link_sudo.invoice_id
        lang = choose_language(request.env, kw.get("lang"), document.partner_id.lang)
        request.update_context(lang=lang)
        company = link_sudo.company_id
        return link_sudo.with_context(lang=lang, allowed_company_ids=company.ids, tz="Africa/Nairobi")

    def _get_document(self, code, invoice_id, kw):
        """Return the page and the document behind it that is asked for, empty when the page does not show it."""
        link = self._get_link(code, kw)
        page = link and ClientPage(link)
        if not page:
            return None, None
        if invoice_id or not page.order:
            return page, page.invoices.filtered(lambda move: move.id == (invoice_id or link.invoice_id.id))
        return page, page.order if page.is_content_shown() else None

    def _act(self, code, kw, action, do):
        """Do what a form asks for and show the page: by redirection, or again with the reason and what was typed."""
        link = self._get_link(code, kw)
        values = {
            key: kw[key][:FIELD_LENGTH].strip() if isinstance(kw.get(key), str) else ""
            for key in ("name", "digest", "reason", "amount", "phone", "invoice")
        }
        if not link:
            return self._render(link, kw)
        page = ClientPage(link)
        try:
            if action != "pay" and not page.order:
                raise UserError(link.env._("This link leads to an invoice, which needs no approval."))
            with request.env.cr.savepoint():
                do(page, values)
        except UserError as error:
            field, status = getattr(error, "client_field", action), getattr(error, "client_status", 422)
            failure = {"action": action, "field": field, "text": str(error), "values": values}
            return self._render(link, kw, status=status, failure=failure)
        kept = {"lang": LANGUAGES, "part": ("main",)}
        query = [f"{key}={kw[key]}" for key, allowed in kept.items() if kw.get(key) in allowed]
        return request.redirect(link._get_path() + ("?" + "&".join(query) if query else ""), code=303)

    def _render(self, link, kw, status=200, failure=None):
        lang = request.env.context["lang"]
        values = {
            "lang": lang[:2],
            "languages": {short: LANGUAGES[short] for short in get_languages(request.env) if short != lang[:2]},
            "asked_language": kw.get("lang") if kw.get("lang") in LANGUAGES else "",
            "assets": get_assets(),
            "failure": failure or {},
        }
        template = "sire_billing.client_page_gone"
        if link and status != 404:
            values |= {"page": ClientPage(link), "path": link._get_path()}
            template = "sire_billing.client_page_main" if kw.get("part") == "main" else "sire_billing.client_page"
        html = request.env["ir.ui.view"].with_context(lang=lang)._render_template(template, values)
        return respond(str(html), status if link else 404)

    def _respond_pdf(self, report, record, filename):
        reports_sudo = record.env["ir.actions.report"].sudo()  # The page reaches this record, so its print as well.
        content, _kind = reports_sudo._render_qweb_pdf(report, record.ids)
        response = respond("", mimetype="application/pdf")
        response.headers["Content-Disposition"] = content_disposition(filename, disposition_type="inline")
        response.headers["Content-Type"] = "application/pdf"
        response.data = content
        return response
