"""Who may do what with certificates."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import WithholdingCommon


@tagged("post_install", "-at_install")
class TestRoles(WithholdingCommon):
    def setUp(self):
        super().setUp()
        self.invoice = self.make_bill()

    def test_accountants_record_and_void(self):
        certificate = self.record(self.invoice, 1700)
        self.assertEqual(certificate.with_user(self.user_accountant).action_void()["target"], "new")
        action = self.invoice.with_user(self.user_accountant).action_sire_certificate()
        self.assertEqual(action["context"]["default_kind"], "tax")

    def test_others_do_not(self):
        for user in (self.user_manager, self.user_developer, self.user_viewer):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError), self.cr.savepoint():
                    self.record(self.invoice, 1, user=user)
        certificate = self.record(self.invoice, 1700)
        for user in (self.user_manager, self.user_developer, self.user_viewer):
            with self.subTest(user=user.login):
                for act in (lambda one: one.action_void(), lambda one: one._sire_void("because of it")):
                    with self.assertRaises(UserError), self.cr.savepoint():
                        act(certificate.with_user(user))
        self.assertEqual(certificate.state, "recorded")

    def test_who_reads_payments_reads_certificates(self):
        certificate = self.record(self.invoice, 1700)
        for user in (self.user_accountant, self.user_manager, self.user_viewer):
            self.assertEqual(certificate.with_user(user).name, "KRAWHV000001")
        with self.assertRaises(AccessError):
            certificate.with_user(self.user_developer).read(["amount"])
