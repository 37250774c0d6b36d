import base64
import hashlib
import logging
import secrets

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, ValidationError
from odoo.tools import SQL

from odoo.addons.sire_base.utils.gate import without_defaults

from .sire_client_link import ALPHABET, CODE_LENGTH, read_code

_logger = logging.getLogger(__name__)

FIELDS = {"sale.order": "order_id", "account.move": "move_id", "account.payment": "payment_id"}
QR_PIXELS = 240  # three times as large as it is printed: sharp on paper


class SireProof(models.Model):
    """What the QR of a document leads to: a page that says whether it is genuine. Its code opens that page and nothing else:
    whoever holds the paper can neither approve nor pay in somebody's name with it.

    See docs/decisions/0633-a-token-that-only-proves.md.
    """

    _name = "sire.proof"
    _description = "Proof That a Document Is Genuine"
    _order = "id desc"
    _rec_name = "record_name"

    # === FIELDS === #

    code = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: "".join(secrets.choice(ALPHABET) for _position in range(CODE_LENGTH)),
        groups="base.group_system",
    )
    order_id = fields.Many2one(
        "sale.order", string="Quotation", ondelete="cascade", index="btree_not_null", readonly=True
    )
    move_id = fields.Many2one(
        "account.move", string="Invoice", ondelete="cascade", index="btree_not_null", readonly=True
    )
    payment_id = fields.Many2one(
        "account.payment", string="Receipt", ondelete="cascade", index="btree_not_null", readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    record_name = fields.Char(string="Document", compute="_compute_record_name")
    file_ids = fields.One2many("sire.proof.file", "proof_id", string="Files", readonly=True)

    # === CONSTRAINTS === #

    _code_unique = models.Constraint("UNIQUE(code)", "This code is already used by another document.")
    _order_unique = models.UniqueIndex("(order_id) WHERE order_id IS NOT NULL", "This quotation has a proof already.")
    _move_unique = models.UniqueIndex("(move_id) WHERE move_id IS NOT NULL", "This invoice has a proof already.")
    _payment_unique = models.UniqueIndex(
        "(payment_id) WHERE payment_id IS NOT NULL", "This receipt has a proof already."
    )
    _one_document = models.Constraint(
        "CHECK(num_nonnulls(order_id, move_id, payment_id) = 1)", "A proof is for one document."
    )

    @api.constrains("company_id", "order_id", "move_id", "payment_id")
    def _check_company_of_document(self):
        for proof in self:
            if proof.company_id != proof._get_record().company_id:
                raise ValidationError(self.env._("A proof belongs to the company of its document."))

    # === COMPUTES === #

    @api.depends("order_id.name", "move_id.name", "payment_id.name")
    def _compute_record_name(self):
        for proof in self:
            proof.record_name = proof._get_record().display_name

    # === BUSINESS === #

    @api.model
    def _for(self, record):
        """Return the proof of a document; make it when there is none and the document was issued.

        :param record: a quotation that was sent, a posted invoice or credit note, a payment with a receipt
        :rtype: sire.proof
        :return: in superuser mode; empty for what was not issued, and where nothing can be written now
        """
        record.ensure_one()
        record.check_access("read")
        # sudo: proofs are made by the system alone; the document was checked above. Nobody chooses a code.
        proofs_sudo = without_defaults(self.sudo())
        field = FIELDS[record._name]
        proof_sudo = proofs_sudo
        if record.id:
            proof_sudo = proofs_sudo.search_fetch([(field, "=", record.id)], ["code"], limit=1)
        if proof_sudo or not record.id or self.env.cr.readonly or not self._is_issued(record):
            return proof_sudo
        company = record.sudo().company_id  # Its id only.
        try:
            # nothing is flushed, as for links
            with self.env.cr.savepoint(flush=False):
                return proofs_sudo.create({field: record.id, "company_id": company.id})
        except psycopg2.errors.UniqueViolation as error:
            # Somebody printed it this moment and our snapshot is older: the host starts the request over.
            raise ConcurrencyError("The proof was made by another transaction.") from error

    @api.model
    def _find(self, text):
        """Return the proof of a code that came from outside.

        :param str text: what stood in the address
        :return: in superuser mode, or empty
        :rtype: sire.proof
        """
        proofs_sudo = self.sudo()  # The code on the paper is the authority; who holds it has no account.
        return proofs_sudo.search([("code", "=", read_code(text))], limit=1)

    @api.model
    def _get_box(self, record):
        """Return what a print shows: the address of the page, and its QR code.

        :return: ``url`` (without scheme, to be typed) and ``qr`` (a data URI); empty for what was not issued
        :rtype: dict
        """
        proof_sudo = self._for(record)
        if not proof_sudo:
            return {}
        url = proof_sudo._get_url()
        png = self.env["ir.actions.report"].barcode(
            "QR", url, width=QR_PIXELS, height=QR_PIXELS, quiet=False, barLevel="M"
        )
        return {
            "url": url.split("://", 1)[-1],
            "qr": f"data:image/png;base64,{base64.b64encode(png).decode()}",
        }

    @api.model
    def _note_file(self, record, content):
        """Remember the hash of a file that was made of a document, for whoever wants to compare theirs.

        :param bytes content: the PDF
        """
        if self.env.cr.readonly:
            return
        query = SQL(
            """INSERT INTO sire_proof_file (proof_id, company_id, sha256, create_uid, create_date, write_uid, write_date)
               SELECT id, company_id, %(digest)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                 FROM sire_proof WHERE %(document)s = %(id)s
          ON CONFLICT (proof_id, sha256) DO NOTHING""",
            digest=hashlib.sha256(content).hexdigest(),
            uid=self.env.uid,
            now=self.env.cr.now(),
            document=SQL.identifier(FIELDS[record._name]),
            id=record.id,
        )
        try:
            # in one statement: each print does it, and nearly each file is known
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(query, log_exceptions=False)
            self.invalidate_model(["file_ids"], flush=False)
        except psycopg2.errors.SerializationFailure:
            _logger.debug("The same file was noted by another transaction.")

    def _get_record(self):
        """:return: the document that this proves"""
        self.ensure_one()
        return self.order_id or self.move_id or self.payment_id

    def _get_url(self):
        """:return: the address on the paper, such as ``https://sire.example/v/K7QM-2X9D-4WTR``"""
        self.ensure_one()
        code = self.sudo().code  # Printed as part of the address.
        parts = (code[start : start + 4] for start in range(0, CODE_LENGTH, 4))
        return f"{self.env['ir.config_parameter']._sire_public_url()}/v/{'-'.join(parts)}"

    # === HELPERS === #

    @api.model
    def _is_issued(self, record):
        if record._name == "sale.order":
            return record.state in ("sent", "sale")
        if record._name == "account.move":
            return record.state == "posted" and record._sire_is_document()
        return bool(record.sire_receipt_number)
