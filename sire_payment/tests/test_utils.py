from decimal import Decimal
from fractions import Fraction

from odoo.tests import BaseCase, tagged

from odoo.addons.sire_payment.utils import get_amount_fault, is_finite_number


@tagged("post_install", "-at_install")
class TestUtils(BaseCase):
    def test_what_is_no_number(self):
        for value in (None, True, False, "500", "", [500], {}, float("nan"), float("inf"), -float("inf"), 10**400):
            with self.subTest(value=str(value)[:20]):
                self.assertEqual(get_amount_fault(value), "number")
                self.assertFalse(is_finite_number(value))

    def test_what_is_not_positive(self):
        for value in (0, 0.0, -0.01, -500, -1e30, Decimal("-1")):
            self.assertEqual(get_amount_fault(value), "positive")

    def test_what_is_finer_than_a_cent(self):
        for value in (0.001, 100.005, 1160.001, Fraction(1, 3)):
            self.assertEqual(get_amount_fault(value), "decimals", value)
        self.assertEqual(get_amount_fault(10.5, decimal_places=0), "decimals")

    def test_what_is_an_amount(self):
        for value in (1, 0.01, 1160, 1160.55, 0.1 + 0.2, 98600.0, 1e15, 1e30, 1e308, Decimal("10.50")):
            self.assertIsNone(get_amount_fault(value), value)
