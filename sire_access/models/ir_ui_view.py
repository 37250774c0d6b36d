from odoo import models


class IrUiView(models.Model):
    _inherit = "ir.ui.view"

    def _postprocess_access_rights(self, tree):
        """Leave out the buttons whose act the user may not do. A courtesy: the method refuses by itself."""
        user = self.env.user
        if not self.env.su and not user._sire_is_unlimited():
            methods = self.env["sire.access.gate"]._sire_map()[1]
            for node in tree.xpath("//button[@type='object']"):
                holders = node.xpath("ancestor-or-self::*[@model_access_rights][1]")
                model_name = holders[-1].get("model_access_rights") if holders else None
                doors = methods.get(model_name, {}).get(node.get("name"))
                if doors and not any(user._sire_may(permission) for permission, _own in doors):
                    node.getparent().remove(node)
        return super()._postprocess_access_rights(tree)
