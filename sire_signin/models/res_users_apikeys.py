import logging
import re

from odoo import api, models
from odoo.tools import SQL, sql

from odoo.addons.base.models.res_users import API_KEY_SIZE, INDEX_SIZE, KEY_CRYPT_CONTEXT
from odoo.addons.sire_signin.utils import in_own_transaction

_logger = logging.getLogger(__name__)

LOOKS_LIKE_A_KEY = re.compile(r"[0-9a-f]{%d}" % (2 * API_KEY_SIZE))


class ResUsersApikeys(models.Model):
    """A key remembers the roles under which it was made, and ends with the first of them that its user loses.

    The host's key does whatever its user may do now. A key that an accountant gave to a till stays in the till when
    the accountant becomes a viewer, and would be an accountant's key again after the next change of roles.
    """

    _inherit = "res.users.apikeys"

    def init(self):
        """Like the host's secret column, beside the ORM; keys from before hold on to the roles of today."""
        super().init()
        if sql.column_exists(self.env.cr, self._table, "sire_group_ids"):
            return
        table = SQL.identifier(self._table)
        self.env.cr.execute(SQL("ALTER TABLE %s ADD COLUMN sire_group_ids integer[]", table))
        self.env.cr.execute(
            SQL(
                "UPDATE %s AS key SET sire_group_ids = "
                "COALESCE((SELECT array_agg(gid ORDER BY gid) FROM res_groups_users_rel WHERE uid = key.user_id), '{}')",
                table,
            )
        )

    def _generate(self, scope, name, expiration_date):
        key = super()._generate(scope, name, expiration_date)
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET sire_group_ids = %s WHERE user_id = %s AND index = %s AND sire_group_ids IS NULL",
                SQL.identifier(self._table),
                sorted(self.env.user._sire_key_groups().ids),
                self.env.user.id,
                key[:INDEX_SIZE],
            )
        )
        return key

    def _check_credentials(self, *, scope, key):
        """Checked at each use, by whatever way the role went; a key that is found ended is deleted, so that it does not
        come back with the role."""
        user_id = super()._check_credentials(scope=scope, key=key)
        if not user_id or not self._sire_ends_with_role():
            return user_id
        key_id, group_ids = self._sire_find(user_id, key)
        if self._sire_is_alive(user_id, group_ids):
            return user_id
        _logger.info("API key #%s of user #%s refused: a role under which it was made is gone", key_id, user_id)
        in_own_transaction(self.env, lambda env: env[self._name].browse(key_id).exists().unlink())
        self.env.registry.signal_changes()  # the request is refused, and a refused request tells the other workers nothing
        return None

    def unlink(self):
        """Let every worker forget that the key was right (XML-RPC)."""
        res = super().unlink()
        self.env.registry.clear_cache()
        return res

    @api.model
    def _sire_end_outlived(self):
        """Delete the keys of users who lost a role under which the key was made."""
        rows = self.env.execute_query(SQL("SELECT id, user_id, sire_group_ids FROM %s", SQL.identifier(self._table)))
        ended = [key_id for key_id, user_id, group_ids in rows if not self._sire_is_alive(user_id, group_ids)]
        if ended:
            _logger.info("API keys %s ended with a role of their users", ended)
            ended_sudo = self.sudo().browse(ended)  # who changes roles need not be who may delete keys
            ended_sudo.unlink()

    # === HELPERS === #

    def _sire_ends_with_role(self):
        """Trusted browsers are a model of the host that inherits from keys; they spare a code and open nothing."""
        return self._name == "res.users.apikeys"

    @api.model
    def _sire_is_known(self, user_id, key):
        """:return: whether this looks like a key and the user has one that begins so; a password is none"""
        return bool(key and LOOKS_LIKE_A_KEY.fullmatch(key)) and bool(self._sire_rows(user_id, key))

    def _sire_find(self, user_id, key):
        """:return: (id, group ids) of the row of a key that was found right"""
        rows = self._sire_rows(user_id, key)
        for key_id, group_ids, hashed in rows:
            if len(rows) == 1 or KEY_CRYPT_CONTEXT.verify(key, hashed):
                return key_id, group_ids
        return 0, None

    def _sire_rows(self, user_id, key):
        return self.env.execute_query(
            SQL(
                "SELECT id, sire_group_ids, key FROM %s WHERE user_id = %s AND index = %s",
                SQL.identifier(self._table),
                user_id,
                key[:INDEX_SIZE],
            )
        )

    def _sire_is_alive(self, user_id, group_ids):
        """:param group_ids: what the key remembers; a row that was written past the ORM remembers nothing and is dead"""
        if group_ids is None:
            return False
        transaction = self.env.transaction
        before = transaction.default_env
        if before is None:
            # with a bearer key nobody is there yet, and the host cannot work groups out for nobody
            transaction.default_env = self.env(user=user_id)
        try:
            user_sudo = self.env["res.users"].with_user(user_id).sudo().browse(user_id)  # reads his own groups
            return set(group_ids) <= set(user_sudo._get_group_ids())
        finally:
            transaction.default_env = before
