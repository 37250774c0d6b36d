from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

ICONS = {"done": "fa-check-circle text-success", "fault": "fa-exclamation-circle text-danger", "open": "fa-circle-o"}
STEP = Markup("""
    <li class="list-group-item d-flex gap-2 px-2 py-2 {here}">
        <i class="fa fa-lg mt-1 {icon}" aria-hidden="true"></i>
        <div><div>{name}</div><div class="fw-normal text-700 small">{words}</div></div>
        <span class="visually-hidden">{said}</span>
    </li>""")


class SireStripeSetup(models.TransientModel):
    """The way through the set-up of cards. No secret is shown again."""

    _name = "sire.stripe.setup"
    _inherit = "sire.provider.setup"
    _description = "Set-up of Cards"

    step = fields.Selection(
        [
            ("keys", "Keys"),
            ("webhook", "Reports of Stripe"),
            ("books", "Books"),
            ("test", "A payment of ours"),
            ("live", "Open to clients"),
        ],
        default="keys",
        required=True,
    )
    steps_shown = fields.Html(compute="_compute_steps_shown", sanitize=False)
    stripe_publishable_key = fields.Char(related="provider_id.stripe_publishable_key", readonly=False)
    new_secret_key = fields.Char(
        "Secret Key", compute="_compute_new_secret_key", inverse="_inverse_new_secret_key", groups="base.group_system"
    )
    has_secret_key = fields.Boolean(compute="_compute_new_secret_key")
    has_webhook = fields.Boolean(compute="_compute_new_secret_key")
    webhook_url = fields.Char(compute="_compute_new_secret_key")
    journal_id = fields.Many2one(related="provider_id.journal_id", readonly=False)
    stripe_fee_account_id = fields.Many2one(related="provider_id.stripe_fee_account_id", readonly=False)
    stripe_dispute_account_id = fields.Many2one(related="provider_id.stripe_dispute_account_id", readonly=False)
    stripe_alert_user_id = fields.Many2one(related="provider_id.stripe_alert_user_id", readonly=False)

    # === COMPUTES === #

    @api.depends("provider_id")
    def _compute_display_name(self):
        for setup in self:
            setup.display_name = self.env._("Cards of %s", setup.company_id.name)

    @api.depends("step", "provider_id")
    def _compute_steps_shown(self):
        for setup in self:
            said = {"done": self.env._("Done"), "fault": self.env._("Needs attention")}
            items = [
                STEP.format(
                    icon=ICONS[row["state"]],
                    here="bg-200 fw-bold" if row["key"] == setup.step else "",
                    said=said.get(row["state"], ""),
                    **{name: row[name] for name in ("name", "words")},
                )
                for row in setup.steps
            ]
            setup.steps_shown = Markup('<ol class="list-group list-group-flush mb-0">%s</ol>') % Markup("").join(items)

    @api.depends("provider_id")
    def _compute_new_secret_key(self):
        """What is stored is never shown, only that it is."""
        for setup in self:
            setup.new_secret_key = False
            setup.has_secret_key = bool(setup.provider_id.stripe_secret_key)
            setup.has_webhook = bool(setup.provider_id.stripe_webhook_secret)
            setup.webhook_url = setup.provider_id._get_stripe_webhook_url()

    def _inverse_new_secret_key(self):
        for setup in self:
            if typed := (setup.new_secret_key or "").strip():
                setup.provider_id.stripe_secret_key = typed

    # === ACTIONS === #

    def action_next(self):
        """Button: try what was filled in, and go on when it is right.

        :raise UserError: what is not right, in a sentence
        """
        self.ensure_one()
        if self.step == "keys":
            if not self.provider_id._stripe_check_keys():
                self.invalidate_recordset()  # how the steps stand
                return
            if self.provider_id.state == "disabled":
                self.provider_id.state = "test"
            self.provider_id._stripe_ensure_books()
        elif self.step in ("webhook", "books") and self.step_state != "done":
            raise UserError(self.step_words)
        self._go(1)

    def action_register(self):
        """Button: have Stripe report to this server."""
        self.ensure_one()
        self.provider_id._stripe_register_webhook()

    def action_test(self):
        """Button: pay ourselves with the test card."""
        self.ensure_one()
        self.provider_id._stripe_test()

    def action_go_live(self):
        """Button: have clients offered cards."""
        self.ensure_one()
        self.provider_id._stripe_go_live()

    # === HELPERS === #

    def _get_steps(self):
        return self.provider_id._stripe_get_steps()

    def _open(self):
        return {**super()._open(), "name": self.env._("Set up cards")}
