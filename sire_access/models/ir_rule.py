from odoo import models, tools
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval


class IrRule(models.Model):
    """Which records of a model: the host's rules, and besides them the ticks for own records."""

    _inherit = "ir.rule"

    def _compute_domain_context_values(self):
        """Another day is another answer: a role for a period begins and ends at midnight in Nairobi."""
        yield self.env["res.users"]._sire_day()
        yield from super()._compute_domain_context_values()

    @tools.ormcache("self.env.uid", "self.env.su", "model_name", "mode", "tuple(self._compute_domain_context_values())")
    def _compute_domain(self, model_name, mode="read"):
        domain = super()._compute_domain(model_name, mode)
        limit = self._sire_domain(model_name, mode)
        return domain if limit.is_true() else (Domain(domain) & limit).optimize(self.env[model_name])

    def _sire_domain(self, model_name, mode):
        """:return: the records that the user's ticks leave; where they take nothing away, all
        :rtype: Domain
        """
        user = self.env.user
        if self.env.su or user._sire_is_unlimited():
            return Domain.TRUE
        lines = self.env["sire.access.gate"]._sire_lines(model_name, mode)
        if not lines:
            return Domain.TRUE
        ticks, context = user._sire_ticks(), self._eval_context()
        open_domains, known_domains = [], []
        for permission, domain, own_domain in lines:
            known = Domain(safe_eval(domain, context)) if domain else Domain.TRUE
            known_domains.append(known)
            if permission in ticks:
                own = ticks[permission] == "own" and own_domain
                open_domains.append(known & Domain(safe_eval(own_domain, context)) if own else known)
        # Records that no gate knows (colleagues among the contacts) are as in the host.
        host_opens = self.env["ir.model.access"]._sire_host_opens(model_name, mode)
        rest = ~Domain.OR(known_domains) if host_opens else Domain.FALSE
        whole = all(any(known == open_domain for open_domain in open_domains) for known in known_domains)
        return Domain.TRUE if whole and host_opens else Domain.OR([*open_domains, rest])

    def _make_access_error(self, operation, records):
        """Where a tick and no rule of the host refuses, say so."""
        user = self.env.user
        limit = self._sire_domain(records._name, operation)
        # sudo: the user may not read them
        if limit.is_true() or len(records.sudo().filtered_domain(limit)) == len(records):
            return super()._make_access_error(operation, records)
        permission = self.env["sire.access.gate"]._sire_lines(records._name, operation)[0][0]
        message = self.env._(
            "Your role (%(role)s) has “%(permission)s” for own records only, or not at all. %(help)s",
            role=user._sire_role_names(),
            permission=user._sire_permission_name(permission),
            help=user._sire_who_gives(permission),
        )
        records.invalidate_recordset()
        return AccessError(message)
