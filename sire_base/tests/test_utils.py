from odoo.tests import BaseCase, tagged

from odoo.addons.sire_base.utils.net import ip_allowed, parse_networks
from odoo.addons.sire_base.utils.text import safe_error, storable

SAFARICOM = "196.201.214.200, 196.201.213.0/24\n10.0.0.1;2001:db8::/32"


@tagged("post_install", "-at_install")
class TestNet(BaseCase):
    def test_listed_addresses(self):
        for address in ("196.201.214.200", "196.201.213.44", "10.0.0.1", "2001:db8::5", "::ffff:196.201.214.200"):
            self.assertTrue(ip_allowed(address, SAFARICOM), address)

    def test_other_addresses(self):
        for address in ("196.201.214.201", "127.0.0.1", "", None, "unknown", "196.201.214.200, 10.0.0.1", "::1"):
            self.assertFalse(ip_allowed(address, SAFARICOM), address)

    def test_an_empty_list_is_no_restriction(self):
        for empty in ("", None, [], " \n"):
            self.assertTrue(ip_allowed("41.90.1.1", empty))

    def test_lists_as_people_type_them(self):
        self.assertEqual(len(parse_networks(SAFARICOM)), 4)
        self.assertEqual(len(parse_networks(["10.0.0.0/8", " 10.1.1.1 "])), 2)

    def test_a_wrong_entry_is_named(self):
        for text in ("196.201.214.999", "10.0.0.0/64", "safaricom.co.ke"):
            with self.assertRaisesRegex(ValueError, f"“{text}” is not an address"):
                ip_allowed("127.0.0.1", text)


@tagged("post_install", "-at_install")
class TestText(BaseCase):
    def test_storable(self):
        self.assertEqual(storable("a\x00b"), "ab")
        self.assertEqual(storable("ok \ud800"), "ok ?")
        self.assertEqual(storable("Wanjikũ 🏠"), "Wanjikũ 🏠")

    def test_credentials_are_hidden(self):
        samples = (
            "401 for Authorization: Bearer c9SQxWWhmdVRlyh0zh8gZDTkubVF",
            "password=hunter2-and-more failed",
            '{"consumer_secret": "abcDEF123"}',
            "passkey: bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919",
            "no label bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919",
            "{'Password': 73219944, 'PIN': 1}",
            "Error Occurred - Invalid Access Token - c9SQxWWhmdVRlyh0zh8gZDTkubVF",
            "DETAIL: Key (mpesa_passkey)=(hunter2) already exists.",
            "404 for /sire/pay/stk/Zy3hunter2_kkA4TDtu4Xdyf-0AbcdeF",
            "passkey=hunter2",
        )
        for sample in samples:
            hidden = safe_error(ValueError(sample))
            self.assertIn("•••", hidden)
            for secret in ("c9SQxW", "hunter2", "abcDEF", "bfb279", "7321"):
                self.assertNotIn(secret, hidden)

    def test_numbers_are_hidden(self):
        for sample in ("254712345678", "Invalid PhoneNumber +254712345678", "{'PhoneNumber': 254712345678}"):
            self.assertNotIn("712345", safe_error(sample))
            self.assertIn("678", safe_error(sample))

    def test_sentences_stay(self):
        for sentence in (
            "Shortcode 174379 asked for KSh 98600.",
            "Receipt UKL7XQ2M4P is booked.",
            "Invoice INV/2026/00012 is paid already.",
            "Checkout ws_CO_20112026231500 is unknown.",
        ):
            self.assertEqual(safe_error(sentence), sentence)

    def test_bounded_and_never_empty(self):
        self.assertEqual(len(safe_error("ab " * 5000)), 500)
        self.assertEqual(safe_error(KeyError()), "KeyError")
