from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from odoo.addons.sire_base.utils.phone import format_kenyan_phone, is_mobile, parse_kenyan_phone


class ResUsers(models.Model):
    """The phone for codes, and the end of sessions and keys."""

    _inherit = "res.users"
    # for sire_audit, where it is installed
    _sire_audit = {"fields": ("sire_signin_phone",), "personal": ("sire_signin_phone",)}

    sire_signin_phone = fields.Char(
        "Phone for Signing in",
        copy=False,
        index="btree_not_null",
        groups="base.group_erp_manager",
        help="Codes for signing in go to this mobile number. Written by administrators: the phone of the contact, which "
        "its owner changes in any open session, opens nothing.",
    )
    sire_signin_phone_note = fields.Char(compute="_compute_sire_signin_phone_note", groups="base.group_erp_manager")
    # part of the session token: another number, and every session of the user is over, in all workers
    sire_session_epoch = fields.Integer(copy=False, groups=fields.NO_ACCESS)

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "sire_signin_phone"]

    # === COMPUTES === #

    @api.depends("sire_signin_phone", "active")
    def _compute_sire_signin_phone_note(self):
        for user in self:
            user_sudo = user.sudo()  # whether a colleague has the number, not who
            user.sire_signin_phone_note = False
            if user_sudo.sire_signin_phone and len(self._sire_phone_owners(user_sudo.sire_signin_phone)) > 1:
                user.sire_signin_phone_note = self.env._("Another user has this number: neither gets a code.")

    @api.onchange("sire_signin_phone")
    def _onchange_sire_signin_phone(self):
        if self.sire_signin_phone:
            self.sire_signin_phone = format_kenyan_phone(self._sire_mobile(self.sire_signin_phone))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._sire_with_phone(vals) for vals in vals_list])

    def write(self, vals):
        gone = self.filtered("active") if "active" in vals and not vals["active"] else self.browse()
        phone_changes = "sire_signin_phone" in vals
        res = super().write(self._sire_with_phone(vals))
        if gone:
            gone._sire_end_access()
        elif phone_changes:
            self._sire_drop_codes()
        if "group_ids" in vals:
            self._sire_after_role_change()
        return res

    # === ACTIONS === #

    def _action_revoke_all_devices(self):
        """The host deletes the sessions of the devices that it has seen. Here all others end too, everywhere."""
        if self != self.env.user and not self.env.user.has_group("base.group_erp_manager"):
            raise AccessError(self.env._("Only administrators sign other people out."))
        action = super()._action_revoke_all_devices()
        self._sire_end_sessions(keep_current=True)
        return action

    def action_sire_unlock(self):
        """An administrator lets somebody try again at once.

        :raise AccessError: for anybody else
        """
        if not self.env.user.has_group("base.group_erp_manager"):
            raise AccessError(self.env._("Only administrators unlock the sign-in of a user."))
        counters = self.env["sire.signin.counter"]
        subjects = [self._sire_login_subject(user.login) for user in self]
        subjects += [user.sire_signin_phone for user in self if user.sire_signin_phone]
        found = [counters._forget_subject(subject) for subject in subjects]
        self._sire_say("unlock")
        message = (
            self.env._("Signing in was locked; it is open again.") if any(found) else self.env._("Nothing was locked.")
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success" if any(found) else "info", "message": message},
        }

    # === BUSINESS === #

    def _get_session_token_fields(self):
        return super()._get_session_token_fields() | {"sire_session_epoch"}

    def _session_token_get_values(self):
        """Somebody who is gone has no session, not even one that was half open between password and second factor."""
        values = super()._session_token_get_values()
        if values and self.id != SUPERUSER_ID and not dict(values)["active"]:
            return False
        return values

    def _sire_end_sessions(self, *, keep_current=False):
        """End every session of these users at once.

        :param bool keep_current: leave the session of this request, if it is one of theirs
        """
        users_sudo = self.sudo()  # nobody writes the epoch by himself
        for user_sudo in users_sudo:
            user_sudo.sire_session_epoch += 1
        self._sire_say("signout")
        self.env.flush_all()
        if keep_current and request and request.session.uid in self.ids:
            user = self.browse(request.session.uid)
            request.session.session_token = user._compute_session_token(request.session.sid)

    def _sire_end_access(self):
        """Sessions, keys, trusted browsers and open codes of users who are gone: an account that is switched on again
        does not bring them back."""
        self._sire_end_sessions()
        for model in ("res.users.apikeys", "auth_totp.device"):
            records_sudo = (
                self.env[model].sudo().search([("user_id", "in", self.ids)])
            )  # who may deactivate may end these
            records_sudo.unlink()
        devices_sudo = self.env["res.device"].sudo().search([("user_id", "in", self.ids)])  # as above
        devices_sudo._revoke()
        self._sire_drop_codes()

    def _sire_drop_codes(self):
        codes_sudo = (
            self.env["sire.signin.code"].sudo().search([("user_id", "in", self.ids)])
        )  # nobody else reads codes
        codes_sudo.unlink()

    def _sire_key_groups(self):
        """:return: the roles that a key of this user is made under; modules above add those that are not for good"""
        self.ensure_one()
        return self.group_ids

    def _sire_say(self, action):
        """In the audit log, where there is one: a change of who may sign in that is no change of a watched column."""
        if "sire.audit.entry" in self.env:
            self.env["sire.audit.entry"]._log(action, self, kind="access")

    @api.model
    def _sire_after_role_change(self):
        """Whatever roles allow or require, it holds from now on: keys end, and sessions without a second factor.

        Not while modules are loaded: an upgrade writes roles piece by piece, and a key is looked at when it is used.
        """
        if not self.env.registry.ready:
            return
        self.env.flush_all()
        self.env["res.users.apikeys"]._sire_end_outlived()
        self._sire_end_sessions_without_factor()

    @api.model
    def _sire_phone_owners(self, phone):
        """:param str phone: E.164
        :return: the active employees with this number; a code goes out when it is one
        """
        users_sudo = self.sudo().search(  # asked before anybody is signed in
            [("sire_signin_phone", "=", phone), ("share", "=", False)], limit=2
        )
        return users_sudo

    @api.model
    def _sire_single_device(self):
        params_sudo = self.env["ir.config_parameter"].sudo()  # asked for every new session
        return bool(params_sudo.get_param("sire_signin.single_device"))

    @api.model
    def _sire_sms_enabled(self):
        params_sudo = self.env["ir.config_parameter"].sudo()  # nobody is signed in yet
        return bool(params_sudo.get_param("sire_signin.sms"))

    # === HELPERS === #

    def _sire_with_phone(self, vals):
        if not vals.get("sire_signin_phone"):
            return vals
        return {**vals, "sire_signin_phone": self._sire_mobile(vals["sire_signin_phone"])}

    @api.model
    def _sire_mobile(self, text):
        """:return: E.164
        :raise UserError: in one sentence
        """
        try:
            phone = parse_kenyan_phone(text)
        except ValueError as error:
            raise UserError(str(error)) from None
        if not is_mobile(phone):
            raise UserError(self.env._("%s is no mobile number: it gets no codes.", format_kenyan_phone(phone)))
        return phone
