"""A default in the context is a value, too: what nobody may give when something is made, nobody gives by a default."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.sire_base.tests.json_2 import Json2Case

from .common import BillingCommon

SAMPLES = {
    "boolean": True,
    "char": "x",
    "date": "2026-11-01",
    "datetime": "2026-11-01 08:00:00",
    "integer": 7,
    "many2one": 1,
    "json": {"x": 1},
    "binary": "Rm9yZ2Vk",
    "text": "x",
}
OURS = ("sire_", "mpesa_")


@tagged("post_install", "-at_install")
class TestDefaults(BillingCommon, Json2Case):
    def setUp(self):
        super().setUp()
        journals = self.env["account.journal"]
        cash = journals.search([("type", "=", "cash"), ("company_id", "=", self.company.id)], limit=1)
        self.values = {
            "account.move": {"move_type": "out_invoice", "partner_id": self.client.id},
            "account.payment": {"amount": 10, "payment_type": "inbound", "journal_id": cash.id},
            "res.partner": {"name": "Caller Ltd"},
            "sale.order": {"partner_id": self.client.id},
        }

    def get_user(self, model):
        return self.user_manager if model == "sale.order" else self.user_accountant

    def refuse(self, model, vals, **context):
        """Whoever may make such a record may not make it so."""
        records = self.env[model].with_user(self.get_user(model)).with_context(tracking_disable=False, **context)
        before = self.env[model].search_count([])
        with self.subTest(model=model, vals=vals, context=context):
            with self.assertRaises(UserError), self.cr.savepoint():
                records.create({**self.values[model], **vals})
            self.assertEqual(self.env[model].search_count([]), before)

    def test_what_is_written_by_the_system_alone(self):
        """Each field of ours that no form writes, on the host's own models: also one that is added tomorrow."""
        asked = set()
        for model in self.values:
            for name, field in self.env[model]._fields.items():
                if not name.startswith(OURS) or not field.store or not field.readonly or field.compute or field.related:
                    continue
                value = "received" if field.type == "selection" else SAMPLES.get(field.type, [Command.clear()])
                self.refuse(model, {}, **{f"default_{name}": value})
                asked.add(name)
        some = {"sire_sent_at", "sire_sent_to", "sire_payable_version", "mpesa_reference", "sire_mpesa_receipt_id"}
        self.assertLessEqual(some | {"sire_receipt_number", "sire_approved_digest", "sire_void_reason"}, asked)

    def test_neither_as_a_value_nor_as_a_default(self):
        transaction = self.env["payment.transaction"].search([], limit=1).id or 1
        for model, forged in (
            ("account.move", {"sire_sent_at": "2026-11-01 08:00:00"}),
            ("account.move", {"sire_sent_to": "x@y.example"}),
            ("account.move", {"sire_sent_message_id": 1}),
            ("account.move", {"sire_payable_version": 2147483647}),
            ("account.move", {"posted_before": True}),
            ("account.move", {"state": "posted"}),
            ("account.move", {"transaction_ids": [Command.set([transaction])]}),
            ("account.move", {"mpesa_reference": "A1B2C3"}),
            ("account.payment", {"sire_mpesa_receipt_id": 1}),
            ("account.payment", {"sire_mpesa_source_account_id": 1}),
            ("account.payment", {"payment_transaction_id": transaction}),
            ("account.payment", {"state": "paid"}),
            ("account.payment", {"state": "in_process"}),
        ):
            self.refuse(model, forged)
            self.refuse(model, {}, **{f"default_{name}": value for name, value in forged.items()})

    def test_the_counter_of_payers_is_not_written(self):
        """At the most that the column holds nobody could pay the invoice any more."""
        invoice = self.make_invoice()
        for user in (self.user_accountant, self.user_admin):
            with self.assertRaises(UserError):
                invoice.with_user(user).write({"sire_payable_version": 2147483647})
        self.take_cash(invoice, 100)

    def test_over_json_2(self):
        for name, value in (
            ("sire_sent_at", "2026-11-01 08:00:00"),
            ("sire_payable_version", 2147483647),
            ("posted_before", True),
        ):
            for vals, context in (({name: value}, {}), ({}, {f"default_{name}": value})):
                with self.subTest(vals=vals, context=context):
                    vals_list = [{**self.values["account.move"], **vals}]
                    response = self.json_2(
                        self.user_accountant, "account.move", "create", vals_list=vals_list, context=context
                    )
                    self.assertForbidden(response)

    def test_ordinary_defaults_go_on_working(self):
        moves = self.env["account.move"].with_user(self.user_accountant)
        context = {"default_move_type": "out_invoice", "default_partner_id": self.client.id, "default_state": "draft"}
        move = moves.with_context(**context, default_sire_sent_at=False, default_posted_before=False).create({})
        self.assertEqual((move.move_type, move.partner_id), ("out_invoice", self.client))
