from odoo.addons.payment import reset_payment_provider, setup_provider


def post_init_hook(env):
    """One provider a company, a journal that its money arrives in, and an account to type for each invoice."""
    setup_provider(env, "mpesa")
    env["payment.provider"].search([("code", "=", "mpesa")])._mpesa_ensure_journal()
    env["account.move"].search(
        [("move_type", "in", ("out_invoice", "out_receipt")), ("posted_before", "=", True)]
    )._mpesa_set_references()


def uninstall_hook(env):
    reset_payment_provider(env, "mpesa")
