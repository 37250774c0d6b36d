"""Shared by the demo's tests."""

import os
from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests import TransactionCase

from ..story.people import USERS

LOGINS = tuple(user[0] for user in USERS)


class DemoCommon(TransactionCase):
    """The demo company, and a server that is one or is not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.ref("base.main_company")
        cls.users = cls.env["res.users"].search([("sire_is_demo", "=", True)])

    @contextmanager
    def environment(self, **variables):
        """Set the process environment; a value of None takes the variable away."""
        self.env.registry.clear_cache()  # session tokens and passwords are remembered by the process
        with patch.dict(os.environ, {name: value for name, value in variables.items() if value is not None}):
            for name, value in variables.items():
                if value is None:
                    os.environ.pop(name, None)
            yield
        self.env.registry.clear_cache()

    def log_in(self, login, password=None):
        """:return: what the host answers to a login form with this login and password"""
        credential = {"type": "password", "login": login, "password": password or login}
        return self.env["res.users"].authenticate(credential, {"interactive": True})
