"""What the page of a statement shows: the sums of the ledger, and what may be paid now."""

import functools
import hashlib
import json
from datetime import date, timedelta

from odoo.addons.sire_base.utils.eat import eat_today

from .client_page_content import LIVE
from .client_page_format import ClientPageFormat
from .client_page_text import ClientPageText

SHOWN = 12  # rows of a list, unless all are asked for: the page is light
EARLIEST = date(2000, 1, 1)


def read_day(text, default):
    """:return: a day that came in the address, or the default when it is none"""
    try:
        day = date.fromisoformat(text or "")
    except (TypeError, ValueError):
        return default
    return day if EARLIEST <= day <= eat_today() else default


class StatementPage(ClientPageFormat, ClientPageText):
    """A client's account with one company.

    :param link_sudo: a ``sire.statement.link`` in superuser mode (its code is the client's only authority), with the
        language of the page in its context
    :param dict params: of the request: ``from``, ``to`` (ISO days), ``all``
    """

    def __init__(self, link_sudo, params=None):
        params = params or {}
        self.link = link_sudo
        self.env = link_sudo.env
        self.company = link_sudo.company_id
        self.currency = self.company.currency_id
        self.client = link_sudo.partner_id
        today = eat_today()
        self.date_to = read_day(params.get("to"), today)
        self.date_from = min(read_day(params.get("from"), today.replace(month=1, day=1)), self.date_to)
        self.shows_all = bool(params.get("all"))
        self.open = self.client._sire_get_open_invoices(self.company)
        self.payables = self.open._sire_get_payables()
        self.withheld = {invoice.id: invoice._sire_get_withheld() for invoice in self.open}
        self.provider = self.env["payment.provider"]._mpesa_for_company(self.company)
        self.live = self.open.transaction_ids.filtered(
            lambda tx: tx.provider_code == "mpesa" and tx.state in LIVE and tx.operation != "refund"
        ).sorted("id", reverse=True)[:1]
        self.name = self.env._("Statement")

    # === THE LEDGER ===

    def get_statements(self):
        """:return: as ``res.partner._sire_get_statement``, with ``cut`` (how many rows are not shown) and ``brought``, the
            balance before the first that is
        :rtype: list[dict]
        """
        found = self.client._sire_get_statement(self.company, self.date_from, self.date_to)
        for one in found:
            rows = one["rows"]
            one["cut"] = 0 if self.shows_all else max(len(rows) - SHOWN, 0)
            one["brought"] = rows[one["cut"] - 1]["balance"] if one["cut"] else one["opening"]
            one["rows"] = rows[one["cut"] :]
        return found

    def get_ages(self, statement):
        """:return: what is owed by age: (words, amount as written, whether it is late), without what is nothing. The ages are
        those of the ledger: what of them is withheld, and so not late, is said below them"""
        env, currency = self.env, statement["currency"]
        words = [env._("Not due"), env._("1–30 days late"), env._("31–60 days late"), env._("61–90 days late")]
        words.append(env._("Over 90 days late"))
        rows = [
            (word, amount, bool(place))
            for place, (word, amount) in enumerate(zip(words, statement["ages"], strict=True))
        ]
        rows.append((env._("Credit not used yet"), statement["unused"], False))
        if self.date_to == eat_today():
            mine = self.open.filtered(lambda move: move.currency_id == currency)
            withheld = sum(self.withheld[invoice.id] for invoice in mine)
            rows.append((env._("Of all this, as your certificates"), currency.round(withheld), False))
        return [(word, self.money(amount, currency), late) for word, amount, late in rows if amount]

    # === WHAT MAY BE PAID ===

    def get_open(self):
        """:return: the open invoices that are shown"""
        return self.open if self.shows_all else self.open[:SHOWN]

    def get_payable(self, invoice):
        return self.payables[invoice.id][0]

    def get_proposed(self, invoice):
        """:return: what is asked for: as ``account.move._sire_get_proposed``, for many at once"""
        return max(invoice.currency_id.round(self.get_payable(invoice) - self.withheld[invoice.id]), 0.0)

    def get_scope(self, scope):
        """:return: the invoices in shillings that *Pay all* pays now: ``all`` that are open, or those that are ``overdue``
        :rtype: account.move
        """
        own = self.open.filtered(lambda move: move.currency_id.name == "KES" and self.get_proposed(move) > 0)
        return own.filtered(lambda move: move.sire_status == "overdue") if scope == "overdue" else own

    def get_total(self, scope):
        """:return: shillings that are asked for now on the invoices of a scope"""
        return round(sum(self.get_proposed(invoice) for invoice in self.get_scope(scope)), 2)

    def get_scopes(self):
        """:return: what can be chosen: (scope, shillings); one when all are overdue, or none is"""
        totals = [(scope, self.get_total(scope)) for scope in ("overdue", "all")]
        overdue, everything = totals[0][1], totals[1][1]
        return [pair for pair in totals if pair[0] == "all" or 0 < overdue < everything]

    def get_step(self, scope):
        """:return: whole shillings of the next payment; 0 when M-Pesa cannot carry any of it"""
        return self.provider._mpesa_get_step(self.get_total(scope))[0] if self.provider else 0

    @functools.cached_property
    def credit(self):
        """Shillings that the client has paid already and no invoice took; zero or more."""
        found = self.client._sire_get_statement(self.company, eat_today(), eat_today())
        return -sum(one["unused"] for one in found if one["currency"].name == "KES")

    def can_pay(self):
        """Whether the form is there: M-Pesa carries some of it, no prompt is open, and credit does not cover it."""
        if self.live or not self.provider._mpesa_get_method() or self.get_step("all") < 1:
            return False
        return self.credit < self.get_total("all")

    def has_other_currency(self):
        return any(invoice.currency_id.name != "KES" for invoice in self.open)

    # === THE STATE AS A WHOLE ===

    def get_attempt(self):
        return self.live._mpesa_status() if self.live else {}

    def get_version(self):
        facts = [
            [invoice.id, str(self.get_proposed(invoice)), str(self.get_payable(invoice)), str(invoice.amount_residual)]
            for invoice in self.open
        ]
        return hashlib.sha256(json.dumps([facts, self.live.id]).encode()).hexdigest()[:16]

    def get_status(self):
        status = {"v": self.get_version(), "live": bool(self.live)}
        if self.live:
            status["left"] = self.get_attempt()["seconds_left"]
        return status

    def get_query(self):
        """:return: the period, as it stands in addresses"""
        return f"from={self.date_from.isoformat()}&to={self.date_to.isoformat()}"

    # === TEXTS ===

    def say_heading(self):
        return self.env._("Statement for %s", self.client.name)

    def say_period(self):
        return self.env._("%(start)s to %(end)s", start=self.date(self.date_from), end=self.date(self.date_to))

    def say_cut(self, statement):
        if statement["cut"] == 1:
            return self.env._("1 earlier entry")
        return self.env._("%s earlier entries", statement["cut"])

    def say_more(self):
        return self.env._("Show all %s", len(self.open))

    def say_due(self, invoice):
        """:return: the day that counts, as on the page of the invoice; empty when no money is expected any more"""
        due = invoice.sire_next_due
        if due and invoice.sire_status == "overdue":
            return self.env._("Overdue since %s", self.date(due + timedelta(days=1)))
        return self.env._("Due %s", self.date(due)) if due else ""

    def say_held(self, invoice):
        held = invoice.amount_residual - self.get_payable(invoice)
        if invoice.currency_id.compare_amounts(held, 0) <= 0:
            return ""
        return self.env._("%s of it is being paid or booked", self.money(held, invoice.currency_id))

    def say_withheld(self, invoice):
        withheld = self.withheld[invoice.id]
        if not withheld:
            return ""
        return self.env._("%s of it comes as your certificate", self.money(withheld, invoice.currency_id))

    def say_scope(self, scope, total):
        values = {"amount": self.money(total), "count": len(self.get_scope(scope))}
        if scope == "overdue":
            return self.env._("Only what is overdue: %(amount)s (%(count)s)", **values)
        if any(self.withheld.values()):
            return self.env._("All that is open, without what you withhold: %(amount)s (%(count)s)", **values)
        return self.env._("All that is open: %(amount)s (%(count)s)", **values)

    def say_note(self, scope):
        """:return: why less than all is paid at once; empty when it is all"""
        total = self.get_total(scope)
        return self.provider._mpesa_get_form_values(total, self.company.currency_id, True).get("mpesa_note", "")

    def say_credit(self):
        if self.credit <= 0:
            return ""
        return self.env._(
            "You have a credit of %s that is not used yet. Ask us to use it before you pay.", self.money(self.credit)
        )
