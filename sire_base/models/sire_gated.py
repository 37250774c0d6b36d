from odoo import api, models


class SireGated(models.AbstractModel):
    """Rows that only our own methods write: nobody else makes, changes or deletes one, whatever their rights."""

    _name = "sire.gated"
    _description = "Written by its Own Methods Alone"

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_gate()
        return super().create(vals_list)

    def write(self, vals):
        self._check_gate()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._check_gate()

    # === HELPERS === #

    def _check_gate(self):
        """To be overridden: each module has a gate of its own, and a sentence for whoever stands before it.

        :raise UserError: unless the gate is open; or an AccessError
        """
        raise NotImplementedError
