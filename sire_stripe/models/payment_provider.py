import os
import time
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.urls import urljoin

from .. import const
from ..utils import check_signature

FEE_CODE, DISPUTE_CODE = "6299", "1299"


class PaymentProvider(models.Model):
    _inherit = "payment.provider"
    # for sire_audit, where it is installed
    _sire_audit = {
        "fields": (
            "stripe_publishable_key",
            "stripe_fee_account_id",
            "stripe_dispute_account_id",
            "stripe_alert_user_id",
        ),
    }

    stripe_fee_account_id = fields.Many2one(
        "account.account",
        string="Card Fees",
        check_company=True,
        copy=False,
        domain="[('account_type', 'in', ('expense', 'expense_direct_cost', 'expense_other'))]",
        help="What Stripe keeps of each payment is booked here. The invoice is paid in full.",
    )
    stripe_dispute_account_id = fields.Many2one(
        "account.account",
        string="Money in Dispute",
        check_company=True,
        copy=False,
        domain="[('account_type', '=', 'asset_current'), ('reconcile', '=', True)]",
        help="Where money stands that Stripe took back while a client's bank disputes a payment.",
    )
    stripe_alert_user_id = fields.Many2one(
        "res.users", string="Looks After Cards", copy=False, help="Gets a to-do when a payment is disputed."
    )
    stripe_fault = fields.Char(compute="_compute_stripe_fault", groups="base.group_system")

    # === COMPUTES === #

    @api.depends("code", "state", "stripe_webhook_secret", "stripe_secret_key", "stripe_fee_account_id")
    def _compute_stripe_fault(self):
        for provider in self:
            provider.stripe_fault = provider._stripe_find_setup_fault() if provider.code == "stripe" else False

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        providers = super().create(vals_list)
        providers.filtered(lambda provider: provider.state != "disabled")._stripe_ensure_books()
        return providers

    def write(self, vals):
        if vals.get("state") in ("enabled", "test"):
            self._stripe_ensure_books()  # first: the host would take the first bank journal that it finds
        result = super().write(vals)
        if {"stripe_secret_key", "stripe_publishable_key"} & vals.keys() and "stripe_checks" not in vals:
            self.filtered(lambda provider: provider.code == "stripe").stripe_checks = False
        return result

    # === BUSINESS === #

    @api.model
    def _stripe_find_by_signature(self, header, body):
        """Find whose Stripe account signed a message. Without a secret, nobody's.

        A provider that was switched off still gets its events: what was paid before is refunded and disputed later.

        :param str header: ``Stripe-Signature``
        :param bytes body: as received
        :return: the provider, or empty
        """
        now = time.time()
        providers = self.search([("code", "=", "stripe"), ("stripe_webhook_secret", "!=", False)])
        return providers.filtered(
            lambda provider: check_signature(header, body, provider.stripe_webhook_secret, now, const.TOLERANCE)
        )[:1]

    def _stripe_ensure_books(self):
        """Give each provider a journal of its own and the accounts of fees and disputes, as far as it has none."""
        for provider in self.filtered(
            lambda provider: provider.code == "stripe" and provider.company_id.chart_template
        ):
            company = provider.company_id
            lines = self.env["account.payment.method.line"].search(
                [("payment_provider_id", "=", provider.id), ("journal_id", "!=", False)], limit=1
            )
            if not lines:
                provider.journal_id = provider._stripe_find_journal(self.env["account.journal"].with_company(company))
            if not provider.stripe_fee_account_id:
                name = self.env._("Card fees")
                provider.stripe_fee_account_id = provider._stripe_make_account(name, FEE_CODE, "expense")
            if not provider.stripe_dispute_account_id:
                name = self.env._("Card payments in dispute")
                provider.stripe_dispute_account_id = provider._stripe_make_account(name, DISPUTE_CODE, "asset_current")

    def _get_outstanding_account(self):
        """Where what Stripe owes us stands until it pays out: the account of this provider's payments.

        :rtype: account.account
        """
        self.ensure_one()
        lines = self.journal_id.inbound_payment_method_line_ids
        line = lines.filtered(lambda line: line.payment_provider_id == self)[:1]
        return line.payment_account_id or self.journal_id.default_account_id

    # === HELPERS === #

    def _stripe_find_setup_fault(self):
        """:return: what is missing for money to arrive in the books by itself, one sentence, or False"""
        if self.state == "disabled":
            return False
        if not self.stripe_webhook_secret:
            return self.env._(
                "There is no webhook signing secret, so every report of Stripe is refused: a payment is only noticed when"
                " the client's browser comes back. Press “Set up cards”."
            )
        if not self.stripe_fee_account_id:
            return self.env._("Choose the account of card fees: until then no fee is booked.")
        return False

    def _stripe_make_account(self, name, code, account_type):
        accounts = self.env["account.account"].with_company(self.company_id)
        return accounts.create(
            {
                "name": name,
                "code": accounts._search_new_account_code(code),
                "account_type": account_type,
                "reconcile": account_type == "asset_current",
                "company_ids": self.company_id.ids,
            }
        )

    def _stripe_find_journal(self, journals):
        """:return: a journal that is no other provider's, made when there is none"""
        company = self.company_id
        for number in ("", *range(2, 10)):
            code = f"STRP{number}"
            journal = journals.search([("code", "=", code), ("company_id", "=", company.id)], limit=1)
            if not journal:
                name = f"Stripe {number}".strip()
                return journals.create({"name": name, "type": "bank", "code": code, "company_id": company.id})
            if not journal.inbound_payment_method_line_ids.payment_provider_id - self:
                return journal
        raise UserError(self.env._("Choose a journal for %s yourself.", self.name))

    def _build_request_url(self, endpoint, *, is_proxy_request=False, **kwargs):
        """Override of `payment`: the stand-in of the tests, which no setting of the database can name."""
        stand_in = self._stripe_get_stand_in() if self.code == "stripe" and not is_proxy_request else None
        if stand_in:
            return urljoin(stand_in, f"v1/{endpoint}")
        return super()._build_request_url(endpoint, is_proxy_request=is_proxy_request, **kwargs)

    def _stripe_get_stand_in(self):
        """Whoever could move Stripe's address could collect the keys and say "paid". So it is taken from the server's
        environment alone, from this machine alone, and only for a provider in test mode with test keys.

        :return: an address, or None for Stripe itself
        :rtype: str | None
        """
        url = os.environ.get(const.STAND_IN_VARIABLE)
        provider_sudo = self.sudo()  # only whether it is a test key
        is_play = self.state == "test" and (provider_sudo.stripe_secret_key or "").startswith("sk_test_")
        return url if url and is_play and urlsplit(url).hostname in const.LOOPBACK else None
