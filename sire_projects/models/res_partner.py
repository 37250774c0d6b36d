from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize

from odoo.addons.sire_base.utils.phone import format_kenyan_phone, parse_kenyan_phone
from odoo.addons.sire_projects.utils.kra import clean_pin, is_pin

PHONE_FIELDS = ("phone", "sire_whatsapp")


class ResPartner(models.Model):
    """Clients: Kenyan numbers, KRA PINs, and a word when somebody is there already."""

    _inherit = "res.partner"

    sire_whatsapp = fields.Char(
        string="WhatsApp", index="btree_not_null", help="The number on which this client reads WhatsApp."
    )
    sire_phone_display = fields.Char(string="Phone as Written", compute="_compute_sire_phone_display")
    sire_phone_warning = fields.Char(string="Phone Warning", compute="_compute_sire_phone_warning")
    sire_duplicate_ids = fields.Many2many(
        "res.partner", string="Perhaps the Same Client", compute="_compute_sire_duplicates"
    )
    sire_duplicate_warning = fields.Char(string="Duplicate Warning", compute="_compute_sire_duplicates")
    country_id = fields.Many2one(default=lambda self: self._default_sire_country())

    @api.model
    def _default_sire_country(self):
        """A client typed into our forms is from the company's country until somebody says otherwise."""
        return self.env.company.country_id if self.env.context.get("sire_client") else False

    # === CONSTRAINTS ===#

    @api.constrains("vat", "country_id")
    def _check_sire_kra_pin(self):
        for partner in self:
            if partner.country_id.code == "KE" and partner.vat and partner.vat != "/" and not is_pin(partner.vat):
                raise ValidationError(
                    self.env._(
                        "“%(pin)s” is not a KRA PIN: it has a letter, nine digits and a letter, like P051234567X.",
                        pin=partner.vat,
                    )
                )

    # === COMPUTES ===#

    @api.depends("phone")
    def _compute_sire_phone_display(self):
        for partner in self:
            partner.sire_phone_display = format_kenyan_phone(partner.phone)

    @api.depends("phone", "sire_whatsapp", "country_id")
    def _compute_sire_phone_warning(self):
        """A number that is none is kept, because imports bring such, and said where the client is looked at."""
        for partner in self:
            sentences = []
            for name in PHONE_FIELDS:
                number = partner[name]
                if number and self._sire_is_kenyan(number, partner._sire_phone_country()):
                    try:
                        parse_kenyan_phone(number)
                    except ValueError as error:
                        sentences.append(str(error))
            partner.sire_phone_warning = " ".join(dict.fromkeys(sentences))

    @api.depends("email", "phone", "sire_whatsapp", "vat", "country_id", "parent_id")
    def _compute_sire_duplicates(self):
        """Other clients with the same e-mail, number or PIN, among those that the user may see.

        People of one organisation may share them.
        """
        for partner in self:
            numbers = partner._sire_comparable_numbers()
            email = email_normalize(partner.email or "")
            pin = clean_pin(partner.vat or "")
            same = Domain.OR(
                [
                    Domain("email_normalized", "=", email) if email else Domain.FALSE,
                    Domain.OR(Domain(name, "in", numbers) for name in ("phone", "phone_sanitized", "sire_whatsapp")),
                    Domain("vat", "=", pin) & Domain("parent_id", "=", False)
                    if len(pin) > 1 and not partner.parent_id
                    else Domain.FALSE,
                ]
            )
            own = partner.commercial_partner_id._origin.id or partner.parent_id._origin.id
            others = Domain("commercial_partner_id", "!=", own) if own else Domain.TRUE
            found = self.search(same & others & Domain("id", "!=", partner._origin.id), limit=5)
            partner.sire_duplicate_ids = found
            partner.sire_duplicate_warning = " ".join(
                partner._sire_say_duplicate(other, email, numbers, pin) for other in found
            )

    def _sire_say_duplicate(self, other, email, numbers, pin):
        same = []
        if email and other.email_normalized == email:
            same.append(self.env._("e-mail address"))
        if numbers & other._sire_comparable_numbers():
            same.append(self.env._("phone number"))
        if pin and other.vat == pin:
            same.append(self.env._("KRA PIN"))
        return self.env._(
            "%(client)s has the same %(what)s.", client=other.display_name, what=self.env._(" and ").join(same)
        )

    # === CRUD ===#

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._sire_normalise(vals, self._sire_country_of(vals)) for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if not vals.keys() & {*PHONE_FIELDS, "vat"}:
            return super().write(vals)
        # What a company writes on its own letterhead stays as it is written.
        own = self.filtered("ref_company_ids")
        super(ResPartner, own).write(vals)
        by_country = {}
        for partner in self - own:
            country = partner._sire_country_of(vals)
            by_country[country] = by_country.get(country, self.browse()) | partner
        for country, partners in by_country.items():
            super(ResPartner, partners).write(self._sire_normalise(vals, country))
        return True

    # === ACTIONS ===#

    def action_sire_show_duplicates(self):
        """:return: the action that lists who shares an e-mail, number or PIN with this client, and this client"""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Perhaps the same client"),
            "res_model": "res.partner",
            "views": [
                (self.env.ref("sire_projects.res_partner_view_list").id, "list"),
                (self.env.ref("sire_projects.res_partner_view_form").id, "form"),
            ],
            "domain": [("id", "in", (self | self.sire_duplicate_ids).ids)],
            "context": {"create": False},
        }

    # === HELPERS ===#

    def _sire_country_of(self, vals):
        """:return: the country of what is written: given, the record's, its organisation's or the company's"""
        country = self.env["res.country"].browse(vals.get("country_id") or ())
        parent = self.browse(vals.get("parent_id") or ()) or self.parent_id
        return country or self.country_id or parent.country_id or self.env.company.country_id

    def _sire_phone_country(self):
        return self.country_id or self.parent_id.country_id or self.env.company.country_id

    @api.model
    def _sire_normalise(self, vals, country):
        vals = dict(vals)
        for name in PHONE_FIELDS:
            if vals.get(name) and isinstance(vals[name], str):
                vals[name] = self._sire_normalise_phone(vals[name], country)
        if vals.get("vat") and isinstance(vals["vat"], str) and country.code == "KE":
            vals["vat"] = clean_pin(vals["vat"])
        return vals

    def _sire_comparable_numbers(self):
        """:return: the partner's numbers in E.164, however they were typed
        :rtype: set[str]
        """
        country = self._sire_phone_country()
        numbers = {self._sire_normalise_phone(self[name], country) for name in PHONE_FIELDS} - {False, ""}
        return {self._phone_format(number=number, country=country) or number for number in numbers}

    @api.model
    def _sire_is_kenyan(self, number, country):
        number = number.strip()
        if number.startswith(("+", "00")):
            return number.lstrip("+0").replace(" ", "").startswith("254")
        return country.code == "KE"

    @api.model
    def _sire_normalise_phone(self, number, country):
        """:param str number: as it was typed
        :return: E.164 for a Kenyan number, the host's way of writing for a foreign one, else what was typed
        """
        number = (number or "").strip()
        if not number:
            return number
        if self._sire_is_kenyan(number, country):
            try:
                return parse_kenyan_phone(number)
            except ValueError:
                return number
        return self._phone_format(number=number, country=country, force_format="INTERNATIONAL") or number
