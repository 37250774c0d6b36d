from datetime import datetime, time

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import format_date

from odoo.addons.sire_base.utils.eat import eat_to_utc, end_of_eat_day_utc


class SireMpesaDay(models.Model):
    """What Safaricom reported on a day, and where each shilling of it is now. The difference has to be nothing."""

    _name = "sire.mpesa.day"
    _description = "M-Pesa by Day"
    _auto = False
    _order = "day desc, provider_id"
    _rec_name = "day"

    day = fields.Date(readonly=True, help="The day in Nairobi on which it was paid.")
    company_id = fields.Many2one("res.company", readonly=True)
    provider_id = fields.Many2one("payment.provider", string="Paid To", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    receipts = fields.Integer(readonly=True)
    seen = fields.Monetary(readonly=True, help="What Safaricom reported.")
    booked = fields.Monetary("On Invoices", readonly=True)
    credit = fields.Monetary("Client Credit", readonly=True, help="Paid by clients and not needed by an invoice yet.")
    suspense = fields.Monetary("To Be Assigned", readonly=True)
    waiting = fields.Monetary("To Be Booked", readonly=True)
    reversed = fields.Monetary(readonly=True)
    difference = fields.Monetary(
        readonly=True, help="Seen, less what is booked, credit, suspense, waiting or reversed."
    )

    @property
    def _table_query(self):
        """One row a receipt with what its live payments are, then a row a day."""
        return SQL(
            """
            WITH payment AS (
                SELECT p.sire_mpesa_receipt_id AS receipt_id,
                       SUM(p.amount) AS amount,
                       GREATEST(SUM(COALESCE(open_item.amount, 0) - COALESCE(open_refund.amount, 0)), 0) AS credit
                  FROM account_payment p
                  LEFT JOIN LATERAL (
                       SELECT -SUM(l.amount_residual_currency) AS amount
                         FROM account_move_line l
                        WHERE l.move_id = p.move_id
                          AND l.account_id = p.destination_account_id
                          AND l.parent_state = 'posted'
                       ) open_item ON TRUE
                  LEFT JOIN LATERAL (
                       SELECT SUM(l.amount_residual_currency) AS amount
                         FROM account_payment b
                         JOIN account_move_line l ON l.move_id = b.move_id AND l.account_id = b.destination_account_id
                        WHERE b.source_payment_id = p.id
                          AND l.parent_state = 'posted'
                       ) open_refund ON TRUE
                 WHERE p.sire_mpesa_receipt_id IS NOT NULL
                   AND p.payment_type = 'inbound'
                   AND p.state IN ('in_process', 'paid')
                 GROUP BY p.sire_mpesa_receipt_id
            ), receipt AS (
                SELECT r.id, r.company_id, r.provider_id, r.currency_id, r.amount AS seen,
                       (r.paid_at AT TIME ZONE 'UTC' AT TIME ZONE 'Africa/Nairobi')::date AS day,
                       COALESCE(p.amount - p.credit - COALESCE(r.reversed_amount, 0), 0) AS booked,
                       COALESCE(p.credit, 0) AS credit,
                       CASE WHEN r.state = 'suspense' THEN -s.amount_currency ELSE 0 END AS suspense,
                       CASE WHEN r.state = 'waiting' THEN r.amount ELSE 0 END AS waiting,
                       COALESCE(r.reversed_amount, 0) AS reversed
                  FROM sire_mpesa_receipt r
                  LEFT JOIN payment p ON p.receipt_id = r.id AND r.state IN ('booked', 'reversed')
                  LEFT JOIN account_move_line s ON s.id = r.suspense_line_id AND s.parent_state = 'posted'
                 WHERE r.state != 'denied'
            )
            SELECT MIN(id) AS id, day, company_id, provider_id, currency_id,
                   COUNT(*) AS receipts,
                   SUM(seen) AS seen,
                   SUM(booked) AS booked,
                   SUM(credit) AS credit,
                   SUM(COALESCE(suspense, 0)) AS suspense,
                   SUM(waiting) AS waiting,
                   SUM(reversed) AS reversed,
                   SUM(seen - booked - credit - COALESCE(suspense, 0) - waiting - reversed) AS difference
              FROM receipt
             GROUP BY day, company_id, provider_id, currency_id
            """
        )

    @api.model
    def get_empty_list_help(self, help_message):
        """Override of `web`: where M-Pesa is not set up, that is what to do first."""
        return self.env["payment.provider"]._mpesa_get_empty_help() or super().get_empty_list_help(help_message)

    # === ACTIONS === #

    def action_open_receipts(self):
        """Button: the receipts of a day."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("M-Pesa receipts of %s", format_date(self.env, self.day)),
            "res_model": "sire.mpesa.receipt",
            "view_mode": "list,kanban,form",
            "domain": [("id", "in", self._get_receipts().ids)],
        }

    # === HELPERS === #

    def _get_receipts(self):
        """:return: the receipts of the day"""
        first = eat_to_utc(datetime.combine(self.day, time.min))
        domain = [
            ("provider_id", "=", self.provider_id.id),
            ("paid_at", ">=", first),
            ("paid_at", "<=", end_of_eat_day_utc(self.day)),
            ("state", "!=", "denied"),
        ]
        return self.env["sire.mpesa.receipt"].search(domain)
