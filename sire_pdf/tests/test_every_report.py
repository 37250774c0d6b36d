import re
import unicodedata
from collections import Counter

import lxml.html

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models import ir_actions_report as base_report

from .common import reader, text_of


@tagged("post_install", "-at_install")
class TestEveryReport(HttpCase):
    """Every PDF report of the installed modules, by both engines."""

    # the file that a client sent, which no engine prints
    NO_DOCUMENT = {"account.report_original_vendor_bill"}

    def setUp(self):
        super().setUp()
        self.params = self.env["ir.config_parameter"]
        self.params.set_param("report.url", self.base_url())
        self.params.set_param("report.print_delay", "0")
        accountant = self.env.ref("account.group_account_user", raise_if_not_found=False)
        if accountant:
            self.env.user.group_ids += accountant
        self.made = {}
        self.style_sheets = set()  # that were made

    def test_both_engines_agree(self):
        reports = self.env["ir.actions.report"].search([("report_type", "=", "qweb-pdf")])
        other_engine = base_report._wkhtml().state == "ok"
        printed = set()
        for report in reports:
            if report.report_name in self.NO_DOCUMENT:
                continue
            with self.subTest(report=report.report_name):
                records = self.records(report)
                self.assertTrue(
                    records, f"nothing to print of {report.model}: make_{report.model.replace('.', '_')} is missing"
                )
                pages = 0
                for record in records:  # Debian's wkhtmltopdf takes one document at a time
                    data = self.data(report, record)
                    ours = self.render(report, record, data, "chromium")
                    self.check_words(report, record, data, ours)
                    count = len(reader(ours).pages)
                    pages += count
                    if not other_engine:
                        continue
                    theirs = self.render_yardstick(report, record, data, count)
                    self.check_same_words(report, record, data, ours, theirs)
                if len(records) > 1 and not data and len(self.bodies(report, records, data)[0]) == len(records):
                    together = self.render(report, records, data, "chromium")
                    self.assertEqual(len(reader(together).pages), pages)
                printed.add(report.report_name)
        self.assertEqual(printed, set(reports.mapped("report_name")) - self.NO_DOCUMENT)
        self.assertIn("web.preview_externalreport", printed)

    @mute_logger("odoo.addons.base.models.ir_actions_report")
    def render(self, report, records, data, engine):
        self.params.set_param("sire_pdf.engine", engine)
        renderer = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        return renderer._render_qweb_pdf(report, records.ids, data=dict(data))[0]

    def render_yardstick(self, report, record, data, count):
        """Print by wkhtmltopdf, and check that it makes as many pages, within one or a tenth.

        It fetches its style sheets from this server, and prints without them when that is slow: they are made before, and
        since a print without them is no yardstick, it has three attempts.

        :param int count: our pages
        :return: its file
        """
        self.make_style_sheets(report, record, data)
        others = []
        for _attempt in range(3):
            theirs = self.render(report, record, data, "wkhtmltopdf")
            others.append(len(reader(theirs).pages))
            if report.get_paperformat().sire_roll:  # one page, which only Chromium does
                return theirs
            if abs(count - others[-1]) <= max(1, others[-1] // 10):
                return theirs
        raise self.failureException(f"{count} pages, {others} by wkhtmltopdf")

    def make_style_sheets(self, report, record, data):
        addresses = {
            address
            for body in self.bodies(report, record, data)[0]
            for address in lxml.html.fromstring(str(body)).xpath("//link[@rel='stylesheet']/@href")
        }
        self.assertTrue(addresses, f"{report.report_name}: no style sheet, which every document has")
        for address in addresses - self.style_sheets:
            self.assertEqual(self.url_open(address, timeout=120).status_code, 200, address)
        self.style_sheets |= addresses

    def bodies(self, report, records, data):
        renderer = report.with_context(debug=False)
        html = renderer._render_qweb_html(report, records.ids, data={**data, "report_type": "pdf", "debug": False})[0]
        return renderer._prepare_html(html, report_model=report.model)

    def check_words(self, report, records, data, pdf):
        """Every word of the HTML is in the PDF as often; header and footer are on every page."""
        bodies, _ids, header, footer, _special = self.bodies(report, records, data)
        expected = Counter()
        for body in bodies:
            expected += Counter(words(body))
        self.assertTrue(expected, f"{report.report_name}: an empty document proves nothing")
        count = len(reader(pdf).pages)
        pages = [words(text_of(pdf, number), html=False) for number in range(1, count + 1)]
        found = Counter(word for page in pages for word in page)
        missing = {word: (times, found[word]) for word, times in expected.items() if found[word] < times}
        text = "".join(word for page in pages for word in page)
        torn = {word for word in missing if len(word) > 3 and word in text}  # a word that is broken over two lines
        self.assertFalse(set(missing) - torn, f"{report.report_name}: words that are not printed: {missing}")
        for part in (header, footer):
            per_body = [set(words(node)) for node in children(part)]
            if len(per_body) == 1 and len(bodies) == 1:
                for number, page in enumerate(pages, 1):
                    lost = {word for word in per_body[0] - set(page) if word not in "".join(page)}
                    self.assertFalse(lost, f"{report.report_name}: not on page {number}: {lost}")

    def check_same_words(self, report, records, data, ours, theirs):
        """The bodies' words are the same ones. Debian's wkhtmltopdf has no headers, no footers, and ligatures of its own.

        A row on which it ends a page it sometimes draws on both pages: of a word of the HTML no more are asked for than are
        written there, and that these are all printed by us :meth:`check_words` has shown.
        """
        by_us, by_them = (Counter(words(text_of(pdf), html=False)) for pdf in (ours, theirs))
        written = Counter(word for body in self.bodies(report, records, data)[0] for word in words(body))
        asked = {word: min(times, written.get(word, times)) for word, times in by_them.items()}
        lost = {word: times for word, times in asked.items() if by_us[word] < times and len(word) > 2}
        glued = "".join(words(text_of(ours), html=False))
        lost = {word: times for word, times in lost.items() if glued.count(word) < times}
        self.assertFalse(lost, f"{report.report_name}: words that only wkhtmltopdf prints")

    # === WHAT IS PRINTED === #

    def records(self, report):
        """Two records of a report's model, made where there are none."""
        if report.report_name.startswith("sale_timesheet.report_timesheet_"):
            return self.made.get(report.report_name) or self.make_timesheets(report.report_name)
        model = report.model
        if model not in self.made:
            maker = getattr(self, f"make_{model.replace('.', '_')}", None)
            found = maker() if maker else self.env[model].search([], limit=2)
            if not found and "name" in self.env[model]._fields:
                found = self.env[model].create({"name": "Something to print"})
            self.made[model] = found
        return self.made[model]

    def data(self, report, records):
        if report.report_name == "product.report_pricelist":
            pricelist = self.env["product.pricelist"].create({"name": "Prices"})
            return {"pricelist_id": pricelist.id, "active_model": "product.template",
                    "active_ids": self.env["product.template"].search([], limit=2).ids, "quantities": [1, 5]}  # fmt: skip
        if report.report_name.startswith("product.report_producttemplatelabel"):
            return {"quantity_by_product": {str(id): 2 for id in records.ids}, "active_model": "product.template",
                    "layout_wizard": self.label_wizard(records).id, "price_included": True}  # fmt: skip
        if report.report_name == "hr_skills.report_employee_cv":
            return {
                "color_primary": "#666666",
                "color_secondary": "#666666",
                "show_skills": True,
                "show_contact": True,
                "show_others": True,
            }
        return {}

    def label_wizard(self, records):
        return self.env["product.label.layout"].create(
            {"product_tmpl_ids": [(6, 0, records.ids)], "custom_quantity": 2}
        )

    def make_ir_module_module(self):
        # a short one: tables wider than the page are shrunk by WebKit's own measure, and over pages that adds up
        return self.env["ir.module.module"].search([("name", "=", "base_setup")])

    def make_ir_model(self):
        return self.env["ir.model"].search([("model", "=", "res.partner.bank")])

    def make_res_company(self):
        self.env.company.write(
            {"report_header": "<p>Our tagline</p>", "report_footer": "<p>Our footer, with a PIN</p>"}
        )
        return self.env.company

    def make_product_uom(self):
        product = self.env["product.product"].create({"name": "Packed"})
        return self.env["product.uom"].create(
            {"product_id": product.id, "uom_id": self.env.ref("uom.product_uom_dozen").id, "barcode": "5901234123457"}
        )

    def make_product_template(self):
        return self.env["product.template"].create(
            [{"name": f"Product{number}", "list_price": 100, "barcode": f"590123412345{number}"} for number in range(2)]
        )

    def make_account_move(self):
        partner = self.env["res.partner"].create({"name": "Buyer", "street": "Moi Avenue", "city": "Nairobi"})
        moves = self.env["account.move"].create([{
            "move_type": "out_invoice", "partner_id": partner.id, "invoice_date": "2026-11-20", "ref": "Reference",
            "invoice_line_ids": [(0, 0, {"name": f"Work{line}", "quantity": line, "price_unit": 1000}) for line in range(1, lines)],
        } for lines in (4, 60)])  # fmt: skip
        moves.action_post()
        return moves

    def make_account_payment(self):
        """By bank and in cash, which has a receipt of its own where there are receipts."""
        partner = self.env["res.partner"].create({"name": "Payer"})
        journals = self.env["account.journal"].search([("type", "in", ("bank", "cash"))], order="type desc")
        payments = self.env["account.payment"].create([
            {"partner_id": partner.id, "amount": 500, "payment_type": "inbound", "partner_type": "customer", "journal_id": journal.id}
            for journal in (journals[:1] | journals[-1:])
        ])  # fmt: skip
        payments.action_post()
        return payments

    def make_timesheets(self, report_name):
        """An order and an invoice with hours on them, without which these reports are empty."""
        partner = self.env["res.partner"].create({"name": "Hirer"})
        product = self.env["product.product"].create({"name": "Consulting", "type": "service", "list_price": 3500})
        order = self.env["sale.order"].create(
            {"partner_id": partner.id, "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 8})]}
        )
        invoice = self.env["account.move"].create({
            "move_type": "out_invoice", "partner_id": partner.id,
            "invoice_line_ids": [(0, 0, {"name": "Consulting", "quantity": 3, "price_unit": 3500})],
        })  # fmt: skip
        project = self.env["project.project"].create(
            {"name": "Advice", "partner_id": partner.id, "allow_billable": True, "allow_timesheets": True}
        )
        self.env["account.analytic.line"].create({
            "name": "Talked", "project_id": project.id, "unit_amount": 3, "so_line": order.order_line.id,
            "is_so_line_edited": True, "timesheet_invoice_id": invoice.id,
            "employee_id": self.env["hr.employee"].create({"name": "Adviser"}).id,
        })  # fmt: skip
        self.made["sale_timesheet.report_timesheet_sale_order"] = order
        self.made["sale_timesheet.report_timesheet_account_move"] = invoice
        return self.made[report_name]

    def make_project_task(self):
        """A task with hours, without which its report is empty."""
        project = self.env["project.project"].create({"name": "Survey", "allow_timesheets": True})
        task = self.env["project.task"].create({"name": "Measured the site", "project_id": project.id})
        employee = self.env["hr.employee"].create({"name": "Surveyor"})
        self.env["account.analytic.line"].create(
            {
                "name": "Walked it",
                "project_id": project.id,
                "task_id": task.id,
                "unit_amount": 2,
                "employee_id": employee.id,
            }
        )
        return task

    def make_sire_statement_wizard(self):
        moves = self.made.setdefault("account.move", self.make_account_move())
        wizard = self.env["sire.statement.wizard"].create({"partner_ids": [(6, 0, moves.partner_id.ids)]})
        self.assertTrue(wizard.partner_ids)
        return wizard

    def make_sire_cashier_session(self):
        sessions = self.env["sire.cashier.session"]
        journal = self.env["account.journal"].create({"name": "Drawer", "type": "cash", "code": "DRW"})
        session = sessions.browse(sessions.action_sire_open(journal.id, 500))
        session.action_sire_count(480)
        return session

    def make_account_bank_statement(self):
        journal = self.env["account.journal"].search([("type", "=", "bank")], limit=1)
        return self.env["account.bank.statement"].create({
            "name": "Statement", "line_ids": [(0, 0, {"journal_id": journal.id, "payment_ref": "Line", "amount": 10, "date": "2026-11-20"})],
        })  # fmt: skip

    def make_sale_order(self):
        partner = self.env["res.partner"].create({"name": "Customer"})
        product = self.env["product.product"].create({"name": "Hour", "list_price": 3500, "type": "service"})
        return self.env["sale.order"].create({
            "partner_id": partner.id,
            "order_line": [(0, 0, {"product_id": product.id, "name": f"Task{line}", "product_uom_qty": line}) for line in range(1, 40)],
        })  # fmt: skip


def children(document):
    root = lxml.html.fromstring(str(document))
    holders = root.xpath("//div[@id='minimal_layout_report_headers' or @id='minimal_layout_report_footers']")
    return list(holders[0]) if holders else []


def words(text, html=True):
    """:return: words as a reader sees them; letters that a font joins are taken apart"""
    if html:
        root = lxml.html.fromstring(text) if isinstance(text, str) else text
        for node in root.xpath("//script | //style | //title | //head"):
            node.drop_tree()
        for node in root.xpath(
            ".//*[contains(@class, 'd-none') or contains(@style, 'display:none') or contains(@style, 'visibility:hidden')]"
        ):
            node.drop_tree()
        text = " ".join(root.itertext())
    text = unicodedata.normalize("NFKC", text)
    return [word for word in re.findall(r"\w+", text) if not word.isspace()]
