import logging
import re
import secrets
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.sire_base.utils.gate import without_defaults

_logger = logging.getLogger(__name__)

# Crockford's base 32 leaves out I, L, O and U: a code can be read over the phone.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12  # 60 bits
LIFETIME = timedelta(days=400)
OPENED_EVERY = timedelta(minutes=1)
_LOOKALIKES = str.maketrans("OIL", "011")
_READABLE = re.compile(rf"[{ALPHABET}]{{{CODE_LENGTH}}}")


def read_code(text):
    """Read a code as a person types it: any case, with or without dashes and spaces, O for 0, I or L for 1.

    :param str text: such as ``k7qm-2x9d-4wtr``
    :return: the twelve characters, or an empty string when it cannot be a code
    :rtype: str
    """
    code = re.sub(r"[\s\-–—_.]+", "", str(text or "")[:64]).upper().translate(_LOOKALIKES)
    return code if _READABLE.fullmatch(code) else ""


class SireClientLink(models.Model):
    _name = "sire.client.link"
    _description = "Client Link"
    _order = "id desc"
    _rec_name = "record_name"
    # for sire_audit, where it is installed; never the code
    _sire_audit = {
        "kind": "access",
        "fields": ("order_id", "invoice_id", "expires_at", "revoked"),
        "marks": (("revoked", "true", "revoke"),),
    }

    # === FIELDS === #

    code = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self._new_code(),
        groups="base.group_system",
        help="Whoever has it can approve and pay, so it is shown as part of the address only.",
    )
    order_id = fields.Many2one(
        "sale.order", string="Quotation", ondelete="cascade", index="btree_not_null", readonly=True
    )
    invoice_id = fields.Many2one("account.move", ondelete="cascade", index="btree_not_null", readonly=True)
    record_name = fields.Char(string="Document", compute="_compute_record_name")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    expires_at = fields.Datetime(
        string="Works Until", required=True, default=lambda self: fields.Datetime.now() + LIFETIME
    )
    revoked = fields.Boolean(help="The link no longer opens. Sending the document again makes a new one.")
    first_opened_at = fields.Datetime(string="First Opened", readonly=True, copy=False)
    last_opened_at = fields.Datetime(string="Last Opened", readonly=True, copy=False)

    # === CONSTRAINTS === #

    _code_unique = models.Constraint("UNIQUE(code)", "This code is already used by another link.")
    _order_unique = models.UniqueIndex(
        "(order_id) WHERE order_id IS NOT NULL AND revoked IS NOT TRUE", "This quotation has a link already."
    )
    _invoice_unique = models.UniqueIndex(
        "(invoice_id) WHERE invoice_id IS NOT NULL AND revoked IS NOT TRUE", "This invoice has a link already."
    )
    _one_document = models.Constraint(
        "CHECK((order_id IS NULL) != (invoice_id IS NULL))", "A link leads to one quotation or to one invoice."
    )

    @api.constrains("company_id", "order_id", "invoice_id")
    def _check_company_of_document(self):
        for link in self:
            if link.company_id != (link.order_id or link.invoice_id).company_id:
                raise ValidationError(self.env._("A link belongs to the company of its document."))

    # === COMPUTES === #

    @api.depends("order_id.name", "invoice_id.name")
    def _compute_record_name(self):
        for link in self:
            link.record_name = (link.order_id or link.invoice_id).display_name

    # === ACTIONS === #

    def action_revoke(self):
        """Stop the links from opening.

        :raise AccessError: when the user may not change the documents behind them.
        """
        for link in self:
            (link.order_id or link.invoice_id).check_access("write")
        self.sudo()._revoke()  # Who may change a document may take its link back; links have no other editor.

    # === BUSINESS === #

    @api.model
    def _for(self, record):
        """Return the live link of a document; make it when there is none.

        :param record: one ``sale.order`` or one customer ``account.move``
        :rtype: sire.client.link
        :raise AccessError: when the user may not read the document.
        :raise UserError: when it is another kind of document.
        """
        record.ensure_one()
        record.check_access("read")
        field = self._get_document_field(record)
        # sudo: links are made by the system alone; the document was checked above. Nobody chooses a code.
        links_sudo = without_defaults(self.sudo())
        link_sudo = links_sudo._find_live(field, record)
        if link_sudo and not link_sudo._is_open():
            link_sudo.revoked = True
            link_sudo.flush_recordset(["revoked"])
            link_sudo = links_sudo.browse()
        if not link_sudo:
            company = record.sudo().company_id  # Its id only, also for who has another company open.
            try:
                # nothing is flushed: what others have to write is neither part of this nor written twice for it
                with self.env.cr.savepoint(flush=False):
                    link_sudo = links_sudo.create({field: record.id, "company_id": company.id})
            except psycopg2.errors.UniqueViolation as error:
                # Somebody made it this moment and our snapshot is older: the host starts the request over.
                raise ConcurrencyError("The link was made by another transaction.") from error
        return link_sudo.sudo(self.env.su)

    @api.model
    def _find(self, text):
        """Return the link of a code that came from outside.

        Unknown, unreadable, revoked and expired codes all take the same search and give the same answer.

        :param str text: what stood in the address
        :return: the link in superuser mode, or an empty recordset
        :rtype: sire.client.link
        """
        links_sudo = self.sudo()  # The code is the authority; the client has no account.
        link_sudo = links_sudo.search(
            [("code", "=", read_code(text)), ("revoked", "=", False), ("expires_at", ">", fields.Datetime.now())],
            limit=1,
        )
        return link_sudo.filtered(lambda link: not link.order_id._sire_is_link_over())

    def _revoke(self):
        """Stop these links. The host's own pages of what they showed have keys of their own, which a reader may have been
        led to: they are stopped too, and made anew by whoever needs one. For superuser mode."""
        self.revoked = True
        for documents in (self.order_id, self.invoice_id | self.order_id.invoice_ids):
            documents.filtered("access_token").write({"access_token": False})

    def _is_open(self):
        """:return: whether there is a link, and it is neither revoked nor older than it may be"""
        return bool(self) and not self.revoked and self.expires_at > fields.Datetime.now()

    def _get_url(self):
        """Return the address to give to the client, such as ``https://sire.example/c/K7QM-2X9D-4WTR``."""
        self.ensure_one()
        return f"{self.env['ir.config_parameter']._sire_public_url()}{self._get_path()}"

    def _get_path(self):
        """Return the address without the host, such as ``/c/K7QM-2X9D-4WTR``."""
        self.ensure_one()
        code = self.sudo().code  # Shown as part of the address only, to who may read the link.
        return "/c/" + "-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4))

    def _note_opened(self):
        """Record that the client looked at the page, at most once a minute.

        On a cursor of its own and past every locked row, so that neither the page nor what the client does at the same
        moment (approve, pay) ever waits for it. A missed record costs nothing: the next one comes.
        """
        self.ensure_one()
        now = fields.Datetime.now()
        order = self.order_id
        if self.last_opened_at and self.last_opened_at > now - OPENED_EVERY and (not order or order.sire_opened_at):
            return
        try:
            with self.env.registry.cursor() as cr:
                cr.execute(
                    SQL(
                        """UPDATE sire_client_link
                              SET first_opened_at = COALESCE(first_opened_at, %(now)s), last_opened_at = %(now)s
                            WHERE id = (SELECT id FROM sire_client_link
                                         WHERE id = %(id)s AND (last_opened_at IS NULL OR last_opened_at <= %(before)s)
                                           FOR NO KEY UPDATE SKIP LOCKED)""",
                        now=now,
                        id=self.id,
                        before=now - OPENED_EVERY,
                    ),
                    log_exceptions=False,
                )
                if order and not order.sire_opened_at:
                    order.with_env(self.env(cr=cr)).try_lock_for_update()._sire_mark_opened()
        except psycopg2.OperationalError as error:
            _logger.debug("Opening of client link %s not recorded: %s", self.id, error)
            return
        self.invalidate_recordset(["first_opened_at", "last_opened_at"], flush=False)

    # === HELPERS === #

    @api.model
    def _find_live(self, field, record):
        """:return: the link of a document that was not revoked, read with what its address and its end are made of"""
        return self.search_fetch(
            [(field, "=", record.id), ("revoked", "=", False)], ["code", "expires_at", "revoked"], limit=1
        )

    @api.model
    def _new_code(self):
        return "".join(secrets.choice(ALPHABET) for _position in range(CODE_LENGTH))

    @api.model
    def _get_document_field(self, record):
        if record._name == "sale.order":
            return "order_id"
        if record._name == "account.move" and record.is_sale_document(include_receipts=True):
            return "invoice_id"
        raise UserError(self.env._("Only quotations and customer invoices have a client link."))
