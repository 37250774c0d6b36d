"""The five roles as people."""

from odoo.fields import Command

from ..story.people import COMPANY, USERS
from .common import remember


def build(env):
    """Make a user for each role, its login being its password, and an employee for each user.

    :return: users by login
    :rtype: dict[str, res.users]
    """
    staff = {}
    domain = COMPANY["email"].partition("@")[2]
    for login, name, group, job, phone in USERS:
        vals = {
            "name": name,
            "login": login,
            "email": f"{login}@{domain}",
            "phone": phone,
            "sire_signin_phone": phone,
            "lang": "en_US",
            "tz": "Africa/Nairobi",
            "notification_type": "inbox",
            "sire_is_demo": True,
        }
        role = env.ref(f"sire_access.{group}")
        if login == "admin":
            user = env.ref("base.user_admin")
            user.write({**vals, "group_ids": [Command.link(role.id)]})
        else:
            user = remember(
                env, f"user_{login}", env["res.users"].create({**vals, "group_ids": [Command.set(role.ids)]})
            )
        user.password = login
        if not user.employee_id:
            user.action_create_employee()
        user.employee_id.write({"job_title": job, "work_email": user.email, "hourly_cost": 1400})
        staff[login] = user
    env["ir.config_parameter"].set_param("sire_signin.sms", "True")  # the sandbox shows the texts
    if "odoobot_state" in env["res.users"]._fields:
        env["res.users"].search([]).odoobot_state = "disabled"
    if "tour_enabled" in env["res.users"]._fields:
        env["res.users"].search([]).tour_enabled = False
    return staff
