from passlib.hash import pbkdf2_sha512

from odoo.exceptions import AccessDenied, UserError
from odoo.tests import tagged

from odoo.addons.sire_base.tests.common import SireCommon


@tagged("post_install", "-at_install")
class TestPassword(SireCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.make_user("mary.wambui")

    def stored(self):
        self.env.cr.execute("SELECT password FROM res_users WHERE id = %s", [self.user.id])
        return self.env.cr.fetchone()[0]

    def log_in(self, password):
        credential = {"type": "password", "login": self.user.login, "password": password}
        return self.env["res.users"].authenticate(credential, {"interactive": True})

    def test_new_passwords_are_argon2id(self):
        self.assertRegex(self.stored(), r"^\$argon2id\$v=19\$m=47104,t=2,p=1\$")
        self.assertEqual(self.log_in("mary.wambui")["uid"], self.user.id)
        with self.assertRaises(AccessDenied):
            self.log_in("mary.wambuj")

    def test_the_hosts_hash_is_hashed_anew_at_the_next_login(self):
        old = pbkdf2_sha512.using(rounds=600_000).hash("kahawa na chai")
        self.env.cr.execute("UPDATE res_users SET password = %s WHERE id = %s", [old, self.user.id])
        with self.assertRaises(AccessDenied):
            self.log_in("kahawa na maziwa")
        self.assertEqual(self.stored(), old)
        self.assertEqual(self.log_in("kahawa na chai")["uid"], self.user.id)
        self.assertRegex(self.stored(), r"^\$argon2id\$")
        self.assertEqual(self.log_in("kahawa na chai")["uid"], self.user.id)

    def test_weaker_argon2_is_hashed_anew(self):
        context = self.user._crypt_context().copy()
        context.update(argon2__memory_cost=8192)
        self.env.cr.execute(
            "UPDATE res_users SET password = %s WHERE id = %s", [context.hash("kahawa na chai"), self.user.id]
        )
        self.log_in("kahawa na chai")
        self.assertIn("m=47104", self.stored())

    def test_what_is_guessed_first_is_refused(self):
        for password in (
            "password1", "Nairobi2026", "SAFARICOM!", "12345678", "aaaaaaaa", "mary.wambui", "xxMARY.WAMBUIxx", "Wambui2026",
        ):  # fmt: skip
            with self.subTest(password=password), self.assertRaises(UserError):
                self.user._change_password(password)
        with self.assertRaisesRegex(UserError, "at least 8 characters"):
            self.user._change_password("kahawa")
        self.assertEqual(self.log_in("mary.wambui")["uid"], self.user.id, "nothing was changed")
        self.user._change_password("kahawa na chai")
        self.assertEqual(self.log_in("kahawa na chai")["uid"], self.user.id)

    def test_an_administrator_is_told_the_same(self):
        wizard = self.env["change.password.wizard"].with_context(active_model="res.users", active_ids=self.user.ids)
        wizard = wizard.create({})
        wizard.user_ids.new_passwd = "Wambui2026"
        with self.assertRaises(UserError):
            wizard.change_password_button()

    def test_an_invitation_is_told_the_same(self):
        self.user.partner_id.signup_prepare()
        token = self.user.partner_id._generate_signup_token()
        values = {"login": self.user.login, "name": self.user.name, "password": "mary.wambui2"}
        with self.assertRaises(UserError):
            self.env["res.users"].signup(dict(values), token)
        self.env["res.users"].signup({**values, "password": "kahawa na chai"}, token)
        self.assertEqual(self.log_in("kahawa na chai")["uid"], self.user.id)

    def test_the_length_is_a_setting(self):
        self.env["res.config.settings"].create({"minlength": 15}).execute()
        with self.assertRaisesRegex(UserError, "at least 15 characters"):
            self.user._change_password("kahawa na chai")
