from odoo import fields, models

from odoo.addons.payment import utils as payment_utils
from odoo.addons.sire_base.utils.eat import utc_to_eat
from odoo.addons.sire_base.utils.phone import mask_phone
from odoo.addons.sire_payment.utils import format_money

from .. import const


class PaymentTransaction(models.Model):
    """What an M-Pesa transaction is. How it is sent, what comes back and how doubt ends are in the files beside."""

    _inherit = "payment.transaction"

    # for sire_audit, where it is installed
    _sire_audit = {"fields": ("mpesa_phone", "mpesa_push_state"), "personal": ("mpesa_phone",)}

    mpesa_phone = fields.Char(string="M-Pesa Phone", readonly=True, copy=False)
    mpesa_callback_token = fields.Char(readonly=True, copy=False, groups="base.group_system")
    mpesa_push_state = fields.Selection(
        string="Prompt",
        selection=[
            ("queued", "To be sent"),
            ("sending", "Being sent"),
            ("sent", "Sent"),
            ("unknown", "Perhaps sent"),
            ("refused", "Refused"),
            ("not_sent", "Not sent"),
        ],
        readonly=True,
        copy=False,
        help="Perhaps sent: the answer to our request was lost. It is not sent again, because it may have rung.",
    )
    mpesa_requested_at = fields.Datetime(string="Prompt Requested", readonly=True, copy=False)
    mpesa_merchant_request_id = fields.Char(string="Merchant Request", readonly=True, copy=False)
    mpesa_checkout_request_id = fields.Char(string="Checkout Request", readonly=True, copy=False)
    mpesa_next_query_at = fields.Datetime(string="Next Question to Safaricom", readonly=True, copy=False)
    mpesa_result_code = fields.Char(string="M-Pesa Result", readonly=True, copy=False)
    mpesa_result_description = fields.Char(string="Safaricom's Words", readonly=True, copy=False)
    mpesa_paid_at = fields.Datetime(string="Paid On", readonly=True, copy=False)
    mpesa_flag = fields.Char(
        string="Needs a Look",
        compute="_compute_mpesa_flag",
        help="A callback said something that does not fit. It was kept and not booked.",
    )

    _mpesa_callback_token_uniq = models.UniqueIndex(
        "(mpesa_callback_token) WHERE mpesa_callback_token IS NOT NULL", "A callback address is used once."
    )
    _mpesa_checkout_request_id_uniq = models.UniqueIndex(
        "(mpesa_checkout_request_id) WHERE mpesa_checkout_request_id IS NOT NULL",
        "A prompt belongs to one transaction.",
    )
    _mpesa_receipt_uniq = models.UniqueIndex(
        "(company_id, provider_reference) WHERE mpesa_callback_token IS NOT NULL AND provider_reference IS NOT NULL",
        "An M-Pesa receipt is booked once.",
    )
    _mpesa_next_query_at_idx = models.Index("(mpesa_next_query_at) WHERE mpesa_next_query_at IS NOT NULL")

    # === COMPUTES === #

    def _compute_mpesa_flag(self):
        for tx in self:
            contradictions = tx._mpesa_find_contradictions() if tx.provider_code == "mpesa" else []
            tx.mpesa_flag = contradictions[0] if contradictions else False

    # === BUSINESS === #

    def _mpesa_status(self):
        """Tell the payer how it stands, in the language of the environment.

        :return: ``state`` (waiting, paid or failed), ``message`` (what happened and what to do), ``retry`` (whether
            trying again can help), ``seconds_left`` (of the prompt on the phone), ``phone`` (masked), ``receipt``,
            ``amount``, ``currency``
        :rtype: dict
        """
        self.ensure_one()
        status = {
            "state": "waiting",
            "message": "",
            "retry": False,
            "seconds_left": 0,
            "phone": mask_phone(self.mpesa_phone) if self.mpesa_phone else "",
            "receipt": self.provider_reference or "",
            "amount": self.amount,
            "currency": self.currency_id.name,
        }
        if self.state == "done":
            status.update(state="paid", message=self._mpesa_get_paid_message())
        elif self.state in ("cancel", "error"):
            result = const.RESULTS.get(self.mpesa_result_code, const.OTHER_RESULT)
            status.update(state="failed", message=self.env._(result.message), retry=result.retry)
        elif self.state == "draft":
            status["message"] = self.env._("No prompt was requested yet.")
        else:
            age = (fields.Datetime.now() - self.mpesa_requested_at).total_seconds()
            status["seconds_left"] = max(0, round(const.PROMPT_SECONDS - age))
            if status["seconds_left"]:
                status["message"] = self.env._("A prompt is on its way to %s. Enter your M-Pesa PIN.", status["phone"])
            else:
                status["message"] = self.env._("We are asking Safaricom whether the payment was made. Please wait.")
        return status

    def _mpesa_get_paid_message(self):
        amount = format_money(self.amount, self.currency_id)
        if self.provider_reference:
            return self.env._(
                "Paid: %(amount)s. M-Pesa receipt %(receipt)s.", amount=amount, receipt=self.provider_reference
            )
        return self.env._("Paid: %s. The M-Pesa receipt number follows.", amount)

    # === OVERRIDES === #

    def _get_specific_processing_values(self, processing_values):
        """Override of `payment`: the key with which the payment form may ask for the prompt."""
        if self.provider_code != "mpesa":
            return super()._get_specific_processing_values(processing_values)
        return {"access_token": self._mpesa_get_access_token(), "phone": self.partner_phone or ""}

    def _mpesa_get_access_token(self):
        return payment_utils.generate_access_token("mpesa", self.reference, self.partner_id.id, env=self.env)

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment`: the payment has the date on which it was made, in Nairobi."""
        if self.provider_code == "mpesa" and self.mpesa_paid_at:
            extra_create_values.setdefault("date", utc_to_eat(self.mpesa_paid_at).date())
        return super()._create_payment(**extra_create_values)

    def _sire_hold_reason(self, amount):
        """Override of `sire_payment`."""
        if self.provider_code == "mpesa" and self.state != "done":
            return self.env._("%s is waiting for an M-Pesa prompt", amount)
        return super()._sire_hold_reason(amount)
