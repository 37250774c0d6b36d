from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.sire_base.utils.eat import eat_today

from .. import gate

SAME_CLICK = timedelta(seconds=5)


class SaleOrder(models.Model):
    """One click from the draft to the client's inbox."""

    _inherit = "sale.order"

    def action_sire_send(self):
        """Send the quotation to its client: e-mail with the PDF and the link to approve it. Again after a change.

        :raise UserError: with a sentence that says what is missing
        """
        self.ensure_one()
        self.check_access("write")
        self._sire_lock()
        self._sire_check_sendable()
        if self._sire_has_just_been_sent():
            return True
        gate.opened(self).write({"state": "sent", "sire_sent_digest": self._sire_digest(), "sire_opened_at": False})
        pdf = self._sire_render_pdf()  # As sent: a draft has a stamp.
        self._sire_keep_pdf(pdf)
        self._sire_send_document("sire_billing.mail_template_quotation", attachments=pdf)
        return True

    def _sire_has_just_been_sent(self):
        """:return: whether this is the second of two clicks: the same content left a moment ago"""
        self.ensure_one()
        return (
            self.state == "sent"
            and bool(self.sire_sent_at)
            and self.sire_sent_at > fields.Datetime.now() - SAME_CLICK
            and self.sire_sent_to == self.partner_id.email_normalized
            and self.sire_delivery != "failed"
            and not self.sire_changed
        )

    def _sire_form_action(self):
        """:return: the action that opens this quotation in our own form, also after a reload of the page"""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("sire_billing.action_sire_quotations"),
            "res_id": self.id,
            "views": [(self.env.ref("sire_billing.sale_order_view_form").id, "form")],
        }

    def action_preview_sale_order(self):
        """Override of `sale`: the page that the client gets."""
        return self.action_sire_preview()

    def action_sire_preview(self):
        """Open the client's page as the client sees it.

        :raise AccessError: when the user may not have the link, with which anybody can approve
        """
        self.ensure_one()
        self._sire_check_may_give_link()
        self._sire_check_link_opens()
        return {"type": "ir.actions.act_url", "target": "new", "url": self._sire_get_client_url()}

    def _sire_check_sendable(self, by_mail=True):
        """:raise UserError: with the first thing that is missing before the client may have this quotation."""
        self.ensure_one()
        if self.state not in ("draft", "sent"):
            raise UserError(
                self.env._(
                    "%(order)s is %(state)s: only a draft, or a quotation that waits for an answer, can be sent.",
                    order=self.name,
                    state=dict(self._fields["sire_state"]._description_selection(self.env))[self.sire_state].lower(),
                )
            )
        if by_mail and not self.partner_id.email_normalized:
            raise UserError(
                self.env._("%s has no e-mail address: write it on the client first.", self.partner_id.display_name)
            )
        if not self.order_line.filtered(lambda line: not line.display_type):
            raise UserError(self.env._("%s has no lines yet: add what the client is to pay for.", self.name))
        options = self._sire_get_options()
        most = self._sire_get_totals(options)["total_amount_currency"] if options else self.amount_total
        if self.currency_id.compare_amounts(most, 0) < 0:
            raise UserError(self.env._("The total of %s is below zero: lower what is taken off.", self.name))
        if self.currency_id.is_zero(most):
            raise UserError(self.env._("The total of %s is zero: write the prices first.", self.name))
        if self.validity_date and self.validity_date < eat_today():
            raise UserError(
                self.env._(
                    "%(order)s was valid until %(date)s: set a later date first.",
                    order=self.name,
                    date=format_date(self.env, self.validity_date),
                )
            )

    def _sire_render_pdf(self):
        """:return: [(file name, PDF)] of the quotation, or nothing without a PDF engine: the link is enough to approve"""
        return self._sire_render_report(
            "sale.action_report_saleorder", self.env._("Quotation %s.pdf", self.name.replace("/", "-"))
        )
