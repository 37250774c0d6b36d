"""Who waives late fees, who reads them, and that nobody writes them."""

from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.sire_billing.tests.common import BillingCommon

from .late_fee_common import NOVEMBER, LateFeeCommon


@tagged("post_install", "-at_install")
class TestWaive(LateFeeCommon):
    def waive(self, move, reason="They are friends", user=None, month=NOVEMBER):
        return self.env["sire.late.fee"].with_user(user or self.user_accountant)._waive(move, month, reason)

    def test_before(self):
        move = self.bill(due=-40)
        self.waive(move, month=NOVEMBER + timedelta(days=12))
        self.assertFalse(self.charge())
        self.assertEqual((self.fee(move).state, self.fee(move).reason), ("waived", "They are friends"))
        self.assertEqual(self.charge(2027, 1, 1, 8, 0).amount_untaxed, 20, "of that month alone")
        with self.assertRefused("no late fee"):
            self.waive(move)

    def test_a_line_of_a_draft(self):
        move, other = self.bill(due=-40), self.bill(due=-40)
        made = self.charge()
        self.waive(move)
        self.assertEqual(made.amount_untaxed, 20)
        self.assertEqual((self.fee(move).state, self.fee(other).state), ("waived", "charged"))
        self.waive(other)
        self.assertFalse(made.exists())
        self.assertFalse(self.charge())

    def test_a_draft_that_somebody_deletes(self):
        move = self.bill(due=-40)
        self.charge().with_user(self.user_accountant).unlink()
        self.assertEqual((self.fee(move).state, self.fee(move).fee_move_id.ids), ("waived", []))
        self.assertFalse(self.charge())

    def test_a_draft_that_somebody_cancels(self):
        move = self.bill(due=-40)
        self.charge().button_cancel()
        self.assertEqual(self.fee(move).state, "waived")
        self.assertFalse(self.charge())

    def test_a_posted_one_is_void(self):
        move = self.bill(due=-40)
        made = self.charge()
        made.action_post()
        self.waive(move)
        self.assertEqual((made.sire_status, made.sire_void_reason), ("void", "They are friends"))
        self.assertEqual(self.fee(move).state, "waived")
        self.assertFalse(self.charge())

    def test_void_is_waived(self):
        move = self.bill(due=-40)
        made = self.charge()
        made.action_post()
        made._sire_void("A mistake of ours")
        self.assertEqual((self.fee(move).state, self.fee(move).reason), ("waived", "A mistake of ours"))

    def test_what_is_refused(self):
        move = self.bill(due=-40)
        for reason in ("", "  x ", "x" * 251, None):
            with self.assertRefused("reason|why"):
                self.waive(move, reason)
        with self.assertRefused("this month or the one before"):
            self.waive(move, month=date(2026, 9, 1))
        with self.assertRefused("confirmed invoice"):
            self.waive(move.copy())
        self.assertFalse(move.sire_late_fee_ids)


@tagged("post_install", "-at_install")
class TestLateFeeRoles(LateFeeCommon, HttpCase):
    def test_who_reads_and_nobody_writes(self):
        for role, user in self.roles.items():
            fees = self.env["sire.late.fee"].with_user(user)
            self.assertEqual(fees.has_access("read"), role != "developer", role)
            for mode in ("create", "write", "unlink"):
                self.assertFalse(fees.has_access(mode), (role, mode))

    def test_who_waives(self):
        for role, user in self.roles.items():
            move = self.bill(due=-40)
            for ask in (
                move.with_user(user).action_sire_waive_late_fee,
                lambda move=move, user=user: (
                    self.env["sire.late.fee"].with_user(user)._waive(move, NOVEMBER, "Friends")
                ),
            ):
                if role in ("admin", "accountant"):
                    ask()
                else:
                    with self.assertRaises(AccessError):
                        ask()
            self.assertEqual(bool(move.sire_late_fee_ids), role in ("admin", "accountant"))

    def test_an_invoice_opens_for_all_who_may_read_it(self):
        move = self.bill(due=-40)
        self.charge()
        for role in ("admin", "accountant", "manager", "viewer"):
            values = move.with_user(self.roles[role]).web_read({"sire_late_fee_said": {}})
            self.assertEqual("KSh 20", values[0]["sire_late_fee_said"])

    def test_the_choice_of_a_client_is_the_accountants(self):
        self.client.with_user(self.user_accountant).sire_late_fee_off = True
        with self.assertRaises(AccessError):
            self.client.with_user(self.user_manager).sire_late_fee_off = False

    def test_the_mark_of_a_fee_invoice_is_not_written(self):
        move = self.bill(due=-40)
        moves = self.env["account.move"].with_user(self.user_accountant)
        for ask in (
            lambda: move.with_user(self.user_accountant).write({"sire_late_fee_month": NOVEMBER}),
            lambda: moves.create({"move_type": "out_invoice", "sire_late_fee_month": NOVEMBER}),
            lambda: moves.with_context(default_sire_late_fee_month=NOVEMBER).create({"move_type": "out_invoice"}),
        ):
            with self.assertRefused("waived, not written", UserError):
                ask()


@tagged("post_install", "-at_install")
class TestLateFeeJson2(BillingCommon, HttpCase):
    def test_json_2(self):
        """The same by the address that programs use."""
        move = self.make_invoice()
        fee = self.env["sire.late.fee"]._waive(move, self.day(0), "They are friends")
        keys = {role: self.make_api_key(user) for role, user in self.roles.items()}

        def ask(role, model, method, **body):
            return self.url_open(
                f"/json/2/{model}/{method}", json=body, headers={"Authorization": f"Bearer {keys[role]}"}
            )

        for role in self.roles:
            self.opener.cookies.clear()
            self.assertEqual(ask(role, fee._name, "write", ids=fee.ids, vals={"amount": 1}).status_code, 403, role)
            self.assertEqual(ask(role, fee._name, "unlink", ids=fee.ids).status_code, 403, role)
            self.assertNotEqual(
                ask(role, fee._name, "_waive", move=move.id, month="2026-11-01", reason="Friends").status_code, 200
            )
        answer = ask("accountant", "account.move", "write", ids=move.ids, vals={"sire_late_fee_month": "2026-11-01"})
        self.assertGreaterEqual(answer.status_code, 400)
        self.assertIn("waived, not written", answer.text)
        self.env.invalidate_all()
        self.assertEqual((fee.amount, fee.state, move.sire_late_fee_month), (0, "waived", False))
