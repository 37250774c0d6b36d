from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from odoo.addons.sire_base.utils.reason import clean_reason


@tagged("post_install", "-at_install")
class TestReason(TransactionCase):
    def test_one_line(self):
        self.assertEqual(clean_reason(self.env, "  Wrong\n\tclient\x00 ", "?"), "Wrong client")
        self.assertEqual(clean_reason(self.env, "x" * 250, "?"), "x" * 250)

    def test_missing(self):
        for reason in (None, False, "", " \n ", "ab", "a \x00b"[:2], [1], 5, {"a": 1}):
            with self.subTest(reason=reason), self.assertRaisesRegex(UserError, "^Write why.$"):
                clean_reason(self.env, reason, "Write why.")

    def test_too_long(self):
        with self.assertRaisesRegex(UserError, "at most 250 characters"):
            clean_reason(self.env, "x" * 251, "?")
        self.assertEqual(clean_reason(self.env, "x" * 251, "?", cut_at=200), "x" * 200)
