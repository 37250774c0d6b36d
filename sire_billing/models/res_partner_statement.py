from collections import defaultdict
from datetime import date

from odoo import models
from odoo.exceptions import AccessError, UserError

from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_payment.utils import format_money

AGES = (0, 30, 60, 90)  # days overdue, the last of each column; what is older has a column of its own


class ResPartner(models.Model):
    """What a client owes: the receivable lines of the ledger, and nothing that is not there."""

    _inherit = "res.partner"

    def _sire_get_statement(self, company, date_from, date_to):
        """Return a client's account with one company, for a period.

        Every contact of a client has the client's account. What was matched across currencies, or with another client's
        entry, is a row of its own, so that the balance is always what is open in the ledger on the last day.

        :param company: ``res.company``
        :param date date_from: first day
        :param date date_to: last day
        :return: for each currency, the company's own first, a dict of ``currency``, ``opening``, ``rows``, ``charged``,
            ``paid``, ``closing``, ``ages`` (not due, then overdue 1–30, 31–60, 61–90 and more days), ``unused`` (credit that
            no invoice took yet, zero or less), ``open`` (moves with what is left of each) and ``late`` (those of them of which a
            part was due before the last day, with that part). ``ages`` and ``unused`` add up to ``closing``. Amounts in units of the currency.
        :rtype: list[dict]
        :raise AccessError: when the user may not read the client, invoices or payments
        :raise UserError: when the period ends before it begins, or the company is not one of the user's
        """
        self.ensure_one()
        self._sire_check_statement(company, date_from, date_to)
        # sudo: the user may read this client, invoices and payments; a statement without a line that a rule hides is wrong
        lines_sudo = (
            self.env["account.move.line"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("parent_state", "=", "posted"),
                    ("account_id.account_type", "=", "asset_receivable"),
                    ("partner_id.commercial_partner_id", "=", self.commercial_partner_id.id),
                    ("date", "<=", date_to),
                ],
                order="date, id",
            )
        )
        currencies = (company.currency_id | lines_sudo.currency_id).sorted(lambda one: one != company.currency_id)
        statements = [self._sire_statement_in(currency, lines_sudo, date_from, date_to) for currency in currencies]
        return [found for found in statements if found["currency"] == company.currency_id or found["shows"]]

    def _sire_check_statement(self, company, date_from, date_to):
        self.check_access("read")
        for model in ("account.move", "account.move.line", "account.payment"):
            self.env[model].check_access("read")
        if not self.env.su:
            # it shows a client's whole account, and so is not for somebody's own records only
            for permission in ("invoice.read", "payment.read"):
                if self.env.user._sire_may(permission) != "all":
                    raise AccessError(self.env.user._sire_refusal(permission))
        if not self.env.su and company not in self.env.user.company_ids:  # a job works for all of them
            raise UserError(self.env._("You do not work for this company."))
        if date_to < date_from:
            raise UserError(self.env._("The period ends before it begins."))

    # === ONE CURRENCY ===#

    def _sire_statement_in(self, currency, all_lines_sudo, date_from, date_to):
        lines_sudo = all_lines_sudo.filtered(lambda line: line.currency_id == currency)
        entries = self._sire_statement_entries(lines_sudo, date_to)
        opening = currency.round(sum(entry["amount"] for entry in entries if entry["date"] < date_from))
        balance, rows = opening, []
        for entry in entries:
            if entry["date"] >= date_from:
                balance = currency.round(balance + entry["amount"])
                amount = entry["amount"]
                rows.append({**entry, "charged": max(amount, 0.0), "paid": max(-amount, 0.0), "balance": balance})
        ages, unused = [0.0] * (len(AGES) + 1), 0.0
        left, overdue = defaultdict(float), defaultdict(float)
        for line in lines_sudo:
            residual = self._sire_residual(line, date_to)
            if residual < 0:
                unused += residual
            elif residual > 0:
                late = (date_to - (line.date_maturity or line.date)).days
                ages[sum(late > most for most in AGES)] += residual
                left[line.move_id] += residual
                if late > 0:
                    overdue[line.move_id] += residual
        return {
            "currency": currency,
            "opening": opening,
            "rows": rows,
            "charged": currency.round(sum(row["charged"] for row in rows)),
            "paid": currency.round(sum(row["paid"] for row in rows)),
            "closing": balance,
            "ages": [currency.round(amount) for amount in ages],
            "unused": currency.round(unused),
            "open": [(move, currency.round(amount)) for move, amount in left.items()],
            "late": [(move, currency.round(amount)) for move, amount in overdue.items()],
            "shows": bool(rows or opening or balance),
        }

    def _sire_statement_entries(self, lines_sudo, date_to):
        """:return: what changed the balance up to a day, in order: dicts of ``date``, ``amount`` and the words of the row"""
        entries, amounts = [], defaultdict(float)
        for line in lines_sudo:
            amounts[line.move_id] += line.amount_currency
        for move, amount in amounts.items():
            if not lines_sudo.currency_id.is_zero(amount):
                due = amount > 0 and move.is_invoice() and move.invoice_date_due
                entries.append(
                    {"date": move.date, "amount": amount, "due": due, **self._sire_statement_words(move, amount)}
                )
        for line in lines_sudo:
            for partial, other, amount in self._sire_matches(line, date_to):
                if other not in lines_sudo:
                    words = {"kind": self.env._("Matched with"), "name": other.move_id.name, "reference": ""}
                    if other.currency_id != line.currency_id:
                        words["reference"] = format_money(abs(self._sire_matched(partial, other)), other.currency_id)
                    entries.append({"date": partial.max_date, "amount": -amount, "due": False, **words})
        return sorted(entries, key=lambda entry: entry["date"])

    def _sire_statement_words(self, move, amount):
        """:return: what a row says: ``kind``, ``name`` and ``reference``"""
        payment = move.origin_payment_id
        if payment:
            kind = self.env._("Payment") if amount < 0 else self.env._("Money returned")
            method = f", {payment.sire_method}" if payment.sire_method else ""
            return {"kind": f"{kind}{method}", "name": "", "reference": payment.sire_reference or move.name}
        kind = {"out_invoice": self.env._("Invoice"), "out_refund": self.env._("Credit note")}.get(move.move_type)
        if not kind and move.statement_line_id:
            kind = self.env._("Payment") if amount < 0 else self.env._("Money returned")
        # an invoice's origin is its quotation, which the client knows
        reference = move.invoice_origin or move.ref if move.is_invoice() else move.ref
        return {"kind": kind or self.env._("Entry"), "name": move.name, "reference": reference or ""}

    # === MATCHES ===#

    def _sire_residual(self, line, date_to):
        """:return: what was left of a line on a day, in its currency; negative for a credit"""
        matched = sum(amount for _partial, _other, amount in self._sire_matches(line, date_to))
        return line.currency_id.round(line.amount_currency - matched)

    def _sire_matches(self, line, date_to):
        """:return: the matches of a line up to a day: tuples of the match, the other line, and the part of this line that is
        matched by it, signed as the line is
        """
        matches = [(partial, partial.credit_move_id) for partial in line.matched_credit_ids]
        matches += [(partial, partial.debit_move_id) for partial in line.matched_debit_ids]
        return [
            (partial, other, self._sire_matched(partial, line))
            for partial, other in matches
            if partial.max_date <= date_to
        ]

    def _sire_matched(self, partial, line):
        if partial.debit_move_id == line:
            return partial.debit_amount_currency
        return -partial.credit_amount_currency

    # === THE PRINT ===#

    def _sire_statement_lang(self, company):
        return self.lang or company.partner_id.lang

    def _sire_statement_pay(self, company, statements, date_to):
        """Return how the client pays by M-Pesa what is open now.

        :return: ``number`` of the pay bill or till, ``is_till`` and ``invoices`` (tuples of invoice and the money that is left,
            without what is withheld); empty when there is nothing to pay by M-Pesa, when Safaricom does not report payments, and
            for a day that is over
        :rtype: dict
        """
        provider_sudo = self.env["payment.provider"].sudo()._mpesa_for_company(company)  # its number is public
        is_till, number = provider_sudo.mpesa_shortcode_type == "till", provider_sudo._mpesa_get_number()
        own = [statement for statement in statements if statement["currency"].name == "KES"]
        withheld = {move: move._sire_get_withheld() for statement in own for move, _left in statement["open"]}
        invoices = [
            (move, move.currency_id.round(left - withheld[move]))
            for statement in own
            for move, left in statement["open"]
            if move.mpesa_reference and move.currency_id.compare_amounts(left, withheld[move]) > 0
        ]
        if date_to < eat_today() or provider_sudo.mpesa_c2b_state != "registered" or not (number and invoices):
            return {}
        owed = own[0]["closing"] - sum(withheld.values())
        if own[0]["currency"].compare_amounts(owed, 0) <= 0:  # credit covers it: it is to be used, not paid again
            return {}
        return {"number": number, "is_till": is_till, "invoices": invoices}

    def _sire_statement_file_name(self, date_from: date, date_to: date):
        return self.env._("Statement %(client)s %(start)s to %(end)s", client=self.name, start=date_from, end=date_to)
