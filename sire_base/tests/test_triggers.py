from odoo.tests import TransactionCase, tagged

from odoo.addons.sire_base.models.base_triggers import _cut, _merged, _wanted


@tagged("post_install", "-at_install")
class TestTriggers(TransactionCase):
    """What is kept says the same as what the host works out anew each time."""

    def host_tree(self, model, names):
        fields = [model._fields[name] for name in names]
        return self.env.registry.get_trigger_tree(
            fields,
            select=lambda field: (field.compute and field.store) or bool(field._get_all_cache_ids(self.env)),
        )

    def our_tree(self, model, names):
        fields = tuple(model._fields[name] for name in names)
        return _cut(_merged(self.env.registry, fields), _wanted(self.env))

    def assertSameTree(self, one, other):
        self.assertEqual(list(one.root), list(other.root))
        self.assertEqual(list(one), list(other))
        for label in one:
            self.assertSameTree(one[label], other[label])

    def test_same_as_the_host(self):
        """Of every model: each field alone, and all of them together; before and after values were read."""
        partner = self.env["res.partner"].create({"name": "Otieno"})
        for is_read in (False, True):
            if is_read:
                partner.read()
                self.env.user.read()
                self.assertTrue(self.our_tree(partner, ["name"]))
            for name in self.env.registry:
                model = self.env[name]
                if model._abstract:
                    continue
                for names in (*([field] for field in model._fields), list(model._fields)):
                    self.assertSameTree(self.our_tree(model, names), self.host_tree(model, names))

    def test_forgotten_with_the_field(self):
        """A field that is added later is thought of, one that was removed is not."""
        model = self.env["res.partner"]
        before = self.our_tree(model, ["name", "email"])
        field = self.env["ir.model.fields"].create(
            {
                "name": "x_shout",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "ttype": "char",
                "store": True,
                "compute": "for record in self: record['x_shout'] = (record.name or '').upper()",
                "depends": "name",
            }
        )
        added = self.env["res.partner"]._fields["x_shout"]
        self.assertNotIn(added, list(before.root))
        self.assertIn(added, list(self.our_tree(self.env["res.partner"], ["name", "email"]).root))
        partner = self.env["res.partner"].create({"name": "Otieno"})
        partner.name = "Wanjiku"
        self.assertEqual(partner.x_shout, "WANJIKU")
        field.unlink()
        names = [found.name for found in self.our_tree(self.env["res.partner"], ["name", "email"]).root]
        self.assertNotIn("x_shout", names)
