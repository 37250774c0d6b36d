"""What is not on our screens: defaults in the context, values that make no sense, others' companies."""

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import PDF, WithholdingCommon


@tagged("post_install", "-at_install")
class TestForged(WithholdingCommon):
    def setUp(self):
        super().setUp()
        self.invoice = self.make_bill()

    def test_defaults_of_the_caller_do_not_count(self):
        """A certificate that is void from its birth would settle its invoice, and its number be free for another."""
        other = self.make_bill()
        forged = {
            "default_state": "void",
            "default_void_reason": "x",
            "default_move_id": other.id,
            "default_company_id": self.company_2.id,
            "default_currency_id": self.env.ref("base.USD").id,
        }
        certificates = self.env["sire.withholding.certificate"].with_user(self.user_accountant).with_context(**forged)
        certificate = certificates.create(
            {"invoice_id": self.invoice.id, "kind": "vat", "amount": 100, "name": "N1", "file": PDF}
        )
        self.assertEqual((certificate.state, certificate.void_reason), ("recorded", False))
        self.assertEqual(self.invoice.amount_residual, 98500)
        self.assertEqual(certificate.sudo().move_id.company_id, self.company)
        self.assertEqual(other.amount_residual, 98600)

    def test_when_it_was_asked_for_is_not_given(self):
        """An invoice that says that its certificate was asked for would not be asked for it."""
        moves = self.env["account.move"].with_user(self.user_accountant)
        vals = {"move_type": "out_invoice", "partner_id": self.client.id}
        for forged in ({"sire_certificate_asked_on": "2026-11-20"}, {"sire_certificate_asked": 3}):
            with self.assertRefused("not written by hand"):
                moves.create({**vals, **forged})
            with self.assertRefused("not written by hand"):
                moves.with_context(**{f"default_{name}": value for name, value in forged.items()}).create(vals)

    def test_values_that_make_no_sense(self):
        for vals, words in (
            ({"date": "the day before"}, "date"),
            ({"date": "2026-02-31"}, "date"),
            ({"date": 12}, "date"),
            ({"kind": ["vat"]}, "VAT or income tax"),
            ({"kind": {"vat": 1}}, "VAT or income tax"),
            ({"invoice_id": "abc"}, "Choose the invoice"),
            ({"invoice_id": [self.invoice.id]}, "Choose the invoice"),
            ({"invoice_id": True}, "Choose the invoice"),
            ({"invoice_id": 10**12}, "Choose the invoice"),
            ({"amount": "100"}, "must be a number"),
            ({"amount": None}, "must be a number"),
            ({"file": 12}, "damaged"),
            ({"file": ["x"]}, "damaged"),
        ):
            values = {"kind": "vat", "amount": 10, "name": "N1", **vals}
            invoice_id = values.pop("invoice_id", self.invoice.id)
            with self.subTest(vals=vals), self.assertRefused(words), self.cr.savepoint():
                self.record(self.invoice, **{**values, "invoice_id": invoice_id})
        self.assertEqual(self.invoice.amount_residual, 98600)

    def test_portal_and_public(self):
        certificate = self.record(self.invoice, 100)
        portal = self.env["res.users"].create(
            {"name": "P", "login": "p@acacia.example", "partner_id": self.client.id,
             "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)]}
        )  # fmt: skip
        for user in (portal, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                certificate.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                self.record(self.invoice, 1, user=user, name="N2")

    def test_one_that_cannot_be_asked_does_not_stop_the_others(self):
        first, second = self.invoice, self.make_bill()
        moves = type(self.env["account.move"])
        stock = moves._sire_chase_certificate

        def chase(move):
            if move == first:
                raise ValueError("The template is broken")
            return stock(move)

        self.take_cash(first)
        self.take_cash(second)
        self.patch(moves, "_sire_chase_certificate", chase)
        with freeze_time(self.days_later(14)), mute_logger("odoo.addons.sire_withholding.models.account_move_chase"):
            self.env["account.move"]._cron_sire_certificates()
        self.assertTrue(second.activity_ids)
        self.assertFalse(first.activity_ids)
