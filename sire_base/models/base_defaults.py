from odoo import api, models
from odoo.exceptions import UserError

from ..utils.gate import given

OURS = ("sire_", "mpesa_")


class Base(models.AbstractModel):
    """A default in the context is a value, too: whoever calls over JSON-2 sends one with what he creates."""

    _inherit = "base"

    @api.model_create_multi
    def create(self, vals_list):
        """What we keep on records and no form writes (read-only, stored, not worked out) is nobody's default.

        Wizards are left alone: there a default is how an action tells them what they are about. Our own methods create
        through a gate, which takes the caller's defaults away.
        """
        for name in () if self._transient else given(self, ()):
            field = self._fields.get(name) if name.startswith(OURS) else None
            if field and field.store and field.readonly and not field.compute:
                label = field._description_string(self.env)
                raise UserError(self.env._("“%s” is given by the system, never by whoever calls it.", label))
        return super().create(vals_list)
