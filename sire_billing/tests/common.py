"""A client, a project with tasks and a quotation made from them."""

from contextlib import contextmanager
from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError

from odoo.addons.sire_access.tests.common import SireRoles
from odoo.addons.sire_base.tests.common import SireCommon
from odoo.addons.sire_base.utils.eat import eat_today


class BillingCommon(SireRoles, SireCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company.write({"name": "SIRE TECH Ltd", "email": "office@siretech.example", "quotation_validity_days": 30})
        cls.company._sire_setup_cash()
        cls.client = cls.env["res.partner"].create(
            {"name": "Acacia Lodge Ltd", "email": "pay@acacia.example", "lang": "en_US"}
        )
        cls.project = cls.make_project()
        cls.tax = cls.company.account_sale_tax_id

    @classmethod
    def make_project(cls, **values):
        project = cls.env["project.project"].create(
            {
                "name": "Booking website",
                "partner_id": cls.client.id,
                "company_id": cls.company.id,
                "user_id": cls.user_manager.id,
                "sire_hourly_rate": 5000.0,
                **values,
            }
        )
        cls.env["project.task"].create(
            [
                {"name": "Design", "project_id": project.id, "allocated_hours": 10, "sequence": 1},
                {
                    "name": "Build",
                    "project_id": project.id,
                    "allocated_hours": 7.5,
                    "sire_hourly_rate": 6000,
                    "sequence": 2,
                },
            ]
        )
        return project

    @classmethod
    def make_quotation(cls, project=None, sent=True, user=None):
        """Make the quotation of a project as its manager does."""
        project = (project or cls.make_project()).with_user(user or cls.user_manager)
        project.action_sire_new_quotation()
        order = cls.env["sale.order"].search([("project_id", "=", project.id)], order="id desc", limit=1)
        order = order.with_user(user or cls.user_manager)
        if sent:
            order.action_sire_send()
        return order

    @classmethod
    def approve(cls, order, **kwargs):
        """Approve it as the client page does: without an account."""
        order = order.with_user(cls.env.ref("base.public_user")).sudo()
        return order._sire_approve("Jane Wanjiku", order._sire_digest(), "41.90.64.1", "Android", **kwargs).sudo()

    @classmethod
    def make_invoice(cls, project=None):
        return cls.approve(cls.make_quotation(project)).with_env(cls.env)

    @classmethod
    def take_cash(cls, invoice, amount=None, user=None, **values):
        """Take cash as an accountant does, and return the payment."""
        wizard = (
            cls.env["sire.cash.payment.wizard"]
            .with_user(user or cls.user_accountant)
            .create({"move_id": invoice.id, **({"amount": amount} if amount is not None else {}), **values})
        )
        action = wizard.action_confirm()
        return cls.env["account.payment"].browse(action["res_id"])

    @staticmethod
    def get_unbilled(project):
        """:return: tasks with a price that no live quotation bills"""
        proposed = project._sire_propose_work(project._sire_get_work())
        return project.env["project.task"].browse(work.id for work in proposed if work.kind == "task")

    @classmethod
    def make_prompt(cls, invoice, amount):
        """:return: a payment of this invoice that a client has begun and nobody has confirmed"""
        provider = cls.env["payment.provider"].create({"name": "Test Card", "code": "none", "state": "test"})
        return cls.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": cls.env.ref("payment.payment_method_mpesa").id,
                "amount": amount,
                "currency_id": invoice.currency_id.id,
                "partner_id": invoice.partner_id.id,
                "operation": "online_direct",
                "invoice_ids": [Command.set(invoice.ids)],
                "state": "pending",
            }
        )

    @contextmanager
    def assertRefused(self, pattern, error=UserError):
        """Expect a refusal in these words: one sentence or two, no list of fields, and nothing changed."""
        with self.assertRaises(error) as caught:
            yield
        self.assertRegex(str(caught.exception), pattern)

    @staticmethod
    def day(days):
        return eat_today() + timedelta(days=days)

    @staticmethod
    def line_vals(**values):
        return Command.create({"name": "Extra", "product_uom_qty": 1, "price_unit": 100, **values})
