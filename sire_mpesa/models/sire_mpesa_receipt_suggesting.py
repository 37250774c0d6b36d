import re
from difflib import SequenceMatcher

from odoo import models

from odoo.addons.sire_base.utils.phone import is_mobile

from ..utils import fold_reference, phones_fit

CANDIDATES = 2000  # open invoices that are looked at
SHOWN = 5
CLOSE = 0.75  # how alike a typed account and an invoice's have to be


class SireMpesaReceipt(models.Model):
    """Whose money it may be: what staff would look for, looked for before they ask."""

    _inherit = "sire.mpesa.receipt"

    # === BUSINESS === #

    def _suggest(self):
        """Find out whose a receipt may be.

        :return: the likeliest first: dicts of ``partner_id``, ``invoice_id`` (or empty), ``score`` and ``why``, a list
            of words for staff
        :rtype: list[dict]
        """
        self.ensure_one()
        payers = self._get_earlier_clients()
        invoices = self.env["account.move"].search(
            [
                ("company_id", "in", self.company_id._mpesa_get_paid_for().ids),
                ("move_type", "in", ("out_invoice", "out_receipt")),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial")),
                ("currency_id", "=", self.currency_id.id),
            ],
            order="invoice_date desc, id desc",
            limit=CANDIDATES,
        )
        suggestions = [self._weigh(invoice, payers) for invoice in invoices]
        known = {suggestion["partner_id"] for suggestion in suggestions if suggestion["score"]}
        suggestions += [
            {
                "partner_id": client,
                "invoice_id": invoices.browse(),
                "score": 1,
                "why": [self.env._("paid from this phone before")],
            }
            for client in payers
            if client.id not in known
        ]
        suggestions = [suggestion for suggestion in suggestions if suggestion["score"]]
        return sorted(suggestions, key=lambda suggestion: -suggestion["score"])[:SHOWN]

    # === HELPERS === #

    def _weigh(self, invoice, payers):
        """:return: how much speaks for an invoice, and what"""
        score, why = 0.0, []
        alike = self._get_likeness(invoice)
        if alike >= CLOSE:
            score += 4 * alike
            why.append(self.env._("account close to %s", invoice.mpesa_reference or invoice.name))
        if self.currency_id.compare_amounts(invoice.amount_residual, self.amount) == 0:
            score += 2
            why.append(self.env._("exactly what is left to pay"))
        client = invoice.commercial_partner_id
        if client in payers:
            score += 2
            why.append(self.env._("paid from this phone before"))
        elif self._has_phone_of(invoice.partner_id | client):
            score += 2
            why.append(self.env._("the client's phone"))
        if self._has_name_of(invoice.partner_id | client):
            score += 1.5
            why.append(self.env._("the client's name"))
        return {"partner_id": client, "invoice_id": invoice, "score": score, "why": why}

    def _get_likeness(self, invoice):
        """:return: from 0 to 1, how close what was typed is to what should have been"""
        typed = fold_reference(self.reference)
        if len(typed) < 4:
            return 0.0
        wanted = (fold_reference(text) for text in (invoice.mpesa_reference, invoice.name, invoice.invoice_origin))
        return max((SequenceMatcher(None, typed, text).ratio() for text in wanted if text), default=0.0)

    def _get_earlier_clients(self):
        """:return: clients that were paid for from the same phone, or under the same name and phone digits"""
        if not self.payer_phone:
            return self.env["res.partner"]
        domain = [
            ("company_id", "=", self.company_id.id),
            ("payer_phone", "=", self.payer_phone),
            ("partner_id", "!=", False),
            ("id", "!=", self.id),
        ]
        if not is_mobile(self.payer_phone) and self.payer_name:  # many phones look the same behind the mask
            domain.append(("payer_name", "=", self.payer_name))
        return self.search(domain, limit=20).partner_id

    def _has_phone_of(self, partners):
        """:return: whether the payer's phone, shown at least in part, can be one of these"""
        if not re.search(r"\d{3}$", self.payer_phone or ""):
            return False
        phones = (re.sub(r"\D", "", partner.phone or "") for partner in partners)
        return any(phones_fit(f"+254{phone[-9:]}", self.payer_phone) for phone in phones if len(phone) >= 9)

    def _has_name_of(self, partners):
        """:return: whether a word of the payer's name is one of the client's"""
        words = set(re.findall(r"\w{3,}", (self.payer_name or "").lower()))
        return any(words & set(re.findall(r"\w{3,}", (partner.name or "").lower())) for partner in partners)
