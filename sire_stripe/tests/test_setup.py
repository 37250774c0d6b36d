from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestSetup(TransactionCase):
    def test_nothing(self):
        self.assertFalse(self.env["sire.stripe.movement"])
