from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_payment.utils import format_money

from .. import const, gate
from ..utils import Sighting

HINTS = ("c2b",)  # sources that nobody but the report itself vouches for


class SireMpesaReceipt(models.Model):
    """A pay bill confirmation is a hint: with an initiator, Safaricom is asked before it is believed."""

    _inherit = "sire.mpesa.receipt"

    confirmation = fields.Selection(
        [("asked", "Asked Safaricom"), ("confirmed", "Confirmed by Safaricom"), ("denied", "Denied by Safaricom")],
        readonly=True,
        help="Empty: nobody asked, it was believed as reported.",
    )
    command_ids = fields.One2many("sire.mpesa.command", "receipt_id", string="Requests to Safaricom", readonly=True)
    can_ask = fields.Boolean(compute="_compute_can_ask", help="Whether there is an initiator to ask and return with.")

    # === COMPUTES === #

    def _compute_can_ask(self):
        for receipt in self:
            receipt.can_ask = receipt.provider_id._mpesa_has_initiator()

    # === ACTIONS === #

    def action_ask_safaricom(self):
        """Button: ask Safaricom now whether this payment is true."""
        self.ensure_one()
        self._check_may_assign()
        if not self.can_ask:
            raise UserError(self.env["sire.mpesa.command"]._get_fault_words("setup"))
        receipt_sudo = gate.opened(self.sudo())  # nobody writes the ledger but itself
        receipt_sudo._lock()
        if receipt_sudo.state == "denied":
            receipt_sudo.state = "waiting"  # and still denied, until somebody who knows says otherwise
        receipt_sudo._ask_status()
        message = self.env._("Safaricom was asked about %s. The answer appears here in a moment.", self.name)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": message, "next": {"type": "ir.actions.client", "tag": "soft_reload"}},
        }

    # === BUSINESS === #

    def _must_be_confirmed(self, sighting):
        """:return: whether a report is not believed before Safaricom was asked
        :rtype: bool
        """
        if sighting.source not in HINTS or self.transaction_id or self.confirmation == "confirmed":
            return False
        if self.confirmation == "denied":
            return True
        return self.state == "waiting" and self.provider_id._mpesa_asks_about_c2b()

    def _wait_for_confirmation(self, prompts):
        """Have Safaricom asked: at once, or when a prompt's own callback has had its time to say the same.

        :param prompts: open or paid prompts of which this may be the payment
        """
        if self.confirmation:
            return  # asked already
        self.confirmation = "asked"
        if prompts:
            self.next_try_at = fields.Datetime.now() + timedelta(seconds=const.CALLBACK_FIRST)
            self.reason = self.env._(
                "Perhaps the payment of prompt %s: waiting for its own report.", prompts[0].reference
            )
        else:
            self._ask_status()

    def _ask_status(self):
        """Ask Safaricom about this receipt, and set when to ask again if no answer comes."""
        self.ensure_one()
        commands_sudo = self.env["sire.mpesa.command"].sudo()  # commands are written by the system alone
        asked_sudo = commands_sudo.search([("receipt_id", "=", self.id), ("kind", "=", "status")])
        asked_sudo.filtered(lambda one: one.state in ("sent", "unknown")).write({"state": "unanswered"})
        commands_sudo._queue(self.provider_id, "status", receipt_id=self.id, about=self.name)
        if self.state == "waiting" and self._is_unsure():
            pace = const.ASK_PACE[min(len(asked_sudo), len(const.ASK_PACE) - 1)]
            self.write(
                {
                    "reason": self.env._("Asked Safaricom whether it is true. It is booked when the answer comes."),
                    "next_try_at": fields.Datetime.now() + timedelta(seconds=pace),
                }
            )

    def _take_status(self, answer, result, event=None):
        """Take what Safaricom says about this receipt.

        :param StatusAnswer answer:
        :param CommandResult result: in its own words
        """
        receipt = gate.opened(self)
        if result.code == const.NOT_KNOWN:
            receipt._lock()
            receipt._take_denial(result.description)
        elif result.code != "0" or answer.verdict == "unclear" or answer.number != receipt.name:
            words = self._get_command_words(result.code)
            receipt._note_no_answer(f"{words} {result.description}".strip())
        elif answer.verdict == "denied":
            receipt._lock()
            receipt._deny(self.env._("Safaricom says that it is no payment to us: %s.", answer.why))
        else:
            if receipt._is_unsure():
                receipt._lock()
                receipt._correct(answer)
            sighting = Sighting(
                number=receipt.name,
                amount=answer.amount,
                source="status",
                kind=receipt.kind,
                paid_at=answer.paid_at or receipt.paid_at,
                phone=answer.phone,
                name=answer.name,
                reference=receipt.reference or "",
                body=event._get_raw_body().decode("utf-8", "replace") if event else "",
                event_id=event.id if event else None,
            )
            receipt._take(receipt.provider_id, sighting)

    def _take_denial(self, words):
        """Safaricom does not know the receipt: asked again before it is believed, its systems need their time."""
        denied = [("receipt_id", "=", self.id), ("kind", "=", "status"), ("result_code", "=", const.NOT_KNOWN)]
        if self.env["sire.mpesa.command"].search_count(denied) >= const.DENIALS or not self._is_unsure():
            self._deny(self.env._("Safaricom does not know this receipt: %s", words))
        else:
            self.reason = self.env._("Safaricom does not know it yet, and is asked again.")

    def _deny(self, why):
        """It is no payment to us. It is kept and flagged, and never booked unless somebody else confirms it."""
        if self._is_unsure():
            self.write(
                {
                    "state": "denied",
                    "confirmation": "denied",
                    "reason": False,
                    "next_try_at": False,
                    "waiting_for_id": False,
                }
            )
        self.flag = why
        self.message_post(body=why)
        self._tell_responsible(self.env._("M-Pesa receipt %s is not known to Safaricom", self.name), why)

    def _correct(self, answer):
        """What was only claimed is replaced by what Safaricom says: the amount that moved, and when."""
        if self.currency_id.compare_amounts(self.amount, answer.amount) == 0:
            return
        self.flag = self.env._(
            "A confirmation said %(claimed)s. Safaricom says %(true)s: that is what counts.",
            claimed=format_money(self.amount, self.currency_id),
            true=format_money(answer.amount, self.currency_id),
        )
        self.message_post(body=self.flag)
        self.write({"amount": answer.amount, **({"paid_at": answer.paid_at} if answer.paid_at else {})})

    def _note_no_answer(self, words):
        """Safaricom said nothing about it: it stays as it is, and is asked about again."""
        receipt = gate.opened(self)
        if receipt.state == "waiting" and receipt._is_unsure():
            receipt.reason = self.env._("Safaricom could not say whether it is true, and is asked again. %s", words)

    def _book(self):
        """Override: what is only a hint is asked about, not booked."""
        self.ensure_one()
        receipt = gate.opened(self)
        is_asked = receipt.confirmation == "denied" or receipt.provider_id._mpesa_asks_about_c2b()
        if receipt.state == "waiting" and receipt._is_unsure() and is_asked:
            receipt._lock()
            if receipt.state == "waiting" and receipt._is_unsure():
                if not receipt.next_try_at or receipt.next_try_at <= fields.Datetime.now():
                    receipt._ask_status()
            return None
        return super()._book()

    # === HELPERS === #

    def _is_unsure(self):
        """:return: whether nobody but an unsigned report speaks for this receipt, and the books do not know it yet
        :rtype: bool
        """
        is_claimed = self.confirmation in ("asked", "denied") and self.state in ("waiting", "denied")
        return is_claimed and not self.transaction_id

    def _find_contradiction(self, sighting):
        """Override: what was only claimed contradicts nobody who knows."""
        if self._is_unsure() and sighting.source not in HINTS:
            return None
        return super()._find_contradiction(sighting)

    def _add_evidence(self, sighting):
        """Override: a report that somebody vouches for confirms what was only claimed."""
        if self.confirmation in ("asked", "denied") and sighting.source not in HINTS:
            if self.currency_id.compare_amounts(self.amount, sighting.amount) != 0:
                if not self._is_unsure():  # it is in the books with what was claimed: staff look
                    return super()._add_evidence(sighting)
                self._correct(sighting)
            was_denied = self.state == "denied"
            self.confirmation = "confirmed"
            if was_denied or self.state == "waiting":
                self.write({"state": "waiting", "reason": False, "next_try_at": fields.Datetime.now()})
            if was_denied:
                self.flag = False
                self.message_post(body=self.env._("It was reported by somebody who knows: it is booked after all."))
        return super()._add_evidence(sighting)

    def _tell_responsible(self, summary, note):
        """Put it on the list of whoever looks after M-Pesa."""
        user = self._get_responsible()
        if user:
            self.with_context(mail_activity_quick_update=True, lang=user.lang).activity_schedule(
                "mail.mail_activity_data_todo", summary=summary, note=note, user_id=user.id
            )

    def _get_command_words(self, code):
        return self.env["sire.mpesa.command"]._get_fault_words(code) if code in const.COMMAND_FAULTS else ""
