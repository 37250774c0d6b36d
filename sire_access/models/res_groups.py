from odoo import api, models

PEOPLE = {"user_ids", "all_user_ids", "implied_ids", "implied_by_ids", "privilege_id", "sire_origin_id"}


class ResGroups(models.Model):
    """Who changes a group changes people: the same guards as on the people's side."""

    _inherit = "res.groups"

    @api.model_create_multi
    def create(self, vals_list):
        before = self.env["res.users"]._sire_rights_snapshot()
        groups = super().create(vals_list)
        self.env["res.users"]._sire_guard(before)
        return groups

    def write(self, vals):
        is_system = self.env.user.has_group("base.group_system")  # as in the host, with a role or without
        if "sire_second_factor" in vals and not is_system:  # of sire_signin, where it is installed
            self.env["res.users"]._sire_check_author()
        if not PEOPLE & vals.keys():
            return super().write(vals)
        before = self.env["res.users"]._sire_rights_snapshot()
        result = super().write(vals)
        self.env.registry.clear_cache("groups", "stable")
        self.env["res.users"]._sire_guard(before)
        return result

    def unlink(self):
        before = self.env["res.users"]._sire_rights_snapshot()
        result = super().unlink()
        self.env["res.users"]._sire_guard(before)
        return result
