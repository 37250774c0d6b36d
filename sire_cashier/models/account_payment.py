from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_billing import gate

FROZEN_FIELDS = frozenset({"amount", "currency_id", "date", "journal_id", "move_id", "payment_type", "state"})


class AccountPayment(models.Model):
    """Cash goes into the drawer of whoever has it open, and stays as it is once the drawer is counted."""

    _inherit = "account.payment"
    _sire_audit = {"fields": ("sire_session_id",)}

    sire_session_id = fields.Many2one(
        "sire.cashier.session",
        string="Drawer Session",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    # === CRUD ===#

    @api.model_create_multi
    def create(self, vals_list):
        payments = super().create(vals_list)
        if not gate.is_open(self.env) and payments.sire_session_id:
            raise payments._sire_session_error()
        return payments

    def write(self, vals):
        if not gate.is_open(self.env):
            if "sire_session_id" in vals:
                raise self._sire_session_error()
            if FROZEN_FIELDS & vals.keys():
                self._sire_check_session()
            if vals.get("state") == "draft":  # it goes into a drawer again when it is confirmed, or into the bank
                gate.opened(self.filtered("sire_session_id")).sire_session_id = False
            # with an entry in the same write it is still to be confirmed
            if vals.get("state") in ("in_process", "paid") and not vals.get("move_id"):
                self.filtered(lambda payment: payment.state == "draft")._sire_put_in_drawer()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_counted(self):
        self._sire_check_session()

    # === ACTIONS ===#

    def action_post(self):
        """Override of `account`: cash is taken and paid out in an open drawer of one's own.

        :raise UserError: when somebody else has the drawer, or when it has to be open and is not
        """
        self._sire_put_in_drawer()
        return super().action_post()

    # === HELPERS ===#

    def _sire_put_in_drawer(self):
        """See `action_post`: whichever way cash is confirmed, the drawer has it."""
        for payment in self.filtered(lambda payment: payment.journal_id.type == "cash"):
            session = payment._sire_find_session()
            if session and payment.sire_session_id != session:
                gate.opened(payment).sire_session_id = session

    def _sire_find_session(self):
        """:return: the open session that this cash goes into, locked; none when the drawer need not be open"""
        # sudo: whoever takes cash meets the drawer, whether or not they read sessions
        sessions_sudo = self.env["sire.cashier.session"].sudo()
        session_sudo = sessions_sudo.search([("journal_id", "=", self.journal_id.id), ("state", "=", "open")], limit=1)
        if not session_sudo:
            if self.company_id.sire_cashier_required:
                raise UserError(
                    self.env._(
                        "Open the drawer first: SIRE, Payments, Cash Drawers. Cash is taken in an open drawer only."
                    )
                )
            return session_sudo
        if session_sudo.user_id != self.env.user:
            raise UserError(
                self.env._(
                    "%(cashier)s has the drawer %(drawer)s: only the one who opened it takes cash in it.",
                    cashier=session_sudo.user_id.name,
                    drawer=self.journal_id.name,
                )
            )
        session_sudo._sire_lock()
        return session_sudo

    def _sire_check_session(self):
        """:raise UserError: when the drawer of one of these payments is counted"""
        for payment in self:
            session_sudo = payment.sire_session_id.sudo()  # sudo: the rule holds for who reads no sessions
            if session_sudo and session_sudo.state != "open":
                raise UserError(
                    self.env._(
                        "%(payment)s is in drawer session %(session)s, which is counted: it stays as it is.",
                        payment=payment.display_name,
                        session=session_sudo.name,
                    )
                )
            if session_sudo:
                session_sudo._sire_lock()

    def _sire_check_voidable(self):
        """Override of `sire_billing`: what was counted is not voided; money is given back by a payment to the client."""
        self._sire_check_session()
        if self.journal_id.type == "cash" and not self.sire_session_id:
            # sudo: as in `_sire_find_session`
            sessions_sudo = self.env["sire.cashier.session"].sudo()
            is_open = [("journal_id", "=", self.journal_id.id), ("state", "=", "open")]
            if session_sudo := sessions_sudo.search(is_open, limit=1):
                session_sudo._sire_lock()
                raise UserError(
                    self.env._(
                        "Receipt %(receipt)s is older than drawer session %(session)s, which began with its cash: give the"
                        " money back by a payment to the client, or void it when the drawer is counted.",
                        receipt=self.sire_receipt_number,
                        session=session_sudo.name,
                    )
                )
        return super()._sire_check_voidable()

    def _sire_session_error(self):
        return UserError(self.env._("The drawer session of a payment is set by the system."))
