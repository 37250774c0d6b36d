import base64
import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

from PIL import Image
from reportlab.graphics.barcode import qrencoder

from odoo.tests import BaseCase, TransactionCase, tagged

from odoo.addons.sire_pdf import turns as turns_module
from odoo.addons.sire_pdf.engine.client import PrintError, PrintServer
from odoo.addons.sire_pdf.engine.pdf import qr
from odoo.addons.sire_pdf.turns import Turns

from .common import reader
from .test_documents import LAYOUT, DocumentCase

PIXEL = base64.b64decode(
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestQuickCodes(TransactionCase):
    def test_the_squares_are_the_hosts(self):
        for length in (1, 30, 100, 400):
            for level in "LMQH":
                value = "".join("https://x.example/c/4H7KQ2"[place % 26] for place in range(length)) + str(length)
                if length == 100:
                    value = value.upper() if level in "LM" else "4071" * 25  # told in fewer bits
                code = qrencoder.QRCode(None, getattr(qrencoder.QRErrorCorrectLevel, level))
                code.addData(value)
                code.make()
                expected = [[bool(dark) for dark in row] for row in code.modules]
                self.assertEqual([[bool(dark) for dark in row] for row in qr.squares(value, level)], expected)

    def test_what_no_code_can_say_is_refused(self):
        with self.assertRaises(ValueError):
            qr.squares("x" * 3000, "H")

    def test_as_large_as_the_hosts(self):
        report = self.env["ir.actions.report"]
        for options in ({"width": 300, "height": 300, "quiet": False, "barLevel": "M"}, {"width": 250, "height": 180}):
            ours = Image.open(io.BytesIO(report.barcode("QR", "https://x.example/c/4H7KQ2", **options))).convert("L")
            theirs = Image.open(
                io.BytesIO(report.barcode("QR", "https://x.example/c/4H7KQ2", mask="none", **options))
            ).convert("L")
            self.assertEqual(ours.size, theirs.size)
            # the host's edges are grey, and its square may begin a part of a pixel later
            unlike = sum(abs(one - other) > 128 for one, other in zip(ours.tobytes(), theirs.tobytes(), strict=True))
            self.assertLess(unlike / len(ours.tobytes()), 0.12)

    def test_what_is_not_ours_is_the_hosts(self):
        report = self.env["ir.actions.report"]
        with self.assertRaisesRegex(ValueError, "too large"):
            report.barcode("QR", "x", width=5000, height=5000)
        self.assertTrue(report.barcode("QR", "x" * 300, width=40, height=40), "fewer pixels than squares")
        self.assertTrue(report.barcode("Code128", "x", width=200, height=40))


@tagged("post_install", "-at_install")
class TestTurns(BaseCase):
    def test_no_more_at_once_than_may_be(self):
        turns, inside, most = Turns(2), [], []

        def one(_number):
            with turns.turn():
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.01)
                inside.pop()

        with patch.object(turns_module, "LASTS", 60), ThreadPoolExecutor(8) as threads:
            list(threads.map(one, range(24)))
        self.assertEqual(len(most), 24)
        self.assertLessEqual(max(most), 2)
        self.assertFalse(turns.since, "each was given back")

    def test_one_within_another_is_the_same(self):
        turns = Turns(1)
        with patch.object(turns_module, "LASTS", 60), turns.turn(), turns.turn():
            self.assertEqual(len(turns.since), 1)
        self.assertFalse(turns.since)

    def test_nobody_waits_for_ever(self):
        """Who has a turn may wait for a row of somebody who waits for a turn."""
        turns = Turns(1)
        went_on = threading.Event()

        def other():
            with turns.turn():
                went_on.set()

        with turns.turn(), patch.object(turns_module, "LASTS", 0.05):
            thread = threading.Thread(target=other)
            thread.start()
            self.assertTrue(went_on.wait(30))
            thread.join()
        self.assertFalse(turns.since)

    def test_an_error_gives_it_back(self):
        turns = Turns(1)
        with self.assertRaises(ZeroDivisionError), turns.turn():
            raise ZeroDivisionError
        self.assertFalse(turns.since)


@tagged("post_install", "-at_install")
class TestCheaperPages(DocumentCase):
    def test_the_page_around_bodies_is_rendered_once_for_each_language(self):
        rendered = []
        original = type(self.env["ir.qweb"])._render_iterall

        def count(records, view_ref, *arguments, **options):
            rendered.append(view_ref)
            return original(records, view_ref, *arguments, **options)

        layout = self.env.ref("web.minimal_layout").id
        with patch.object(type(self.env["ir.qweb"]), "_render_iterall", count):
            pdf = self.render(records=self.partners)
        self.assertEqual(len(reader(pdf).pages), 3)
        self.assertEqual(rendered.count(layout), 2, "one for bodies, one for headers and footers")

    def test_the_same_html_as_the_hosts(self):
        self.view.arch = LAYOUT % "<p>Something</p>"
        renderer = self.report.with_context(debug=False)
        html = renderer._render_qweb_html(self.report, self.partners.ids, data={"report_type": "pdf", "debug": False})[
            0
        ]
        ours = renderer._prepare_html(html, report_model="res.partner")
        self.env["ir.config_parameter"].set_param("sire_pdf.engine", "wkhtmltopdf")
        theirs = renderer._prepare_html(html, report_model="res.partner")
        self.assertEqual([list(map(str, part)) if isinstance(part, list) else str(part) for part in ours],
                         [list(map(str, part)) if isinstance(part, list) else str(part) for part in theirs])  # fmt: skip

    def test_the_logo_travels_by_address_and_is_there_for_the_other_engine(self):
        company = self.env.company
        company.logo = base64.b64encode(PIXEL)
        company.external_report_layout_id = self.env.ref("sire_pdf.external_layout_letterhead")
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        orders = []

        def refuse(_server, order, _answer):
            orders.append(order)
            raise PrintError("down", "for a test")

        base = "odoo.addons.base.models.ir_actions_report"
        with (
            patch.object(PrintServer, "document", refuse),
            patch(f"{base}.IrActionsReport._run_wkhtmltopdf", return_value=b"by the other") as other,
            patch(f"{base}._wkhtml") as wkhtml,
            self.assertLogs("odoo.addons.sire_pdf", "WARNING"),
        ):
            wkhtml.return_value.state = "ok"
            self.env["ir.config_parameter"].set_param("sire_pdf.engine", "auto")
            report._render_qweb_pdf("web.action_report_externalpreview", company.ids)
        address = company._sire_pdf_logo_address()
        self.assertIn(f'src="{address}"', orders[0]["header"])
        self.assertNotIn("/sire_pdf/logo/", str(other.call_args))
        self.assertIn(base64.b64encode(PIXEL).decode(), other.call_args.kwargs["header"])
        found = self.env["sire.pdf.asset"]._find(address)
        self.assertEqual((found[1], found[2]), (PIXEL, True))
        company.logo = False
        self.assertTrue(self.env["sire.pdf.asset"]._find(address)[1], "no hole where there is no logo")

    def test_the_name_of_a_report_is_known_and_follows(self):
        installed = self.env.ref("web.action_report_externalpreview")
        reports = self.env["ir.actions.report"]

        def name(report):
            report.invalidate_recordset(["xml_id"])
            return report.xml_id

        self.assertEqual(name(installed), "web.action_report_externalpreview")
        with self.assertQueryCount(0):
            self.assertEqual(name(installed), "web.action_report_externalpreview")
        self.assertFalse(name(self.report))
        known = self.env["ir.model.data"].create(
            {"module": "sire_pdf", "name": "given", "model": "ir.actions.report", "res_id": self.report.id}
        )
        self.assertEqual(name(self.report), "sire_pdf.given")
        known.name = "given_later"
        self.env.flush_all()  # the host looks names up past the ORM
        self.assertEqual(name(self.report), "sire_pdf.given_later")
        self.report.paperformat_id = self.env.ref("base.paperformat_us")
        self.assertEqual(reports.get_paperformat_by_xmlid("sire_pdf.given_later"), self.report.paperformat_id)
        self.assertEqual(reports.get_paperformat_by_xmlid(False), self.env.company.paperformat_id)
        known.unlink()
        self.assertFalse(name(self.report))
