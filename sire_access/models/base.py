from odoo import api, models
from odoo.exceptions import AccessError

from odoo.addons.sire_access.utils import passage


class Base(models.AbstractModel):
    """What is asked of every model: may this value be written, may these records leave as a file."""

    _inherit = "base"

    @api.model_create_multi
    def create(self, vals_list):
        if doors := self._sire_field_doors():
            # A default of the context is written too. Fields whose every value is gated (who is assigned) come with making.
            given = {name: self.env.context.get(f"default_{name}") for name in doors}
            doors = {name: [door for door in doors[name] if door[0]] for name in doors}
            for vals in vals_list:
                self._sire_check_values({**given, **vals}, doors)
        return super().create(vals_list)

    def write(self, vals):
        if doors := self._sire_field_doors():
            self._sire_check_values(vals, doors)
        return super().write(vals)

    def _sire_field_doors(self):
        if self.env.su or passage.may_write():
            return None
        doors = self.env["sire.access.gate"]._sire_map()[2].get(self._name)
        return doors if doors and not self.env.user._sire_is_unlimited() else None

    def _sire_check_values(self, vals, doors):
        """Writing a document's state by hand is the act that leads to it: who may not post writes no “posted”."""
        for name in doors.keys() & vals.keys():
            asked = [(permission, own) for value, permission, own in doors[name] if value in (None, vals[name])]
            if asked:
                self.env.user._sire_check_doors(self, asked)

    def export_data(self, fields_to_export):
        """Exporting is a permission of its own, and of every document that a column leads to."""
        user = self.env.user
        if not self.env.su and not user._sire_is_unlimited():
            for model in {self._name, *self._sire_models_of(fields_to_export)}:
                self._sire_check_export(model, self if model == self._name else self.env[model])
        return super().export_data(fields_to_export)

    def _sire_models_of(self, paths):
        """:return: names of the models that export columns such as ``order_line/product_id/name`` go through"""
        for path in paths:
            model = self
            for name in path.replace(".id", "/.id").replace(":id", "/id").split("/"):
                field = model._fields.get(name)
                if field is None or not field.comodel_name:
                    break
                model = self.env[field.comodel_name]
                yield model._name

    def _sire_check_export(self, model_name, records):
        lines = self.env["sire.access.gate"]._sire_lines(model_name, "read")
        permissions = {code.split(".")[0] + ".export" for code, _domain, _own in lines if code.endswith(".read")}
        user = self.env.user
        known = self.env["sire.access.permission"]._sire_needs()
        asked = sorted(permissions & known.keys())
        if not asked:
            return
        ticks = user._sire_ticks()
        scope = max((ticks.get(code) or "" for code in asked), key=("", "own", "all").index)
        if not scope:
            raise AccessError(user._sire_refusal(asked[0]))
        if scope == "own" and records:
            own = next((own for _code, _domain, own in lines if own), None)
            user._sire_check_doors(records, [(code, own) for code in asked])
