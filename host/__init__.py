"""Gets and starts Odoo, PostgreSQL and Chromium; knows nothing of the modules' insides.

Everything that runs before the private virtual environment exists uses the standard library alone.
"""
