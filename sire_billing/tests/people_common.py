"""People, their roles, keys and entries of the log."""

from odoo.tests import HttpCase

from odoo.addons.sms.tests.common import MockSMS

from .common import BillingCommon


class PeopleCase(MockSMS, BillingCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.log = cls.env["sire.audit.entry"]
        cls.accountant_group = cls.env.ref("sire_access.group_accountant")
        cls.admin_group = cls.env.ref("sire_access.group_admin")

    def setUp(self):
        super().setUp()
        self.addCleanup(self.env.registry.clear_all_caches)

    def lend(self, user, role=None, first="2027-11-10", last="2027-11-12"):
        periods = self.env["sire.access.period"].with_user(self.user_admin)
        return periods.create(
            {
                "user_id": user.id,
                "role_id": (role or self.accountant_group).id,
                "date_from": first,
                "date_until": last,
            }
        )

    def opens(self, key):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["res.users.apikeys"]._check_credentials(scope="rpc", key=key) == self.user_viewer.id

    def entries(self, record, *domain):
        self.env.flush_all()
        self.log.invalidate_model()
        return self.log.search([("model", "=", record._name), ("res_id", "in", record.ids), *domain], order="id")
