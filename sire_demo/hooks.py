"""What happens when the demo is installed and when it is removed."""

import secrets

from odoo.exceptions import UserError

from .builder import build
from .const import DEMO_VARIABLE
from .utils import is_demo_server


def pre_init_hook(env):
    """Refuse a database whose server was not started as a demo.

    :raise UserError: SIRE_DEMO=1 is not in the environment
    """
    if not is_demo_server():
        raise UserError(
            env._(
                "SIRE Demo brings invented clients and users whose password is their login. It installs only on a "
                "server started with %(variable)s=1, as ./sire run does. Nothing was changed.",
                variable=DEMO_VARIABLE,
            )
        )


def post_init_hook(env):
    """Write the demo company's year."""
    build(env)


def uninstall_hook(env):
    """Leave no user behind whose password everybody knows, and leave the books whole.

    The guard on the logins goes with the module, so the passwords go first; an administrator sets new ones
    (Settings > Users, or `./sire shell`). Users, clients, projects and the provider stand in invoices and payments: they
    stay, and are no longer the module's.
    """
    for user in env["res.users"].with_context(active_test=False).search([("sire_is_demo", "=", True)]):
        user.password = secrets.token_urlsafe(24)
    env["ir.config_parameter"].set_param("sms.endpoint", False)  # it led to the sandbox
    kept = ("res.users", "res.partner", "project.project", "payment.provider")
    env["ir.model.data"].search([("module", "=", "sire_demo"), ("model", "in", kept)]).unlink()
