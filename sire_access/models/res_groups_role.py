from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from odoo.addons.sire_access.const import ROLES


class ResGroups(models.Model):
    """A role is a group of the privilege “SIRE role”. Five come with the module, more are copies of them."""

    _inherit = "res.groups"

    sire_origin_id = fields.Many2one(
        "res.groups",
        string="Copied From",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The role that this one stands on: its screens and host groups. Its ticks are its own.",
    )

    @api.model
    def _sire_roles(self):
        """:return: all roles, the five and the copies, in the order of the matrix"""
        # sudo: the names of roles are no secret
        return self.env["res.groups"].sudo().browse(self._sire_all_role_ids()).sudo(self.env.su)

    @tools.ormcache(cache="groups")
    def _sire_all_role_ids(self):
        privilege_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "sire_access.privilege_sire", raise_if_not_found=False
        )
        if not privilege_id:
            return ()
        # sudo: as above
        return tuple(self.sudo().search([("privilege_id", "=", privilege_id)], order="sequence desc, id").ids)

    def _sire_base_role(self):
        """:return: the one of the five that this role stands on"""
        role_sudo = self.sudo()  # sudo: as above
        while role_sudo.sire_origin_id:
            role_sudo = role_sudo.sire_origin_id
        return role_sudo.sudo(False)

    def _sire_copy_role(self, name):
        """Make a role that may what this one may.

        :param str name: of the new role
        :return: the new role
        """
        self.ensure_one()
        self.env["res.users"]._sire_check_author()
        name = (name or "").strip()
        if self not in self._sire_roles():
            raise UserError(self.env._("“%s” is not a SIRE role.", self.name))
        if self == self.env.ref("sire_access.group_admin"):
            raise UserError(self.env._("Administrator is not copied: whoever may do everything is an administrator."))
        if not name or name.startswith("-"):
            raise UserError(self.env._("A role needs a name."))
        if any(role.name.lower() == name.lower() for role in self._sire_roles()):
            raise UserError(self.env._("There is a role named “%s”.", name))
        # sudo: the administrator of roles need not be one of the host's technical groups
        role_sudo = (
            self.env["res.groups"]
            .sudo()
            .create(
                {
                    "name": name,
                    "privilege_id": self.privilege_id.id,
                    "sequence": self.sequence,
                    "comment": self.comment,
                    "implied_ids": [fields.Command.set(self.ids)],
                    "sire_origin_id": self.id,
                }
            )
        )
        grants_sudo = self.env["sire.access.grant"].sudo().search([("role_id", "=", self.id)])  # sudo: as above
        grants_sudo.create(
            [
                {"role_id": role_sudo.id, "permission_id": grant.permission_id.id, "scope": grant.scope}
                for grant in grants_sudo
            ]
        )
        self.env["sire.access.change"]._sire_record("role", name, "", self.env._("copied from %s", self.name))
        return role_sudo.sudo(False)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_roles(self):
        xmlids = self.get_external_id()
        if any(xmlids.get(group.id) in ROLES for group in self):
            raise UserError(self.env._("The five roles of SIRE stay. Take their permissions away instead."))
        # sudo: everybody's are looked at
        periods_sudo = self.env["sire.access.period"].sudo().search([("role_id", "in", self.ids)])
        lent = periods_sudo.filtered(lambda period: period.state != "over").role_id
        held = (self & self._sire_roles()).filtered(lambda role: role.all_user_ids or role in lent)
        if held:
            raise UserError(self.env._("Somebody still has the role “%s”.", held[0].name))
