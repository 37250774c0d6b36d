from odoo import models


class SireAccessMatrix(models.AbstractModel):
    """The difference before saving: who gains and who loses what."""

    _inherit = "sire.access.matrix"

    def _sire_in_words(self, role, permission, before, after):
        return {
            "role": role.name,
            "permission": permission.display_name,
            "before": self._sire_scope_name(before[role.id].get(permission.code)),
            "after": self._sire_scope_name(after[role.id].get(permission.code)),
        }

    def _sire_rights(self, role_ids, ticks):
        """:return: what somebody with these roles may do; None for an administrator"""
        if self.env.ref("sire_access.group_admin").id in role_ids:
            return None
        return self.env["sire.access.grant"]._sire_effective_of([ticks[role_id] for role_id in role_ids])

    def _sire_effects(self, people, before, after):
        """Another role may still give what one loses; what one needs for another thing takes that along."""
        effects = {}
        for user, role_ids in people.items():
            old = self._sire_rights(role_ids, before)
            if old is None:
                continue
            new = self._sire_rights(role_ids, after)
            for code in old.keys() | new.keys():
                if old.get(code) == new.get(code):
                    continue
                effect = effects.setdefault(code, {"gains": [], "loses": []})
                if new.get(code) == "own":
                    name = self.env._("%s (own records)", user.name)
                else:
                    name = user.name
                narrower = not new.get(code) or old.get(code) == "all"
                effect["loses" if narrower else "gains"].append(name)
        permissions = self.env["sire.access.permission"].search([("code", "in", list(effects))])
        return [{"permission": permission.display_name, **effects[permission.code]} for permission in permissions]

    def _sire_idle(self, changes, after):
        """Ticks that count for nothing, because what they need is not ticked."""
        names = {
            permission.code: permission
            for permission in self.env["sire.access.permission"].search([("code", "!=", False)])
        }
        idle = []
        for role in {role.id: role for role, *_rest in changes}.values():
            counting = self.env["sire.access.grant"]._sire_effective_of([after[role.id]])
            needs = self.env["sire.access.permission"]._sire_needs()
            for code in sorted(after[role.id].keys() - counting.keys()):
                missing = next((need for need in needs[code] if need not in counting), None)
                if code in names and missing:
                    idle.append(
                        {
                            "role": role.name,
                            "permission": names[code].display_name,
                            "needs": names[missing].display_name,
                        }
                    )
        return idle

    def _sire_new_duties(self, people, before, after):
        """:return: pairs that somebody will hold; those held before are warned about no more, forbidden ones always"""
        found = []
        duties = self.env["sire.access.duty"]
        for user, role_ids in people.items():
            old = self._sire_rights(role_ids, before)
            if old is None:
                continue
            held = duties._sire_held(old)
            for duty in duties._sire_held(self._sire_rights(role_ids, after)):
                if duty.level == "forbid" or duty not in held:
                    found.append({"person": user.name, "pair": duty.display_name, "level": duty.level})
        return found
