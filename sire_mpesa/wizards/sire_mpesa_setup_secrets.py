from odoo import api, fields, models


class SireMpesaSetup(models.TransientModel):
    """What is typed and never shown: it is handed on to the provider, and kept nowhere else."""

    _inherit = "sire.mpesa.setup"

    consumer_key = fields.Char(compute="_compute_secrets", inverse="_inverse_keys", groups="base.group_system")
    consumer_secret = fields.Char(compute="_compute_secrets", inverse="_inverse_keys", groups="base.group_system")
    passkey = fields.Char(compute="_compute_secrets", inverse="_inverse_passkey", groups="base.group_system")
    initiator_password = fields.Char(
        compute="_compute_secrets", inverse="_inverse_initiator", groups="base.group_system"
    )
    initiator_certificate = fields.Binary(
        "Safaricom's Certificate", compute="_compute_secrets", inverse="_inverse_initiator", groups="base.group_system"
    )
    initiator_certificate_name = fields.Char(compute="_compute_certificate_name", readonly=False)
    mpesa_initiator_name = fields.Char(
        related="provider_id.mpesa_initiator_name", readonly=False, groups="base.group_system"
    )
    has_initiator = fields.Boolean(compute="_compute_secrets")
    has_certificate = fields.Boolean(compute="_compute_secrets")
    has_keys = fields.Boolean(compute="_compute_secrets")
    has_passkey = fields.Boolean(compute="_compute_secrets")

    # === COMPUTES === #

    @api.depends("provider_id")
    def _compute_secrets(self):
        """What is stored is never shown, only that it is."""
        for setup in self:
            provider = setup.provider_id
            setup.consumer_key = setup.consumer_secret = setup.passkey = False
            setup.initiator_password = setup.initiator_certificate = False
            setup.has_initiator = bool(provider.mpesa_initiator_password)
            setup.has_certificate = bool(provider.mpesa_initiator_certificate)
            setup.has_keys = bool(provider.mpesa_consumer_key and provider.mpesa_consumer_secret)
            setup.has_passkey = bool(provider.mpesa_passkey)

    def _compute_certificate_name(self):
        """The name of the file while it is being uploaded."""
        self.initiator_certificate_name = False

    def _inverse_keys(self):
        for setup in self:
            values = {"mpesa_consumer_key": setup.consumer_key, "mpesa_consumer_secret": setup.consumer_secret}
            setup._hand_on(values)

    def _inverse_passkey(self):
        for setup in self:
            setup._hand_on({"mpesa_passkey": setup.passkey})

    def _inverse_initiator(self):
        for setup in self:
            values = {
                "mpesa_initiator_password": setup.initiator_password,
                "mpesa_initiator_certificate": setup.initiator_certificate,
            }
            setup._hand_on(values)

    # === HELPERS === #

    def _hand_on(self, values):
        """Give the provider what was typed; what was left empty stays as it is there."""
        typed = {name: value.strip() for name, value in values.items() if value and value.strip()}
        if typed:
            self.provider_id.write(typed)
