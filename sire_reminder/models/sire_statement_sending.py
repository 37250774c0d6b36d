from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_payment.utils import format_money

SAME_CLICK = timedelta(seconds=30)


class SireStatementSending(models.Model):
    """That a statement was e-mailed to a client: which period, when, to whom. A month's own once, by the index below."""

    _name = "sire.statement.sending"
    _description = "Statement Sent"
    _inherit = ["sire.reminder.document"]
    _order = "id desc"
    # for sire_audit, where it is installed
    _sire_audit = {
        "fields": ("client_id", "date_from", "date_to", "monthly", "sire_sent_at", "sire_sent_to"),
        "personal": ("sire_sent_to",),
        "kind": "record",
        "marks": (("sire_sent_at", "*", "send"),),
    }

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    date_from = fields.Date("From", required=True, readonly=True)
    date_to = fields.Date("To", required=True, readonly=True)
    monthly = fields.Boolean(readonly=True, help="Sent by itself, not with the button.")

    _month_unique = models.UniqueIndex(
        "(company_id, client_id, date_from) WHERE monthly IS TRUE AND merged IS NOT TRUE",
        "This statement was sent already.",
    )

    @api.depends("client_id", "date_from", "date_to")
    def _compute_name(self):
        for sending in self:
            sending.name = self.env._("Statement of %s", sending.client_id.display_name)

    # === SENDING === #

    @api.model
    def _send(self, client, company, date_from, date_to, monthly=False):
        """E-mail a client's statement. Who may do so is checked by the caller; a job needs no permission.

        :param client: ``res.partner``; its contacts have its account
        :param bool monthly: of a month, by itself: once, and only when there is a balance or something happened
        :return: the sending, or an empty recordset when nothing was to be sent
        :rtype: sire.statement.sending
        :raise UserError: by hand, when the client has no e-mail address
        """
        client = client.commercial_partner_id
        recipient = client._sire_statement_recipient()
        if not recipient.email_normalized:
            if monthly:
                return self.browse()
            raise UserError(self.env._("%s has no e-mail address: write it on the client first.", client.display_name))
        sendings_sudo = self.sudo()  # written by this method alone
        values = {"client_id": client.id, "company_id": company.id, "date_from": date_from, "date_to": date_to}
        if monthly and not any(
            found["shows"] for found in client.sudo()._sire_get_statement(company, date_from, date_to)
        ):
            return self.browse()
        if not monthly and sendings_sudo.search_count(
            [(name, "=", value) for name, value in values.items()]
            + [("create_date", ">", fields.Datetime.now() - SAME_CLICK), ("monthly", "=", False)]
        ):
            return self.browse()  # the second of two clicks
        try:
            with self.env.cr.savepoint():
                sending_sudo = sendings_sudo.create(
                    {**values, "partner_id": recipient.id, "monthly": monthly, "user_id": client.user_id.id}
                )
                sending_sudo.flush_recordset()
        except UniqueViolation:
            return self.browse()  # somebody else sent it this moment
        sending = self.browse(sending_sudo.id)
        sending._sire_send_document(
            "sire_reminder.mail_template_statement", attachments=sending_sudo._sire_statement_files()
        )
        return sending

    def _sire_statement_files(self):
        """:return: [(file name, PDF)], or nothing when this machine has no PDF engine: the e-mail says the balances
        :rtype: list
        """
        self.ensure_one()
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() not in ("ok", "upgrade"):
            self.sudo().message_post(body=self.env._("Sent without PDF: this server has no PDF engine."))
            return []
        lang = self.partner_id.lang or self.env.lang
        return [self.client_id._sire_render_statement(self.company_id, self.date_from, self.date_to, lang)]

    def _sire_get_client_url(self):
        """Override of `sire_billing`: the client's whole account, where all that is open is paid at once."""
        self.ensure_one()
        return self.sudo().client_id._sire_get_statement_url(self.company_id)  # sudo: links are made for clients

    # === FOR THE TEXTS === #

    def _sire_balances(self):
        """:return: for each currency, dicts of ``opening``, ``charged``, ``paid`` and ``closing`` as people write them, and
            ``overdue`` when some of it is, without what will not come as money (withheld tax) or was settled without since
        :rtype: list[dict]
        """
        self.ensure_one()
        client_sudo = self.sudo().client_id  # the statement is the client's own
        found = client_sudo._sire_get_statement(self.company_id, self.date_from, self.date_to)
        balances = []
        for one in found:
            words = {
                name: format_money(one[name], one["currency"]) for name in ("opening", "charged", "paid", "closing")
            }
            moves_sudo = client_sudo.env["account.move"].concat(*(move for move, _part in one["late"]))
            withheld = moves_sudo._sire_get_not_expected()
            overdue = sum(
                max(part - withheld[move] - self._sire_settled_without_money(move), 0.0) for move, part in one["late"]
            )
            is_some = one["currency"].compare_amounts(overdue, 0) > 0
            balances.append({**words, "overdue": format_money(overdue, one["currency"]) if is_some else ""})
        return balances

    def _sire_settled_without_money(self, move_sudo):
        """:return: what of an invoice was settled after the period by no payment: a certificate of withheld tax, a credit note.
            On the last day it was open, and it was no money to ask for.
        :rtype: float
        """
        lines_sudo = move_sudo.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        partials_sudo = lines_sudo.matched_credit_ids.filtered(lambda partial: partial.max_date > self.date_to)
        entries = [(partial.credit_move_id.move_id, partial.debit_amount_currency) for partial in partials_sudo]
        return sum(amount for entry, amount in entries if not (entry.origin_payment_id or entry.statement_line_id))
