from odoo import Command
from odoo.tests import TransactionCase

from odoo.addons.sire_access.tests.common import SireRoles
from odoo.addons.sire_base.tests.common import SireCommon


class ProjectsCommon(SireRoles, SireCommon, TransactionCase):
    """A client, a project of the manager with one task for the developer, and one user a role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.env["res.partner"].create(
            {"name": "Acacia Lodge Ltd", "is_company": True, "country_id": cls.env.ref("base.ke").id}
        )
        cls.project = (
            cls.env["project.project"]
            .with_user(cls.user_manager)
            .create({"name": "Booking website", "partner_id": cls.client.id, "sire_hourly_rate": 4000.0})
        )
        cls.todo, cls.doing, cls.review, cls.done = cls.project.type_ids.sorted("sequence")
        cls.task = cls.make_task("Design", user_ids=[Command.set(cls.user_developer.ids)], allocated_hours=30)

    @classmethod
    def make_task(cls, name, **values):
        return (
            cls.env["project.task"]
            .with_user(cls.user_manager)
            .create({"name": name, "project_id": cls.project.id, **values})
        )
