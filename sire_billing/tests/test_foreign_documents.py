from dataclasses import replace

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.sire_access.const import ROLE_ACCOUNTANT, ROLE_PROJECT_MANAGER
from odoo.addons.sire_base.tests.foreign_documents import ForeignDocuments
from odoo.addons.sire_mpesa.utils import Sighting

from .plan_common import PlanCommon


class ForeignBillingCommon(ForeignDocuments, PlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.take_cash(cls.make_invoice(), 100)  # documents of one's own
        cls.load_kenyan_chart(cls.company_2)
        cls.foreign = cls.make_foreign(cls.company_2)
        cls.make_plan(order=cls.make_quotation(sent=False).sudo())
        provider = cls.env.ref("sire_mpesa.payment_provider_mpesa")
        provider.write(
            {
                "mpesa_shortcode": "174379",
                "mpesa_consumer_key": "the-key",
                "mpesa_consumer_secret": "the-secret",
                "mpesa_passkey": "the-passkey",
                "state": "test",
            }
        )
        receipts = cls.env["sire.mpesa.receipt"]
        sighting = Sighting("OWNMONEY01", 500, source="c2b", kind="paybill", paid_at=fields.Datetime.now())
        receipts._see(provider, sighting)
        other = provider.copy({"company_id": cls.company_2.id, "name": "M-Pesa 2"})
        cls.foreign["sire.mpesa.receipt"] = receipts._see(other, replace(sighting, number="HIDDENPAY1"))

    @classmethod
    def make_foreign(cls, company):
        """:return: documents of another company, by model"""
        env = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})
        client = env["res.partner"].create({"name": "Hidden Client Ltd", "company_id": company.id})
        own = {"partner_id": client.id, "company_id": company.id}
        line = {"name": "Work", "price_unit": 777}
        move = env["account.move"].create(
            {**own, "move_type": "out_invoice", "invoice_line_ids": [Command.create({**line, "tax_ids": []})]}
        )
        move.action_post()
        order = env["sale.order"].create(
            {
                **own,
                "order_line": [Command.create({**line, "tax_ids": []})],
                "sire_invoicing": "milestones",
                "sire_instalment_ids": [cls.rest()],
            }
        )
        journal = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", company.id)], limit=1)
        project = env["project.project"].create({**own, "name": "Hidden project"})
        documents = (
            company,
            client,
            move,
            order,
            order.order_line,
            journal,
            order.sire_instalment_ids,
            project,
            env["project.milestone"].create({"name": "Hidden milestone", "project_id": project.id}),
            env["product.product"].create({"name": "Hidden product", "company_id": company.id}),
            env["sale.order.template"].create({"name": "Hidden template", "company_id": company.id}),
            env["account.tax"].search([("company_id", "=", company.id)], limit=1),
            env["account.payment"].create({"partner_id": client.id, "amount": 777, "journal_id": journal.id}),
        )
        return {document._name: document.with_env(cls.env) for document in documents}

    def try_rows(self):
        """:return: the fields of rows that somebody who is no administrator may make or change"""
        users = (self.user_accountant, self.user_manager, self.user_developer, self.user_viewer)
        return set().union(*(self.assertRowsShowNothing(user, self.foreign) for user in users))


@tagged("post_install", "-at_install")
class TestForeignDocuments(ForeignBillingCommon):
    def test_accountant(self):
        tried = self.assertFormsShowNothing(self.user_accountant, self.foreign)
        self.assertGreaterEqual(
            tried,
            {
                "sire.cash.payment.wizard.move_id",
                "sire.invoice.void.wizard.move_id",
                "sire.receipt.wizard.payment_id",
                "sire.statement.wizard.partner_ids",
            },
        )

    def test_project_manager(self):
        tried = self.assertFormsShowNothing(self.user_manager, self.foreign)
        self.assertGreaterEqual(
            tried,
            {
                "sire.project.finish.wizard.project_ids",
                "sire.quotation.approve.wizard.order_id",
                "sire.quotation.wizard.project_id",
            },
        )

    def test_rows(self):
        self.assertGreaterEqual(
            self.try_rows(),
            {
                "project.milestone.project_id",
                "project.milestone.sale_line_id",
                "project.project.partner_id",
                "project.project.sale_line_id",
                "sale.order.partner_id",
                "sale.order.partner_invoice_id",
                "sale.order.partner_shipping_id",
                "sale.order.project_id",
                "sire.order.instalment.milestone_id",
                "sire.order.instalment.move_id",
                "sire.order.instalment.order_id",
                "sire.project.document.project_id",
            },
        )

    def test_rows_in_a_form_that_is_not_saved(self):
        """A document of the host's is asked about with rows in it, of ours or of its own, typed or by default."""
        milestone, line = self.foreign["project.milestone"].id, self.foreign["sale.order.line"].id
        for model, rows, name, number in (
            ("sale.order", "sire_instalment_ids", "milestone_id", milestone),
            ("project.project", "milestone_ids", "sale_line_id", line),
        ):
            forms = self.env[model].with_user(self.user_manager)
            spec = {rows: {"fields": {name: {"fields": {"display_name": {}}}}}}
            typed, empty = {"name": "Mine", name: number}, {"name": "Mine"}
            for commands, defaults in (
                ([[0, "virtual_1", typed]], {}),
                ([typed], {}),
                (None, {f"default_{rows}": [[0, 0, typed]]}),
                ([[0, "virtual_1", empty]], {f"default_{name}": number}),
            ):
                self.env.invalidate_all()
                given = {rows: commands} if commands else {}
                with self.subTest(model=model, given=given, defaults=defaults), self.assertRaises(AccessError):
                    forms.with_context(**defaults).onchange(given, [], spec)
            mine = forms.onchange({rows: [[0, "virtual_1", empty]]}, [], spec)["value"][rows]
            self.assertFalse(mine[0][2][name], "it is not the asking that is refused")

    def test_a_colleagues_document_of_the_same_company(self):
        """What one may not read, but the host works out and a form sends back, is no reason to refuse the rest of the form."""
        developer = self.user_developer
        line = self.make_quotation(self.project, sent=False).order_line[:1]
        self.assertFalse(line.with_user(developer).has_access("read"))
        milestones = self.env["project.milestone"].with_user(developer)
        milestones._sire_check_named({"sale_line_id": line.id})
        with self.assertRaises(AccessError):
            milestones._sire_check_named({"sale_line_id": self.foreign["sale.order.line"].id})

    def test_one_reads_ones_own_forms(self):
        other = self.make_role_user("sire_test_other_accountant", ROLE_ACCOUNTANT)
        tried = self.assertFormsAreOnesOwn(self.user_accountant, other)
        self.assertGreaterEqual(
            tried,
            {
                "sire.cash.payment.wizard",
                "sire.invoice.void.wizard",
                "sire.mpesa.assign.wizard",
                "sire.mpesa.statement.line",
                "sire.receipt.wizard",
                "sire.statement.wizard",
            },
        )
        other = self.make_role_user("sire_test_other_manager", ROLE_PROJECT_MANAGER)
        tried = self.assertFormsAreOnesOwn(self.user_manager, other)
        self.assertGreaterEqual(tried, {"sire.project.finish.wizard", "sire.quotation.approve.wizard"})
