"""The M-Pesa provider, ready for the sandbox."""

import os

from ..const import SANDBOX_DEFAULT_URL, SANDBOX_MPESA, SANDBOX_VARIABLE
from .common import remember


def build(env):
    """Switch the company's M-Pesa provider on, with the sandbox's published credentials."""
    provider = env["payment.provider"].search([("code", "=", "mpesa"), ("company_id", "=", env.company.id)], limit=1)
    if not provider:
        provider = env.ref("sire_mpesa.payment_provider_mpesa").copy({"company_id": env.company.id})
    provider.write(
        {
            **SANDBOX_MPESA,
            "mpesa_base_url": (os.environ.get(SANDBOX_VARIABLE) or SANDBOX_DEFAULT_URL).rstrip("/"),
            "state": "test",
            "is_published": True,
        }
    )
    return remember(env, "provider_mpesa", provider)
