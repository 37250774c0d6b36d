"""The daily reminder of receipts becomes the hourly look at everything that needs a person."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """:param str version: the version that the database had; None on a fresh installation"""
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    if cron := env.ref("sire_mpesa.ir_cron_mpesa_alert", raise_if_not_found=False):
        cron.write(
            {
                "name": "M-Pesa: tell what needs a person",
                "model_id": env.ref("sire_mpesa.model_sire_mpesa_alert").id,
                "code": "model._cron_check()",
                "interval_number": 1,
                "interval_type": "hours",
            }
        )
