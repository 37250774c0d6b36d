"""A dozen clients."""

from odoo.fields import Command

from ..story.clients import CLIENTS
from .common import remember

TERMS = {
    0: "account.account_payment_term_immediate",
    15: "account.account_payment_term_15days",
    30: "account.account_payment_term_30days",
}


def build(env):
    """Make the client organisations and the person who signs for each.

    :return: organisations by their key in the story
    :rtype: dict[str, res.partner]
    """
    kenya = env.ref("base.ke")
    partners = {}
    for client in CLIENTS:
        partner = env["res.partner"].create(
            {
                "name": client.name,
                "is_company": True,
                "street": client.street,
                "city": client.city,
                "zip": client.zip,
                "country_id": kenya.id,
                "phone": client.phone,
                "sire_whatsapp": client.phone,
                "email": f"accounts@{client.domain}",
                "website": f"https://{client.domain}",
                "vat": client.kra_pin,
                "lang": "en_US",
                "tz": "Africa/Nairobi",
                "customer_rank": 1,
                "property_payment_term_id": env.ref(TERMS[client.term_days]).id,
                "child_ids": [
                    Command.create(
                        {
                            "name": client.contact,
                            "function": client.job,
                            "type": "contact",
                            "email": f"{client.contact.split()[-1].lower()}@{client.domain}",
                            "lang": "en_US",
                        }
                    )
                ],
            }
        )
        partners[client.key] = remember(env, f"client_{client.key}", partner)
    return partners
