from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_base.utils.phone import format_kenyan_phone, is_mobile, parse_kenyan_phone


class SireMpesaRequestWizard(models.TransientModel):
    """Ask a client's phone for the PIN, and watch what comes of it."""

    _name = "sire.mpesa.request.wizard"
    _description = "Request an M-Pesa Payment"

    invoice_id = fields.Many2one("account.move", required=True, readonly=True)
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    partner_id = fields.Many2one(related="invoice_id.partner_id")
    payable = fields.Monetary(string="May Be Paid Now", compute="_compute_payable")
    amount = fields.Monetary(required=True)
    phone = fields.Char(required=True)
    transaction_id = fields.Many2one("payment.transaction", readonly=True, groups="base.group_system")
    is_requested = fields.Boolean(readonly=True)
    status = fields.Json(compute="_compute_status")

    # === COMPUTES === #

    @api.depends("invoice_id")
    def _compute_payable(self):
        for wizard in self:
            wizard.payable = wizard.invoice_id._sire_get_payable()

    @api.depends("is_requested")
    def _compute_status(self):
        for wizard in self:
            tx_sudo = wizard.sudo().transaction_id  # Who requested it may know how it stands.
            wizard.status = tx_sudo.with_env(self.env(su=True))._mpesa_status() if tx_sudo else False

    # === CRUD === #

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        invoice = self.env["account.move"].browse(values.get("invoice_id")).exists()
        if invoice:
            provider_sudo = self.env["payment.provider"]._mpesa_for_company(invoice.company_id)
            largest = provider_sudo.mpesa_max_amount or invoice.amount_residual
            values["amount"] = min(int(invoice._sire_get_payable()), largest)
            values["phone"] = self._get_phone(invoice)
        return values

    # === ACTIONS === #

    def action_request(self):
        """Button: send the prompt, and stay open to show how it ends."""
        self.ensure_one()
        if self.is_requested:
            raise UserError(self.env._("The prompt was requested already."))
        tx_sudo = self.invoice_id._mpesa_request(self.amount, self.phone)
        wizard_sudo = self.sudo()  # The transaction is shown through its status alone.
        wizard_sudo.write({"transaction_id": tx_sudo.id, "is_requested": True})
        return self._reopen()

    def action_again(self):
        """Button: another try with the same amount and phone."""
        self.ensure_one()
        again = self.create({"invoice_id": self.invoice_id.id, "amount": self.amount, "phone": self.phone})
        return again._reopen()

    def get_status(self):
        """Tell the form how the prompt stands.

        :return: as `payment.transaction._mpesa_status`
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        return self.status

    # === HELPERS === #

    def _reopen(self):
        action = self.invoice_id.action_mpesa_request()
        return {**action, "res_id": self.id, "context": {}}

    @api.model
    def _get_phone(self, invoice):
        """:return: a mobile number of the client, as people write it, or False"""
        for partner in invoice.partner_id | invoice.commercial_partner_id:
            try:
                number = parse_kenyan_phone(partner.phone or "")
            except ValueError:
                continue
            if is_mobile(number):
                return format_kenyan_phone(number)
        return False
