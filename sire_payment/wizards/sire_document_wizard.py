from odoo import api, models


class SireDocumentWizard(models.AbstractModel):
    """A form of ours about one document. It shows what the document says, which the ORM reads and stores as the system: so
    whoever names a document, with the button or over JSON-2, has to be somebody who may read it.
    """

    _name = "sire.document.wizard"
    _description = "Form about a Document"

    _sire_document = "move_id"  # the field

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        wizards[self._sire_document].check_access("read")
        return wizards

    def write(self, vals):
        result = super().write(vals)
        if self._sire_document in vals:
            self[self._sire_document].check_access("read")
        return result
