"""What a print reads is read at once, and with the rights of whoever prints."""

from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.orm.models import BaseModel
from odoo.tests import TransactionCase, tagged

from odoo.addons.sire_pdf.models.ir_actions_report_reading import INVOICE

from .common import BillingCommon

REPORT = "account.account_invoices"


@tagged("post_install", "-at_install")
class TestPrintReading(BillingCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.external_report_layout_id = cls.env.ref("sire_pdf.external_layout_letterhead")
        cls.company.paperformat_id = cls.env.ref("sire_pdf.paperformat_letterhead")
        cls.invoice = cls.make_invoice()

    def html(self, invoice, before=None):
        """:param before: what is done with the invoice first
        :return: its print, by a cache that knows nothing"""
        self.env.flush_all()
        self.env.invalidate_all()
        if before:
            before(invoice)
        reports = self.env["ir.actions.report"].with_user(invoice.env.user).with_context(lang="en_US")
        return reports._render_qweb_html(REPORT, invoice.ids, data={"report_type": "pdf"})[0].decode()

    def read(self, invoice):
        self.env["ir.actions.report"].with_user(invoice.env.user)._sire_pdf_read(invoice)

    def test_no_column_is_read_afterwards(self):
        """The list of what is printed is whole: with a field missing, all of that record's columns would be read."""
        invoice = self.invoice.with_user(self.user_accountant)
        self.html(invoice)  # links and codes are made
        late = []
        original = BaseModel._fetch_field

        def fetch(records, field):
            if records._name in INVOICE and field.column_type:
                late.append(str(field))
                records.fetch([field.name])  # alone, so that the next one that is missing is seen as well
            else:
                original(records, field)

        def read(invoice):
            reports = self.env["ir.actions.report"].with_user(invoice.env.user)
            reports._sire_pdf_read(invoice)
            reports._sire_pdf_prepare(reports._get_report(REPORT), invoice.ids)
            late.clear()

        with patch.object(BaseModel, "_fetch_field", fetch):
            self.html(invoice, read)
        self.assertFalse(late)

    def test_the_print_is_the_same(self):
        self.env["res.lang"]._activate_lang("sw")
        self.invoice.invoice_payment_term_id.with_context(lang="sw").note = "Lipa kwa wakati"
        self.invoice.fiscal_position_id.with_context(lang="sw").note = "Kawaida"
        for lang in ("sw", "en_US", False):
            self.client.lang = lang
            for user in (self.user_accountant, self.env.user):
                invoice = self.invoice.with_user(user)
                self.html(invoice)
                plain = self.html(invoice)
                self.assertIn(invoice.name, plain)
                self.assertEqual(self.html(invoice, self.read), plain)

    def test_nobody_reads_more_by_it(self):
        accountant = self.user_accountant
        term = self.invoice.invoice_payment_term_id or self.env["account.payment.term"].search([], limit=1)
        self.env["ir.rule"].create(
            {
                "name": "No terms",
                "model_id": self.env["ir.model"]._get_id("account.payment.term"),
                "domain_force": "[(0, '=', 1)]",
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.read(self.invoice.with_user(accountant))
        with self.assertRaises(AccessError):
            term.with_user(accountant).read(["note"])
        self.assertFalse(
            self.env.cache.contains(term, term._fields["note"]), "nothing is in the cache to be found there"
        )

    def test_a_document_that_needs_less_is_printed_with_less(self):
        """A report of somebody's own, that says no more of an invoice than its client may read."""
        self.env["ir.ui.view"].create(
            {
                "type": "qweb",
                "name": "slip",
                "key": "sire_billing.test_slip",
                "arch": """<t t-name="sire_billing.test_slip"><t t-call="web.html_container"><t t-foreach="docs" t-as="o">
                    <div class="article">Slip of <t t-out="o.name"/></div></t></t></t>""",
            }
        )
        slip = self.env["ir.actions.report"].create(
            {"name": "Slip", "model": "account.move", "report_name": "sire_billing.test_slip"}
        )
        portal = self.env["res.users"].create(
            {
                "name": "Client",
                "login": "client.of.slips",
                "partner_id": self.invoice.partner_id.id,
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        self.invoice.message_subscribe(portal.partner_id.ids)
        self.env.flush_all()
        self.env.invalidate_all()
        reports = self.env["ir.actions.report"].with_user(portal).with_context(force_report_rendering=True)
        self.assertEqual(reports._render_qweb_pdf(slip, self.invoice.ids)[1], "pdf")

    def test_another_company_prints_nothing(self):
        other = self.env["res.company"].create({"name": "Elsewhere Ltd"})
        user = self.user_accountant.sudo()
        user.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.env["ir.actions.report"].with_user(user).with_context(
                allowed_company_ids=other.ids, force_report_rendering=True
            )._render_qweb_pdf(REPORT, self.invoice.ids)
