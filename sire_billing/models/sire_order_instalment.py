from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.sire_base.utils.eat import eat_today

from .. import gate

# Written by our own methods alone: they say what became of the part.
OWN_FIELDS = frozenset({"reached_at", "reached_by_id", "move_id", "invoiced_at"})
SETTLED = ("paid", "in_payment")


class SireOrderInstalment(models.Model):
    """One part of what a quotation comes to, invoiced by itself, once.

    The parts are agreed with the quotation and frozen with it. The last one takes the rest, so that they add up whatever the
    others round to.
    """

    _name = "sire.order.instalment"
    _inherit = "sire.named.documents"
    _description = "Part of an invoicing plan"
    _order = "order_id, sequence, id"
    _check_company_auto = True
    # for sire_audit, where it is installed
    _sire_audit = {
        "fields": (
            "name", "basis", "percent", "fixed_amount", "amount", "due", "due_date", "milestone_id", "reached_at", "move_id",
        ),
        "parent": "order_id",
        "name": "name",
        "kind": "document",
    }  # fmt: skip

    order_id = fields.Many2one(
        "sale.order", string="Quotation", required=True, index=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="order_id.currency_id", store=True)
    partner_id = fields.Many2one(related="order_id.partner_id", string="Client", store=True, index="btree_not_null")
    project_id = fields.Many2one(related="order_id.project_id", store=True, index="btree_not_null")
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Part", required=True)
    basis = fields.Selection(
        selection=[("percent", "Percent"), ("amount", "Amount"), ("rest", "The rest")],
        string="How Much",
        default="percent",
        required=True,
    )
    percent = fields.Float(string="%", digits=(16, 2))
    fixed_amount = fields.Monetary(help="VAT included, in the currency of the quotation.")
    amount = fields.Monetary(
        compute="_compute_amount", store=True, help="VAT included, in the currency of the quotation."
    )
    due = fields.Selection(
        selection=[
            ("approval", "At approval"),
            ("date", "On a date"),
            ("milestone", "At a milestone"),
            ("step", "At a step"),
            ("finish", "Project finished"),
        ],
        string="When",
        default="step",
        required=True,
        help="At a step: when one of us presses Reached.",
    )
    due_text = fields.Char(string="Invoiced", compute="_compute_due_text", compute_sudo=True)
    due_date = fields.Date(string="Date", help="From this East African day on it is to be invoiced.")
    milestone_id = fields.Many2one(
        "project.milestone",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('project_id', '=', project_id)]",
    )
    reached_at = fields.Datetime(string="Reached On", readonly=True, copy=False)
    reached_by_id = fields.Many2one("res.users", string="Reached Says", readonly=True, copy=False)
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The invoice that counts for this part: the latest, when an earlier one was credited.",
    )
    invoiced_at = fields.Datetime(
        string="First Invoiced On", readonly=True, copy=False, help="Stays when the invoice is credited or deleted."
    )
    state = fields.Selection(
        selection=[
            ("planned", "To come"),
            ("to_invoice", "To invoice"),
            ("invoiced", "Invoiced"),
            ("paid", "Paid"),
            ("credited", "Credited"),
        ],
        compute="_compute_state",
        search="_search_state",
        compute_sudo=True,
    )
    can_invoice = fields.Boolean(compute="_compute_state", compute_sudo=True)

    _move_unique = models.UniqueIndex("(move_id) WHERE move_id IS NOT NULL", "An invoice is for one part of one plan.")
    _percent_range = models.Constraint(
        "CHECK(basis != 'percent' OR (percent > 0 AND percent < 100))", "A part is between 0 and 100 percent."
    )
    _amount_positive = models.Constraint(
        "CHECK(basis != 'amount' OR fixed_amount > 0)", "The amount of a part is above zero."
    )

    # === COMPUTES ===#

    @api.depends(
        "basis",
        "percent",
        "fixed_amount",
        "order_id.amount_total",
        "order_id.currency_id",
        "order_id.sire_instalment_ids.basis",
        "order_id.sire_instalment_ids.percent",
        "order_id.sire_instalment_ids.fixed_amount",
    )
    def _compute_amount(self):
        for part in self:
            if part.basis == "rest":
                others = part.order_id.sire_instalment_ids.filtered(lambda other: other.basis != "rest")
                given = sum(other._sire_get_share() for other in others)
                part.amount = (part.currency_id or part.env.company.currency_id).round(
                    part.order_id.amount_total - given
                )
            else:
                part.amount = part._sire_get_share()

    @api.depends(
        "order_id.state",
        "order_id.project_id.sire_status",
        "due",
        "due_date",
        "milestone_id.is_reached",
        "reached_at",
        "move_id.state",
        "move_id.payment_state",
        "move_id.reversal_move_ids.state",
    )
    def _compute_state(self):
        for part in self:
            move = part.move_id
            if move and part._sire_is_void(move):
                part.state = "credited"
            elif move:
                part.state = "paid" if move.payment_state in SETTLED and move.state == "posted" else "invoiced"
            else:
                part.state = "to_invoice" if part._sire_is_reached() else "planned"
            part.can_invoice = part.order_id.state == "sale" and part.state in ("to_invoice", "credited")

    @api.depends("due", "due_date", "milestone_id.name")
    @api.depends_context("lang")
    def _compute_due_text(self):
        for part in self:
            part.due_text = part._sire_say_due()

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        none = Domain("move_id", "=", False)
        reached = Domain("order_id.state", "=", "sale") & Domain.OR(
            [
                Domain("due", "=", "approval"),
                Domain("due", "=", "date") & Domain("due_date", "<=", eat_today()),
                Domain("due", "=", "milestone") & Domain("milestone_id.is_reached", "=", True),
                Domain("due", "=", "step") & Domain("reached_at", "!=", False),
                Domain("due", "=", "finish") & Domain("order_id.project_id.sire_status", "=", "finished"),
            ]
        )
        # sudo: whether an invoice was credited, for whoever may see the part
        touched_sudo = self.sudo().search(
            ["|", ("move_id.state", "=", "cancel"), ("move_id.reversal_move_ids.state", "=", "posted")]
        )
        void_ids = touched_sudo.filtered(lambda part: part._sire_is_void(part.move_id)).ids
        live = Domain("move_id", "!=", False) & Domain("id", "not in", void_ids)
        paid = Domain("move_id.state", "=", "posted") & Domain("move_id.payment_state", "in", SETTLED)
        domains = {
            "planned": none & ~reached,
            "to_invoice": none & reached,
            "credited": Domain("id", "in", void_ids),
            "paid": live & paid,
            "invoiced": live & ~paid,
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    # === CRUD ===#

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        if not gate.is_open(self.env):
            for part in parts:  # after the fact: values come from the defaults in the context too
                if any(part[name] for name in OWN_FIELDS):
                    raise UserError(part._sire_say_own())
            parts.order_id._sire_check_not_frozen()
        return parts

    def write(self, vals):
        if not gate.is_open(self.env):
            if OWN_FIELDS & vals.keys():
                raise UserError(self._sire_say_own())
            orders = self.order_id
            if vals.get("order_id"):
                # rules look at where it was, not at where it goes
                target = orders.browse(vals["order_id"])
                target.check_access("write")
                orders |= target
            orders._sire_check_not_frozen()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self.order_id._sire_check_not_frozen()

    # === HELPERS ===#

    def _sire_say_own(self):
        return self.env._("When a part was reached and what invoice it has is not written by hand: use its buttons.")

    def _sire_get_share(self):
        """:return: what this part comes to by its own terms, VAT included, rounded as its currency is"""
        self.ensure_one()
        currency = self.currency_id or self.env.company.currency_id
        if self.basis == "percent":
            return currency.round(self.order_id.amount_total * self.percent / 100)
        return currency.round(self.fixed_amount)

    def _sire_is_reached(self):
        """:return: whether what this part waits for has come, and the quotation is approved"""
        self.ensure_one()
        if self.order_id.state != "sale":
            return False
        return {
            "approval": True,
            "date": bool(self.due_date) and self.due_date <= eat_today(),
            "milestone": self.milestone_id.is_reached,
            "step": bool(self.reached_at),
            "finish": self.order_id.project_id.sire_status == "finished",
        }[self.due]

    def _sire_is_void(self, move):
        """:return: whether an invoice counts no more: cancelled, or credited to the last cent

        Also when it was paid before it was credited: then the ledger still calls it paid.
        """
        if move.state == "cancel" or move.payment_state == "reversed":
            return True
        credited = sum(move.reversal_move_ids.filtered(lambda credit: credit.state == "posted").mapped("amount_total"))
        return (
            move.state == "posted" and credited and move.currency_id.compare_amounts(credited, move.amount_total) >= 0
        )

    def _sire_get_live_move(self):
        """:return: the invoice of this part that counts; empty when there is none, or it was credited"""
        self.ensure_one()
        move = self.move_id
        return move.browse() if move and self._sire_is_void(move) else move

    def _sire_say_due(self):
        """:return: when this part is invoiced, in words for the client and the print"""
        self.ensure_one()
        texts = {
            "approval": self.env._("at approval"),
            "date": self.env._("on %s", self.due_date.strftime("%d/%m/%Y") if self.due_date else "…"),
            "milestone": self.env._("when “%s” is reached", self.milestone_id.name or "…"),
            "step": self.env._("when this step is reached"),
            "finish": self.env._("when the project is finished"),
        }
        return texts[self.due]
