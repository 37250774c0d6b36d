from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.sire_access.const import GROUP_SEE_MONEY


class ResPartner(models.Model):
    """What there is with a client: projects, quotations, invoices, and what is owed."""

    _inherit = "res.partner"

    sire_project_count = fields.Integer(string="Number of Projects", compute="_compute_sire_project_count")
    sire_quotation_count = fields.Integer(
        string="Number of Quotations", compute="_compute_sire_business", groups=GROUP_SEE_MONEY
    )
    sire_invoice_count = fields.Integer(
        string="Number of Invoices", compute="_compute_sire_business", groups=GROUP_SEE_MONEY
    )
    sire_balance = fields.Monetary(
        string="Owes",
        compute="_compute_sire_business",
        currency_field="sire_balance_currency_id",
        groups=GROUP_SEE_MONEY,
        help="Open on posted invoices, credit notes taken off, in the company's currency.",
    )
    sire_balance_currency_id = fields.Many2one(
        "res.currency", string="Balance Currency", compute="_compute_sire_balance_currency_id"
    )

    # === COMPUTES ===#

    def _compute_sire_balance_currency_id(self):
        self.sire_balance_currency_id = self.env.company.currency_id

    def _compute_sire_project_count(self):
        projects = self._sire_read_family("project.project", Domain("is_template", "=", False), ["__count"])
        for partner in self:
            partner.sire_project_count = sum(count for (count,) in partner._sire_of_family(projects))

    def _compute_sire_business(self):
        orders = self._sire_read_family("sale.order", Domain.TRUE, ["__count"])
        invoices = self._sire_read_family(
            "account.move", self._sire_invoice_domain(), ["__count", "amount_residual_signed:sum"]
        )
        for partner in self:
            partner.sire_quotation_count = sum(count for (count,) in partner._sire_of_family(orders))
            of_partner = partner._sire_of_family(invoices)
            partner.sire_invoice_count = sum(count for count, _owed in of_partner)
            partner.sire_balance = sum(owed for _count, owed in of_partner)

    # === ACTIONS ===#

    def action_sire_projects(self):
        return self._sire_open("sire_projects.action_sire_projects", "partner_id")

    def action_sire_quotations(self):
        return self._sire_open("sale.action_quotations", "partner_id")

    def action_sire_invoices(self):
        action = self._sire_open("account.action_move_out_invoice_type", "partner_id")
        action["domain"] = list(Domain(action["domain"]) & self._sire_invoice_domain())
        action["context"] = {"create": False}
        return action

    # === HELPERS ===#

    def _sire_open(self, xmlid, field):
        """:return: an action, for the records of this client and its people only"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action["domain"] = [(field, "child_of", self.id)]
        action["context"] = {f"default_{field}": self.id}
        return action

    def _sire_invoice_domain(self):
        return Domain("state", "=", "posted") & Domain("move_type", "in", ("out_invoice", "out_refund"))

    def _sire_read_family(self, model, domain, aggregates):
        """:return: partner → tuple of aggregates, for these clients and their people"""
        found = self.env[model]._read_group(
            domain & Domain("partner_id", "child_of", self.ids), ["partner_id"], aggregates
        )
        return {partner: tuple(values) for partner, *values in found}

    def _sire_of_family(self, found):
        self.ensure_one()
        return [values for partner, values in found.items() if partner == self or self in partner._sire_ancestors()]

    def _sire_ancestors(self):
        ancestors = self.browse()
        parent = self.parent_id
        while parent and parent not in ancestors:
            ancestors |= parent
            parent = parent.parent_id
        return ancestors
