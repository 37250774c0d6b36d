from unittest.mock import Mock, patch

from odoo.modules import module
from odoo.tests import Form, tagged

from odoo.addons.iap.tools import iap_tools
from odoo.addons.partner_autocomplete.models import res_partner
from odoo.addons.sire_base.tests.common import SireCommon

WIDGET = "field_partner_autocomplete"


@tagged("post_install", "-at_install")
class TestLookup(SireCommon):
    """With the host's own precautions for tests off, so that what stays at home stays because of us."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        service = cls.env["iap.service"].search([("technical_name", "=", "partner_autocomplete")])
        account = cls.env["iap.account"].create({"service_id": service.id})
        cls.startClassPatcher(patch.object(cls.registry["iap.account"], "get", lambda *args, **kwargs: account))

    def setUp(self):
        super().setUp()
        self.post = self.startPatcher(patch.object(iap_tools.requests, "post", side_effect=self.answer))
        self.tax_office = self.startPatcher(patch.object(res_partner, "check_vies", return_value=None))
        self.startPatcher(patch.object(module, "current_test", None))
        self.company.write({"email": "office@siretech.co.ke", "iap_enrich_auto_done": False})

    def answer(self, url, **kwargs):
        company = {"name": "Acacia Lodge Ltd"}
        response = Mock(**{"json.return_value": {"result": {"data": [company] if "/search_" in url else company}}})
        response.elapsed.total_seconds.return_value = 0.1
        return response

    def look_up(self):
        partners = self.env["res.partner"]
        found = partners.autocomplete_by_name("Acacia", 0)
        found += partners.autocomplete_by_vat("BE0477472701", 0)
        partners.enrich_by_duns("123456789")
        partners.enrich_by_gst("27AAACM3025E1ZZ")
        partners.enrich_by_domain("acacia.example")
        self.company.iap_enrich_auto()
        return found

    def test_nothing_leaves_the_house(self):
        self.assertEqual(self.look_up(), [])
        self.env["res.company"].create({"name": "Third Company Ltd", "website": "https://third.co.ke"})
        self.post.assert_not_called()
        self.tax_office.assert_not_called()

    def test_until_an_administrator_says_so(self):
        settings = Form(self.env["res.config.settings"])
        self.assertFalse(settings.sire_company_lookup)
        settings.sire_company_lookup = True
        settings.save().execute()
        self.assertEqual(self.look_up()[0]["name"], "Acacia Lodge Ltd")
        self.assertGreaterEqual(self.post.call_count, 5)
        self.env["res.config.settings"].create({"sire_company_lookup": False}).execute()
        self.post.reset_mock()
        self.assertEqual(self.look_up(), [])
        self.post.assert_not_called()

    def test_the_forms_follow(self):
        for model in ("res.partner", "res.company"):
            with self.subTest(model=model):
                self.env["res.config.settings"].create({"sire_company_lookup": False}).execute()
                self.assertNotIn(WIDGET, self.env[model].get_view(view_type="form")["arch"])
                self.env["res.config.settings"].create({"sire_company_lookup": True}).execute()
                self.assertIn(WIDGET, self.env[model].get_view(view_type="form")["arch"])
