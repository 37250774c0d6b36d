from odoo import Command, api, models
from odoo.api import NewId
from odoo.exceptions import UserError


class SireNamedDocuments(models.AbstractModel):
    """Rows that people make and keep, and that name documents. Whoever may read the row is told what the ORM reads of them as
    the system, such as their names, and a refusal of what is another company's says them as well: so whoever names a document,
    on the form or over JSON-2, has to be somebody who may read it.

    What is looked at is what is given: values, and defaults. A model of the host's says in `_sire_named` which fields, and lets
    pass what is of one's own companies. What a row names already is not asked for again: who changes one need not know all of it.

    A form that nobody keeps inherits `sire.document.wizard`, which looks at what its fields hold once they are written.
    """

    _name = "sire.named.documents"
    _description = "Row that Names Documents"

    _sire_named = None  # names of fields; all that name anything when None

    @api.model_create_multi
    def create(self, vals_list):
        self._sire_check_given(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._sire_check_named(vals)
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        """Override of `web`: what is not saved yet is read, too."""
        self._sire_check_named(values if field_names else self._sire_with_defaults(values))
        return super().onchange(values, field_names, fields_spec)

    def _sire_check_given(self, vals_list):
        """To be called at once where a model of the host's makes more than its own row.

        :raise AccessError: when one of the documents in what is created may not be read
        """
        for vals in () if self.env.su else vals_list:
            self._sire_check_named(self._sire_with_defaults(vals))

    def _sire_with_defaults(self, vals):
        rows = [name for name, field in self._fields.items() if self._sire_holds_rows(field)]
        return self.default_get([name for name in {*self._sire_get_naming(), *rows} if name not in vals]) | vals

    def _sire_get_naming(self):
        """:return: names of the fields that are looked at"""
        return self._sire_named or [name for name, field in self._fields.items() if field.relational]

    def _sire_holds_rows(self, field):
        """:return: whether rows that name documents can be given in this field: they are read before they are saved"""
        return field.type in ("one2many", "many2many") and hasattr(self.env[field.comodel_name], "_sire_check_named")

    def _sire_check_named(self, vals):
        """What a row names already is not asked for again: a form sends all of it.

        :param dict vals: as ``write`` gets them
        :raise AccessError: when one of the documents may not be read
        :raise UserError: for what is no number of a record: the database would take "5" for 5, and we would not
        """
        if self.env.su:
            return
        naming = self._sire_get_naming()
        for field in (self._fields[name] for name in vals if name in self._fields):
            if self._sire_holds_rows(field):
                self._sire_check_rows(field, vals[field.name])
            if field.name not in naming:
                continue
            named = self._sire_get_linked(field, vals[field.name])
            # sudo: who changes a row need not know all that it names by now
            for row_sudo in self.sudo() if len(self) == 1 else ():
                named -= row_sudo[field.name]
            if self._sire_named:
                # What the host works out, a form sends back: a colleague's order, say. Here companies alone are kept apart.
                named = named.filtered(lambda document: document.sudo().company_id - self.env.companies)
            if named:  # of none the model would be asked about
                named.check_access("read")

    def _sire_check_rows(self, field, value):
        """Look into the rows of rows, too, which a form has not saved."""
        rows = self.env[field.comodel_name]
        for command in value if isinstance(value, (list, tuple)) else ():
            if isinstance(command, dict):
                rows._sire_check_named(rows._sire_with_defaults(command))
            elif isinstance(command, (list, tuple)) and len(command) > 2 and isinstance(command[2], dict):
                if command[0] == Command.CREATE:
                    rows._sire_check_named(rows._sire_with_defaults(command[2]))
                elif command[0] == Command.UPDATE:
                    rows.browse(self._sire_to_number(field, command[1]))._sire_check_named(command[2])

    def _sire_get_linked(self, field, value):
        """:return: those that exist already; what is no value of this field is left to the host to refuse"""
        documents = self.env[field.comodel_name]
        if field.type == "many2one":
            if not isinstance(value, (models.BaseModel, tuple, dict)):
                value = self._sire_to_number(field, value)
            return documents.browse(field.convert_to_cache(value, self, validate=False) or ())._origin
        found = set()
        for command in value if isinstance(value, (list, tuple)) else ():
            if isinstance(command, dict):
                continue
            if not isinstance(command, (list, tuple)):
                found.add(self._sire_to_number(field, command))
            elif len(command) > 1 and command[0] == Command.LINK:
                found.add(self._sire_to_number(field, command[1]))
            elif len(command) > 2 and command[0] == Command.SET:
                found.update(self._sire_to_number(field, number) for number in command[2] or ())
        return documents.browse(found - {None})._origin

    def _sire_to_number(self, field, value):
        """:return: the number of a record as the ORM has them, or None"""
        if not value:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, NewId)):
            raise UserError(self.env._("%s: give the number of a record.", field.string))
        return value
