from odoo.tests import TransactionCase, tagged

from odoo.addons.sire_base.utils.gate import Gate, given


@tagged("post_install", "-at_install")
class TestGate(TransactionCase):
    def test_it_is_opened_by_itself_alone(self):
        gate, other = Gate("sire_door"), Gate("sire_door")
        partners = self.env["res.partner"]
        self.assertTrue(gate.is_open(gate.opened(partners).env))
        for key in (None, True, 1, "sire_door", repr(gate), {}, other):
            self.assertFalse(gate.is_open(partners.with_context(sire_door=key).env), key)
        self.assertFalse(other.is_open(gate.opened(partners).env))
        self.assertFalse(gate.is_open(partners.sudo().env))

    def test_a_caller_fills_in_nothing(self):
        partners = self.env["res.partner"].with_context(default_vat="P051234567A", lang="en_US")
        opened = Gate("sire_door").opened(partners)
        self.assertEqual(opened.env.context.get("lang"), "en_US")
        self.assertFalse(opened.create({"name": "Caller"}).vat)

    def test_what_is_given(self):
        """A default is given as a value is; what is empty gives nothing."""
        partners = self.env["res.partner"].with_context(default_vat="P051234567A", default_ref=False, lang="en_US")
        names = given(partners, [{"name": "Caller", "phone": ""}, {"email": "a@b.example"}])
        self.assertEqual(names, {"name", "email", "vat"})
        self.assertEqual(given(self.env["res.partner"].with_context({}), []), set())
