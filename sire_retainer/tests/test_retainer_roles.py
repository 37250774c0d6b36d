from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from odoo.addons.sire_billing.tests.common import BillingCommon


@tagged("post_install", "-at_install")
class TestRetainerRoles(BillingCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.retainer = cls.env["sire.retainer"].create({
            "name": "Support", "partner_id": cls.client.id, "auto_post": True,
            "line_ids": [Command.create({"name": "Support", "price_unit": 100, "tax_ids": [Command.clear()]})],
        })  # fmt: skip

    def test_who_reads_and_writes(self):
        for model in ("sire.retainer", "sire.retainer.line", "sire.retainer.period"):
            for role, user in self.roles.items():
                records = self.env[model].with_user(user)
                self.assertEqual(records.has_access("read"), role != "developer", (model, role))
                writes = role in ("admin", "accountant") and model != "sire.retainer.period"
                for mode in ("create", "write", "unlink"):
                    self.assertEqual(records.has_access(mode), writes, (model, role, mode))

    def test_who_starts_invoices_and_ends(self):
        for role, user in self.roles.items():
            for method in ("action_start", "action_invoice", "action_end"):
                retainer = self.retainer.copy().with_user(user)
                if method != "action_start":
                    retainer.sudo().action_start()
                if role in ("admin", "accountant"):
                    getattr(retainer, method)()
                else:
                    with self.assertRaises(AccessError, msg=(role, method)):
                        getattr(retainer, method)()

    def test_json_2(self):
        """The same by the address that programs use."""
        self.retainer.action_start()
        keys = {role: self.make_api_key(user) for role, user in self.roles.items()}

        def ask(role, method, **body):
            self.opener.cookies.clear()
            return self.url_open(
                f"/json/2/sire.retainer/{method}",
                json={"ids": self.retainer.ids, **body},
                headers={"Authorization": f"Bearer {keys[role]}"},
            ).status_code

        for role in ("viewer", "developer", "manager"):
            self.assertEqual(ask(role, "action_invoice"), 403, role)
        for role in self.roles:
            self.assertNotEqual(ask(role, "write", vals={"period_count": 9}), 200, role)
            self.assertNotEqual(ask(role, "_sire_invoice_next"), 200, role)
        self.env.invalidate_all()
        self.assertEqual(self.retainer.period_count, 0)
        self.assertEqual(ask("accountant", "action_invoice"), 200)
        self.assertNotEqual(ask("accountant", "action_invoice"), 200)  # the second click
        self.env.invalidate_all()
        self.assertEqual(len(self.retainer.period_ids.move_id), 1)
