from datetime import datetime

from odoo.tests import BaseCase, tagged

from odoo.addons.sire_mpesa.utils import (
    REFERENCE_ALPHABET,
    fold_reference,
    has_forbidden_word,
    is_code,
    make_account_reference,
    make_password,
    make_reference,
    parse_amount,
    parse_receipt,
    parse_stk_callback,
    phones_fit,
    to_text,
)

from .common import sample


def is_reference(reference):
    """Whether the last character fits the others: each one times its place from the right, 29 goes into the sum."""
    values = [REFERENCE_ALPHABET.index(char) for char in reversed(reference)]
    return sum(place * value for place, value in enumerate(values, 1)) % len(REFERENCE_ALPHABET) == 0


@tagged("post_install", "-at_install")
class TestUtils(BaseCase):
    def test_password_and_timestamp_are_east_african(self):
        password, timestamp = make_password("174379", "passkey", datetime(2026, 11, 20, 21, 30, 5))
        self.assertEqual(timestamp, "20261121003005")
        self.assertEqual(password, "MTc0Mzc5cGFzc2tleTIwMjYxMTIxMDAzMDA1")

    def test_account_reference(self):
        self.assertEqual(make_account_reference("INV/2026/00012"), "INV202600012")
        self.assertEqual(make_account_reference("A-very-long-reference/2026/00012"), "nce202600012")
        for name in (None, "", "///"):
            self.assertEqual(make_account_reference(name), "PAYMENT")

    def test_forbidden_words(self):
        self.assertEqual(has_forbidden_word("https://MPesa.example.com/x"), "mpesa")
        self.assertEqual(has_forbidden_word("https://pay.example.com/sQl"), "sql")
        self.assertIsNone(has_forbidden_word("https://pay.example.co.ke/sire/pay/stk/abc"))

    def test_callback(self):
        result = parse_stk_callback(sample("stk_callback_paid"))
        self.assertTrue(result.is_paid)
        self.assertEqual((result.amount, result.receipt), (1.0, "NLJ7RT61SV"))
        self.assertEqual(result.paid_at, datetime(2019, 12, 19, 7, 21, 15))
        masked = parse_stk_callback(sample("stk_callback_masked"))
        self.assertEqual((masked.amount, masked.receipt, masked.code), (500.0, "TKL8QW2E4R", "0"))
        bare = parse_stk_callback(sample("stk_callback_bare"))
        self.assertEqual((bare.amount, bare.receipt, bare.paid_at), (None, None, None))

    def test_what_is_no_callback(self):
        for data in (None, [], {}, {"Body": []}, {"Body": {"stkCallback": {"ResultCode": None}}}, "text", 5):
            with self.assertRaises(ValueError):
                parse_stk_callback(data)

    def test_values(self):
        self.assertEqual(
            [parse_amount(v) for v in (100, 100.0, "100", "100.00", None, True, [])], [100.0] * 4 + [None] * 3
        )
        self.assertNotEqual(parse_amount("x"), parse_amount("x"))  # not a number: equal to nothing
        self.assertEqual([parse_receipt(v) for v in ("nlj7rt61sv", "x", "", None, "NLJ 7RT", 12345678)],
                         ["NLJ7RT61SV", None, None, None, None, "12345678"])  # fmt: skip
        self.assertEqual([is_code(v) for v in (0, "0", "SFC_IC0003", None, True, 1.5, "", "x" * 30, [])],
                         [True, True, True, False, False, False, False, False, False])  # fmt: skip
        self.assertEqual([to_text(v) for v in ("a\nb\x00c", None, {}, 5)], ["a b c", "", "", "5"])

    def test_references(self):
        """Short, without lookalikes, with nothing in common with their neighbours; a slip of the finger is found."""
        references = [make_reference(number) for number in range(1, 4000)]
        self.assertEqual(len(set(references)), len(references))
        for index, reference in enumerate(references[:400]):
            self.assertTrue(is_reference(reference))
            self.assertEqual(fold_reference(reference), reference)
            for neighbour in references[index + 1 : index + 30]:
                same = sum(one == other for one, other in zip(reference, neighbour, strict=True))
                self.assertLess(same, 3)
        for reference in references[:60]:
            for place, char in enumerate(reference):
                for other in set(REFERENCE_ALPHABET) - {char}:
                    self.assertFalse(is_reference(reference[:place] + other + reference[place + 1 :]))
                swapped = [*reference]
                swapped[place - 1], swapped[place] = swapped[place], swapped[place - 1]
                self.assertEqual(is_reference("".join(swapped)), swapped == [*reference])
        self.assertEqual(len(make_reference(29**5)), 7)
        self.assertLessEqual(len(make_reference(2**31)), 12)

    def test_phones_that_fit(self):
        for seen, fits in {
            "": True, "+254712345678": True, "+254712345679": False, "25471****678": True, "25471****679": False,
            "25472****678": False, "2547••••5678": True, "254712345678": True, "a" * 64: True, "****": True,
        }.items():  # fmt: skip
            self.assertEqual(phones_fit("+254712345678", seen), fits, seen)
