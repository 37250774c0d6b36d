"""The ledger of money seen begins with what was paid before there was one, and open invoices get an account to type."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """:param str version: the version that the database had; None on a fresh installation"""
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["payment.transaction"]._mpesa_make_earlier_receipts()
    domain = [("move_type", "in", ("out_invoice", "out_receipt")), ("posted_before", "=", True)]
    env["account.move"].search([*domain, ("mpesa_reference", "=", False)])._mpesa_set_references()
