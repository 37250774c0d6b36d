from odoo import api, fields, models


class SireProviderSetup(models.AbstractModel):
    """The way through the set-up of a provider, step by step. It keeps nothing: what is typed goes to the provider.

    So it can be left and taken up again, and no secret is in a second place. Each set-up has a field ``step``, a selection
    of its steps in their order, of which the last is ``live``.
    """

    _name = "sire.provider.setup"
    _description = "Set-up of a Provider"

    provider_id = fields.Many2one("payment.provider", required=True, readonly=True)
    company_id = fields.Many2one(related="provider_id.company_id")
    steps = fields.Json(compute="_compute_steps")
    step_state = fields.Char(compute="_compute_steps")
    step_words = fields.Char(compute="_compute_steps")
    state = fields.Selection(related="provider_id.state")
    is_published = fields.Boolean(related="provider_id.is_published")

    # === COMPUTES === #

    @api.depends(lambda self: ("provider_id", "step") if "step" in self._fields else ("provider_id",))
    def _compute_steps(self):
        for setup in self:
            setup.steps = setup._get_steps() if setup.provider_id else []
            here = next((one for one in setup.steps if one["key"] == setup.step), {})
            setup.step_state, setup.step_words = here.get("state"), here.get("words")

    # === ACTIONS === #

    def action_back(self):
        """Button: the step before."""
        self.ensure_one()
        self._go(-1)

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

    def _get_steps(self):
        """To be overridden: how each step stands.

        :return: dicts with ``key``, ``name``, ``state`` and ``words``, in their order
        :rtype: list[dict]
        """
        raise NotImplementedError

    def _open(self):
        """:return: the action that shows the first step which is not done"""
        self.ensure_one()
        self.step = next((step["key"] for step in self._get_steps() if step["state"] in ("open", "fault")), "live")
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "current",
        }

    def _go(self, by):
        """Go some steps on, or back below zero, and not past the ends."""
        keys = self._fields["step"].get_values(self.env)
        self.step = keys[max(0, min(keys.index(self.step) + by, len(keys) - 1))]
