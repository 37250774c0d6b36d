import hashlib
import logging
import secrets
import time
from datetime import timedelta
from uuid import uuid4

from odoo import api, fields, models

from odoo.addons.sire_base.utils.phone import mask_phone
from odoo.addons.sire_base.utils.text import safe_error
from odoo.addons.sire_signin.const import CODE_DIGITS, CODE_MINUTES, CODE_TRIES
from odoo.addons.sire_signin.utils import CONFLICTS, in_own_transaction

_logger = logging.getLogger(__name__)

RUN_TIME = 20  # seconds, and the SMS that is being sent then; the rest waits for the next turn
SENT = ("success", "processing", "sent", "delivered", "pending")


class SireSigninCode(models.Model):
    """A wish to sign in by a code to a phone: one a number, the newest.

    The request writes the same row for every number, and a job decides afterwards whether a code goes out. So neither the
    answer nor the time it takes says whether the number is known here. The browser keeps a token: the code opens nothing
    elsewhere. Neither code nor token is stored, only what they are checked with.
    """

    _name = "sire.signin.code"
    _description = "Sign-in by Phone"
    _rec_name = "state"

    phone = fields.Char(required=True, readonly=True)
    token_digest = fields.Char(required=True, readonly=True, index=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("sent", "Sent"), ("silent", "No Code"), ("failed", "Not Sent")],
        default="waiting",
        required=True,
        readonly=True,
        index=True,
    )
    user_id = fields.Many2one("res.users", readonly=True, ondelete="cascade", index="btree_not_null")
    code_hash = fields.Char(readonly=True, groups="base.group_system")
    tries = fields.Integer(readonly=True)
    expires_at = fields.Datetime(required=True, readonly=True, index=True)

    _phone_unique = models.Constraint("unique(phone)", "There is one code a number.")
    _token_unique = models.Constraint("unique(token_digest)", "There is one code a browser.")

    # === BUSINESS === #

    @api.model
    def _ask(self, phone):
        """Take down that somebody wants a code for a number; an older one of this number is over.

        :param str phone: E.164
        :return: the token for the browser
        :rtype: str
        """
        token = secrets.token_urlsafe(24)
        in_own_transaction(self.env, lambda env: env[self._name]._replace(phone, token))
        return token

    def _replace(self, phone, token):
        """:meth:`_ask` in the present transaction; a conflict with another wish for the number is raised."""
        self.search([("phone", "=", phone)]).unlink()
        self.flush_model()
        self.create(
            {
                "phone": phone,
                "token_digest": self._digest(token),
                "expires_at": fields.Datetime.now() + timedelta(minutes=CODE_MINUTES),
            }
        )
        cron_sudo = self.env.ref("sire_signin.ir_cron_send_codes").sudo()  # whoever asks, the job has to run
        cron_sudo._trigger()
        self.flush_model()

    @api.model
    def _get_user(self, token):
        """:return: the user to whom a code went for this token, none otherwise"""
        row = self.search([("token_digest", "=", self._digest(token)), ("code_hash", "!=", False)])
        return row.user_id.filtered("active")

    @api.model
    def _redeem(self, token, code):
        """Try a code: counted before it is looked at, so that two at once are two, and good for one sign-in.

        :return: id of the user, None when it is wrong, over, or there is none
        """
        digest = self._digest(token)
        try:
            found = in_own_transaction(self.env, lambda env: env[self._name]._count_try(digest))
        except CONFLICTS:
            found = None
        users = self.env["res.users"]
        code_id, user_id, code_hash = found or (0, 0, None)
        fits = users._crypt_context().verify(_digits(code), code_hash or users._sire_nobodys_hash())
        if not (fits and code_hash and user_id):
            return None
        if not in_own_transaction(self.env, lambda env: env[self._name].browse(code_id)._use_up()):
            return None  # another request was faster
        return user_id

    def _count_try(self, digest):
        row = self.search([("token_digest", "=", digest)])
        if not row or row.expires_at <= fields.Datetime.now() or row.tries >= CODE_TRIES:
            return None
        row.tries += 1
        self.flush_model()
        return row.id, row.user_id.id, row.code_hash

    def _use_up(self):
        there = bool(self.exists())
        if there:
            self.unlink()
            self.flush_model()
        return there

    # === CRON === #

    @api.model
    def _cron_send(self):
        """Send what waits. A code is written down before it leaves: what is killed in between sends nothing twice."""
        in_own_transaction(self.env, lambda env: env[self._name]._forget_old())
        deadline = time.monotonic() + RUN_TIME
        while time.monotonic() < deadline:
            taken = in_own_transaction(self.env, lambda env: env[self._name]._take_next())
            if not taken:
                break
            code_id, prepared = taken
            if prepared:
                self._send(code_id, *prepared)

    def _take_next(self):
        """:return: (id, what :meth:`_prepare` says) of the wish that waits longest, None when none waits"""
        row = self.search([("state", "=", "waiting")], order="id", limit=1)
        return (row.id, row._prepare()) if row else None

    def _forget_old(self):
        self.search([("expires_at", "<=", fields.Datetime.now())]).unlink()

    @api.autovacuum
    def _gc_codes(self):
        self._forget_old()

    def _prepare(self):
        """Decide, in the present transaction, whether a code goes out.

        :return: (phone, id of the company whose SMS service sends it, text) or None
        """
        user = self.env["res.users"]._sire_phone_owners(self.phone)
        if len(user) != 1:
            self.state = "silent"  # nobody, or nobody knows whose it is
            self.flush_model()
            return None
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        hashed = user._crypt_context().hash(code)
        self.write({"state": "sent", "user_id": user.id, "code_hash": hashed, "tries": 0})
        self.flush_model()
        env = user.with_context(lang=user.lang).env
        text = env._(
            "%(code)s is your code to sign in at %(company)s. It works once, for %(minutes)s minutes. Tell it to nobody.",
            code=code,
            company=user.company_id.name,
            minutes=CODE_MINUTES,
        )
        return self.phone, user.company_id.id, text

    def _send(self, code_id, phone, company_id, text):
        company = self.env["res.company"].browse(company_id)
        try:
            failure = self._deliver(company, phone, text)
        except Exception as error:  # noqa: BLE001  a provider may raise anything, and the next code must not suffer
            failure = safe_error(error)
        if failure:
            _logger.warning("No code could be sent to %s: %s", mask_phone(phone), failure)
            in_own_transaction(
                self.env,
                lambda env: env[self._name].browse(code_id).exists().write({"state": "failed", "code_hash": False}),
            )

    def _deliver(self, company, phone, text):
        """By the host's SMS service, past its queue, which would keep the text. Another way to a phone, such as WhatsApp,
        overrides this.

        :return: why it was not sent, None when it was
        """
        message = {"content": text, "numbers": [{"number": phone, "uuid": uuid4().hex}]}
        results = company._get_sms_api_class()(self.with_company(company).env)._send_sms_batch([message])
        state = results[0].get("state") if results else "no answer"
        return None if state in SENT else state

    # === HELPERS === #

    @api.model
    def _digest(self, token):
        return hashlib.sha256(str(token or "").encode()).hexdigest()


def _digits(code):
    return "".join(letter for letter in str(code or "") if letter.isascii() and letter.isdigit())[: CODE_DIGITS + 1]
