import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from odoo.addons.sire_base.utils.net import parse_networks
from odoo.addons.sire_payment.utils import format_money, is_finite_number

from .. import const


class PaymentProvider(models.Model):
    _inherit = "payment.provider"

    # for sire_audit, where it is installed; keys are watched as secrets
    _sire_audit = {
        "fields": (
            "mpesa_shortcode", "mpesa_shortcode_type", "mpesa_till", "mpesa_base_url", "mpesa_min_amount", "mpesa_max_amount",
            "mpesa_confirm_callbacks",
        )
    }  # fmt: skip

    code = fields.Selection(selection_add=[("mpesa", "M-Pesa")], ondelete={"mpesa": "set default"})
    mpesa_shortcode = fields.Char(
        string="Shortcode",
        required_if_provider="mpesa",
        copy=False,
        help="Pay bill: the pay bill number. Till: the store (head office) number that Safaricom gave with the till.",
    )
    mpesa_shortcode_type = fields.Selection(
        string="Clients Pay To",
        selection=[("paybill", "Pay bill"), ("till", "Till (Buy Goods)")],
        default="paybill",
        required_if_provider="mpesa",
    )
    mpesa_till = fields.Char(string="Till Number", copy=False, help="What clients type under Buy Goods.")
    mpesa_consumer_key = fields.Char(
        string="Consumer Key", required_if_provider="mpesa", copy=False, groups="base.group_system"
    )
    mpesa_consumer_secret = fields.Char(
        string="Consumer Secret", required_if_provider="mpesa", copy=False, groups="base.group_system"
    )
    mpesa_passkey = fields.Char(string="Passkey", required_if_provider="mpesa", copy=False, groups="base.group_system")
    mpesa_base_url = fields.Char(
        string="Daraja Address",
        default=const.PRODUCTION_URL,
        required_if_provider="mpesa",
        help=f"{const.PRODUCTION_URL} for real money, {const.SANDBOX_URL} for Safaricom's sandbox.",
    )
    mpesa_min_amount = fields.Integer(string="Smallest Payment", default=const.MIN_AMOUNT, help="In shillings.")
    mpesa_max_amount = fields.Integer(
        string="Largest Payment", default=const.MAX_AMOUNT, help="In shillings. M-Pesa's own limit a transaction."
    )
    mpesa_confirm_callbacks = fields.Boolean(
        string="Confirm with Safaricom",
        default=True,
        help="Callbacks carry no signature. With this on, Safaricom is asked before a payment is believed.",
    )
    mpesa_source_addresses = fields.Text(
        string="Callback Addresses",
        help="Addresses or networks that callbacks may come from, one a line. Empty: any. Behind a proxy, run the server "
        "in proxy mode, or every callback seems to come from the proxy.",
    )
    mpesa_release_seconds = fields.Integer(
        string="Release After",
        default=const.RELEASE_SECONDS,
        help="Seconds after which an invoice can be paid again although Safaricom has not said how the prompt ended. "
        "Money that is confirmed later is still booked.",
    )
    mpesa_setup_warning = fields.Char(compute="_compute_mpesa_setup_warning")

    # === CONSTRAINTS === #

    @api.constrains(
        "code", "mpesa_shortcode", "mpesa_shortcode_type", "mpesa_till", "mpesa_base_url", "mpesa_min_amount",
        "mpesa_max_amount", "mpesa_source_addresses", "mpesa_release_seconds", "state", "company_id",
    )  # fmt: skip
    def _check_mpesa_setup(self):
        for provider in self.filtered(lambda provider: provider.code == "mpesa"):
            if fault := provider._mpesa_find_setup_fault():
                raise ValidationError(fault)

    def _mpesa_find_setup_fault(self):
        """:return: what is wrong with the settings, one sentence, or None
        :rtype: str | None
        """
        for number in (self.mpesa_shortcode, self.mpesa_till):
            if number and not re.fullmatch(r"\d{5,8}", number):
                return self.env._("“%s” is not a shortcode: it has 5 to 8 digits and nothing else.", number)
        if self.state != "disabled" and self.mpesa_shortcode_type == "till" and not self.mpesa_till:
            return self.env._("Clients pay to a till: fill in its number.")
        if self.state != "disabled" and (fault := self._mpesa_find_shared_number()):
            return fault
        if self.mpesa_base_url and not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", self.mpesa_base_url):
            return self.env._("The Daraja address has to look like %s.", const.PRODUCTION_URL)
        if not 1 <= self.mpesa_min_amount <= self.mpesa_max_amount:
            return self.env._("The smallest payment is at least 1 shilling and not above the largest.")
        if self.mpesa_release_seconds < const.PROMPT_SECONDS:
            return self.env._("A prompt stays on the phone for %s seconds: release later.", const.PROMPT_SECONDS)
        try:
            parse_networks(self.mpesa_source_addresses or "")
        except ValueError as error:
            return str(error)
        return None

    def _mpesa_find_shared_number(self):
        """Two companies with one number: what a prompt of the one brings is reported to the other as well, and both would
        have it in their books. An archived company is no exception: what is reported to its number is still booked there.
        In Safaricom's sandbox everybody has the same number, and no money moves.

        :return: one sentence, or None
        :rtype: str | None
        """
        number, url = self._mpesa_get_number(), (self.mpesa_base_url or "").rstrip("/")
        if not number or url == const.SANDBOX_URL:
            return None
        others_sudo = self.sudo().search(  # also of companies that whoever sets this up does not see
            [("code", "=", "mpesa"), ("state", "!=", "disabled"), ("company_id", "!=", self.company_id.id)]
        )
        taken_sudo = others_sudo.filtered(
            lambda other: other._mpesa_get_number() == number and (other.mpesa_base_url or "").rstrip("/") == url
        )
        if taken_sudo and not any(taken_sudo.company_id.mapped("active")):
            return self.env._(
                "%s is the number of an archived company here: restore that company and disable its M-Pesa first. Its"
                " prompts and reports still count there.",
                number,
            )
        if taken_sudo:
            return self.env._(
                "%s is the number of another company here: each company needs its own, or nobody can tell whose a"
                " payment is.",
                number,
            )
        return None

    # === COMPUTES === #

    @api.depends("code", "state", "mpesa_base_url")
    def _compute_mpesa_setup_warning(self):
        url = self.env["ir.config_parameter"]._sire_public_url()
        for provider in self:
            is_ours = provider.code == "mpesa"
            provider.mpesa_setup_warning = (provider._mpesa_find_address_fault(url) if is_ours else None) or False

    def _get_supported_currencies(self):
        """Override of `payment`: M-Pesa in Kenya moves shillings."""
        currencies = super()._get_supported_currencies()
        if self.code == "mpesa":
            currencies = currencies.filtered(lambda currency: currency.name == const.CURRENCY)
        return currencies

    def _get_default_payment_method_codes(self):
        """Override of `payment`: enabling the provider enables M-Pesa as a way to pay."""
        self.ensure_one()
        return {"mpesa"} if self.code == "mpesa" else super()._get_default_payment_method_codes()

    def _get_reset_values(self):
        """Override of `payment`."""
        if self.code != "mpesa":
            return super()._get_reset_values()
        return {"mpesa_consumer_key": None, "mpesa_consumer_secret": None, "mpesa_passkey": None}

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        providers = super().create(vals_list)
        providers.filtered(lambda provider: provider.state != "disabled")._mpesa_ensure_journal()
        return providers

    def write(self, vals):
        if vals.get("state") in ("enabled", "test"):
            self._mpesa_ensure_journal()  # first: the host would take the first bank journal that it finds
        changed = self._mpesa_find_changed(vals)
        result = super().write(vals)
        for provider, names in changed:
            provider._mpesa_forget_checks(names, vals)
        return result

    def _mpesa_ensure_journal(self):
        """Give the provider a journal of its own, so that M-Pesa's money is not mixed with the bank's.

        Its payments go to the outstanding receipts account, like those of any provider, until the account statement.
        """
        for provider in self.filtered(lambda provider: provider.code == "mpesa"):
            company = provider.company_id
            lines = self.env["account.payment.method.line"].search(
                [("payment_provider_id", "=", provider.id), ("journal_id", "!=", False)], limit=1
            )
            if lines or not company.chart_template:
                continue
            journals = self.env["account.journal"].with_company(company)
            provider.journal_id = provider._mpesa_find_journal(journals)
            if not provider.payment_method_ids:
                provider.payment_method_ids = [Command.link(self.env.ref("payment.payment_method_mpesa").id)]

    def _mpesa_find_journal(self, journals):
        """Find a journal that is no other provider's, or make it: each number that is paid has its own balance.

        :param journals: ``account.journal`` in the provider's company
        :rtype: account.journal
        """
        company = self.company_id
        for code in ("MPESA", *(f"MPES{number}" for number in range(2, 10))):
            journal = journals.search([("code", "=", code), ("company_id", "=", company.id)], limit=1)
            if not journal:
                name = "M-Pesa" if code == "MPESA" else f"M-Pesa {code[-1]}"
                return journals.create({"name": name, "type": "bank", "code": code, "company_id": company.id})
            if not journal.inbound_payment_method_line_ids.payment_provider_id - self:
                return journal
        raise UserError(self.env._("Choose a journal for %s yourself.", self.name))

    # === BUSINESS === #

    @api.model
    def _mpesa_for_company(self, company, names=()):
        """Return the M-Pesa provider that takes a company's payments. Of several one that is open to clients, not one that is
        tried out, although the host lists that first; and a branch's own before its company's.

        :param company: ``res.company``
        :param names: fields to read with it; none reads them as they are asked for
        :return: the provider, enabled or in test mode, as superuser; empty when there is none
        :rtype: payment.provider
        """
        domain = [("code", "=", "mpesa"), ("state", "in", ("enabled", "test"))]
        # whoever pays or asks for a payment may not read providers
        found_sudo = self.sudo().search_fetch([*self._check_company_domain(company), *domain], names)
        if len(found_sudo) > 1:
            found_sudo = found_sudo.sorted(
                lambda one: (one.state != "enabled", one.company_id != company, not one.is_published)
            )
        return found_sudo[:1]

    def _mpesa_get_number(self):
        """:return: the number that clients type: of the pay bill or the till; False when there is none yet
        :rtype: str
        """
        return self.mpesa_till if self.mpesa_shortcode_type == "till" else self.mpesa_shortcode

    def _mpesa_check_amount(self, amount, currency):
        """Refuse what M-Pesa cannot move.

        :param float amount: in units of the currency
        :param currency: ``res.currency``
        :raise UserError: a sentence for the payer
        """
        self.ensure_one()
        if currency.name != const.CURRENCY:
            raise UserError(self.env._("M-Pesa pays in Kenyan shillings only, not in %s.", currency.name))
        if not is_finite_number(amount):
            raise UserError(self.env._("The amount must be a number, for example 1160."))
        if amount != int(amount):
            raise UserError(self.env._("M-Pesa pays whole shillings only: leave out the cents."))
        if amount < self.mpesa_min_amount:
            smallest = format_money(self.mpesa_min_amount, currency)
            raise UserError(self.env._("The smallest M-Pesa payment is %s.", smallest))
        if amount > self.mpesa_max_amount:
            largest = format_money(self.mpesa_max_amount, currency)
            raise UserError(
                self.env._("M-Pesa allows at most %s at a time: pay a part now and the rest afterwards.", largest)
            )
