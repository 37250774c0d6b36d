from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import BillingCommon


@tagged("post_install", "-at_install")
class TestMessages(BillingCommon):
    def mails(self, record):
        return self.env["mail.mail"].search([("model", "=", record._name), ("res_id", "=", record.id)])

    def test_send(self):
        order = self.make_quotation()
        self.assertEqual((order.state, order.sire_sent_to), ("sent", "pay@acacia.example"))
        self.assertTrue(order.sire_sent_at)
        self.assertEqual(order.sire_sent_digest, order._sire_digest())
        mail = self.mails(order)
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.state, "outgoing")  # in the host's queue: nothing is lost when the server is away
        self.assertEqual(mail.recipient_ids, self.client)
        self.assertIn("SIRE TECH Ltd", mail.email_from)
        self.assertIn(order.sire_client_url, mail.body_html)
        self.assertIn("KSh 110,200", mail.body_html)
        self.assertIn("viewport", mail.body_html)
        self.assertEqual(order.sire_sent_message_id.attachment_ids.mapped("name"), [f"Quotation {order.name}.pdf"])
        self.assertEqual(order.sire_delivery, "queued")
        self.assertNotIn(self.client, order.message_partner_ids)
        # The chatter is read by viewers; the link is for the client.
        self.assertNotIn("/c/", "".join(order.message_ids.mapped("body")))

    def test_failure_is_visible_and_sending_again_mends_it(self):
        order = self.make_quotation()
        mail = self.mails(order)
        mail._postprocess_sent_message(success_pids=[], success_emails=[], failure_type="mail_smtp")
        mail.write({"state": "exception", "failure_reason": "Connection refused"})
        order.invalidate_recordset()
        self.assertEqual(order.sire_delivery, "failed")
        order.action_sire_send()
        self.assertEqual(order.sire_delivery, "queued")
        self.assertEqual(len(self.mails(order)), 2)

    def test_sending_again_after_a_change(self):
        order = self.make_quotation()
        first = order.sire_sent_digest
        url = order.sire_client_url
        order.order_line[0].price_unit = 1
        order.action_sire_send()
        self.assertNotEqual(order.sire_sent_digest, first)
        self.assertFalse(order.sire_changed)
        self.assertEqual(order.sire_client_url, url)

    def test_what_is_missing_is_said(self):
        order = self.make_quotation(sent=False)
        self.client.email = False
        with self.assertRefused("^Acacia Lodge Ltd has no e-mail address"):
            order.action_sire_send()
        self.client.email = "pay@acacia.example"
        order.validity_date = self.day(-1)
        with self.assertRefused("set a later date first"):
            order.action_sire_send()
        order.validity_date = self.day(0)
        order.order_line.price_unit = 0
        with self.assertRefused("^The total of .* is zero"):
            order.action_sire_send()
        order.order_line.unlink()
        with self.assertRefused("has no lines yet"):
            order.action_sire_send()
        self.assertEqual(order.state, "draft")
        self.assertFalse(self.mails(order))
        order.action_cancel()
        with self.assertRefused("is cancelled: only a draft"):
            order.action_sire_send()

    def test_swahili(self):
        self.env["res.lang"]._activate_lang("sw")
        self.client.lang = "sw"
        order = self.make_quotation()
        mail = self.mails(order)
        self.assertIn('lang="sw"', mail.body_html)
        self.assertIn("Soma na uidhinishe", mail.body_html)
        self.assertEqual(mail.subject, f"Nukuu ya bei {order.name} kutoka SIRE TECH Ltd")
        self.assertIn("Huhitaji nenosiri", mail.body_html)
        self.assertIn("Hii ni nukuu yetu ya bei", mail.body_html)
        self.assertNotIn("Read and approve", mail.body_html)

    def test_client_hears_once_and_from_us(self):
        order = self.make_quotation()
        invoice = self.approve(order)
        mails = self.env["mail.mail"].search([("recipient_ids", "in", self.client.ids)])
        self.assertEqual(len(mails), 2)  # the quotation, and the invoice
        self.assertEqual(mails.mapped("model"), ["account.move", "sale.order"])
        self.assertIn(invoice.sire_client_url, mails[0].body_html)
        order.sudo()._send_order_confirmation_mail()
        order.sudo()._send_payment_succeeded_for_order_mail()
        self.assertEqual(self.env["mail.mail"].search_count([("recipient_ids", "in", self.client.ids)]), 2)

    def test_manager_hears_once_and_nobody_waits_for_the_mail_server(self):
        order = self.make_quotation()
        jobs = self.env["ir.cron.trigger"].search_count([])
        with patch.object(self.env.registry["mail.mail"], "send") as sent:
            invoice = self.approve(order.with_context(tracking_disable=False))
            self.env.cr.postcommit.run()
            sent.assert_not_called()
        manager = self.user_manager.partner_id
        mails = self.env["mail.mail"].search([("recipient_ids", "in", manager.ids)])
        self.assertEqual((len(mails), mails.state), (1, "outgoing"))
        self.assertIn(f"Approved by Jane Wanjiku. Invoice {invoice.name} is ready.", mails.body_html)
        self.assertEqual(self.env["ir.cron.trigger"].search_count([]), jobs + 1)  # for the client's e-mail as well
        self.assertIn(manager, invoice.message_partner_ids)  # who follows the invoice as before
        self.assertIn(order.name, "".join(invoice.message_ids.mapped("body")))

    def test_a_broken_template_does_not_undo_the_approval(self):
        self.env.ref("sire_billing.mail_template_invoice").body_html = '<p t-out="object.no_such_field"/>'
        order = self.make_quotation()
        jobs = self.env["ir.cron.trigger"].search_count([])
        with mute_logger("odoo.addons.mail.models.mail_render_mixin"):
            invoice = self.approve(order)
        self.assertEqual((invoice.state, order.sire_state), ("posted", "approved"))
        self.assertEqual(self.env["ir.cron.trigger"].search_count([]), jobs + 1)  # the manager's e-mail leaves
        self.assertIn("The invoice was not e-mailed", "".join(order.message_ids.mapped("body")))

    def test_two_clicks_are_one_mail(self):
        order = self.make_quotation()
        order.action_sire_send()
        self.assertEqual(len(self.mails(order)), 1)
        order.order_line[0].price_unit = 1
        order.action_sire_send()
        self.assertEqual(len(self.mails(order)), 2)
        with freeze_time(fields.Datetime.now() + timedelta(seconds=6)):
            order.action_sire_send()
        self.assertEqual(len(self.mails(order)), 3)

    def test_client_without_mail_is_invoiced_all_the_same(self):
        order = self.make_quotation()
        self.client.email = False
        self.assertEqual(self.approve(order).state, "posted")

    def test_manager_is_told(self):
        order = self.make_quotation()
        self.approve(order)
        message = order.message_ids.filtered(lambda message: "Approved by Jane Wanjiku" in message.body)
        self.assertEqual(message.author_id, self.client)
        self.assertIn(self.user_manager.partner_id, message.notified_partner_ids)

    def test_invoice_is_sent_with_one_click(self):
        invoice = self.make_invoice().with_user(self.user_accountant)
        invoice.action_sire_send()
        self.assertTrue(invoice.is_move_sent)
        self.assertEqual(invoice.sire_sent_to, "pay@acacia.example")
        self.assertEqual(len(invoice.sire_sent_message_id.attachment_ids), 1)
        self.client.email = False
        with self.assertRefused("has no e-mail address"):
            invoice.action_sire_send()
        with self.assertRefused("Only a confirmed invoice"):
            self.env["account.move"].create(
                {"move_type": "out_invoice", "partner_id": self.client.id}
            ).action_sire_send()

    def test_preview(self):
        order = self.make_quotation()
        self.assertEqual(order.action_sire_preview()["url"], order.sire_client_url)
        invoice = self.approve(order)
        self.assertEqual(invoice.action_sire_open_page()["url"], invoice.sire_client_url)
        self.assertEqual(invoice.action_sire_open_project()["res_id"], order.project_id.id)
        with self.assertRefused("when it is confirmed"):
            invoice.copy().action_sire_open_page()

    def test_opened_is_remembered_once(self):
        order = self.make_quotation()
        order._sire_mark_opened()
        opened = order.sire_opened_at
        self.assertTrue(opened)
        order._sire_mark_opened()
        self.assertEqual(order.sire_opened_at, opened)

    def test_the_chatter_speaks_the_staffs_language(self):
        order = self.make_quotation()
        order.user_id = self.user_manager
        digest = order._sire_digest()
        invoice = order.sudo().with_context(lang="sw")._sire_approve("Jane Wanjiku", digest)
        notes = [note for note in invoice.message_ids.mapped("body") if order.name in note and "created" in note]
        self.assertEqual(len(notes), 1)
        self.assertIn("journal entry has been created from", notes[0].lower())
