"""An invoice to pay and ways to pay it."""

from contextlib import contextmanager

from odoo import Command
from odoo.exceptions import UserError

from odoo.addons.sire_base.tests.common import SireCommon


class PaymentCommon(SireCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.journal = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        ) or cls.env["account.journal"].create(
            {"name": "Bank", "type": "bank", "code": "BNKT", "company_id": cls.company.id}
        )
        cls.partner = cls.env["res.partner"].create(
            {"name": "Wanjiru Traders", "email": "accounts@wanjiru.example", "country_id": cls.env.ref("base.ke").id}
        )
        cls.provider = cls.make_provider()
        cls.method = cls.env.ref("payment.payment_method_mpesa")
        cls.method.active = True

    @contextmanager
    def assertRefused(self, pattern):
        """Expect a refusal in these words, and what was done until then undone (`assertRaisesRegex` keeps it)."""
        with self.assertRaises(UserError) as caught:
            yield
        self.assertRegex(str(caught.exception), pattern)

    @classmethod
    def make_provider(cls):
        """A provider of the kind that moves money at once. Its code is none, so a test says how it behaves."""
        return cls.env["payment.provider"].create(
            {
                "name": "Test Card",
                "code": "none",
                "state": "test",
                "is_published": True,
                "company_id": cls.company.id,
                "payment_method_ids": [Command.set(cls.env.ref("payment.payment_method_mpesa").ids)],
            }
        )

    @classmethod
    def make_invoice(cls, amount=1160.0, post=True, move_type="out_invoice", partner=None, **values):
        invoice = cls.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": (partner or cls.partner).id,
                "company_id": cls.company.id,
                "currency_id": cls.company.currency_id.id,
                "invoice_date": "2026-11-20",
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Consulting", "quantity": 1, "price_unit": amount, "tax_ids": [Command.clear()]}
                    )
                ],
                **values,
            }
        )
        if post:
            invoice.action_post()
        return invoice

    @classmethod
    def make_tx(cls, amount, invoices, **values):
        return cls.env["payment.transaction"].create(cls.get_tx_values(amount, invoices, **values))

    @classmethod
    def get_tx_values(cls, amount, invoices, **values):
        return {
            "provider_id": cls.provider.id,
            "payment_method_id": cls.method.id,
            "amount": amount,
            "currency_id": invoices[:1].currency_id.id,
            "partner_id": cls.partner.id,
            "operation": "online_direct",
            "invoice_ids": [Command.set(invoices.ids)],
            **values,
        }

    @classmethod
    def flow(cls, amount, **params):
        """:return: what the host's payment form sends when somebody presses Pay"""
        return {
            "provider_id": cls.provider.id,
            "payment_method_id": cls.method.id,
            "token_id": None,
            "amount": amount,
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": "/my",
            **params,
        }

    @classmethod
    def make_wizard(cls, invoices, env=None, **values):
        env = env or cls.env
        return (
            env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoices.ids)
            .create({"journal_id": cls.journal.id, **values})
        )

    @classmethod
    def get_payment_values(cls, amount, invoices, **values):
        return {
            "amount": amount,
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": cls.partner.id,
            "journal_id": cls.journal.id,
            "currency_id": cls.company.currency_id.id,
            "date": "2026-11-20",
            "invoice_ids": [Command.set(invoices.ids)],
            **values,
        }
