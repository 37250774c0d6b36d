"""The page behind the QR of a document: genuine or not, and how it stands today."""

import functools
import hashlib

from odoo.http import Controller, request, route
from odoo.tools import file_open

from .client_page_http import choose_language
from .client_page_view import READ, respond_with
from .proof_page_content import ProofPage
from .proof_page_limit import MissLimit

SCRIPT = "sire_billing/static/src/client_page/proof_page.js"
limit = MissLimit()


@functools.cache
def get_script():
    """:return: the address of the script, new for each version of it"""
    with file_open(SCRIPT, "rb") as file:
        return f"/{SCRIPT}?v={hashlib.sha256(file.read()).hexdigest()[:12]}"


class ProofPageController(Controller):
    # Public: whoever holds a paper may ask whether it is genuine. The code opens this page and nothing else: what it
    # shows is on the paper, beside the status and the rest of today. It writes nothing, and unknown codes are counted.
    @route("/v/<code>", **READ)
    def page(self, code, **kw):
        address = request.httprequest.remote_addr
        request.update_env(user=request.env.ref("base.public_user").id)
        if limit.is_over(address):
            return self._render("sire_billing.proof_page_wait", kw, None, 429)
        proof_sudo = request.env["sire.proof"]._find(code)  # The code is the authority.
        if not proof_sudo:
            limit.note(address)
            return self._render("sire_billing.proof_page_unknown", kw, None, 404)
        return self._render("sire_billing.proof_page", kw, proof_sudo, 200)

    def _render(self, template, params, proof_sudo, status):
        client = proof_sudo._get_record().partner_id if proof_sudo else request.env["res.partner"]
        lang = choose_language(request.env, params.get("lang"), client.lang)
        request.update_context(lang=lang)
        values = {}
        if proof_sudo:
            context = {"lang": lang, "allowed_company_ids": proof_sudo.company_id.ids, "tz": "Africa/Nairobi"}
            values = {"proof": ProofPage(proof_sudo.with_context(**context)), "script": get_script()}
        return respond_with(template, params, values, status)
