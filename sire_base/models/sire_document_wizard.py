from odoo import api, models


class SireDocumentWizard(models.AbstractModel):
    """A form of ours about documents. It shows what they say, which the ORM reads and stores as the system: so whoever
    names a document, with the button or over JSON-2, has to be somebody who may read it.

    Unlike `sire.named.documents`, which looks at what is new in values before they are written, this looks at all that
    the written fields then hold, through paths and worked out or not.
    """

    _name = "sire.document.wizard"
    _description = "Form about a Document"

    _sire_documents = ("move_id",)  # fields, or paths of them where the lines of a form name the documents

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        wizards._sire_check_documents()
        return wizards

    def write(self, vals):
        result = super().write(vals)
        self._sire_check_documents(vals)
        return result

    def onchange(self, values, field_names, fields_spec):
        """Override of `web`: a form that is not saved yet shows the names of what it is about, too."""
        names = {path.partition(".")[0] for path in self._sire_documents}
        named = {name: values[name] for name in names & values.keys()}
        if not field_names:  # the first call, which takes the defaults
            named = self.default_get(list(names - named.keys())) | named
        self.new({name: named[name] for name in names & named.keys()})._sire_check_documents(named)
        return super().onchange(values, field_names, fields_spec)

    def _sire_check_documents(self, names=None):
        """:param names: the fields that were written; all when None
        :raise AccessError: when one may not be read
        """
        for path in self._sire_documents:
            if names is None or path.partition(".")[0] in names:
                self.mapped(path)._origin.check_access("read")
