import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError

from .sire_client_link import CODE_LENGTH, LIFETIME, read_code


class SireStatementLink(models.Model):
    """The key to a client's account with one company. Another kind than the link of a document: it shows all of them."""

    _name = "sire.statement.link"
    _description = "Statement Link"
    _order = "id desc"
    _rec_name = "partner_id"
    # for sire_audit, where it is installed; never the code
    _sire_audit = {
        "kind": "access",
        "fields": ("partner_id", "expires_at", "revoked"),
        "marks": (("revoked", "true", "revoke"),),
    }

    code = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env["sire.client.link"]._new_code(),
        groups="base.group_system",
        help="Whoever has it reads the client's account and can pay, so it is shown as part of the address only.",
    )
    partner_id = fields.Many2one("res.partner", string="Client", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    expires_at = fields.Datetime(
        string="Works Until", required=True, readonly=True, default=lambda self: fields.Datetime.now() + LIFETIME
    )
    revoked = fields.Boolean(readonly=True, help="The link no longer opens. Sending a statement again makes a new one.")

    _code_unique = models.Constraint("UNIQUE(code)", "This code is already used by another link.")
    _client_unique = models.UniqueIndex(
        "(partner_id, company_id) WHERE revoked IS NOT TRUE", "This client has a statement link already."
    )

    # === BUSINESS === #

    @api.model
    def _for(self, client, company):
        """Return the live link to a client's account; make it when there is none. Whoever calls this checks who asks.

        :param client: ``res.partner``; its contacts have its account
        :param company: ``res.company``
        :return: the link, in superuser mode
        :rtype: sire.statement.link
        """
        links_sudo = self.sudo()  # links are made by the system alone
        values = {"partner_id": client.commercial_partner_id.id, "company_id": company.id}
        link_sudo = links_sudo._live(**values)
        if link_sudo and link_sudo.expires_at <= fields.Datetime.now():
            link_sudo.revoked = True
            link_sudo.flush_recordset(["revoked"])
            link_sudo = links_sudo.browse()
        if not link_sudo:
            try:
                with self.env.cr.savepoint():
                    link_sudo = links_sudo.create(values)
            except psycopg2.errors.UniqueViolation as error:
                # Somebody made it this moment and our snapshot is older: the host starts the request over.
                raise ConcurrencyError("The link was made by another transaction.") from error
        return link_sudo

    def _live(self, partner_id, company_id):
        domain = [("partner_id", "=", partner_id), ("company_id", "=", company_id), ("revoked", "=", False)]
        return self.search(domain, limit=1)

    @api.model
    def _find(self, text):
        """Return the link of a code that came from outside. Unknown, unreadable, revoked and expired look the same.

        :param str text: what stood in the address
        :return: the link in superuser mode, or an empty recordset
        :rtype: sire.statement.link
        """
        links_sudo = self.sudo()  # The code is the authority; the client has no account.
        return links_sudo.search(
            [("code", "=", read_code(text)), ("revoked", "=", False), ("expires_at", ">", fields.Datetime.now())],
            limit=1,
        )

    def _get_url(self):
        """:return: the address to give to the client, such as ``https://sire.example/s/K7QM-2X9D-4WTR``"""
        self.ensure_one()
        return f"{self.env['ir.config_parameter']._sire_public_url()}{self._get_path()}"

    def _get_path(self):
        self.ensure_one()
        code = self.sudo().code  # Shown as part of the address only, to who may give it.
        return "/s/" + "-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4))
