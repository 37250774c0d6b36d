from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_payment.utils import format_money


class SireCashPaymentWizard(models.TransientModel):
    _name = "sire.cash.payment.wizard"
    _inherit = ["sire.amount.wizard", "sire.document.wizard"]
    _description = "Cash payment"
    _sire_documents = ("move_id", "payment_id")

    instrument = fields.Selection(
        selection=[("cash", "Cash"), ("cheque", "Cheque"), ("transfer", "Bank transfer")],
        string="Received As",
        required=True,
        default="cash",
    )
    cheque_number = fields.Char()
    cheque_bank = fields.Char(string="Bank of the Cheque")
    cheque_date = fields.Date(string="Date on the Cheque")
    transfer_reference = fields.Char()
    move_id = fields.Many2one("account.move", string="Invoice", required=True, readonly=True, ondelete="cascade")
    # What is shown of an invoice is read with the rights of whoever named it, here and below.
    company_id = fields.Many2one(related="move_id.company_id", related_sudo=False)
    partner_id = fields.Many2one(related="move_id.partner_id", related_sudo=False, string="Client")
    currency_id = fields.Many2one(related="move_id.currency_id", related_sudo=False)
    payable = fields.Monetary(string="Left to Pay", compute="_compute_payable")
    amount = fields.Monetary(
        compute="_compute_amount", compute_sudo=False, store=True, precompute=True, readonly=False, required=True
    )
    received_from = fields.Char(
        compute="_compute_amount", compute_sudo=False, store=True, precompute=True, readonly=False, required=True
    )
    date = fields.Date(required=True, default=lambda self: eat_today())
    journal_id = fields.Many2one(
        "account.journal",
        compute="_compute_journal_id",
        precompute=True,
        store=True,
        readonly=False,
        required=True,
        domain="[('type', '=', 'cash' if instrument == 'cash' else 'bank'), ('company_id', '=', company_id)]",
    )
    show_journal = fields.Boolean(compute="_compute_show_journal")
    payment_id = fields.Many2one("account.payment", readonly=True)

    @api.depends("move_id")
    def _compute_payable(self):
        for wizard in self:
            wizard.payable = wizard.move_id._sire_get_payable() if wizard.move_id else 0.0

    @api.depends("move_id")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = wizard.payable
            wizard.received_from = wizard.move_id.partner_id.display_name

    @api.depends("move_id", "instrument")
    def _compute_journal_id(self):
        for wizard in self:
            wizard.journal_id = wizard._get_journals()[:1]

    @api.depends("move_id", "instrument")
    def _compute_show_journal(self):
        for wizard in self:
            wizard.show_journal = len(wizard._get_journals()) > 1

    def _get_journals(self):
        return self.env["account.journal"].search(
            [("type", "=", self._get_journal_type()), ("company_id", "=", self.move_id.company_id.id)]
        )

    def _get_journal_type(self):
        return "cash" if self.instrument == "cash" else "bank"

    def action_confirm(self):
        """Book the money, match it with the invoice and show its receipt. A second call shows the same receipt.

        :return: the action that shows the receipt
        :raise UserError: with a sentence that says what may be paid and why not this
        """
        self.ensure_one()
        if not self.payment_id:
            self.payment_id = self._create_payment()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("sire_billing.action_sire_payments"),
            "res_id": self.payment_id.id,
            "views": [(self.env.ref("sire_billing.account_payment_view_receipt_form").id, "form")],
        }

    def _create_payment(self):
        """:return: the posted payment, matched with the invoice, with its receipt number."""
        if self.journal_id.type != self._get_journal_type() or self.journal_id.company_id != self.company_id:
            if self.instrument == "cash":
                raise UserError(self.env._("Choose a cash journal of %s.", self.company_id.display_name))
            raise UserError(self.env._("Choose a bank journal of %s.", self.company_id.display_name))
        self.move_id._sire_check_payable(self.amount, currency=self.currency_id)
        register = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=self.move_id.ids)
            .create(
                {
                    "amount": self.amount,
                    "currency_id": self.currency_id.id,
                    "payment_date": self.date,
                    "journal_id": self.journal_id.id,
                    "payment_method_line_id": self._get_method_line().id,
                    "payment_difference_handling": "open",
                    "sire_received_from": " ".join((self.received_from or "").split())[:100],
                    **self._get_instrument_values(),
                }
            )
        )
        payment = register._create_payments()
        self.move_id.message_post(body=self._get_message(payment))
        return payment

    def _get_method_line(self):
        """:return: the way to pay of the journal that no provider owns: cash and cheques are taken by hand"""
        lines = self.journal_id.inbound_payment_method_line_ids
        return lines.filtered(lambda line: line.code == "manual")[:1] or lines[:1]

    def _get_instrument_values(self):
        values = {"sire_instrument": self.instrument}
        if self.instrument == "cheque":
            for name in ("cheque_number", "cheque_bank", "cheque_date"):
                values[f"sire_{name}"] = self[name]
        elif self.instrument == "transfer":
            values["sire_transfer_reference"] = " ".join((self.transfer_reference or "").split())[:100]
        return values

    def _get_message(self, payment):
        values = {
            "amount": format_money(payment.amount, payment.currency_id),
            "name": payment.sire_received_from,
            "receipt": payment.sire_receipt_number,
        }
        if self.instrument == "cash":
            return self.env._("%(amount)s received in cash from %(name)s: receipt %(receipt)s.", **values)
        return self.env._(
            "%(amount)s received from %(name)s by %(method)s: receipt %(receipt)s. Not cleared yet.",
            method=payment.sire_method,
            **values,
        )
