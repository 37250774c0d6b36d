"""The gate of what Stripe reported: what only our own methods may write."""

from odoo.exceptions import AccessError

from odoo.addons.sire_base.utils.gate import Gate

GATE = Gate("stripe_gate")

opened = GATE.opened


def check(env):
    """:raise AccessError: unless our own methods are at work"""
    if not GATE.is_open(env):
        raise AccessError(env._("What Stripe reported is written by the system alone."))
