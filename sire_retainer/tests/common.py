"""It is 18 November 2026, ten in the morning in Nairobi, and a client has a retainer of KSh 10,000 that is not started."""

from datetime import date, datetime

from freezegun import freeze_time

from odoo import Command

from odoo.addons.sire_base.utils.eat import eat_to_utc
from odoo.addons.sire_billing.tests.common import BillingCommon


class RetainerCommon(BillingCommon):
    @classmethod
    def setUpClass(cls):
        frozen = cls.at(2026, 11, 18)
        frozen.start()
        cls.addClassCleanup(frozen.stop)
        super().setUpClass()
        cls.retainer = cls.make_retainer()

    @classmethod
    def make_retainer(cls, env=None, *, price=10000.0, **values):
        """:param env: of whoever makes it; the superuser's when None"""
        return (env or cls.env)["sire.retainer"].create({
            "name": "Support", "partner_id": cls.client.id, "date_start": date(2026, 11, 18), "auto_post": True,
            "line_ids": [Command.create({"name": "Support", "price_unit": price, "tax_ids": [Command.clear()]})],
            **values,
        })  # fmt: skip

    @staticmethod
    def at(year, month, day, hour=10, minute=0):
        return freeze_time(eat_to_utc(datetime(year, month, day, hour, minute)))
