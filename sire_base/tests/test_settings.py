from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.sire_base.tests.common import SireCommon


@tagged("post_install", "-at_install")
class TestSettings(SireCommon):
    def save(self, **values):
        self.env["res.config.settings"].create(values).execute()

    def test_public_address(self):
        params = self.env["ir.config_parameter"]
        params.set_param("web.base.url", "http://localhost:8069/")
        params.set_param("sire_base.public_url", False)
        self.assertEqual(params._sire_public_url(), "http://localhost:8069")
        self.save(sire_public_url=" https://pay.example.co.ke/ ")
        self.assertEqual(params._sire_public_url(), "https://pay.example.co.ke")
        self.assertEqual(params.get_param("sire_base.public_url"), "https://pay.example.co.ke")
        self.save(sire_public_url="")
        self.assertEqual(params._sire_public_url(), "http://localhost:8069")

    def test_anyone_may_build_a_link(self):
        public = self.env.ref("base.public_user")
        self.env["ir.config_parameter"].set_param("sire_base.public_url", "https://pay.example.co.ke")
        self.assertEqual(
            self.env["ir.config_parameter"].with_user(public)._sire_public_url(), "https://pay.example.co.ke"
        )

    def test_a_wrong_address_changes_nothing(self):
        params = self.env["ir.config_parameter"]
        params.set_param("sire_base.public_url", "https://pay.example.co.ke")
        wrong = {
            "http://pay.example.co.ke": "https://",
            "pay.example.co.ke": "like https://",
            "ftp://pay.example.co.ke": "like https://",
            "https://": "like https://",
            "https://pay.example.co.ke:99999": "like https://",
            "https://pay example.co.ke": "like https://",
            "https://pay.example.co.ke/odoo": "host name",
            "https://pay.example.co.ke?x=1": "host name",
            "https://me:pw@pay.example.co.ke": "host name",
            "javascript:alert(1)": "like https://",
        }
        for url, words in wrong.items():
            with self.subTest(url=url), self.assertRaisesRegex(UserError, words):
                self.save(sire_public_url=url)
        self.assertEqual(params._sire_public_url(), "https://pay.example.co.ke")

    def test_the_note_says_who_can_open_it(self):
        settings = Form(self.env["res.config.settings"])
        for url, words in (
            ("", "is used"),
            ("http://localhost:8069", "Only this machine"),
            ("https://192.168.1.5", "Only this machine"),
            ("https://pay.example.co.ke", "must be able to open"),
            ("http://pay.example.co.ke", "has to start with https://"),
            ("nonsense", "Write the public address"),
        ):
            settings.sire_public_url = url
            self.assertIn(words, settings.sire_public_url_note)

    def test_days_to_keep(self):
        self.save(sire_webhook_keep_days=30)
        self.assertEqual(self.env["ir.config_parameter"].get_param("sire_base.webhook_keep_days"), "30")
        with self.assertRaises(UserError):
            self.save(sire_webhook_keep_days=-1)

    def test_only_administrators(self):
        clerk = self.make_user("settings_clerk")
        with self.assertRaises(AccessError):
            self.env["res.config.settings"].with_user(clerk).create({"sire_public_url": "https://evil.example.com"})


@tagged("post_install", "-at_install")
class TestKenyanFormats(SireCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.english = cls.env.ref("base.lang_en")
        cls.shilling = cls.env.ref("base.KES")

    def make_american(self):
        self.english.write({"date_format": "%m/%d/%Y", "time_format": "%I:%M:%S %p", "week_start": "7"})
        self.shilling.position = "after"

    def test_money_and_dates(self):
        self.make_american()
        self.env["res.config.settings"].create({}).action_sire_apply_kenyan_formats()
        self.assertEqual((self.english.date_format, self.english.week_start), ("%d/%m/%Y", "1"))
        self.assertEqual(self.english.time_format, "%H:%M")
        self.assertEqual(self.shilling.position, "before")
        self.assertEqual(self.shilling.amount_to_text(200), "Two Hundred Shillings")
        self.assertEqual(self.shilling.format(98600).replace("\N{NO-BREAK SPACE}", " "), "KSh 98,600.00")

    def test_swahili_is_there(self):
        swahili = self.env["res.lang"].search([("code", "=", "sw")])
        self.assertEqual(swahili.date_format, "%d/%m/%Y")

    def test_a_choice_is_left_alone(self):
        self.make_american()
        self.english.date_format = "%Y-%m-%d"
        self.env["res.company"]._sire_apply_kenyan_formats()
        self.assertEqual(self.english.date_format, "%Y-%m-%d")

    def test_elsewhere_nothing_is_touched(self):
        self.make_american()
        companies = self.env["res.company"].search([])
        companies.partner_id.country_id = self.env.ref("base.us")
        self.env["res.company"]._sire_apply_kenyan_formats()
        self.assertEqual((self.english.date_format, self.shilling.position), ("%m/%d/%Y", "after"))
        self.assertEqual(self.english.time_format, "%I:%M:%S %p")
