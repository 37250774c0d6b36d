import math

from odoo import models

from odoo.addons.sire_payment.utils import format_money

from .. import const


class PaymentProvider(models.Model):
    """What one M-Pesa payment can carry of an amount, told in words where it is not all of it."""

    _inherit = "payment.provider"

    def _mpesa_get_method(self):
        """:return: the way to pay that this provider's prompts are; empty when there is no provider
        :rtype: payment.method
        """
        methods_sudo = self.sudo().with_context(active_test=False).payment_method_ids  # who pays reads no providers
        return methods_sudo.filtered(lambda method: method.code == "mpesa")[:1]

    def _mpesa_get_step(self, amount):
        """Return what the next payment of an amount can be, and how many payments the whole takes.

        No rest is left that would be too small for a payment of its own, where that can be helped.

        :param float amount: shillings
        :return: whole shillings (0 when M-Pesa cannot carry any of it), and the number of payments
        :rtype: tuple[int, int]
        """
        self.ensure_one()
        whole = math.floor(amount) if math.isfinite(amount) else 0
        smallest, largest = self.mpesa_min_amount, self.mpesa_max_amount
        if whole < smallest:
            return 0, 0
        step, steps = min(whole, largest), math.ceil(whole / largest)
        rest = whole - step
        if 0 < rest < smallest and step - (smallest - rest) >= smallest:
            step -= smallest - rest
        return step, steps

    def _mpesa_say_steps(self, amount, currency):
        """Say that an amount takes several payments.

        :return: a sentence for the payer, empty when one payment is enough
        :rtype: str
        """
        _step, steps = self._mpesa_get_step(amount)
        if steps < 2:
            return ""
        return self.env._(
            "%(amount)s is above M-Pesa's limit of %(limit)s a payment: pay in %(steps)s steps.",
            amount=format_money(amount, currency),
            limit=format_money(self.mpesa_max_amount, currency),
            steps=steps,
        )

    def _mpesa_get_form_values(self, amount, currency, is_offered, can_split=True):
        """Return what the host's payment form shows of M-Pesa.

        :param bool is_offered: whether the host lists M-Pesa among the ways to pay
        :param bool can_split: whether the form may pay a part
        :return: ``mpesa_step`` (whole shillings of the next payment) and ``mpesa_note``, a sentence or empty
        :rtype: dict
        """
        if not self:
            return {}
        if not is_offered:
            return {"mpesa_note": self._mpesa_say_absence(amount, currency)}
        step, steps = self._mpesa_get_step(amount)
        note = ""
        if steps > 1 and can_split:
            note = self.env._(
                "%(steps)s With M-Pesa you pay %(step)s now.",
                steps=self._mpesa_say_steps(amount, currency),
                step=format_money(step, currency),
            )
        elif steps > 1:
            limit = format_money(self.mpesa_max_amount, currency)
            note = self.env._(
                "M-Pesa carries at most %s a payment: choose another way, or ask for a smaller link.", limit
            )
        elif currency.compare_amounts(step, amount) != 0:
            note = self.env._("M-Pesa takes whole shillings: it pays %s of it.", format_money(step, currency))
        return {"mpesa_step": step, "mpesa_note": note}

    def _mpesa_say_absence(self, amount, currency):
        """Say why M-Pesa cannot pay an amount.

        :return: a sentence for the payer, empty when it can
        :rtype: str
        """
        if currency.name != const.CURRENCY:
            return self.env._("M-Pesa pays in Kenyan shillings only, not in %s.", currency.name)
        step, _steps = self._mpesa_get_step(amount)
        if step:
            return ""
        if amount < 1 <= self.mpesa_min_amount:
            return self.env._("M-Pesa takes whole shillings only.")
        return self.env._("The smallest M-Pesa payment is %s.", format_money(self.mpesa_min_amount, currency))
