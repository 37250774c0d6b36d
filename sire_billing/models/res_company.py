from odoo import fields, models
from odoo.tools import SQL

RECEIPT_CODE = "sire.receipt"


class ResCompany(models.Model):
    """What a company decides about its quotations, and its receipts."""

    _inherit = "res.company"

    sire_price_include = fields.Boolean(
        string="Quotation Prices Include VAT",
        help="New quotations show prices with VAT in them. On each quotation it can be changed.",
    )
    sire_link_days = fields.Integer(
        string="Days a Link Outlives the Validity",
        default=30,
        help="So long the link of a quotation that nobody approved still opens, to say that it has expired.",
    )
    sire_approval_code = fields.Boolean(
        string="Code by E-mail before Approving",
        help="New quotations ask the client for a code that goes to the e-mail address.",
    )
    sire_invoice_reached_parts = fields.Boolean(
        string="Invoice Reached Parts by Itself",
        help="A part of an invoicing plan that was reached is invoiced and sent without anybody pressing a button.",
    )

    _check_sire_link_days = models.Constraint(
        "CHECK(sire_link_days >= 0)", "A link cannot end before the quotation: write 0 or more days."
    )

    def _sire_quotes_with_vat(self):
        """:return: whether a new quotation of this company shows prices that include VAT"""
        return self.sire_price_include or self.account_price_include == "tax_included"

    def _sire_setup_cash(self):
        """Give each company with a chart of accounts a cash journal that books at once, and a receipt sequence."""
        for company in self.filtered("chart_template"):
            journal = self.env["account.journal"].with_company(company)
            journals = journal.search([("type", "=", "cash"), ("company_id", "=", company.id)])
            if not journals:
                journals = journal.create({"name": "Cash", "type": "cash", "code": "CSH1", "company_id": company.id})
            for cash in journals:
                lines = cash.inbound_payment_method_line_ids | cash.outbound_payment_method_line_ids
                # Cash is in the drawer when it is counted: no outstanding account between.
                lines.filtered(lambda line: not line.payment_account_id).payment_account_id = cash.default_account_id
            company._sire_get_receipt_sequence()

    def _sire_get_receipt_sequence(self):
        """:return: the gapless sequence of this company's cash receipts; made when there is none."""
        self.ensure_one()
        # sudo: a cashier counts receipts up, but does not edit sequences
        sequences_sudo = self.env["ir.sequence"].sudo()
        sequence_sudo = sequences_sudo.search([("code", "=", RECEIPT_CODE), ("company_id", "=", self.id)], limit=1)
        return sequence_sudo or sequences_sudo.create(
            {
                "name": self.env._("Cash receipts"),
                "code": RECEIPT_CODE,
                "company_id": self.id,
                "implementation": "no_gap",
                "prefix": "RCT/%(range_year)s/",
                "padding": 5,
                "use_date_range": True,
            }
        )

    def _sire_next_receipt_number(self, date):
        """Take the next receipt number: gapless, because a rolled back transaction gives it back.

        :param datetime.date date: East African day of the receipt; numbers start again each year
        :rtype: str
        """
        sequence_sudo = self._sire_get_receipt_sequence()
        # One cashier at a time. Updating the row, not only locking it, makes the one who waited start over on what is
        # true then: the first receipt of a year creates a row that the older snapshot would not see.
        self.env.cr.execute(
            SQL("UPDATE ir_sequence SET write_date = now() AT TIME ZONE 'UTC' WHERE id = %s", sequence_sudo.id)
        )
        return sequence_sudo.next_by_id(sequence_date=date)
