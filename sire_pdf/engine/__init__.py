"""The print server: a program of its own that owns one headless Chromium. Nothing here imports Odoo.

``client`` is what Odoo's workers use; ``server`` is what they start.
"""
