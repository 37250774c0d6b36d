from contextlib import contextmanager

from lxml.builder import E

from odoo import api, models

from ..engine import schema
from ..engine.actor import at_work, through
from ..engine.watching import is_watched, touches_links, watches


class Base(models.AbstractModel):
    """Tells the database who writes when rows of watched tables change; the entry itself is written by the table's trigger."""

    _inherit = "base"

    def _write_multi(self, vals_list):
        if not self or not watches(self, vals_list):
            return super()._write_multi(vals_list)
        with at_work(self.env, su=not self._sire_audit_by_superuser().isdisjoint(self._ids)):
            return super()._write_multi(vals_list)

    def _create(self, data_list):
        if not is_watched(self):
            return super()._create(data_list)
        with at_work(self.env):
            return super()._create(data_list)

    @contextmanager
    def _sire_writes_sql(self):
        with super()._sire_writes_sql(), at_work(self.env):
            yield

    def _sire_audit_by_superuser(self):
        """:return: ids of this model that were written with superuser rights and may not have reached the table yet"""
        return self.env.cr.precommit.data.setdefault(f"sire_audit.{self._name}", set())

    def write(self, vals):
        if self.env.su and self and is_watched(self):
            self._sire_audit_by_superuser().update(self._ids)
        if not self or not touches_links(self, vals):
            return super().write(vals)
        with at_work(self.env):
            return super().write(vals)

    def unlink(self):
        if not self or not is_watched(self):
            return super().unlink()
        with at_work(self.env):
            return super().unlink()

    def _auto_init(self):
        """Override of `base`: a column may change its type although its table is watched; see `_register_hook` of the entry."""
        if is_watched(self) and self._auto:
            schema.relax(self.env.cr, [self._table])
        return super()._auto_init()

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Override of `web`: forms of what is watched lead readers of the log to its history."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form" and is_watched(self):
            for box in arch.xpath("//sheet//div[@name='button_box']")[:1]:
                box.append(
                    E.button(
                        name="%d" % self.env.ref("sire_audit.action_sire_audit_history").id,
                        type="action",
                        string=self.env._("History"),
                        icon="fa-history",
                        groups="sire_audit.group_audit_reader",
                        invisible="not id",
                        **{"class": "oe_stat_button"},
                    )
                )
        return arch, view

    def export_data(self, fields_to_export):
        """Override of `base`: who took which data out."""
        result = super().export_data(fields_to_export)
        self.env["sire.audit.entry"]._log_output("export", self, ", ".join(map(str, fields_to_export)))
        return result

    def load(self, fields, data):
        """Override of `base`: what an import writes is said to come from an import."""
        with through("import", f"import of {self._name}"):
            return super().load(fields, data)
