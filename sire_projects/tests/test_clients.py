from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from odoo.addons.sire_projects.hooks import post_init_hook

from .common import ProjectsCommon


@tagged("post_install", "-at_install")
class TestClients(ProjectsCommon):
    def make(self, **values):
        kenya = self.env.ref("base.ke")
        return (
            self.env["res.partner"]
            .with_user(self.user_manager)
            .create({"name": "Baobab School", "is_company": True, "country_id": kenya.id, **values})
        )

    # === NUMBERS ===#

    def test_kenyan_numbers_are_kept_as_e164(self):
        for typed in ("0712 345 678", "0712-345-678", "+254 712 345678", "254712345678", "00254712345678"):
            client = self.make(phone=typed, sire_whatsapp=typed)
            self.assertEqual((client.phone, client.sire_whatsapp), ("+254712345678", "+254712345678"), typed)
            self.assertEqual(client.sire_phone_display, "0712 345 678")
        client.write({"phone": "0110 123456", "sire_whatsapp": False})
        self.assertEqual((client.phone, client.sire_whatsapp), ("+254110123456", False))

    def test_the_country_is_the_organisations_then_the_companys(self):
        person = self.make().create({"name": "Wanjiku", "parent_id": self.client.id, "phone": "0712345678"})
        nowhere = self.env["res.partner"].create({"name": "Nowhere", "phone": "0712345678"})
        self.assertEqual([person.phone, nowhere.phone], ["+254712345678"] * 2)

    def test_foreign_numbers_are_the_hosts(self):
        client = self.make(country_id=self.env.ref("base.uk").id, phone="020 7946 0958", sire_whatsapp="+254712345678")
        self.assertEqual((client.phone, client.sire_whatsapp), ("+44 20 7946 0958", "+254712345678"))
        self.assertEqual(self.make(phone="+44 20 7946 0958").phone, "+44 20 7946 0958")
        self.assertFalse(client.sire_phone_warning)

    def test_what_is_no_number_is_kept_and_said(self):
        client = self.make(phone="0712 34", sire_whatsapp="ask Mary")
        self.assertEqual((client.phone, client.sire_whatsapp), ("0712 34", "ask Mary"))
        self.assertIn("“0712 34” is not a Kenyan phone number", client.sire_phone_warning)
        self.assertIn("“ask Mary” is not a phone number", client.sire_phone_warning)

    def test_a_companys_own_letterhead_stays_as_written(self):
        self.company.partner_id.phone = "+254 20 000 0100"
        self.assertEqual(self.company.phone, "+254 20 000 0100")

    def test_writing_several_at_once(self):
        british = self.make(country_id=self.env.ref("base.uk").id)
        kenyan = self.make()
        (british | kenyan).write({"phone": "0712345678", "ref": "x"})
        self.assertEqual(kenyan.phone, "+254712345678")
        self.assertNotEqual(british.phone, kenyan.phone)
        self.assertEqual([british.ref, kenyan.ref], ["x", "x"])

    def test_numbers_known_before_are_written_at_installation(self):
        client = self.make()
        self.env.cr.execute("UPDATE res_partner SET phone = '0712 345 678' WHERE id = %s", [client.id])
        client.invalidate_recordset()
        post_init_hook(self.env)
        self.assertEqual(client.phone, "+254712345678")

    # === KRA PIN ===#

    def test_pins_are_checked_for_kenya(self):
        self.assertEqual(self.make(vat="p051 234 567x").vat, "P051234567X")
        for pin in ("P05123456X", "123", "P051234567"):
            with self.assertRaisesRegex(ValidationError, "is not a KRA PIN"):
                self.make(vat=pin)
        client = self.make(vat="/")
        with self.assertRaisesRegex(ValidationError, "is not a KRA PIN"):
            client.vat = "NONE"
        self.assertEqual(self.make(country_id=self.env.ref("base.ug").id, vat="1000123456").vat, "1000123456")

    # === DUPLICATES ===#

    def test_duplicates_are_named_with_what_is_the_same(self):
        self.make(name="Jua Ltd", email="Pay@Jua.example", phone="0712345678", vat="P051234567X")
        for values, said in (
            ({"email": "pay@jua.example"}, "Jua Ltd has the same e-mail address."),
            ({"phone": "+254 712 345 678"}, "Jua Ltd has the same phone number."),
            ({"sire_whatsapp": "0712345678"}, "Jua Ltd has the same phone number."),
            ({"vat": "P051234567X"}, "Jua Ltd has the same KRA PIN."),
            ({"vat": "P051234567X", "email": "pay@jua.example"}, "the same e-mail address and KRA PIN."),
        ):
            client = self.make(**values)
            with self.subTest(values):
                self.assertIn(said, client.sire_duplicate_warning)
            action = client.action_sire_show_duplicates()
            self.assertIn(client, client.search(action["domain"]))
            client.unlink()
        self.assertFalse(self.make(email="other@jua.example", phone="0712345679").sire_duplicate_warning)

    def test_said_while_typing(self):
        self.make(name="Jua Ltd", phone="0712345678")
        clients = self.env["res.partner"].with_user(self.user_manager).with_context(sire_client=True)
        form = Form(clients, view="sire_projects.res_partner_view_form")
        form.name = "Jua Limited"
        self.assertEqual(form.country_id.code, "KE")
        self.assertFalse(form.sire_duplicate_warning)
        form.phone = "0712 345 678"
        self.assertIn("Jua Ltd has the same phone number", form.sire_duplicate_warning)
        self.assertTrue(form.save(), "a warning refuses nothing")

    def test_people_of_one_organisation_may_share(self):
        client = self.make(
            email="info@baobab.example",
            phone="0712345678",
            vat="P051234567X",
            child_ids=[Command.create({"name": "Mary", "email": "info@baobab.example", "phone": "0712345678"})],
        )
        self.assertFalse(client.sire_duplicate_warning or client.child_ids.sire_duplicate_warning)

    def test_what_the_user_may_not_see_is_not_named(self):
        theirs = self.env["res.partner"].create(
            {"name": "Hidden", "phone": "+254712345678", "company_id": self.company_2.id}
        )
        client = self.make(phone="0712345678")
        self.assertFalse(theirs.with_user(self.user_manager).has_access("read"))
        self.assertFalse(client.sire_duplicate_warning)

    def test_who_is_a_client(self):
        action = self.env.ref("sire_projects.action_sire_clients")
        found = self.env["res.partner"].search(safe_eval(action.domain))
        supplier = self.env["res.partner"].create({"name": "Supplier", "supplier_rank": 1})
        self.assertIn(self.client, found)
        for other in (supplier, self.company.partner_id, self.user_manager.partner_id):
            self.assertNotIn(other, found)

    def test_readers_and_developers_change_no_client(self):
        for user in (self.user_viewer, self.user_developer):
            with self.assertRaises(AccessError):
                self.client.with_user(user).write({"phone": "0712345678"})
            with self.assertRaises(AccessError):
                self.client.with_user(user).create({"name": "x"})
        self.client.with_user(self.user_accountant).write({"phone": "0712345678"})
        self.assertEqual(self.client.phone, "+254712345678")


@tagged("post_install", "-at_install")
class TestClientBusiness(ProjectsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_business()

    def test_what_there_is_with_a_client(self):
        person = self.env["res.partner"].create({"name": "Mary", "parent_id": self.client.id})
        self.env["project.project"].create({"name": "Hers", "partner_id": person.id})
        for user in (self.user_manager, self.user_accountant, self.user_viewer):
            client = self.client.with_user(user)
            self.assertEqual(client.sire_project_count, 2)
            self.assertEqual((client.sire_quotation_count, client.sire_invoice_count), (1, 1))
            self.assertEqual(client.sire_balance, self.invoice.amount_residual)
            for action, records in (
                (client.action_sire_projects(), 2),
                (client.action_sire_quotations(), 1),
                (client.action_sire_invoices(), 1),
            ):
                self.assertEqual(self.env[action["res_model"]].search_count(action["domain"]), records)
        with self.assertRaises(AccessError):
            self.client.with_user(self.user_developer).read(["sire_balance"])
        self.assertEqual(self.client.with_user(self.user_developer).sire_project_count, 2)
