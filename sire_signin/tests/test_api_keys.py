import json
from xmlrpc.client import Fault

from odoo import Command
from odoo.tests import tagged

from .common import SigninCommon


@tagged("post_install", "-at_install")
class TestApiKeys(SigninCommon):
    """Key that outlives its role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = cls.env["res.groups"]
        cls.clerk = groups.create({"name": "Till Clerk"})
        cls.accountant = groups.create({"name": "Till Accountant", "implied_ids": [Command.link(cls.clerk.id)]})
        cls.chief = groups.create({"name": "Till Chief", "implied_ids": [Command.link(cls.accountant.id)]})
        cls.mary.group_ids += cls.accountant
        cls.key = cls.make_api_key(cls.mary)

    def opens(self, key=None):
        """:return: whether the key opens the external API (JSON-2 and XML-RPC agree)"""
        self.env.flush_all()
        key = key or self.key
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        answer = self.url_open("/json/2/res.partner/search_count", data=json.dumps({"domain": []}), headers=headers)
        self.assertIn(answer.status_code, (200, 401), answer.text)
        self.counters.search([]).unlink()
        uid = self.xmlrpc_common.authenticate(self.cr.dbname, "mary.wambui", key, {})
        self.assertEqual(bool(uid), answer.status_code == 200)
        return bool(uid)

    def keys(self):
        return self.env["res.users.apikeys"].sudo().search([("user_id", "=", self.mary.id)])

    def test_it_works_while_the_role_is_there(self):
        self.assertTrue(self.opens())
        self.env.registry.clear_all_caches()  # the first request of a server
        self.env.invalidate_all()
        self.assertTrue(self.opens())

    def test_it_ends_with_the_role_and_does_not_come_back_with_it(self):
        self.mary.group_ids -= self.accountant
        self.assertFalse(self.keys())
        self.assertFalse(self.opens())
        self.mary.group_ids += self.accountant
        self.assertFalse(self.opens())
        self.assertTrue(self.opens(self.make_api_key(self.mary)), "a new one is made under the role of now")

    def test_taken_from_the_groups_side(self):
        self.accountant.user_ids = [Command.unlink(self.mary.id)]
        self.assertFalse(self.keys(), "at once, not at its next use")
        self.assertFalse(self.opens())

    def test_the_role_is_deleted(self):
        self.accountant.unlink()
        self.assertFalse(self.keys())
        self.assertFalse(self.opens())

    def test_taken_past_everything(self):
        """By SQL, or by a job that writes the table: the key is looked at when it is used, and ends then."""
        self.env.cr.execute(
            "DELETE FROM res_groups_users_rel WHERE uid = %s AND gid = %s", [self.mary.id, self.accountant.id]
        )
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
        self.assertFalse(self.opens())
        self.env.invalidate_all()
        self.mary.group_ids += self.accountant
        self.assertFalse(self.opens(), "it was deleted when it was refused")

    def test_a_higher_role_that_contains_it_keeps_it(self):
        self.mary.group_ids = self.mary.group_ids - self.accountant + self.chief
        self.assertTrue(self.opens())
        self.chief.implied_ids = [Command.unlink(self.accountant.id)]
        self.assertFalse(self.keys())
        self.assertFalse(self.opens(), "until it contains it no more")

    def test_a_role_more_changes_nothing_and_one_of_another_user_neither(self):
        self.mary.group_ids += self.chief
        self.boss.group_ids += self.accountant
        self.boss.group_ids -= self.accountant
        self.assertTrue(self.opens())

    def test_an_option_of_the_settings_is_no_role(self):
        option = self.env["res.groups"].create({"name": "Till Option"})
        employees = self.env.ref("base.group_user")
        employees.implied_ids += option
        key = self.make_api_key(self.mary)
        employees.implied_ids -= option
        self.assertTrue(self.opens(key))

    def test_deactivated_at_once_and_for_good(self):
        self.mary.active = False
        self.assertFalse(self.opens())
        self.assertFalse(self.keys())
        self.mary.active = True
        self.assertFalse(self.opens())

    def test_no_key_is_stored_that_can_be_read(self):
        self.env.cr.execute("SELECT row(k)::text FROM res_users_apikeys k WHERE user_id = %s", [self.mary.id])
        self.assertNotIn(self.key, str(self.env.cr.fetchall()))

    def test_keys_from_before_hold_on_to_the_roles_of_the_day_of_installation(self):
        keys = self.env["res.users.apikeys"]
        self.env.cr.execute("ALTER TABLE res_users_apikeys DROP COLUMN sire_group_ids")
        keys.init()
        self.assertTrue(self.opens())
        self.mary.group_ids -= self.accountant
        self.assertFalse(self.opens())

    def calls(self, key):
        """:return: whether a call of XML-RPC goes through, which each worker remembers"""
        self.env.flush_all()
        try:
            args = (self.cr.dbname, self.mary.id, key, "res.partner", "search_count", [[]])
            self.xmlrpc_object.execute_kw(*args)
        except Fault:
            return False
        return True

    def test_a_worker_that_remembers_the_key(self):
        self.assertTrue(self.calls(self.key))
        self.env["res.users.apikeys"].sudo().search([("user_id", "=", self.mary.id)]).unlink()
        self.assertFalse(self.calls(self.key))
        key = self.make_api_key(self.mary)
        self.assertTrue(self.calls(key))
        self.env.cr.execute(
            "UPDATE res_users_apikeys SET expiration_date = now() at time zone 'utc' - interval '1 minute' "
            "WHERE user_id = %s",
            [self.mary.id],
        )
        self.assertFalse(self.calls(key), "a key that is over")
        key = self.make_api_key(self.mary)
        self.assertTrue(self.calls(key))
        self.env.cr.execute(
            "DELETE FROM res_groups_users_rel WHERE uid = %s AND gid = %s", [self.mary.id, self.accountant.id]
        )
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
        self.assertFalse(self.calls(key), "a role that went past the ORM")

    def test_a_row_written_past_the_host_opens_nothing(self):
        self.env.cr.execute("UPDATE res_users_apikeys SET sire_group_ids = NULL WHERE user_id = %s", [self.mary.id])
        self.assertFalse(self.opens())
