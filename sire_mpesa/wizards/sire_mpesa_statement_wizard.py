import base64
import json
from dataclasses import asdict

from odoo import Command, fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_payment.utils import format_money

from .. import const
from ..statement import read_statement

SHOWN = 500


class SireMpesaStatementWizard(models.TransientModel):
    """Compare a statement with the ledger: first shown what would happen, then done."""

    _name = "sire.mpesa.statement.wizard"
    _description = "Import an M-Pesa Statement"

    provider_id = fields.Many2one(
        "payment.provider",
        string="Paid To",
        required=True,
        readonly=True,
        default=lambda self: self.env["payment.provider"]._mpesa_for_company(self.env.company).id,
    )
    file = fields.Binary(attachment=False, help="As the M-Pesa organisation portal exports it.")
    file_name = fields.Char()
    is_shown = fields.Boolean(readonly=True)
    summary = fields.Char(readonly=True)
    line_ids = fields.One2many("sire.mpesa.statement.line", "wizard_id", string="Rows", readonly=True)

    # === ACTIONS === #

    def action_show(self):
        """Button: say what would happen, and change nothing."""
        self.ensure_one()
        lines = [self._foresee(row) for row in self._read()]
        count = {outcome: sum(line["outcome"] == outcome for line in lines) for outcome in ("new", "known", "flag")}
        self.write(
            {
                "is_shown": True,
                "summary": self.env._(
                    "New: %(new)s. Known already: %(known)s. Do not fit: %(flag)s. Left out, no client's payment: %(out)s.",
                    out=len(lines) - sum(count.values()),
                    **count,
                ),
                "line_ids": [Command.clear(), *(Command.create(line) for line in lines[:SHOWN])],
            }
        )
        return self._open()

    def action_import(self):
        """Button: hand the payments to the inbox, which takes each exactly once."""
        self.ensure_one()
        inbox_sudo = self.env["sire.webhook.event"].sudo()  # the inbox is written by the system alone
        rows = [row for row in self._read() if row.sighting]
        provider_sudo = self.provider_id.sudo()  # providers are the administrator's to read
        for row in rows:
            values = {**asdict(row.sighting), "paid_at": fields.Datetime.to_string(row.sighting.paid_at)}
            body = json.dumps(values, sort_keys=True).encode()
            key = f"{provider_sudo.id}/{row.number}/{inbox_sudo._get_storable_key('', body)}"
            inbox_sudo._receive(const.STATEMENT_KIND, key, body, {}, company=provider_sudo.company_id)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%s payments are being compared with the ledger.", len(rows)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # === HELPERS === #

    def _read(self):
        """:return: the rows of the file
        :raise UserError: a sentence that says what is wrong with it
        """
        self.env["sire.mpesa.receipt"]._check_may_assign()
        provider_sudo = self.provider_id.sudo()  # providers are the administrator's to read
        if self._get_company() not in self.env.companies or provider_sudo.code != "mpesa":
            raise UserError(self.env._("M-Pesa is not set up for %s.", self.env.company.name))
        try:
            statement = read_statement(base64.b64decode(self.file or b""))
        except ValueError as error:
            raise UserError(str(error)) from error
        if statement.shortcode:
            self._choose_number(statement.shortcode)
        return statement.rows

    def _choose_number(self, shortcode):
        """Take the number that the statement is of: another company's payments would be in the books of both.

        :raise UserError: when it is none of this company's
        """
        provider_sudo, company = self.provider_id.sudo(), self._get_company()  # as above
        own_sudo = provider_sudo | provider_sudo.search([("code", "=", "mpesa"), ("company_id", "=", company.id)])
        own_sudo = own_sudo.filtered(lambda own: shortcode in own._mpesa_get_shortcodes())
        if not own_sudo:
            raise UserError(
                self.env._(
                    "This is the statement of %(number)s, which is no number of %(company)s.",
                    number=shortcode,
                    company=company.name,
                )
            )
        self.provider_id = own_sudo[0].id

    def _foresee(self, row):
        """:return: values of the line that says what would become of a row"""
        if not row.sighting:
            words = {
                "out": self.env._("No client's payment"),
                "open": self.env._("Not completed"),
                "bad": self.env._("Cannot be read"),
            }
            return {"number": row.number, "outcome": "out", "words": words[row.why]}
        seen = row.sighting
        receipt = self.env["sire.mpesa.receipt"]._find(self._get_company(), row.number)
        outcome, words = "new", self._foresee_booking(seen)
        if receipt:
            fault = receipt._find_contradiction(seen)
            outcome, words = ("flag", fault) if fault else ("known", self.env._("In the ledger already"))
        return {
            "number": row.number,
            "paid_at": seen.paid_at,
            "amount": seen.amount,
            "payer": " · ".join(filter(None, (seen.name, seen.phone))),
            "account": seen.reference,
            "outcome": outcome,
            "words": words,
        }

    def _foresee_booking(self, seen):
        """:return: where a new payment would be booked, in words; that it is a prompt's may still turn out"""
        moves_sudo = self.env["account.move"].sudo()  # of a branch they need not be this reader's
        found_sudo = moves_sudo._mpesa_find_by_account(self._get_company(), seen.reference)
        if others := found_sudo.company_id - self.env.companies:
            if others - self.env.user.company_ids:  # that there is one is all that this reader may know
                return self.env._("On an invoice of a branch")
            return self.env._("On an invoice of %s", ", ".join(others.mapped("name")))
        found = self.env["account.move"].browse(found_sudo.ids)
        invoices = found.filtered(lambda move: move.state == "posted" and move.amount_residual > 0)
        if len(invoices) == 1 and found_sudo._mpesa_is_one_number():
            left = format_money(invoices.amount_residual, invoices.currency_id)
            return self.env._("On %(invoice)s, which needs %(left)s", invoice=invoices.name, left=left)
        if len(found.commercial_partner_id) == 1 and not invoices:
            return self.env._("Credit of %s", found.commercial_partner_id.name)
        return self.env._("To be assigned")

    def _get_company(self):
        return self.provider_id.sudo().company_id  # providers are the administrator's to read

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import an M-Pesa statement"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }
