import functools

from odoo import api, fields, models, tools

from odoo.addons.sire_access.utils import passage


class SireAccessGate(models.Model):
    """Where a permission is asked for: records of a model, a method, a value that is written.

    Modules declare the gates of their models as data. Several gates before one thing: any of their permissions opens it.
    """

    _name = "sire.access.gate"
    _description = "Gate of a permission"
    _order = "model, id"

    permission_id = fields.Many2one("sire.access.permission", required=True, index=True, ondelete="cascade")
    model = fields.Char(required=True, index=True)
    operations = fields.Char(help="On records: r, w, c, u. Empty: those of the permission's action.")
    domain = fields.Char(help="On which records; empty: all. Records outside of every gate are as in the host.")
    own_domain = fields.Char(help="Which of them are a user's own.")
    method = fields.Char(help="Instead of records: the method that needs the permission.")
    field = fields.Char(help="Instead of records: the field whose writing needs the permission.")
    value = fields.Char(help="Only this value of the field.")

    @api.model_create_multi
    def create(self, vals_list):
        gates = super().create(vals_list)
        self._sire_rebuild()
        return gates

    def write(self, vals):
        result = super().write(vals)
        self._sire_rebuild()
        return result

    def unlink(self):
        result = super().unlink()
        self._sire_rebuild()
        return result

    def _sire_rebuild(self):
        self.env.registry.clear_cache()
        if self.pool.ready:
            self._register_hook()
            self.pool.registry_invalidated = True

    # === THE MAP ===#

    @tools.ormcache()
    def _sire_map(self):
        """:return: ``(records, methods, fields)``:
        model → ((operations, permission, domain, own domain), …);
        model → {method: ((permission, own domain), …)};
        model → {field: ((value or None, permission, own domain), …)}
        """
        records, methods, values = {}, {}, {}
        gates_sudo = self.sudo().search([("model", "!=", False)])  # sudo: the structure is no secret of anybody
        own = {}
        for gate in gates_sudo.filtered("own_domain"):
            own.setdefault((gate.model, gate.permission_id.resource_id.id), gate.own_domain)
        for gate in gates_sudo:
            permission = gate.permission_id
            own_domain = gate.own_domain or own.get((gate.model, permission.resource_id.id))
            if gate.method:
                doors = methods.setdefault(gate.model, {})
                doors[gate.method] = (*doors.get(gate.method, ()), (permission.code, own_domain))
            elif gate.field:
                doors = values.setdefault(gate.model, {})
                doors[gate.field] = (*doors.get(gate.field, ()), (gate.value or None, permission.code, own_domain))
            else:
                operations = gate.operations or permission.action_id.operations or "rwcu"
                line = (operations, permission.code, gate.domain or None, own_domain)
                records[gate.model] = (*records.get(gate.model, ()), line)
        return records, methods, values

    def _sire_lines(self, model_name, mode):
        """:return: the gates before an operation on records: ``(permission, domain, own domain)``"""
        lines = self._sire_map()[0].get(model_name, ())
        return [line[1:] for line in lines if mode[0] in line[0]]

    @api.model
    def _sire_own_domain(self, model_name, permission):
        """:return: which records of a model are own ones for this permission, or None"""
        _records, methods, values = self._sire_map()
        doors = [door for many in methods.get(model_name, {}).values() for door in many]
        doors += [door[1:] for many in values.get(model_name, {}).values() for door in many]
        own = [own_domain for code, own_domain in doors if code == permission.code]
        return own[0] if own else next((line[3] for line in self._sire_map()[0].get(model_name, ()) if line[3]), None)

    # === METHODS ===#

    def _register_hook(self):
        """Put the gates before the methods, as the host's automation rules do.

        The registry's class gets a wrapper, so whoever calls meets it: a button, JSON-2, a server action, another method.
        """
        result = super()._register_hook()
        for model_name, methods in self._sire_map()[1].items():
            if model_name not in self.env.registry:
                continue
            model_class = self.env.registry[model_name]
            for name in methods:
                method = getattr(model_class, name, None)
                if method is not None and not hasattr(method, "sire_gate"):
                    setattr(model_class, name, _gated(model_class, model_name, name, method))
            for name in ("create", "write", "unlink"):
                method = getattr(model_class, name)
                if not hasattr(method, "sire_gate"):
                    setattr(model_class, name, _carried(model_class, name, method))
        return result


def _under(model_class, name, found):
    """:return: function of a record: what its method was before we came. Looked up again where nobody else patched it,
    because a module that is loaded later may have extended it.
    """
    if name in vars(model_class):
        return found.__get__
    return lambda self: getattr(super(model_class, self), name)


def _carried(model_class, name, found):
    """Writing is checked by itself; what the host calls on its way is a step of it."""
    under = _under(model_class, name, found)

    @functools.wraps(found)
    def carry(self, *args, **kwargs):
        with passage.writing():
            return under(self)(*args, **kwargs)

    carry.sire_gate = True
    return carry


def _gated(model_class, model_name, name, found):
    under = _under(model_class, name, found)

    @functools.wraps(found)
    def gate(self, *args, **kwargs):
        method = under(self)
        if self.env.su or passage.may_call() or self.env.user._sire_is_unlimited():
            return method(*args, **kwargs)
        doors = self.env["sire.access.gate"]._sire_map()[1].get(model_name, {}).get(name)
        if not doors:
            return method(*args, **kwargs)
        self.env.user._sire_check_doors(self, doors)
        with passage.acting():
            return method(*args, **kwargs)

    gate.sire_gate = True
    return gate
