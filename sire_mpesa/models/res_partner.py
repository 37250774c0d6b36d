from odoo import models
from odoo.exceptions import UserError

from odoo.addons.sire_base.utils.phone import format_kenyan_phone, is_mobile, parse_kenyan_phone

from .. import const

OFFERED = 5  # numbers


class ResPartner(models.Model):
    _inherit = "res.partner"

    # === ACTIONS === #

    def action_mpesa_request(self):
        """Button: ask a phone of the client for the PIN, for the open invoices, oldest first.

        :raise UserError: when nothing is open
        """
        self.ensure_one()
        invoices = self.env["account.move"].search(
            [
                ("commercial_partner_id", "=", self.commercial_partner_id.id),
                ("company_id", "=", self.env.company.id),
                ("move_type", "in", ("out_invoice", "out_receipt")),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial")),
                ("currency_id.name", "=", const.CURRENCY),
            ]
        )
        open_invoices = invoices.filtered(lambda move: move._sire_get_payable() > 0)
        if not open_invoices:
            raise UserError(self.env._("%s has no open invoice in shillings.", self.commercial_partner_id.name))
        return self.env["sire.mpesa.request.wizard"]._make(open_invoices)._open()

    # === BUSINESS === #

    def _mpesa_get_phones(self):
        """Gather the numbers that these people may pay with: their own, and those that paid for them before.

        :return: dicts of ``number`` (as people write it) and ``who``
        :rtype: list[dict]
        """
        clients = self | self.commercial_partner_id
        people = clients | clients.child_ids
        found = {}
        for partner in people:
            for text in partner._mpesa_get_numbers():
                self._mpesa_add_phone(found, text, partner.name or partner.commercial_partner_id.name)
        txs_sudo = self.env["payment.transaction"].sudo()  # whoever asks the client to pay may know the client's phones
        paid = [("provider_code", "=", "mpesa"), ("state", "=", "done"), ("mpesa_phone", "!=", False)]
        # who paid another company is that one's affair; a branch may be paid to its company's number
        own = self.env.companies.ids
        paid += ["|", ("company_id", "in", own), ("invoice_ids.company_id", "in", own)]
        for tx_sudo in txs_sudo.search([*paid, ("partner_id", "in", people.ids)], order="id desc", limit=20):
            self._mpesa_add_phone(found, tx_sudo.mpesa_phone, self.env._("paid before"))
        return [{"number": number, "who": who} for number, who in list(found.items())[:OFFERED]]

    # === HELPERS === #

    def _mpesa_get_numbers(self):
        """Modules with more fields for numbers add theirs.

        :return: the numbers on one record, as written
        :rtype: list[str]
        """
        self.ensure_one()
        return [self.phone] if self.phone else []

    @staticmethod
    def _mpesa_add_phone(found, text, who):
        try:
            number = parse_kenyan_phone(text)
        except ValueError:
            return
        if is_mobile(number):
            found.setdefault(format_kenyan_phone(number), who)
