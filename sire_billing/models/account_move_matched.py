from odoo import models
from odoo.tools import SQL


class AccountMove(models.Model):
    """Which payments an invoice was matched with. The host asks at each step of making, posting and paying one."""

    _inherit = "account.move"

    def _compute_reconciled_payment_ids(self):
        """Override of `account`: the host's question goes through six tables, and most of its time is planning it. Invoices of
        which no item is matched with anything are told apart by a plain one first."""
        matched = self & self._sire_get_matched()  # in a form that is edited they are others than the saved ones
        for move in self - matched:
            move.reconciled_payment_ids = move.matched_payment_ids
        return super(AccountMove, matched)._compute_reconciled_payment_ids() if matched else None

    def _sire_get_matched(self):
        """:return: those of which an item is matched with another one
        :rtype: account.move
        """
        if not self.ids:
            return self.browse()
        self.env["account.move.line"].flush_model(["move_id"])
        self.env["account.partial.reconcile"].flush_model(["debit_move_id", "credit_move_id"])
        # Raw, as the host's: items and their matching, whoever may read them.
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT line.move_id FROM account_move_line line
                    WHERE line.move_id IN %s
                      AND (EXISTS (SELECT FROM account_partial_reconcile WHERE debit_move_id = line.id)
                           OR EXISTS (SELECT FROM account_partial_reconcile WHERE credit_move_id = line.id))""",
                tuple(self.ids),
            )
        )
        return self.browse(row[0] for row in rows)
