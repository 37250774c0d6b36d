import io
import os
import re
import signal
import subprocess
import unicodedata
from unittest.mock import patch

import lxml.html
from PIL import Image

from odoo.tests import TransactionCase, tagged

from odoo.addons.sire_pdf.engine.client import PrintServer

from .common import reader, text_of, words_of

LAYOUT = """
<t t-name="sire_pdf.test_document">
    <t t-call="web.html_container">
        <t t-foreach="docs" t-as="o">
            <div class="header">Letterhead of <t t-out="o.name"/>: <span class="page"/>, <span class="topage"/></div>
            <div class="article" t-att-data-oe-model="o._name" t-att-data-oe-id="o.id" data-oe-lang="en_US">
                <h2>About <t t-out="o.name"/></h2>
                %s
            </div>
            <div class="footer">Foot of <t t-out="o.name"/> page <span class="page"/> of <span class="topage"/></div>
        </t>
    </t>
</t>
"""


class DocumentCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.paper = cls.env["report.paperformat"].create({
            "name": "Test", "format": "A4", "orientation": "Portrait", "margin_top": 40, "margin_bottom": 25,
            "margin_left": 15, "margin_right": 15, "header_spacing": 30, "dpi": 96,
        })  # fmt: skip
        cls.report = cls.env["ir.actions.report"].create({
            "name": "Test document", "model": "res.partner", "report_name": "sire_pdf.test_document",
            "paperformat_id": cls.paper.id, "print_report_name": "'Letter to %s' % object.name",
        })  # fmt: skip
        cls.view = cls.env["ir.ui.view"].create(
            {"type": "qweb", "name": "test_document", "key": "sire_pdf.test_document", "arch": LAYOUT % ""}
        )
        cls.partners = cls.env["res.partner"].create([{"name": f"Client{number}"} for number in range(3)])
        cls.env["ir.config_parameter"].set_param("sire_pdf.engine", "chromium")

    def render(self, content="<p>Something</p>", records=None, **context):
        self.view.arch = LAYOUT % content
        records = self.partners[:1] if records is None else records
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True, **context)
        return report._render_qweb_pdf(self.report, records.ids)[0]


@tagged("post_install", "-at_install")
class TestDocuments(DocumentCase):
    def test_header_and_footer_on_each_page_of_each_document(self):
        lines = "<p t-foreach='range(30 * (o_index + 1))' t-as='line'>Line <t t-out='line'/></p>"
        pdf = self.render(lines, self.partners)
        pages = [text_of(pdf, number + 1) for number in range(len(reader(pdf).pages))]
        found = []
        for partner in self.partners:
            own = [page for page in pages if f"Letterhead of {partner.name}:" in page]
            for number, page in enumerate(own, 1):
                self.assertIn(f"Letterhead of {partner.name}: {number}, {len(own)}", page)
                self.assertIn(f"Foot of {partner.name} page {number} of {len(own)}", page)
                self.assertEqual(page.count("Letterhead"), 1)
                self.assertEqual(page.count("Foot of"), 1)
            self.assertIn(f"About {partner.name}", own[0])
            found.append(len(own))
        self.assertEqual(sum(found), len(pages))
        self.assertGreater(found[2], found[0])

    def test_what_moves_on_a_screen_is_printed_as_it_ends(self):
        styles = (
            "<style>@keyframes come { from { opacity: 0; margin-left: -99mm } } .comes { animation: come 9s 1s both }"
            " .beats { animation: come 1s infinite }</style>"
        )
        pdf = self.render(f"{styles}<p class='comes'>arrived</p><p class='beats'>beating</p>")
        words = words_of(pdf)
        self.assertIn("arrived", words)
        self.assertIn("beating", words)

    def test_page_numbers_where_pages_are_hard_to_count(self):
        for content in (
            "<div style='page-break-before: always'>second</div><div style='page-break-before: always'>third</div>",
            "<div t-foreach='range(7)' t-as='n' style='height: 140mm; break-inside: avoid; border: 1px solid'>box</div>",
            "<table><thead><tr><th style='height: 40mm'>Head</th></tr></thead>"
            "<tr t-foreach='range(40)' t-as='n'><td style='height: 21mm'>row</td></tr></table>",
        ):
            pdf = self.render(content)
            count = len(reader(pdf).pages)
            self.assertGreater(count, 2)
            for number in range(1, count + 1):
                self.assertIn(f"page {number} of {count}", text_of(pdf, number))

    def test_long_table_repeats_its_head_and_breaks_between_rows(self):
        pdf = self.render(
            "<table class='table'><thead><tr><th>Columnhead</th></tr></thead><tbody>"
            "<tr t-foreach='range(120)' t-as='n'><td>First<t t-out='n'/>,<br/>second<t t-out='n'/>;</td></tr></tbody></table>"
        )
        count = len(reader(pdf).pages)
        self.assertGreater(count, 3)
        for number in range(1, count + 1):
            text = text_of(pdf, number)
            self.assertEqual(text.count("Columnhead"), 1, f"page {number}")
            self.assertEqual(text.count("First"), text.count("second"), f"a row is torn apart on page {number}")

    def test_sizes(self):
        def size(pdf):
            return tuple(round(float(value)) for value in reader(pdf).pages[0].mediabox[2:])

        self.assertEqual(size(self.render()), (595, 842))
        self.assertEqual(size(self.render(landscape=True)), (842, 595))
        self.paper.orientation = "Landscape"
        self.assertEqual(size(self.render()), (842, 595))
        self.paper.write({"orientation": "Portrait", "format": "Letter"})
        self.assertEqual(size(self.render()), (612, 792))
        self.paper.write(
            {"format": "custom", "page_width": 80, "page_height": 200, "margin_left": 3, "margin_right": 3}
        )
        pdf = self.render("<p t-foreach='range(40)' t-as='n'>Item <t t-out='n'/></p>")
        self.assertEqual(size(pdf), (227, 567), "a roll of 80 mm")
        self.assertIn("Item 39", text_of(pdf))

    def test_millimetres(self):
        """Margins are where the paper format says, and a length in CSS is that long when nothing is shrunk."""
        self.paper.disable_shrinking = True
        box = "<div style='position: absolute; left: 0; top: 0; width: 100mm; height: 50mm; background: #ff0000'></div>"
        image = self.picture(self.render(f"<div style='position: relative; margin: 0 -11mm'>{box}</div>"))
        left, top, right, bottom = self.extent(image, (255, 0, 0))
        self.assertAlmostEqual(left, 15, delta=0.6)
        self.assertAlmostEqual(right - left, 100, delta=0.6)
        self.assertAlmostEqual(bottom - top, 50, delta=0.6)
        self.assertGreaterEqual(top, 39.5)

    def test_what_is_too_wide_is_made_smaller(self):
        wide = "<div style='width: 1300px'>Beginning<span style='float: right'>Ending</span></div>"
        text = text_of(self.render(wide))
        self.assertIn("Ending", text)
        self.assertIn("Letterhead of Client0: 1, 1", text)
        self.assertIn("page 1 of 1", text)

    def test_pictures(self):
        pdf = self.render(
            "<img src='/report/barcode/QR/hello?width=150&amp;height=150'/><img src='/web/static/img/logo.png'/>"
            "<img src='/logo.png'/><div style='background: url(/web/static/img/nologo.png); width: 99px; height: 99px'>x</div>"
            '<img t-att-src="image_data_uri(res_company.logo)"/>'
        )
        self.assertGreaterEqual(len(reader(pdf).pages[0].images), 4)

    def test_letters(self):
        pdf = self.render("<p>Ksh 98,600 – café, ñandú, Ωμέγα, Житомир</p><p dir='rtl' lang='ar'>فاتورة</p>")
        text = text_of(pdf)
        for word in ("café", "ñandú", "Ωμέγα", "Житомир"):
            self.assertIn(word, text)
        for page in reader(pdf).pages:
            for font in page["/Resources"]["/Font"].values():
                for descendant in font.get_object()["/DescendantFonts"]:
                    self.assertTrue(
                        any(key.startswith("/FontFile") for key in descendant.get_object()["/FontDescriptor"])
                    )

    def test_from_right_to_left(self):
        """What an Arabic-speaking user prints: the first column is the right one, also in the letterhead."""
        arabic = self.env["res.lang"].with_context(active_test=False).search([("code", "=", "ar_001")])
        arabic.active = True
        self.env.user.lang = "ar_001"
        table = "<table style='width: 100%'><tr><td>firstcell</td><td>secondcell</td></tr></table><p>فاتورة رقم</p>"
        self.view.arch = (LAYOUT % table).replace("en_US", "ar_001")
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True, lang="ar_001")
        places = self.places(report._render_qweb_pdf(self.report, self.partners[:1].ids)[0])
        self.assertGreater(places["firstcell"], places["secondcell"])
        # pdftotext lists the letters as they stand, from the left
        self.assertGreater(places["فاتورة"[::-1]], places["رقم"[::-1]], places)
        self.assertGreater(places["firstcell"], 300, "text begins at the right margin")
        self.assertGreater(places["Letterhead"], 300, "of headers too")
        self.env.user.lang = "en_US"
        places = self.places(self.render(table, lang="en_US"))
        self.assertLess(max(places["firstcell"], places["Letterhead"]), 100)

    @staticmethod
    def places(pdf):
        """:return: where the words of a document begin, in points from the left"""
        done = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True)
        nodes = lxml.html.fromstring(done.stdout.decode()).iter("word")
        return {unicodedata.normalize("NFKC", node.text): float(node.get("xmin")) for node in nodes}

    def test_what_stays_together(self):
        """Totals and boxes are never torn over two pages, wherever on the page they come."""
        self.env.company.external_report_layout_id = self.env.ref("sire_pdf.external_layout_letterhead")
        rows = "".join(f"<tr><td>Sum{number}</td></tr>" for number in range(8))
        found = []
        for above in range(200, 310, 15):
            lines = f"<div style='height: {above}mm'>above</div>"
            totals = f"<table class='o_total_table'>{rows}</table>"
            pdf = self.render(f"<div class='o_report_layout_letterhead'>{lines}{totals}</div>")
            pages = [page for page in range(1, len(reader(pdf).pages) + 1) if "Sum" in text_of(pdf, page)]
            self.assertEqual(len(pages), 1, f"after {above} mm")
            found += pages
        self.assertEqual(set(found), {1, 2}, "with more above it, it comes to the next page")

    def test_watermark_on_each_page(self):
        self.env.company.external_report_layout_id = self.env.ref("sire_pdf.external_layout_letterhead")
        self.view.arch = """
<t t-name="sire_pdf.test_document">
    <t t-call="web.html_container">
        <t t-foreach="docs" t-as="o">
            <t t-set="sire_watermark" t-value="'Draft'" />
            <t t-set="sire_watermark_kind" t-value="'danger'" />
            <t t-call="web.external_layout"><p t-foreach="range(90)" t-as="n">Line</p></t>
        </t>
    </t>
</t>"""
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        pdf = report._render_qweb_pdf(self.report, self.partners[:1].ids)[0]
        count = len(reader(pdf).pages)
        self.assertGreater(count, 1)
        for number in range(1, count + 1):
            page = reader(pdf).pages[number - 1].extract_text()
            letters = re.findall(r"\b[A-Z]\b", page)  # each for itself, as they stand askew
            self.assertEqual(sorted(letters), sorted("DRAFT"), f"page {number}")
            self.assertIn(f"Page {number} of {count}", text_of(pdf, number))

    def test_what_is_attached_is_merged_in_order(self):
        """A file that is kept already is not printed again: it takes its place among those that are."""
        self.report.write({"attachment": "'%s.pdf' % object.name", "attachment_use": True})
        self.render("<p>before</p>", self.partners[1])
        self.view.arch = LAYOUT % "<p>after</p>"
        model = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        for _again in range(2):  # printed, and when all of them are kept
            pdf = model._render_qweb_pdf(self.report, self.partners.ids)[0]
            pages = [text_of(pdf, number) for number in range(1, len(reader(pdf).pages) + 1)]
            self.assertEqual(len(pages), 3)
            for page, partner, word in zip(pages, self.partners, ("after", "before", "after"), strict=True):
                self.assertIn(f"About {partner.name}", page)
                self.assertIn(word, page)
                self.assertIn(f"Foot of {partner.name} page 1 of 1", page)

    def test_for_screen_readers(self):
        pdf = self.render("<table><tr><th>Head</th></tr><tr><td>Cell</td></tr></table>")
        root = reader(pdf).trailer["/Root"]
        self.assertEqual(root["/Lang"], "en-US")
        self.assertTrue(root["/MarkInfo"]["/Marked"])
        self.assertTrue(root["/ViewerPreferences"]["/DisplayDocTitle"])
        self.assertEqual(reader(pdf).metadata.title, "Letter to Client0")
        kinds = set()

        def walk(node):
            node = node.get_object()
            if isinstance(node, dict) and "/S" in node:
                kinds.add(node["/S"])
            below = node.get("/K", []) if isinstance(node, dict) else []
            for child in below if isinstance(below, list) else [below]:
                if not isinstance(child, int):
                    walk(child)

        walk(root["/StructTreeRoot"])
        self.assertLessEqual({"/H2", "/Table", "/TH", "/TD"}, kinds)

    def test_links_lead_out_of_the_document(self):
        self.env["ir.config_parameter"].set_param("report.url", "https://example.co.ke")
        pdf = self.render("<a href='/my/invoices/7'>ours</a> <a href='https://other.example/x'>theirs</a> <a href='#here'>in</a>"
                          "<a href='javascript:alert(1)'>bad</a><h3 id='here'>Here</h3>")  # fmt: skip
        links = [note.get_object() for note in reader(pdf).pages[0]["/Annots"]]
        self.assertEqual(
            sorted(link["/A"]["/URI"] for link in links if "/A" in link),
            ["https://example.co.ke/my/invoices/7", "https://other.example/x"],
        )
        self.assertEqual([link["/Dest"] for link in links if "/Dest" in link], ["/here"])
        self.assertIn("/here", reader(pdf).trailer["/Root"]["/Dests"])

    def test_outline_by_which_the_host_splits(self):
        self.report.attachment = "'%s.pdf' % object.name"
        lines = "<p t-foreach='range(60)' t-as='line'>Line <t t-out='line'/></p>"
        with patch.object(PrintServer, "document", autospec=True, side_effect=PrintServer.document) as printed:
            self.render(lines, self.partners)
        printed.assert_called_once()  # where it finds no outline, the host prints each again
        kept = self.env["ir.attachment"].search(
            [("res_model", "=", "res.partner"), ("res_id", "in", self.partners.ids)]
        )
        self.assertEqual(set(kept.mapped("name")), {f"{partner.name}.pdf" for partner in self.partners})
        for attachment in kept:
            text = text_of(attachment.raw)
            self.assertEqual(
                {word for word in text.split() if word.startswith("Client")},
                {attachment.name[:-4], f"{attachment.name[:-4]}:"},
            )
            self.assertGreater(len(reader(attachment.raw).pages), 1)

    def test_a_batch_is_one_file(self):
        """The host cuts a batch into records and joins them again: nothing is lost by that, unless somebody changed one."""
        model = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        self.view.arch = LAYOUT % "<p t-foreach='range(60)' t-as='line'>Line <t t-out='line'/></p>"
        streams = model._render_qweb_pdf_prepare_streams(self.report, {}, res_ids=self.partners.ids)
        cut = [found["stream"] for found in streams.values()]
        whole = model._merge_pdfs(list(cut)).getvalue()
        self.assertIn("/StructTreeRoot", reader(whole).trailer["/Root"])
        joined = model._merge_pdfs([io.BytesIO(stream.getvalue()) for stream in cut]).getvalue()
        self.assertEqual(words_of(whole), words_of(joined), "the same as the host would join it")
        backwards = model._merge_pdfs(cut[::-1]).getvalue()
        self.assertIn("Client2", text_of(backwards, 1))
        changed = io.BytesIO(cut[1].getvalue())
        self.assertEqual(words_of(model._merge_pdfs([cut[0], changed, cut[2]]).getvalue()), words_of(whole))
        two = model._merge_pdfs(cut[:2]).getvalue()
        self.assertNotIn("Client2", text_of(two))
        cut[1].truncate(0)
        failed = []
        model._merge_pdfs(list(cut), lambda error, error_stream: failed.append(error_stream))
        self.assertEqual(failed, [cut[1]], "a piece that was changed is looked at")

    def test_same_input_same_file(self):
        content = "<table><thead><tr><th>Head</th></tr></thead><tr><td>Cell</td></tr></table><img src='/web/static/img/logo.png'/>"
        first = self.render(content)
        self.assertEqual(first, self.render(content))
        self.render("<p>something else</p>" * 50, self.partners)
        self.assertEqual(first, self.render(content), "whatever was printed between")
        browser = self.env["ir.actions.report"]._sire_pdf_server().status()["browser"]
        os.kill(browser, signal.SIGKILL)
        self.assertEqual(first, self.render(content), "and by another browser")
        self.assertNotEqual(first, self.render(content + "<p>.</p>"))
        many = self.env["res.partner"].create([{"name": f"Client{number:02}"} for number in range(40)])
        joined = self.env["ir.actions.report"]._sire_pdf_print(*self.bodies(many))
        self.assertEqual(
            joined, self.env["ir.actions.report"]._sire_pdf_print(*self.bodies(many)), "printed in parts and joined"
        )
        self.assertEqual(len(reader(joined).pages), 40)
        self.assertEqual([entry.title for entry in reader(joined).outline], [f"About Client{n:02}" for n in range(40)])

    def bodies(self, records):
        """:return: arguments of ``_sire_pdf_print``"""
        report = self.report.with_context(debug=False)
        html = report._render_qweb_html(self.report, records.ids, data={"report_type": "pdf"})[0]
        bodies, _ids, header, footer, special = report._prepare_html(html, report_model="res.partner")
        return bodies, header, footer, report._build_wkhtmltopdf_args(self.paper, False, special), "Many"

    def test_documents_without_a_layout(self):
        report = self.env["ir.actions.report"]
        for body in ("", "<p>only this</p>", "text", "<html><body></body></html>"):
            pdf = report._run_wkhtmltopdf([body])
            self.assertEqual(len(reader(pdf).pages), 1, body)
        self.assertIn("only this", text_of(report._run_wkhtmltopdf(["<p>only this</p>"])))
        with_header = report._run_wkhtmltopdf(
            ["<p>body</p>"], header="<html><body>One <span class='page'/></body></html>", landscape=True,
            specific_paperformat_args={"data-report-margin-top": 30, "data-report-header-spacing": 25},
        )  # fmt: skip
        self.assertEqual(words_of(with_header), ["One", "1", "body"])

    def test_images(self):
        report = self.env["ir.actions.report"]
        with patch("odoo.modules.module.current_test", None):
            png, jpg = (
                report._run_wkhtmltoimage(
                    ["<body style='margin:0;background:#00f'>x</body>"], 320, 200, image_format=kind
                )[0]
                for kind in ("png", "jpg")
            )
        self.assertEqual((Image.open(io.BytesIO(png)).format, Image.open(io.BytesIO(png)).size), ("PNG", (320, 200)))
        self.assertEqual((Image.open(io.BytesIO(jpg)).format, Image.open(io.BytesIO(jpg)).size), ("JPEG", (320, 200)))
        self.assertEqual(Image.open(io.BytesIO(png)).convert("RGB").getpixel((300, 180)), (0, 0, 255))

    @staticmethod
    def picture(pdf):
        done = subprocess.run(
            ["pdftoppm", "-r", "254", "-f", "1", "-l", "1", "-png", "-"], input=pdf, capture_output=True, check=True
        )
        return Image.open(io.BytesIO(done.stdout)).convert("RGB")

    @staticmethod
    def extent(image, colour):
        """:return: left, top, right, bottom in millimetres of what has a colour; the picture has ten dots a millimetre"""
        mask = Image.new("L", image.size)
        mask.putdata([255 if pixel == colour else 0 for pixel in image.getdata()])
        return [value / 10 for value in mask.getbbox()]
