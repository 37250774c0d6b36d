from contextlib import contextmanager

from lxml import html

from odoo import api, models

CREATE = "sire_if_create"
ONLY_READ = "sire_unless_create"


class Base(models.AbstractModel):
    """Empty lists say what to do to whoever can do it, and what comes by itself to everybody else."""

    _inherit = "base"

    @contextmanager
    def _sire_writes_sql(self):
        """Rows that we write by SQL, where the ORM cannot, are written inside this: `sire_audit` says whose they are."""
        yield

    @api.model
    def get_empty_list_help(self, help_message):
        """Override of `web`: leave out what is not meant for the reader.

        In the help of an action, an element of class ``sire_if_create`` is for who may create such records, one of class
        ``sire_unless_create`` for who may not. Actions are read in superuser mode; the user counts.
        """
        help_message = super().get_empty_list_help(help_message)
        if not help_message or not (CREATE in help_message or ONLY_READ in help_message):
            return help_message
        left_out = ONLY_READ if self.sudo(False).has_access("create") else CREATE
        tree = html.fragment_fromstring(help_message, create_parent="div")
        for element in tree.find_class(left_out):
            element.drop_tree()
        return "".join(html.tostring(child, encoding="unicode") for child in tree)
