import re

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_signin.const import PASSWORD_PLACE


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sire_signin_sms = fields.Boolean("Sign in with a Code by SMS", config_parameter="sire_signin.sms")
    sire_signin_sms_count = fields.Integer(compute="_compute_sire_signin_sms_count")
    sire_single_device = fields.Boolean("One Device at a Time", config_parameter="sire_signin.single_device")
    sire_login_attempts = fields.Integer(
        "Attempts before Waiting", config_parameter="base.login_cooldown_after", default=PASSWORD_PLACE.free
    )
    sire_login_wait = fields.Integer(
        "First Wait", config_parameter="base.login_cooldown_duration", default=PASSWORD_PLACE.first
    )
    sire_google_domain = fields.Char("Google Domain", config_parameter="sire_signin.google_domain")
    sire_google_address = fields.Char(compute="_compute_sire_google_address")

    # === COMPUTES === #

    @api.depends("sire_signin_sms")
    def _compute_sire_signin_sms_count(self):
        users = self.env["res.users"]
        self.sire_signin_sms_count = users.search_count([("sire_signin_phone", "!=", False), ("share", "=", False)])

    @api.depends("auth_oauth_google_enabled")
    def _compute_sire_google_address(self):
        self.sire_google_address = self.get_uri()

    # === CRUD === #

    def set_values(self):
        for settings in self:
            if settings.sire_login_attempts < 1 or settings.sire_login_wait < 1:
                raise UserError(self.env._("At least one attempt is free, and the wait is a second or more."))
            settings.auth_oauth_google_client_id = (settings.auth_oauth_google_client_id or "").strip()
            domain = (settings.sire_google_domain or "").strip().lower().lstrip("@")
            if domain and not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", domain):
                raise UserError(self.env._("Write the domain of your addresses, such as example.co.ke."))
            settings.sire_google_domain = domain
        return super().set_values()
