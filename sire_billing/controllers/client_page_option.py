"""Optional lines on the client page: what is ticked, and what it costs then."""

from odoo.exceptions import UserError

MAX_OPTIONS = 500


def read_options(params):
    """:return: ids of the lines that are ticked in a form, whatever else was sent; they are checked by :class:`ClientPage`"""
    names = [key.removeprefix("option-") for key in params if key.startswith("option-")]
    return [int(name) for name in names[:MAX_OPTIONS] if name.isascii() and name.isdigit() and len(name) < 10]


class ClientPageOption:
    """Mixed into the page."""

    def read_choice(self, typed):
        """:return: the options of this quotation that are ticked"""
        wanted = set(typed.get("options", ()))
        return self.get_options().filtered(lambda line: line.id in wanted)

    def get_options(self):
        return self.order._sire_get_options()

    def get_totals(self, document):
        """:return: the host's ``tax_totals`` of a document; of a quotation that can be approved, with what is ticked"""
        if self.state == "open" and self.chosen:
            return document._sire_get_totals(self.chosen)
        return document.tax_totals

    def get_total(self, document):
        if self.state == "open" and self.chosen:
            return self.get_totals(document)["total_amount_currency"]
        return document.amount_total

    def get_digest(self):
        """:return: of what this page shows, with what is ticked"""
        return self.order._sire_offer_digest(self.chosen)

    def check_choice(self, values):
        """:raise UserError: when the lines are those that the client saw, and the total was of another choice: it is
        shown then"""
        seen = values["content"] == self.order._sire_digest()
        if self.state == "open" and self.get_options() and seen and values["digest"] != self.get_digest():
            raise UserError(
                self.env._(
                    "With what you ticked the total is %s. Check it, and press Approve once more.",
                    self.money(self.get_total(self.order)),
                )
            )

    def say_choice(self):
        """Say what the big amount covers."""
        if self.state == "open" and self.chosen:
            return self.env._("with what you ticked: %s", ", ".join(self.describe(line)[0] for line in self.chosen))
        return self.env._("without the options; tick above what you want to add")
