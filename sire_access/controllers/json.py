from odoo.http import request

from odoo.addons.web.controllers.json import WebJsonController


class SireJsonController(WebJsonController):
    def _get_action(self, subpath):
        """Override of `web`: its address ``/json/1`` is for who may export, and exporting is ticked for each document."""
        action, *rest = super()._get_action(subpath)
        user = request.env.user
        if not user._sire_is_unlimited() and action.res_model in request.env:
            request.env[action.res_model]._sire_check_export(action.res_model, request.env[action.res_model])
        return (action, *rest)
