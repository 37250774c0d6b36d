"""The same rules for who talks to the server without our screens."""

from odoo.tests import tagged

from odoo.addons.sire_base.tests.json_2 import Json2Case

from .common import PDF, WithholdingCommon


@tagged("post_install", "-at_install")
class TestJson2(WithholdingCommon, Json2Case):
    def setUp(self):
        super().setUp()
        self.invoice = self.make_bill()
        self.values = {
            "invoice_id": self.invoice.id,
            "kind": "vat",
            "amount": 1700,
            "name": "KRAWHV000009",
            "file": PDF,
            "file_name": "a.pdf",
        }

    def test_recorded_as_on_the_screen(self):
        response = self.json_2(
            self.user_accountant, "sire.withholding.certificate", "create", vals_list=[self.values | {"state": "void"}]
        )
        self.assertEqual(response.status_code, 200, response.text)
        self.assertEqual(self.invoice.amount_residual, 96900)

    def test_refused_in_words(self):
        certificate = self.record(self.invoice, 100, is_last=False)
        accountant = self.user_accountant
        model = "sire.withholding.certificate"
        for user, target, method, body in (
            (accountant, model, "create", {"vals_list": [self.values | {"amount": 1e9}]}),
            (accountant, model, "create", {"vals_list": [self.values | {"amount": "many"}]}),
            (accountant, model, "create", {"vals_list": [self.values | {"name": "KRAWHV000001"}]}),
            (
                accountant,
                model,
                "write",
                {"ids": certificate.ids, "vals": {"amount": 1}, "context": {"sire_gate": True}},
            ),
            (accountant, model, "unlink", {"ids": certificate.ids}),
            (accountant, "account.move", "write", {"ids": self.invoice.ids, "vals": {"sire_certificate_asked": 3}}),
            (accountant, "account.move", "button_draft", {"ids": certificate.sudo().move_id.ids}),
            (self.user_manager, model, "create", {"vals_list": [self.values]}),
            (self.user_viewer, model, "action_void", {"ids": certificate.ids}),
            (self.user_developer, model, "search_read", {"domain": []}),
        ):
            with self.subTest(user=user.login, method=method, body=body):
                response = self.json_2(user, target, method, **body)
                self.assertForbidden(response)
                self.assertTrue(response.json()["message"])
        self.assertEqual((self.invoice.amount_residual, certificate.state), (98500, "recorded"))
