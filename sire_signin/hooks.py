"""What installing the module sets up beside its own records."""

from .const import GOOGLE_TOKENINFO, PASSWORD_PLACE

HOST_ATTEMPTS = "10"  # what the host writes at its own installation


def post_init_hook(env):
    """Offer no sign-in that nobody asked for, wait after five attempts, and ask Google for whom a token was made."""
    odoo = env.ref("auth_oauth.provider_openerp", raise_if_not_found=False)
    if odoo:
        odoo.enabled = False  # the host shows "Sign in with Odoo.com" as soon as its module is installed
    params = env["ir.config_parameter"]
    if params.get_param("base.login_cooldown_after") == HOST_ATTEMPTS:
        params.set_param("base.login_cooldown_after", str(PASSWORD_PLACE.free))
    # strangers do not make themselves accounts: a client's page needs none, and colleagues are invited
    params.set_param("auth_signup.invitation_scope", "b2b")
    google = env.ref("auth_oauth.provider_google", raise_if_not_found=False)
    if google and google.validation_endpoint != GOOGLE_TOKENINFO:
        # tokeninfo says the audience of a token, the host's userinfo does not
        google.write({"data_endpoint": google.validation_endpoint, "validation_endpoint": GOOGLE_TOKENINFO})
