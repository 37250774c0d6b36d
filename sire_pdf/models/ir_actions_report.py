import base64
import contextlib
import importlib.util
import io
import logging
import os
import re
import zlib

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.http import request
from odoo.service import server
from odoo.tools import config
from odoo.tools.safe_eval import safe_eval, time

from odoo.addons.base.models import ir_actions_report as base_report
from odoo.addons.base.models.report_paperformat import PAPER_SIZES

from ..const import (
    AUTOMATIC,
    CHROMIUM,
    CONTEXT_BY_ADDRESS,
    CONTEXT_PAGES,
    CONTEXT_TITLE,
    ENGINE_PARAMETER,
    WKHTMLTOPDF,
)
from ..engine import find
from ..engine.client import PrintError, PrintServer
from ..engine.pdf import qr
from ..engine.pdf.geometry import geometry
from ..turns import html_turns

_logger = logging.getLogger(__name__)

SIZES = {size["key"]: (size["width"], size["height"]) for size in PAPER_SIZES if "width" in size}
# After these nothing was printed and the other engine may try; after the rest it would fare no better.
OTHER_ENGINE_MAY = ("missing", "down", "gone")
# The host's options of a QR code that we draw; with another one, a mask for example, it draws.
QR_OPTIONS = {"width": 600, "height": 100, "quiet": 1, "barBorder": 4, "barLevel": "L", "humanreadable": 0}
QR_LEVELS = ("L", "M", "Q", "H")
QR_PIXELS = 1_200_000
FONT_TOOLS = importlib.util.find_spec("fontTools") is not None
PRINTED = "sire_pdf_printed"  # in the cursor's cache: the last file, and how many bodies it has


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    # === ENGINE === #

    @api.model
    def _sire_pdf_engine(self):
        """:return: :data:`CHROMIUM` or :data:`WKHTMLTOPDF`: what prints this database's documents"""
        # whoever prints may know which engine does
        wanted = self.env["ir.config_parameter"].sudo().get_param(ENGINE_PARAMETER)
        if wanted in (CHROMIUM, WKHTMLTOPDF):
            return wanted
        return CHROMIUM if find.chromium() else WKHTMLTOPDF

    @api.model
    def _sire_pdf_server(self):
        """:return: the print server of this machine's Odoo; it need not run"""
        running = server.server
        folder = os.environ.get("SIRE_PDF_FOLDER") or config["data_dir"]
        return PrintServer(folder, running.pid if running else os.getpid())

    @api.model
    def get_wkhtmltopdf_state(self):
        if self._sire_pdf_engine() == CHROMIUM and find.chromium():
            return "ok"
        return super().get_wkhtmltopdf_state()

    # === RENDERING === #

    @api.model
    def _sire_pdf_turn(self):
        """:return: a context in which a document's HTML is made, which may begin before the host begins; see ``turns.py``"""
        return html_turns.turn() if self._sire_pdf_engine() == CHROMIUM else contextlib.nullcontext()

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        report = self._get_report(report_ref)
        if self._sire_pdf_engine() != CHROMIUM:
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        named = self.with_context(**{CONTEXT_TITLE: self._sire_pdf_title(report, res_ids), CONTEXT_BY_ADDRESS: True})
        cache = self.env.cr.cache
        cache.pop(PRINTED, None)
        with self._sire_pdf_turn():
            self._sire_pdf_prepare(report, res_ids)
            streams = super(IrActionsReport, named)._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        whole, bodies = cache.pop(PRINTED, (None, 0))
        cut = [found["stream"] for found in streams.values()]
        if whole and bodies == len(cut) and False not in streams and None not in cut:
            for index, stream in enumerate(cut):
                stream.sire_pdf_piece = whole, index, bodies, zlib.crc32(stream.getbuffer())
        return streams

    def _prepare_html(self, html, report_model=False):
        if self._sire_pdf_engine() != CHROMIUM:
            return super()._prepare_html(html, report_model=report_model)
        paged = self.with_context(**{CONTEXT_PAGES: {}})
        return super(IrActionsReport, paged)._prepare_html(html, report_model=report_model)

    @api.model
    def _merge_pdfs(self, streams, handle_error=None):
        """What the host cut out of one file and wants joined again, unchanged and in order, is that file: with each font
        and logo once, with its structure for screen readers, and at once."""
        pieces = [getattr(stream, "sire_pdf_piece", None) for stream in streams]
        if len(pieces) > 1 and all(pieces) and [piece[1] for piece in pieces] == list(range(pieces[0][2])):
            whole = pieces[0][0]
            if all(piece[0] is whole and piece[3] == zlib.crc32(stream.getbuffer())
                   for piece, stream in zip(pieces, streams, strict=True)):  # fmt: skip
                streams.append(io.BytesIO(whole))
                return streams[-1]
        return super()._merge_pdfs(streams, handle_error) if handle_error else super()._merge_pdfs(streams)

    @api.model
    def _sire_pdf_prepare(self, report, res_ids):
        """What is cheaper to compute before a report than within it.

        The host finds the section of an invoice's line for all lines of the invoice, asked for one of them, and each that
        was not asked for is then written like a change of the books: a third of an invoice's HTML. Asked for all of them
        at once, it writes none.
        """
        if report.model == "account.move" and res_ids:
            moves = self.env[report.model].browse(res_ids)
            self._sire_pdf_read(moves)
            with contextlib.suppress(AccessError):  # the print says so itself, if it needs them
                moves.line_ids.mapped("parent_id")

    @api.model
    def _sire_pdf_title(self, report, res_ids):
        """:return: what a document is called: as its file is when it is one record's, as the report is otherwise"""
        if res_ids and len(res_ids) == 1 and report.print_report_name:
            record = self.env[report.model].browse(res_ids)
            try:
                return str(safe_eval(report.print_report_name, {"object": record, "time": time}))
            except ValueError:
                _logger.info("The name of report %s cannot be made for %s", report.report_name, record)
        return report.name

    @api.model
    def _run_wkhtmltopdf(self, bodies, report_ref=False, header=None, footer=None, landscape=False,
                         specific_paperformat_args=None, set_viewport_size=False):  # fmt: skip
        bodies = list(bodies)
        engine = self._sire_pdf_engine()
        if engine == CHROMIUM:
            report = self._get_report(report_ref) if report_ref else self
            paper = report.get_paperformat()
            arguments = self._build_wkhtmltopdf_args(
                paper, landscape, specific_paperformat_args=specific_paperformat_args,
                set_viewport_size=set_viewport_size,
            )  # fmt: skip
            title = self.env.context.get(CONTEXT_TITLE) or (report.name if report_ref else "") or self.env.company.name
            try:
                pdf = self._sire_pdf_print(bodies, header, footer, arguments, title, paper.sire_roll)
                self.env.cr.cache[PRINTED] = pdf, len(bodies)
                return pdf
            except PrintError as error:
                self._sire_pdf_failed(error)
            bodies = list(map(self._sire_pdf_by_value, bodies))
            header, footer = self._sire_pdf_by_value(header), self._sire_pdf_by_value(footer)
        return super()._run_wkhtmltopdf(
            bodies, report_ref=report_ref, header=header, footer=footer, landscape=landscape,
            specific_paperformat_args=specific_paperformat_args, set_viewport_size=set_viewport_size,
        )  # fmt: skip

    @api.model
    def _sire_pdf_by_value(self, html):
        """:return: HTML for another engine, which cannot ask for what only the print server is given"""
        asset = self.env["sire.pdf.asset"]

        def picture(match):
            kind, content, _shared = asset._find_letterhead_logo(int(match[1]), match[2])
            return f"data:{kind};base64,{base64.b64encode(content).decode()}"

        return html and re.sub(r"/sire_pdf/logo/(\d+)/(\d+)", picture, str(html))

    @api.model
    def _sire_pdf_failed(self, error):
        """Says what went wrong, unless the other engine may try.

        :param PrintError error:
        :raise UserError: with a sentence
        """
        _logger.warning("Chromium printed nothing: %s", error)
        # as in _sire_pdf_engine: the setting is no secret
        wanted = self.env["ir.config_parameter"].sudo().get_param(ENGINE_PARAMETER, AUTOMATIC)
        if error.code in OTHER_ENGINE_MAY and wanted != CHROMIUM and base_report._wkhtml().state == "ok":
            return
        sentences = {
            "busy": self.env._("Many documents are being printed at this moment. Please try again in a minute."),
            "slow": self.env._(
                "This document took too long to print. Print fewer records at once, or try again later."
            ),
            "failed": self.env._("This document cannot be printed. Please show it to your administrator."),
            "missing": self.env._("Chromium is not installed on the server, so no PDF can be made."),
        }
        sentence = sentences.get(error.code, self.env._("The printing service does not answer. Please try again."))
        raise UserError(sentence) from error

    @api.model
    def _sire_pdf_print(self, bodies, header, footer, arguments, title, roll=False):
        """:param list bodies: HTML documents
        :param list arguments: for wkhtmltopdf, whose meaning they keep
        :param bool roll: whether a page is as long as its document
        :return: a PDF as bytes
        :raise PrintError: when nothing was printed
        """
        address = self._get_report_url().rstrip("/")
        finder, public = self._sire_pdf_finders()
        order = {
            "bodies": [str(body) for body in bodies], "header": header and str(header), "footer": footer and str(footer),
            "page": {**geometry(arguments, SIZES).as_dict(), "roll": bool(roll)}, "address": address, "ours": self._sire_pdf_own_addresses(address),
            "tenant": self._sire_pdf_tenant(), "title": title, "language": (self.env.lang or "").replace("_", "-"),
            "nameless_fonts": FONT_TOOLS,
        }  # fmt: skip

        def answer(url, scope):
            if scope == "name":
                return public._find_sheet(url)
            if scope == "style":
                return public._find("/" + url.split("/", 2)[2])
            return (finder if scope == "job" else public)._find(url)

        html_turns.give_back()
        return self._sire_pdf_server().document(order, answer)

    @api.model
    def barcode(self, barcode_type, value, **kwargs):
        """A QR code, which the host takes longer to draw than an invoice takes to print; all others are the host's."""
        if barcode_type == "QR" and isinstance(value, str) and not kwargs.keys() - QR_OPTIONS:
            options = {**QR_OPTIONS, **kwargs}
            width, height = int(options["width"]), int(options["height"])
            border = int(options["barBorder"]) if int(options["quiet"]) else 0
            level = options["barLevel"] if options["barLevel"] in QR_LEVELS else "L"
            # what the host refuses, it refuses itself
            if 0 < width * height <= QR_PIXELS and border >= 0:
                with contextlib.suppress(ValueError):
                    picture = qr.png(value, width, height, border, level)
                    if picture:
                        return picture
        return super().barcode(barcode_type, value, **kwargs)

    # === WHOSE DOCUMENT === #

    @api.model
    def _sire_pdf_finders(self):
        """Pictures are found with the rights of the one who prints: whom the request is from, or, without a request, whose
        environment this is. The superuser is nobody in particular: a document that a scheduled action prints shows what
        the public may see, as it did when a browser without a session fetched it.

        :return: two ``sire.pdf.asset``, the printing user's and the public's
        """
        public = self.env["res.users"].browse(self.env["ir.model.data"]._xmlid_to_res_id("base.public_user"))
        uid = request.session.uid or public.id if request and request.db else self.env.uid
        user = public if uid == api.SUPERUSER_ID else self.env["res.users"].browse(uid)
        finder = self.env["sire.pdf.asset"]
        return finder.with_user(user), finder.with_user(public)

    @api.model
    def _sire_pdf_own_addresses(self, address):
        """:return: what addresses on this server begin with"""
        # web.base.url is in every report
        known = {address, self.env["ir.config_parameter"].sudo().get_param("web.base.url", "").rstrip("/")}
        if request and request.db:
            known |= {f"{scheme}://{request.httprequest.host}" for scheme in ("http", "https")}
        return sorted(known - {""}, key=len, reverse=True)

    @api.model
    def _sire_pdf_tenant(self):
        """:return: what tells one database's pages from another's"""
        return f"{self.env.cr.dbname} {config['db_host'] or ''} {self.env['ir.config_parameter'].sudo().get_param('database.uuid')}"
