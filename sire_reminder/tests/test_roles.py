from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.sire_billing.tests.common import BillingCommon

from .common import ReminderCommon

MODELS = (
    "sire.reminder", "sire.reminder.letter", "sire.reminder.pause", "sire.reminder.ladder", "sire.reminder.step",
    "sire.reminder.holiday", "sire.reminder.preview", "sire.statement.sending",
)  # fmt: skip
WRITTEN_BY_METHODS = MODELS[:3] + MODELS[6:]


@tagged("post_install", "-at_install")
class TestRoles(ReminderCommon, HttpCase):
    def test_who_reads(self):
        for model in MODELS:
            for role, user in self.roles.items():
                self.assertEqual(self.env[model].with_user(user).has_access("read"), role != "developer", (model, role))

    def test_who_edits_ladders_and_holidays(self):
        for model in ("sire.reminder.ladder", "sire.reminder.step", "sire.reminder.holiday"):
            for role, user in self.roles.items():
                for mode in ("create", "write", "unlink"):
                    self.assertEqual(
                        self.env[model].with_user(user).has_access(mode), role in ("admin", "accountant"), (model, role)
                    )

    def test_nobody_writes_what_methods_write(self):
        for model in WRITTEN_BY_METHODS:
            for role, user in self.roles.items():
                for mode in ("create", "write", "unlink"):
                    self.assertFalse(self.env[model].with_user(user).has_access(mode), (model, role, mode))

    def test_who_sends_skips_and_holds(self):
        move = self.bill(due=-8)
        for role, user in self.roles.items():
            sends, holds = role in ("admin", "accountant"), role in ("admin", "accountant", "manager")
            preview = self.env["sire.reminder.preview"].with_user(user)
            if role != "developer":
                preview.action_open()
            for ask, may in (
                (preview.action_send, sends),
                (preview.action_skip, sends),
                (self.env["sire.statement.wizard"].with_user(user).action_send, sends),
                (move.with_user(user).action_sire_promise, holds),
                (move.with_user(user).action_sire_dispute, holds),
                (self.client.with_user(user).action_sire_hold, holds),
            ):
                try:
                    ask()
                except AccessError:
                    self.assertFalse(may, (role, ask))
                except (UserError, ValueError):
                    self.assertTrue(may, (role, ask))  # it came as far as that nothing was chosen
                else:
                    self.assertTrue(may, (role, ask))

    def test_the_choice_of_a_client_is_the_accountants(self):
        client = self.client
        client.with_user(self.user_accountant).sire_reminder_off = True
        for ask in (
            lambda: client.with_user(self.user_manager).write({"sire_reminder_off": False}),
            lambda: (
                self.env["res.partner"]
                .with_user(self.user_manager)
                .create({"name": "x", "sire_statement_monthly": "yes"})
            ),
        ):
            with self.assertRaises(AccessError):
                ask()
        made = self.env["res.partner"].with_user(self.user_manager).create({"name": "x", "sire_reminder_off": False})
        self.assertFalse(made.sudo().sire_reminder_off)

    def test_a_developer_sees_nothing_of_it_on_clients_and_projects(self):
        for xmlid in ("sire_projects.res_partner_view_form", "sire_projects.project_project_view_form"):
            view = self.env.ref(xmlid)
            for role, user in self.roles.items():
                arch = self.env[view.model].with_user(user).get_view(view.id)["arch"]
                self.assertEqual("action_sire_hold" in arch, role in ("admin", "accountant", "manager"), (xmlid, role))
                if role == "developer":
                    self.assertNotIn("sire_reminder", arch)
                    self.assertNotIn("sire_statement", arch)

    def test_an_invoice_opens_for_all_who_may_read_it(self):
        move = self.bill(due=-8)
        self.env["sire.reminder.pause"]._pause(move, "dispute", self.company, reason="Hours")
        for role in ("admin", "accountant", "manager", "viewer"):
            mine = move.with_user(self.roles[role])
            values = mine.web_read({"sire_reminder_next": {}, "sire_reminder_count": {}, "sire_reminder_pause_id": {}})
            self.assertEqual(values[0]["sire_reminder_next"], "In dispute: Hours")


@tagged("post_install", "-at_install")
class TestJson2(BillingCommon, HttpCase):
    def test_json_2(self):
        """The same by the address that programs use."""
        move = self.make_invoice()
        pauses = self.env["sire.reminder.pause"]
        pause = pauses._pause(move, "dispute", self.company, reason="Hours")
        keys = {role: self.make_api_key(user) for role, user in self.roles.items()}

        def ask(role, model, method, **body):
            return self.url_open(
                f"/json/2/{model}/{method}", json=body, headers={"Authorization": f"Bearer {keys[role]}"}
            ).status_code

        for role in self.roles:
            self.opener.cookies.clear()
            self.assertEqual(
                ask(role, "sire.reminder.pause", "write", ids=pause.ids, vals={"state": "ended"}), 403, role
            )
            self.assertEqual(
                ask(role, "sire.reminder", "create", vals_list=[{"move_id": move.id, "instalment": 1, "days": 7}]), 403
            )
            self.assertNotEqual(ask(role, "sire.reminder.letter", "_remind", ids=move.ids), 200)
        for role in ("viewer", "developer"):
            self.assertEqual(ask(role, "sire.reminder.pause", "action_end", ids=pause.ids), 403)
        self.assertEqual(ask("developer", "sire.reminder", "search_read", domain=[]), 403)
        self.env.invalidate_all()
        self.assertEqual(pause.state, "active")
        self.assertEqual(ask("manager", "sire.reminder.pause", "action_end", ids=pause.ids), 200)
        self.env.invalidate_all()
        self.assertEqual(pause.state, "ended")
