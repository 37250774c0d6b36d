import math

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.sire_payment.utils import format_money

from .. import gate


class SireMpesaReceipt(models.Model):
    """The way in: every report of money passes here, whoever brings it and however often."""

    _inherit = "sire.mpesa.receipt"

    @api.model
    def _see(self, provider, sighting):
        """Write down a report. The first one makes the receipt, each one is its evidence.

        When another transaction writes down the same number at this moment, PostgreSQL lets this one wait and then
        refuses it (its snapshot cannot show the other's row): whoever called repeats it, as for all workers here.

        :param provider: ``payment.provider`` that the money was paid to, as superuser
        :param Sighting sighting:
        :return: the receipt, locked. It is not booked by this: see `_book`.
        :rtype: sire.mpesa.receipt
        :raise ValueError: when the report names no receipt number or no amount
        """
        if not sighting.number or not sighting.amount or not math.isfinite(sighting.amount) or sighting.amount <= 0:
            raise ValueError(self.env._("A report of a payment names no receipt number or no amount."))
        receipts = gate.opened(self.sudo())  # nobody writes the ledger but itself
        receipt = receipts._insert(provider, sighting) or receipts._find(provider.company_id, sighting.number)
        receipt._lock()
        receipt._add_evidence(sighting)
        return self.browse(receipt.id)

    @api.model
    def _see_new(self, seen):
        """Write down reports of numbers that nobody has reported before. Of the others nothing is written.

        :param list seen: ``(payment.provider, Sighting)`` of each, no number twice
        :return: the new receipts
        :rtype: sire.mpesa.receipt
        """
        receipts = gate.opened(self.sudo())  # nobody writes the ledger but itself
        new = [(receipts._insert(provider, sighting), sighting) for provider, sighting in seen]
        new = [(receipt, sighting) for receipt, sighting in new if receipt]
        receipts.env["sire.mpesa.receipt.evidence"].create(
            [receipt._get_evidence_values(sighting) for receipt, sighting in new]
        )
        return self.browse(receipt.id for receipt, _sighting in new)

    @api.model
    def _find(self, company, number):
        """:return: the receipt with this number, empty when it was not seen yet"""
        if not number:
            return self.browse()
        return self.search([("company_id", "=", company.id), ("name", "=", number)], limit=1)

    @api.model
    def _insert(self, provider, sighting):
        """:return: the new receipt, empty when the number is there"""
        shilling = self.env.ref("base.KES")
        now = fields.Datetime.now()
        paid_at = sighting.paid_at
        if not paid_at or paid_at > fields.Datetime.add(now, hours=1):
            paid_at = now  # no clock can be that wrong
        # the ORM has no ON CONFLICT, and a violated constraint would cost the caller its transaction
        query = SQL(
            """
            INSERT INTO sire_mpesa_receipt (
                name, company_id, provider_id, currency_id, amount, paid_at, payer_name, payer_phone, reference, kind,
                state, next_try_at, create_uid, create_date, write_uid, write_date
            ) VALUES (
                %(name)s, %(company)s, %(provider)s, %(currency)s, %(amount)s, %(paid_at)s, %(payer_name)s,
                %(payer_phone)s, %(reference)s, %(kind)s, 'waiting', %(now)s, %(uid)s, %(now)s, %(uid)s, %(now)s
            )
            ON CONFLICT (company_id, name) DO NOTHING
            RETURNING id
            """,
            name=sighting.number,
            company=provider.company_id.id,
            provider=provider.id,
            currency=shilling.id,
            amount=shilling.round(sighting.amount),
            paid_at=paid_at,
            payer_name=sighting.name or None,
            payer_phone=sighting.phone or None,
            reference=sighting.reference or None,
            kind=sighting.kind,
            now=now,
            uid=self.env.uid,
        )
        with self._sire_writes_sql():
            self.env.cr.execute(query, log_exceptions=False)
            row = self.env.cr.fetchone()
        return self.browse(row and row[0])

    def _add_evidence(self, sighting):
        """Keep what was reported. A report that does not fit changes nothing but the flag."""
        fault = self._find_contradiction(sighting)
        values = self._get_evidence_values(sighting)
        self.env["sire.mpesa.receipt.evidence"].create({**values, "is_contradiction": bool(fault)})
        if fault:
            self.flag = fault
            self.message_post(body=fault)

    def _get_evidence_values(self, sighting):
        return {
            "receipt_id": self.id,
            "source": sighting.source,
            "received_at": fields.Datetime.now(),
            "amount": sighting.amount,
            "body": sighting.body or False,
            "event_id": sighting.event_id,
        }

    def _find_contradiction(self, sighting):
        """:return: what a report says against this receipt, one sentence for staff, or None
        :rtype: str | None
        """
        if self.currency_id.compare_amounts(self.amount, sighting.amount) != 0:
            return self.env._(
                "Receipt %(number)s was written down with %(here)s, and a later report says %(there)s.",
                number=self.name,
                here=format_money(self.amount, self.currency_id),
                there=format_money(sighting.amount, self.currency_id),
            )
        return None
