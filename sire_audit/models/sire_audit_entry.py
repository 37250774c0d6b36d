import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.http import request
from odoo.tools import SQL

from ..engine import schema, sealer, watching
from ..engine.actor import at_work
from ..engine.flood import Flood
from ..tools.audit_chain import canonical

_logger = logging.getLogger(__name__)

KINDS = [
    ("record", "Record"),
    ("document", "Document"),
    ("access", "Roles and rights"),
    ("settings", "Settings"),
    ("signin", "Sign-in"),
    ("denied", "Refused"),
    ("output", "Export and print"),
    ("system", "System"),
    ("event", "Event"),
]
CHANNELS = [
    ("web", "Web client"),
    ("portal", "Client page"),
    ("json-2", "JSON-2"),
    ("xml-rpc", "XML-RPC"),
    ("cron", "Scheduled job"),
    ("shell", "Shell"),
    ("import", "Import"),
    ("setup", "Module setup"),
    ("system", "Server"),
    ("sql", "SQL"),
]
IDS = 200  # of an export or a print that are named
FLOOD = Flood()


class SireAuditEntry(models.Model):
    """One thing that somebody did. The table, its guards and the triggers that write to it are in ``engine/schema.sql``."""

    _name = "sire.audit.entry"
    _description = "Audit Entry"
    _auto = False
    _log_access = False
    _order = "id desc"
    _rec_name = "action"

    at = fields.Datetime("When", readonly=True)
    txid = fields.Integer("Transaction", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    action = fields.Char(readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    past_orm = fields.Boolean("Past the ORM", readonly=True, help="Written by SQL that is not Odoo's ORM's.")
    source = fields.Char("Through", readonly=True)
    # integers and not many2one: no foreign key, and the person may be gone
    uid = fields.Integer("User ID", readonly=True)
    as_uid = fields.Integer("In the Name of ID", readonly=True)
    su = fields.Boolean("Superuser Rights", readonly=True)
    company_id = fields.Integer("Company ID", readonly=True)
    model = fields.Char(readonly=True)
    res_id = fields.Integer("Record ID", readonly=True)
    name = fields.Char("Document", readonly=True)
    parent_model = fields.Char(readonly=True)
    parent_id = fields.Integer(readonly=True)
    before = fields.Text(readonly=True)
    after = fields.Text(readonly=True)
    note = fields.Text(readonly=True)
    digests = fields.Text(readonly=True)
    personal = fields.Json(readonly=True)
    v = fields.Integer("Format", readonly=True)
    seq = fields.Integer("Number", readonly=True, help="In the chain; empty for the moment until it is chained.")
    sealed_at = fields.Datetime("Chained", readonly=True)
    hash = fields.Char(readonly=True)

    # === CRUD === #

    def init(self):
        schema.install(self.env.cr)

    def _register_hook(self):
        """Every table that is there and declared has its triggers, from the next write on."""
        super()._register_hook()
        schema.watch(self.env.cr, watching.triggers(self.env))

    def _create(self, data_list):
        """Nobody makes one through the ORM, the superuser neither; changing and deleting is refused by the table itself."""
        raise AccessError(self.env._("The audit log is written by what happens, not by hand."))

    # === BUSINESS === #

    @api.model
    def _log(self, action, records=None, **values):
        """Write an entry into this transaction; when it is rolled back, so is the entry.

        :param str action: such as ``print``, ``assign``, ``approve``
        :param records: what it was done to, one entry each; or None
        :param dict values: of :meth:`_put`
        """
        with at_work(self.env):
            for record in records if records else [None]:
                self._put(action, record, **values)

    @api.model
    def _log_apart(self, action, records=None, bucket=None, **values):
        """Write an entry that stays although the caller's transaction is rolled back, on a cursor of its own.

        :param bucket: what the bound of 20 a minute is counted for; the person or the address by default
        :return: whether it was written
        """
        refused = FLOOD.admit((self.env.cr.dbname, bucket or self._bucket(), action))
        if refused is None:
            return False
        if refused:
            values["note"] = f"{values.get('note') or ''} (and {refused} more like it before)".strip()
        try:
            with self.env.registry.cursor() as cr:
                env = self.env(cr=cr)
                env["sire.audit.entry"]._log(action, records.with_env(env) if records is not None else None, **values)
        except psycopg2.Error:
            # what is going on, a refusal for instance, goes on
            _logger.exception("The audit log could not be written: %s %s", action, values)
            return False
        return True

    @api.model
    def _put(
        self, action, record, kind="event", before=None, after=None, private=None, note=None, name=None, company=None
    ):
        """One entry, by the database's own function.

        :param dict before: values by name, JSON; never what is secret
        :param dict private: what is personal, texts by name
        :param company: a company; the record's own by default
        """
        model = res_id = parent_model = parent_id = None
        private = dict(private or {})
        if record is not None:
            model, res_id = record._name, record.id
            watch = watching.declared(type(record)) or {}
            if name is None:
                # the log may name what the person may not read
                title = record.sudo().display_name if record.sudo().exists() else None
                if watch.get("name") and watch["name"] in watch["personal"]:
                    private["name"] = title
                else:
                    name = title
            if company is None and "company_id" in record._fields:
                company = record.sudo().company_id
        self.env.cr.execute(
            SQL(
                """SELECT sire_audit_put(false, false, %s, %s, false, %s, %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb, %s, %s::jsonb)""",
                kind,
                action,
                model,
                res_id,
                name or None,
                company.id if company else None,
                parent_model,
                parent_id,
                canonical(before) if before else None,
                canonical(after) if after else None,
                note,
                canonical({key: str(value) for key, value in private.items() if value}),
            )
        )

    @api.model
    def _log_output(self, action, records, what):
        """An export or a print: one entry, with the ids as far as they are few.

        :param str what: the columns, or the name of the report
        """
        after = {"model": records._name, "count": len(records), "ids": records.ids[:IDS]}
        values = {"kind": "output", "after": after, "note": what[:2000]}
        single = records if len(records) == 1 else None
        if self.env.cr.readonly:
            self._log_apart(action, single, **values)
        else:
            self._log(action, single, **values)

    @api.model
    def _log_refusal(self, error, params):
        """A request that was refused.

        :param error: what was raised
        :param dict params: of the request; the model and the method are taken from it, and nothing else
        """
        model = params.get("model") or params.get("__model__")
        method = params.get("method") or params.get("__method__")
        asked = {"model": str(model)[:100], "method": str(method)[:100]} if model else {}
        self._log_apart("denied", kind="denied", after=asked, note=str(error)[:500])

    # === CRON === #

    @api.model
    def _cron_seal(self):
        """Chain what is committed; the thread of each process does it sooner."""
        sealer.seal_all(self.env.registry.cursor)

    # === HELPERS === #

    @api.model
    def _bucket(self):
        address = request.httprequest.remote_addr if request else None
        return self.env.uid, address
