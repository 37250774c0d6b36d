import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.http import request
from odoo.sql_db import db_connect
from odoo.tools import SQL

from ..engine import schema, sealer, watching
from ..engine.actor import at_work, describe
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
        :param dict values: of :meth:`_prepare`
        """
        with at_work(self.env):
            for record in records if records else [None]:
                self._put(self.env.cr, self._prepare(action, record, **values))

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
            entries = [self._prepare(action, record, **values) for record in (records if records else [None])]
            actor = describe(self.env)
            # not the registry's cursor: in tests that one is the caller's
            with db_connect(self.env.cr.dbname).cursor() as cr:
                cr.execute(SQL("SELECT set_config('sire_audit.actor', %s, true)", actor))
                for entry in entries:
                    self._put(cr, entry)
                sealer.after_commit(cr, self.env.registry)
        except psycopg2.Error:
            # what is going on, a refusal for instance, goes on
            _logger.exception("The audit log could not be written: %s", action)
            return False
        return True

    @api.model
    def _prepare(
        self, action, record, kind="event", before=None, after=None, private=None, note=None, name=None, company=None
    ):
        """What is said about one record.

        :param dict before: values by name, JSON; never what is secret
        :param dict private: what is personal, texts by name
        :param company: a company; the record's own by default
        :return: the parameters of the database's function
        """
        private = dict(private or {})
        if record is not None:
            record_sudo = record.sudo().exists()  # the log may name what the person may not read
            if name is None and record_sudo:
                watch = watching.declared(type(record)) or {}
                if watch.get("name") and watch["name"] in watch["personal"]:
                    private["name"] = record_sudo.display_name
                else:
                    name = record_sudo.display_name
            if company is None and record_sudo and "company_id" in record._fields:
                company = record_sudo.company_id
        return (
            kind,
            action,
            record._name if record is not None else None,
            record.id if record is not None else None,
            name or None,
            company.id if company else None,
            canonical(before) if before else None,
            canonical(after) if after else None,
            note or None,
            canonical({key: str(value) for key, value in private.items() if value}),
        )

    @api.model
    def _put(self, cr, entry):
        """Write what :meth:`_prepare` made, by the database's own function."""
        kind, action, model, res_id, name, company, before, after, note, private = entry
        cr.execute(
            SQL(
                """SELECT sire_audit_put(false, false, NULL, %s, %s, false, %s, %s, %s, %s, NULL, NULL,
                                         %s::jsonb, %s::jsonb, %s, %s::jsonb)""",
                kind, action, model, res_id, name, company, before, after, note, private,
            )
        )  # fmt: skip

    @api.model
    def _log_output(self, action, records, what):
        """An export or a print: one entry, with the ids as far as they are few.

        :param str what: the columns, or the name of the report
        """
        after = {"model": records._name, "count": len(records), "ids": records.ids[:IDS]}
        values = {"kind": "output", "after": after, "note": what[:2000]}
        single = records if len(records) == 1 else None
        # a client prints from a public page, as often as it likes: that is bounded
        if self.env.cr.readonly or not self.env.user._is_internal():
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
        # the sentence may name people
        self._log_apart("denied", kind="denied", after=asked, private={"who.said": str(error)[:500]})

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
