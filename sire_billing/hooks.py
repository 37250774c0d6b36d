def post_init_hook(env):
    """Cash journals and receipts for the companies that have their chart already."""
    env["res.company"].search([])._sire_setup_cash()
