from odoo import api, fields, models
from odoo.exceptions import UserError


class SireCashierWizard(models.TransientModel):
    """What is asked at the drawer: how much is in it, what goes in and out and why."""

    _name = "sire.cashier.wizard"
    _inherit = ["sire.amount.wizard", "sire.document.wizard"]
    _description = "At the drawer"
    _sire_documents = ("session_id", "journal_id", "company_id")

    kind = fields.Selection(
        selection=[
            ("open", "Open"),
            ("in", "Cash in"),
            ("out", "Cash out"),
            ("count", "Count"),
            ("sign", "Sign off"),
        ],
        required=True,
        readonly=True,
    )
    session_id = fields.Many2one("sire.cashier.session", readonly=True, ondelete="cascade")
    journal_id = fields.Many2one(
        "account.journal",
        string="Drawer",
        domain="[('type', '=', 'cash'), ('company_id', '=', company_id)]",
        default=lambda self: self._default_journal(),
    )
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    amount = fields.Monetary()
    difference = fields.Monetary(compute="_compute_difference")
    reason = fields.Char()

    def _default_journal(self):
        return self.env["account.journal"].search(
            [("type", "=", "cash"), ("company_id", "=", self.env.company.id)], limit=1
        )

    @api.depends("session_id", "journal_id")
    def _compute_currency_id(self):
        for wizard in self:
            journal = wizard.journal_id
            wizard.currency_id = (
                wizard.session_id.currency_id
                or journal.currency_id
                or (journal.company_id or self.env.company).currency_id
            )

    @api.depends("session_id.difference", "session_id.opening_difference")
    def _compute_difference(self):
        for wizard in self:
            wizard.difference = wizard.session_id.difference + wizard.session_id.opening_difference

    def action_confirm(self):
        """:return: the session
        :raise UserError: with the sentence of the session
        """
        self.ensure_one()
        session = self.session_id
        if self.kind == "open":
            session = session.browse(session.action_sire_open(self.journal_id.id, self.amount))
        elif not session:
            raise UserError(self.env._("Choose a drawer session."))
        elif self.kind == "in":
            session.action_sire_cash_in(self.amount, self.reason)
        elif self.kind == "out":
            session.action_sire_cash_out(self.amount, self.reason)
        elif self.kind == "count":
            session.action_sire_count(self.amount)
        else:
            session.action_sire_sign_off(self.reason)
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("sire_cashier.action_sire_cashier_sessions"),
            "res_id": session.id,
            "views": [(False, "form")],
        }
