from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..utils.quoting import MILESTONE, find_overlap, make_rows


class SireQuotationWizard(models.TransientModel):
    """What of a project goes on a quotation, and how the client reads it."""

    _name = "sire.quotation.wizard"
    _inherit = "sire.document.wizard"
    _description = "Choose what to quote"
    _sire_documents = ("project_id", "company_id", "product_id", "template_id")

    project_id = fields.Many2one("project.project", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one(related="project_id.partner_id", related_sudo=False, string="Client")
    currency_id = fields.Many2one(related="project_id.currency_id", related_sudo=False)
    # One list: of two, the host's onchange would not see that a total is back where it was.
    line_ids = fields.One2many("sire.quotation.wizard.line", "wizard_id", string="Work")
    grouping = fields.Selection(
        [
            ("task", "By task"),
            ("phase", "By milestone, with subtotals"),
            ("person", "By person"),
            ("one", "One line for all"),
        ],
        string="The Client Reads It",
        required=True,
        default="task",
    )
    product_id = fields.Many2one(
        "product.product",
        string="Sold As",
        required=True,
        check_company=True,
        domain=[("sale_ok", "=", True), ("type", "=", "service")],
        default=lambda self: self.env.ref("sire_billing.product_professional_services"),
        help="Gives the lines their VAT and account. A product with a price of its own gives the hours their rate, too.",
    )
    template_id = fields.Many2one(
        "sale.order.template",
        check_company=True,
        domain="[('company_id', 'in', (False, company_id))]",
        help="Its lines come first; its terms, deposit and validity hold for the quotation.",
    )
    price_include = fields.Boolean(
        string="Prices Include VAT",
        compute="_compute_price_include",
        store=True,
        precompute=True,
        readonly=False,
    )
    hours = fields.Float(compute="_compute_total")
    total = fields.Monetary(string="Total Without VAT", compute="_compute_total")
    line_count = fields.Integer(compute="_compute_total")
    overlap = fields.Char(compute="_compute_total")

    # === COMPUTES ===#

    @api.depends("company_id")
    def _compute_price_include(self):
        for wizard in self:
            wizard.price_include = wizard.company_id._sire_quotes_with_vat()

    @api.depends("grouping", "line_ids.ticked", "line_ids.title", "line_ids.rate", "line_ids.price")
    def _compute_total(self):
        """As the lines of the quotation will add up, with every tick."""
        for wizard in self:
            works = wizard._get_ticked()
            currency = wizard.currency_id
            rows = make_rows(works, wizard.grouping, wizard.project_id._sire_words(), currency.round)
            wizard.hours = sum(work.hours for work in works if work.price is None)
            wizard.total = sum(currency.round(row.quantity * row.price) for row in rows)
            wizard.line_count = len([row for row in rows if row.works])
            overlap = find_overlap(works, wizard.project_id._sire_parents)
            wizard.overlap = wizard.project_id._sire_say_overlap(*overlap) if overlap else False

    @api.onchange("product_id")
    def _onchange_product_id(self):
        """A product that has a price sells the hours at it."""
        rate = self._get_rate_of_product()
        works = {work.key: work for work in self.project_id._sire_get_work(rate)}
        for line in self.line_ids:
            if not line.taken and line.key in works:
                line.rate = works[line.key].rate

    # === CRUD ===#

    @api.model
    def _make(self, project):
        """:return: a wizard with all work of this project, ticked as the one click would quote it"""
        works = project._sire_get_work()
        ticked = {work.key for work in project._sire_propose_work(works)}
        wizard = self.create({"project_id": project.id, "company_id": project._sire_quoting_company().id})
        self.env["sire.quotation.wizard.line"].create(
            [
                {
                    "wizard_id": wizard.id,
                    "kind": work.kind,
                    "res_id": work.id,
                    "title": work.title,
                    "person": work.person,
                    "phase": work.phase if work.kind != MILESTONE else False,
                    "day": work.day,
                    "hours": work.hours,
                    "rate": work.rate,
                    "price": work.price or 0.0,
                    "taken": taken or False,
                    "ticked": work.key in ticked,
                }
                for work, taken in project._sire_with_taken(works)
            ]
        )
        return wizard

    # === ACTIONS ===#

    def action_make(self):
        """Make the quotation of what is ticked and open it.

        :raise UserError: when nothing is ticked, or something was quoted elsewhere since, or would be billed twice
        """
        self.ensure_one()
        project = self.project_id
        project.check_access("read")
        project._sire_check_quotable()
        project._sire_lock_work()
        works = self._get_ticked()
        if not works and not self.template_id:
            raise UserError(self.env._("Tick what is to be quoted, or choose a template."))
        works = self._get_current(works)
        order = project._sire_make_quotation(
            works,
            grouping=self.grouping,
            template=self.template_id,
            product=self.product_id,
            price_include=self.price_include,
        )
        return order._sire_form_action()

    # === HELPERS ===#

    def _get_ticked(self):
        """:rtype: list[Work]"""
        return [line._get_work() for line in self.line_ids if line.ticked]

    def _get_current(self, works):
        """:return: these works with the hours that they have now: the list may have been open for long
        :raise UserError: when one is not of this project any more
        """
        now = {work.key: work for work in self.project_id._sire_get_work()}
        for work in works:
            if work.key not in now:
                raise UserError(
                    self.env._("%s was changed or removed since this list was opened: open it again.", work.title)
                )
        return [replace(now[work.key], title=work.title, rate=work.rate, price=work.price) for work in works]

    def _get_rate_of_product(self):
        """:return: price of an hour in the client's pricelist, without VAT, in the currency of the project; 0 for none"""
        self.ensure_one()
        product = self.product_id
        hour = self.env.ref("uom.product_uom_hour")
        if not product or not product.uom_id._has_common_reference(hour):
            return 0.0
        pricelist = self.partner_id.with_company(self.company_id).property_product_pricelist
        price = pricelist._get_product_price(product, 1.0, currency=self.currency_id, uom=hour)
        taxes = product.sudo().taxes_id._filter_taxes_by_company(self.company_id)  # sudo: a setting of the product
        return taxes._sire_net_price(price, product) if taxes else price
