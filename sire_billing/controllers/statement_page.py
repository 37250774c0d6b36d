from odoo.exceptions import UserError
from odoo.http import Controller, content_disposition, request, route

from .client_page_http import LANGUAGES, PRIVATE_HEADERS, choose_language, respond
from .client_page_view import POST, READ, render_as
from .statement_page_content import StatementPage
from .statement_page_pay import start_paying_all

FIELDS = ("scope", "seen_all", "seen_overdue", "phone")
PRINT = {**READ, "readonly": False}


class StatementPageController(Controller):
    """A client's account behind a link of its own: balances, open invoices, one payment for all of them."""

    # Public: the client has no account, the code is the key. The address of the form shows the page as well, for whoever
    # reloads after an error. It writes nothing.
    @route(["/s/<code>", "/s/<code>/pay"], **READ)
    def page(self, code, **kw):
        return self._render(self._get_link(code, kw), kw)

    # Public: as the page, whose script asks it while a payment is on its way.
    @route("/s/<code>/status", **READ)
    def status(self, code, **kw):
        link = self._get_link(code, kw)
        if not link:
            return respond({"gone": True}, 404, "application/json")
        return respond(StatementPage(link).get_status(), 200, "application/json")

    # Public: anyone may pay somebody's invoices; who has the code may see what is left.
    @route("/s/<code>/pay", **POST)
    def pay(self, code, **kw):
        link = self._get_link(code, kw)
        if not link:
            return self._render(link, kw)
        values = {key: kw[key][:40] if isinstance(kw.get(key), str) else "" for key in FIELDS}
        try:
            with request.env.cr.savepoint():
                start_paying_all(StatementPage(link, kw), values)
        except UserError as error:
            failure = {"field": getattr(error, "client_field", "pay"), "text": str(error), "values": values}
            return self._render(link, kw, getattr(error, "client_status", 422), failure)
        kept = {"lang": LANGUAGES, "part": ("main",)}
        query = "&".join(f"{key}={kw[key]}" for key, allowed in kept.items() if kw.get(key) in allowed)
        return request.redirect(f"{link._get_path()}?{query}".rstrip("?"), code=303)

    # Public: the page of an invoice that stands on this one. Not read-only: its link may have to be made.
    @route("/s/<code>/invoice/<int:invoice_id>", **PRINT)
    def invoice(self, code, invoice_id, **kw):
        link = self._get_link(code, kw)
        page = link and StatementPage(link)
        invoice = page and page.open.filtered(lambda move: move.id == invoice_id)
        if not invoice:
            return self._render(link, kw, 404)
        return request.redirect(link.env["sire.client.link"]._for(invoice)._get_path(), code=303)

    # Public: the same statement as on the page. Not read-only: the print needs a record of its period.
    @route("/s/<code>/pdf", **PRINT)
    def pdf(self, code, **kw):
        link = self._get_link(code, kw)
        if not link:
            return self._render(link, kw)
        page = StatementPage(link, kw)
        name, content = page.client._sire_render_statement(page.company, page.date_from, page.date_to)
        headers = {
            **PRIVATE_HEADERS,
            "Content-Type": "application/pdf",
            "Content-Disposition": content_disposition(name.replace("/", "-"), "inline"),
        }
        return request.make_response(content, headers=list(headers.items()))

    # Public: the letterhead of the page.
    @route("/s/<code>/logo", **READ)
    def logo(self, code, **kw):
        link = self._get_link(code, kw)
        if not link or not StatementPage(link).has_logo():
            return self._render(link, kw, 404)
        stream = request.env["ir.binary"]._get_image_stream_from(link.company_id, "logo", width=192, height=80)
        return stream.get_response(max_age=24 * 3600)

    # === HELPERS ===

    def _get_link(self, code, params):
        """:return: the link in superuser mode, acting as the public user also where staff is signed in; or an empty one"""
        request.update_env(user=request.env.ref("base.public_user").id)
        link_sudo = request.env["sire.statement.link"]._find(code)  # The code is the authority.
        lang = choose_language(request.env, params.get("lang"), link_sudo.partner_id.lang)
        request.update_context(lang=lang)
        return link_sudo.with_context(lang=lang, allowed_company_ids=link_sudo.company_id.ids, tz="Africa/Nairobi")

    def _render(self, link, params, status=200, failure=None):
        return render_as("statement_page", lambda: StatementPage(link, params), link, params, status, failure)
