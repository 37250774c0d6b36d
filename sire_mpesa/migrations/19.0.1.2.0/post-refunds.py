"""Payments by M-Pesa can be refunded where there is an initiator."""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

from odoo.addons.sire_mpesa.hooks import allow_refunds


def migrate(cr, version):
    """:param str version: the version that the database had; None on a fresh installation"""
    if not version:
        return
    cr.execute(SQL("UPDATE sire_mpesa_receipt SET reversed_amount = amount WHERE state = 'reversed'"))
    allow_refunds(api.Environment(cr, SUPERUSER_ID, {}))
