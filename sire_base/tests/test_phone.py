import unicodedata

from odoo.tests import TransactionCase, tagged

from odoo.addons.sire_base.utils import phone

WRITTEN = {
    "0712345678": "+254712345678",
    "0712 345 678": "+254712345678",
    "0712-345-678": "+254712345678",
    "(0712) 345.678": "+254712345678",
    " 07 12 34 56 78 ": "+254712345678",
    "712345678": "+254712345678",
    "+254712345678": "+254712345678",
    "+254 712 345678": "+254712345678",
    "+254 (0) 712 345 678": "+254712345678",
    "+254 0712 345 678": "+254712345678",
    "254712345678": "+254712345678",
    "2540712345678": "+254712345678",
    "00254712345678": "+254712345678",
    "000254712345678": "+254712345678",
    "0110123456": "+254110123456",
    "0100 123 456": "+254100123456",
    "110123456": "+254110123456",
    "254110123456": "+254110123456",
    "+254110 123 456": "+254110123456",
    "\u202a+254\u00a0712\u2011345\u2011678\u202c": "+254712345678",  # pasted from a phone book
    "\uff10\uff17\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18": "+254712345678",  # full-width digits
    "254708374149": "+254708374149",
    "020 2345678": "+254202345678",
    "+254 20 2345678": "+254202345678",
}
REFUSED = (
    "", "   ", "+", "0", "07", "0712", "0712 34567", "0712 3456789", "07123456781", "CALL ME", "0712 CALL 78",
    "0712345678 ext 3", "0712345678,0722000000", "+255712345678", "+1 202 555 0100", "+44 7700 900123", "12345",
    "0000000000", "254", "+254", "0x712345678", "0912345678", "0812345678", "\u0660\u0667\u0661\u0662\u0663\u0664"
    "\u0665\u0666\u0667\u0668", "++254712345678", "0712+345678", "1e9", "-1", "712345678.5", "<script>", "\x00",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestPhone(TransactionCase):
    def test_usual_forms(self):
        for raw, expected in WRITTEN.items():
            with self.subTest(raw=raw):
                self.assertEqual(phone.parse_kenyan_phone(raw), expected)

    def test_anything_else_gets_one_sentence(self):
        for raw in (*REFUSED, None, False, 712345678, b"0712345678"):
            with self.subTest(raw=raw):
                with self.assertRaises(ValueError) as caught:
                    phone.parse_kenyan_phone(raw)
                sentence = str(caught.exception)
                self.assertRegex(sentence, r"^[“T].*\.$")
                self.assertLess(len(sentence), 110)

    def test_every_mobile_range_comes_back(self):
        for prefix in ("70", "71", "72", "74", "75", "76", "79", "10", "11", "12", "13"):
            national = f"{prefix}0123456"
            e164 = f"+254{national}"
            forms = (f"0{national}", national, f"254{national}", e164, phone.format_kenyan_phone(e164))
            for form in forms:
                with self.subTest(form=form):
                    self.assertEqual(phone.parse_kenyan_phone(form), e164)
                    self.assertEqual(phone.parse_kenyan_phone(phone.parse_kenyan_phone(form)), e164)
            self.assertTrue(phone.is_mobile(e164))

    def test_shown_as_people_write_them(self):
        self.assertEqual(phone.format_kenyan_phone("+254712345678"), "0712 345 678")
        self.assertEqual(phone.format_kenyan_phone("+254110123456"), "0110 123 456")
        self.assertEqual(phone.format_kenyan_phone("+442079460958"), "+44 20 7946 0958")
        self.assertTrue(phone.format_kenyan_phone("+254202345678").startswith("020"))
        self.assertEqual(phone.format_kenyan_phone("office"), "office")
        self.assertEqual(phone.format_kenyan_phone(""), "")
        self.assertEqual(phone.format_kenyan_phone(None), "")

    def test_masked(self):
        self.assertEqual(phone.mask_phone("+254712345678"), "07•• ••• 678")
        self.assertEqual(phone.mask_phone("+254110123456"), "01•• ••• 456")
        for e164 in ("+442079460958", "+254202345678", "", "12"):
            shown = sum(char.isdigit() for char in phone.mask_phone(e164))
            self.assertLessEqual(shown, 3)

    def test_mobile_or_not(self):
        self.assertTrue(phone.is_mobile("+254712345678"))
        for e164 in ("+254202345678", "0712345678", "+255712345678", "", None, "+2547123456789", "+254712345678\n"):
            with self.subTest(e164=e164):
                self.assertFalse(phone.is_mobile(e164))

    def test_random_decoration(self):
        """Whatever blanks, dashes and brackets people put in, the digits count."""
        for index, space in enumerate((" ", "-", "\u2013", "\u00a0", ".", "/", "(", ")")):
            raw = "0712345678"
            decorated = raw[: index + 1] + space * 2 + raw[index + 1 :]
            self.assertEqual(phone.parse_kenyan_phone(unicodedata.normalize("NFC", decorated)), "+254712345678")


@tagged("post_install", "-at_install")
class TestPhoneInSwahili(TransactionCase):
    def test_sentence_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("sw")
        self.env = self.env(context={"lang": "sw"})
        with self.assertRaises(ValueError) as caught:
            phone.parse_kenyan_phone("0712")
        self.assertIn("si nambari ya simu ya Kenya", str(caught.exception))
        self.assertIn("0712", str(caught.exception))
