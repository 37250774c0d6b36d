from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from odoo.addons.sire_base.utils.eat import eat_today


class SaleOrder(models.Model):
    """What people call a quotation's state, always as it is at this moment in Nairobi.

    It is not stored: it would be wrong from midnight until a job has run. Searching, grouping and sorting are worked out by
    PostgreSQL from the stored facts (docs/decisions/0610-a-stage-that-nobody-stores.md).
    """

    _inherit = "sale.order"

    sire_state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("sent", "Sent"),
            ("viewed", "Viewed"),
            ("approved", "Approved"),
            ("declined", "Declined"),
            ("expired", "Expired"),
            ("superseded", "Superseded"),
            ("cancelled", "Cancelled"),
        ],
        string="Stage",
        compute="_compute_sire_state",
        search="_search_sire_state",
    )

    @api.depends("state", "validity_date", "sire_opened_at", "sire_declined_at", "sire_superseded_at")
    def _compute_sire_state(self):
        today = eat_today()
        for order in self:
            if order.state == "cancel":
                declined = "declined" if order.sire_declined_at else "cancelled"
                order.sire_state = "superseded" if order.sire_superseded_at else declined
            elif order.state == "sale":
                order.sire_state = "approved"
            elif order.state == "sent":
                expired = order.validity_date and order.validity_date < today
                viewed = "viewed" if order.sire_opened_at else "sent"
                order.sire_state = "expired" if expired else viewed
            else:
                order.sire_state = "draft"

    def _search_sire_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = eat_today()
        sent, cancelled = Domain("state", "=", "sent"), Domain("state", "=", "cancel")
        live = sent & (Domain("validity_date", "=", False) | Domain("validity_date", ">=", today))
        current = cancelled & Domain("sire_superseded_at", "=", False)
        domains = {
            "draft": Domain("state", "=", "draft"),
            "sent": live & Domain("sire_opened_at", "=", False),
            "viewed": live & Domain("sire_opened_at", "!=", False),
            "expired": sent & Domain("validity_date", "<", today),
            "approved": Domain("state", "=", "sale"),
            "declined": current & Domain("sire_declined_at", "!=", False),
            "superseded": cancelled & Domain("sire_superseded_at", "!=", False),
            "cancelled": current & Domain("sire_declined_at", "=", False),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Override of the ORM: the stage as PostgreSQL sees it, so that lists group and sort by it."""
        if field_expr != "sire_state":
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields["sire_state"], "read")
        return SQL(
            """CASE %(state)s
                WHEN 'sale' THEN 'approved'
                WHEN 'sent' THEN CASE
                    WHEN %(validity)s < %(today)s THEN 'expired' WHEN %(opened)s IS NULL THEN 'sent' ELSE 'viewed' END
                WHEN 'cancel' THEN CASE
                    WHEN %(superseded)s IS NOT NULL THEN 'superseded'
                    WHEN %(declined)s IS NULL THEN 'cancelled' ELSE 'declined' END
                ELSE 'draft' END""",
            state=self._field_to_sql(alias, "state", query),
            validity=self._field_to_sql(alias, "validity_date", query),
            opened=self._field_to_sql(alias, "sire_opened_at", query),
            superseded=self._field_to_sql(alias, "sire_superseded_at", query),
            declined=self._field_to_sql(alias, "sire_declined_at", query),
            today=eat_today(),
        )

    def _sire_is_link_over(self):
        """:return: whether the client's link opens no more: so many days after a validity in which nobody approved"""
        if not self or self.state == "sale" or not self.validity_date:
            return False
        company_sudo = self.sudo().company_id  # a setting
        return eat_today() > self.validity_date + timedelta(days=company_sudo.sire_link_days)

    def _sire_check_link_opens(self):
        """Override of `sire.client.document`."""
        for order in self.filtered(lambda order: order._sire_is_link_over()):
            raise UserError(
                self.env._(
                    "%(order)s was valid until %(date)s: its link does not open any more.",
                    order=order.name,
                    date=format_date(self.env, order.validity_date),
                )
            )
