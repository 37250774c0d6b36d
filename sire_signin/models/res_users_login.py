import contextlib
import secrets

from odoo import api, models, tools
from odoo.exceptions import AccessDenied
from odoo.http import request
from odoo.tools.misc import consteq, hmac

from odoo.addons.sire_signin.const import (
    ARGON2,
    CREDENTIAL_SMS,
    KNOWN_BROWSER_COOKIE,
    KNOWN_BROWSER_DAYS,
    PASSWORD_ADDRESS,
    PASSWORD_LOGIN,
    PASSWORD_PLACE,
    Policy,
)
from odoo.addons.sire_signin.exceptions import TooManyAttempts
from odoo.addons.sire_signin.utils import address_network

UNGUESSABLE = "sire_signin_unguessable"
EXTERNAL = "sire_signin_external"


class ResUsers(models.Model):
    """How credentials are checked, and how often."""

    _inherit = "res.users"

    # === ARGON2ID === #

    @tools.ormcache(cache="stable")
    def _crypt_context(self):
        """New passwords are Argon2id. The host's own are still verified, and hashed anew at the next login: the host
        does that for whatever is not the first scheme."""
        context = super()._crypt_context().copy()
        context.update(schemes=["argon2", *context.schemes()], **ARGON2)
        return context

    @tools.ormcache(cache="stable")
    def _sire_nobodys_hash(self):
        """A hash that nothing fits, so that an answer about nobody takes as long as one about somebody."""
        return self._crypt_context().hash(secrets.token_urlsafe(24))

    # === WHO === #

    def _login(self, credential, user_agent_env):
        kind = credential.get("type")
        users = self
        if kind == CREDENTIAL_SMS:
            codes_sudo = self.env["sire.signin.code"].sudo()  # nobody is signed in yet
            user_sudo = codes_sudo._get_user(credential.get("token"))
            credential["login"] = user_sudo.login or ""
            if not user_sudo:
                codes_sudo._redeem(credential.get("token"), credential.get("code"))  # counts, and takes its time
        if kind in (CREDENTIAL_SMS, "webauthn"):
            # a passkey cannot be guessed and a code counts its own tries: neither is shut by guessed passwords
            users = self.with_context(**{UNGUESSABLE: True})
        elif not (user_agent_env or {}).get("interactive", True):
            users = self.with_context(**{EXTERNAL: True})
        try:
            return super(ResUsers, users)._login(credential, user_agent_env)
        except TooManyAttempts:
            raise
        except AccessDenied:
            if kind == "password" and not self._sire_has_password(credential.get("login")):
                self._crypt_context().verify(credential.get("password") or "", self._sire_nobodys_hash())
            raise

    def _check_credentials(self, credential, env):
        if credential["type"] == CREDENTIAL_SMS:
            codes_sudo = self.env["sire.signin.code"].sudo()  # a user who is not signed in yet reads no code
            if codes_sudo._redeem(credential.get("token"), credential.get("code")) != self.env.uid:
                raise AccessDenied()
            return {"uid": self.env.uid, "auth_method": "sms", "mfa": "default"}
        auth_info = super()._check_credentials(credential, env)
        if credential["type"] in ("totp", "totp_mail"):
            self._sire_remember_browser()
        return auth_info

    def authenticate(self, credential, user_agent_env):
        auth_info = super().authenticate(credential, user_agent_env)
        user = self.browse(auth_info["uid"])
        if auth_info.get("mfa") == "skip" or not user._mfa_url():
            user._sire_remember_browser()
        return auth_info

    @api.model
    def _check_uid_passwd(self, uid, passwd):
        """The host remembers in each worker that a key was right, and asks no more: neither for its end nor for a role."""
        res = super()._check_uid_passwd(uid, passwd)
        keys = self.env["res.users.apikeys"]
        if keys._sire_is_known(uid, passwd) and keys._check_credentials(scope="rpc", key=passwd) != uid:
            raise AccessDenied()
        return res

    def _sire_has_password(self, login):
        users_sudo = self.sudo().search(self._get_login_domain(login or ""), limit=1)  # nobody is signed in yet
        if not users_sudo:
            return False
        self.env.cr.execute(
            tools.SQL("SELECT COALESCE(password, '') <> '' FROM res_users WHERE id = %s", users_sudo.id)
        )
        return self.env.cr.fetchone()[0]

    # === HOW OFTEN === #

    @contextlib.contextmanager
    def _assert_can_auth(self, user=None):
        """Override of the host's cooldown, which each process keeps in its memory, by address alone.

        :param user: login or id; the answer is the same whether there is such a user or not
        """
        # the host takes the request away from the external API with passwords, and would not count there;
        # whatever else has no request is a shell or a job
        external = not request and (isinstance(user, int) or self.env.context.get(EXTERNAL))
        if self.env.context.get(UNGUESSABLE) or not (request or external):
            yield
            return
        login = self._sire_login_of(user)
        forget, undo, buckets = self._sire_buckets(login)
        wait = self.env["sire.signin.counter"]._take(buckets)
        if wait:
            raise TooManyAttempts(self._sire_wait_sentence(wait))
        yield
        self.env["sire.signin.counter"]._give_back(forget, undo)

    def _sire_buckets(self, login):
        """:return: (buckets to forget after success, those to take the attempt off, all with their policies)"""
        place = self._sire_place_policy()
        subject = self._sire_login_subject(login)
        if not request:
            # with doors of its own: what is guessed here shuts no login page
            return [("external", subject)], [], [("external", subject, PASSWORD_LOGIN)] if place.free else []
        address = address_network(request.httprequest.remote_addr)
        browser = self._sire_known_browser(subject)
        if browser:
            # Its owner signed in with it: guesses of strangers do not shut it, so nobody shuts out an administrator
            here = (f"browser:{browser}", subject)
            return [here], [], [(*here, place)]
        here, anywhere, source = (f"address:{address}", subject), ("login", subject), ("source", f"source:{address}")
        policies = [(*here, place)]
        if place.free:
            policies += [(*anywhere, PASSWORD_LOGIN), (*source, PASSWORD_ADDRESS)]
        return [here], [anywhere, source], policies

    @api.model
    def _sire_place_policy(self):
        """The host's two parameters; 0 attempts switch all waiting off, as in the host."""
        params_sudo = self.env["ir.config_parameter"].sudo()  # asked before anybody is signed in
        free, first = (
            _natural(params_sudo.get_param(key), default)
            for key, default in (
                ("base.login_cooldown_after", PASSWORD_PLACE.free),
                ("base.login_cooldown_duration", PASSWORD_PLACE.first),
            )
        )
        return Policy(free=free, first=first, longest=max(PASSWORD_PLACE.longest, first))

    @api.model
    def _sire_login_of(self, user):
        if not isinstance(user, int):
            return user or ""
        user_sudo = self.sudo().browse(user).exists()  # nobody is signed in yet
        return user_sudo.login or str(user)

    @api.model
    def _sire_login_subject(self, login):
        return f"login:{(login or '').strip().casefold()}"

    @api.model
    def _sire_wait_sentence(self, seconds):
        if seconds <= 90:
            return self.env._("Too many attempts. Try again in %s seconds.", seconds)
        return self.env._("Too many attempts. Try again in %s minutes.", -(-seconds // 60))

    # === KNOWN BROWSERS === #

    def _sire_remember_browser(self):
        """Give the browser a token that says: this login signed in here. It opens nothing, it only has attempts of its own."""
        if not request:
            return
        user_sudo = self.sudo()  # the login of who just signed in
        subject = self._sire_login_subject(user_sudo.login)
        if self._sire_known_browser(subject):
            return
        nonce = secrets.token_urlsafe(16)
        request.future_response.set_cookie(
            self._sire_cookie_name(subject),
            f"{nonce}.{self._sire_browser_sign(subject, nonce)}",
            max_age=KNOWN_BROWSER_DAYS * 86400,
            httponly=True,
            samesite="Lax",
            secure=request.httprequest.is_secure,
        )

    def _sire_known_browser(self, subject):
        """:return: the token's nonce when this browser has one of this login"""
        nonce, _dot, sign = (request.cookies.get(self._sire_cookie_name(subject)) or "").partition(".")
        if nonce and sign and consteq(sign, self._sire_browser_sign(subject, nonce)):
            return nonce
        return None

    def _sire_cookie_name(self, subject):
        return f"{KNOWN_BROWSER_COOKIE}_{hmac(self.env(su=True), 'sire_signin.cookie', subject)[:8]}"

    def _sire_browser_sign(self, subject, nonce):
        return hmac(self.env(su=True), "sire_signin.browser", (subject, nonce))


def _natural(text, default):
    try:
        return max(int(text), 0) if text not in (None, False, "") else default
    except ValueError:
        return default
