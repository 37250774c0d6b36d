"""Names of the roles, and what a role may never do whatever a host group grants."""

ROLE_ADMIN = "sire_access.group_admin"
ROLE_ACCOUNTANT = "sire_access.group_accountant"
ROLE_PROJECT_MANAGER = "sire_access.group_project_manager"
ROLE_DEVELOPER = "sire_access.group_developer"
ROLE_VIEWER = "sire_access.group_viewer"
ROLES = (ROLE_ADMIN, ROLE_ACCOUNTANT, ROLE_PROJECT_MANAGER, ROLE_DEVELOPER, ROLE_VIEWER)

#: ``groups=`` of every field that shows an amount, a rate or a sales document to staff.
GROUP_SEE_MONEY = "sire_access.group_see_money"
#: The same for fields that a client sees of its own tasks in the host's portal.
GROUPS_SEE_MONEY_OR_PORTAL = f"{GROUP_SEE_MONEY},base.group_portal"
