from odoo.exceptions import UserError
from odoo.http import Controller, request, route

from odoo.addons.sire_base.utils.text import storable

from .client_page_claim import claim_receipt
from .client_page_code import send_code
from .client_page_content import ClientPage
from .client_page_http import LANGUAGES, is_opened_by_person, respond
from .client_page_option import read_options
from .client_page_pay import start_payment
from .client_page_view import POST, READ, get_link, render

FIELDS = ("name", "digest", "content", "email_code", "reason", "amount", "phone", "invoice", "receipt")
FIELD_LENGTH = 2000
# What other buttons of the form to approve do first.
STEPS = {"preview": lambda page, values: None, "send_code": send_code}


class ClientPageController(Controller):
    """One page from quotation to receipt. Every action ends on the page again, with a reason when it was refused."""

    # Public: the client has no account, the code is the key. The addresses of the forms show the page as well, for
    # whoever reloads after an error. Not read-only: it records that it was opened.
    @route(
        ["/c/<code>", "/c/<code>/approve", "/c/<code>/decline", "/c/<code>/pay", "/c/<code>/claim"],
        **{**READ, "readonly": False},
    )
    def page(self, code, **kw):
        by_person = is_opened_by_person()
        link = get_link(code, kw)
        if link and by_person:
            link._note_opened()
        return render(link, kw)

    # Public: as the page, whose script asks it while a payment is on its way.
    @route("/c/<code>/status", **READ)
    def status(self, code, **kw):
        link = get_link(code, kw)
        if not link:
            return respond({"gone": True}, 404, "application/json")
        return respond(ClientPage(link).get_status(), 200, "application/json")

    # Public: whoever may read the quotation may answer it.
    @route("/c/<code>/approve", **POST)
    def approve(self, code, **kw):
        return self._act(code, kw, "approve", self._approve)

    # Public: as above.
    @route("/c/<code>/decline", **POST)
    def decline(self, code, **kw):
        return self._act(code, kw, "decline", self._decline)

    # Public: anyone may pay somebody's invoice; who has the code may see its rest.
    @route("/c/<code>/pay", **POST)
    def pay(self, code, **kw):
        return self._act(code, kw, "pay", start_payment)

    # Public: as above. What is typed is compared with what Safaricom reported, and how often is limited.
    @route("/c/<code>/claim", **POST)
    def claim(self, code, **kw):
        return self._act(code, kw, "claim", claim_receipt)

    # === HELPERS ===

    def _approve(self, page, values):
        self._check_quotation(page)
        client = request.httprequest
        device = client.headers.get("User-Agent") or ""
        staff_sudo = page.env["res.users"].sudo().browse(request.session.uid or [])  # Only who it is, as evidence.
        if staff_sudo and staff_sudo._is_internal():
            device = f"{staff_sudo.login} @ {device}"  # Whoever tries the page out is not taken for the client.
        page.check_choice(values)
        page.order._sire_approve(
            values["name"],
            values["digest"],
            remote_addr=client.remote_addr,
            user_agent=device or None,
            chosen=page.chosen,
            code=values["email_code"],
        )

    def _decline(self, page, values):
        self._check_quotation(page)
        page.order._sire_decline(values["reason"], values["name"] or None)

    def _check_quotation(self, page):
        if not page.order:
            raise UserError(page.env._("This link leads to an invoice, which needs no approval."))

    def _act(self, code, params, action, do):
        """Do what a form asks for and show the page: by redirection, or again with the reason and what was typed."""
        link = get_link(code, params)
        if not link:
            return render(link, params)
        typed = {key: params[key] for key in FIELDS if isinstance(params.get(key), str)}
        values = dict.fromkeys(FIELDS, "") | {key: storable(text[:FIELD_LENGTH]).strip() for key, text in typed.items()}
        values["options"] = read_options(params)
        page = ClientPage(link, values)
        asked = action == "approve" and page.state == "open" and next((key for key in STEPS if params.get(key)), None)
        if asked:  # not approved yet: the page is shown again, with what was typed and ticked
            do = STEPS[asked]
        try:
            with request.env.cr.savepoint():
                error = do(page, values)
        except UserError as raised:
            error = raised
        if asked and not error:
            return render(link, params, failure={"action": "preview", "values": values})
        if error:
            failure = {
                "action": action,
                "field": getattr(error, "client_field", action),
                "text": str(error),
                "values": values,
            }
            return render(link, params, getattr(error, "client_status", 422), failure)
        kept = {"lang": LANGUAGES, "part": ("main",)}
        query = "&".join(f"{key}={params[key]}" for key, allowed in kept.items() if params.get(key) in allowed)
        return request.redirect(f"{link._get_path()}?{query}".rstrip("?"), code=303)
