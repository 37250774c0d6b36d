import base64
import binascii
import os
import re

from odoo import http
from odoo.exceptions import AccessDenied
from odoo.http import request

from odoo.addons.auth_totp.controllers.home import Home
from odoo.addons.auth_totp.models.totp import TOTP_SECRET_SIZE
from odoo.addons.sire_signin.controllers.language import speak_the_browsers_language
from odoo.addons.sire_signin.models.res_users_second_factor import ENROL_URL

SESSION_KEY = "sire_totp_secret"


class SecondFactor(Home):
    """Between password and session: set up the authenticator app that a role requires."""

    # auth public: the password was right and there is no session yet; who it was stands in the session as pre_uid
    @http.route(ENROL_URL, type="http", auth="public", methods=["GET", "POST"], sitemap=False)
    def sire_second_factor(self, redirect=None, code="", **_kwargs):
        if request.session.uid:
            return request.redirect(self._login_redirect(request.session.uid, redirect=redirect))
        user = request.env["res.users"].browse(request.session.get("pre_uid"))
        if not user or not user._sire_must_enrol():
            return request.redirect("/web/login")
        speak_the_browsers_language()
        user_sudo = user.sudo()  # there is no session yet
        values = {"redirect": redirect, "user": user_sudo, "has_passkey": bool(user_sudo.auth_passkey_key_ids)}
        if not values["has_passkey"]:
            secret = request.session.get(SESSION_KEY)
            if not secret:
                secret = base64.b32encode(os.urandom(TOTP_SECRET_SIZE // 8)).decode()
                request.session[SESSION_KEY] = secret
            if request.httprequest.method == "POST":
                try:
                    self._sire_enrol(user, secret, code)
                except AccessDenied as error:
                    values["error"] = str(error)
                else:
                    request.session.pop(SESSION_KEY, None)
                    request.session.finalize(request.env)
                    request.update_env(user=request.session.uid)
                    request.update_context(**request.session.context)
                    return request.redirect(self._login_redirect(request.session.uid, redirect=redirect))
            values.update(self._sire_qr(user_sudo, secret))
        response = request.render("sire_signin.second_factor", values)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Content-Security-Policy"] = "frame-ancestors 'none'"
        return response

    def _sire_enrol(self, user, secret, code):
        digits = re.sub(r"\s", "", code)
        if not re.fullmatch(r"[0-9]{6}", digits):
            raise AccessDenied(request.env._("Type the six digits that the app shows."))
        with user._assert_can_auth(user=user.id):
            user._sire_enrol(secret, int(digits))

    def _sire_qr(self, user_sudo, secret):
        """The host's wizard draws it; nothing of it is stored."""
        wizard_sudo = (
            request.env["auth_totp.wizard"].sudo().new({"user_id": user_sudo.id, "secret": secret})
        )  # as above
        qrcode = wizard_sudo.qrcode
        try:
            base64.b64decode(qrcode, validate=True)
        except (TypeError, ValueError, binascii.Error):
            qrcode = base64.b64encode(qrcode or b"")
        return {
            "qrcode": qrcode.decode() if isinstance(qrcode, bytes) else qrcode,
            "otp_url": wizard_sudo.url,
            "secret": " ".join(re.findall(".{1,4}", secret)),
        }
