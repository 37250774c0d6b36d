"""What installing the module sets up beside its own records."""


def pre_init_hook(env):
    """Switch Swahili on before the module's texts are loaded, so that they come in both languages."""
    env["res.lang"]._activate_lang("sw")


def post_init_hook(env):
    """Write money and dates as people in Kenya do, where the main company is in Kenya."""
    env["res.company"]._sire_apply_kenyan_formats()
