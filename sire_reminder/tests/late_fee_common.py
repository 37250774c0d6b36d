"""A company that charges late fees, and its job on the test's own transaction."""

from datetime import date, datetime

from freezegun import freeze_time

from odoo.addons.sire_base.utils.eat import eat_to_utc

from .common import ReminderCommon

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


class LateFeeCommon(ReminderCommon):
    """Switched on on 18 November: 2 % a month, no grace, no least, no most. Fees of November are made in December."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.move"].search([("move_type", "=", "out_invoice")]).commercial_partner_id.write(
            {"sire_late_fee_off": True}
        )
        cls.client.sire_late_fee_off = False
        cls.rule(on=True, percent=2, grace=0, least=0, most=0)

    @classmethod
    def rule(cls, **values):
        cls.company.write({f"sire_late_fee_{name}": value for name, value in values.items()})

    @classmethod
    def charge(cls, *moment, company=None):
        """What the job does for one company, on the test's own transaction.

        :param moment: in Nairobi; 1 December, 8:00 when left out
        :return: the invoices of fees that it made
        """
        company = company or cls.company
        made = cls.env["account.move"]
        with freeze_time(eat_to_utc(datetime(*(moment or (2026, 12, 1, 8, 0))))):
            for move_ids in company._sire_late_fee_groups():
                made |= company.with_company(company)._sire_charge_late_fees(move_ids)
        return made.filtered(lambda move: move.partner_id.commercial_partner_id == cls.client)

    def fee(self, move, month=NOVEMBER):
        return move.sire_late_fee_ids.filtered(lambda fee: fee.month == month)
