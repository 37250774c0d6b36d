from odoo import fields, models


class ResCompany(models.Model):
    """What a company decides about its quotations."""

    _inherit = "res.company"

    sire_link_days = fields.Integer(
        string="Days a Link Outlives the Validity",
        default=30,
        help="So long the link of a quotation that nobody approved still opens, to say that it has expired.",
    )

    sire_approval_code = fields.Boolean(
        string="Code by E-mail before Approving",
        help="New quotations ask the client for a code that goes to the e-mail address.",
    )

    _check_sire_link_days = models.Constraint(
        "CHECK(sire_link_days >= 0)", "A link cannot end before the quotation: write 0 or more days."
    )
