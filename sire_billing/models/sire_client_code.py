import secrets
from datetime import timedelta

import psycopg2
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError

from odoo.addons.sire_signin.const import CODE_DIGITS, CODE_MINUTES, CODE_TRIES, HOUR, MINUTE, SMS_ADDRESS, Policy
from odoo.addons.sire_signin.utils import CONFLICTS, address_network, in_own_transaction

# Codes for one quotation: three in a row, then a wait that grows. With five tries each nobody guesses one of a million.
CODE_QUOTATION = Policy(free=3, first=MINUTE, longest=HOUR)


class SireClientCode(models.Model):
    """A code that went to a client's e-mail address before he approves: one a quotation, the newest.

    The code itself is not stored, only what it is checked with. It does not go through `_sire_send_document`, which would
    leave it in the chatter, where staff could approve with it.
    """

    _name = "sire.client.code"
    _description = "Code to Approve"
    _rec_name = "order_id"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", related="order_id.company_id", store=True, index=True)
    sent_to = fields.Char(required=True, readonly=True)
    code_hash = fields.Char(required=True, readonly=True, groups="base.group_system")
    tries = fields.Integer(readonly=True)
    expires_at = fields.Datetime(required=True, readonly=True, index=True)

    _order_unique = models.Constraint("UNIQUE(order_id)", "There is one code a quotation.")

    # === BUSINESS ===#

    @api.model
    def _send_to_client(self, order, remote_addr):
        """E-mail a new code to the client of a quotation; the one before is over.

        :param str remote_addr: address of who asks
        :raise UserError: when too many were asked for, or there is no e-mail address
        """
        address = order.partner_id.email_normalized
        if not address:
            raise UserError(
                self.env._("We have no e-mail address to send a code to. Please ask %s.", order.company_id.name)
            )
        wait = self.env["sire.signin.counter"]._take(
            [
                ("client.code", str(order.id), CODE_QUOTATION),
                ("client.code.address", address_network(remote_addr), SMS_ADDRESS),
            ]
        )
        if wait:
            raise UserError(
                self.env._("Too many codes in a short time. Please wait %s minutes, then try again.", -(-wait // 60))
            )
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        self.search([("order_id", "=", order.id)]).unlink()
        try:
            with self.env.cr.savepoint():
                self.create(
                    {
                        "order_id": order.id,
                        "sent_to": address,
                        "code_hash": self.env["res.users"]._crypt_context().hash(code),
                        "expires_at": fields.Datetime.now() + timedelta(minutes=CODE_MINUTES),
                    }
                )
        except psycopg2.errors.UniqueViolation as error:
            raise ConcurrencyError("A code was made by another transaction.") from error
        self._mail(order, address, code)

    def _mail(self, order, address, code):
        env = order.with_context(lang=order.partner_id.lang or self.env.lang).env
        text = env._(
            "%(code)s is your code to approve quotation %(order)s of %(company)s. It works for %(minutes)s minutes. Give it"
            " to nobody who asks you for it.",
            code=code,
            order=order.name,
            company=order.company_id.name,
            minutes=CODE_MINUTES,
        )
        self.env["mail.mail"].create(
            {
                "subject": env._("Your code to approve %s", order.name),
                "body_html": Markup("<p>%s</p>") % text,
                "email_to": address,
                "email_from": order.company_id.email_formatted or order.user_id.email_formatted,
                "auto_delete": True,
            }
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    @api.model
    def _check(self, order, code):
        """Try a code: counted before it is looked at, in a transaction of its own, so that a refusal stays counted.

        :raise UserError: when it is wrong, over, tried too often or was never sent: the answer is one
        """
        try:
            code_hash = in_own_transaction(self.env, lambda env: env[self._name]._count_try(order.id))
        except CONFLICTS:
            code_hash = None
        digits = "".join(letter for letter in str(code or "") if letter.isascii() and letter.isdigit())
        users = self.env["res.users"]
        fits = users._crypt_context().verify(digits[: CODE_DIGITS + 1], code_hash or users._sire_nobodys_hash())
        if not (fits and code_hash):
            raise UserError(
                self.env._("This code is not right, or does not work any more. Check it, or have a new one sent.")
            )

    def _count_try(self, order_id):
        row = self.search([("order_id", "=", order_id), ("expires_at", ">", fields.Datetime.now())])
        if not row or row.tries >= CODE_TRIES:
            return None
        row.tries += 1
        self.flush_model()
        return row.code_hash

    @api.autovacuum
    def _gc_codes(self):
        self.search([("expires_at", "<=", fields.Datetime.now())]).unlink()
