from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_base.utils.phone import format_kenyan_phone, is_mobile, parse_kenyan_phone
from odoo.addons.sire_payment.utils import format_money

from .. import const

CHECKED = ("account", "keys", "passkey", "address")  # steps that are tried before the next one
ADDRESSES = {"live": const.PRODUCTION_URL, "play": const.SANDBOX_URL}


class SireMpesaSetup(models.TransientModel):
    """The way through the set-up of a shortcode. What is typed as a key is handed on, and reading it back gives nothing."""

    _name = "sire.mpesa.setup"
    _inherit = "sire.provider.setup"
    _description = "Set-up of M-Pesa"
    _transient_max_hours = 24.0

    step = fields.Selection(
        [
            ("account", "Who is paid"),
            ("keys", "Keys"),
            ("passkey", "Passkey"),
            ("address", "Public address"),
            ("c2b", "Payments without a prompt"),
            ("pull", "Missed payments"),
            ("test", "A payment of ours"),
            ("initiator", "Initiator"),
            ("live", "Open to clients"),
        ],
        default="account",
        required=True,
    )

    mpesa_shortcode_type = fields.Selection(related="provider_id.mpesa_shortcode_type", readonly=False)
    mpesa_shortcode = fields.Char(related="provider_id.mpesa_shortcode", readonly=False)
    mpesa_till = fields.Char(related="provider_id.mpesa_till", readonly=False)
    environment = fields.Selection(
        [
            ("live", "Safaricom, real money"),
            ("play", "Safaricom's sandbox, play money"),
            ("own", "Another address"),
        ],
        string="Money",
        compute="_compute_environment",
        readonly=False,
    )
    mpesa_base_url = fields.Char(related="provider_id.mpesa_base_url", readonly=False)
    public_url = fields.Char("Public Address", compute="_compute_public_url", inverse="_inverse_public_url")
    mpesa_c2b_state = fields.Selection(related="provider_id.mpesa_c2b_state")
    mpesa_source_addresses = fields.Text(related="provider_id.mpesa_source_addresses", readonly=False)
    mpesa_pull_phone = fields.Char(related="provider_id.mpesa_pull_phone", readonly=False)
    mpesa_pull_registered_at = fields.Datetime(related="provider_id.mpesa_pull_registered_at")
    mpesa_alert_user_id = fields.Many2one(related="provider_id.mpesa_alert_user_id", readonly=False)
    test_phone = fields.Char("Your Phone", default=lambda self: self._get_own_phone())
    test_amount = fields.Char(compute="_compute_test_amount")
    status = fields.Json(compute="_compute_status")

    # === COMPUTES === #

    @api.depends("provider_id")
    def _compute_display_name(self):
        for setup in self:
            setup.display_name = self.env._("M-Pesa of %s", setup.company_id.name)

    @api.depends("mpesa_base_url")
    def _compute_environment(self):
        kinds = {url: kind for kind, url in ADDRESSES.items()}
        for setup in self:
            setup.environment = kinds.get((setup.mpesa_base_url or "").rstrip("/"), "own")

    @api.onchange("environment")
    def _onchange_environment(self):
        if self.environment in ADDRESSES:
            self.mpesa_base_url = ADDRESSES[self.environment]
        elif self.mpesa_base_url in ADDRESSES.values():
            self.mpesa_base_url = False

    @api.depends("provider_id")
    def _compute_public_url(self):
        for setup in self:
            setup.public_url = self.env["ir.config_parameter"]._sire_public_url()

    def _inverse_public_url(self):
        for setup in self:
            url = (setup.public_url or "").strip().rstrip("/")
            self.env["res.config.settings"]._sire_check_public_url(url)
            self.env["ir.config_parameter"].set_param("sire_base.public_url", url)

    @api.depends("provider_id")
    def _compute_test_amount(self):
        shilling = self.env.ref("base.KES")
        for setup in self:
            setup.test_amount = format_money(setup.provider_id.mpesa_min_amount, shilling)

    @api.depends("provider_id")
    def _compute_status(self):
        for setup in self:
            tx_sudo = setup.sudo().provider_id.mpesa_test_transaction_id  # administrators need not be accountants
            setup.status = tx_sudo.with_env(self.env(su=True))._mpesa_status() if tx_sudo else False

    # === ACTIONS === #

    def action_next(self):
        """Button: try what was filled in, and go on when it is right.

        :raise UserError: when nothing was filled in; what is wrong with what was, the step says
        """
        self.ensure_one()
        if self.step in CHECKED and not self.provider_id._mpesa_run_check(self.step):
            self.invalidate_recordset()  # how the steps stand
            if self.step_state == "open":
                raise UserError(self.step_words)
            return
        self._go(1)

    def action_register_c2b(self):
        """Button: tell Safaricom where to report payments that nobody was prompted for."""
        self.ensure_one()
        self._check_can_register()
        self.provider_id.action_mpesa_register_c2b()

    def action_register_pull(self):
        """Button: ask Safaricom to keep the list of payments for us."""
        self.ensure_one()
        self._check_can_register()
        self.provider_id.action_mpesa_register_pull()

    def action_try_initiator(self):
        """Button: ask for the balance, which only the initiator may. The answer comes a moment later."""
        self.ensure_one()
        self.provider_id.action_mpesa_check_balance()

    def action_test(self):
        """Button: ask our own phone for the smallest payment."""
        self.ensure_one()
        steps = {step["key"]: step for step in self._get_steps()}
        for key in CHECKED:
            if steps[key]["state"] != "done":
                raise UserError(
                    self.env._("%(step)s first: %(words)s", step=steps[key]["name"], words=steps[key]["words"])
                )
        self.provider_id._mpesa_test(self.test_phone)

    def action_open_payment(self):
        """Button: what the test was booked as."""
        self.ensure_one()
        payment_sudo = self.provider_id.sudo().mpesa_test_transaction_id.payment_id  # its own form checks who reads it
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.payment",
            "res_id": payment_sudo.id,
            "view_mode": "form",
        }

    def action_go_live(self):
        """Button: have clients offered M-Pesa.

        :raise UserError: while the keys move no real money: clients would seem to have paid
        """
        self.ensure_one()
        self.provider_id._mpesa_check_is_administrator()
        if (self.mpesa_base_url or "").rstrip("/") != const.PRODUCTION_URL:
            raise UserError(
                self.env._("These keys move play money: clients would seem to pay, and nothing would arrive. Fill in the"
                           " live keys first.")
            )  # fmt: skip
        self.provider_id.write({"state": "enabled", "is_published": True})

    def get_status(self):
        """Tell the form how the test prompt stands.

        :return: as `payment.transaction._mpesa_status`
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        return self.status

    # === HELPERS === #

    def _get_steps(self):
        return self.provider_id._mpesa_get_steps()

    def _open(self):
        return {**super()._open(), "name": self.env._("Set up M-Pesa")}

    def _check_can_register(self):
        """:raise UserError: when Safaricom would not take our addresses, or does not know us yet"""
        provider = self.provider_id
        if fault := provider._mpesa_find_address_fault(self.env["ir.config_parameter"]._sire_public_url()):
            raise UserError(fault)
        if not provider.mpesa_shortcode or not self.has_keys:
            raise UserError(self.env._("Fill in who is paid, and the keys, first."))

    @api.model
    def _get_own_phone(self):
        """:return: the administrator's own mobile number, as people write it, or False"""
        try:
            number = parse_kenyan_phone(self.env.user.phone or "")
        except ValueError:
            return False
        return format_kenyan_phone(number) if is_mobile(number) else False
