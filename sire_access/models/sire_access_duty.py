from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SireAccessDuty(models.Model):
    """Two permissions that one person should not hold: who posts an invoice does not void it."""

    _name = "sire.access.duty"
    _description = "Separation of duties"

    _sire_audit = {"kind": "access", "fields": ("first_id", "second_id", "level")}

    first_id = fields.Many2one("sire.access.permission", string="Who may", required=True, ondelete="cascade")
    second_id = fields.Many2one("sire.access.permission", string="Should not", required=True, ondelete="cascade")
    level = fields.Selection(
        [("off", "Allowed"), ("warn", "Warned about"), ("forbid", "Forbidden")],
        required=True,
        default="warn",
        help="Administrators are never bound: they may do everything.",
    )

    _pair_uniq = models.Constraint("UNIQUE (first_id, second_id)", "This pair is there already.")
    _two_things = models.Constraint("CHECK (first_id != second_id)", "A pair has two different permissions.")

    @api.depends("first_id", "second_id")
    def _compute_display_name(self):
        for duty in self:
            duty.display_name = f"{duty.first_id.display_name} / {duty.second_id.display_name}"

    @api.constrains("level", "first_id", "second_id")
    def _check_nobody_holds_both(self):
        """Forbidding what people hold today would take nothing from them: it is refused, naming them."""
        for duty in self.filtered(lambda duty: duty.level == "forbid"):
            # sudo: everybody's rights are looked at
            users_sudo = self.env["res.users"].sudo().search([("share", "=", False)])
            names = users_sudo.filtered(lambda user, duty=duty: duty in user._sire_duties()).mapped("name")
            if names:
                raise ValidationError(
                    self.env._(
                        "%(pair)s: both are held by %(people)s. Take one away first.",
                        pair=duty.display_name,
                        people=", ".join(names),
                    )
                )

    @api.model
    def _sire_forbids(self, xmlid):
        """:param str xmlid: of a pair that a module brought
        :return: whether nobody may do both to the same record; a pair that was deleted is allowed
        :rtype: bool
        """
        duty = self.env.ref(xmlid, raise_if_not_found=False)
        # sudo: administrators edit pairs, everybody is bound by them
        return bool(duty) and duty.sudo().level == "forbid"

    def _sire_held(self, ticks):
        """:param dict ticks: permission code → scope
        :return: the pairs that these ticks hold together, allowed ones left out
        """
        return (
            self.sudo()
            .search([("level", "!=", "off")])
            .filtered(  # sudo: asked in the name of everybody
                lambda duty: duty.first_id.code in ticks and duty.second_id.code in ticks
            )
        )
