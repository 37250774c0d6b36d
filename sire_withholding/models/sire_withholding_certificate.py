import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_date

from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_base.utils.gate import without_defaults
from odoo.addons.sire_base.utils.text import storable
from odoo.addons.sire_billing import gate
from odoo.addons.sire_payment.utils import format_money
from odoo.addons.sire_projects.utils.document import check_file

from ..const import KINDS

MAX_MB = 10
NUMBER_LENGTH = 64
GIVEN = frozenset({"name", "kind", "date", "amount", "amount_company", "file", "file_name", "is_last", "invoice_id"})


class SireWithholdingCertificate(models.Model):
    """A certificate of KRA for what a client withheld. To make one is to book it; it is never changed, only voided."""

    _name = "sire.withholding.certificate"
    _inherit = "sire.named.documents"
    _description = "Withholding certificate"
    _order = "date desc, id desc"
    _check_company_auto = True
    # for sire_audit, where it is installed
    _sire_audit = {
        "kind": "document",
        "fields": ("name", "kind", "date", "amount", "invoice_id", "state", "void_reason"),
        "marks": (("void_reason", "*", "void"),),
    }

    name = fields.Char(string="Number", required=True, index="trigram", help="As KRA printed it on the certificate.")
    kind = fields.Selection(KINDS, required=True, string="Withheld")
    date = fields.Date(required=True, default=lambda self: eat_today())
    invoice_id = fields.Many2one(
        "account.move",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        domain="[('move_type', '=', 'out_invoice'), ('state', '=', 'posted'), ('amount_residual', '>', 0)]",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one("res.partner", string="Client", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Currency of the Company")
    amount = fields.Monetary(required=True, help="In the currency of the invoice.")
    amount_company = fields.Monetary(
        string="Amount on the Certificate",
        currency_field="company_currency_id",
        help="In shillings, where the invoice is in another currency; by the rate of the day when empty.",
    )
    is_last = fields.Boolean(
        string="Nothing More to Come",
        default=True,
        help="No further certificate of this kind comes for the invoice: what it does not cover is to be paid.",
    )
    file = fields.Binary(string="Certificate", attachment=True, required=True)
    file_name = fields.Char(string="Name of the File")
    state = fields.Selection([("recorded", "Recorded"), ("void", "Void")], default="recorded", readonly=True)
    void_reason = fields.Char(string="Reason for Voiding", readonly=True)
    move_id = fields.Many2one(
        "account.move", string="Entry", readonly=True, ondelete="restrict", index="btree_not_null"
    )

    # iTax gives a number once, whoever withholds. Each company of the database has a PIN and books of its own: nobody is told
    # that another one has recorded a number, and branches of one PIN share a paper.
    _number_unique = models.UniqueIndex(
        "(company_id, upper(replace(name, ' ', ''))) WHERE state = 'recorded' AND lead_id IS NULL",
        "A certificate with this number is recorded already.",
    )
    _amount_positive = models.Constraint("CHECK(amount > 0)", "The amount must be more than zero.")

    # A paper for several invoices is a certificate for each: the first has the number for itself, the others follow it.
    lead_id = fields.Many2one(
        "sire.withholding.certificate",
        string="Follows",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )
    part_ids = fields.One2many("sire.withholding.certificate", "lead_id", string="Parts", readonly=True)
    other_ids = fields.Many2many(
        "sire.withholding.certificate", string="For Other Invoices", compute="_compute_other_ids"
    )
    total = fields.Monetary(string="All of It", compute="_compute_other_ids", help="For all its invoices.")

    # === COMPUTES === #

    @api.depends("name", "kind")
    def _compute_display_name(self):
        for certificate in self:
            certificate.display_name = certificate.name or self.env._("New certificate")

    @api.depends("lead_id.part_ids.amount", "part_ids.amount", "amount")
    def _compute_other_ids(self):
        for certificate in self:
            group = certificate._sire_get_group()
            certificate.other_ids = group - certificate
            certificate.total = sum(group.mapped("amount"))

    # === ONCHANGES === #

    @api.onchange("invoice_id", "kind")
    def _onchange_invoice_id(self):
        """What is awaited is what the certificate most often says."""
        awaited = self.invoice_id._sire_get_awaited() if self.invoice_id else {}
        self.kind = self.kind or next(iter(awaited), False)
        self.amount = awaited.get(self.kind, 0.0)
        self.partner_id = self.invoice_id.commercial_partner_id
        self.company_id = self.invoice_id.company_id

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """Record certificates: each is booked, and settles its invoice by its amount.

        :raise UserError: with one sentence; nothing is kept then
        """
        # a default of the context is written, too: no certificate is void from its birth, or has another's entry
        recording = super(SireWithholdingCertificate, without_defaults(self))
        certificates = self.browse()
        for vals in vals_list:
            certificates += recording.create([self._sire_clean(vals)])._sire_book().with_env(self.env)
        return certificates

    def write(self, vals):
        if not gate.is_open(self.env):
            raise UserError(self.env._("A certificate that was recorded is not changed: void it, with a reason."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        if not gate.is_open(self.env):
            raise UserError(self.env._("A certificate is never deleted: void it, with a reason."))

    def copy_data(self, default=None):
        """A certificate has one number and one paper."""
        raise UserError(self.env._("A certificate is recorded once: it cannot be copied."))

    # === ACTIONS === #

    def action_void(self):
        """Ask for the reason."""
        self.ensure_one()
        if self.state != "recorded":
            raise UserError(self.env._("Certificate %s is void already.", self.name))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Void %s", self.name),
            "res_model": "sire.withholding.void.wizard",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_certificate_id": self.id},
        }

    # === HELPERS === #

    def _sire_get_title(self):
        return self._sire_get_kind_title(self.kind)

    @api.model
    def _sire_get_kind_title(self, kind):
        """:return: what a certificate of a kind is called, in sentences and on documents"""
        if kind == "vat":
            return self.env._("VAT withholding certificate")
        return self.env._("Tax withholding certificate")

    def _sire_clean(self, vals):
        """:return: the values of a certificate to be made, with what follows from them
        :raise UserError: one sentence
        """
        vals = {name: value for name, value in vals.items() if name in GIVEN}
        invoice_id = vals.get("invoice_id")
        is_id = isinstance(invoice_id, int) and 0 < invoice_id < 2**31 and invoice_id is not True
        invoice = self.env["account.move"].browse(invoice_id if is_id else []).exists()
        if not invoice:
            raise UserError(self.env._("Choose the invoice that the certificate is for."))
        invoice.check_access("read")
        number = " ".join(storable(str(vals.get("name") or "")).split())
        if not number:
            raise UserError(self.env._("Write the number of the certificate, as KRA printed it."))
        if len(number) > NUMBER_LENGTH:
            raise UserError(self.env._("The number of a certificate has at most %s characters.", NUMBER_LENGTH))
        if vals.get("kind") not in [kind for kind, _label in KINDS]:
            raise UserError(self.env._("Say whether VAT or income tax was withheld."))
        try:
            vals["date"] = day = fields.Date.to_date(vals.get("date") or eat_today())
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("Write the date of the certificate, such as 2026-11-20.")) from error
        if day > eat_today():
            raise UserError(
                self.env._("A certificate cannot be of %s: that day has not come.", format_date(self.env, day))
            )
        if invoice.invoice_date and day < invoice.invoice_date:
            raise UserError(self.env._("The certificate is older than %s.", invoice.name))
        invoice._sire_check_amount(vals.get("amount"), invoice.currency_id)
        vals |= self._sire_clean_company_amount(vals, invoice, day) | self._sire_clean_file(vals)
        client = invoice.commercial_partner_id
        follows = self.env.context.get(
            "sire_follows"
        )  # of :meth:`_sire_spread`: nothing that arrives as JSON has the key
        lead_id = follows[1] if isinstance(follows, tuple) and follows[0] is gate.GATE else False
        if not lead_id:
            self._sire_check_number(number, invoice.company_id)
        return vals | {
            "name": number,
            "company_id": invoice.company_id.id,
            "partner_id": client.id,
            "lead_id": lead_id,
        }

    def _sire_check_number(self, number, company):
        """The index says so as well, to two at once. On a database that had a number for two clients already, Odoo cannot make
        it, logs that, and goes on without: until one of them is void, this is what refuses a third.

        :raise UserError: when a certificate with this number is recorded
        """
        self.flush_model(["company_id", "lead_id", "name", "state"])
        query = SQL(
            "SELECT 1 FROM sire_withholding_certificate WHERE company_id = %s AND state = 'recorded' AND lead_id IS NULL"
            " AND upper(replace(name, ' ', '')) = upper(replace(%s, ' ', ''))",
            company.id,
            number,
        )
        if self.env.execute_query(query):
            raise UserError(self.env._("A certificate with this number is recorded already."))

    def _sire_clean_company_amount(self, vals, invoice, day):
        company_currency, amount = invoice.company_id.currency_id, vals.get("amount_company")
        if invoice.currency_id == company_currency:
            return {"amount_company": vals["amount"]}
        if amount:
            invoice._sire_check_amount(amount, company_currency)
            return {"amount_company": amount}
        return {
            "amount_company": invoice.currency_id._convert(vals["amount"], company_currency, invoice.company_id, day)
        }

    def _sire_clean_file(self, vals):
        try:
            content = base64.b64decode(vals.get("file") or b"", validate=True)
            if not content:
                raise UserError(self.env._("Choose the file of the certificate: the PDF from iTax."))
            if len(content) > MAX_MB * 1024 * 1024:
                raise UserError(self.env._("A certificate has %s MB at most.", MAX_MB))
            name = str(vals.get("file_name") or "certificate.pdf").replace("\\", "/").rpartition("/")[2][:120]
            if check_file(name, content) != "application/pdf":
                raise UserError(self.env._("A certificate is a PDF: the one from iTax."))
        except (binascii.Error, TypeError) as error:
            raise ValidationError(self.env._("This file arrived damaged: choose it again.")) from error
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return {"file_name": storable(name)}

    def _sire_money(self):
        return format_money(self.amount, self.currency_id)
