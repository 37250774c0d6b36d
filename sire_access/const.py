"""Names of the roles, and what a role may never do whatever a host group grants."""

from dataclasses import dataclass

ROLE_ADMIN = "sire_access.group_admin"
ROLE_ACCOUNTANT = "sire_access.group_accountant"
ROLE_PROJECT_MANAGER = "sire_access.group_project_manager"
ROLE_DEVELOPER = "sire_access.group_developer"
ROLE_VIEWER = "sire_access.group_viewer"
ROLES = (ROLE_ADMIN, ROLE_ACCOUNTANT, ROLE_PROJECT_MANAGER, ROLE_DEVELOPER, ROLE_VIEWER)

#: ``groups=`` of every field that shows an amount, a rate or a sales document to staff.
GROUP_SEE_MONEY = "sire_access.group_see_money"
#: The same for fields that clients see of their own tasks and documents in the host's portal.
GROUPS_SEE_MONEY_OR_PORTAL = f"{GROUP_SEE_MONEY},base.group_portal,base.group_public"

CHANGES = ("write", "create", "unlink")


@dataclass(frozen=True)
class Limit:
    """Models that a role is refused, or with ``all_but`` the only ones that it is not refused."""

    models: frozenset
    all_but: bool = False

    def refuses(self, model_name):
        return (model_name in self.models) != self.all_but


#: What a viewer may still write: own preferences, own sign-in, talk in Discuss. Nothing of the business.
VIEWER_KEEPS = Limit(
    frozenset(
        {
            "auth.passkey.key",
            "auth.passkey.key.create",
            "auth_totp.wizard",
            "change.password.own",
            "discuss.channel",
            "discuss.channel.member",
            "discuss.gif.favorite",
            "mail.message",
            "mail.notification",
            "res.users.apikeys.description",
            "res.users.apikeys.show",
            "res.users.identitycheck",
            "res.users.settings",
            "res.users.settings.embedded.action",
            "res.users.settings.volumes",
        }
    ),
    all_but=True,
)

#: Money, by whatever way a host group opens it to a developer (project users read sales orders in the host).
DEVELOPER_SEES_NOT = Limit(
    frozenset(
        {
            "account.account",
            "account.bank.statement.line",
            "account.invoice.report",
            "account.move",
            "account.move.line",
            "account.payment",
            "crm.team",
            "digest.digest",
            "payment.capture.wizard",
            "payment.token",
            "payment.transaction",
            "product.attribute.custom.value",
            "product.combo",
            "product.combo.item",
            "product.document",
            "product.pricelist",
            "product.pricelist.item",
            "product.product",
            "product.supplierinfo",
            "product.template",
            "product.template.attribute.value",
            "project.sale.line.employee.map",
            # The status reports of the host quote revenues and costs in their text.
            "project.update",
            "quotation.document",
            "res.partner.bank",
            "sale.order",
            "sale.order.line",
            "sale.order.template",
            "sale.order.template.line",
            "sale.pdf.form.field",
            "sale.report",
            "timesheets.analysis.report",
        }
    )
)

_DEVELOPER_CHANGES_NOT = Limit(
    DEVELOPER_SEES_NOT.models
    | {"account.analytic.account", "mail.template", "project.task.type", "rating.rating", "utm.campaign"}
)
# A project manager reads invoices and payments. Invoices come from approved quotations, not from the host's wizard.
_PROJECT_MANAGER_CHANGES_NOT = Limit(
    frozenset(
        {
            "account.move",
            "account.move.line",
            "account.payment",
            "payment.link.wizard",
            "payment.transaction",
            "res.bank",
            "res.partner.bank",
            "sale.advance.payment.inv",
        }
    )
)
# The host lets every employee change the stages and tags that all projects share.
_ACCOUNTANT_CHANGES_NOT = Limit(frozenset({"project.tags", "project.task", "project.task.type"}))

#: Role → operation → limit. Wins over every grant of a host group. An administrator has none.
#: A user with several roles is refused only what all of them are refused.
ROLE_LIMITS = {
    ROLE_VIEWER: dict.fromkeys(CHANGES, VIEWER_KEEPS),
    ROLE_DEVELOPER: {"read": DEVELOPER_SEES_NOT} | dict.fromkeys(CHANGES, _DEVELOPER_CHANGES_NOT),
    ROLE_PROJECT_MANAGER: dict.fromkeys(CHANGES, _PROJECT_MANAGER_CHANGES_NOT),
    ROLE_ACCOUNTANT: dict.fromkeys(CHANGES, _ACCOUNTANT_CHANGES_NOT),
}
