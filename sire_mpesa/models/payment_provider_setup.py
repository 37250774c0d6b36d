from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.sire_payment.utils import format_money

from .. import const

ACCOUNT_FIELDS = frozenset({"mpesa_shortcode", "mpesa_shortcode_type", "mpesa_till", "mpesa_base_url"})
SETUP_PATH = "/odoo/action-sire_mpesa.action_sire_mpesa_setup"
KEY_FIELDS = frozenset({"mpesa_consumer_key", "mpesa_consumer_secret", "mpesa_base_url"})
INITIATOR_FIELDS = frozenset(
    {"mpesa_initiator_name", "mpesa_initiator_password", "mpesa_initiator_certificate", "mpesa_base_url"}
)
STEP_SECRETS = {"keys": ("mpesa_consumer_key", "mpesa_consumer_secret"), "passkey": ("mpesa_passkey",)}
CHECKED_FIELDS = ACCOUNT_FIELDS | KEY_FIELDS | INITIATOR_FIELDS | {"mpesa_passkey"}


class PaymentProvider(models.Model):
    """How far the set-up is. What Safaricom said about keys and passkey is kept, until one of them is changed."""

    _inherit = "payment.provider"

    mpesa_checks = fields.Json(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="By step: whether it went well, and the sentence about it.",
    )
    mpesa_test_transaction_id = fields.Many2one(
        "payment.transaction", readonly=True, copy=False, groups="base.group_system", ondelete="set null"
    )

    # === ACTIONS === #

    def action_mpesa_setup(self):
        """Button: go through the set-up of this provider, or of the current company's, from the first step that is open.

        :rtype: dict
        """
        self._mpesa_check_is_administrator()
        provider = self[:1] or self._mpesa_get_or_make(self.env.company)
        if provider.code != "mpesa":
            raise UserError(self.env._("This payment is not made by M-Pesa."))
        return self.env["sire.mpesa.setup"].create({"provider_id": provider.id})._open()

    # === BUSINESS === #

    @api.model
    def _mpesa_get_empty_help(self):
        """Say what to do first in a company that has no M-Pesa yet.

        :return: HTML for an empty list, None where M-Pesa is set up
        :rtype: Markup | None
        """
        if self._mpesa_for_company(self.env.company):
            return None
        title = self.env._("M-Pesa is not set up for %s yet", self.env.company.name)
        if self.env.user.has_group("base.group_system"):
            link = Markup('<a class="btn btn-primary" href="%s">%s</a>') % (SETUP_PATH, self.env._("Set up M-Pesa"))
        else:
            link = self.env._("An administrator does that, under Configuration › Set up M-Pesa.")
        return Markup('<p class="o_view_nocontent_smiling_face">%s</p><p>%s</p>') % (title, link)

    def _mpesa_get_steps(self):
        """Say how far the set-up is.

        :return: for each step ``key``, ``name``, ``state`` (done, fault, waiting, open or optional) and ``words``, a
            sentence
        :rtype: list[dict]
        """
        self.ensure_one()
        return [
            self._mpesa_get_account_step(),
            self._mpesa_get_checked_step("keys", self.env._("Keys")),
            self._mpesa_get_checked_step("passkey", self.env._("Passkey")),
            self._mpesa_make_step("address", self.env._("Public address"), *self._mpesa_check_address()),
            self._mpesa_get_c2b_step(),
            self._mpesa_get_pull_step(),
            self._mpesa_get_test_step(),
            self._mpesa_get_initiator_step(),
            self._mpesa_get_live_step(),
        ]

    def _mpesa_run_check(self, key):
        """Try what a step set up, and keep the result.

        :param str key: account, keys, passkey or address
        :return: whether it went well
        :rtype: bool
        """
        self.ensure_one()
        self._mpesa_check_is_administrator()
        is_done, words = getattr(self, f"_mpesa_check_{key}")()
        if key in ("keys", "passkey"):
            self.mpesa_checks = {**(self.mpesa_checks or {}), key: {"done": is_done, "words": words}}
        return is_done

    def _mpesa_find_changed(self, vals):
        """:return: the providers and names of checked settings that writing these values changes
        :rtype: list[tuple]
        """
        names = CHECKED_FIELDS & vals.keys()
        providers_sudo = self.sudo() if names else self.browse()  # whether a secret changes, not what it is
        return [
            (provider_sudo, changed)
            for provider_sudo in providers_sudo
            if (changed := {name for name in names if (provider_sudo[name] or "") != (vals[name] or "")})
        ]

    def _mpesa_forget_checks(self, names, vals):
        """Forget what Safaricom said about settings that are others now.

        :param set names: of the fields that were changed
        :param dict vals: what was written; what it says itself stays
        """
        checks = dict(self.mpesa_checks or {})
        if names & KEY_FIELDS:
            checks.pop("keys", None)
        if names & (ACCOUNT_FIELDS | KEY_FIELDS | {"mpesa_passkey"}):
            checks.pop("passkey", None)
        values = {"mpesa_checks": checks or False}
        if names - INITIATOR_FIELDS:
            values["mpesa_test_transaction_id"] = False
        if names & (INITIATOR_FIELDS | {"mpesa_shortcode"}):
            values.update(mpesa_balance_at=False, mpesa_balance_message=False)
        if names & {"mpesa_shortcode", "mpesa_base_url"}:  # another number, or another Safaricom, knows nothing of us
            values.update(
                mpesa_c2b_state="none", mpesa_c2b_message=False, mpesa_c2b_registered_at=False,
                mpesa_pull_registered_at=False, mpesa_pull_at=False, mpesa_pull_message=False,
            )  # fmt: skip
        self.write({name: value for name, value in values.items() if name not in vals})

    def _mpesa_test(self, phone):
        """Ask a phone of ours for the smallest payment, in the way in which clients are asked.

        What is paid is booked as the credit of whoever tests: it is theirs.

        :param str phone: as typed
        :return: the transaction
        :rtype: payment.transaction
        :raise UserError: a sentence that says why not
        """
        self.ensure_one()
        self._mpesa_check_is_administrator()
        self.check_access("write")
        before_sudo = self.sudo().mpesa_test_transaction_id  # administrators need not be accountants
        if before_sudo.state in ("draft", "pending"):
            raise UserError(self.env._("A test prompt is open already: wait until it has ended."))
        if self.state == "disabled":
            self.state = "test"
        if not self.journal_id:
            raise UserError(
                self.env._("%s has no chart of accounts yet, so a payment could not be booked.", self.company_id.name)
            )
        txs_sudo = self.env["payment.transaction"].sudo()  # transactions are written by the payment flow alone
        method = self.with_context(active_test=False).payment_method_ids.filtered(lambda method: method.code == "mpesa")
        tx_sudo = txs_sudo.create(
            {
                "provider_id": self.id,
                "payment_method_id": method[:1].id,
                "reference": txs_sudo._compute_reference("mpesa", prefix="TEST"),
                "amount": self.mpesa_min_amount,
                "currency_id": self.env.ref("base.KES").id,
                "partner_id": self._mpesa_get_tester().id,
                "operation": "online_direct",
            }
        )
        # two at once both write this row: the later one starts over, and finds the prompt of the other
        self.mpesa_test_transaction_id = tx_sudo
        tx_sudo._mpesa_request_payment(phone)
        return tx_sudo

    # === HELPERS === #

    @api.model
    def _mpesa_check_is_administrator(self):
        """:raise AccessError: for anyone else"""
        if not self.env.su and not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Setting up M-Pesa is for administrators."))

    @api.model
    def _mpesa_get_or_make(self, company):
        """:return: the M-Pesa provider of a company, made when it has none"""
        found = self.search([("code", "=", "mpesa"), ("company_id", "=", company.id)], order="state desc", limit=1)
        if found:
            return found
        pattern_sudo = self.sudo().search(
            [("code", "=", "mpesa")], limit=1
        )  # of whichever company; no secret is copied
        if not pattern_sudo:
            raise UserError(self.env._("There is no M-Pesa provider to begin with: update the module."))
        copy_sudo = pattern_sudo.copy({"company_id": company.id, "name": pattern_sudo.name})
        return copy_sudo.sudo(self.env.su)

    def _mpesa_get_tester(self):
        """:return: the contact whose money the test is"""
        partner = self.env.user.partner_id
        return (
            partner
            if partner.company_id in (self.company_id, partner.company_id.browse())
            else self.company_id.partner_id
        )

    def _mpesa_make_step(self, key, name, is_done, words, otherwise="fault"):
        return {"key": key, "name": name, "state": "done" if is_done else otherwise, "words": words}

    def _mpesa_get_account_step(self):
        is_done, words = self._mpesa_check_account()
        otherwise = "fault" if self.mpesa_shortcode else "open"
        return self._mpesa_make_step("account", self.env._("Who is paid"), is_done, words, otherwise)

    def _mpesa_get_checked_step(self, key, name):
        check = (self.mpesa_checks or {}).get(key)
        if check:
            return self._mpesa_make_step(key, name, check["done"], check["words"])
        is_filled = all(self[secret] for secret in STEP_SECRETS[key])
        words = self.env._("Filled in, not tried yet.") if is_filled else self.env._("Not filled in yet.")
        return self._mpesa_make_step(key, name, False, words, "open")

    def _mpesa_get_c2b_step(self):
        words = {
            "none": self.env._("Not registered yet: nobody tells us about payments without a prompt."),
            "failed": self.env._("Safaricom refused: %s", self.mpesa_c2b_message or ""),
            "registered": self.env._("Safaricom tells us about each payment."),
        }[self.mpesa_c2b_state]
        otherwise = "fault" if self.mpesa_c2b_state == "failed" else "open"
        name = self.env._("Payments without a prompt")
        return self._mpesa_make_step("c2b", name, self.mpesa_c2b_state == "registered", words, otherwise)

    def _mpesa_get_pull_step(self):
        if self.mpesa_pull_registered_at:
            words = self.env._("Safaricom's list is compared with the ledger every hour.")
        elif self.mpesa_pull_message:
            words = self.env._("Safaricom refused: %s", self.mpesa_pull_message)
        else:
            words = self.env._("Finds payments that no report reached us about.")
        otherwise = "fault" if self.mpesa_pull_message else "optional"
        name = self.env._("Missed payments")
        return self._mpesa_make_step("pull", name, bool(self.mpesa_pull_registered_at), words, otherwise)

    def _mpesa_get_test_step(self):
        tx_sudo = self.sudo().mpesa_test_transaction_id  # administrators need not be accountants
        tx, name = tx_sudo.with_env(self.env(su=True)), self.env._("A payment of ours")
        amount = format_money(self.mpesa_min_amount, self.env.ref("base.KES"))
        if not tx:
            return self._mpesa_make_step("test", name, False, self.env._("Pay %s yourself.", amount), "open")
        words, otherwise = tx._mpesa_status()["message"], "waiting" if tx.state in ("draft", "pending") else "fault"
        if tx.state == "done" and not self._mpesa_was_reported(tx):
            words = self.env._(
                "Paid, and no report reached this server: we had to ask. Let Safaricom in at %s.",
                self.env["ir.config_parameter"]._sire_public_url(),
            )
            return self._mpesa_make_step("test", name, False, words)
        return self._mpesa_make_step("test", name, tx.state == "done", words, otherwise)

    def _mpesa_was_reported(self, tx):
        """:return: whether a callback about a prompt came in"""
        inbox_sudo = self.env["sire.webhook.event"].sudo()  # whether there is one, nothing of what it says
        domain = [("provider", "=", const.WEBHOOK_KIND), ("event_key", "=like", f"{tx.id}/%")]
        return bool(inbox_sudo.search_count(domain, limit=1))

    def _mpesa_get_initiator_step(self):
        name = self.env._("Initiator")
        parts = (self.mpesa_initiator_name, self.mpesa_initiator_password, self.mpesa_initiator_certificate)
        if not any(parts):
            words = self.env._("Asks what became of payments, returns them, and sees the balance.")
            return self._mpesa_make_step("initiator", name, False, words, "optional")
        if not all(parts):
            words = self.env._("Fill in name, password and certificate: one of them is missing.")
            return self._mpesa_make_step("initiator", name, False, words)
        commands_sudo = self.env["sire.mpesa.command"].sudo()  # administrators need not be accountants
        asked = [("provider_id", "=", self.id), ("kind", "=", "balance"), ("state", "in", commands_sudo._LIVE)]
        if commands_sudo.search_count(asked, limit=1):
            words = self.env._("Safaricom was asked for the balance. The answer comes in a moment.")
            return self._mpesa_make_step("initiator", name, False, words, "waiting")
        if self.mpesa_balance_message:
            return self._mpesa_make_step("initiator", name, False, self.mpesa_balance_message)
        if self.mpesa_balance_at:
            amount = format_money(self.mpesa_balance, self.env.ref("base.KES"))
            return self._mpesa_make_step(
                "initiator", name, True, self.env._("Safaricom answers: the balance is %s.", amount)
            )
        return self._mpesa_make_step("initiator", name, False, self.env._("Filled in, not tried yet."), "open")

    def _mpesa_get_live_step(self):
        if self.state == "enabled" and self.is_published:
            words = self.env._("Clients can pay by M-Pesa.")
        elif self.state == "test":
            words = self.env._("Test mode: the pages behind our links offer M-Pesa, the portal's form to staff only.")
        else:
            words = self.env._("Clients do not see M-Pesa yet.")
        is_done = self.state == "enabled" and self.is_published
        return self._mpesa_make_step("live", self.env._("Open to clients"), is_done, words, "open")
