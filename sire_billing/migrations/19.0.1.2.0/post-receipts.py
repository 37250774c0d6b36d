from odoo.tools import SQL


def migrate(cr, version):
    """Receipts of before could not be voided: each of them holds."""
    cr.execute(
        SQL(
            """UPDATE account_payment SET sire_receipt_state = 'received', sire_instrument = 'cash'
                WHERE sire_receipt_number IS NOT NULL AND sire_receipt_state IS NULL"""
        )
    )
