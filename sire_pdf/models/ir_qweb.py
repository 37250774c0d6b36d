from markupsafe import Markup

from odoo import models

from ..const import CONTEXT_PAGES

BODY = "\N{OBJECT REPLACEMENT CHARACTER}sire-body\N{OBJECT REPLACEMENT CHARACTER}"


class IrQweb(models.AbstractModel):
    _inherit = "ir.qweb"

    def _render(self, template, values=None, **options):
        """The host renders the same page around each body of a file, a hundred times for a hundred invoices: once is enough."""
        pages = self.env.context.get(CONTEXT_PAGES)
        if pages is None or not values or "subst" not in values or "body" not in values:
            return super()._render(template, values, **options)
        key = (template, self.env.lang, *sorted((name, value) for name, value in values.items() if name != "body"))
        if key not in pages:
            page = str(super()._render(template, {**values, "body": Markup(BODY)}, **options))
            pages[key] = page.partition(BODY) if page.count(BODY) == 1 else None
        if pages[key] is None:  # somebody's layout does more with it than show it
            return super()._render(template, values, **options)
        before, _body, after = pages[key]
        return Markup(before + str(values["body"]) + after)
