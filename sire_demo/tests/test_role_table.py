"""Every role, every action, every channel: the call is really made, and the database compared afterwards."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.sire_billing.tests.plan_common import PlanCommon

from .role_table import PAGE_TABLE, TABLE, read_table
from .role_table_actions import LAST, RoleTableActions
from .role_table_pages import RoleTablePages

#: What a refusal leaves as it was, row by row.
TABLES = (
    "sale_order", "sale_order_line", "sire_order_instalment", "sire_client_sending", "sire_quotation_work",
    "account_move", "account_move_line", "account_payment", "account_partial_reconcile", "account_full_reconcile",
    "payment_transaction", "sire_cashier_session", "sire_cashier_movement", "sire_reminder", "sire_reminder_letter",
    "sire_reminder_pause", "sire_statement_sending", "mail_mail", "mail_message", "ir_attachment", "ir_sequence",
)  # fmt: skip
REFUSALS = ("AccessError", "UserError", "ValidationError", "AccessDenied", "SessionExpiredException", "Forbidden")
NO_RIGHT = {"web": ("AccessError", "SessionExpiredException"), "json2": (401, 403)}
CHANNELS = ("web", "json2")


@tagged("post_install", "-at_install")
class TestRoleTable(RoleTableActions, RoleTablePages, PlanCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        reports = cls.registry["ir.actions.report"]
        rendered = patch.object(reports, "_render_qweb_pdf", lambda *_args, **_kwargs: (b"%PDF-1.4 x", "pdf"))
        rendered.start()
        cls.addClassCleanup(rendered.stop)
        cls.env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", "True")
        portal = new_test_user(
            cls.env, "sire_test_client", "base.group_portal", password="sire_test_client", partner_id=cls.client.id
        )
        cls.people = {**cls.roles, "client": portal, "nobody": cls.env["res.users"]}
        cls.keys = {user: cls.make_api_key(user) for user in cls.people.values() if user}
        cls.make_quotations()
        cls.make_money()
        cls.make_sessions()
        cls.pause = cls.env["sire.reminder.pause"]._pause(cls.invoice, "dispute", cls.company, reason="Hours")
        cls.provider = cls.env["payment.provider"].create(
            {"name": "Test Card", "code": "none", "state": "test", "is_published": True}
        )
        for record in (cls.sent, cls.plain):  # what the e-mails would hold: made by sending, and not by the test
            record._portal_ensure_token()
        cls.env.flush_all()

    @classmethod
    def make_quotations(cls):
        cls.draft = cls.make_quotation(sent=False).with_env(cls.env)
        cls.sent, cls.approved, cls.planned = (cls.make_quotation().with_env(cls.env) for _each in range(3))
        cls.declined = cls.make_quotation().with_env(cls.env)
        cls.invoice = cls.approve(cls.approved).with_env(cls.env)
        cls.planned = cls.make_plan(order=cls.make_quotation(sent=False)).with_env(cls.env)
        cls.approve(cls.planned)
        cls.get_part(cls.planned, "Balance").action_toggle_reached()

    @classmethod
    def make_money(cls):
        cls.drawer, *cls.drawers = cls.env["account.journal"].create(
            [{"name": f"Drawer {code}", "type": "cash", "code": code} for code in ("DRA", "DRB", "DRC", "DRD")]
        )
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.draft_invoice, cls.plain = cls.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": cls.client.id,
                    "invoice_date": cls.day(-40),
                    "invoice_date_due": cls.day(-8),
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        Command.create({"name": "Work", "price_unit": 1000, "tax_ids": [Command.clear()]})
                    ],
                }
                for _each in range(2)
            ]
        )
        cls.plain.action_post()
        cls.plain_number = cls.plain.name
        cls.receipt = cls.take_cash(cls.invoice, 1000, journal_id=cls.drawer.id)
        cls.cheque = cls.take_cash(cls.invoice, 2000, **cls.cheque_values("000777"))
        credit = cls.env["account.payment"].create(
            {"amount": 500, "payment_type": "inbound", "partner_type": "customer", "partner_id": cls.client.id}
        )
        credit.action_post()

    @classmethod
    def make_sessions(cls):
        sessions = cls.env["sire.cashier.session"].with_user(cls.user_accountant)
        cls.open_session, cls.counted_session = (
            sessions.browse(sessions.action_sire_open(journal.id, 100)).with_env(cls.env) for journal in cls.drawers[1:]
        )
        cls.counted_session.with_user(cls.user_accountant).action_sire_count(90)

    @classmethod
    def cheque_values(cls, number):
        return {
            "instrument": "cheque",
            "cheque_number": number,
            "cheque_bank": "KCB",
            "cheque_date": str(cls.day(0)),
        }

    # === THE TESTS ===#

    def test_table(self):
        rows, before = read_table(TABLE), self.photograph()
        self.assertEqual({row[0] for row in rows}, {name[3:] for name in dir(self) if name.startswith("do_")})
        cells = 0
        for role, user in self.people.items():
            for channel in CHANNELS:
                self.enter(user if channel == "web" else None)
                for action, expected in rows:
                    with self.subTest(role=role, action=action, channel=channel), self.undone(expected[role]):
                        self.check_cell(action, expected[role], channel, user, before)
                        cells += 1
        self.assertEqual(cells, 41 * 7 * 2)

    def test_pages(self):
        rows, before = read_table(PAGE_TABLE), self.photograph()
        self.assertEqual(
            {row[0] for row in rows}, {name[5:] for name in dir(RoleTablePages) if name.startswith("open_")}
        )
        for role, user in self.people.items():
            self.enter(user)
            for action, expected in rows:
                with self.subTest(role=role, action=action), self.undone(expected[role]):
                    self.check_page(action, expected[role], before)

    def check_cell(self, action, expected, channel, user, before):
        refusal = None
        for step in getattr(self, f"do_{action}")():
            model, method, ids, arguments = step
            ids = answer if ids is LAST else ids  # noqa: F821
            refusal, answer = getattr(self, f"ask_{channel}")(user, model, method, ids, arguments)
            if refusal:
                break
        self.env.invalidate_all()
        if expected == "yes":
            self.assertFalse(refusal, answer)
            self.assertTrue(getattr(self, f"is_{action}")(), "it was answered, and not done")
            return
        self.assertTrue(refusal, f"{expected} was expected, and it was done")
        if expected == "-":
            self.assertIn(refusal, NO_RIGHT[channel], answer)
        self.assert_sentence(answer)
        self.assert_same(before)

    def check_page(self, action, expected, before):
        with mute_logger("odoo.http"):
            status, text = getattr(self, f"open_{action}")()
        self.env.invalidate_all()
        self.assertLess(status, 500, text)
        self.assertNotIn("Traceback", text)
        if expected == "yes":
            self.assertEqual(status, 303, text)
            self.assertTrue(getattr(self, f"was_{action}")())
        else:
            self.assertGreaterEqual(status, 400, text)
            self.assert_same(before)

    # === CHANNELS ===#

    def enter(self, user):
        if user:
            self.authenticate(user.login, user.login)
        else:
            self.authenticate(None, None)
            self.opener.cookies.clear()

    def ask_web(self, user, model, method, ids, arguments):
        """As the web client does it: :return: the name of the error, or None; and what was answered"""
        arguments = dict(arguments)
        context = {"lang": "en_US", "tz": "Africa/Nairobi", **arguments.pop("context", {})}
        args = [arguments.pop("vals_list")] if method == "create" else [] if ids is None else [ids]
        params = {"model": model, "method": method, "args": args, "kwargs": {**arguments, "context": context}}
        with mute_logger("odoo.http"):
            response = self.url_open(
                f"/web/dataset/call_kw/{model}/{method}", json={"jsonrpc": "2.0", "method": "call", "params": params}
            )
        self.assertEqual(response.status_code, 200, response.text)
        error = response.json().get("error")
        if error:
            name = error["data"]["name"].rpartition(".")[2]
            self.assertIn(name, REFUSALS, error)
            return name, error["data"]["message"]
        return None, response.json().get("result")

    def ask_json2(self, user, model, method, ids, arguments):
        """:return: the status of a refusal, or None; and what was answered"""
        body = {**arguments, **({} if ids is None else {"ids": ids})}
        self.opener.cookies.clear()
        headers = {"Authorization": f"Bearer {self.keys[user]}"} if user else {}
        with mute_logger("odoo.http"):
            response = self.url_open(f"/json/2/{model}/{method}", json=body, headers=headers, method="POST")
        self.assertLess(response.status_code, 500, response.text)
        if response.status_code >= 400:
            return response.status_code, response.json()["message"]
        return None, response.json()

    # === THE DATABASE ===#

    def photograph(self):
        """:return: {table: a hash of all its rows}"""
        self.env.flush_all()
        hashes = {}
        for table in TABLES:
            row = SQL.identifier("t")
            self.env.cr.execute(
                SQL("SELECT count(*), md5(string_agg(%s::text, '|' ORDER BY id)) FROM %s t", row, SQL.identifier(table))
            )
            hashes[table] = self.env.cr.fetchone()
        return hashes

    def assert_same(self, before):
        after = self.photograph()
        self.assertEqual({table for table in TABLES if before[table] != after[table]}, set(), "changed by a refusal")

    def assert_sentence(self, text):
        self.assertTrue(text and text.strip(), "refused without a word")
        for word in ("Traceback", "psycopg2", "<class", "KeyError"):
            self.assertNotIn(word, text)

    @contextmanager
    def undone(self, expected):
        """Whatever a cell did is taken back: each begins with the same records."""
        with self.env.cr.savepoint() as savepoint:
            try:
                yield
            finally:
                self.env.flush_all()
                savepoint.rollback()
                self.env.invalidate_all()
                if expected == "yes":
                    self.env.registry.clear_all_caches()
