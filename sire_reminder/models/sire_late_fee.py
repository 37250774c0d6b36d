from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_base.utils.gate import without_defaults
from odoo.addons.sire_base.utils.reason import clean_reason


class SireLateFee(models.Model):
    """What was decided on a late invoice for a month: a fee, none, or that it is waived. Written by methods alone, and its
    index is what makes it once."""

    _name = "sire.late.fee"
    _description = "Late Fee"
    _order = "month desc, id desc"
    _check_company_auto = True
    # for sire_audit, where it is installed
    _sire_audit = {
        "fields": ("move_id", "month", "base", "rate", "amount", "state", "reason", "fee_move_id"),
        "parent": "move_id",
        "kind": "record",
    }

    move_id = fields.Many2one("account.move", string="Invoice", required=True, ondelete="restrict", index=True)
    partner_id = fields.Many2one(
        "res.partner", string="Client", related="move_id.commercial_partner_id", store=True, index=True
    )
    company_id = fields.Many2one(related="move_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="move_id.currency_id")
    month = fields.Date(required=True, help="Its first day.")
    days = fields.Integer("Days Late", aggregator=None, help="At the end of the month.")
    base = fields.Monetary("Overdue", aggregator=None)
    rate = fields.Float("Rate, %", digits=(16, 2), aggregator=None, help="0: a fixed amount.")
    amount = fields.Monetary("Fee", aggregator=None, help="Before VAT.")
    state = fields.Selection(
        [("charged", "Charged"), ("credited", "Credited"), ("waived", "Waived"), ("skipped", "Not charged")],
        required=True,
        index=True,
    )
    reason = fields.Char()
    line_id = fields.Many2one("account.move.line", ondelete="set null", index="btree_not_null")
    fee_move_id = fields.Many2one(
        "account.move", string="Fee Invoice", ondelete="set null", index="btree_not_null", check_company=True
    )

    _month_unique = models.UniqueIndex("(move_id, month)", "The late fee of this invoice for this month was decided.")
    _month_first = models.Constraint("CHECK(EXTRACT(DAY FROM month) = 1)", "A month is named by its first day.")

    @api.depends("move_id.name", "month")
    def _compute_display_name(self):
        for fee in self:
            fee.display_name = f"{fee.move_id.name}, {fee._describe(fee.month)}"

    @api.model
    def _describe(self, month):
        """:return: such as "November 2026" """
        return format_date(self.env, month, date_format="LLLL yyyy")

    def _line_text(self):
        """:return: the line of the fee, as the client reads it"""
        self.ensure_one()
        values = {
            "invoice": self.move_id.name,
            "days": self.days,
            "base": self.move_id._sire_money(self.base),
            "month": self._describe(self.month),
        }
        if not self.rate:
            return self.env._("%(invoice)s, %(month)s: %(days)s days late, %(base)s overdue", **values)
        rate = f"{self.rate:g}"
        return self.env._(
            "%(invoice)s, %(month)s: %(days)s days late, %(rate)s%% of %(base)s overdue", rate=rate, **values
        )

    # === WAIVE === #

    def action_waive(self):
        """Button: ask for the reason."""
        self.ensure_one()
        return self.env["sire.late.fee.waiver"]._open(self.move_id, self.month)

    @api.model
    def _waive(self, move, month, reason):
        """No late fee for an invoice and a month. Before it is made none will be; after, its line leaves the draft, and a
        posted invoice of fees is voided with all its lines.

        :param move: the late invoice
        :param date month: any day of it
        :param str reason: why; on a posted invoice the client reads it
        :return: what was decided
        :rtype: sire.late.fee
        :raise UserError: one sentence
        """
        move.ensure_one()
        move = move.with_env(self.env)  # of whoever waives
        move.check_access("read")
        if not self.env.su:
            self.env.user._sire_check_may("reminder.edit")
        reason = clean_reason(self.env, reason, self.env._("Write why there is no late fee."))
        month = fields.Date.to_date(month)
        if not month:
            raise UserError(self.env._("Choose the month."))
        month = month.replace(day=1)
        move._sire_lock_payable()  # the job that makes fees takes the same lock
        fee_sudo = self.sudo().search([("move_id", "=", move.id), ("month", "=", month)])  # written by methods alone
        if not fee_sudo:
            return self._waive_before(move, month, reason)
        if fee_sudo.state != "charged":
            words = self.env._("There is no late fee on %(invoice)s for %(month)s.",
                               invoice=move.name, month=self._describe(month))  # fmt: skip
            raise UserError(words)
        fee_move = fee_sudo.fee_move_id.with_env(self.env)
        if fee_move.state == "posted":
            fee_move._sire_void(reason)  # marks what it charged
        else:
            fee_sudo._take_off(reason)
        fee_sudo._tell()
        return fee_sudo.with_env(self.env)

    @api.model
    def _waive_before(self, move, month, reason):
        if move.move_type != "out_invoice" or move.state != "posted" or move.sudo().sire_late_fee_month:
            raise UserError(self.env._("Only a confirmed invoice can have a late fee."))
        this = eat_today().replace(day=1)
        if month not in (this, fields.Date.subtract(this, months=1)):
            raise UserError(self.env._("A late fee is waived for this month or the one before."))
        fees_sudo = without_defaults(self.sudo())  # written by methods alone
        fee_sudo = fees_sudo.create({"move_id": move.id, "month": month, "state": "waived", "reason": reason})
        fee_sudo._tell()
        return fee_sudo.with_env(self.env)

    def _set_waived(self, reason):
        self.write({"state": "waived", "reason": reason, "line_id": False})

    def _take_off(self, reason):
        """Waive a fee whose invoice is a draft: its line leaves it, and what has no line left goes, or is cancelled when it was
        issued before: it has a number."""
        line, fee_move = self.line_id, self.fee_move_id
        self._set_waived(reason)
        line.unlink()
        if fee_move.invoice_line_ids:
            return
        if fee_move.posted_before:
            fee_move.button_cancel()
        else:
            fee_move.unlink()

    def _follow_credit(self, notes):
        """What a credit note gave back whole is not charged any more; it is again when the credit note is taken back. The row
        stays: of this month it was decided.

        :param notes: the posted credit notes of their invoice
        """
        given, currency = defaultdict(float), self.fee_move_id.currency_id
        for line in notes.invoice_line_ids.filtered("name"):
            given[line.name] += line.price_subtotal
        is_all = (
            notes and currency.compare_amounts(sum(notes.mapped("amount_total")), self.fee_move_id.amount_total) >= 0
        )
        for fee in self:
            line = fee.line_id
            is_credited = is_all or (
                line.name in given and currency.compare_amounts(given[line.name], line.price_subtotal) >= 0
            )
            if is_credited and fee.state == "charged":
                names = ", ".join(notes.mapped("name"))
                fee.write({"state": "credited", "reason": self.env._("Credited by %s", names)})
                fee._tell()
            elif not is_credited and fee.state == "credited":
                fee.write({"state": "charged", "reason": False})
                words = self.env._(
                    "The late fee for %s is charged again: it is not credited any more.", fee._describe(fee.month)
                )
                fee.move_id.message_post(body=words, author_id=self.env.user.partner_id.id)

    def _tell(self):
        for fee in self:
            words = self.env._(
                "No late fee for %(month)s: %(reason)s", month=self._describe(fee.month), reason=fee.reason
            )
            fee.move_id.message_post(body=words, author_id=self.env.user.partner_id.id)
