"""Any split of any quotation: the invoices of its parts add up to it to the cent, VAT by VAT, and the ledger says the same."""

from hypothesis import example, given
from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tests import tagged

from .plan_common import PlanCommon
from .property_common import CENTS, DISCOUNTS, KINDS, QUANTITIES, PropertyMixin, searched

LINE = st.tuples(CENTS, QUANTITIES, DISCOUNTS, st.sampled_from(["16", *KINDS]), st.just(False))
PARTS = st.lists(
    st.one_of(
        st.tuples(st.just("percent"), st.integers(1, 400_000).map(lambda share: share / 10_000)),
        st.tuples(st.just("amount"), st.integers(1, 3_000).map(lambda share: share / 10_000)),
    ),
    min_size=1,
    max_size=4,
)


@tagged("post_install", "-at_install")
class TestPropertyPlan(PropertyMixin, PlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.open_currencies(JPY=1.13, TND=0.0241)

    @searched(12)
    @given(
        lines=st.lists(LINE, min_size=1, max_size=6),
        parts=PARTS,
        currency=st.sampled_from(["KES", "KES", "JPY", "TND"]),
        method=st.sampled_from(["round_per_line", "round_globally"]),
        again=st.integers(0, 5),
        less=st.sampled_from([0, 0, 10, 33.33]),
    )
    @example(  # the host's down payment is a cent off
        lines=[(730.83, 0.33, 33.33, "16", False), (99.63, 0.33, 5, "16", False), (0.04, 2, 33.33, "0", False)],
        parts=[("percent", 0.0371), ("percent", 0.0371)],
        currency="KES",
        method="round_per_line",
        again=4,
        less=0,
    )
    def test_any_split(self, lines, parts, currency, method, again, less):
        price, quantity, discount, vat, _optional = lines[0]
        if less:  # a line of its own that takes something off
            lines = [*lines, (-round(price * less / 100, 2), quantity, discount, vat, False)]
        with self.undone():
            self.check_split(lines, parts, currency, method, again)

    def check_split(self, lines, parts, currency, method, again):
        self.company.tax_calculation_rounding_method = method
        order = self.make_order(lines, currency)
        commands = []
        for index, (basis, share) in enumerate(parts):
            values = {"name": f"Part {index}", "basis": basis, "due": "step", "sequence": index}
            if basis == "percent":
                values["percent"] = max(round(share / len(parts), 2), 0.01)  # at most 40 % in all
            else:
                values["fixed_amount"] = order.currency_id.round(order.amount_total * share / len(parts))
                if values["fixed_amount"] <= 0:
                    return
            commands.append(Command.create(values))
        order.write({"sire_invoicing": "milestones", "sire_instalment_ids": [*commands, self.rest(sequence=50)]})
        if any(order.currency_id.compare_amounts(part.amount, 0) <= 0 for part in order.sire_instalment_ids):
            return  # too small to be split: refused when it is sent
        order.action_quotation_sent()
        order._sire_approve("Jane Wanjiku", order._sire_digest())
        for part in order.sire_instalment_ids:
            part.action_toggle_reached()
            part._sire_invoice()
        if again < len(order.sire_instalment_ids):
            part = order.sire_instalment_ids[again]
            part.move_id._reverse_moves(cancel=True)
            self.assertEqual(part.state, "credited")
            part._sire_invoice(reason="Wrong name")
        self.check_sums(order)

    def check_sums(self, order):
        moves = order.sire_instalment_ids.move_id
        currency = order.currency_id
        self.assertEqual(len(moves), len(order.sire_instalment_ids))
        for part in order.sire_instalment_ids:
            self.assertEqual(currency.compare_amounts(part.move_id.amount_total, part.amount), 0)
        for name in ("amount_total", "amount_tax", "amount_untaxed"):
            self.assertEqual(currency.compare_amounts(sum(moves.mapped(name)), order[name]), 0, name)
        self.assertEqual(self.taxes_of(moves), self.taxes_of(order))
        # The ledger: each entry balances, and what clients owe is what the order comes to.
        for move in moves:
            self.assertTrue(move.company_currency_id.is_zero(sum(move.line_ids.mapped("balance"))))
        owed = moves.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.assertEqual(currency.compare_amounts(sum(owed.mapped("amount_currency")), order.amount_total), 0)
