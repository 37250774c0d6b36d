"""What installing the module sets up beside its own records."""

from .const import GOOGLE_TOKENINFO


def post_init_hook(env):
    """Offer no sign-in that nobody asked for, and ask Google for whom a token was made."""
    odoo = env.ref("auth_oauth.provider_openerp", raise_if_not_found=False)
    if odoo:
        odoo.enabled = False  # the host shows "Sign in with Odoo.com" as soon as its module is installed
    google = env.ref("auth_oauth.provider_google", raise_if_not_found=False)
    if google:
        # tokeninfo says the audience of a token, the host's userinfo does not
        google.write({"data_endpoint": google.validation_endpoint, "validation_endpoint": GOOGLE_TOKENINFO})
