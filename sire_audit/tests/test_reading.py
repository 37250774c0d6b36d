"""Who reads the log, and what they read; exports with proof; erasing; the settings; that it cannot be taken out."""

import base64
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from psycopg2.errors import RestrictViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sire_base.tests.common import SireCommon

from ..engine import keys, proof, schema, watching
from ..engine.actor import through
from ..engine.sealer import seal
from ..engine.signing import make_checkpoint
from .common import SCRIPT


@tagged("post_install", "-at_install")
class TestReading(SireCommon):
    def setUp(self):
        super().setUp()
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.key_file = self.folder / "private" / "audit.key"
        self.patch(keys, "path", lambda database: self.key_file)
        self.env["ir.config_parameter"].set_param("sire_audit.folder", str(self.folder / "out"))
        self.log = self.env["sire.audit.entry"]
        self.reader = self.make_user("reader-audit", "sire_audit.group_audit_reader")
        self.seal()

    def seal(self):
        self.env.flush_all()
        while seal(self.env.cr._cnx.cursor()):
            pass
        self.env.invalidate_all()

    def last(self, record, **values):
        self.env.flush_all()
        self.log.invalidate_model()
        return self.log.search([("model", "=", record._name), ("res_id", "=", record.id)], limit=1)

    # -- who reads

    def test_readers_read_and_nobody_else(self):
        other = self.make_user("nobody-audit")
        self.assertTrue(self.log.with_user(self.reader).search([], limit=1).changes is not None)
        for model in ("sire.audit.entry", "sire.audit.checkpoint", "sire.audit.erasure"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(other).search([])
        admin = self.make_user("admin-audit", "base.group_system")
        self.assertTrue(admin.has_group("sire_audit.group_audit_reader"))

    def test_nobody_writes_by_the_orm(self):
        entry = self.log.search([("seq", "!=", False)], limit=1)
        for user in (self.reader, self.env.ref("base.user_root")):
            with self.assertRaises(AccessError):
                self.log.with_user(user).sudo().create({"action": "x"})
        with self.assertRaises(AccessError):
            entry.with_user(self.reader).write({"action": "x"})
        with mute_logger("odoo.sql_db"):
            with self.assertRaises(RestrictViolation) as refused, self.env.cr.savepoint():
                entry.sudo().write({"action": "x"})
                self.env.flush_all()
            self.assertIn("append-only", str(refused.exception))
            with self.assertRaises(RestrictViolation) as refused, self.env.cr.savepoint():
                entry.sudo().unlink()
            self.assertIn("append-only", str(refused.exception))

    def test_a_company_reads_its_own(self):
        for company in (self.company, self.company_2):
            self.log._log("note", kind="event", note="of a company", company=company)
        self.log._log("note", kind="event", note="of a company")
        other = self.make_user("reader-2", "sire_audit.group_audit_reader", company=self.company_2)
        for user, company in ((self.reader, self.company), (other, self.company_2)):
            found = self.log.with_user(user).search([("note", "=", "of a company")])
            self.assertEqual(set(found.mapped("company_id")), {company.id, 0})
            count = self.log.with_user(user)._read_group([("note", "=", "of a company")], [], ["__count"])
            self.assertEqual(count, [(2,)])

    # -- what they read

    def test_before_and_after_in_words(self):
        group = self.env["res.groups"].create({"name": "Key holders"})
        user = self.make_user("words-audit")
        self.seal()
        user.write({"active": False, "group_ids": [Command.link(group.id)], "login": "other-audit"})
        self.last(user)  # perhaps of what ends with the user: sessions, for example
        entries = self.log.search([("model", "=", "res.users"), ("res_id", "=", user.id)]).with_user(self.reader)
        entry = entries.filtered(lambda entry: "other-audit" in (entry.changes or ""))
        rows = {label: (before, after) for label, before, after in entry._rows()}
        self.assertEqual(rows["Active"], ("Yes", ""))
        self.assertEqual(rows["Groups"], ("", "+ Key holders"))
        self.assertEqual(rows["Login"], ("words-audit", "other-audit"))
        self.assertEqual(entry.what, "Deactivated")
        self.assertIn("words-audit", entry.changes)
        self.assertIn("User: other-audit", entry.document)

    def test_what_is_written_is_shown_as_text(self):
        self.seal()
        partner = self.env["res.partner"].create({"name": "<script>alert(1)</script>"})
        self.assertNotIn("<script>", self.last(partner).changes)

    def test_a_person_is_found(self):
        partner = self.env["res.partner"].create({"name": "Juma"})
        mary = self.make_user("mary-audit", "base.group_partner_manager")
        self.seal()
        partner.with_user(mary).city = "Nakuru"
        entry = self.last(partner)
        for domain in ([("user_id", "ilike", "mary-aud")], [("user_id", "=", mary.id)], [("user_id", "in", mary.ids)]):
            self.assertIn(entry, self.log.with_user(self.reader).search(domain))
        self.assertNotIn(entry, self.log.search([("user_id", "=", self.reader.id)]))
        self.assertEqual(entry.as_user_id, mary)

    def test_in_whose_name(self):
        partner = self.env["res.partner"].create({"name": "Juma"})
        mary = self.make_user("mary-audit")
        self.seal()
        partner.with_user(mary).sudo().city = "Nakuru"
        entry = self.last(partner)
        self.assertEqual((entry.as_uid, entry.su), (mary.id, True))

    def test_jobs_and_imports_are_what_they_are(self):
        partner = self.env["res.partner"].create({"name": "Juma"})
        self.seal()
        with through("cron", "Nightly"):
            partner.city = "Nakuru"
            self.env.flush_all()
        entry = self.last(partner)
        self.assertEqual((entry.channel, entry.source), ("cron", "Nightly"))
        self.seal()
        made = self.env["res.partner"].load(["name"], [["Imported Ltd"]])
        self.assertEqual(self.last(self.env["res.partner"].browse(made["ids"])).channel, "import")

    def test_sql_past_the_orm_is_said(self):
        partner = self.env["res.partner"].create({"name": "Juma"})
        self.seal()
        self.env.cr.execute("UPDATE res_partner SET city = 'Mombasa' WHERE id = %s", (partner.id,))
        entry = self.last(partner)
        self.assertTrue(entry.past_orm)
        self.assertEqual(entry._personal("after.city"), "Mombasa")

    def test_secrets_of_settings_are_hidden(self):
        parameter = self.env["ir.config_parameter"].create({"key": "some.api", "value": "hunter-one"})
        self.seal()
        parameter.value = "hunter-two"
        user = self.make_user("secret-audit")
        self.seal()
        user.password = "hunter-three-long"
        self.env["res.users.apikeys"].with_user(user.id).sudo()._generate("rpc", "my key", None)
        self.env.flush_all()
        self.env.cr.execute("SELECT string_agg(e::text, ' ') FROM sire_audit_entry e")
        text = self.env.cr.fetchone()[0]
        self.assertNotIn("hunter", text)
        self.assertNotIn("pbkdf2", text)
        entry = self.last(user)
        self.assertEqual((entry.action, json.loads(entry.after)["password"]), ("password", "(secret)"))
        key = self.log.search([("model", "=", "res.users.apikeys"), ("parent_id", "=", user.id)])
        self.assertEqual((key.action, key.name, key.past_orm), ("create", "my key", False))

    def test_every_secret_column_of_watched_models_is_secret(self):
        self.env.flush_all()
        for (table, name), (args, columns) in watching.triggers(self.env).items():
            if name != "sire_audit_row":
                continue
            fields = self.env[args[0]]._fields
            for column in columns:
                field = fields.get(column)
                if field and "base.group_system" in (field.groups or ""):
                    self.assertIn(f'"{column}"', args[4], f"{table}.{column}")

    def test_forms_lead_readers_to_the_history(self):
        partner = self.env["res.partner"]
        action = str(self.env.ref("sire_audit.action_sire_audit_history").id)
        self.assertIn(f'name="{action}"', partner.with_user(self.reader).get_view(view_type="form")["arch"])
        other = self.make_user("nobody-audit")
        self.assertNotIn(f'name="{action}"', partner.with_user(other).get_view(view_type="form")["arch"])

    # -- erasing

    def test_erasing_a_person(self):
        partner = self.env["res.partner"].create({"name": "Juma Otieno", "phone": "0712345678"})
        mary = self.make_user("mary-audit", "base.group_partner_manager")
        partner.with_user(mary).city = "Nakuru"
        self.seal()
        entries = self.log.search([("model", "=", "res.partner"), ("res_id", "=", partner.id)])
        digests = entries.mapped("digests")
        wizard = self.env["sire.audit.erase.wizard"].create({"entry_id": entries[0].id, "reason": "Asked for"})
        with self.assertRaises(AccessError):
            wizard.with_user(self.reader).action_erase()
        wizard.action_erase()
        self.env.invalidate_all()
        self.env.cr.execute("SELECT string_agg(e::text, ' ') FROM sire_audit_entry e")
        text = self.env.cr.fetchone()[0]
        self.assertNotIn("Juma Otieno", text)
        self.assertNotIn("0712345678", text)
        self.assertEqual(entries.mapped("digests"), digests)
        self.assertIn("(erased)", str(entries.mapped("changes")))
        erasure = self.env["sire.audit.erasure"].search([], limit=1)
        self.assertEqual((erasure.reason, erasure.erased, erasure.uid), ("Asked for", len(entries), self.env.uid))
        self.assertEqual(self.log.search([("action", "=", "erase")], limit=1).note, "Asked for")

    # -- checkpoints and proofs

    def checkpoint(self):
        made = make_checkpoint(self.env.cr, keys.load("x"))
        return self.env["sire.audit.checkpoint"].browse(made)

    def test_the_key_is_private_and_made_once(self):
        first = keys.public(keys.load("x"))
        self.assertEqual(self.key_file.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.key_file.parent.stat().st_mode & 0o777, 0o700)
        self.assertEqual(keys.public(keys.load("x")), first)
        self.assertEqual(self.key_file.with_suffix(".pub").read_text().strip(), first)
        self.env.cr.execute("SELECT string_agg(value, ' ') FROM ir_config_parameter")
        self.assertNotIn("PRIVATE KEY", self.env.cr.fetchone()[0])
        self.key_file.write_text("nonsense")
        with self.assertRaises(UserError):
            self.env["sire.audit.checkpoint"]._make()

    def test_a_checkpoint_is_handed_over(self):
        self.env["ir.config_parameter"].set_param("sire_audit.email", "auditor@example.co.ke")
        self.seal()
        checkpoint = self.checkpoint()
        file = checkpoint._export()
        self.assertEqual(json.loads(file.read_text())["body"], checkpoint.body)
        mail = self.env["mail.mail"].search([("email_to", "=", "auditor@example.co.ke")])
        self.assertEqual(base64.b64decode(mail.attachment_ids.datas), file.read_bytes())
        self.assertFalse(self.env["sire.audit.checkpoint"]._make() and False)
        self.env["ir.config_parameter"].set_param("sire_audit.folder", str(self.key_file))  # a file is there
        with self.assertRaises(UserError):
            checkpoint._export()

    def run_script(self, file, *arguments):
        command = [sys.executable, str(SCRIPT), "--json", "--proof", str(file), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        return json.loads(done.stdout)

    def test_an_export_proves_itself(self):
        self.seal()
        self.checkpoint()
        partner = self.env["res.partner"].create({"name": "Juma"})
        self.seal()
        partner.city = "Nakuru"
        self.log._log("note", note="between them")
        self.seal()
        self.checkpoint()
        entries = self.log.search([("model", "=", "res.partner"), ("res_id", "=", partner.id)])
        made = proof.build(self.env.cr, entries.mapped("seq"))
        file = self.folder / "proof.json"
        public_key = keys.public(keys.load("x"))

        def said(change=lambda proof: None, key=public_key):
            copy = json.loads(json.dumps(made))
            change(copy)
            file.write_text(json.dumps(copy))
            return self.run_script(file, "--public-key", key)

        self.assertEqual((said()["ok"], said()["entries"]), (True, 2))
        segment = made["segments"][-1]
        self.assertGreater(len(segment["links"]), 2, "others are there as links only")
        for name, change in {
            "another value": lambda p: p["segments"][-1]["entries"][0].update(after='{"x": 1}'),
            "another person": lambda p: p["segments"][-1]["entries"][0].update(uid=99),
            "a personal value": lambda p: p["segments"][-1]["entries"][-1]["personal"].update(
                {"after.name": ["ab", "X"]}
            ),
            "a link left out": lambda p: p["segments"][-1]["links"].pop(0),
            "the end cut": lambda p: p["segments"][-1]["links"].pop(),
            "another beginning": lambda p: p["segments"][-1]["start"].update(hash="0" * 64),
            "no checkpoint": lambda p: p["checkpoints"].clear(),
            "another signature": lambda p: p["checkpoints"][-1].update(signature=p["checkpoints"][0]["signature"]),
        }.items():
            with self.subTest(name):
                self.assertFalse(said(change)["ok"])
        self.assertFalse(said(key=base64.b64encode(bytes(32)).decode())["ok"])
        with self.assertRaises(ValueError):
            proof.build(self.env.cr, [10**9])

    def test_the_wizard_makes_the_file(self):
        self.seal()
        entry = self.log.search([], limit=1)
        wizards = self.env["sire.audit.proof.wizard"].with_user(self.reader)
        wizard = wizards.with_context(active_model="sire.audit.entry", active_ids=entry.ids).create({})
        self.assertEqual((wizard.which, wizard.chosen_count), ("chosen", 1))
        with self.enter_registry_test_mode():
            wizard.action_make()
        file = self.folder / wizard.file_name
        file.write_bytes(base64.b64decode(wizard.file))
        said = self.run_script(file)
        self.assertEqual((said["ok"], said["entries"]), (True, 1))
        self.assertEqual(self.log.search([("action", "=", "proof")], limit=1).uid, self.reader.id)
        with self.assertRaises(UserError):
            wizards.create({"which": "period"}).action_make()

    def test_the_button_signs_now(self):
        self.log._log("note", note="to be signed")
        settings = self.env["res.config.settings"].create({})
        with self.enter_registry_test_mode():
            said = settings.action_sire_audit_checkpoint()
            again = settings.action_sire_audit_checkpoint()
        self.assertIn("was signed", said["params"]["message"])
        self.assertIn("Nothing was logged", again["params"]["message"])
        self.assertTrue(list((self.folder / "out").glob("checkpoint-*.json")))
        self.assertIn("0 wait", self.env["res.config.settings"].create({}).sire_audit_status)
        for values in ({"sire_audit_folder": "relative"}, {"sire_audit_email": "nobody"}):
            with self.assertRaises(UserError):
                self.env["res.config.settings"].create(values).set_values()

    # -- it stays

    def test_it_cannot_be_uninstalled(self):
        for name in ("sire_audit", "sire_base", "mail"):
            module = self.env["ir.module.module"].search([("name", "=", name)])
            with self.subTest(name), self.assertRaises(UserError):
                module.button_uninstall()
            with self.subTest(name), self.assertRaises(UserError):
                module.module_uninstall()
            self.assertEqual(module.state, "installed")
        self.env["ir.model"]._get("sire.audit.entry")._drop_table()
        self.assertTrue(self.log.search_count([]))

    def test_an_upgrade_keeps_entries_and_guards(self):
        self.seal()
        self.env.cr.execute("SELECT count(*), min(hash) FROM sire_audit_entry")
        before = self.env.cr.fetchone()
        self.log.init()
        self.env.cr.execute("SELECT count(*), min(hash) FROM sire_audit_entry")
        self.assertEqual(self.env.cr.fetchone(), before)
        with mute_logger("odoo.sql_db"), self.assertRaises(RestrictViolation), self.env.cr.savepoint():
            self.env.cr.execute("DELETE FROM sire_audit_entry")

    def test_triggers_come_back_and_let_columns_change(self):
        cr = self.env.cr
        wanted = watching.triggers(self.env)
        self.assertEqual(schema.watch(cr, wanted), [])
        schema.relax(cr, ["res_partner"])
        self.assertNotIn(("res_partner", "sire_audit_change"), schema.installed(cr))
        partner = self.env["res.partner"].create({"name": "Juma"})
        self.seal()
        cr.execute("ALTER TABLE res_partner ALTER COLUMN city TYPE text")
        partner.city = "Nakuru"
        self.assertEqual(self.last(partner).action, "write")
        self.assertEqual(schema.watch(cr, wanted), ["res_partner"])
        cr.execute("ALTER TABLE res_partner DISABLE TRIGGER sire_audit_row")
        self.assertEqual(schema.watch(cr, wanted), ["res_partner"])
        self.assertEqual(schema.watch(cr, wanted), [])

    def test_a_savepoint_takes_its_entries_back(self):
        since = self.log.search([], limit=1).id
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.env["res.partner"].create({"name": "Never"})
            self.env.flush_all()
            raise ValidationError("no")
        self.env["res.partner"].create({"name": "Ever"})
        self.env.flush_all()
        entries = self.log.search([("id", ">", since), ("model", "=", "res.partner")])
        self.assertEqual([entry._personal("name") for entry in entries], ["Ever"])
        self.assertFalse(entries.past_orm)
