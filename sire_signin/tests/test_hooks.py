from odoo.tests import tagged

from odoo.addons.sire_signin.hooks import post_init_hook

from .common import SigninCommon


@tagged("post_install", "-at_install")
class TestHooks(SigninCommon):
    def test_what_the_host_leaves_open_is_shut(self):
        self.assertFalse(self.env.ref("auth_oauth.provider_openerp").enabled)
        self.assertEqual(self.params.get_param("base.login_cooldown_after"), "5")
        self.assertEqual(self.browser().open("/web/signup").status_code, 404, "strangers make themselves no account")

    def test_a_choice_is_left_alone(self):
        self.params.set_param("base.login_cooldown_after", "8")
        post_init_hook(self.env)
        self.assertEqual(self.params.get_param("base.login_cooldown_after"), "8")
