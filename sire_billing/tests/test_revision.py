"""Revisions: the version that was sent stays, the next is a quotation of its own, and there is one."""

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import BillingCommon


@tagged("post_install", "-at_install")
class TestRevision(BillingCommon):
    def revise(self, order, user=None):
        order = order.with_user(user or self.user_manager)
        return order.browse(order.action_sire_revise()["res_id"])

    def test_the_next_version(self):
        order = self.make_quotation()
        digest, tasks = order.sire_sent_digest, order.order_line.sire_task_id
        revision = self.revise(order)
        self.assertEqual(revision.name, f"{order.name}/2")
        self.assertEqual((revision.state, revision.sire_version, order.sire_version), ("draft", 2, 1))
        self.assertEqual(revision.project_id, order.project_id)
        self.assertEqual(revision.amount_total, order.amount_total)
        self.assertEqual(revision.order_line.sire_task_id, tasks)
        self.assertFalse(revision.sire_sent_at or revision.sire_sent_digest or revision.sire_opened_at)
        self.assertEqual((order.sire_state, order.sire_sent_digest), ("superseded", digest))
        self.assertEqual(order._sire_digest(), digest)
        self.assertEqual(len(order.sire_sending_ids), 1, "what was sent is still in the log")
        self.assertFalse(self.get_unbilled(order.project_id.sudo()), "the tasks are on the revision")
        revision.action_sire_send()
        self.assertEqual(self.revise(revision).name, f"{order.name}/3")

    def test_twice_is_once(self):
        order = self.make_quotation()
        revision = self.revise(order)
        self.assertEqual(self.revise(order), revision)
        self.assertEqual(order.sire_next_ids, revision)

    def test_what_can_be_revised(self):
        draft = self.make_quotation(sent=False)
        with self.assertRefused("was not sent yet"):
            self.revise(draft)
        approved = self.make_quotation()
        self.approve(approved)
        with self.assertRefused("was approved by Jane Wanjiku .* new quotation"):
            self.revise(approved)
        cancelled = self.make_quotation()
        cancelled.action_cancel()
        with self.assertRefused("was cancelled"):
            self.revise(cancelled)
        declined = self.make_quotation()
        declined._sire_decline("Too dear", "Jane Wanjiku")
        self.assertEqual(self.revise(declined).state, "draft")
        self.assertEqual((declined.sire_state, declined.sire_decline_reason), ("superseded", "Too dear"))
        with freeze_time("2026-03-02 09:00:00"):
            expired = self.make_quotation()
        revision = self.revise(expired)
        self.assertEqual(revision.validity_date, self.day(30), "which is valid again")

    def test_a_superseded_version_is_frozen_and_cannot_be_approved(self):
        order = self.make_quotation()
        revision = self.revise(order)
        for attempt in (
            lambda: order.order_line[0].write({"price_unit": 1}),
            lambda: order.write({"note": "Other terms"}),
            lambda: order.write({"validity_date": self.day(90)}),
            lambda: order.order_line[0].unlink(),
            lambda: order.action_draft(),
        ):
            with self.assertRefused("stays as it was sent"):
                attempt()
        with self.assertRefused("only a draft"):
            order.action_sire_send()
        for _sent in range(2):
            with self.assertRefused("was replaced by a newer version"):
                self.approve(order)
            with self.assertRefused("was replaced by a newer version"):
                order._sire_decline("No")
            if revision.state == "draft":
                revision.action_sire_send()
        with self.assertRefused("not written by hand"):
            order.write({"sire_superseded_at": False})
        self.assertEqual(self.approve(revision).amount_total, revision.amount_total)
        self.assertFalse(order.invoice_ids)

    def test_a_revision_that_is_dropped_gives_the_old_one_back(self):
        order = self.make_quotation()
        revision = self.revise(order)
        revision.action_cancel()
        self.assertEqual(order._sire_client_state(), "open")
        self.assertEqual(self.revise(order), revision, "taken up again: there are not two of one name")
        self.assertEqual((revision.state, order.sire_state), ("draft", "superseded"))
        revision.with_user(self.user_admin).unlink()
        self.assertEqual(order._sire_client_state(), "open")
        self.approve(order)

    def test_a_dropped_revision_does_not_come_back_beside_an_approval(self):
        order = self.make_quotation()
        revision = self.revise(order)
        revision.action_cancel()
        self.approve(order)
        with self.assertRefused("was approved by"):
            revision.action_draft()
        self.assertEqual((order.sire_state, revision.state), ("approved", "cancel"))

    def test_a_revision_that_was_sent_is_kept(self):
        order = self.make_quotation()
        revision = self.revise(order)
        revision.action_sire_send()
        revision.action_cancel()
        self.assertEqual(order.sire_state, "superseded")
        for kept in (order, revision):
            with self.assertRefused("is kept"):
                kept.with_user(self.user_admin).unlink()

    def test_what_changed(self):
        order = self.make_quotation()
        revision = self.revise(order)
        self.assertFalse(revision._sire_get_changes())
        design, build = revision.order_line
        design.write({"product_uom_qty": 12, "discount": 10})
        build.tax_ids = False
        revision.write(
            {
                "order_line": [self.line_vals(product_id=build.product_id.id, name="Hosting")],
                "validity_date": self.day(7),
            }
        )
        revision.note = "Half now"
        changes = {row["what"]: (row["kind"], row["before"], row["after"]) for row in revision._sire_get_changes()}
        self.assertEqual(changes["Design: quantity"], ("changed", "10 Hours", "12 Hours"))
        self.assertEqual(changes["Design: discount"], ("changed", "", "10%"))
        self.assertEqual(changes["Build: VAT"], ("changed", self.tax.name, ""))
        self.assertEqual(changes["Hosting"][:2], ("added", ""))
        self.assertEqual(changes["Terms and conditions"][2], "Half now")
        self.assertEqual(changes["Valid until"][2], self.day(7).strftime("%d/%m/%Y"))
        self.assertEqual(changes["Total"][1], "KSh 110,200")
        self.assertNotIn("Client", changes)
        build.unlink()
        changes = {row["what"]: row["kind"] for row in revision._sire_get_changes()}
        self.assertEqual(changes["Build"], "removed")
        self.assertIn("Hosting", revision.with_user(self.user_viewer).sire_changes_html)

    def test_who_may(self):
        order = self.make_quotation()
        for user in (self.user_viewer, self.user_developer, self.user_accountant):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                order.with_user(user).action_sire_revise()
        stranger = self.make_user("revision_stranger", "sire_access.group_admin", company=self.company_2)
        with self.assertRaises(AccessError):
            order.with_user(stranger).action_sire_revise()
        self.assertFalse(order.sire_next_ids)
