from odoo import Command, fields
from odoo.tests import new_test_user

from odoo.addons.sire_access.const import (
    ROLE_ACCOUNTANT,
    ROLE_ADMIN,
    ROLE_DEVELOPER,
    ROLE_PROJECT_MANAGER,
    ROLE_VIEWER,
)


class SireRoles:
    """Mixin before a TransactionCase or HttpCase: one user for each role, in the main company.

    Passwords are the logins. ``cls.roles`` maps the short name of a role to its user.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_admin = cls.make_role_user("sire_test_admin", ROLE_ADMIN, "Asha Admin")
        cls.user_accountant = cls.make_role_user("sire_test_accountant", ROLE_ACCOUNTANT, "Akinyi Accountant")
        cls.user_manager = cls.make_role_user("sire_test_manager", ROLE_PROJECT_MANAGER, "Mwangi Manager")
        cls.user_developer = cls.make_role_user("sire_test_developer", ROLE_DEVELOPER, "Dalmas Developer")
        cls.user_viewer = cls.make_role_user("sire_test_viewer", ROLE_VIEWER, "Wanjiku Viewer")
        cls.roles = {
            "admin": cls.user_admin,
            "accountant": cls.user_accountant,
            "manager": cls.user_manager,
            "developer": cls.user_developer,
            "viewer": cls.user_viewer,
        }

    @classmethod
    def make_role_user(cls, login, role, name=None, **values):
        """Create an internal user who has one role.

        :param str login: login and password
        :param str role: xml id of the role's group
        :return: the user
        """
        return new_test_user(cls.env, login=login, password=login, name=name or login, groups=role, **values)

    @classmethod
    def make_api_key(cls, user):
        """:return: a bearer key of this user for JSON-2, good for a day"""
        expires = fields.Datetime.add(fields.Datetime.now(), days=1)
        return cls.env["res.users.apikeys"].with_user(user)._generate("rpc", "test", expires)

    @classmethod
    def make_business(cls):
        """One client with a project, a task, a sent quotation, a posted invoice and a payment on it."""
        cls.client = cls.env["res.partner"].create({"name": "Acacia Lodge Ltd", "email": "pay@acacia.example"})
        cls.product = cls.env["product.product"].create({"name": "Consulting", "type": "service", "list_price": 2500.0})
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.client.id,
                "order_line": [Command.create({"product_id": cls.product.id, "product_uom_qty": 8})],
            }
        )
        cls.order.message_post(body="Our price is final", message_type="comment", subtype_xmlid="mail.mt_comment")
        cls.project = cls.env["project.project"].create(
            {"name": "Booking website", "partner_id": cls.client.id, "allow_billable": True}
        )
        cls.task = cls.env["project.task"].create(
            {
                "name": "Design",
                "project_id": cls.project.id,
                "user_ids": [Command.set(cls.user_developer.ids)],
                "allocated_hours": 8,
            }
        )
        cls.other_task = cls.env["project.task"].create({"name": "Hosting", "project_id": cls.project.id})
        cls.invoice = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.client.id,
                "invoice_date": "2026-11-20",
                "invoice_line_ids": [Command.create({"product_id": cls.product.id, "quantity": 8})],
            }
        )
        cls.invoice.action_post()
        cls.draft_invoice = cls.invoice.copy({"invoice_date": "2026-11-20"})
        cls.bank_journal = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.env.company.id)], limit=1
        )
        cls.payment = cls.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": cls.client.id,
                "amount": 1000.0,
                "journal_id": cls.bank_journal.id,
            }
        )
        cls.payment.action_post()
