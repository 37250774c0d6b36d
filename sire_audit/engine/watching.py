"""Which tables are watched, and which of their columns: the host's by :mod:`const`, the others by ``_sire_audit``."""

from odoo.tools import SQL

from ..const import LINK_ENDS, SECRET, WATCHED
from . import schema

SEQUENCES = ("fields", "personal", "secret", "links", "marks", "by_sql")


def declared(model_class):
    """:param model_class: a class of the registry
    :return: the declaration that results from all that was said about the model, or None
    """
    said = [WATCHED[model_class._name]] if model_class._name in WATCHED else []
    said += [base.__dict__["_sire_audit"] for base in reversed(model_class.mro()) if base.__dict__.get("_sire_audit")]
    if not said:
        return None
    watch = {"kind": "record", "name": None, "parent": None, "quiet": "", "secrets": False}
    watch.update(dict.fromkeys(SEQUENCES, ()))
    for declaration in said:
        for key, value in declaration.items():
            # who comes later is more particular: its marks are tried first
            watch[key] = (*value, *watch[key]) if key in SEQUENCES else value
    return watch


def is_watched(model):
    """:return: whether rows of the model are watched; asked at every write, so it is quick"""
    return model._name in WATCHED or bool(getattr(type(model), "_sire_audit", None))


def watches(model, vals_list):
    """:return: whether one of these sets of columns has one that is watched: others fire no trigger"""
    if not is_watched(model):
        return False
    known = model.pool.__dict__.setdefault("_sire_audit_columns", {})
    if model._name not in known:
        known[model._name] = watched_columns(model, declared(type(model)))
    names = known[model._name]
    return any(not names.isdisjoint(vals) for vals in vals_list)


def watched_columns(model, watch):
    """:return: the names of the columns that matter, whether they are there or not"""
    names = dict.fromkeys(watch["fields"])
    if watch["secrets"]:
        names |= dict.fromkeys(field.name for field in model._fields.values() if is_secret(field, field.name))
    return names.keys()


def touches_links(model, names):
    """:return: whether a write of these fields changes a many2many table that is watched"""
    if model._name not in LINK_ENDS and not getattr(type(model), "_sire_audit", None):
        return False
    fields = model._fields
    return any(name in fields and fields[name].type == "many2many" for name in names)


def is_secret(field, name):
    """:return: whether the log must not say the value of a column"""
    return bool(SECRET.search(name) or (field and "base.group_system" in (field.groups or "")))


def triggers(env):
    """:return: ``{(table, trigger): arguments}``, as :func:`schema.watch` takes them"""
    watches = {name: watch for name in env.registry if (watch := declared(env.registry[name]))}
    columns = _columns(env.cr, [env[name]._table for name in watches])
    wanted = {}
    for name, watch in watches.items():
        model = env[name]
        there = columns.get(model._table)
        if model._abstract or model._transient or not there:
            continue
        fields = [name for name in watched_columns(model, watch) if name in there]
        secret = {name for name in fields if name in watch["secret"] or is_secret(model._fields.get(name), name)}
        if watch["parent"] and isinstance(watch["parent"], str):
            watch["parent"] = (model._fields[watch["parent"]].comodel_name, watch["parent"])
        wanted[model._table, "sire_audit_row"] = (schema.row_trigger(name, watch, fields, secret), fields)
        for link in watch["links"]:
            field = model._fields.get(link)
            if field is not None and field.type == "many2many" and field.store:
                args = (name, watch["kind"], field.column1, field.column2, link, watch["quiet"])
                wanted[field.relation, "sire_audit_link"] = (args, ())
    return wanted


def _columns(cr, tables):
    cr.execute(
        SQL(
            """SELECT c.relname, array_agg(a.attname::text) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                 JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
                WHERE c.relkind = 'r' AND c.relname = ANY(%s) AND a.attnum > 0 AND NOT a.attisdropped GROUP BY 1""",
            list(tables),
        )
    )
    return {table: set(names) for table, names in cr.fetchall()}
