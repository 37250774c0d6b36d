from urllib.parse import urlsplit

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.payment_stripe.const import API_VERSION
from odoo.addons.payment_stripe.controllers.main import StripeController

from .. import const

SETUP_PATH = "/odoo/sire-stripe-setup"
PUBLIC_PORTS = (None, 443)
TEST_CARD = "pm_card_visa"  # Stripe's own test card: https://docs.stripe.com/testing
TEST_AMOUNTS = {"KES": 150, "TZS": 3000, "UGX": 4000}  # Stripe takes nothing below half a US dollar


class PaymentProvider(models.Model):
    """How far the set-up is, and what can be tried before the first client pays."""

    _inherit = "payment.provider"

    stripe_checks = fields.Json(
        readonly=True, copy=False, groups="base.group_system", help="By step: whether it went well, and a sentence."
    )
    stripe_test_transaction_id = fields.Many2one(
        "payment.transaction", readonly=True, copy=False, groups="base.group_system", ondelete="set null"
    )

    # === ACTIONS === #

    def action_stripe_setup(self):
        """Button: go through the set-up of this provider, or of the current company's.

        :rtype: dict
        """
        self._stripe_check_is_administrator()
        provider = self[:1] or self._stripe_get_or_make(self.env.company)
        if provider.code != "stripe":
            raise UserError(self.env._("This payment is not made by Stripe."))
        return self.env["sire.stripe.setup"].create({"provider_id": provider.id})._open()

    def action_stripe_create_webhook(self):
        """Override of `payment_stripe`: with the events of disputes and refunds too, and at an address that can work."""
        self.ensure_one()
        self._stripe_check_is_administrator()
        if self.code != "stripe" or self.stripe_webhook_secret or not self.stripe_secret_key:
            return super().action_stripe_create_webhook()
        self._stripe_register_webhook()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._("Stripe reports to this server now."),
                "type": "success",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # === BUSINESS === #

    def _stripe_get_steps(self):
        """:return: for each step ``key``, ``name``, ``state`` (done, fault or open) and ``words``, a sentence
        :rtype: list[dict]
        """
        self.ensure_one()
        return [
            self._stripe_make_step("keys", self.env._("Keys"), *self._stripe_get_check("keys")),
            self._stripe_make_step("webhook", self.env._("Reports of Stripe"), *self._stripe_get_webhook_state()),
            self._stripe_make_step("books", self.env._("Books"), *self._stripe_get_books_state()),
            self._stripe_make_step("test", self.env._("A payment of ours"), *self._stripe_get_test_state()),
            self._stripe_make_step("live", self.env._("Open to clients"), *self._stripe_get_live_state()),
        ]

    def _stripe_check_keys(self):
        """Try both keys, and keep how it went.

        :return: whether it went well
        :rtype: bool
        """
        self.ensure_one()
        self._stripe_check_is_administrator()
        state, words = self._stripe_try_keys()
        self.stripe_checks = {"keys": {"state": state, "words": words}}
        return state == "done"

    def _stripe_register_webhook(self):
        """Have Stripe report to this server. What it reported to under the same address before is replaced.

        :raise UserError: a sentence that says why not
        """
        self.ensure_one()
        self._stripe_check_is_administrator()
        if fault := self._stripe_find_address_fault():
            raise UserError(fault)
        url = self._get_stripe_webhook_url()
        listed = self._send_api_request("GET", "webhook_endpoints", params={"limit": 100}).get("data") or []
        for endpoint in listed:
            if endpoint.get("url") == url:  # its secret is told once, when it is made
                self._send_api_request("DELETE", f"webhook_endpoints/{endpoint['id']}")
        webhook = self._send_api_request(
            "POST",
            "webhook_endpoints",
            data={"url": url, "enabled_events[]": list(const.EVENTS), "api_version": API_VERSION},
        )
        if not webhook.get("secret"):
            raise UserError(self.env._("Stripe registered the address and gave no secret. Try again."))
        self.stripe_webhook_secret = webhook["secret"]

    def _stripe_test(self):
        """Pay ourselves with Stripe's test card, in the way in which clients' saved cards are charged.

        :return: the transaction; it is booked as the credit of whoever tests
        :raise UserError: a sentence that says why not
        """
        self.ensure_one()
        self._stripe_check_is_administrator()
        if not (self.stripe_secret_key or "").startswith("sk_test_"):
            raise UserError(self.env._("Only test keys can be tried with a test card. With live keys, pay an invoice of"
                                       " your own with your own card.") )  # fmt: skip
        if self.state == "disabled":
            self.state = "test"
        company = self.company_id
        if not self.journal_id:
            raise UserError(self.env._("%s has no chart of accounts yet.", company.name))
        currency = company.currency_id
        txs_sudo = self.env["payment.transaction"].sudo()  # transactions are written by the payment flow alone
        tx_sudo = txs_sudo.create(
            {
                "provider_id": self.id,
                "payment_method_id": self.env.ref("payment.payment_method_card").id,
                "reference": txs_sudo._compute_reference("stripe", prefix="TEST-CARD"),
                "amount": TEST_AMOUNTS.get(currency.name, 1),
                "currency_id": currency.id,
                "partner_id": self.env.user.partner_id.id,
                "operation": "online_direct",
            }
        )
        intent = tx_sudo._stripe_create_intent()
        if not intent:
            raise UserError(self.env._("Stripe refused: %s", tx_sudo.state_message))
        endpoint = f"payment_intents/{intent['id']}/confirm"
        data = {"payment_method": TEST_CARD, "return_url": self.get_base_url()}
        paid = self._send_api_request("POST", endpoint, data=data)
        tx_sudo._process("stripe", {"payment_intent": paid, "payment_method": paid.get("payment_method")})
        tx_sudo._stripe_post_process()
        self.stripe_test_transaction_id = tx_sudo
        return tx_sudo

    def _stripe_go_live(self):
        """Have clients offered cards.

        :raise UserError: while the keys move no real money, or nobody would report it
        """
        self._stripe_check_is_administrator()
        if not (self.stripe_secret_key or "").startswith(("sk_live_", "rk_live_")):
            raise UserError(self.env._("These keys move play money: clients would seem to pay, and nothing would arrive."
                                       " Fill in the live keys first."))  # fmt: skip
        for step in self._stripe_get_steps()[:3]:
            if step["state"] != "done":
                raise UserError(self.env._("%(name)s first: %(words)s", name=step["name"], words=step["words"]))
        self.write({"state": "enabled", "is_published": True})

    # === STEPS === #

    def _stripe_get_check(self, key):
        check = (self.stripe_checks or {}).get(key)
        if check:
            return check["state"], check["words"]
        is_filled = self.stripe_publishable_key and self.stripe_secret_key
        return "open", self.env._("Filled in, not tried yet.") if is_filled else self.env._("Not filled in yet.")

    def _stripe_try_keys(self):
        public, secret = (self.stripe_publishable_key or "").strip(), (self.stripe_secret_key or "").strip()
        if not public.startswith(("pk_test_", "pk_live_")):
            return "fault", self.env._("The publishable key begins with pk_test_ or pk_live_: copy it from Stripe.")
        if not secret.startswith(("sk_test_", "sk_live_", "rk_test_", "rk_live_")):
            return "fault", self.env._("The secret key begins with sk_test_ or sk_live_: copy it from Stripe.")
        if public[3:7] != secret[3:7]:
            return "fault", self.env._("One key is for tests and the other one is not: copy both from the same page.")
        try:
            balance = self._send_api_request("GET", "balance")
        except ValidationError as error:
            if not self.env["payment.transaction"]._stripe_is_refusal(error):
                return "fault", self.env._(
                    "Stripe does not answer: let this server reach api.stripe.com and try again."
                )
            return "fault", self.env._("Stripe does not take the secret key. %s", str(error).replace("\n", " ")[:200])
        if balance.get("livemode"):
            return "done", self.env._("Stripe takes the keys: real money.")
        return "done", self.env._("Stripe takes the keys: play money, no card is charged.")

    def _stripe_find_address_fault(self):
        """:return: why Stripe could not report to this server, one sentence, or None"""
        url = self.env["ir.config_parameter"]._sire_public_url()
        parts = urlsplit(url)
        if self._stripe_get_stand_in():
            return None  # a stand-in of our own reports to any address
        if parts.scheme != "https":
            return self.env._("Stripe reports over HTTPS only, and this server's address is %s.", url)
        if parts.port not in PUBLIC_PORTS:
            return self.env._("Leave out the port: Stripe calls https addresses on 443, the usual one.")
        if self.env["res.config.settings"]._sire_is_local(url):
            return self.env._("%s is an address inside your own network: Stripe cannot reach it.", url)
        return None

    def _stripe_get_webhook_state(self):
        if self.stripe_webhook_secret:
            return "done", self.env._("Stripe reports to %s, and signs what it says.", self._get_stripe_webhook_url())
        if fault := self._stripe_find_address_fault():
            return "fault", fault
        return "open", self.env._("Not registered yet: every report of Stripe is refused until then.")

    def _stripe_get_books_state(self):
        if not self.company_id.chart_template:
            return "fault", self.env._("%s has no chart of accounts yet.", self.company_id.name)
        if not (self.journal_id and self.stripe_fee_account_id and self.stripe_dispute_account_id):
            return "open", self.env._("Choose a journal, and accounts for fees and disputes.")
        if not self._get_outstanding_account():
            return "fault", self.env._("The journal %s has no account for payments on their way.", self.journal_id.name)
        words = self.env._(
            "Payments go to %(journal)s, fees to %(fees)s.",
            journal=self.journal_id.name,
            fees=self.stripe_fee_account_id.display_name,
        )
        return "done", words

    def _stripe_get_test_state(self):
        tx_sudo = self.sudo().stripe_test_transaction_id  # administrators need not be accountants
        if not tx_sudo:
            return "open", self.env._("Pay with Stripe's test card, to see that the money arrives in the books.")
        if tx_sudo.state != "done":
            return "fault", tx_sudo.state_message or self.env._("The payment is not confirmed.")
        if not self._stripe_was_reported(tx_sudo):
            url = self._get_stripe_webhook_url()
            return "fault", self.env._("Paid and booked, and no report reached %s yet: look again in a moment.", url)
        return "done", self.env._("Paid, reported and booked.")

    def _stripe_was_reported(self, tx_sudo):
        inbox_sudo = self.env["sire.webhook.event"].sudo()  # whether there is one, nothing of what it says
        domain = [("provider", "=", const.WEBHOOK_KIND), ("event_key", "=like", f"{self.id}/%")]
        return bool(inbox_sudo.search_count([*domain, ("received_at", ">=", tx_sudo.create_date)], limit=1))

    def _stripe_get_live_state(self):
        if self.state == "enabled" and self.is_published:
            return "done", self.env._("Clients can pay by card.")
        if self.state == "test":
            return "open", self.env._("Test mode: only staff see cards in the payment form.")
        return "open", self.env._("Clients do not see cards yet.")

    @api.model
    def _stripe_get_empty_help(self):
        """Say what to do first in a company that takes no cards yet.

        :return: HTML for an empty list, None where cards are set up
        :rtype: Markup | None
        """
        domain = [*self._check_company_domain(self.env.company), ("code", "=", "stripe"), ("state", "!=", "disabled")]
        if self.sudo().search_count(domain, limit=1):  # who reads movements may not read providers
            return None
        title = self.env._("Cards are not set up for %s yet", self.env.company.name)
        if self.env.user.has_group("base.group_system"):
            link = Markup('<a class="btn btn-primary" href="%s">%s</a>') % (SETUP_PATH, self.env._("Set up Cards"))
        else:
            link = self.env._("An administrator does that, under Configuration › Set up Cards.")
        return Markup('<p class="o_view_nocontent_smiling_face">%s</p><p>%s</p>') % (title, link)

    # === HELPERS === #

    def _stripe_make_step(self, key, name, state, words):
        return {"key": key, "name": name, "state": state, "words": words}

    def _get_stripe_webhook_url(self):
        """Override of `payment_stripe`: the public address, as in the callbacks of other services."""
        if self.code != "stripe":
            return super()._get_stripe_webhook_url()
        return self.env["ir.config_parameter"]._sire_public_url() + StripeController._webhook_url

    @api.model
    def _stripe_check_is_administrator(self):
        """:raise AccessError: for anyone else"""
        if not self.env.su and not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Setting up cards is for administrators."))

    @api.model
    def _stripe_get_or_make(self, company):
        """:return: the Stripe provider of a company, made when it has none"""
        found = self.search([("code", "=", "stripe"), ("company_id", "=", company.id)], order="state desc", limit=1)
        if found:
            return found
        pattern_sudo = self.sudo().search(
            [("code", "=", "stripe")], limit=1
        )  # of whichever company; no secret is copied
        if not pattern_sudo:
            raise UserError(self.env._("There is no Stripe provider to begin with: update the module."))
        return pattern_sudo.copy({"company_id": company.id, "name": pattern_sudo.name}).sudo(self.env.su)
