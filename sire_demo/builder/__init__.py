"""Writes the story into the database, through the ORM and the modules' own methods."""

import logging
import time

from ..const import BUILDING
from . import clients, company, mpesa, people, projects, reminders, sales
from .common import moment

_logger = logging.getLogger(__name__)

# History is written quietly: no mail, no tracking messages, no followers, no invitation.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "mail_auto_subscribe_no_notify": True,
    "no_reset_password": True,
    "sire_demo_building": BUILDING,
    "lang": "en_US",
    "tz": "Africa/Nairobi",
}


def build(env):
    """Write the demo company with its people, clients, projects and a year of documents.

    :param env: environment of the superuser, whose company is the one to fill
    """
    started = time.monotonic()
    env = env(context={**env.context, **QUIET})
    company.build(env)
    mpesa.build(env)
    staff = people.build(env)
    partners = clients.build(env)
    sales.build(env, projects.build(env, staff, partners), staff)
    mpesa.write_ledger(env)
    reminders.build(env, staff)
    # What was announced to the staff in the past was read in the past.
    env["mail.notification"].search([("is_read", "=", False)]).write({"is_read": True, "read_date": moment(-1)})
    env.flush_all()
    _logger.info("Demo company written in %.1f s", time.monotonic() - started)
