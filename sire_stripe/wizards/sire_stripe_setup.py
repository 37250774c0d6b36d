from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

STEPS = ("keys", "webhook", "books", "test", "live")
ICONS = {"done": "fa-check-circle text-success", "fault": "fa-exclamation-circle text-danger", "open": "fa-circle-o"}


class SireStripeSetup(models.TransientModel):
    """The way through the set-up, step by step. It keeps nothing: what is typed goes to the provider, and no secret is in
    a second place, nor shown again.
    """

    _name = "sire.stripe.setup"
    _description = "Set-up of Cards"

    provider_id = fields.Many2one("payment.provider", required=True, readonly=True)
    company_id = fields.Many2one(related="provider_id.company_id")
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
    steps = fields.Html(compute="_compute_steps", sanitize=False)
    step_state = fields.Char(compute="_compute_steps")
    step_words = fields.Char(compute="_compute_steps")
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
    state = fields.Selection(related="provider_id.state")
    is_published = fields.Boolean(related="provider_id.is_published")

    # === COMPUTES === #

    @api.depends("provider_id")
    def _compute_display_name(self):
        for setup in self:
            setup.display_name = self.env._("Cards of %s", setup.company_id.name)

    @api.depends("step", "provider_id")
    def _compute_steps(self):
        for setup in self:
            rows = setup.provider_id._stripe_get_steps() if setup.provider_id else []
            here = next((one for one in rows if one["key"] == setup.step), {})
            setup.step_state, setup.step_words = here.get("state"), here.get("words")
            item = Markup('<li class="mb-3 d-flex gap-2"><i class="fa {icon} mt-1" aria-hidden="true"></i>'
                          "<div><div class='{here}'>{name}</div><div class='text-muted'>{words}</div></div></li>")  # fmt: skip
            items = [
                item.format(
                    icon=ICONS[row["state"]],
                    here="fw-bold" if row == here else "",
                    **{name: row[name] for name in ("name", "words")},
                )  # fmt: skip
                for row in rows
            ]
            setup.steps = Markup('<ol class="list-unstyled mb-0">%s</ol>') % Markup("").join(items)

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
                self.invalidate_recordset(["steps", "step_state", "step_words"])
                return
            if self.provider_id.state == "disabled":
                self.provider_id.state = "test"
            self.provider_id._stripe_ensure_books()
        elif self.step in ("webhook", "books") and self.step_state != "done":
            raise UserError(self.step_words)
        self.step = STEPS[min(STEPS.index(self.step) + 1, len(STEPS) - 1)]

    def action_back(self):
        """Button: the step before."""
        self.ensure_one()
        self.step = STEPS[max(STEPS.index(self.step) - 1, 0)]

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

    def action_open_provider(self):
        """Button: all settings."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "payment.provider",
            "res_id": self.provider_id.id,
            "view_mode": "form",
        }

    # === HELPERS === #

    def _open(self):
        """:return: the action that shows the first step which is not done"""
        self.ensure_one()
        open_steps = [step["key"] for step in self.provider_id._stripe_get_steps() if step["state"] != "done"]
        self.step = open_steps[0] if open_steps else "live"
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Set up cards"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "current",
        }
