from odoo.exceptions import AccessDenied


class TooManyAttempts(AccessDenied):
    """The attempt was not looked at: its login, number or address has to wait. The message says how long."""
