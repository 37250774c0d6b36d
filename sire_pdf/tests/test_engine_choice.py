import json
import os
from unittest.mock import patch
from urllib.parse import urlencode

from odoo.exceptions import UserError
from odoo.http import root
from odoo.tests import HttpCase, tagged

from odoo.addons.sire_pdf.engine import find
from odoo.addons.sire_pdf.engine.client import PrintError, PrintServer

from .common import OwnPrintServer, family, wait_for
from .test_documents import DocumentCase


@tagged("post_install", "-at_install")
class TestEngineChoice(DocumentCase):
    def setUp(self):
        super().setUp()
        self.params = self.env["ir.config_parameter"]
        self.params.set_param("sire_pdf.engine", "auto")

    def note(self):
        return self.env["res.config.settings"].create({}).sire_pdf_note

    def test_chromium_where_it_is(self):
        report = self.env["ir.actions.report"]
        self.assertEqual(report._sire_pdf_engine(), "chromium")
        self.assertEqual(report.get_wkhtmltopdf_state(), "ok")
        self.render()
        self.assertIn("Chromium prints: ", self.note())
        self.assertIn("in its sandbox, without a network", self.note())

    def test_settings(self):
        settings = self.env["res.config.settings"].create({"sire_pdf_engine": "wkhtmltopdf"})
        settings.execute()
        self.assertEqual(self.params.get_param("sire_pdf.engine"), "wkhtmltopdf")

    def test_without_chromium(self):
        with patch.dict(os.environ, {find.VARIABLE: ""}):
            self.assertEqual(self.env["ir.actions.report"]._sire_pdf_engine(), "wkhtmltopdf")
            base = "odoo.addons.base.models.ir_actions_report"
            with patch(f"{base}._wkhtml") as wkhtml:
                wkhtml.return_value.state = "ok"
                self.assertEqual(self.env["ir.actions.report"].get_wkhtmltopdf_state(), "ok")
                self.assertIn("because Chromium is not installed", self.note())
                wkhtml.return_value.state = "install"
                self.assertEqual(self.env["ir.actions.report"].get_wkhtmltopdf_state(), "install")
                self.assertIn("neither Chromium nor wkhtmltopdf", self.note())
                self.params.set_param("sire_pdf.engine", "chromium")
                self.assertIn("Chromium is chosen here, and it is not installed", self.note())
                with (
                    patch.object(PrintServer, "_try", return_value=None),
                    self.assertRaisesRegex(UserError, "not installed"),
                    self.assertLogs("odoo.addons.sire_pdf", "WARNING"),
                ):
                    self.env["ir.actions.report"]._run_wkhtmltopdf(["<p>x</p>"])

    def test_falls_back_when_it_does_not_start(self):
        base = "odoo.addons.base.models.ir_actions_report"
        for code in ("down", "gone", "missing"):
            with (
                patch.object(PrintServer, "document", side_effect=PrintError(code, "for a test")),
                patch(f"{base}.IrActionsReport._run_wkhtmltopdf", return_value=b"by the other") as other,
                patch(f"{base}._wkhtml") as wkhtml,
                self.assertLogs("odoo.addons.sire_pdf", "WARNING"),
            ):
                wkhtml.return_value.state = "ok"
                self.assertEqual(self.env["ir.actions.report"]._run_wkhtmltopdf(["<p>x</p>"]), b"by the other")
                other.assert_called_once()

    def test_settings_start_it_to_know(self):
        """A program that is installed and does not start prints nothing: Settings say what does, and so it is."""
        base = "odoo.addons.base.models.ir_actions_report"
        broken = {find.VARIABLE: "/bin/false"}
        with OwnPrintServer() as own, patch.dict(os.environ, {**broken, "SIRE_PDF_FOLDER": own.folder}):
            with patch(f"{base}._wkhtml") as wkhtml:
                wkhtml.return_value.state = "ok"
                note = self.note()
                self.assertIn("wkhtmltopdf prints, because Chromium does not start.", note)
                self.assertIn("/bin/false", note)
                with (
                    patch(f"{base}.IrActionsReport._run_wkhtmltopdf", return_value=b"by the other"),
                    self.assertLogs("odoo.addons.sire_pdf", "WARNING"),
                ):
                    self.assertEqual(self.env["ir.actions.report"]._run_wkhtmltopdf(["<p>x</p>"]), b"by the other")
                wkhtml.return_value.state = "install"
                self.assertIn("Nothing can print.", self.note())
                wkhtml.return_value.state = "ok"
                self.params.set_param("sire_pdf.engine", "chromium")
                self.assertIn("Nothing can print.", self.note())

    def test_settings_open_when_nothing_answers(self):
        with patch.object(PrintServer, "status", return_value=None):
            self.assertIn("the print server does not answer", self.note())

    def test_settings_without_the_engine_that_is_chosen(self):
        self.params.set_param("sire_pdf.engine", "wkhtmltopdf")
        with patch("odoo.addons.base.models.ir_actions_report._wkhtml") as wkhtml:
            wkhtml.return_value.state = "ok"
            self.assertEqual(self.note(), "wkhtmltopdf prints, because it is chosen here.")
            wkhtml.return_value.state = "install"
            self.assertIn("wkhtmltopdf is chosen here, and it is not installed", self.note())

    def test_says_what_is_wrong(self):
        for code, word in (("busy", "minute"), ("slow", "too long"), ("failed", "administrator")):
            with patch.object(PrintServer, "document", side_effect=PrintError(code)):
                with self.assertRaisesRegex(UserError, word), self.assertLogs("odoo.addons.sire_pdf", "WARNING"):
                    self.render()


@tagged("post_install", "-at_install")
class TestServer(HttpCase):
    def test_in_the_web_client(self):
        """What the web client asks and downloads."""
        self.env["ir.config_parameter"].set_param("sire_pdf.engine", "chromium")
        self.authenticate("admin", "admin")
        state = self.url_open("/report/check_wkhtmltopdf", json={"params": {}}).json()
        self.assertEqual(state["result"], "ok")

    def test_nobodys_session_goes_along(self):
        """The host hands wkhtmltopdf a cookie of a session it makes for it; here none is made and none is handed over."""
        self.env["ir.config_parameter"].set_param("sire_pdf.engine", "chromium")
        session = self.authenticate("admin", "admin")
        orders, asked = [], []
        print_it = PrintServer.document

        def watch(server, order, answer):
            orders.append(order)
            return print_it(server, order, lambda url, scope: asked.append(url) or answer(url, scope))

        made = patch.object(type(root.session_store), "new", side_effect=AssertionError("a session was made"))
        forced = urlencode({"context": json.dumps({"force_report_rendering": True})})
        with patch.object(PrintServer, "document", watch), made:
            answer = self.url_open(f"/report/pdf/web.preview_externalreport/1?{forced}")
        self.assertTrue(answer.content.startswith(b"%PDF"))
        self.assertTrue(orders)
        self.assertNotIn(session.sid, f"{orders} {asked}")

    def test_one_server_one_browser(self):
        report = self.env["ir.actions.report"]
        report._run_wkhtmltopdf(["<p>x</p>"])
        status = report._sire_pdf_server().status()
        self.assertTrue(wait_for(lambda: len(family(status["browser"])) > 1))
        again = report._sire_pdf_server().status()
        self.assertEqual((status["pid"], status["browser"]), (again["pid"], again["browser"]))
