from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sire_base.controllers.webhook import read_webhook_body, receive_webhook
from odoo.addons.sire_base.tests.json_2 import Json2Case
from odoo.addons.sire_base.tests.test_webhook_inbox import InboxCase


class ProbeController(http.Controller):
    # auth public, no csrf: stands for a payment service; it only exists where tests are imported
    @http.route("/sire_base/test/webhook", type="http", auth="public", methods=["POST"], csrf=False, save_session=False)
    def receive(self, key=None):
        raw_body = read_webhook_body(max_bytes=1000)
        event = receive_webhook("test", key, raw_body, company=request.env.company)
        return request.make_json_response({"id": event.id})


@tagged("post_install", "-at_install")
class TestReplay(InboxCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.make_user("inbox_admin", "base.group_system")
        cls.clerk = cls.make_user("inbox_clerk")
        cls.admin_2 = cls.make_user("inbox_admin_2", "base.group_system", company=cls.company_2)

    def park(self, key="k1", **kwargs):
        event = self.receive(key, **kwargs)
        event.write({"state": "parked", "attempts": 12, "error": "no"})
        return event

    def test_replay(self):
        event = self.park()
        event.with_user(self.admin).action_replay()
        self.assertEqual((event.state, event.attempts), ("received", 0))
        self.process_webhooks()
        self.assertEqual((event.state, self.effects()), ("done", 1))

    def test_what_was_handled_is_never_handled_again(self):
        event = self.receive()
        self.process_webhooks()
        with self.assertRaisesRegex(UserError, "handled twice"):
            event.with_user(self.admin).action_replay()
        parked = self.park("k2")
        (event | parked).with_user(self.admin).action_replay()
        self.process_webhooks()
        self.assertEqual((self.handled, event.attempts), (["k1", "k2"], 1))

    def test_only_administrators(self):
        event = self.park()
        with self.assertRaises(AccessError):
            event.with_user(self.clerk).action_replay()
        with self.assertRaises(AccessError):
            event.with_user(self.clerk).read(["event_key"])
        self.assertEqual(event.state, "parked")

    def test_nobody_writes(self):
        event = self.receive()
        mine = event.with_user(self.admin)
        self.assertEqual(mine.event_key, "k1")
        for change in (
            lambda: mine.write({"state": "done"}),
            lambda: mine.unlink(),
            lambda: mine.copy(),
            lambda: mine.create({"provider": "test", "event_key": "forged", "received_at": "2026-01-01"}),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_companies_are_apart(self):
        ours = self.park("ours", company=self.company)
        theirs = self.park("theirs", company=self.company_2)
        nobodys = self.park("nobodys")
        inbox = self.env["sire.webhook.event"]
        seen = inbox.with_user(self.admin_2).search([])
        self.assertEqual(seen, theirs | nobodys)
        self.assertEqual(inbox.with_user(self.admin).search([]), ours | nobodys)
        with self.assertRaises(AccessError):
            ours.with_user(self.admin_2).action_replay()
        with self.assertRaises(AccessError):
            ours.with_user(self.admin_2).read(["body"])
        self.assertEqual(ours.state, "parked")


@tagged("post_install", "-at_install")
class TestOverHttp(InboxCase, Json2Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.make_user("inbox_admin", "base.group_system")
        cls.clerk = cls.make_user("inbox_clerk")

    def post(self, body, key="h1", **headers):
        return self.url_open(
            f"/sire_base/test/webhook?key={key}", data=body, headers={"Content-Type": "application/json", **headers}
        )

    def test_stored_and_answered(self):
        response = self.post(b'{"a": 1}', **{"User-Agent": "Apache-HttpClient", "Authorization": "Basic x"})
        self.assertEqual(response.status_code, 200)
        event = self.inbox.browse(response.json()["id"])
        self.assertEqual((event.event_key, event.state, event._get_raw_body()), ("h1", "received", b'{"a": 1}'))
        self.assertEqual(event.headers, {"Content-Type": "application/json", "User-Agent": "Apache-HttpClient"})
        self.assertEqual((event.remote_addr, event.company_id), ("127.0.0.1", self.company))
        self.assertEqual(self.post(b"other").json()["id"], event.id)

    def test_a_forwarded_address_is_not_believed(self):
        response = self.post(b"1", **{"X-Forwarded-For": "196.201.214.200", "X-Forwarded-Host": "pay.example.co.ke"})
        self.assertEqual(self.inbox.browse(response.json()["id"]).remote_addr, "127.0.0.1")

    @mute_logger("odoo.http")
    def test_size_limit(self):
        self.assertEqual(self.post(b"x" * 1000).status_code, 200)
        self.assertEqual(self.post(b"x" * 1001, key="big").status_code, 413)
        self.assertEqual(self.post(b"x" * 5_000_000, key="bigger").status_code, 413)
        self.assertEqual(self.post(iter([b"x" * 800, b"x" * 800]), key="chunked").status_code, 413)
        self.assertEqual(self.url_open("/sire_base/test/webhook?key=empty", method="POST").status_code, 400)
        self.assertEqual(self.inbox.search([]).mapped("event_key"), ["h1"])

    @mute_logger("odoo.http")
    def test_nothing_is_forged_over_json2(self):
        event = self.receive()
        values = {"provider": "test", "event_key": "forged", "received_at": "2026-01-01 00:00:00"}
        for user in (self.admin, self.clerk):
            for method, params in (
                ("create", {"vals_list": [values]}),
                ("write", {"ids": event.ids, "vals": {"state": "parked"}}),
                ("unlink", {"ids": event.ids}),
                ("web_save", {"ids": event.ids, "vals": {"state": "done"}, "specification": {}}),
                ("_receive", {"provider": "test", "event_key": "forged", "raw_body": "", "headers": {}}),
                ("_process_due", {}),
                ("_cron_process_inbox", {}),
            ):
                with self.subTest(user=user.login, method=method):
                    self.assertGreaterEqual(self.json_2(user, self.inbox._name, method, **params).status_code, 400)
        self.assertEqual(self.inbox.search([]), event)
        self.assertEqual((event.state, self.handled), ("received", []))

    @mute_logger("odoo.http")
    def test_replay_over_json2(self):
        event = self.receive()
        event.state = "parked"
        self.assertEqual(self.json_2(self.clerk, self.inbox._name, "action_replay", ids=event.ids).status_code, 403)
        self.assertEqual(event.state, "parked")
        self.assertEqual(self.json_2(self.admin, self.inbox._name, "action_replay", ids=event.ids).status_code, 200)
        self.assertEqual(event.state, "received")
        self.process_webhooks()
        self.assertEqual(event.state, "done")
