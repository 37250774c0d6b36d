from odoo import api, fields, models


class SireAccessChange(models.Model):
    """Who changed a tick, a role or somebody's roles, with before and after."""

    _name = "sire.access.change"
    _description = "Change of permissions"
    _order = "id desc"

    kind = fields.Selection(
        [("ticks", "Permissions of a role"), ("role", "Role"), ("people", "Roles of a person")], required=True
    )
    subject = fields.Char(required=True, help="The role or the person.")
    before = fields.Text()
    after = fields.Text()
    user_id = fields.Many2one("res.users", string="By", readonly=True, ondelete="set null")

    @api.model
    def _sire_record(self, kind, subject, before, after, person=None):
        """The one place where a change of rights is written down.

        :param str kind: ``ticks``, ``role`` or ``people``
        :param str subject: name of the role or of the person
        :param str before: in words
        :param str after: in words
        :param person: the user whose name the subject is, so that it can be erased from the audit log
        """
        named = {"private": {"name": subject}, "name": ""} if person else {"name": subject}
        self.env["sire.audit.entry"]._log(
            kind, person, kind="access", before={"rights": before}, after={"rights": after}, **named
        )
        values = {"kind": kind, "subject": subject, "before": before, "after": after, "user_id": self.env.uid}
        # sudo: nobody may write entries by hand
        return self.sudo().create(values)
