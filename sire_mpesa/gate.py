"""The gate of what M-Pesa said and of the receipts: what only our own methods may write."""

from odoo.addons.sire_base.utils.gate import Gate

GATE = Gate("mpesa_gate")

opened = GATE.opened
is_open = GATE.is_open
