import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import human_size

from odoo.addons.sire_projects.const import MAX_MB_DEFAULT, MAX_MB_PARAMETER
from odoo.addons.sire_projects.utils.document import check_file, check_url


class SireProjectDocument(models.Model):
    _name = "sire.project.document"
    _inherit = "sire.named.documents"
    _description = "Project Document"
    _order = "project_id, name, id"

    project_id = fields.Many2one("project.project", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="project_id.company_id", store=True, index=True)
    name = fields.Char(required=True)
    kind = fields.Selection([("link", "Link"), ("file", "File")], required=True, default="link")
    url = fields.Char(string="Link")
    file = fields.Binary(attachment=True)
    file_name = fields.Char(string="Name of the File")
    mimetype = fields.Char(string="MIME Type", readonly=True)
    file_size = fields.Char(string="Size", compute="_compute_file_size")

    # === COMPUTES ===#

    @api.depends("file")
    def _compute_file_size(self):
        # sudo: who may read the document may know how long it is; the host gives attachments of fields to none
        attachments_sudo = (
            self.env["ir.attachment"]
            .sudo()
            .search([("res_model", "=", self._name), ("res_field", "=", "file"), ("res_id", "in", self.ids)])
        )
        sizes = {attachment.res_id: attachment.file_size for attachment in attachments_sudo}
        for document in self:
            size = sizes.get(document.id)
            document.file_size = human_size(size) if size else False

    @api.onchange("file_name", "url")
    def _onchange_source(self):
        """Who names a document after its file or address has nothing to type."""
        for document in self:
            if not document.name:
                source = document.file_name if document.kind == "file" else document.url
                document.name = (source or "").rstrip("/").rpartition("/")[2] or source

    # === CRUD ===#

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._sire_clean(vals, vals.get("kind") or ("file" if "file" in vals and not vals.get("url") else "link"))
                     for vals in vals_list]  # fmt: skip
        documents = super().create(vals_list)
        documents._sire_serve_as_checked()
        return documents

    def write(self, vals):
        vals = {
            name: value for name, value in vals.items() if name != "mimetype"
        }  # what was found in the content stays
        if "project_id" in vals and any(document.project_id.id != vals["project_id"] for document in self):
            # Who may write here need not be somebody who may write, or even read, there.
            raise UserError(self.env._("A document stays with its project: add it to the other one instead."))
        if not vals.keys() & {"kind", "url", "file", "file_name"}:
            return super().write(vals)
        for document in self:
            super(SireProjectDocument, document).write(document._sire_clean(vals, vals.get("kind") or document.kind))
        self._sire_serve_as_checked()
        return True

    # === HELPERS ===#

    def _sire_clean(self, vals, kind):
        """Check the link or the file, whoever sends it.

        :param dict vals: values to be written; on an empty recordset, to be created
        :param str kind: what the document will be
        :return: the values with what follows from them
        :raise ValidationError: with one sentence
        """
        vals = dict(vals, kind=kind)
        try:
            if kind == "link":
                url = check_url(vals.get("url", self.url))
                return vals | {"url": url, "file": False, "file_name": False, "mimetype": False}
            name = vals.get("file_name", self.file_name)
            content = self._sire_decode(vals["file"]) if "file" in vals else self.with_context(bin_size=False).file
            if "file" not in vals and content:
                content = base64.b64decode(content)
            if not content:
                raise ValidationError(self.env._("Choose the file of this document."))
            limit = self._sire_max_mb()
            if len(content) > limit * 1024 * 1024:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” has %(size)s: a document has %(limit)s MB at most.",
                        name=name or "",
                        size=human_size(len(content)),
                        limit=limit,
                    )
                )
            name = (name or vals.get("name") or self.name or "").replace("\\", "/").rpartition("/")[2].strip()
            return vals | {"url": False, "file_name": name, "mimetype": check_file(name, content)}
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def _sire_decode(self, data):
        """:param data: base64, as the web client and JSON-2 send it
        :rtype: bytes
        """
        try:
            return base64.b64decode(data or b"", validate=True)
        except (binascii.Error, ValueError, TypeError) as error:
            raise ValidationError(self.env._("This file arrived damaged: choose it again.")) from error

    def _sire_serve_as_checked(self):
        """Keep the files with the MIME type that was checked: the host guesses, and may guess a web page."""
        for document in self.filtered("mimetype"):
            # sudo: attachments of fields are the host's own
            attachments_sudo = (
                self.env["ir.attachment"]
                .sudo()
                .search([("res_model", "=", self._name), ("res_field", "=", "file"), ("res_id", "=", document.id)])
            )
            attachments_sudo.write({"mimetype": document.mimetype})

    @api.model
    def _sire_max_mb(self):
        # sudo: a limit is no secret, and everybody who adds a document meets it
        params_sudo = self.env["ir.config_parameter"].sudo()
        try:
            return max(int(params_sudo.get_param(MAX_MB_PARAMETER) or MAX_MB_DEFAULT), 1)
        except ValueError:
            return MAX_MB_DEFAULT
