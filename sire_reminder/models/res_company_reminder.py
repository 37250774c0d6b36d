import logging
import time

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import groupby

from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_mpesa.tools import own_transaction

_logger = logging.getLogger(__name__)

RUN_TIME = 60  # seconds, and the client whose turn it is then; the host stops a process after 120
LAST_DAY_FOR_STATEMENTS = 10  # of the month: what an outage held back longer is not sent


class ResCompany(models.Model):
    """The jobs. Each client in a transaction of its own: what is marked and what waits in the mail queue stand or fall
    together, and one client's trouble is nobody else's."""

    _inherit = "res.company"

    # === REMINDERS === #

    @api.model
    def _cron_sire_remind(self):
        """Settle promises whose day is over, then send what is due, company by company, in its working hours."""
        turns = []
        for company in self.search(Domain.TRUE):
            self._sire_apart(company, lambda one: one._sire_settle_promises())
            if company.sire_reminder_on and company._sire_is_working_time():
                for move_ids in company._sire_reminder_groups():
                    turns.append((company, lambda one, ids=move_ids: one._sire_remind(ids)))
        self._sire_take_turns(turns)

    def _sire_take_turns(self, turns):
        """Work for some time; what is left over is the next run's, which the host starts at once.

        :param list turns: pairs of company and ``work(company)``
        """
        deadline, done = time.monotonic() + RUN_TIME, 0
        for company, work in turns:
            if time.monotonic() > deadline:
                break
            self._sire_apart(company, work)
            done += 1
        self.env["ir.cron"]._commit_progress(done, remaining=len(turns) - done)

    def _sire_apart(self, company, work):
        """Run ``work(company)`` in a transaction of its own, again when somebody was faster; trouble is logged."""
        try:
            own_transaction.run(
                self.env.registry, "res.company", company.id, lambda one: work(one.with_company(one)) and None
            )
        except Exception:
            _logger.exception("Reminders of company %s: one client was left out", company.id)

    def _sire_reminder_moves(self, day=None):
        """:return: invoices of this company with an instalment that some step may be due for
        :rtype: account.move
        """
        self.ensure_one()
        steps_sudo = self.env["sire.reminder.step"].sudo().search([("company_id", "=", self.id)])  # all that there are
        earliest = min(steps_sudo.mapped("days"), default=None)
        if earliest is None:
            return self.env["account.move"]
        lines = self.env["account.move.line"].search(
            Domain("company_id", "=", self.id)
            & Domain("parent_state", "=", "posted")
            & Domain("move_id.move_type", "=", "out_invoice")
            & Domain("move_id.payment_state", "in", ("not_paid", "partial"))
            & Domain("account_id.account_type", "=", "asset_receivable")
            & Domain("reconciled", "=", False)
            & Domain("date_maturity", "<=", fields.Date.subtract(day or eat_today(), days=earliest))
        )
        return lines.move_id.sorted(lambda move: (move.invoice_date_due or move.date, move.id))

    def _sire_reminder_groups(self):
        """:return: the invoices for which something is to be sent now, one list of ids for each e-mail
        :rtype: list[list[int]]
        """
        plans = [plan for plan in self._sire_reminder_moves()._sire_reminder_plans() if not plan.reason]
        groups = groupby((plan.move for plan in plans), lambda move: move._sire_reminder_address())
        return [list(dict.fromkeys(move.id for move in moves)) for _address, moves in groups]

    def _sire_remind(self, move_ids):
        return self.env["sire.reminder.letter"]._remind(self.env["account.move"].browse(move_ids))

    def _sire_settle_promises(self):
        self.env["sire.reminder.pause"]._settle_promises(self)

    # === STATEMENTS === #

    @api.model
    def _cron_sire_statements(self):
        """From the first working day of a month on, send each client the statement of the month before, once."""
        turns = []
        for company in self.search(Domain.TRUE):
            if eat_today().day <= LAST_DAY_FOR_STATEMENTS and company._sire_is_working_time():
                for partner_id in company._sire_statement_clients():
                    turns.append((company, lambda one, client=partner_id: one._sire_send_monthly_statement(client)))
        self._sire_take_turns(turns)

    def _sire_statement_clients(self):
        """:return: ids of the clients that have something to read and whose monthly statement was not sent yet
        :rtype: list[int]
        """
        self.ensure_one()
        start, end = self._sire_month_before()
        found = self.env["account.move.line"]._read_group(
            [
                ("company_id", "=", self.id),
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "=", "asset_receivable"),
                ("date", "<=", end),
                ("partner_id", "!=", False),
            ],
            ["partner_id", "currency_id"],
            ["amount_currency:sum", "date:max"],
        )
        clients = self.env["res.partner"].union(
            *(
                partner.commercial_partner_id
                for partner, currency, balance, last in found
                if last >= start or not currency.is_zero(balance)
            )
        )
        sent = self.env["sire.statement.sending"].search(
            [("company_id", "=", self.id), ("monthly", "=", True), ("date_from", "=", start)]
        )
        return (clients - sent.client_id).filtered(lambda one: one._sire_wants_statement(self)).sorted("id").ids

    def _sire_send_monthly_statement(self, partner_id):
        start, end = self._sire_month_before()
        client = self.env["res.partner"].browse(partner_id)
        return self.env["sire.statement.sending"]._send(client, self, start, end, monthly=True)
