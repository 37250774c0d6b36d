from odoo import api, fields, models


class SaleOrder(models.Model):
    """A code by e-mail before the approval, where a company or a quotation asks for it."""

    _inherit = "sale.order"

    sire_approval_code = fields.Boolean(
        string="Code by E-mail",
        compute="_compute_sire_approval_code",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Before approving, the client types a code that goes to the e-mail address: a forwarded link is not enough.",
    )
    sire_code_ids = fields.One2many("sire.client.code", "order_id", readonly=True, groups="base.group_system")

    @api.depends("company_id")
    def _compute_sire_approval_code(self):
        for order in self:
            order.sire_approval_code = order.company_id.sudo().sire_approval_code  # a setting

    def _sire_send_code(self, remote_addr):
        """E-mail the client a code to approve this quotation.

        :param str remote_addr: address of who asks
        :raise UserError: in one sentence, when none can be sent now
        """
        self.ensure_one()
        self.sudo().env["sire.client.code"]._send_to_client(self.sudo(), remote_addr)  # the client has no account

    def _sire_get_code_address(self):
        """:return: the address that a code is on its way to, hidden but for what its owner knows; empty without one"""
        self.ensure_one()
        code_sudo = self.sudo().sire_code_ids  # the client has no account
        if not code_sudo or code_sudo.expires_at <= fields.Datetime.now():
            return ""
        name, _at, domain = code_sudo.sent_to.partition("@")
        return f"{name[:1]}•••@{domain}"
