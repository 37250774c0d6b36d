from odoo.addons.payment import reset_payment_provider, setup_provider


def post_init_hook(env):
    """One provider a company, and a journal that its money arrives in."""
    setup_provider(env, "mpesa")
    env["payment.provider"].search([("code", "=", "mpesa")])._mpesa_ensure_journal()


def uninstall_hook(env):
    reset_payment_provider(env, "mpesa")
