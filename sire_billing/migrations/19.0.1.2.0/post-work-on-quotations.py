"""A line named its one task in a column of its own; now each piece of work that it takes is a row."""

from odoo.tools import SQL
from odoo.tools.sql import column_exists


def migrate(cr, version):
    if not column_exists(cr, "sale_order_line", "sire_task_id"):
        return
    # Raw: thousands of lines, and the column is no field any more. The latest live line of a task holds it.
    cr.execute(
        SQL(
            """
            INSERT INTO sire_quotation_work (line_id, order_id, company_id, task_id, held, create_date, write_date)
            SELECT line.id, line.order_id, line.company_id, line.sire_task_id,
                   sale.state != 'cancel' AND row_number() OVER (
                       PARTITION BY line.sire_task_id ORDER BY sale.state = 'sale' DESC, sale.state != 'cancel' DESC, line.id DESC
                   ) = 1,
                   now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
              FROM sale_order_line line
              JOIN sale_order sale ON sale.id = line.order_id
             WHERE line.sire_task_id IS NOT NULL
            """
        )
    )
    cr.execute(SQL("ALTER TABLE sale_order_line DROP COLUMN sire_task_id"))
