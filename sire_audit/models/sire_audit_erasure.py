from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL


class SireAuditErasure(models.Model):
    """That personal values were erased from the log: of whom, by whom, why. Writing this row is what erases them."""

    _name = "sire.audit.erasure"
    _description = "Audit Erasure"
    _auto = False
    _log_access = False
    _order = "id desc"

    at = fields.Datetime("When", readonly=True)
    uid = fields.Integer("User ID", readonly=True)
    subject = fields.Selection([("user", "User"), ("record", "Record")], readonly=True)
    model = fields.Char(readonly=True)
    res_id = fields.Integer("Record ID", readonly=True)
    reason = fields.Text(readonly=True)
    erased = fields.Integer("Entries", readonly=True)

    def _create(self, data_list):
        """Nobody makes one through the ORM, the superuser neither; changing and deleting is refused by the table itself."""
        raise AccessError(self.env._("Personal values are erased with a reason, not by hand."))

    @api.model
    def _erase(self, record, reason):
        """Erase what the log holds of a person: values of this record, and of a user also login, address and device.

        :param record: a user, a partner, any record
        :param str reason: for whoever asks later
        """
        subject = "user" if record._name == "res.users" else "record"
        self.env.cr.execute(
            SQL(
                """INSERT INTO sire_audit_erasure (at, uid, subject, model, res_id, reason)
                   VALUES (clock_timestamp() AT TIME ZONE 'utc', %s, %s, %s, %s, %s) RETURNING id""",
                self.env.uid, subject, record._name, record.id, reason,
            )
        )  # fmt: skip
        erasure = self.browse(self.env.cr.fetchone()[0])
        self.env["sire.audit.entry"].invalidate_model()
        self.env["sire.audit.entry"]._log(
            "erase", kind="system", after={"model": record._name, "res_id": record.id}, note=reason
        )
        return erasure
