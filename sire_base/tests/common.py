"""Helpers for the tests of every module; nothing here runs outside tests."""

from odoo import Command, fields
from odoo.tests import TransactionCase, new_test_user


class SireCommon(TransactionCase):
    """A Kenyan company, a second one, users by role, and the inbox worker on demand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.ref("base.main_company")
        kenya = cls.env.ref("base.ke")
        shilling = cls.env.ref("base.KES")
        shilling.active = True
        if cls.company.country_id != kenya:
            cls.company.country_id = kenya
        cls.company_2 = cls.env["res.company"].create(
            {
                "name": "Second Company Ltd",
                "country_id": kenya.id,
                "currency_id": shilling.id,
            }
        )

    @classmethod
    def load_kenyan_chart(cls, company):
        """Give a company the Kenyan chart of accounts, for tests of modules that have accounting."""
        cls.env["account.chart.template"].try_loading("ke", company=company, install_demo=False)

    @classmethod
    def use_dollars(cls, shillings):
        """:return: the dollar, which has been worth so many shillings in the first company for years"""
        dollar = cls.env.ref("base.USD")
        dollar.active = True
        dollar.rate_ids.filtered(lambda rate: rate.company_id <= cls.company).unlink()
        values = {"currency_id": dollar.id, "company_id": cls.company.id, "inverse_company_rate": shillings}
        cls.env["res.currency.rate"].create({**values, "name": "2020-01-01"})
        return dollar

    @classmethod
    def make_user(cls, login, *group_xmlids, company=None, companies=None):
        """:param str login: also the name; the password is the login, doubled until it is long enough
        :param group_xmlids: groups beside ``base.group_user``
        :param company: the current company, the first one when None
        :param companies: allowed companies, the current one when None
        """
        company = company or cls.company
        user = new_test_user(
            cls.env,
            login,
            groups=",".join(("base.group_user", *group_xmlids)),
            company_id=company.id,
            company_ids=[Command.set((companies or company).ids)],
            tz="Africa/Nairobi",
        )
        return user

    @classmethod
    def make_api_key(cls, user):
        """:return: a bearer key of this user for JSON-2"""
        expires = fields.Datetime.add(fields.Datetime.now(), days=1)
        return cls.env["res.users.apikeys"].with_user(user)._generate("rpc", "test", expires)

    def process_webhooks(self, *, retries=False, limit=100):
        """Run the inbox worker on the test's own transaction.

        :param bool retries: also take what waits for another attempt, as if the time had come
        :return: how many events were begun
        """
        inbox = self.env["sire.webhook.event"].sudo()
        if retries:
            waiting = inbox.search([("state", "=", "received")])
            waiting.next_attempt_at = fields.Datetime.now()
        self.env.flush_all()
        if type(self)._registry_patched:
            begun = inbox._process_due(limit=limit)
            self.env.invalidate_all()
            return begun
        with self.enter_registry_test_mode():
            return inbox._process_due(limit=limit)
