from odoo import api, models
from odoo.http import STORED_SESSION_BYTES

from odoo.addons.sire_signin.const import Policy
from odoo.addons.sire_signin.utils import in_own_transaction

COUNT_ONLY = Policy(free=0, first=0, longest=0)


class ResDeviceLog(models.Model):
    _inherit = "res.device.log"

    @api.model
    def _update_device(self, request):
        """Where one device at a time is allowed, the first request of a new session ends the user's other ones.

        Here, because every way in comes past here. Two sign-ins at once meet at the row of a counter, each with its
        device written in the same transaction: the later one sees the earlier one, and ends it.
        """
        session = request.session
        if session.get("_trace") or not session.uid or not self.env["res.users"]._sire_single_device():
            return super()._update_device(request)
        user_id, identifier = session.uid, session.sid[:STORED_SESSION_BYTES]

        def work(env):
            session["_trace"] = []
            bucket = f"device:{user_id}"
            env["sire.signin.counter"]._take_here([(bucket, bucket, COUNT_ONLY)])
            super(ResDeviceLog, env["res.device.log"])._update_device(request)
            others = env["res.device"].search([("user_id", "=", user_id), ("session_identifier", "!=", identifier)])
            others._revoke()

        return in_own_transaction(self.env, work)
