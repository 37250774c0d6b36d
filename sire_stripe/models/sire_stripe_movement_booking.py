from odoo import Command, fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_base.utils.eat import utc_to_eat

from .. import gate


class SireStripeMovement(models.Model):
    """The entries: what Stripe kept is an expense, what it took back for a dispute waits on an account of its own.

    The payment stands gross on the invoice and on the account of outstanding receipts; the entries take fee and disputed
    money from that account, so that what is left there is what Stripe pays out.
    """

    _inherit = "sire.stripe.movement"

    def _book(self):
        """Make the entry, once. What the books refuse waits, with the reason. The journal's rows need no lock of ours:
        whoever books the same movement twice writes the same row twice, and PostgreSQL lets only one of them through.
        """
        for movement in gate.opened(self):
            if movement.state != "waiting":
                continue
            parts = movement._get_parts()
            if movement.currency_id and not any(parts.values()):
                movement.write({"state": "nothing", "reason": False})
                continue
            try:
                with self.env.cr.savepoint():
                    movement._make_entry(parts)
            except UserError as error:
                movement.reason = str(error)[:500]

    def _get_parts(self):
        """:return: what the entry puts on which account, in the currency of settlement: debits are positive
        :rtype: dict
        """
        return {
            "fee": self.fee,
            "dispute": -self.amount if self.kind == "dispute" else 0.0,
        }

    def _make_entry(self, parts):
        """:raise UserError: a sentence that says what is missing"""
        self.ensure_one()
        provider, tx, company = self.provider_id, self.transaction_id, self.company_id
        if not self.currency_id.active:
            raise UserError(
                self.reason or self.env._("Switch on the currency %s: Stripe pays out in it.", self.currency_id.name)
            )
        if not tx:
            raise UserError(self.env._("It is of no payment that is known here."))
        if tx.operation != "refund" and not tx.payment_id:
            raise UserError(self.env._("The payment itself is not booked yet."))
        journal, outstanding = provider.journal_id, provider._get_outstanding_account()
        accounts = {"fee": provider.stripe_fee_account_id, "dispute": provider.stripe_dispute_account_id}
        if not journal or not outstanding or not all(accounts[name] for name, amount in parts.items() if amount):
            raise UserError(self.env._("Choose journal and accounts of card payments in the set-up."))
        day = utc_to_eat(self.moved_at).date()
        lines, total, total_balance = [], 0.0, 0.0
        for name, amount in parts.items():
            if not amount:
                continue
            balance = self._to_company_currency(amount, day)
            total, total_balance = total + amount, total_balance + balance
            lines.append(self._make_line(accounts[name], amount, balance))
        lines.append(self._make_line(outstanding, -total, -total_balance))
        # whoever looks at it need not be allowed to write entries: it is the system that books
        moves_sudo = self.env["account.move"].sudo().with_company(company)
        move_sudo = moves_sudo.create(
            {
                "move_type": "entry",
                "journal_id": journal.id,
                "date": day,
                "ref": f"{self.name} {tx.reference}",
                "line_ids": lines,
            }
        )
        move_sudo.action_post()
        self.write({"state": "booked", "move_id": move_sudo.id, "reason": False})
        self._match(accounts["dispute"])

    def _make_line(self, account, amount, balance):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        return Command.create(
            {
                "name": f"Stripe: {labels[self.kind]} {self.reference or self.name}",
                "account_id": account.id,
                "partner_id": self.transaction_id.partner_id.commercial_partner_id.id,
                "currency_id": self.currency_id.id,
                "amount_currency": self.currency_id.round(amount),
                "balance": self.company_id.currency_id.round(balance),
            }
        )

    def _to_company_currency(self, amount, day):
        """At the rate at which Stripe itself exchanged the payment, as far as that is known.

        :param float amount: in the currency of settlement
        :rtype: float
        """
        ours = self.company_id.currency_id
        if self.currency_id == ours:
            return amount
        source = self.transaction_id.source_transaction_id or self.transaction_id
        charge = (
            self if self.kind == "charge" else source.stripe_movement_ids.filtered(lambda one: one.kind == "charge")
        )
        charge = charge[:1]
        if source.currency_id == ours and charge.currency_id == self.currency_id and charge.amount:
            return ours.round(amount * source.amount / charge.amount)
        return self.currency_id._convert(amount, ours, self.company_id, day or fields.Date.today())

    def _match(self, account):
        """Money of a dispute that went and came back: the two are matched."""
        lines = self.dispute_id.movement_ids.move_id.line_ids.filtered(
            lambda line: line.account_id == account and not line.reconciled
        )
        if len(lines) > 1 and min(lines.mapped("balance")) < 0 < max(lines.mapped("balance")):
            lines.reconcile()
