"""Sentences of the client page that carry a value, or are long: whole, so that a translator can turn them round."""


class ClientPageText:
    """Mixed into the page; what has no value in it stands in the templates."""

    def say_heading(self):
        name = self.client.commercial_partner_id.name or self.client.name
        if self.order:
            return self.env._("Quotation for %s", name)
        if self.link.invoice_id.move_type == "out_refund":
            return self.env._("Credit note for %s", name)
        return self.env._("Invoice for %s", name)

    def say_stopped(self):
        """Say why there is nothing to approve or pay, and what to do."""
        values = {"company": self.company.name}
        if self.state == "expired":
            values["date"] = self.date(self.order.validity_date)
            return self.env._("It was valid until %(date)s. To go ahead, ask %(company)s for a new one.", **values)
        if self.state == "changed":
            return self.env._(
                "It was changed after it was sent to you, so it cannot be approved. Wait for the new message from"
                " %(company)s, or ask for it.",
                **values,
            )
        if self.state == "declined":
            values["date"] = self.moment(self.order.sire_declined_at)
            return self.env._(
                "We received the answer on %(date)s. Changed your mind? Ask %(company)s for a new one.", **values
            )
        if self.state == "superseded":
            return self.say_superseded()
        if self.state == "cancelled":
            return self.env._(
                "Nothing can be approved or paid here. Please pay nothing for it, and ask %(company)s what replaces it.",
                **values,
            )
        return self.env._("%(company)s is still working on it. You get a message when it is ready.", **values)

    def say_agreement(self):
        return self.env._(
            "You agree to the work and the prices on this page. Your name, the time and your network address are kept with"
            " the quotation. Paying comes next, on this page."
        )

    def say_approved(self):
        return self.env._(
            "Approved by %(name)s on %(date)s.", name=self.order.signed_by, date=self.moment(self.order.signed_on)
        )

    def say_prompt(self, attempt):
        return self.env._(
            "PIN prompt sent to %(phone)s. Enter your M-Pesa PIN there to pay %(amount)s to %(company)s.",
            phone=attempt["phone"],
            amount=self.money(self.live.amount, self.live.currency_id),
            company=self.company.name,
        )

    def say_late(self):
        return self.env._(
            "We are asking Safaricom what happened. If you entered your PIN, do not pay again: this page tells you as soon"
            " as the payment is confirmed."
        )

    def say_one_at_a_time(self):
        return self.env._(
            "You cannot start a second payment while this one is open, so nothing is paid twice. To stop it, choose Cancel"
            " on the phone."
        )

    def say_received(self, tx):
        return self.env._("%s received. Thank you!", self.money(tx.amount, tx.currency_id))

    def say_left(self, invoice, sums):
        """Say what the big amount is, and until when it should be paid."""
        due = self.date(invoice.invoice_date_due)
        if sums["paid"] > 0:
            total = self.money(invoice.amount_total, invoice.currency_id)
            if self.is_all_withheld(invoice, sums):
                return self.env._("left of %s", total)
            return self.env._("left of %(total)s, to be paid by %(date)s", total=total, date=due)
        return self.env._("to be paid by %s", due)

    def say_held(self, invoice, sums):
        return self.env._(
            "%s is being paid in another way at the moment. You can pay here as soon as that has ended.",
            self.money(sums["held"], invoice.currency_id),
        )

    def say_pay(self, amount, is_retry=False):
        """Return the label of the button, for an amount as written."""
        if is_retry:
            return self.env._("Try again: pay %s", amount)
        return self.env._("Pay %s", amount)

    def say_quantity(self, number, unit, price):
        """Return such as "10 Hours × KSh 2,000"; Swahili names the unit first."""
        return self.env._("%(number)s %(unit)s × %(price)s", number=number, unit=unit, price=price)

    def say_discount(self, line):
        return self.env._("%s%% discount", f"{line.discount:g}")

    def say_call(self):
        return self.env._("Call %s", self.phone())

    def say_ask(self):
        return self.env._("Questions? Ask %s", self.company.name)

    def say_offline(self):
        return self.env._("No connection at the moment. We keep trying, and nothing is paid twice.")

    def say_unsure(self):
        return self.env._("The connection broke. Wait a moment: we look what happened before you try again.")
