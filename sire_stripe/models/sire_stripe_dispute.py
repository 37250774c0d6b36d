from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.sire_base.utils.eat import eat_today, utc_to_eat
from odoo.addons.sire_payment.utils import format_money

from .. import const, gate
from ..utils import get_id, is_id, to_datetime


class SireStripeDispute(models.Model):
    """A client told their bank that a payment is not right. What Stripe says of it, and where the money is."""

    _name = "sire.stripe.dispute"
    _description = "Disputed Card Payment"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _sire_audit = {
        "fields": ("name", "amount", "status", "reason", "claim_move_id"),
        "name": "name",
    }

    name = fields.Char("Number at Stripe", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="restrict")
    provider_id = fields.Many2one("payment.provider", required=True, readonly=True, ondelete="restrict")
    transaction_id = fields.Many2one("payment.transaction", readonly=True, index="btree_not_null", ondelete="restrict")
    payment_id = fields.Many2one(related="transaction_id.payment_id", compute_sudo=True)
    partner_id = fields.Many2one(related="transaction_id.partner_id", compute_sudo=True, string="Client")
    invoice_ids = fields.Many2many(related="transaction_id.invoice_ids", compute_sudo=True, string="Invoices")
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(readonly=True)
    reason = fields.Char("Reason at Stripe", readonly=True, help="Stripe's name for it.")
    reason_words = fields.Char("Reason", compute="_compute_reason_words", help="As the client's bank gave it.")
    status = fields.Selection(
        [
            ("warning_needs_response", "Inquiry: answer it"),
            ("warning_under_review", "Inquiry: being looked at"),
            ("warning_closed", "Inquiry closed"),
            ("needs_response", "Answer it"),
            ("under_review", "The bank decides"),
            ("won", "Won"),
            ("lost", "Lost"),
            ("charge_refunded", "Refunded"),
            ("prevented", "Prevented"),
            ("other", "Other"),
        ],
        readonly=True,
        required=True,
        tracking=True,
    )
    told_at = fields.Datetime(readonly=True)
    due_by = fields.Datetime("Answer Before", readonly=True)
    movement_ids = fields.One2many("sire.stripe.movement", "dispute_id", readonly=True)
    withdrawn = fields.Boolean(compute="_compute_withdrawn", help="The money is with the client's bank now.")
    claim_move_id = fields.Many2one("account.move", "Client Owes Again", readonly=True, copy=False)

    _name_unique = models.Constraint("UNIQUE (provider_id, name)", "This dispute was seen already.")

    # === COMPUTES === #

    @api.depends("movement_ids.amount")
    def _compute_withdrawn(self):
        for dispute in self:
            dispute.withdrawn = sum(dispute.movement_ids.mapped("amount")) < 0

    @api.depends("reason")
    @api.depends_context("lang")
    def _compute_reason_words(self):
        known = {
            "credit_not_processed": self.env._("A refund did not come"),
            "duplicate": self.env._("Paid twice"),
            "fraudulent": self.env._("Somebody else used the card"),
            "general": self.env._("No reason given"),
            "product_not_received": self.env._("Nothing was delivered"),
            "product_unacceptable": self.env._("Not what was agreed"),
            "subscription_canceled": self.env._("Cancelled before it was paid"),
            "unrecognized": self.env._("The payment is not known"),
        }
        for dispute in self:
            code = dispute.reason or "general"
            dispute.reason_words = known.get(code) or code.replace("_", " ").capitalize()

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        gate.check(self.env)
        return super().create(vals_list)

    def write(self, vals):
        if vals.keys() - {"activity_ids", "message_ids", "message_follower_ids", "message_main_attachment_id"}:
            gate.check(self.env)
        return super().write(vals)

    @api.model
    def get_empty_list_help(self, help_message):
        """Override of `web`: where cards are not set up, that is what to do first."""
        return self.env["payment.provider"]._stripe_get_empty_help() or super().get_empty_list_help(help_message)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_uninstall(self):
        gate.check(self.env)

    # === ACTIONS === #

    def action_claim(self):
        """Button: the dispute is lost and the client owes the money again.

        :raise UserError: one sentence, nothing changed
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Only who keeps the books can do this."))
        dispute_sudo = gate.opened(self.sudo())  # who keeps the books writes no dispute; what is written stands below
        dispute_sudo.transaction_id._stripe_lock()
        if dispute_sudo.status != "lost" or not dispute_sudo.withdrawn or dispute_sudo.claim_move_id:
            raise UserError(self.env._("Only money of a dispute that was lost can be claimed again, and once."))
        dispute_sudo._claim()

    # === BUSINESS === #

    @api.model
    def _take(self, provider, tx, thing, told_at):
        """Write down what Stripe says of a dispute, in whatever order it comes.

        :param tx: the transaction, locked; empty when the payment is not ours
        :param dict thing: Dispute
        :param datetime told_at: when the event was made, naive UTC
        """
        if not is_id(thing.get("id"), "(dp|du)"):
            return
        told_at = told_at or fields.Datetime.now()
        dispute = gate.opened(self.search([("provider_id", "=", provider.id), ("name", "=", thing["id"])]))
        known = dict(self._fields["status"].selection)
        status = thing.get("status") if thing.get("status") in known else "other"
        is_new = not dispute
        before = dispute.status
        if is_new:
            dispute = gate.opened(self).create(
                {
                    "name": thing["id"],
                    "company_id": provider.company_id.id,
                    "provider_id": provider.id,
                    "transaction_id": tx.id,
                    "status": status,
                    "told_at": told_at,
                    **self._read_money(thing),
                }
            )
        elif before not in const.CLOSED_DISPUTES and (status in const.CLOSED_DISPUTES or told_at >= dispute.told_at):
            dispute.write({"status": status, "told_at": told_at})
        if due_by := to_datetime((thing.get("evidence_details") or {}).get("due_by")):
            if dispute.due_by != due_by:
                dispute.due_by = due_by
        for data in thing.get("balance_transactions") or []:
            if isinstance(data, dict) and get_id(data):
                self.env["sire.stripe.movement"]._take(provider, data, tx=tx, dispute=dispute)
        if is_new or dispute.status != before:
            dispute._tell()

    def _tell(self):
        """Say on payment and invoices how it stands, and give somebody a to-do."""
        words = self._get_words()
        tx_sudo = (
            self.transaction_id.sudo()
        )  # the worker is superuser already; whoever else calls it reads no transaction
        for record in [*tx_sudo.invoice_ids, *tx_sudo.payment_id]:
            record.message_post(body=words)
        self.activity_unlink(["mail.mail_activity_data_todo"])
        if self.status in ("won", "warning_closed", "prevented", "charge_refunded"):
            self.message_post(body=words)
            return
        day = utc_to_eat(self.due_by).date() if self.due_by and self.status != "lost" else eat_today()
        summary = self.env._("Disputed card payment")
        self.provider_id._stripe_schedule(self, tx_sudo, summary, words, day)

    def _get_words(self):
        """:return: how it stands, for people
        :rtype: str
        """
        self.ensure_one()
        values = {
            "amount": format_money(self.amount, self.currency_id) if self.currency_id else self.amount,
            "reason": self.reason_words,
            "day": utc_to_eat(self.due_by).strftime("%d/%m/%Y") if self.due_by else "",
        }
        if self.status == "won":
            return self.env._("The dispute about %(amount)s is won: the money is ours again.", **values)
        if self.status == "lost":
            if self.claim_move_id:
                return self.env._("The dispute about %(amount)s is lost: the client owes it again.", **values)
            return self.env._(
                "The dispute about %(amount)s is lost: the money is gone. Decide whether the client owes it again.",
                **values,
            )
        if self.status in const.CLOSED_DISPUTES:
            return self.env._("The dispute about %(amount)s is closed.", **values)
        if self.status in ("needs_response", "warning_needs_response"):
            if not self.due_by:
                return self.env._("The client's bank disputes %(amount)s (%(reason)s): answer at Stripe.", **values)
            return self.env._(
                "The client's bank disputes %(amount)s (%(reason)s): answer at Stripe before %(day)s.", **values
            )
        return self.env._("The client's bank disputes %(amount)s (%(reason)s), and decides.", **values)

    def _claim(self):
        """Move the money from the account of disputes back to what the client owes."""
        source = self.movement_ids.move_id.line_ids.filtered(
            lambda line: line.account_id == self.provider_id.stripe_dispute_account_id and not line.reconciled
        )
        if not source:
            raise UserError(self.env._("The money of this dispute is not booked yet."))
        receivable = self.transaction_id.payment_id.destination_account_id
        partner = self.transaction_id.partner_id.commercial_partner_id
        lines = []
        for line in source:
            common = {"name": self._get_words(), "partner_id": partner.id, "currency_id": line.currency_id.id}
            amount, balance = line.amount_residual_currency, line.amount_residual
            lines += [
                Command.create({**common, "account_id": receivable.id, "amount_currency": amount, "balance": balance}),
                Command.create(
                    {**common, "account_id": line.account_id.id, "amount_currency": -amount, "balance": -balance}
                ),
            ]
        moves = self.env["account.move"].with_company(self.company_id)
        move = moves.create(
            {
                "move_type": "entry",
                "journal_id": self.provider_id.journal_id.id,
                "date": eat_today(),
                "ref": self.name,
                "line_ids": lines,
            }
        )
        move.action_post()
        (source | move.line_ids.filtered(lambda line: line.account_id == source.account_id)).reconcile()
        self.claim_move_id = move
        self._tell()
        self.activity_unlink(["mail.mail_activity_data_todo"])

    # === HELPERS === #

    @api.model
    def _read_money(self, thing):
        code = str(thing.get("currency") or "").upper()
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", code)], limit=1)
        amount = thing.get("amount")
        is_amount = currency and isinstance(amount, int) and not isinstance(amount, bool)
        return {
            "currency_id": currency.id,
            "amount": self.env["sire.stripe.movement"]._to_major(amount, currency) if is_amount else 0.0,
            "reason": str(thing.get("reason") or "")[:100],
        }
