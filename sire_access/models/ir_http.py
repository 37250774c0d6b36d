from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """A user who has chosen no home action lands where the role's day starts."""
        info = super().session_info()
        user = self.env.user
        if not info.get("home_action_id") and user._is_internal():
            info["home_action_id"] = user._sire_home_action().id
        return info
