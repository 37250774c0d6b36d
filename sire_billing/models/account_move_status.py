import logging
from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.sire_base.utils.eat import eat_today

_logger = logging.getLogger(__name__)

STATUSES = [
    ("draft", "Draft"),
    ("unpaid", "Unpaid"),
    ("partial", "Partially paid"),
    ("overdue", "Overdue"),
    ("paid", "Paid"),
    ("credited", "Credited"),
    ("void", "Void"),
]
WITH_STATUS = ("out_invoice", "out_refund", "out_receipt")
BATCH = 1000
# Fetched by themselves, not with whatever else is read of an invoice: a read of them has them stored first, and while an invoice
# is posted that is one UPDATE of its row more.
APART = "sire_status"


class AccountMove(models.Model):
    """What the ledger says of an invoice, in one stored word. It depends on the day, so SQL looks at the day as well:
    see docs/decisions/0630-a-status-that-knows-the-day.md."""

    _inherit = "account.move"

    sire_status = fields.Selection(
        selection=STATUSES,
        string="Status of Payment",
        compute="_compute_sire_status",
        store=True,
        copy=False,
        prefetch=APART,
        help="What the ledger says, in a word.",
    )
    sire_next_due = fields.Date(
        string="Next Due",
        compute="_compute_sire_status",
        store=True,
        copy=False,
        prefetch=APART,
        help="The earliest day for which money is still expected, instalments counted one by one.",
    )
    sire_overdue = fields.Boolean(string="Overdue", compute="_compute_sire_overdue", search="_search_sire_overdue")

    _sire_next_due_idx = models.Index("(company_id, sire_next_due) WHERE sire_next_due IS NOT NULL")

    # === COMPUTES === #

    def _compute_name(self):
        """Override of `account`: the row is written before a number is taken. With its status in it, it is written once."""
        self.filtered(lambda move: move.state == "posted").mapped("sire_status")
        return super()._compute_name()

    @api.depends(
        "amount_total",
        "line_ids.amount_residual_currency",
        "line_ids.date_maturity",
        "line_ids.display_type",
        "matched_payment_ids.amount",
        "matched_payment_ids.move_id",
        "matched_payment_ids.state",
        "move_type",
        "payment_state",
        "sire_void_reason",
        "state",
    )
    def _compute_sire_status(self):
        for move, (status, next_due) in self._sire_work_out_statuses().items():
            move.sire_status = status
            move.sire_next_due = next_due

    @api.depends("sire_status", "sire_next_due")
    def _compute_sire_overdue(self):
        today = eat_today()
        for move in self:
            due = move.sire_status in ("unpaid", "partial", "overdue") and move.sire_next_due
            move.sire_overdue = bool(due) and due < today

    def _search_sire_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("sire_status", "=", "overdue")
        return Domain.OR(overdue if wanted else ~overdue for wanted in value)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Override of `base`: whoever reads, searches, groups or sorts gets the word of today, also between midnight in
        Nairobi and the nightly pass, and when that pass did not run."""
        sql = super()._field_to_sql(alias, field_expr, query)
        if field_expr != "sire_status":
            return sql
        due = super()._field_to_sql(alias, "sire_next_due", query)
        return SQL(
            "CASE WHEN %(status)s IN ('unpaid', 'partial') AND %(due)s < %(today)s THEN 'overdue' ELSE %(status)s END",
            status=sql,
            due=due,
            today=eat_today(),
        )

    # === BUSINESS === #

    def _sire_get_open_amounts(self):
        """Return what is not settled, instalment by instalment, as the ledger has it.

        Money that was received for an invoice and waits outside the ledger (a payment method without an outstanding
        account) settles the earliest instalments.

        :return: ``{move: [(datetime.date, amount), …]}``, earliest first, in the currency of each document; amounts are
            positive, settled instalments are left out
        :rtype: dict
        """
        result = {}
        for move in self:
            terms = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
            rows = sorted(
                (
                    (
                        line.date_maturity or move.invoice_date_due or move.date or date.max,
                        line.amount_residual_currency,
                    )
                    for line in terms
                ),
                key=lambda row: row[0],
            )
            received = move._sire_get_waiting()
            result[move] = left = []
            for due, residual in rows:
                amount = abs(residual)
                taken = min(received, amount)
                received -= taken
                if move.currency_id.compare_amounts(amount, taken) > 0:
                    left.append((due, move.currency_id.round(amount - taken)))
        return result

    def _sire_get_waiting(self):
        """:return: money that was received for this invoice and has no entry in the ledger yet, shared with other invoices as
        it will be matched
        :rtype: float
        """
        total = 0.0
        for payment in self.matched_payment_ids:
            if payment.move_id or payment.outstanding_account_id or payment.state not in ("in_process", "paid"):
                continue
            held = payment.amount if payment.payment_type == "inbound" else 0.0
            for invoice in payment.invoice_ids.sorted(lambda move: (move.invoice_date_due or move.date, move.id)):
                rate = (payment.currency_id, invoice.currency_id, invoice.company_id, payment.date)
                part = min(rate[0]._convert(held, *rate[1:]), invoice.amount_residual)
                held -= invoice.currency_id._convert(part, rate[0], *rate[2:])
                total += part if invoice == self else 0.0
        return total

    def _sire_get_due_amounts(self):
        """Return what money is expected, and by when. A hook: who knows that a part will not come as money (withheld tax)
        takes it away here, and the invoice is not overdue for it.

        :return: as :meth:`_sire_get_open_amounts`; credit notes expect nothing
        :rtype: dict
        """
        return {
            move: [] if move.move_type == "out_refund" else rows for move, rows in self._sire_get_open_amounts().items()
        }

    def _sire_get_proposed(self):
        """:return: what a client is asked to pay now: what may be paid, without what will not come as money
        :rtype: float
        """
        return max(self.currency_id.round(self._sire_get_payable() - self._sire_get_withheld()), 0.0)

    def _sire_work_out_statuses(self):
        """:return: ``{move: (status, next due date)}``, false for what is no document for a client
        :rtype: dict
        """
        result = dict.fromkeys(self, (False, False))
        words = {"draft": "draft", "cancel": "void"}
        documents = self.filtered(lambda move: move.move_type in WITH_STATUS)
        result.update((move, (words.get(move.state, "draft"), False)) for move in documents)
        posted = documents.filtered(lambda move: move.state == "posted")
        today = eat_today()
        dues = posted._sire_get_due_amounts()
        for move, rows in posted._sire_get_open_amounts().items():
            expected = [due for due, amount in dues[move] if amount > 0]
            left = sum(amount for _due, amount in rows)
            if not rows:
                status = move._sire_get_settled_status()
            elif expected and min(expected) < today:
                status = "overdue"
            elif move.currency_id.compare_amounts(left, move.amount_total) < 0:
                status = "partial"
            else:
                status = "unpaid"
            result[move] = (status, min(expected) if expected and rows else False)
        return result

    def _sire_get_settled_status(self):
        """:return: the status of a document that has nothing left"""
        credited = self.move_type == "out_refund" or self.payment_state == "reversed"
        if not credited or not self._sire_is_settled_by_documents():
            return "paid"
        return "void" if self.move_type != "out_refund" and self.sire_void_reason else "credited"

    def _sire_is_settled_by_documents(self):
        """:return: whether invoices and credit notes alone took the whole: no money, and no certificate of withheld tax
        :rtype: bool
        """
        # A difference of rates is none of these: it has no amount in the currency of the document.
        debits = self.line_ids.matched_debit_ids.filtered("credit_amount_currency").debit_move_id
        credits = self.line_ids.matched_credit_ids.filtered("debit_amount_currency").credit_move_id
        used = (debits | credits).move_id
        return bool(used) and all(move.move_type in WITH_STATUS for move in used)

    # === CRON === #

    @api.model
    def _cron_sire_statuses(self):
        """Every midnight in Nairobi: store what became overdue, and mend what does not agree with the ledger.

        A status that is wrong for another reason than the day was written past the ORM: it is mended, and the log of the
        server and the history of the document say so.

        :return: how many became overdue, how many were mended
        :rtype: tuple[int, int]
        """
        last, late, mended = 0, 0, 0
        fresh = [("move_type", "in", WITH_STATUS)]
        while moves := self.search([*fresh, ("id", ">", last)], order="id", limit=BATCH):
            last = moves[-1].id
            became_late, wrong = moves._sire_mend_statuses()
            late, mended = late + len(became_late), mended + len(wrong)
            if self.env.context.get("cron_id"):
                self.env["ir.cron"]._commit_progress(len(moves))
            self.env.invalidate_all()
        return late, mended

    def _sire_mend_statuses(self):
        """:return: documents that became overdue, and those that were wrong"""
        self.env.flush_all()
        # Raw: the ORM would answer with the word of today.
        rows = self.env.execute_query(
            SQL("SELECT id, sire_status, sire_next_due FROM account_move WHERE id IN %s", tuple(self.ids))
        )
        stored = {row[0]: row[1:] for row in rows}
        became_late, wrong = self.browse(), self.browse()
        statuses = self._sire_work_out_statuses()
        for move, (status, next_due) in statuses.items():
            was, was_due = stored[move.id]
            if (was, was_due) == (status or None, next_due or None):
                continue
            if status == "overdue" and was in ("unpaid", "partial") and was_due == next_due:
                became_late += move
                continue
            wrong += move
            labels = dict(self._fields["sire_status"]._description_selection(self.env))
            _logger.warning("%s: status %s does not agree with the ledger, which says %s", move.name, was, status)
            body = self.env._(
                "The status said %(was)s, the ledger says %(status)s. It was corrected.",
                was=labels.get(was, was or "-"),
                status=labels.get(status, "-"),
            )
            move.message_post(body=body)
        # Past the ORM, which has read the word of today already and would find nothing to write.
        for move in became_late + wrong:
            self.env.cr.execute(
                SQL(
                    "UPDATE account_move SET sire_status = %s, sire_next_due = %s WHERE id = %s",
                    statuses[move][0] or None,
                    statuses[move][1] or None,
                    move.id,
                )
            )
        self.invalidate_recordset(["sire_status", "sire_next_due"])
        return became_late, wrong
