"""What is logged, by whom it is said to be done, and what is never in it."""

import json

from odoo import Command
from odoo.tests import TransactionCase, tagged

from ..engine.sealer import seal


@tagged("post_install", "-at_install")
class TestEntries(TransactionCase):
    def setUp(self):
        super().setUp()
        self.log = self.env["sire.audit.entry"]
        self.since = self.log.search([], limit=1).id or 0

    def entries(self, *domain):
        self.env.flush_all()
        self.log.invalidate_model()
        return self.log.search([("id", ">", self.since), *domain], order="id")

    def seal(self):
        """Chains what there is, as between two transactions."""
        self.env.flush_all()
        while seal(self.env.cr._cnx.cursor()):
            pass
        self.log.invalidate_model()

    def test_a_change_is_one_entry_with_before_and_after(self):
        partner = self.env["res.partner"].create({"name": "Juma", "phone": "0712345678"})
        self.seal()
        partner.write({"city": "Nakuru", "vat": "A1"})
        partner.write({"city": "Kisumu"})
        created, written = self.entries(("model", "=", "res.partner"), ("res_id", "=", partner.id))
        self.assertEqual((created.action, written.action), ("create", "write"))
        self.assertEqual(written.personal["after.city"][1], "Kisumu")
        self.assertFalse(written.past_orm)
        self.assertEqual((written.uid, written.as_uid), (self.env.uid, self.env.uid))

    def test_groups_are_seen_from_both_ends(self):
        user = self.env["res.users"].create({"name": "Mary", "login": "mary-audit"})
        group = self.env["res.groups"].create({"name": "Key holders"})
        self.seal()
        user.group_ids = [Command.link(group.id)]
        self.seal()
        group.user_ids = [Command.unlink(user.id)]
        entries = self.entries(("model", "=", "res.users"), ("res_id", "=", user.id))[-2:]
        self.assertEqual(json.loads(entries[0].after), {f"group_ids+{group.id}": True})
        self.assertEqual(json.loads(entries[1].before), {f"group_ids-{group.id}": True})
        self.assertEqual(set(entries.mapped("kind")), {"access"})
        self.assertFalse(any(entries.mapped("past_orm")))
