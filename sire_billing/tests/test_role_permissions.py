"""The whole matrix: every role, resource and action, by every way in, as it comes and as an administrator may have changed it.

What is expected is worked out here from the ticks, by the rules of the README and not by the code that enforces them.
"""

import random
import uuid

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Datetime
from odoo.models import BaseModel
from odoo.tests import tagged

from odoo.addons.sire_base.tests.json_2 import Json2Case

from .common import BillingCommon

SEEDS = (19, 20261121)
OPERATIONS = {"read": "read", "create": "create", "edit": "write", "delete": "unlink"}
#: A field that is written to see whether a resource may be edited.
TEXT = {
    "project": "description",
    "task": "name",
    "document": "name",
    "client": "website",
    "quotation": "client_order_ref",
    "invoice": "ref",
    "payment": "memo",
    "template": "name",
}
REPORTS = {
    "quotation": ("sale.action_report_saleorder", "/my/orders/%s"),
    "invoice": ("account.account_invoices", "/my/invoices/%s"),
}


@tagged("post_install", "-at_install")
class TestRolePermissions(BillingCommon, Json2Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["hr.employee"].create({"name": "Other", "user_id": cls.user_manager.id})
        cls.people = {
            cls.env.ref(f"sire_access.group_{role}"): user
            for role, user in (
                ("accountant", cls.user_accountant),
                ("project_manager", cls.user_manager),
                ("developer", cls.user_developer),
                ("viewer", cls.user_viewer),
            )
        }
        cls.stranger = cls.make_role_user("sire_test_stranger", "sire_access.group_admin", "Stranger")
        cls.permissions = cls.env["sire.access.permission"].search([("code", "!=", False)])
        cls.samples = {user: cls.make_samples(user) for user in [*cls.people.values(), cls.stranger]}
        cls.keys = {user: cls.make_api_key(user) for user in cls.people.values()}

    @classmethod
    def make_samples(cls, user):
        """One record of each resource that was made by this person and is theirs by every rule."""
        env = cls.env(user=user, su=True)
        client = env["res.partner"].create({"name": "Client", "user_id": user.id, "email": "pay@acacia.example"})
        project = env["project.project"].create(
            {"name": "Project", "user_id": user.id, "partner_id": client.id, "privacy_visibility": "employees"}
        )
        journal = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1)
        line = {"name": "Work", "quantity": 1, "price_unit": 100.0}
        return {
            "project": project,
            "task": env["project.task"].create(
                {"name": "Task", "project_id": project.id, "user_ids": [Command.set(user.ids)]}
            ),
            "document": env["sire.project.document"].create(
                {"name": "Brief", "project_id": project.id, "kind": "link", "url": "https://acacia.example"}
            ),
            "client": client,
            "quotation": env["sale.order"].create({"partner_id": client.id, "user_id": user.id}),
            "invoice": env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": client.id,
                    "invoice_user_id": user.id,
                    "invoice_date": "2026-11-20",
                    "invoice_line_ids": [Command.create(line)],
                }
            ),
            "payment": env["account.payment"].create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": client.id,
                    "amount": 10.0,
                    "journal_id": journal.id,
                }
            ),
            # Past the door that lets only Safaricom's reports in.
            "receipt": BaseModel.create(
                env["sire.mpesa.receipt"],
                {
                    "name": uuid.uuid4().hex[:10].upper(),
                    "company_id": cls.company.id,
                    "provider_id": env["payment.provider"].search([("code", "=", "mpesa")], limit=1).id,
                    "currency_id": cls.company.currency_id.id,
                    "amount": 100.0,
                    "paid_at": Datetime.now(),
                    "kind": "paybill",
                    "state": "suspense",
                },
            ),
            "template": env["mail.template"].create(
                {"name": "Letter", "model_id": env.ref("base.model_res_partner").id}
            ),
            "audit": env["sire.access.change"].create({"kind": "role", "subject": "x"}),
        }

    # === WHAT IS EXPECTED ===#

    def ticks(self, role):
        grants = self.env["sire.access.grant"].search([("role_id", "=", role.id)])
        return {grant.permission_id.code: grant.scope for grant in grants}

    def expected(self, ticks, permission):
        """A tick counts as far as what it needs is ticked too."""
        if permission.admin_only:
            return None
        order = {None: 0, "own": 1, "all": 2}
        scope = ticks.get(permission.code)
        needed = permission.need_ids
        if permission.action_id.code != "read":
            needed |= permission.resource_id.permission_ids.filtered(lambda p: p.action_id.code == "read")
        for need in needed:
            scope = min(scope, self.expected(ticks, need), key=order.get)
        return scope

    def shuffle(self, seed):
        """An administrator's choice, saved as the screen saves it."""
        dice = random.Random(seed)
        changes = []
        for role in self.people:
            ticks = self.ticks(role)
            for permission in self.permissions.filtered(lambda p: not p.admin_only):
                # Reading more often than not, or everything else would be idle.
                scopes = ["all", "all", False] if permission.action_id.code == "read" else ["all", False, False]
                scope = dice.choice([*scopes, "own"] if permission._sire_has_own() else scopes)
                if scope != ticks.get(permission.code, False):
                    changes.append({"role_id": role.id, "permission_id": permission.id, "scope": scope})
        matrix = self.env["sire.access.matrix"].with_user(self.user_admin)
        matrix.save(changes, matrix.preview(changes)["token"])

    # === THE TEST ===#

    def test_default(self):
        self.check_everything()

    def test_changed(self):
        for seed in SEEDS:
            self.shuffle(seed)
            self.check_everything(seed)

    def check_everything(self, seed=None):
        checked, self.seed = 0, seed
        for role, user in self.people.items():
            ticks = self.ticks(role)
            scopes = {permission.code: self.expected(ticks, permission) for permission in self.permissions}
            self.assertEqual({c: s for c, s in scopes.items() if s}, dict(user._sire_ticks()), (seed, role.name))
            for permission in self.permissions:
                with self.subTest(seed=seed, role=role.name, permission=permission.code):
                    checked += self.check_cell(user, permission, scopes)
        self.assertGreater(checked, 200)

    def check_cell(self, user, permission, scopes):
        self.asked = permission
        resource, action = permission.resource_id.code, permission.action_id.code
        scope = scopes[permission.code]
        self.check_methods(user, permission, scope)
        mine, other = self.samples[user].get(resource), self.samples[self.stranger].get(resource)
        if not mine:
            self.check_models(user, permission, scope)
            return 1
        allowed = {mine: scope in ("own", "all"), other: scope == "all"}
        if action in OPERATIONS:
            for record, may in allowed.items():
                if resource == "template" and record == other and action in ("edit", "delete", "create"):
                    # The host's own rule on templates follows the group that goes with this tick.
                    may = may and scopes["template.edit"] == "all"
                self.assertEqual(record.with_user(user).has_access(OPERATIONS[action]), may, record)
        check = getattr(self, f"check_{action}", None)
        if check:
            check(user, resource, allowed)
        return 1

    # === CHANNELS ===#

    def check_read(self, user, resource, allowed):
        records = next(iter(allowed)).browse([record.id for record in allowed])
        model = records.with_user(user)
        seen = [record.id for record, may in allowed.items() if may]
        domain = [("id", "in", records.ids)]
        if not model.browse().has_access("read"):
            for ask in (
                lambda: model.search(domain),
                lambda: model.search_count(domain),
                lambda: model.name_search("", domain),
                lambda: model.formatted_read_group(domain, [], ["__count"]),
                lambda: model.web_search_read(domain, {"display_name": {}}),
            ):
                self.assertRaises(AccessError, ask)
        else:
            self.assertEqual(set(model.search(domain).ids), set(seen))
            self.assertEqual(model.search_count(domain), len(seen))
            self.assertEqual(model.formatted_read_group(domain, [], ["__count"])[0]["__count"], len(seen))
            self.assertEqual(model.web_search_read(domain, {"display_name": {}})["length"], len(seen))
        for record, may in allowed.items():
            mine = record.with_user(user)
            file = self.attachment(record).with_user(user)
            for ask in (
                lambda r=mine: r.read(["display_name"]),
                lambda r=mine: r.web_read({"display_name": {}}),
                lambda r=file: r.read(["raw"]),
            ):
                self.assert_may(may, ask, record)
            self.assertEqual(bool(self.found_attachment(user, record)), may, record)
            self.check_json_2(user, record, may)
            self.check_printed(user, resource, record, may)

    def check_json_2(self, user, record, may):
        answer = self.ask(user, record._name, "read", ids=record.ids, fields=["display_name"])
        self.assertEqual(answer.status_code, 200 if may else 403, (record, answer.text))

    def check_printed(self, user, resource, record, may):
        if resource not in REPORTS:
            return
        report, page = REPORTS[resource]
        name = self.env.ref(report).report_name
        reports = self.env["ir.actions.report"].with_user(user)
        self.assert_may(may, lambda: reports._render_qweb_html(name, record.ids), record)
        self.authenticate(user.login, user.login)
        answer = self.url_open(page % record.id, allow_redirects=False)
        self.assertEqual(answer.status_code, 200 if may else 303, (page, record))
        printed = self.url_open(f"/report/html/{name}/{record.id}").status_code == 200
        if self.seed is None or not may:  # with other rows changed, what is printed with it may be missing
            self.assertEqual(printed, may, record)

    def check_edit(self, user, resource, allowed):
        if resource not in TEXT:
            return
        for record, may in allowed.items():
            if resource == "template":
                continue  # compared with the host's rule above
            vals = {TEXT[resource]: "https://changed.example"}
            self.assert_may(may, lambda r=record, v=vals: r.with_user(user).write(v), record)
            answer = self.ask(user, record._name, "write", ids=record.ids, vals=vals)
            self.assertEqual(answer.status_code != 403, may, (record, answer.text))
            self.env.invalidate_all()

    def check_create(self, user, resource, allowed):
        """Made by hand, as a copy and by import: refused unless there is a tick."""
        if any(allowed.values()):
            return
        record = self.samples[user][resource]
        model = record.with_user(user)
        self.assert_may(False, lambda: model.browse().create([record.copy_data()[0]]), record)
        self.assert_may(False, model.copy, record)
        if resource in TEXT:
            name = TEXT[resource]
            result = model.browse().load([name], [["Imported"]])
            self.assertFalse(result["ids"], record)

    def check_delete(self, user, resource, allowed):
        for record, may in allowed.items():
            if not may:
                self.assert_may(False, record.with_user(user).unlink, record)

    def check_export(self, user, resource, allowed):
        for record, may in allowed.items():
            self.assert_may(may, lambda r=record: r.with_user(user).export_data(["display_name"]), record)

    def check_models(self, user, permission, scope):
        """Resources without a sample: reports and settings, model by model."""
        if permission.action_id.code not in OPERATIONS:
            return
        records = self.env["sire.access.gate"]._sire_map()[0]
        for gate in permission.gate_ids.filtered(lambda g: not g.method and not g.field and g.model in self.env):
            alone = all(line[1] == permission.code for line in records[gate.model])
            for letter in gate.operations or permission.action_id.operations:
                mode = {"r": "read", "w": "write", "c": "create", "u": "unlink"}[letter]
                if alone or scope:
                    self.assertEqual(self.env[gate.model].with_user(user).has_access(mode), bool(scope), gate.model)

    def check_methods(self, user, permission, scope):
        """Every gated method, called: without the tick it is refused by name, with it, it may fail for another reason."""
        for gate in permission.gate_ids.filtered(lambda g: g.method and g.model in self.env):
            doors = self.env["sire.access.gate"]._sire_map()[1][gate.model][gate.method]
            self.assertEqual(len(doors), 1, gate.method)
            for owner, may in ((user, bool(scope)), (self.stranger, scope == "all")):
                sample = next((s for s in self.samples[owner].values() if s._name == gate.model), None)
                if sample is None and owner != user:
                    continue
                record = (sample if sample is not None else self.env[gate.model]).with_user(user)
                error = self.error_of(lambda r=record, m=gate.method: getattr(r, m)())
                refused = isinstance(error, AccessError) and f"“{permission.display_name}”" in str(error)
                if gate.own_domain or sample is not None or not scope:
                    own_known = self.env["sire.access.gate"]._sire_own_domain(gate.model, permission)
                    self.assertEqual(refused, not (may or (scope == "own" and not own_known)), (gate.method, error))

    # === HELPERS ===#

    def assert_may(self, may, ask, about):
        """Allowed is what is not refused for this document; what it refers to (a client) may be a row of its own."""
        error = self.error_of(ask)
        if may:
            words = (f"“{about.env['ir.model']._get(about._name).name}”", f"“{self.asked.resource_id.name}: ")
            refused = isinstance(error, AccessError) and any(word in str(error) for word in words)
            self.assertFalse(refused, (about, error))
        else:
            self.assertIsInstance(error, AccessError, about)

    def error_of(self, ask):
        """Call and take back; other errors than a refusal are no matter of rights."""
        try:
            with self.env.cr.savepoint() as savepoint:
                ask()
                self.env.flush_all()
                savepoint.rollback()
        except (AccessError, UserError, ValidationError, ValueError, TypeError) as error:
            return error
        finally:
            self.env.invalidate_all()
        return None

    def attachment(self, record):
        attachments = self.env["ir.attachment"]
        found = attachments.search([("res_model", "=", record._name), ("res_id", "=", record.id)], limit=1)
        return found or attachments.create(
            {"name": "x.txt", "raw": b"secret", "res_model": record._name, "res_id": record.id}
        )

    def found_attachment(self, user, record):
        return self.env["ir.attachment"].with_user(user).search([("id", "=", self.attachment(record).id)])

    def ask(self, user, model, method, **body):
        self.opener.cookies.clear()  # a session of somebody else is refused for itself
        return self.json_2(self.keys[user], model, method, **body)
