from odoo.addons.payment import reset_payment_provider, setup_provider


def post_init_hook(env):
    """One provider a company, a journal that its money arrives in, and an account to type for each invoice."""
    setup_provider(env, "mpesa")
    env["payment.provider"].search([("code", "=", "mpesa")])._mpesa_ensure_journal()
    env["account.move"].search(
        [("move_type", "in", ("out_invoice", "out_receipt")), ("posted_before", "=", True)]
    )._mpesa_set_references()
    allow_refunds(env)


def allow_refunds(env):
    """The host's payment method says that M-Pesa cannot be refunded. With an initiator it can, so the provider decides."""
    env.ref("payment.payment_method_mpesa").support_refund = "partial"


def uninstall_hook(env):
    reset_payment_provider(env, "mpesa")
    env.ref("payment.payment_method_mpesa").support_refund = "none"
