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
        "1" if watch["quiet"] else "",
        array(watch["by_sql"]),
    )


def installed(cr):
    """:return: ``{(table, trigger): (arguments, "enabled" as PostgreSQL's letter)}`` of our triggers on watched tables"""
    cr.execute(
        SQL(
            """SELECT c.relname, t.tgname, encode(t.tgargs, 'escape'), t.tgenabled
                 FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
                 JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
                WHERE t.tgname IN ('sire_audit_row', 'sire_audit_link', 'sire_audit_truncated')"""
        )
    )
    return {(table, name): (args, enabled) for table, name, args, enabled in cr.fetchall()}


def watch(cr, wanted):
    """Put triggers on tables; those that are right already are left alone.

    :param dict wanted: ``{(table, "sire_audit_row" or "sire_audit_link"): arguments}``
    :return: the tables that were touched
    """
    there = installed(cr)
    touched = []
    for (table, name), args in wanted.items():
        args = tuple(args)
        text = "".join(f"{arg}\\000" for arg in (_escaped(arg) for arg in args))
        if there.get((table, name)) == (text, "A"):
            continue
        touched.append(table)
        cr.execute(
            SQL(
                """CREATE OR REPLACE TRIGGER %(name)s AFTER INSERT OR UPDATE OR DELETE ON %(table)s
                   FOR EACH ROW EXECUTE FUNCTION %(name)s(%(args)s)""",
                name=SQL.identifier(name),
                table=SQL.identifier(table),
                args=SQL(", ").join(SQL("%s", arg) for arg in args),
            )
        )
        cr.execute(
            SQL(
                """CREATE OR REPLACE TRIGGER sire_audit_truncated AFTER TRUNCATE ON %s
                   FOR EACH STATEMENT EXECUTE FUNCTION sire_audit_truncated(%s)""",
                SQL.identifier(table),
                args[0],
            )
        )
        for trigger in (name, "sire_audit_truncated"):
            cr.execute(SQL("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s", SQL.identifier(table), SQL.identifier(trigger)))
    return touched


def _escaped(arg):
    """As ``encode(…, 'escape')`` shows it: a backslash doubled, bytes above 127 in octal."""
    return "".join("\\\\" if byte == 92 else chr(byte) if byte < 128 else f"\\{byte:03o}" for byte in arg.encode())
