"""How the pages that need no account write amounts, days and telephones."""

from odoo.addons.sire_base.utils.phone import format_kenyan_phone
from odoo.addons.sire_payment.utils import format_money


def keep_together(text):
    """:return: the text with spaces at which no narrow line breaks"""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


class ClientPageFormat:
    """Mixed into what a page shows; ``company`` and ``currency`` are those of the page."""

    def money(self, amount, currency=None):
        return keep_together(format_money(amount, currency or self.currency))

    def date(self, day):
        return day.strftime("%d/%m/%Y") if day else ""

    def phone(self):
        return format_kenyan_phone(self.company.phone or "")

    def has_logo(self):
        return bool(self.company.logo) and not self.company.uses_default_logo
