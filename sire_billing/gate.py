"""The gate of quotations, invoices, receipts and what belongs to them: what only our own methods may write."""

from odoo.addons.sire_base.utils.gate import Gate

GATE = Gate("sire_gate")

opened = GATE.opened
is_open = GATE.is_open
