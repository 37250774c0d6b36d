import logging

from odoo import models

from ..engine.schema import TABLES

_logger = logging.getLogger(__name__)


class IrModel(models.Model):
    _inherit = "ir.model"

    def _drop_table(self):
        """Override of `base`: the tables of the log outlive the module, whichever way it is taken out."""
        kept = self.filtered(lambda model: model.model.replace(".", "_") in TABLES)
        for model in kept:
            _logger.warning("The audit log stays: table of %s is not dropped", model.model)
        return super(IrModel, self - kept)._drop_table()
