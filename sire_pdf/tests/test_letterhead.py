import base64
import io
import subprocess

import lxml.html
from markupsafe import Markup
from PIL import Image

from odoo.tests import Form, TransactionCase, tagged

from .common import reader, text_of


@tagged("post_install", "-at_install")
class TestLetterhead(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.letterhead = cls.env.ref("sire_pdf.report_layout_letterhead")
        cls.paper = cls.env.ref("sire_pdf.paperformat_letterhead")
        cls.stock_paper = cls.env.ref("base.paperformat_euro")
        cls.env.company.paperformat_id = cls.stock_paper

    def configure(self, layout, paper=None):
        wizard = Form(self.env["base.document.layout"])
        if paper:
            wizard.paperformat_id = paper
        wizard.report_layout_id = layout
        return wizard.save()

    def test_it_brings_its_paper_and_takes_it_along(self):
        self.configure(self.letterhead)
        self.assertEqual(self.env.company.external_report_layout_id, self.letterhead.view_id)
        self.assertEqual(self.env.company.paperformat_id, self.paper)
        self.configure(self.env.ref("web.report_layout_bold"))
        self.assertEqual(self.env.company.paperformat_id, self.stock_paper)

    def test_paper_that_somebody_chose_stays(self):
        letter = self.env.ref("base.paperformat_us")
        self.configure(self.letterhead, letter)
        self.assertEqual(self.env.company.paperformat_id, letter)

    def test_its_colours_are_the_companys(self):
        self.env.company.write({"external_report_layout_id": self.letterhead.view_id.id, "primary_color": "#123456"})
        styles = str(self.env["ir.qweb"]._render("web.styles_company_report", {"company_ids": self.env.company}))
        self.assertIn("&.o_report_layout_letterhead", styles.replace("&amp;", "&"))
        self.assertIn("background-color: #123456", styles)

    def test_details_of_the_company_are_not_glued_together(self):
        """As the host's wizard fills them in when it is saved: name, street and country, a break between each."""
        company = self.env.company
        company.write({
            "name": "Jua & Sons", "external_report_layout_id": self.letterhead.view_id.id,
            "company_details": "Jua &amp; Sons<br>Ngong Road<br/>\n<br>Nairobi 00100,<br>Kenya<br>",
        })  # fmt: skip
        html = self.env["ir.actions.report"]._render_qweb_html("web.action_report_externalpreview", company.ids)[0]
        (head,) = lxml.html.fromstring(html).find_class("o_sire_letterhead_company")
        text = " ".join(" ".join(head.itertext()).split())
        self.assertIn("Jua & Sons Ngong Road, Nairobi 00100, Kenya", text)
        self.assertEqual(text.count("Jua & Sons"), 1)
        for details, name, expected in (
            ("<p>Jua<br>Road</p><p><br></p>", "Jua", "<p>Road</p><p></p>"),
            ("<b>Jua</b><br>Road", "Other", "<b>Jua</b>, Road"),
            ("<p>Juanita<br>Road</p>", "Jua", "<p>Juanita, Road</p>"),
            ("<p>Jua</p><br><p>Road , <br/> Nairobi<br></p>", "Other", "<p>Jua</p><p>Road , Nairobi</p>"),
        ):
            self.assertEqual(company._sire_pdf_details(Markup(details), name), expected)

    def test_a_name_with_quotes_is_printed_once(self):
        """The name as the host keeps it in the details, whatever letters are in it."""
        company = self.env.company
        for name in ('Jua\'s "Sons" & <Co>', "Jua (K) Ltd. [1+1]*"):
            company.write({"name": name, "company_details": Markup("%s<br>Ngong Road") % name})
            self.assertEqual(company._sire_pdf_details(company.company_details, name), "<p>Ngong Road</p>")

    def test_details_with_many_breaks(self):
        """A pattern that tries each space here and there would never end."""
        details = Markup("Jua" + "<br> " * 200 + "x" + " \n" * 2000)
        self.assertEqual(self.env.company._sire_pdf_details(details, "Other").strip(), "Jua, x")

    def print_row(self, cells):
        """:return: a document on the letterhead with a table of one row"""
        company = self.env.company
        company.external_report_layout_id = self.letterhead.view_id
        self.env["ir.ui.view"].create({
            "type": "qweb", "name": "test_row", "key": "sire_pdf.test_row", "arch": f"""
<t t-name="sire_pdf.test_row"><t t-call="web.html_container"><t t-foreach="docs" t-as="o"><t t-call="web.external_layout">
<table class="table o_main_table"><tr>{cells}</tr></table>
</t></t></t></t>"""})  # fmt: skip
        report = self.env["ir.actions.report"].create(
            {"name": "Test", "model": "res.company", "report_name": "sire_pdf.test_row"}
        )
        self.env["ir.config_parameter"].set_param("sire_pdf.engine", "chromium")
        renderer = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        return renderer._render_qweb_pdf(report, company.ids)[0]

    def test_a_date_beside_many_words_is_not_torn(self):
        """As on a statement, whose first column is the day."""
        words = "as agreed with the accounts department " * 4
        amounts = "<td>98,600.00</td>" * 3
        pdf = self.print_row(f"<td>20/11/2026</td><td>Payment</td><td>{words}</td><td>20/12/2026</td>{amounts}")
        self.assertIn("20/11/2026", text_of(pdf))

    def test_a_word_without_end_does_not_push_the_amounts_off_the_paper(self):
        long = "https://example.co.ke/" + "x" * 400
        pdf = self.print_row(f'<td>{long}</td><td class="text-end">98,600.00</td>')
        (page,) = reader(pdf).pages
        places = []
        page.extract_text(
            visitor_text=lambda text, user, matrix, font, size: (
                "98,600.00" in text and places.append(matrix[4] * user[0] + user[4])
            )
        )
        self.assertIn("98,600.00", text_of(pdf))
        self.assertTrue(places)
        self.assertLess(places[0], float(page.mediabox.width) - 30, "it is on the paper")

    def test_a_drawing_that_does_not_say_how_large_it_is(self):
        """A logo as SVG may have proportions only."""
        company = self.env.company
        drawing = b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 20 6'><rect width='20' height='6' fill='#ff0000'/></svg>"
        company.write({"external_report_layout_id": self.letterhead.view_id.id, "logo": base64.b64encode(drawing)})
        self.env["ir.config_parameter"].set_param("sire_pdf.engine", "chromium")
        renderer = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        pdf = renderer._render_qweb_pdf("web.action_report_externalpreview", company.ids)[0]
        command = ["pdftoppm", "-r", "25.4", "-singlefile", "-png", "-"]
        picture = Image.open(io.BytesIO(subprocess.run(command, input=pdf, capture_output=True, check=True).stdout))
        red = sum(pixel == (255, 0, 0) for pixel in picture.convert("RGB").getdata())
        self.assertGreater(red, 300, "square millimetres")
