"""Tables, functions and triggers."""

from pathlib import Path

from odoo.tools import SQL
from odoo.tools.json import scriptsafe as json

TABLES = ("sire_audit_entry", "sire_audit_checkpoint", "sire_audit_erasure")
SOURCE = (Path(__file__).parent / "schema.sql").read_text(encoding="utf-8")


def install(cr):
    """Make the log's tables and guards, or bring them up to date.

    :param cr: any cursor
    """
    cr.execute(SQL(SOURCE))


def array(names):
    """:return: names as PostgreSQL writes an array of texts"""
    return "{%s}" % ",".join(f'"{name}"' for name in names)


def row_trigger(model, watch, columns, secret):
    """:return: the arguments of the trigger of a watched table

    :param columns: those that are there, of those that the declaration names
    """
    parent = watch.get("parent") or ("", "")
    return (
        model,
        watch["kind"],
        array(columns),
        array(name for name in watch["personal"] if name in columns),
        array(name for name in columns if name in secret),
        json.dumps([list(mark) for mark in watch["marks"] if mark[0] in columns]),
        watch["name"] or "",
        parent[0],
        parent[1],
        watch["quiet"],
        array(watch["by_sql"]),
    )


def installed(cr):
    """:return: ``{(table, trigger): (arguments, letter of PostgreSQL for "enabled", whether updates fire it)}``"""
    cr.execute(
        SQL(
            """SELECT c.relname, t.tgname, encode(t.tgargs, 'escape'), t.tgenabled, t.tgtype & 16 > 0
                 FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
                 JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
                WHERE t.tgname = ANY(%s)""",
            ["sire_audit_row", "sire_audit_change", "sire_audit_link", "sire_audit_truncated"],
        )
    )
    return {(table, name): tuple(rest) for table, name, *rest in cr.fetchall()}


def watch(cr, wanted):
    """Put triggers on tables; those that are right already are left alone.

    A change fires its trigger only when a watched column has another value: the executor compares, which costs a hundredth of
    what a function does.

    :param dict wanted: ``{(table, "sire_audit_row" or "sire_audit_link"): (arguments, watched columns)}``
    :return: the tables that were touched
    """
    there = installed(cr)
    touched = []
    for (table, name), (args, columns) in wanted.items():
        text = "".join(f"{_escaped(arg)}\\000" for arg in args)
        right = {(table, name): (text, "A", name == "sire_audit_link")}
        if name == "sire_audit_row":
            right[table, "sire_audit_change"] = (text, "A", True)
        if all(there.get(key) == value for key, value in right.items()):
            continue
        touched.append(table)
        if name == "sire_audit_link":
            _trigger(cr, table, name, "AFTER INSERT OR UPDATE OR DELETE", "", name, args)
        else:
            changed = SQL(" OR ").join(
                SQL("OLD.%(column)s IS DISTINCT FROM NEW.%(column)s", column=SQL.identifier(column))
                for column in columns
            )
            _trigger(cr, table, name, "AFTER INSERT OR DELETE", "", name, args)
            _trigger(cr, table, "sire_audit_change", "AFTER UPDATE", SQL("WHEN (%s)", changed), name, args)
        _trigger(cr, table, "sire_audit_truncated", "AFTER TRUNCATE", "", "sire_audit_truncated", args[:1], "STATEMENT")
    return touched


def relax(cr, tables):
    """While columns are changed or dropped, the trigger must not name them: it fires for every change then, and compares itself.

    :param tables: names; those that are not watched are passed over
    """
    cr.execute(
        SQL(
            """SELECT c.relname, string_to_array(encode(t.tgargs, 'escape'), '\\000') FROM pg_trigger t
                 JOIN pg_class c ON c.oid = t.tgrelid
                 JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
                WHERE t.tgname = 'sire_audit_change' AND c.relname = ANY(%s)""",
            list(tables),
        )
    )
    for table, args in cr.fetchall():
        cr.execute(SQL("DROP TRIGGER sire_audit_change ON %s", SQL.identifier(table)))
        _trigger(cr, table, "sire_audit_row", "AFTER INSERT OR UPDATE OR DELETE", "", "sire_audit_row", args[:-1])


def _trigger(cr, table, name, when, condition, function, args, level="ROW"):
    cr.execute(
        SQL(
            "CREATE OR REPLACE TRIGGER %s %s ON %s FOR EACH %s %s EXECUTE FUNCTION %s(%s)",
            SQL.identifier(name),
            SQL(when),
            SQL.identifier(table),
            SQL(level),
            condition or SQL(),
            SQL.identifier(function),
            SQL(", ").join(SQL("%s", arg) for arg in args),
        )
    )
    cr.execute(SQL("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s", SQL.identifier(table), SQL.identifier(name)))


def _escaped(arg):
    """As ``encode(…, 'escape')`` shows it: a backslash doubled, bytes above 127 in octal."""
    return "".join("\\\\" if byte == 92 else chr(byte) if byte < 128 else f"\\{byte:03o}" for byte in arg.encode())
