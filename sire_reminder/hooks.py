def post_init_hook(env):
    """Each company gets its ladder; nothing is sent until somebody switches reminders on."""
    env["res.company"].search([])._sire_setup_reminders()
