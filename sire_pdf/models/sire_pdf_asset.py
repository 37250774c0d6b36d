import base64
import logging
import mimetypes
from urllib.parse import parse_qsl, unquote, urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.http import root
from odoo.tools.image import image_guess_size_from_field_name, image_process
from odoo.tools.mimetypes import guess_mimetype

from ..engine.assets import digest
from ..engine.pdf.css import narrow

_logger = logging.getLogger(__name__)

# What a document may show: pictures, fonts, style sheets.
ALLOWED = ("image/", "font/", "application/font", "application/x-font", "application/vnd.ms-fontobject", "text/css")
_IMAGE = ("<string:xmlid>", "<int:id>", "<int:id>-<string:unique>", "<string:model>/<int:id>/<string:field>")
_SIZE = ("", "/<int:width>x<int:height>")
# The host's own addresses of pictures, as its controllers have them.
ROUTES = Map(
    [
        Rule("/web/assets/<string:unique>/<string:filename>", endpoint="bundle"),
        Rule("/web/image", endpoint="image"),
        *(Rule(f"/web/image/{what}{size}{name}", endpoint="image")
          for what in _IMAGE for size in _SIZE for name in ("", "/<string:filename>")),
        Rule("/web/content", endpoint="content"),
        *(Rule(f"/web/content/{what}{name}", endpoint="content")
          for what in _IMAGE for name in ("", "/<string:filename>")),
        Rule("/report/barcode", endpoint="barcode"),
        Rule("/report/barcode/<string:barcode_type>/<path:value>", endpoint="barcode"),
        Rule("/sire_pdf/logo/<int:company>/<string:version>", endpoint="letterhead_logo"),  # ours: nothing serves it
        *(Rule(path, endpoint="logo") for path in ("/logo", "/logo.png", "/web/binary/company_logo")),
    ],
    strict_slashes=False,
)  # fmt: skip
EMPTY = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="  # a pixel of glass
)
_MATCHER = ROUTES.bind("here")


class SirePdfAsset(models.AbstractModel):
    """What documents show besides their text, found in this process with the rights of the one who prints."""

    _name = "sire.pdf.asset"
    _description = "Pictures and style sheets of documents"

    @api.model
    def _find(self, address):
        """:param str address: path and query on this server
        :return: type, bytes, and whether everybody may have it; None when there is nothing that may be shown
        """
        parts = urlsplit(address)
        path = unquote(parts.path)
        try:
            with self.env.cr.savepoint(flush=False):
                found = (
                    self._find_static(path)
                    or self._find_route(path, dict(parse_qsl(parts.query)))
                    or self._find_served(path)
                )
        except Exception:
            # a document with a hole in it is worth more than none, as it was with wkhtmltopdf
            _logger.exception("A document cannot show %s", path)
            return None
        if not found:
            _logger.info("Nothing to show in a document at %s", path)
            return None
        kind, content, shared = found
        if not (kind or "").startswith(ALLOWED):
            return None
        if kind.startswith("text/css"):
            content = narrow(content.decode(errors="replace")).encode()
        return kind, content, shared

    @api.model
    def _find_sheet(self, address):
        """:param str address: of a style sheet on this server
        :return: a type, its digest, and whether it is the same for ever at that address; None when there is no style sheet
        """
        found = self._find(address) if address.startswith("/") else None
        if not found or not found[0].startswith("text/css"):
            return None
        lasting = address.startswith("/web/assets/") and "/debug/" not in address
        return "text/plain", digest(found[1]).encode(), lasting

    # === KINDS === #

    @api.model
    def _find_static(self, path):
        """A file that a module shows to everybody."""
        file = root.get_static_file(path)
        if not file:
            return None
        with open(file, "rb") as content:
            return mimetypes.guess_type(file)[0], content.read(), True

    @api.model
    def _find_route(self, path, query):
        try:
            kind, arguments = _MATCHER.match(path)
        except HTTPException:
            return None
        try:
            return getattr(self, f"_find_{kind}")(**{**query, **arguments})
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            _logger.info("A document asks for %s, which is not understood: %r", path, error)
            return None

    @api.model
    def _find_bundle(self, unique, filename, **_options):
        # The host serves bundles to everybody, so whoever prints may read them.
        attachment_sudo = self.env["ir.attachment"].sudo().search(
            [
                ("public", "=", True), ("url", "=", f"/web/assets/{unique}/{filename}"),
                ("res_model", "=", "ir.ui.view"), ("res_id", "=", 0), ("create_uid", "=", SUPERUSER_ID),
            ],
            limit=1,
        )  # fmt: skip
        if attachment_sudo:
            return "text/css" if filename.endswith(".css") else attachment_sudo.mimetype, attachment_sudo.raw, True
        name, rtl, kind, autoprefix = self.env["ir.asset"]._parse_bundle_name(filename, unique == "debug")
        if kind != "css":
            return None
        bundle = self.env["ir.qweb"]._get_asset_bundle(name, css=True, js=False, rtl=rtl, autoprefix=autoprefix)
        return ("text/css", bundle.css().raw, True) if bundle.stylesheets else None

    @api.model
    def _find_image(self, xmlid=None, model="ir.attachment", id=None, field="raw", width=0, height=0, crop=False,
                    access_token=None, **_options):  # fmt: skip
        instead = None  # the host's own
        try:
            record = self._record(xmlid, model, id, field, access_token)
            instead = record._get_placeholder_filename(field)
            kind, content = self._read(record, field)
        except UserError:
            kind, content = None, b""
        width, height = int(width), int(height)
        if not content:
            kind, content = "image/png", self.env["ir.binary"]._placeholder(instead)
        if not (width or height):
            width, height = image_guess_size_from_field_name(field)
        if (width or height) and kind != "image/svg+xml":
            try:
                content = image_process(content, size=(width, height), crop=crop)
            except UserError:
                return None
        return kind, content, False

    @api.model
    def _find_content(self, xmlid=None, model="ir.attachment", id=None, field="raw", access_token=None, **_options):
        try:
            kind, content = self._read(self._record(xmlid, model, id, field, access_token), field)
        except UserError:
            return None
        return kind, content, False

    @api.model
    def _find_barcode(self, barcode_type, value, **options):
        return "image/png", self._barcode(barcode_type, value, **options), False

    @api.model
    def _barcode(self, barcode_type, value, **options):
        return self.env["ir.actions.report"].barcode(barcode_type, value, **options)

    @api.model
    def _find_logo(self, company=None, **_options):
        # The host shows any company's logo to everybody.
        company_sudo = (
            self.env["res.company"].sudo().browse(int(company)) if company else self.env.company.sudo()
        ).exists()
        content = base64.b64decode(company_sudo.logo_web or b"")
        return (guess_mimetype(content, default="image/png"), content, False) if content else None

    @api.model
    def _find_letterhead_logo(self, company, version, **_options):
        """The logo as large as it was uploaded, kept by the print server for the next documents; nothing, where there is none."""
        # as above: any company's logo is everybody's
        content = base64.b64decode(self.env["res.company"].sudo().browse(company).exists().logo or EMPTY)
        return guess_mimetype(content, default="image/png"), content, True

    @api.model
    def _find_served(self, path):
        """A file that was stored to be served at an address."""
        attachment = self.env["ir.attachment"]._get_serve_attachment(path)
        return (attachment.mimetype, attachment.raw, False) if attachment.raw else None

    @api.model
    def _record(self, xmlid, model, id, field, access_token):
        """:return: the record that an address names, checked as the host checks it
        :raise UserError: when there is none, when it may not be read, and when what is asked for is no file
        """
        record = self.env["ir.binary"]._find_record(xmlid, model, id and int(id), access_token, field=field)
        if record._fields.get(field) is None or record._fields[field].type != "binary":
            raise UserError(self.env._("Documents show pictures, and this is none."))
        return record

    @api.model
    def _read(self, record, field):
        """:return: type and bytes of a binary field; of a record that :meth:`_record` found"""
        if record._name == "ir.attachment":
            if field not in ("raw", "datas"):
                raise UserError(self.env._("Documents show pictures, and this is none."))
            return record.mimetype, record.raw
        record._check_field_access(record._fields[field], "read")
        content = base64.b64decode(record.with_context(bin_size=False)[field] or b"")
        return guess_mimetype(content), content
