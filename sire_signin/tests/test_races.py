"""At once, in connections of their own: what one test transaction cannot show. Committed, and cleaned up after."""

import threading
from types import SimpleNamespace
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.exceptions import AccessDenied, UserError
from odoo.modules.registry import Registry
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tests import BaseCase, get_db_name, tagged

from odoo.addons.sire_signin.const import CODE_TRIES, PASSWORD_LOGIN, Policy

PHONE = "+254733000444"
LOGIN = "race.kiprono"


@tagged("post_install", "-at_install")
class TestRaces(BaseCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self.clean_up)
        self.user_id = self.run_alone(
            lambda env: (
                env["res.users"]
                .create(
                    {
                        "name": "Race Kiprono",
                        "login": LOGIN,
                        "sire_signin_phone": PHONE,
                        "group_ids": [Command.set(env.ref("base.group_user").ids)],
                    }
                )
                .id
            )
        )

    def run_alone(self, func):
        for attempt in range(10):
            try:
                with self.registry.cursor() as cr:
                    cr.execute("SET LOCAL lock_timeout = '20s'")  # what fails here fails, and does not hang
                    return func(api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True}))
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                if attempt == 9:
                    raise

    def clean_up(self):
        def work(env):
            env["sire.signin.code"].search([("phone", "=", PHONE)]).unlink()
            env["sire.signin.counter"].search([]).unlink()
            env["res.device.log"].search([("user_id", "=", self.user_id)]).unlink()
            user = env["res.users"].browse(self.user_id)
            partner = user.partner_id
            user.unlink()
            partner.unlink()

        self.run_alone(work)

    def at_once(self, count, func):
        """Run ``func(env, number)`` in so many threads that have all begun, as requests are run.

        :return: what came of each
        """
        barrier = threading.Barrier(count, timeout=30)
        results, errors = [], []

        def run(number):
            try:
                for attempt in range(10):
                    try:
                        with self.registry.cursor() as cr:
                            cr.execute("SELECT 1")  # the snapshot is taken here
                            if attempt == 0:
                                barrier.wait()
                            results.append(func(api.Environment(cr, SUPERUSER_ID, {}), number))
                        return
                    except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                        continue
                errors.append("never through")
            except Exception as error:  # noqa: BLE001  shown by the test
                errors.append(error)

        threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(90)
        self.assertFalse(errors)
        self.assertEqual(len(results), count)
        return results

    def test_guesses_at_once_are_counted_each(self):
        policy = Policy(free=5, first=600, longest=600)
        waits = self.at_once(
            12, lambda env, _number: env["sire.signin.counter"]._take([("race", f"login:{LOGIN}", policy)])
        )
        self.assertEqual(sum(not wait for wait in waits), 5, waits)

    def test_an_attempt_that_is_rolled_back_is_counted(self):
        policy = Policy(free=2, first=600, longest=600)

        def attempt():
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                wait = env["sire.signin.counter"]._take([("race", f"login:{LOGIN}", policy)])
                cr.rollback()
                return wait

        self.assertEqual([bool(attempt()) for _time in range(3)], [False, False, True])

    def test_the_external_api_by_number_counts_too(self):
        """Each call with a wrong password is rolled back by the host."""

        def call(password):
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    env["res.users"]._check_uid_passwd(self.user_id, password)
            except AccessDenied as error:
                return str(error)
            return "in"

        self.run_alone(lambda env: env["res.users"].browse(self.user_id).write({"password": "kahawa na chai"}))
        self.assertEqual(call("kahawa na chai"), "in")
        answers = [call(f"not this one {number}") for number in range(PASSWORD_LOGIN.free)]
        self.assertEqual(set(answers), {"Access Denied"})
        self.registry.clear_all_caches()
        self.assertIn("Too many attempts", call("kahawa na chai"))

    def test_an_open_session_is_no_place_to_guess_in(self):
        """The host's question before delicate steps, and its change of password: both are rolled back when wrong."""

        def check(password):
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, self.user_id, {"password": password})
                    env["res.users.identitycheck"].create({})._check_identity()
            except UserError as error:
                return str(error)
            return "right"

        def change(password):
            with self.registry.cursor() as cr, self.assertRaises(AccessDenied):
                api.Environment(cr, self.user_id, {})["res.users"].change_password(password, "three four five")

        self.run_alone(lambda env: env["res.users"].browse(self.user_id).write({"password": "kahawa na chai"}))
        self.assertEqual(check("kahawa na chai"), "right")
        for number in range(PASSWORD_LOGIN.free // 2):
            self.assertIn("Incorrect Password", check(f"not this one {number}"))
            change(f"not this one {number}")
        self.assertIn("Too many attempts", check("kahawa na chai"))

    def ask(self):
        """:return: (token, code) of a code that was sent"""
        codes = {}

        def send(_api, messages, **_kwargs):
            codes["text"] = messages[0]["content"]
            return [{"uuid": messages[0]["numbers"][0]["uuid"], "state": "success"}]

        token = self.run_alone(lambda env: env["sire.signin.code"]._ask(PHONE))
        with patch("odoo.addons.sms.tools.sms_api.SmsApi._send_sms_batch", send):
            self.run_alone(lambda env: env["sire.signin.code"]._cron_send())
        return token, codes["text"][:6]

    def test_wrong_codes_at_once_are_five_tries(self):
        token, code = self.ask()
        wrong = f"{(int(code) + 1) % 10**6:06d}"
        counted = []
        model = self.registry["sire.signin.code"]
        original = model._count_try

        def counting(row, digest):
            found = original(row, digest)
            row.env.cr.postcommit.add(lambda: counted.append(bool(found)))
            return found

        with patch.object(model, "_count_try", counting):
            results = self.at_once(9, lambda env, _number: env["sire.signin.code"]._redeem(token, wrong))
        self.assertEqual(results, [None] * 9)
        self.assertEqual(sum(counted), CODE_TRIES)
        self.assertIsNone(self.run_alone(lambda env: env["sire.signin.code"]._redeem(token, code)))

    def test_two_with_the_right_code_at_once_are_one_sign_in(self):
        token, code = self.ask()
        results = self.at_once(4, lambda env, _number: env["sire.signin.code"]._redeem(token, code))
        self.assertEqual(sorted(map(bool, results)), [False, False, False, True])
        self.assertIn(self.user_id, results)

    def test_two_wishes_for_one_number_at_once_leave_one(self):
        tokens = self.at_once(4, lambda env, _number: env["sire.signin.code"]._ask(PHONE))
        self.assertEqual(len(set(tokens)), 4)
        rows = self.run_alone(lambda env: env["sire.signin.code"].search_read([("phone", "=", PHONE)], ["state"]))
        self.assertEqual([row["state"] for row in rows], ["waiting"])

    def test_two_jobs_at_once_send_one_code(self):
        sent = []

        def send(_api, messages, **_kwargs):
            sent.append(messages)
            return [{"uuid": messages[0]["numbers"][0]["uuid"], "state": "success"}]

        self.run_alone(lambda env: env["sire.signin.code"]._ask(PHONE))
        with patch("odoo.addons.sms.tools.sms_api.SmsApi._send_sms_batch", send):
            self.at_once(3, lambda env, _number: env["sire.signin.code"]._cron_send())
        self.assertEqual(len(sent), 1)

    def test_two_devices_at_once_are_one(self):
        """Each signs in and asks for its first page in the same instant: the later one stays."""
        self.run_alone(lambda env: env["ir.config_parameter"].set_param("sire_signin.single_device", "True"))
        self.addCleanup(
            self.run_alone, lambda env: env["ir.config_parameter"].set_param("sire_signin.single_device", False)
        )
        ended = []

        class Session(dict):
            uid = self.user_id

            def update_trace(self, _request):
                now = fields.Datetime.now().timestamp()
                trace = {"platform": "linux", "browser": "firefox", "ip_address": "197.232.1.1"}
                self["_trace"] = [{**trace, "first_activity": now, "last_activity": now}]
                return self["_trace"][0]

        def request(number):
            session = Session(_trace=[])
            session.sid = f"{number}" * 84
            return SimpleNamespace(session=session)

        with patch("odoo.http.root.session_store.delete_from_identifiers", ended.extend):
            self.at_once(2, lambda env, number: env["res.device.log"]._update_device(request(number)))
        alive = self.run_alone(
            lambda env: env["res.device"].search([("user_id", "=", self.user_id)]).mapped("session_identifier")
        )
        self.assertEqual(len(alive), 1)
        self.assertEqual(sorted([*alive, *ended]), ["0" * 42, "1" * 42])
