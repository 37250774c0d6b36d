from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_base.utils.reason import clean_reason
from odoo.addons.sire_billing import gate
from odoo.addons.sire_payment.utils import get_amount_fault

TOO_MUCH = 1e12  # shillings: more than any drawer holds, and than the books can add up to the cent


class SireCashierSession(models.Model):
    """A drawer from its opening to its count: one cashier, one cash journal.

    Everything on it is written by its own methods. What should be in the drawer is not known to anybody before it was
    counted: it is worked out then, and kept.
    """

    _name = "sire.cashier.session"
    _description = "Drawer session"
    _inherit = ["sire.gated", "mail.thread"]
    _order = "opened_at desc, id desc"
    _sire_audit = {
        "fields": (
            "state",
            "user_id",
            "opening_count",
            "count",
            "expected",
            "difference",
            "counted_by_id",
            "signed_by_id",
        ),
        "marks": (("state", "counted", "count"), ("state", "closed", "approve"), ("state", "open", "open", "create")),
    }

    name = fields.Char(compute="_compute_name")
    number = fields.Integer(string="Z Number", required=True, readonly=True)
    journal_id = fields.Many2one(
        "account.journal",
        string="Drawer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        domain="[('type', '=', 'cash')]",
    )
    company_id = fields.Many2one(related="journal_id.company_id", store=True, index=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id", store=True)
    user_id = fields.Many2one("res.users", string="Cashier", required=True, readonly=True, index=True)
    state = fields.Selection(
        selection=[("open", "Open"), ("counted", "Counted"), ("closed", "Signed off")],
        required=True,
        readonly=True,
        default="open",
        index=True,
        tracking=True,
    )
    day = fields.Date(required=True, readonly=True, help="The day in East Africa on which the drawer was opened.")
    opened_at = fields.Datetime(required=True, readonly=True)
    opening_count = fields.Monetary(
        required=True, readonly=True, help="Counted by the cashier when the drawer was opened."
    )
    carried_over = fields.Monetary(
        readonly=True, help="What the last session of this drawer left in it, and what was booked on it since."
    )
    movement_ids = fields.One2many("sire.cashier.movement", "session_id", readonly=True)
    payment_ids = fields.One2many("account.payment", "sire_session_id", readonly=True)
    counted_at = fields.Datetime(readonly=True)
    counted_by_id = fields.Many2one("res.users", readonly=True)
    count = fields.Monetary(string="Counted", readonly=True)
    received = fields.Monetary(string="Cash Received", readonly=True)
    paid_out = fields.Monetary(readonly=True)
    moved = fields.Monetary(string="Cash In and Out", readonly=True)
    expected = fields.Monetary(readonly=True, help="Worked out when the drawer was counted, and not before.")
    difference = fields.Monetary(readonly=True, help="Counted less expected.")
    opening_difference = fields.Monetary(readonly=True, help="Opening count less what the last session left.")
    booked = fields.Monetary(readonly=True, help="What the books said of the drawer when it was counted.")
    signed_at = fields.Datetime(string="Signed Off On", readonly=True)
    signed_by_id = fields.Many2one("res.users", string="Signed Off By", readonly=True)
    note = fields.Char(readonly=True)
    entry_id = fields.Many2one(
        "account.move", string="Difference Entry", readonly=True, ondelete="restrict", index="btree_not_null"
    )

    _number_uniq = models.Constraint("UNIQUE (journal_id, number)", "This Z number is taken.")
    _one_open_uniq = models.UniqueIndex("(journal_id) WHERE state = 'open'", "This drawer is open already.")

    # === COMPUTES ===#

    @api.depends("journal_id.name", "number")
    def _compute_name(self):
        for session in self:
            session.name = f"{session.journal_id.name or ''} Z{session.number or 0:05d}"

    @api.depends("journal_id")
    def _compute_currency_id(self):
        for session in self:
            session.currency_id = session.journal_id.currency_id or session.journal_id.company_id.currency_id

    # === CRUD ===#

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A drawer session stays: its Z number would be missing."))

    def copy_data(self, default=None):
        raise UserError(self.env._("A drawer session is opened, not copied."))

    def _check_gate(self):
        if not gate.is_open(self.env):
            raise UserError(self.env._("A drawer session is written by its own buttons alone."))

    # === ACTIONS ===#

    @api.model
    def action_sire_open(self, journal_id, amount):
        """Open a drawer for the user.

        :param int journal_id: the cash journal
        :param float amount: what the cashier counted in it, 0 or more, in the currency of the journal
        :return: id of the session
        :raise UserError: a sentence
        """
        journal = self.env["account.journal"].browse(journal_id).exists()
        journal.check_access("read")
        if journal.type != "cash" or journal.company_id not in self.env.companies:
            raise UserError(self.env._("Choose a cash journal of your company."))
        amount = self._sire_check_count(amount, journal.currency_id or journal.company_id.currency_id)
        sessions_sudo = gate.opened(self.sudo())  # sudo: sessions have no editor, this method is how one is made
        # Of two at once the later one starts over, and reads that the drawer is open.
        self.env.cr.execute(
            SQL("UPDATE account_journal SET write_date = now() AT TIME ZONE 'UTC' WHERE id = %s", journal.id)
        )
        last = sessions_sudo.search([("journal_id", "=", journal.id)], order="number desc", limit=1)
        left = last.currency_id.round(last.count + last._sire_get_booked() - last.booked) if last else 0.0
        if last.state == "open":
            raise UserError(
                self.env._(
                    "%(drawer)s is open already: %(cashier)s has it.", drawer=journal.name, cashier=last.user_id.name
                )
            )
        self.flush_model(["state"])  # the database keeps one open session a drawer
        session = sessions_sudo.create(
            {
                "number": last.number + 1,
                "journal_id": journal.id,
                "user_id": self.env.uid,
                "day": eat_today(),
                "opened_at": fields.Datetime.now(),
                "opening_count": amount,
                "carried_over": left,
                "opening_difference": last.currency_id.round(amount - left) if last else 0.0,
            }
        )
        return session.id

    def action_sire_cash_in(self, amount, reason):
        """Put cash into the drawer that is no payment.

        :param float amount: more than 0
        :param str reason: why
        """
        return self._sire_move_cash("in", amount, reason)

    def action_sire_cash_out(self, amount, reason):
        """Take cash out of the drawer that is no payment: to the bank, for a purchase."""
        return self._sire_move_cash("out", amount, reason)

    def _sire_move_cash(self, kind, amount, reason):
        self.ensure_one()
        self._sire_check_mine()
        amount = self._sire_check_count(amount, self.currency_id)
        if not amount:
            raise UserError(self.env._("The amount must be more than zero."))
        reason = self._sire_check_reason(reason)
        self._sire_lock()
        account = self.company_id.transfer_account_id
        if not account:
            raise UserError(self.env._("Set the account for internal transfers of %s first.", self.company_id.name))
        words = self.env._("Cash in") if kind == "in" else self.env._("Cash out")
        entry = self._sire_post_entry(amount if kind == "in" else -amount, account, f"{words}: {reason}")
        movements_sudo = gate.opened(self.env["sire.cashier.movement"].sudo())  # sudo: as sessions
        movements_sudo.create(
            {"session_id": self.id, "kind": kind, "amount": amount, "reason": reason, "entry_id": entry.id}
        )
        return True

    # === HELPERS ===#

    def _sire_post_entry(self, amount, account, label):
        """Book what came into the drawer (or, below zero, left it) against an account.

        :return: the posted entry, as superuser
        :rtype: account.move
        """
        company, currency = self.company_id, self.currency_id
        day = eat_today()
        balance = currency._convert(amount, company.currency_id, company, day)
        lines = [
            {"account_id": self.journal_id.default_account_id.id, "amount_currency": amount, "balance": balance},
            {"account_id": account.id, "amount_currency": -amount, "balance": -balance},
        ]
        # sudo: who is a cashier and no accountant books through the drawer, and nowhere else
        entries_sudo = self.env["account.move"].sudo().with_company(company)
        entry_sudo = entries_sudo.create(
            {
                "move_type": "entry",
                "journal_id": self.journal_id.id,
                "date": day,
                "ref": f"{self.name}: {label}",
                "line_ids": [
                    fields.Command.create({"name": label, "currency_id": currency.id, **line}) for line in lines
                ],
            }
        )
        entry_sudo.action_post()
        return entry_sudo

    def _sire_lock(self):
        """Have whoever uses this session at the same time start over, and read what has become of it.

        :raise UserError: when it is not open any more
        """
        self.ensure_one()
        self.env.cr.execute(
            SQL("UPDATE sire_cashier_session SET write_date = now() AT TIME ZONE 'UTC' WHERE id = %s", self.id)
        )
        self.invalidate_recordset(["state"], flush=False)
        if self.state != "open":
            raise UserError(self.env._("Drawer session %s is counted: nothing changes in it any more.", self.name))

    def _sire_check_mine(self):
        """:raise UserError: when somebody else has the drawer"""
        self.check_access("read")
        if self.user_id != self.env.user:
            raise UserError(self.env._("%(cashier)s has this drawer.", cashier=self.user_id.name))

    @api.model
    def _sire_check_reason(self, reason):
        missing = self.env._("Enter the reason: it stays with the session.")
        return clean_reason(self.env, reason, missing, cut_at=200)

    @api.model
    def _sire_check_count(self, amount, currency):
        """:return: the amount, 0 or more
        :raise UserError: when it is none
        """
        fault = get_amount_fault(amount, currency.decimal_places)
        if fault == "number" or (not fault and amount >= TOO_MUCH):
            raise UserError(self.env._("The amount must be a number, for example 1160 or 1160.50."))
        if fault == "decimals":
            raise UserError(self.env._("%s has coins of a cent and nothing smaller.", currency.name))
        if fault == "positive" and amount < 0:
            raise UserError(self.env._("The amount cannot be less than zero."))
        return currency.round(amount)
