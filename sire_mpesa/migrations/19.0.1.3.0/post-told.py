"""Whether Safaricom said that a prompt was paid is stored; until now it was not told apart from a conclusion."""

from odoo.tools import SQL


def migrate(cr, version):
    """:param str version: the version that the database had; None on a fresh installation"""
    if not version:
        return
    # What was concluded has the words "Concluded from receipt …", in whichever language, with the receipt's number.
    cr.execute(
        SQL(
            """
            UPDATE payment_transaction tx
               SET mpesa_is_told_paid = TRUE
             WHERE tx.state = 'done'
               AND tx.mpesa_push_state IS NOT NULL
               AND NOT EXISTS (
                       SELECT FROM sire_mpesa_receipt r
                        WHERE r.transaction_id = tx.id
                          AND r.is_inferred
                          AND position(r.name in COALESCE(tx.mpesa_result_description, '')) > 0
                   )
            """
        )
    )
