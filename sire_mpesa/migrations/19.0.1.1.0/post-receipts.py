"""The ledger of money seen begins with what was paid before there was one."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """:param str version: the version that the database had; None on a fresh installation"""
    if version:
        api.Environment(cr, SUPERUSER_ID, {})["payment.transaction"]._mpesa_make_earlier_receipts()
