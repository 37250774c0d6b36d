from psycopg2.errors import UniqueViolation

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import groupby

from odoo.addons.sire_access.const import GROUP_SEE_MONEY
from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_billing import gate


class ResCompany(models.Model):
    """The rule for late fees, and the job that makes them: for the month that is over, one invoice a client."""

    _inherit = "res.company"

    sire_late_fee_on = fields.Boolean(
        "Charge Late Fees",
        help="On the first day of a month, for the month before; never for months before this is on.",
    )
    sire_late_fee_since = fields.Date(
        "Late Fees Since",
        compute="_compute_sire_late_fee_since",
        store=True,
        help="When it was switched on, in Nairobi.",
    )
    sire_late_fee_kind = fields.Selection(
        [("percent", "Percent a month"), ("fixed", "Fixed amount a month")],
        string="Late Fee",
        default="percent",
        required=True,
    )
    sire_late_fee_percent = fields.Float("Late Fee, % a Month", digits=(16, 2), default=2.0)
    sire_late_fee_fixed = fields.Monetary("Fixed Late Fee", currency_field="currency_id", groups=GROUP_SEE_MONEY)
    sire_late_fee_grace = fields.Integer("Days of Grace", default=14, help="So many days late cost nothing.")
    sire_late_fee_least = fields.Monetary("Least Late Fee", currency_field="currency_id", groups=GROUP_SEE_MONEY)
    sire_late_fee_most = fields.Float(
        "Most Late Fees, % of Invoice", digits=(16, 2), default=20.0, help="Over the life of an invoice. 0: no limit."
    )
    sire_late_fee_product_id = fields.Many2one(
        "product.product",
        string="Late Fee Product",
        domain="[('type', '=', 'service'), ('company_id', 'in', (False, id))]",
        ondelete="restrict",
        help="Its account and VAT are those of the fee. Empty: the product “Late fee”.",
    )
    sire_late_fee_send = fields.Boolean(
        "Post and Send Late Fees", help="Off, the invoices of late fees stay drafts until somebody posts them."
    )

    @api.depends("sire_late_fee_on")
    def _compute_sire_late_fee_since(self):
        for company in self:
            company.sire_late_fee_since = company.sire_late_fee_on and (company.sire_late_fee_since or eat_today())

    @api.constrains(
        "sire_late_fee_on",
        "sire_late_fee_kind",
        "sire_late_fee_percent",
        "sire_late_fee_fixed",
        "sire_late_fee_grace",
        "sire_late_fee_least",
        "sire_late_fee_most",
    )
    def _check_sire_late_fee(self):
        for company in self.sudo():  # the amounts are for who sees money; whoever writes is told what is wrong
            if not 0 <= company.sire_late_fee_percent <= 100 or not 0 <= company.sire_late_fee_most <= 100:
                raise ValidationError(self.env._("The percent of a late fee is from 0 to 100."))
            if not 0 <= company.sire_late_fee_grace <= 366:
                raise ValidationError(self.env._("The days of grace are from 0 to 366."))
            if company.sire_late_fee_least < 0 or company.sire_late_fee_fixed < 0:
                raise ValidationError(self.env._("A late fee is not below zero."))
            by_percent = company.sire_late_fee_kind == "percent"
            if company.sire_late_fee_on and not company[f"sire_late_fee_{'percent' if by_percent else 'fixed'}"]:
                raise ValidationError(self.env._("Write how much the late fee is before you switch it on."))

    @api.constrains("sire_late_fee_product_id")
    def _check_sire_late_fee_product_id(self):
        for company in self:
            owner_sudo = company.sudo().sire_late_fee_product_id.company_id  # whoever writes is told
            if owner_sudo and owner_sudo != company:
                raise ValidationError(self.env._("The product of late fees belongs to another company."))

    # === CRON === #

    @api.model
    def _cron_sire_late_fees(self):
        """Make the late fees of the month that is over, a transaction for each client."""
        turns = []
        for company in self.search([("sire_late_fee_on", "=", True)]):
            for move_ids in company._sire_late_fee_groups():
                turns.append((company, lambda one, ids=move_ids: one._sire_charge_late_fees(ids)))
        self._sire_take_turns(turns)

    def _sire_late_fee_month(self):
        """:return: the last day of the month before that of today in Nairobi; None when late fees were not on in it
        :rtype: date
        """
        self.ensure_one()
        last_day = fields.Date.subtract(eat_today().replace(day=1), days=1)
        is_on = self.sire_late_fee_on and self.sire_late_fee_since and self.sire_late_fee_since <= last_day
        return last_day if is_on else None

    def _sire_late_fee_groups(self):
        """:return: invoices that were late when the month ended and of which nothing was decided, one list of ids for each
            client and currency
        :rtype: list[list[int]]
        """
        last_day = self._sire_late_fee_month()
        if not last_day:
            return []
        moves = self.env["account.move"].search(
            Domain("company_id", "=", self.id)
            & Domain("move_type", "=", "out_invoice")
            & Domain("state", "=", "posted")
            & Domain("payment_state", "in", ("not_paid", "partial"))
            & Domain("sire_late_fee_month", "=", False)
            & Domain("sire_next_due", "<", fields.Date.subtract(last_day, days=self.sire_late_fee_grace))
            & ~Domain("sire_late_fee_ids", "any", [("month", "=", last_day.replace(day=1))]),
            order="invoice_date_due, id",
        )
        groups = groupby(moves, lambda move: (move.commercial_partner_id, move.currency_id))
        return [[move.id for move in found] for _key, found in groups]

    def _sire_charge_late_fees(self, move_ids):
        """Decide on the invoices of one client in one currency, and make the invoice of their fees. They are locked as for a
        payment, and read again.

        :param list move_ids: of :meth:`_sire_late_fee_groups`
        :return: the invoice, or none
        :rtype: account.move
        """
        self.ensure_one()
        fees, moves = self.env["sire.late.fee"], self.env["account.move"].browse(move_ids)
        moves._sire_lock_payable()
        moves.invalidate_recordset()
        last_day = self._sire_late_fee_month()
        if not last_day:
            return moves.browse()
        month = last_day.replace(day=1)
        done = fees.search([("move_id", "in", moves.ids), ("month", "=", month)]).move_id
        moves = (moves - done).filtered(lambda move: move._sire_may_have_late_fee())
        client, currency = moves.commercial_partner_id, moves.currency_id
        if not moves or self._sire_has_late_fees(client, currency, month):
            return moves.browse()  # one invoice a month; what was posted late and back-dated goes free
        pauses = self.env["sire.reminder.pause"]._find(moves, eat_today())
        rows = []
        for move, (base, days) in moves._sire_late_fee_bases(last_day).items():
            amount = move._sire_late_fee(base) if base else 0.0
            values = {"move_id": move.id, "month": month, "days": days, "base": base, "state": "skipped"}
            if reason := move._sire_late_fee_obstacle(pauses.get(move.id), base, amount):
                values["reason"] = reason
            else:
                rate = self.sire_late_fee_percent if self.sire_late_fee_kind == "percent" else 0.0
                values.update(state="charged", amount=amount, rate=rate)
            rows.append(values)
        try:
            with self.env.cr.savepoint():
                made = fees.create(rows).filtered(lambda fee: fee.state == "charged")
                fee_move = self._sire_invoice_late_fees(made) if made else moves.browse()
                fee_move.flush_recordset()
        except UniqueViolation:
            return moves.browse()  # somebody else made it this moment
        if fee_move and self.sire_late_fee_send:
            self._sire_send_late_fees(fee_move)
        return fee_move

    def _sire_has_late_fees(self, client, currency, month):
        return self.env["account.move"].search_count(
            [
                ("company_id", "=", self.id),
                ("commercial_partner_id", "=", client.id),
                ("currency_id", "=", currency.id),
                ("sire_late_fee_month", "=", month),
            ],
            limit=1,
        )

    def _sire_invoice_late_fees(self, fees):
        """:param fees: what is charged to one client in one currency for one month
        :return: their invoice, a draft
        :rtype: account.move
        """
        product = self.sire_late_fee_product_id or self.env.ref("sire_reminder.product_late_fee", False)
        if not product:
            raise UserError(self.env._("Choose the product of late fees in the settings."))
        client = fees.partner_id
        fees = fees.with_context(lang=client.lang or self.env.lang)
        lines = [
            {"product_id": product.id, "name": fee._line_text(), "quantity": 1, "price_unit": fee.amount}
            for fee in fees
        ]
        fee_move = gate.opened(self.env["account.move"].with_company(self)).create(
            {
                "move_type": "out_invoice",
                "company_id": self.id,
                "partner_id": client._sire_statement_recipient().id,
                "currency_id": fees.currency_id.id,
                "invoice_user_id": False,
                "sire_late_fee_month": fees[0].month,
                "sire_late_fee_client": client.id,
                "invoice_line_ids": [Command.create(values) for values in lines],
            }
        )
        fee_move = fee_move.with_env(self.env)
        for fee, line in zip(fees, fee_move.invoice_line_ids.sorted("id"), strict=True):
            fee.write({"fee_move_id": fee_move.id, "line_id": line.id})
            if included := line.tax_ids.filtered("price_include"):  # the fee is before VAT, the price is not
                taxes = included.compute_all(fee.amount, line.currency_id, handle_price_include=False)
                line.price_unit = taxes["total_included"]
        return fee_move

    def _sire_send_late_fees(self, fee_move):
        """What cannot be posted or cannot leave is said, and the invoice stays."""
        try:
            with self.env.cr.savepoint():
                fee_move.invoice_date = eat_today()
                fee_move.action_post()
        except UserError as error:
            fee_move.message_post(body=self.env._("Not posted. %s", error))
            return
        try:
            with self.env.cr.savepoint():
                fee_move.action_sire_send()
        except UserError as error:
            fee_move.message_post(body=self.env._("Not sent to the client. %s", error))
