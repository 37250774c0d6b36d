from odoo import http
from odoo.exceptions import AccessDenied, UserError
from odoo.http import request

from odoo.addons.sire_base.utils.phone import format_kenyan_phone
from odoo.addons.sire_signin.const import CODE_MINUTES, CREDENTIAL_SMS, SMS_ADDRESS, SMS_NUMBER, SMS_TRIES
from odoo.addons.sire_signin.controllers.language import speak_the_browsers_language
from odoo.addons.sire_signin.utils import address_network
from odoo.addons.web.controllers.home import Home
from odoo.addons.web.controllers.utils import ensure_db

SESSION_KEY = "sire_sms"


class SmsLogin(Home):
    """Two pages without a script: a number, then the code. They answer the same whether the number is known or not."""

    # auth public: nobody is signed in yet; the page is there for signing in
    @http.route("/web/login/sms", type="http", auth="public", methods=["GET", "POST"], sitemap=False)
    def sire_sms(self, phone="", redirect=None, **_kwargs):
        self._sire_sms_check()
        if request.session.uid:
            return request.redirect(self._login_redirect(request.session.uid, redirect=redirect))
        if request.httprequest.method == "GET":
            return self._sire_page("sire_signin.sms_phone", redirect=redirect)
        try:
            number = request.env["res.users"]._sire_mobile(phone)
        except UserError as error:  # about what was typed, not about who has it
            return self._sire_page("sire_signin.sms_phone", phone=phone[:40], redirect=redirect, error=str(error))
        wait = self._sire_take([("sms", number, SMS_NUMBER), ("sms", self._sire_source(), SMS_ADDRESS)])
        if wait:
            error = request.env["res.users"]._sire_wait_sentence(wait)
            return self._sire_page("sire_signin.sms_phone", phone=phone[:40], redirect=redirect, error=error)
        codes_sudo = request.env["sire.signin.code"].sudo()  # the row is the same for every number
        request.session[SESSION_KEY] = {"token": codes_sudo._ask(number), "phone": format_kenyan_phone(number)}
        return request.redirect_query("/web/login/sms/code", {"redirect": redirect} if redirect else None, code=303)

    # auth public: as above; the token in the session says which code is meant
    @http.route("/web/login/sms/code", type="http", auth="public", methods=["GET", "POST"], sitemap=False)
    def sire_sms_code(self, code="", redirect=None, **_kwargs):
        self._sire_sms_check()
        if request.session.uid:
            return request.redirect(self._login_redirect(request.session.uid, redirect=redirect))
        asked = request.session.get(SESSION_KEY)
        if not asked:
            return request.redirect("/web/login/sms", 303)
        values = {"redirect": redirect, "phone": asked["phone"], "minutes": CODE_MINUTES}
        if request.httprequest.method == "GET":
            return self._sire_page("sire_signin.sms_code", **values)
        wait = self._sire_take([("sms_try", self._sire_source(), SMS_TRIES)])
        if wait:
            values["error"] = request.env["res.users"]._sire_wait_sentence(wait)
            return self._sire_page("sire_signin.sms_code", **values)
        try:
            credential = {"type": CREDENTIAL_SMS, "token": asked["token"], "code": code}
            auth_info = request.session.authenticate(request.env, credential)
        except AccessDenied:
            values["error"] = request.env._(
                "This code is wrong, or its time is over. After five tries, ask for a new one."
            )
            return self._sire_page("sire_signin.sms_code", **values)
        request.session.pop(SESSION_KEY, None)
        return request.redirect(self._login_redirect(auth_info["uid"], redirect=redirect), 303)

    # === HELPERS === #

    def _sire_sms_check(self):
        ensure_db()
        if not request.env["res.users"]._sire_sms_enabled():
            raise request.not_found()
        speak_the_browsers_language()

    def _sire_source(self):
        return f"source:{address_network(request.httprequest.remote_addr)}"

    def _sire_take(self, buckets):
        return request.env["sire.signin.counter"]._take(buckets)

    def _sire_page(self, template, **values):
        response = request.render(template, values)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Content-Security-Policy"] = "frame-ancestors 'none'"
        return response
