"""What happens once, when the module is installed."""


def post_init_hook(env):
    """Write the numbers of clients who are there already as E.164, so that they are found and can pay."""
    for partner in (
        env["res.partner"].with_context(active_test=False, tracking_disable=True).search([("phone", "!=", False)])
    ):
        if partner.phone != partner._sire_normalise_phone(partner.phone, partner._sire_phone_country()):
            partner.write({"phone": partner.phone})
