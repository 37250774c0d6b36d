from odoo.tests import tagged

from odoo.addons.sire_base.tests.common import SireCommon

HELP = '<p>Nothing yet</p><p class="sire_if_create">Press <b>New</b> &amp; go</p><p class="sire_unless_create">Wait</p>'


@tagged("post_install", "-at_install")
class TestEmptyList(SireCommon):
    def test_each_reader_is_told_what_he_can_do(self):
        """Of an action as the web client reads it."""
        action = self.env["ir.actions.act_window"].create(
            {"name": "Messages", "res_model": "res.currency", "help": HELP}
        )
        clerk = self.make_user("clerk")
        for user, told in (
            (self.env.ref("base.user_root"), ("Press <b>New</b> &amp; go", "Wait")),
            (clerk, ("Wait", "Press")),
        ):
            text = action.with_user(user).sudo().read(["help", "res_model", "context"])[0]["help"]
            with self.subTest(user=user.login):
                self.assertIn("Nothing yet", text)
                self.assertIn(told[0], text)
                self.assertNotIn(told[1], text)

    def test_other_help_is_left_as_it_is(self):
        for text in ("", False, "<p>Only this<br></p>"):
            self.assertEqual(self.env["res.currency"].get_empty_list_help(text), text)
