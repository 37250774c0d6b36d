from odoo.tests import Form, TransactionCase, tagged


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
