from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class SireMpesaRequestWizard(models.TransientModel):
    """Ask a client's phone for the PIN, and watch what comes of it."""

    _name = "sire.mpesa.request.wizard"
    _inherit = "sire.document.wizard"
    _description = "Request an M-Pesa Payment"
    _rec_name = "partner_id"
    _sire_documents = ("invoice_ids", "offered_ids", "partner_id", "company_id")

    invoice_ids = fields.Many2many("account.move", string="Invoices", help="The oldest are paid first.")
    offered_ids = fields.Many2many(
        "account.move", "sire_mpesa_request_offered_rel", string="Open Invoices", readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="invoice_ids.currency_id", related_sudo=False)
    partner_id = fields.Many2one("res.partner", string="Client", readonly=True)
    is_choice = fields.Boolean(compute="_compute_is_choice")
    payable = fields.Monetary(string="May Be Paid Now", compute="_compute_payable")
    steps = fields.Char(compute="_compute_payable")
    amount = fields.Monetary(
        required=True, compute="_compute_amount", compute_sudo=False, store=True, readonly=False, precompute=True
    )
    phone = fields.Char()
    phones = fields.Json(compute="_compute_phones")
    transaction_id = fields.Many2one("payment.transaction", readonly=True, groups="base.group_system")
    is_requested = fields.Boolean(readonly=True)
    status = fields.Json(compute="_compute_status")

    # === COMPUTES === #

    @api.depends("offered_ids")
    def _compute_is_choice(self):
        for wizard in self:
            wizard.is_choice = len(wizard.offered_ids) > 1

    @api.depends("invoice_ids", "is_requested")
    def _compute_payable(self):
        for wizard in self:
            wizard.payable = sum(invoice._sire_get_payable() for invoice in wizard.invoice_ids._origin)
            currency, provider_sudo = wizard.invoice_ids.currency_id[:1], wizard._get_provider()
            # without a provider it is said by the request itself
            has_steps = currency and provider_sudo
            wizard.steps = provider_sudo._mpesa_say_steps(wizard.payable, currency) if has_steps else False

    @api.depends("invoice_ids")
    def _compute_amount(self):
        for wizard in self:
            if not wizard.is_requested:
                wizard.amount = wizard._get_proposed()

    @api.depends("partner_id")
    def _compute_phones(self):
        for wizard in self:
            wizard.phones = wizard.partner_id._mpesa_get_phones()

    @api.depends("is_requested")
    def _compute_status(self):
        for wizard in self:
            tx_sudo = wizard.sudo().transaction_id  # Who requested it may know how it stands.
            wizard.status = wizard._get_status(tx_sudo.with_env(self.env(su=True))) if tx_sudo else False

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """Fill in what follows from the invoices: the client, the company and the client's phone."""
        self.check_access("create")
        invoices = self.env["account.move"]
        for vals in vals_list:
            chosen = invoices.browse(self._fields["invoice_ids"].convert_to_cache(vals.get("invoice_ids") or (), self))
            if not chosen:
                raise UserError(self.env._("Choose the invoices that are to be paid."))
            vals.setdefault("offered_ids", [Command.set(chosen.ids)])
            vals["partner_id"] = chosen[0].partner_id.id
            vals["company_id"] = chosen[0].company_id.id
            vals.pop("transaction_id", None)  # set by the request itself
            vals.pop("is_requested", None)
            if not vals.get("phone"):
                phones = chosen[0].partner_id._mpesa_get_phones()
                vals["phone"] = phones[0]["number"] if phones else False
        return super().create(vals_list)

    @api.model
    def _make(self, invoices):
        """Prepare a request for the open ones of a client's invoices.

        :rtype: sire.mpesa.request.wizard
        """
        return self.create({"invoice_ids": [Command.set(invoices._mpesa_oldest_first().ids)]})

    # === ACTIONS === #

    def action_request(self):
        """Button: send the prompt, and stay open to show how it ends."""
        self.ensure_one()
        if self.is_requested:
            raise UserError(self.env._("The prompt was requested already."))
        if self.invoice_ids - self.offered_ids:
            raise UserError(self.env._("Choose among the invoices that are shown."))
        tx_sudo = self.invoice_ids._mpesa_request(self.amount, self.phone)
        wizard_sudo = self.sudo()  # The transaction is shown through its status alone.
        wizard_sudo.write({"transaction_id": tx_sudo.id, "is_requested": True})
        return self._open()

    def action_again(self):
        """Button: another try with the same amount, or the next step of what is left."""
        self.ensure_one()
        again = self._make(self.invoice_ids)
        again.phone = self.phone
        is_paid = self.sudo().transaction_id.state == "done"  # as above
        if not is_paid and self.amount <= again.payable:
            again.amount = self.amount
        return again._open()

    def get_status(self):
        """Tell the form how the prompt stands.

        :return: as `payment.transaction._mpesa_status`, with ``wait`` (seconds until another prompt can be sent)
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        return self.status

    # === HELPERS === #

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Request M-Pesa payment"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def _get_status(self, tx):
        """:param tx: the transaction, as superuser"""
        status = tx._mpesa_status()
        left = self.payable if status["state"] == "paid" else self.amount
        amount = min(self._get_proposed(), left)
        wait = 0
        provider_sudo = self._get_provider()
        can_ask = bool(provider_sudo) and status["state"] != "waiting" and amount > 0
        if can_ask:
            wait, _why = provider_sudo._mpesa_get_wait(tx.mpesa_phone, amount, self.sudo().invoice_ids)  # as above
        return {**status, "wait": wait, "again": can_ask}

    def _get_provider(self):
        return self.env["payment.provider"]._mpesa_for_company(self.company_id)

    def _get_proposed(self):
        """:return: shillings that one prompt can carry of what may be paid now"""
        payable = sum(invoice._sire_get_payable() for invoice in self.invoice_ids._origin)
        provider_sudo = self._get_provider()
        return provider_sudo._mpesa_get_step(payable)[0] if provider_sudo else payable
