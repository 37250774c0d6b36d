import logging
import re
import unicodedata

from odoo import api, models
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.sire_signin.const import SMS_ADDRESS, SMS_NUMBER
from odoo.addons.sire_signin.utils import address_network

_logger = logging.getLogger(__name__)

# What people type when they are told to type eight characters. Compared without digits and signs at the ends.
COMMON = {
    "", "abc", "abcd", "abcdef", "abcdefgh", "admin", "administrator", "asdf", "asdfgh", "asdfghjk", "changeme", "default",
    "football", "iloveyou", "kenya", "letmein", "login", "master", "mpesa", "nairobi", "odoo", "pass", "passw", "password",
    "passwort", "qwerty", "qwertyui", "qwertyuiop", "safaricom", "secret", "sire", "test", "user", "welcome", "karibu",
}  # fmt: skip
SHORT = 4  # a name of three letters is in many good passwords


class ResUsers(models.Model):
    """What the host leaves open in its password policy: it counts characters.

    Length and a list of what is guessed first, no rules about signs and capitals, no expiry (NIST SP 800-63B). Asked where
    people choose a password; what a program writes has the host's length only.
    """

    _inherit = "res.users"

    def _change_password(self, new_passwd):
        self._sire_check_password(new_passwd)
        return super()._change_password(new_passwd)

    @api.model
    def signup(self, values, token=None):
        """Invitations and "reset my password" come here."""
        if values.get("password"):
            partners_sudo = self.env["res.partner"].sudo()  # nobody is signed in
            partner_sudo = token and partners_sudo._signup_retrieve_partner(token)
            users = partner_sudo.user_ids if partner_sudo else self.browse()
            users._sire_check_password(values["password"], known=[values.get("login"), values.get("name")])
        return super().signup(values, token)

    @api.model
    def reset_password(self, login):
        """The host says that there is no such login. Here the answer is the same, and mails are not for the asking."""
        if request:
            source = f"source:{address_network(request.httprequest.remote_addr)}"
            buckets = [("reset", self._sire_login_subject(login), SMS_NUMBER), ("reset", source, SMS_ADDRESS)]
            wait = self.env["sire.signin.counter"]._take(buckets)
            if wait:
                raise UserError(self._sire_wait_sentence(wait))
        users = self.search(self._get_login_domain(login)) or self.search(self._get_email_domain(login))
        if len(users) != 1:
            _logger.info("Password reset: %s users, no mail", len(users))
            return None
        try:
            return super().reset_password(login)
        except UserError as error:
            _logger.warning("Password reset for user #%s: no mail: %s", users.id, error)
            return None

    @api.model
    def change_password(self, old_passwd, new_passwd):
        """The old password is asked for, and could be guessed here in a session that somebody left open."""
        with self.env.user._assert_can_auth(user=self.env.user.id):
            return super().change_password(old_passwd, new_passwd)

    def _sire_check_password(self, password, known=()):
        """Refuse a password that would be guessed first.

        :param known: words about a user who does not exist yet
        :raise UserError: in one sentence
        """
        folded = _fold(password)
        core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
        if core in COMMON or len(set(folded)) < 4:
            raise UserError(
                self.env._("This password is among the first that are guessed. Three or four words make a good one.")
            )
        words = list(known)
        for user_sudo in self.sudo():  # names and companies of the user, whoever sets the password
            words += [user_sudo.login, user_sudo.email, user_sudo.name, *re.split(r"[\W_]+", user_sudo.name or "")]
            words += user_sudo.company_ids.mapped("name")
        for word in {_fold(word).partition("@")[0] for word in words if word}:
            if len(word) >= SHORT and (word in folded or folded in word):
                raise UserError(self.env._("A password must not contain your login, your name or the company's name."))


def _fold(text):
    return unicodedata.normalize("NFKC", text or "").casefold().strip()
