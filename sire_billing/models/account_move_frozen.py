from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError

from odoo.addons.sire_base.utils.gate import given

from .. import gate
from ..utils.values import differs

# What the ledger and the number say. Of a posted document they change by buttons, never by a value that somebody writes.
LEDGER_FIELDS = frozenset(
    {
        "amount_residual",
        "amount_residual_signed",
        "amount_tax",
        "amount_tax_signed",
        "amount_total",
        "amount_total_in_currency_signed",
        "amount_total_signed",
        "amount_untaxed",
        "amount_untaxed_in_currency_signed",
        "amount_untaxed_signed",
        "company_id",
        "currency_id",
        "date",
        "fiscal_position_id",
        "invoice_cash_rounding_id",
        "invoice_currency_rate",
        "invoice_date",
        "invoice_line_ids",
        "invoice_payment_term_id",
        "journal_id",
        "line_ids",
        "move_type",
        "partner_id",
        "posted_before",
        "quick_edit_total_amount",
        "reversed_entry_id",
        "sequence_number",
        "sequence_prefix",
        "tax_totals",
    }
)
# What else stands on the paper that a client has.
PAPER_FIELDS = frozenset(
    {
        "delivery_date",
        "invoice_date_due",
        "invoice_incoterm_id",
        "invoice_origin",
        "is_move_sent",
        "narration",
        "partner_bank_id",
        "partner_shipping_id",
        "payment_reference",
        "ref",
        "state",
    }
)
STATUS_FIELDS = frozenset({"sire_status", "sire_next_due", "sire_void_reason"})


class AccountMove(models.Model):
    """An invoice that was issued stays: by whatever button, call, flag or value somebody tries to take it back.

    See docs/decisions/0631-an-issued-invoice-stays.md for what is refused, and what is not.
    """

    _inherit = "account.move"

    # === COMPUTES === #

    @api.depends("sire_status", "is_move_sent")
    def _compute_show_reset_to_draft_button(self):
        """Override of `account`: no button that would only lead to a refusal."""
        result = super()._compute_show_reset_to_draft_button()
        for move in self:
            if move.show_reset_to_draft_button and move.state == "posted" and move._sire_is_document():
                move.show_reset_to_draft_button = not move._sire_get_hold()
        return result

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        if not gate.is_open(self.env):
            names = given(self, vals_list)
            if STATUS_FIELDS & names:
                raise self._sire_status_error()
            # The host looks at the values alone.
            if "posted_before" in names or self.env.context.get("default_state") == "posted":
                raise UserError(self.env._("An invoice is confirmed by its button: the number is given there."))
        moves = super().create(vals_list)
        for move in moves:
            if move.state == "draft" and move._sire_has_number():
                move._sire_check_first_number()
        return moves

    def write(self, vals):
        if not gate.is_open(self.env) and self.env.context.get("sire_posting") is not gate.GATE:
            if STATUS_FIELDS & vals.keys():
                raise self._sire_status_error()
            if vals.get("state") == "posted" and any(
                move.state != "posted" and move._sire_is_document() for move in self
            ):
                raise UserError(self.env._("An invoice is confirmed by its button: the number is given there."))
            if (LEDGER_FIELDS | PAPER_FIELDS | {"name", "payment_state"}) & vals.keys():
                self._sire_check_issued(vals)
        result = super().write(vals)
        if vals.get("name") and self.env.context.get("sire_posting") is not gate.GATE:
            for move in self.filtered(lambda move: move.state == "draft" and not move.posted_before):
                move._sire_check_first_number()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_issued(self):
        """A number that was given is never free again."""
        if gate.is_open(self.env):
            return
        # What the server itself does in its shell with the host's flag: nobody signs in as that user.
        by_server = self.env.uid == SUPERUSER_ID and self.env.context.get("force_delete")
        for move in self.sudo().filtered(lambda move: move._sire_has_number()):  # sudo: its number is no secret
            is_issued = move.posted_before or move.state != "draft" or not move._is_end_of_seq_chain()
            if is_issued and not (by_server and move.state != "posted" and not move._sire_get_hold()):
                raise UserError(
                    self.env._("%s was issued and is never deleted: void it, or make a credit note.", move.name)
                )

    # === RULES === #

    def _sire_is_document(self):
        return self.is_sale_document(include_receipts=True)

    def _sire_has_number(self):
        return self._sire_is_document() and bool(self.name) and self.name != "/"

    def _sire_get_hold(self):
        """Return why this document cannot be taken back any more.

        :return: a sentence, such as "INV/2026/00012 was sent to the client."; empty when nothing holds it
        :rtype: str
        """
        self.ensure_one()
        move_sudo = self.sudo()  # whoever may change the document need not read what holds it
        name = {"name": self.name}
        lines = move_sudo.line_ids
        if lines.matched_debit_ids or lines.matched_credit_ids:
            return self.env._("A payment or a credit note is counted for %(name)s.", **name)
        if move_sudo.matched_payment_ids.filtered(lambda payment: payment.state in ("in_process", "paid")):
            return self.env._("A payment was received for %(name)s.", **name)
        if move_sudo.transaction_ids.filtered(lambda tx: tx.state in ("pending", "authorized", "done")):
            return self.env._("A payment for %(name)s is on its way.", **name)
        if move_sudo.reversal_move_ids.filtered(lambda credit: credit.state == "posted"):
            return self.env._("There is a credit note for %(name)s.", **name)
        if move_sudo.is_move_sent or move_sudo.sire_sent_at:
            return self.env._("%(name)s was sent to the client.", **name)
        links_sudo = self.env["sire.client.link"].sudo()  # as above
        if links_sudo.search_count([("invoice_id", "=", self.id), ("first_opened_at", "!=", False)], limit=1):
            return self.env._("The client has opened %(name)s.", **name)
        return ""

    def _sire_check_may_take_back(self):
        """Refuse to reset, cancel or change posted documents that somebody has or that money is for. Locks them, so that a
        payment or an e-mail of the same moment either is seen here or finds the document gone.

        :raise UserError: a sentence that says what holds it, and what to do instead
        """
        if gate.is_open(self.env):
            return
        documents = self.filtered(lambda move: move.state == "posted" and move._sire_is_document())
        if not documents:
            return
        documents._sire_lock_payable()
        for move in documents:
            if hold := move._sire_get_hold():
                raise UserError(
                    self.env._("%(hold)s It stays as it is: void it, or make a credit note, with a reason.", hold=hold)
                )

    def _sire_get_closed(self):
        """:return: the documents among these whose lines are what was issued; none where the gate is open"""
        if gate.is_open(self.env) or self.env.context.get("sire_posting") is gate.GATE:
            return self.browse()
        moves_sudo = self.sudo()  # whoever may write a line need not read what it belongs to
        closed_sudo = moves_sudo.filtered(lambda move: move.state == "posted" and move._sire_is_document())
        return closed_sudo.with_env(self.env)

    def _sire_check_lines_open(self):
        """:raise UserError: when one of these documents is posted: its lines are what was issued"""
        for move in self._sire_get_closed():
            move._sire_check_may_take_back()
            raise move._sire_confirmed_error()

    # === HELPERS === #

    def _sire_confirmed_error(self):
        return UserError(self.env._("%s is confirmed: reset it to draft before you change it.", self.name))

    def _sire_status_error(self):
        return UserError(self.env._("The status of an invoice is what the ledger says: it is not written by hand."))

    def _sire_check_issued(self, vals):
        """Refuse values that would change what was issued."""
        documents_sudo = self.sudo().filtered(  # to compare with what is there
            lambda move: move._sire_is_document() and (move.posted_before or move.state != "draft")
        )
        for move in documents_sudo:
            changed = {name for name in vals if differs(move, name, vals[name])}
            if "name" in changed and move._sire_has_number():
                raise UserError(self.env._("%s was issued: its number is never changed or taken away.", move.name))
            if "posted_before" in changed and move.posted_before:
                raise UserError(self.env._("%s was issued: that does not become undone.", move.name))
            if move.state != "posted":
                continue
            words = {vals.get("payment_state"), move.payment_state}
            if changed & LEDGER_FIELDS or ("payment_state" in changed and not words <= {"blocked", "not_paid"}):
                move.with_env(self.env)._sire_check_may_take_back()
                raise move._sire_confirmed_error()
            if changed & PAPER_FIELDS - {"is_move_sent"} or ("is_move_sent" in changed and not vals["is_move_sent"]):
                move.with_env(self.env)._sire_check_may_take_back()

    def _sire_check_first_number(self):
        """A number that a person writes starts a journal's numbers; after that they are given."""
        if self._sire_has_number() and not gate.is_open(self.env) and self._get_last_sequence():
            raise UserError(self.env._("Numbers are given when an invoice is confirmed, one after the other."))
