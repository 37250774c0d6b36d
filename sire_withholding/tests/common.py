"""An invoice of KSh 98,600 (KSh 85,000 and 16 % VAT) for a client that withholds 2 % VAT and 5 % tax."""

import base64

from odoo import Command
from odoo.fields import Datetime

from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_billing.tests.common import BillingCommon

PDF = base64.b64encode(b"%PDF-1.4\n%%EOF\n").decode()


class WithholdingCommon(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company._sire_setup_withholding()
        cls.client.write({"sire_withholds_vat": True, "sire_withholds_tax": True})

    @classmethod
    def make_bill(cls, amount=85000.0, post=True, tax=None, due=30, env=None, **values):
        env = env or cls.env
        move = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.client.id,
                "invoice_date": eat_today(),
                "invoice_date_due": cls.day(due),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Work", "price_unit": amount, "tax_ids": [Command.set((tax or cls.tax).ids)]}
                    )
                ],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    @classmethod
    def record(cls, invoice, amount, kind="vat", name="KRAWHV000001", user=None, **values):
        return (
            cls.env["sire.withholding.certificate"]
            .with_user(user or cls.user_accountant)
            .create(
                {
                    "invoice_id": invoice.id,
                    "kind": kind,
                    "amount": amount,
                    "name": name,
                    "file": PDF,
                    "file_name": "certificate.pdf",
                    **values,
                }
            )
        )

    @classmethod
    def void(cls, certificate, reason="made out to another company", user=None):
        certificate.with_user(user or cls.user_accountant)._sire_void(reason)

    @classmethod
    def days_later(cls, days):
        """:return: for ``freeze_time``: noon in Nairobi, days from now"""
        return Datetime.to_datetime(cls.day(days)).replace(hour=9)
