from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.sire_base.utils.eat import eat_today

from .. import gate

# Written by our own methods alone: they say what the client was sent and what he answered.
OWN_FIELDS = frozenset(
    {
        "state",
        "signature",
        "signed_by",
        "signed_on",
        "sire_sent_at",
        "sire_sent_to",
        "sire_sent_digest",
        "sire_sent_message_id",
        "sire_sent_pdf",
        "sire_opened_at",
        "sire_previous_id",
        "sire_superseded_at",
        "sire_approved_content",
        "sire_approved_digest",
        "sire_approved_pdf_sha256",
        "sire_approved_address",
        "sire_approved_device",
        "sire_approved_user_id",
        "sire_approved_note",
        "sire_declined_at",
        "sire_declined_by",
        "sire_decline_reason",
    }
)
# What the client agreed to. Frozen by the approval.
CONTENT_FIELDS = frozenset(
    {
        "company_id",
        "currency_id",
        "date_order",
        "fiscal_position_id",
        "name",
        "note",
        "partner_id",
        "partner_invoice_id",
        "partner_shipping_id",
        "payment_term_id",
        "prepayment_percent",
        "pricelist_id",
        "project_id",
        "require_payment",
        "sale_order_template_id",
        "sire_approval_code",
        "validity_date",
    }
)


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "sire.client.document", "sire.named.documents"]
    _sire_named = ("partner_id", "partner_invoice_id", "partner_shipping_id", "project_id")
    # for sire_audit, where it is installed
    _sire_audit = {
        "fields": (
            "sire_sent_at", "sire_sent_to", "sire_opened_at", "sire_approved_digest", "sire_approved_address",
            "sire_approved_device", "sire_approved_pdf_sha256", "sire_approved_user_id", "sire_approved_note", "sire_declined_at", "sire_declined_by",
            "sire_decline_reason", "sire_previous_id", "sire_superseded_at",
        ),
        "personal": ("sire_sent_to", "sire_approved_address", "sire_approved_device", "sire_declined_by"),
        "marks": (("sire_sent_at", "*", "send"), ("sire_declined_at", "*", "decline"), ("sire_opened_at", "*", "open")),
    }  # fmt: skip

    sire_sending_ids = fields.One2many("sire.client.sending", "order_id", string="Sendings", readonly=True, copy=False)
    sire_sent_digest = fields.Char(string="Digest of What Was Sent", readonly=True, copy=False)
    sire_opened_at = fields.Datetime(string="Opened by the Client", readonly=True, copy=False)
    sire_approved_digest = fields.Char(string="Digest of What Was Approved", readonly=True, copy=False)
    sire_approved_address = fields.Char(string="Approved from Address", readonly=True, copy=False)
    sire_approved_device = fields.Char(string="Approved with Device", readonly=True, copy=False)
    sire_approved_user_id = fields.Many2one(
        "res.users", string="Approval Recorded By", readonly=True, copy=False, help="Empty: the client used the link."
    )
    sire_approved_note = fields.Char(string="How It Was Approved", readonly=True, copy=False)
    sire_declined_at = fields.Datetime(string="Declined On", readonly=True, copy=False)
    sire_declined_by = fields.Char(string="Declined By", readonly=True, copy=False)
    sire_decline_reason = fields.Text(string="Reason for Declining", readonly=True, copy=False)

    # === COMPUTES ===#

    def _compute_is_expired(self):
        """Override of `sale`: the last day of validity ends at midnight in Nairobi, not in Greenwich."""
        today = eat_today()
        for order in self:
            order.is_expired = (
                order.state in ("draft", "sent") and bool(order.validity_date) and order.validity_date < today
            )

    @api.depends("company_id")
    def _compute_validity_date(self):
        """Override of `sale`: counted from the East African day, whatever the user's time zone."""
        return super(SaleOrder, self.with_context(tz="Africa/Nairobi"))._compute_validity_date()

    # === CRUD ===#

    @api.model_create_multi
    def create(self, vals_list):
        # The task's own order confirms itself in `sale_project`. Here a quotation waits for its client.
        task = self.env["project.task"].browse(self.env.context.get("create_for_task_id"))
        orders = super(SaleOrder, self.with_context(create_for_task_id=False)).create(vals_list).with_env(self.env)
        if not gate.is_open(self.env):
            for order in orders:  # after the fact: values come from the defaults in the context too
                if order.state != "draft" or any(order[name] for name in OWN_FIELDS - {"state"}):
                    raise UserError(
                        self.env._("A new quotation is a draft: it is sent, and approved by its client, later.")
                    )
        service_line = orders.order_line.filtered("is_service")[:1]
        if task and service_line and not task.sale_line_id:
            task.sale_line_id = service_line
        return orders

    def write(self, vals):
        if not gate.is_open(self.env):
            self._sire_check_write(vals)
        return super().write(vals)

    def _sire_check_write(self, vals):
        """Refuse what only our own methods may write, and any change of content after the approval."""
        if OWN_FIELDS & vals.keys():
            raise UserError(
                self.env._(
                    "What was sent, approved or declined is not written by hand: use the buttons of the quotation."
                )
            )
        if CONTENT_FIELDS & vals.keys():
            self._sire_check_not_frozen()

    def _sire_check_not_frozen(self):
        """:raise UserError: when a quotation among these is approved, or has a newer revision."""
        if gate.is_open(self.env):
            return
        for order in self:
            if order.state == "sale":
                raise UserError(
                    self.env._(
                        "%(order)s was approved by %(name)s and stays as approved. Make a new quotation for what is to change.",
                        order=order.name,
                        name=order.signed_by or order.partner_id.display_name,
                    )
                )
            if order.sire_superseded_at:
                raise UserError(self.env._("%s was replaced by a newer revision and stays as it was sent.", order.name))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        for order in self:
            if (order.signed_on or order.sire_declined_at) and not gate.is_open(self.env):
                raise UserError(self.env._("%s was answered by the client and is kept. Cancel it instead.", order.name))

    def _creation_message(self):
        self.ensure_one()
        return self.env._("Quotation made")

    # === BUSINESS ===#

    def _sire_client_state(self):
        """What the quotation is for the client who opens its link now.

        :return: "draft" (never sent), "open" (may be approved), "changed" (edited after it was sent), "expired",
            "superseded" (there is a newer version), "cancelled", "declined" or "approved"
        :rtype: str
        """
        self.ensure_one()
        if self.sire_state not in ("sent", "viewed"):
            return self.sire_state
        if not self.sire_sent_digest:
            return "draft"
        return "changed" if self.sire_changed else "open"

    def _sire_lock(self):
        """Wait for the rows and lock them until the end of the transaction.

        The ORM's ``lock_for_update`` does not wait but refuses: a client who taps twice would see an error. Whoever waited
        for somebody who changed the row gets a serialization failure, and the request is run again on what is true then.
        """
        self.env.cr.execute(
            SQL(
                "SELECT id FROM %s WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
                SQL.identifier(self._table),
                list(self.ids),
            )
        )
