from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .. import gate


class SaleOrder(models.Model):
    """The host's own buttons and methods: each leads to our one gate, or is refused with a sentence."""

    _inherit = "sale.order"

    def action_confirm(self):
        """Override of `sale`: an order is confirmed by its approval, which makes its invoice."""
        self.check_access("write")
        if not gate.is_open(self.env):
            raise UserError(
                self.env._(
                    "A quotation is approved by its client with the link that was sent, or with “Mark Approved” when the"
                    " client agreed in another way."
                )
            )
        return super().action_confirm()

    def action_quotation_send(self):
        """Override of `sale`: one way to send, the same e-mail from every button."""
        for order in self:
            order.action_sire_send()
        return True

    def action_quotation_sent(self):
        """Override of `sale`: marked as sent by hand, when the link went another way. The client can approve it."""
        self._sire_lock()
        for order in self:
            order._sire_check_sendable(by_mail=False)
            gate.opened(order).write(
                {
                    "state": "sent",
                    "sire_sent_at": fields.Datetime.now(),
                    "sire_sent_to": False,
                    "sire_sent_digest": order._sire_digest(),
                    "sire_sent_message_id": False,
                    "sire_sent_pdf": False,
                }
            )

    def action_draft(self):
        """Override of `sale`: back to draft forgets what was sent and answered; the chatter remembers."""
        self._sire_lock()
        self.filtered("sire_superseded_at")._sire_check_not_frozen()
        orders = self.filtered(lambda order: order.state in ("cancel", "sent"))
        gate.opened(orders).write(
            {
                "sire_sent_at": False,
                "sire_sent_to": False,
                "sire_sent_digest": False,
                "sire_sent_message_id": False,
                "sire_sent_pdf": False,
                "sire_opened_at": False,
                "sire_approved_content": False,
                "sire_approved_digest": False,
                "sire_approved_pdf_sha256": False,
                "sire_approved_address": False,
                "sire_approved_device": False,
                "sire_approved_user_id": False,
                "sire_approved_note": False,
                "sire_declined_at": False,
                "sire_declined_by": False,
                "sire_decline_reason": False,
            }
        )
        return super(SaleOrder, gate.opened(orders)).action_draft()

    def _action_cancel(self):
        """Override of `sale`: an approved quotation is an agreement. Only an administrator cancels it, uninvoiced."""
        self._sire_lock()
        for order in self.filtered(lambda order: order.state == "sale"):
            if not (self.env.su or self.env.user.has_group("sire_access.group_admin")):
                raise AccessError(self.env._("%s is approved: only an administrator may cancel it.", order.name))
            invoice_sudo = order.sudo()._sire_get_invoice()  # sudo: whoever cancels need not read invoices
            if invoice_sudo.state == "posted":
                raise UserError(
                    self.env._(
                        "%(order)s is invoiced by %(invoice)s: make a credit note for the invoice first.",
                        order=order.name,
                        invoice=invoice_sudo.name,
                    )
                )
        return super(SaleOrder, gate.opened(self))._action_cancel()

    def _send_order_notification_mail(self, mail_template, allow_deferred_sending=True):
        """Override of `sale`: the client hears from us in one style, `_sire_send_document`."""
        return

    def message_post(self, **kwargs):
        """Override of `sale`: writing a message to the client does not make the quotation "sent"."""
        return super(SaleOrder, self.with_context(mark_so_as_sent=False)).message_post(**kwargs)

    def _has_to_be_signed(self):
        """Override of `sale`: approved on the client's page, not in the portal."""
        return False

    def _has_to_be_paid(self):
        """Override of `sale`: a client pays the invoice, not the quotation."""
        return False
