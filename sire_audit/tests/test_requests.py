"""What comes through HTTP: sign-ins, refusals, and where from. Real requests; their cursors are the test's."""

import json

from odoo import Command
from odoo.sql_db import db_connect
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.sire_base.tests.common import SireCommon

from ..engine import flood
from ..models import sire_audit_entry


@tagged("post_install", "-at_install")
class TestRequests(HttpCase, SireCommon):
    def setUp(self):
        super().setUp()
        self.log = self.env["sire.audit.entry"]
        self.env.cr.execute("SELECT nextval('sire_audit_entry_id_seq')")
        self.since = self.env.cr.fetchone()[0]
        self.patch(sire_audit_entry, "FLOOD", flood.Flood())
        self.mary = self.make_user("mary-audit")

    def entries(self, *domain):
        self.env.invalidate_all()
        return self.log.search([("id", ">", self.since), *domain], order="id")

    def apart(self, kind):
        """Entries that stay although the test is rolled back; this test's, as dicts."""
        with db_connect(self.env.cr.dbname).cursor() as cr:
            cr.execute(
                "SELECT * FROM sire_audit_entry WHERE id > %s AND kind = %s ORDER BY id",
                (self.since, kind),
            )
            return cr.dictfetchall()

    def json2(self, path, body, user=None, key=None):
        key = key or self.make_api_key(user or self.mary)
        headers = {"Authorization": f"Bearer {key}", "User-Agent": "till/1.0"}
        return self.url_open(
            f"/json/2/{path}", data=json.dumps(body), headers={**headers, "Content-Type": "application/json"}
        )

    def test_signing_in_and_failing(self):
        self.authenticate(None, None)
        token = self.csrf_token()
        for password in ("wrong-password-1", self.mary.login):
            self.url_open("/web/login", data={"login": "mary-audit", "password": password, "csrf_token": token})
        (failed,) = self.apart("signin")
        signed_in = self.entries(("kind", "=", "signin"))
        self.assertEqual((failed["action"], signed_in.action), ("failed", "signin"))
        self.assertEqual(failed["personal"]["tried.login"][1], "mary-audit")
        self.assertEqual((signed_in.uid, signed_in.res_id, signed_in.channel), (self.mary.id, self.mary.id, "web"))
        self.assertEqual(signed_in.personal["who.login"][1], "mary-audit")
        self.assertTrue(signed_in.personal["who.ip"][1])
        self.assertNotIn("wrong-password-1", str(failed) + str(self.entries().read()))

    def csrf_token(self):
        page = self.url_open("/web/login").text
        return page.split('name="csrf_token" value="')[1].split('"')[0]

    def test_a_refusal_by_json_2_leaves_one_entry(self):
        answer = self.json2("ir.config_parameter/set_param", {"key": "x", "value": "y"})
        self.assertEqual(answer.status_code, 403)
        (entry,) = self.apart("denied")
        self.assertEqual((entry["channel"], entry["uid"], entry["action"]), ("json-2", self.mary.id, "denied"))
        self.assertEqual(json.loads(entry["after"]), {"model": "ir.config_parameter", "method": "set_param"})
        self.assertEqual(entry["personal"]["who.agent"][1], "till/1.0")
        self.assertIn("not allowed", entry["personal"]["who.said"][1])
        self.assertIsNone(entry["note"])

    def test_a_refusal_in_the_web_client_leaves_one_entry(self):
        self.authenticate("mary-audit", "mary-audit")
        with mute_logger("odoo.http"):
            self.make_jsonrpc_request_quietly(
                "/web/dataset/call_kw/res.company/create",
                {"model": "res.company", "method": "create", "args": [{"name": "Mine"}], "kwargs": {}},
            )
        (entry,) = self.apart("denied")
        self.assertEqual((entry["channel"], entry["uid"]), ("web", self.mary.id))
        self.assertFalse(self.env["res.company"].search([("name", "=", "Mine")]))

    def make_jsonrpc_request_quietly(self, path, params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params, "id": 1}
        return self.url_open(path, data=json.dumps(body), headers={"Content-Type": "application/json"})

    def test_an_unknown_key_leaves_an_entry_and_is_not_in_it(self):
        answer = self.json2("res.partner/search_count", {"domain": []}, key="not-a-key-at-all")
        self.assertEqual(answer.status_code, 401, answer.text)
        (entry,) = self.apart("denied")
        self.assertNotIn("not-a-key", str(entry))

    def test_a_flood_of_refusals_is_counted_not_written(self):
        clock = [0.0]
        self.patch(sire_audit_entry, "FLOOD", flood.Flood(lambda: clock[0]))
        key = self.make_api_key(self.mary)
        for _turn in range(flood.ALLOWED + 7):
            self.json2("ir.config_parameter/set_param", {"key": "x", "value": "y"}, key=key)
        self.assertEqual(len(self.apart("denied")), flood.ALLOWED)
        clock[0] += flood.WINDOW
        self.json2("ir.config_parameter/set_param", {"key": "x", "value": "y"}, key=key)
        self.assertIn("and 7 more", self.apart("denied")[-1]["note"])

    def test_what_is_written_by_json_2_says_so(self):
        self.mary.group_ids = [Command.link(self.env.ref("base.group_partner_manager").id)]
        partner = self.env["res.partner"].create({"name": "Juma"})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sire_audit_entry SET seq = id, hash = repeat('0', 64), sealed_at = at WHERE seq IS NULL"
        )
        answer = self.json2("res.partner/write", {"ids": partner.ids, "vals": {"city": "Nakuru"}})
        self.assertEqual(answer.status_code, 200)
        entry = self.entries(("model", "=", "res.partner"), ("action", "=", "write"))
        self.assertEqual((entry.channel, entry.uid, entry.past_orm), ("json-2", self.mary.id, False))
        self.assertEqual(entry.source, "/json/2/res.partner/write")

    def test_nobody_reads_or_writes_the_log_by_json_2(self):
        entry = self.log.search([], limit=1)
        self.assertEqual(self.json2("sire.audit.entry/search_read", {"domain": []}).status_code, 403)
        self.mary.group_ids = [Command.link(self.env.ref("base.group_system").id)]
        self.assertEqual(self.json2("sire.audit.entry/search_read", {"domain": [], "limit": 1}).status_code, 200)
        for path, body in (
            ("create", {"vals_list": [{"action": "x"}]}),
            ("write", {"ids": entry.ids, "vals": {"action": "x"}}),
            ("unlink", {"ids": entry.ids}),
            ("_log", {"action": "x"}),
        ):
            self.assertEqual(self.json2(f"sire.audit.entry/{path}", body).status_code, 403, path)

    def test_an_export_is_logged(self):
        self.mary.group_ids = [Command.link(self.env.ref("base.group_allow_export").id)]
        partner = self.env["res.partner"].create({"name": "Juma"})
        self.assertEqual(
            self.json2("res.partner/export_data", {"ids": partner.ids, "fields_to_export": ["name"]}).status_code, 200
        )
        entry = self.entries(("kind", "=", "output"))
        self.assertEqual((entry.action, entry.res_id, entry.note), ("export", partner.id, "name"))
        self.assertEqual(json.loads(entry.after), {"model": "res.partner", "count": 1, "ids": partner.ids})
