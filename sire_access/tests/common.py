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
