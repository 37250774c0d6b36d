"""What nobody who means well sends to the open addresses: refused, without an error of the server."""

from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .. import const
from .test_portal import PortalCommon

NOTHING = ("%00", "x%00y", "%ED%A0%80", "%FF", "%27--", "a" * 3000)


@tagged("post_install", "-at_install")
class TestHostile(PortalCommon):
    def test_addresses_that_are_nobodys(self):
        for base, after in (
            (const.CALLBACK_PATH, ""),
            (const.C2B_PATH, "/confirm"),
            (const.C2B_PATH, "/validate"),
            (const.COMMAND_PATH, "/result"),
            (const.COMMAND_PATH, "/late"),
        ):
            for token in NOTHING:
                with self.subTest(base=base, after=after, token=token[:9]):
                    self.assertEqual(self.url_open(f"{base}{token}{after}", data=b"{}").status_code, 404)

    def test_start_of_nothing(self):
        tx = self.request()
        for reference in ("x\x00y", "\ud800", 5, None, True, ["a"], {"a": 1}, [tx.reference], tx.reference):
            for token in ("x\x00y", "\ud800", "\u00e9", 5, None, True, [], ["a"], {"a": 1}):
                params = {"reference": reference, "access_token": token, "phone": "0712345678"}
                with (
                    self.subTest(reference=reference, token=token),
                    mute_logger("odoo.http"),
                    self.assertRaisesRegex(JsonRpcException, "UserError"),
                ):
                    self.make_jsonrpc_request("/sire/pay/start", params)
