from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import const
from ..commands import decode_file, encrypt_credential, load_certificate

REMARKS = "SIRE"


class PaymentProvider(models.Model):
    """The initiator: the user at Safaricom who may ask, return money and see the balance."""

    _inherit = "payment.provider"

    mpesa_initiator_name = fields.Char(
        string="Initiator",
        copy=False,
        groups="base.group_system",
        help="The API user of the organisation portal. It asks what became of payments, returns them and sees the balance.",
    )
    mpesa_initiator_password = fields.Char(string="Initiator Password", copy=False, groups="base.group_system")
    mpesa_initiator_certificate = fields.Binary(
        string="Safaricom's Certificate",
        copy=False,
        attachment=False,
        groups="base.group_system",
        help="From the Daraja portal, production or sandbox. The initiator's password is encrypted with it.",
    )
    mpesa_confirm_c2b = fields.Selection(
        string="Confirm Payments without a Prompt",
        selection=[
            ("always", "Always"),
            ("without_addresses", "Only while no callback addresses are set"),
            ("never", "Never"),
        ],
        default="always",
        required=True,
        help="Reports of such payments carry no signature. With an initiator, Safaricom is asked before one is booked.",
    )

    # === CONSTRAINTS === #

    @api.constrains("mpesa_initiator_password", "mpesa_initiator_certificate")
    def _check_mpesa_initiator(self):
        for provider in self.sudo():  # whoever writes may not read it back
            certificate = decode_file(provider.mpesa_initiator_certificate)
            if not certificate:
                continue
            try:
                load_certificate(certificate)
            except Exception:  # noqa: BLE001  a file from outside: the library raises what it likes
                raise ValidationError(
                    self.env._("This file is not Safaricom's certificate: it has to be a .cer or .pem with an RSA key.")
                ) from None
            try:
                encrypt_credential(provider.mpesa_initiator_password or "", certificate)
            except ValueError:
                raise ValidationError(
                    self.env._("The initiator's password is too long for Safaricom's certificate.")
                ) from None

    # === COMPUTES === #

    @api.depends(
        "code", "mpesa_initiator_name", "mpesa_initiator_password", "mpesa_initiator_certificate"
    )  # fmt: skip
    def _compute_feature_support_fields(self):
        """Override of `payment`: with an initiator, payments can be returned, in parts too."""
        result = super()._compute_feature_support_fields()
        self.filtered(lambda provider: provider._mpesa_has_initiator()).support_refund = "partial"
        return result

    def _get_reset_values(self):
        """Override of `payment`."""
        values = super()._get_reset_values()
        if self.code == "mpesa":
            values.update(mpesa_initiator_name=None, mpesa_initiator_password=None, mpesa_initiator_certificate=None)
        return values

    # === BUSINESS === #

    def _mpesa_has_initiator(self):
        """:return: whether Safaricom can be sent commands
        :rtype: bool
        """
        self.ensure_one()
        provider_sudo = self.sudo()  # The credentials are the administrator's to read.
        return bool(
            provider_sudo.code == "mpesa"
            and provider_sudo.mpesa_initiator_name
            and provider_sudo.mpesa_initiator_password
            and provider_sudo.mpesa_initiator_certificate
        )

    def _mpesa_asks_about_c2b(self):
        """:return: whether a pay bill confirmation is believed only after a question
        :rtype: bool
        """
        self.ensure_one()
        provider_sudo = self.sudo()  # Whoever takes a report may not read providers.
        is_on = provider_sudo.mpesa_confirm_c2b == "always" or (
            provider_sudo.mpesa_confirm_c2b == "without_addresses" and not provider_sudo.mpesa_source_addresses
        )
        return is_on and provider_sudo._mpesa_has_initiator()

    def _mpesa_get_shortcodes(self):
        """:return: the numbers that clients pay to
        :rtype: set[str]
        """
        return set(filter(None, (self.mpesa_shortcode, self.mpesa_till)))

    def _mpesa_build_command(self, command):
        """Build the request of a command.

        :param command: ``sire.mpesa.command``
        :return: the body of the request
        :rtype: dict
        :raise UserError: a sentence, when the initiator is not set up
        """
        self.ensure_one()
        provider_sudo = self.sudo()  # The credentials are the administrator's to read.
        if not provider_sudo._mpesa_has_initiator():
            raise UserError(self.env["sire.mpesa.command"]._get_fault_words("setup"))
        base = f"{self.env['ir.config_parameter']._sire_public_url()}{const.COMMAND_PATH}{command.sudo().token}"
        certificate = decode_file(provider_sudo.mpesa_initiator_certificate)
        payload = {
            "Initiator": provider_sudo.mpesa_initiator_name,
            "SecurityCredential": encrypt_credential(provider_sudo.mpesa_initiator_password, certificate),
            "Remarks": REMARKS,
            "ResultURL": f"{base}/result",
            "QueueTimeOutURL": f"{base}/late",
        }
        shortcode = int(provider_sudo.mpesa_shortcode)
        if command.kind == "balance":
            return {**payload, "CommandID": "AccountBalance", "PartyA": shortcode, "IdentifierType": "4"}
        if command.kind == "reversal":
            return {
                **payload,
                "CommandID": "TransactionReversal",
                "TransactionID": command.receipt_id.name,
                "Amount": int(command.amount),
                "ReceiverParty": shortcode,
                "RecieverIdentifierType": "11",  # spelt so
                "Occasion": command.about[:100],
            }
        asked = (
            {"TransactionID": command.receipt_id.name}
            if command.receipt_id
            else {"OriginalConversationID": command._get_asked_conversation()}
        )
        return {
            **payload,
            **asked,
            "CommandID": "TransactionStatusQuery",
            "PartyA": shortcode,
            "IdentifierType": "4",
            "Occasion": command.about[:100],
        }
