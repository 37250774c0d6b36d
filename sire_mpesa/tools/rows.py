"""Rows of the database, for what the ORM has no words for."""

from odoo.tools import SQL


def lock(records):
    """Wait for the rows, and start over when one was changed meanwhile (PostgreSQL refuses, the caller repeats). What is
    known of the records is read anew."""
    records.flush_recordset()
    if records:
        records.env.execute_query(
            SQL(
                "SELECT id FROM %s WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                SQL.identifier(records._table),
                tuple(sorted(records.ids)),
            )
        )
    records.invalidate_recordset()
