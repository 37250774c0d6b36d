from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_base.utils.reason import clean_reason
from odoo.addons.sire_billing import gate


class SireWithholdingCertificate(models.Model):
    """How a certificate is booked: from what the client owes to what KRA owes us, matched with the invoice."""

    _inherit = "sire.withholding.certificate"

    def _sire_book(self):
        """Make the entry of each certificate and match it with its invoice.

        :return: the certificates
        :raise UserError: when more is certified than is open
        """
        for certificate in self:
            invoice = certificate.invoice_id
            # The one rule for what may be paid. It raises a counter on the invoice, so of two at once one starts over.
            invoice._sire_check_payable(certificate.amount, currency=certificate.currency_id)
            # sudo: who may record certificates need not be allowed to write other entries, or to read the accounts
            certificate_sudo = gate.opened(certificate.sudo())
            # the wording is for whoever reads the books, so in the language of the firm
            move_sudo = certificate_sudo.env["account.move"].create(certificate_sudo._sire_prepare_entry())
            certificate_sudo.move_id = move_sudo
            move_sudo._post(soft=False)
            terms_sudo = invoice.sudo().line_ids.filtered(
                lambda line: line.display_type == "payment_term"
            )  # sudo: as above
            own_sudo = move_sudo.line_ids.filtered_domain([("account_id", "in", terms_sudo.account_id.ids)])
            (terms_sudo.filtered(lambda line: not line.reconciled) | own_sudo).reconcile()
            invoice.sudo().message_post(
                body=self.env._(
                    "%(title)s %(number)s recorded: %(amount)s.",
                    title=certificate._sire_get_title(),
                    number=certificate.name,
                    amount=certificate._sire_money(),
                ),
                author_id=self.env.user.partner_id.id,
            )
            invoice._sire_stop_asking()
        return self.with_env(self.env)

    def _sire_prepare_entry(self):
        """:return: the values of the entry of one certificate"""
        self.ensure_one()
        journal, account = self.company_id._sire_get_withheld_account(self.kind)
        term = self.invoice_id.line_ids.filtered(lambda line: line.display_type == "payment_term")[:1]
        label = f"{self._sire_get_title()} {self.name}"
        common = {"name": label, "partner_id": self.partner_id.id, "currency_id": self.currency_id.id}
        values = {
            "move_type": "entry",
            "journal_id": journal.id,
            "company_id": self.company_id.id,
            "date": self.date,
            "ref": label,
            "partner_id": self.partner_id.id,
            "line_ids": [
                Command.create(
                    common | {"account_id": account.id, "balance": self.amount_company, "amount_currency": self.amount}
                ),
                Command.create(
                    common
                    | {
                        "account_id": term.account_id.id,
                        "balance": -self.amount_company,
                        "amount_currency": -self.amount,
                    }
                ),
            ],
        }
        if "l10n_ke_wh_certificate_number" in self.env["account.move"]._fields:  # the host's Kenyan module
            values |= {"l10n_ke_wh_certificate_number": self.name, "l10n_ke_wh_certificate_date": self.date}
        return values

    def _sire_is_booked_on(self, day):
        """:return: whether its entry was in the books at the end of a day, and not reversed yet"""
        self.ensure_one()
        reversed_on = self.move_id.reversal_move_ids.mapped("date")
        return bool(self.move_id) and self.move_id.date <= day and not any(date <= day for date in reversed_on)

    def _sire_void(self, reason):
        """Take a certificate back, for all invoices that it is for: the entries are reversed, the invoices open again.

        :param str reason: why; kept with the certificate
        :raise UserError: when it is void already, or without a reason
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.su:
            self.env.user._sire_check_may("payment.void")
        text = clean_reason(self.env, reason, self.env._("Write why the certificate is void."))
        group = self._sire_get_group()
        group.invoice_id._sire_lock_payable()
        group.invalidate_recordset(["state"])
        if self.state != "recorded":
            raise UserError(self.env._("Certificate %s is void already.", self.name))
        for certificate in group:
            certificate._sire_reverse(text)

    def _sire_reverse(self, text):
        # sudo: who voids was asked; nobody edits certificates or their entries
        certificate_sudo = gate.opened(self.sudo())
        move_sudo = certificate_sudo.move_id
        move_sudo.line_ids.remove_move_reconcile()
        move_sudo._reverse_moves([{"date": max(eat_today(), move_sudo.date), "ref": text}], cancel=True)
        certificate_sudo.write({"state": "void", "void_reason": text})
        self.invoice_id.sudo().message_post(  # sudo: as above
            body=self.env._("Certificate %(number)s is void: %(reason)s", number=self.name, reason=text),
            author_id=self.env.user.partner_id.id,
        )
