"""Paying without a prompt, and in several payments: what the client page shows of both."""


class ClientPagePayBill:
    """Mixed into the page."""

    def get_pay_bill(self, invoice):
        """Return how to pay without a prompt, or nothing: not while a prompt is open, so that nothing is paid twice.

        :rtype: dict
        """
        if self.live or invoice.move_type == "out_refund":
            return {}
        return invoice._mpesa_get_pay_bill()

    def can_claim(self, invoice):
        """Whether the client can name the code of a payment: there is something to pay, and payments are reported."""
        is_reported = self.provider.mpesa_c2b_state == "registered" or self.provider.mpesa_pull_registered_at
        is_open = invoice.move_type != "out_refund" and not self.is_settled(invoice)
        return bool(is_reported) and is_open and not self.live and invoice.currency_id.name == "KES"

    def is_pay_bill_open(self, invoice, failure):
        """Whether the instructions are unfolded: the prompt has just failed, and for sure nothing was paid."""
        latest = self.attempts[:1]
        has_failed = self.get_attempt().get("state") == "failed" and latest in invoice.transaction_ids
        return has_failed and not failure and not latest._mpesa_is_in_doubt()

    def say_steps(self, sums, currency):
        """Say that what is left takes several payments, and which one comes next; empty when one is enough."""
        sentence = self.provider._mpesa_say_steps(sums["asked"], currency)
        if not sentence:
            return ""
        step, _steps = self.provider._mpesa_get_step(sums["asked"])
        next_one = self.env._(
            "Next: %s. M-Pesa also limits what one phone pays in a day: another phone may pay a step.",
            self.money(step, currency),
        )
        return f"{sentence} {next_one}"

    def say_absence(self, invoice, sums):
        """Say why M-Pesa is not offered, and what to do."""
        why = self.env._("M-Pesa is not available for this invoice.")
        if self.provider:
            why = self.provider._mpesa_say_absence(sums["asked"], invoice.currency_id) or why
        return self.env._("%s Use another way to pay below, or ask us.", why)

    def say_unseen(self, number):
        """One sentence for a code that is unknown and for one that is somebody else's."""
        return self.env._(
            "We do not find %(number)s for this invoice yet. Check the code. Safaricom can take some minutes to tell us: "
            "try again shortly, and do not pay again. If it stays so, ask us and name the code.",
            number=number,
        )

    def say_copied(self):
        return self.env._("Copied")

    def say_pay_bill(self, is_till):
        if is_till:
            return self.env._(
                "On any phone: M-Pesa, Lipa na M-Pesa, Buy Goods. Then enter the code of the message below."
            )
        return self.env._("On any phone: M-Pesa, Lipa na M-Pesa, Pay Bill. Type the account exactly.")
