"""The code that a client gets by e-mail before approving, where it is asked for."""

from odoo.http import request


class ClientPageCode:
    """Mixed into the page."""

    def is_code_asked(self):
        return self.state == "open" and self.order.sire_approval_code

    def get_code_address(self):
        """:return: where the code went, hidden but for the ends; empty when none was sent"""
        return self.order._sire_get_code_address()

    def say_code(self):
        return self.env._(
            "We sent a code of six digits to %s. It works for ten minutes; look among the unwanted messages, too.",
            self.get_code_address(),
        )


def send_code(page, values):
    """Send a code, for a form whose button asks for it."""
    page.order._sire_send_code(request.httprequest.remote_addr)
