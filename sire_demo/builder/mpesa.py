"""The M-Pesa provider, ready for the sandbox."""

import base64
import os

from odoo.tools import file_open

from odoo.addons.sire_mpesa.utils import Sighting

from ..const import SANDBOX_DEFAULT_URL, SANDBOX_INITIATOR, SANDBOX_MPESA, SANDBOX_VARIABLE
from .common import moment, remember


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


def write_ledger(env):
    """Write down the receipts of the year's prompts, and one payment to the pay bill that nobody can place yet."""
    env["payment.transaction"]._mpesa_make_earlier_receipts()
    provider = env.ref("sire_demo.provider_mpesa")
    unplaced = Sighting(
        number="UKJ4WIFI07",
        amount=15000.0,
        source="c2b",
        kind="paybill",
        paid_at=moment(-2, 10, 24),
        phone="2547****204",
        name="NJOKI",
        reference="WIFI",
    )
    env["sire.mpesa.receipt"]._take(provider, unplaced)
    # From now on Safaricom is asked: the payments above were never in the sandbox's books.
    with file_open("sire_demo/builder/sandbox.cer", "rb", filter_ext=(".cer",)) as certificate:
        content = base64.b64encode(certificate.read())
    provider.write({**SANDBOX_INITIATOR, "mpesa_initiator_certificate": content})
