"""Several companies, and several numbers of one company, side by side."""

import base64
import json
from types import SimpleNamespace

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.sire_mpesa.const import SANDBOX_URL
from odoo.addons.sire_mpesa.hooks import post_init_hook

from .common import DARAJA
from .test_assign import AssignCommon
from .test_statement import HEAD, as_csv, line


@tagged("post_install", "-at_install")
class TestSideBySide(AssignCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.load_kenyan_chart(cls.company_2)
        post_init_hook(cls.env)
        cls.provider_2 = cls.env["payment.provider"].search(
            [("code", "=", "mpesa"), ("company_id", "=", cls.company_2.id)]
        )
        cls.set_up(cls.provider_2, "600984", "second-key")
        cls.till = cls.provider.copy({"company_id": cls.company.id})
        cls.till.write({"mpesa_shortcode_type": "till", "mpesa_till": "5174380"})
        cls.set_up(cls.till, "174380", "the-key")

    @classmethod
    def set_up(cls, provider, shortcode, key):
        provider.write(
            {
                "mpesa_shortcode": shortcode,
                "mpesa_consumer_key": key,
                "mpesa_consumer_secret": f"secret of {key}",
                "mpesa_passkey": f"passkey of {shortcode}",
                "mpesa_base_url": DARAJA,
                "state": "test",
            }
        )

    def report(self, provider, number="SIDEBYSID1", amount="500.00", account="RENT", **values):
        """A confirmation at the address of a provider."""
        shortcode = provider.mpesa_till or provider.mpesa_shortcode
        data = self.confirmation(number, amount, account, BusinessShortCode=shortcode, **values)
        provider._mpesa_receive_c2b(json.dumps(data).encode(), {}, "196.201.214.200", data)
        self.process_webhooks()
        return self.receipts.search([("name", "=", number), ("provider_id", "=", provider.id)])

    def test_each_has_its_own_token(self):
        for provider in (self.provider, self.provider_2, self.till):
            provider._mpesa_get_token()
        used = [base64.b64decode(call[2].split()[1]).decode().split(":")[0] for call in self.daraja.sent("oauth")]
        self.assertEqual(sorted(used), ["second-key", "the-key"], "a key pair that two numbers share has one token")

    def test_each_number_signs_with_its_own_passkey(self):
        for provider, party in ((self.provider, 174379), (self.till, 5174380)):
            tx = self.make_tx(10, self.make_invoice(), provider_id=provider.id)
            tx._mpesa_request_payment("0712345678")
            tx._mpesa_send_push()
            body = self.daraja.sent("push")[-1][1]
            self.assertEqual((str(body["BusinessShortCode"]), body["PartyB"]), (provider.mpesa_shortcode, party))
            self.assertIn(provider.mpesa_passkey, base64.b64decode(body["Password"]).decode())

    def test_each_number_has_its_own_journal_and_addresses(self):
        journals = (self.provider | self.provider_2 | self.till).mapped("journal_id")
        self.assertEqual(len(journals), 3)
        self.assertEqual(self.till.journal_id.company_id, self.company)
        addresses = {
            provider._mpesa_get_c2b_addresses()["confirm"] for provider in (self.provider, self.provider_2, self.till)
        }
        self.assertEqual(len(addresses), 3)

    def test_one_receipt_number_in_two_companies(self):
        """Two companies of one owner can be told of the same number: each books what it was told, once."""
        first, second = self.report(self.provider), self.report(self.provider_2)
        self.assertNotEqual(first, second)
        self.assertEqual((first.company_id, second.company_id), (self.company, self.company_2))
        self.assertEqual(second.suspense_line_id.company_id, self.company_2)
        self.assertEqual(second.suspense_line_id.move_id.journal_id, self.provider_2.journal_id)

    def test_one_receipt_number_at_two_numbers_of_a_company(self):
        first = self.report(self.provider)
        self.assertFalse(self.report(self.till), "it is in the ledger already")
        self.assertEqual(first.state, "suspense")
        self.assertBooks()

    def test_the_number_that_is_open_to_clients_comes_first(self):
        """While a second number is tried out, perhaps with play money, clients pay to the first."""
        invoice = self.make_invoice()
        for is_open, is_tried in ((self.provider, self.till), (self.till, self.provider)):
            is_open.write({"state": "enabled", "sequence": 20})
            is_tried.write({"state": "test", "sequence": 10})
            self.assertEqual(self.env["payment.provider"]._mpesa_for_company(self.company), is_open)
            self.assertEqual(invoice._mpesa_request(10, "0712345678").provider_id, is_open)
            invoice.transaction_ids._set_canceled()
        self.provider.write({"state": "enabled", "is_published": False})
        self.till.is_published = True
        self.assertEqual(self.env["payment.provider"]._mpesa_for_company(self.company), self.till)

    def test_no_number_is_two_companies_own(self):
        """A prompt's payment is reported to the number as well: two companies would both have it in their books."""
        refused = "174379 is the number of another company here"
        with self.assertRefused(refused):
            self.provider_2.mpesa_shortcode = "174379"
        with self.assertRefused("5174380 is the number of another company here"):
            self.provider_2.write({"mpesa_shortcode_type": "till", "mpesa_till": "5174380"})
        self.provider_2.write({"state": "disabled", "mpesa_shortcode": "174379"})
        self.assertEqual(self.provider_2._mpesa_check_account()[0], False)
        with self.assertRefused(refused):
            self.provider_2.state = "test"
        self.provider_2.mpesa_base_url = SANDBOX_URL  # where everybody has the same number, and no money moves
        self.provider_2.state = "test"
        self.provider_2.write({"state": "disabled", "mpesa_base_url": DARAJA})
        self.provider.state = "disabled"
        self.provider_2.state = "test"

    def test_the_number_of_an_archived_company(self):
        """Prompts and reports of it still count there, so it stays taken; what is to be done is said."""
        self.company_2.active = False
        self.env.flush_all()
        with self.assertRefused("600984 is the number of an archived company here"):
            self.provider.mpesa_shortcode = "600984"
        self.company_2.active = True
        self.provider_2.state = "disabled"
        self.company_2.active = False
        self.provider.mpesa_shortcode = "600984"

    def test_an_account_is_the_companys_own(self):
        invoice = self.make_invoice(500)
        theirs = self.report(self.provider_2, account=invoice.mpesa_reference)
        self.assertEqual((theirs.state, invoice.amount_residual), ("suspense", 500))
        ours = self.report(self.till, number="SIDEBYSID2", account=invoice.mpesa_reference, TransactionType="Buy Goods")
        self.assertEqual((ours.state, invoice.amount_residual), ("booked", 0))
        self.assertEqual(ours.payment_ids.journal_id, self.till.journal_id)

    def make_branch_invoice(self, amount):
        branch = self.env["res.company"].create({"name": "Mombasa", "parent_id": self.company.id})
        self.load_kenyan_chart(branch)
        work = {"name": "Consulting", "price_unit": amount, "tax_ids": [Command.clear()]}
        invoice = (
            self.env["account.move"]
            .with_company(branch)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.partner.id,
                    "invoice_line_ids": [Command.create(work)],
                }
            )
        )
        invoice.action_post()
        return invoice

    def test_a_branch_is_paid_to_the_number_of_its_company(self):
        """Its invoices say so: what is typed there is found, assigned and claimed as the company's own."""
        self.till.state = "disabled"
        self.provider.mpesa_c2b_state = "registered"
        invoice = self.make_branch_invoice(500)
        pay_bill = invoice._mpesa_get_pay_bill()
        self.assertEqual((pay_bill["number"], pay_bill["account"]), ("174379", invoice.mpesa_reference))
        typed = self.report(self.provider, number="BRANCHAAA1", amount="200.00", account=pay_bill["account"])
        self.assertEqual((typed.state, typed.company_id, invoice.amount_residual), ("booked", self.company, 300))
        lost = self.report(self.provider, number="BRANCHAAA2", amount="200.00")
        self.assertIn(invoice, [suggestion["invoice_id"] for suggestion in lost._suggest()])
        lost._assign([(self.partner, invoice, 200)])
        self.report(self.provider, number="BRANCHAAA3", amount="100.00")
        self.assertEqual(invoice._mpesa_claim_receipt("BRANCHAAA3")["state"], "paid")
        self.assertEqual((invoice.amount_residual, invoice.payment_state), (0, "paid"))
        self.assertBooks()

    def test_a_branch_counts_its_invoices_as_its_company_does(self):
        """One number stands on two invoices of two clients: that the one is paid does not make it the other's money."""
        first, ours = self.make_branch_invoice(500), self.make_invoice(500, partner=self.other)
        journal = {"name": "Mombasa", "type": "sale", "code": "MSA", "company_id": first.company_id.id}
        theirs = first.copy({"journal_id": self.env["account.journal"].create(journal).id})
        theirs.name = ours.name
        theirs.action_post()
        self.assertEqual((theirs.name, theirs.company_id.parent_id), (ours.name, ours.company_id))
        self.report(self.provider, number="TWICEAAAA1", account=ours.mpesa_reference)
        self.assertEqual((ours.amount_residual, theirs.amount_residual), (0, 500))
        seen = SimpleNamespace(reference=ours.name)
        both = [self.company.id, theirs.company_id.id]
        wizards = self.env["sire.mpesa.statement.wizard"].with_context(allowed_company_ids=both)
        self.assertEqual(wizards.new({"provider_id": self.provider.id})._foresee_booking(seen), "To be assigned")
        again = self.report(self.provider, number="TWICEAAAA2", account=ours.name)
        self.assertEqual((again.state, theirs.amount_residual), ("suspense", 500))
        self.assertIn("can mean several invoices", again.reason)
        self.assertBooks()

    def test_who_paid_a_branch_is_offered_there(self):
        invoice = self.make_branch_invoice(500)
        tx = self.request(500, invoice, phone="0722000999")
        self.daraja.query_result = ("paid", "0")
        self.receive(tx, self.paid_callback(tx))
        self.assertEqual((tx.state, tx.company_id), ("done", self.company))
        own = self.make_user("mpesa.branch", "account.group_account_invoice", company=invoice.company_id)
        other = self.make_user("mpesa.elsewhere", "account.group_account_invoice", company=self.company_2)
        offered = [
            [phone["number"] for phone in self.partner.with_user(user)._mpesa_get_phones()] for user in (own, other)
        ]
        self.assertIn("0722 000 999", offered[0])
        self.assertNotIn("0722 000 999", offered[1])

    def test_a_branch_that_an_accountant_does_not_see(self):
        invoice = self.make_branch_invoice(500)
        rows = [*HEAD, line("BRANCHAAA1", "500.00", invoice.mpesa_reference)]
        wizard = self.env["sire.mpesa.statement.wizard"].with_user(self.accountant)
        wizard = wizard.create({"file": base64.b64encode(as_csv(rows))})
        wizard.action_show()
        self.assertEqual(wizard.line_ids.mapped("words"), ["On an invoice of a branch"])
        self.accountant.company_ids |= invoice.company_id
        # may read it, and has only the company open
        wizard.with_context(allowed_company_ids=self.company.ids).action_show()
        self.assertEqual(wizard.line_ids.mapped("words"), ["On an invoice of Mombasa"])
        self.accountant.company_ids -= invoice.company_id
        lost = self.report(self.provider, number="BRANCHAAA2")
        self.assertFalse(lost.with_user(self.accountant)._suggest())
        with self.assertRaises(AccessError):
            lost.with_user(self.accountant)._assign([(self.partner, invoice.with_user(self.accountant), 500)])
        wizard.action_import()
        self.process_webhooks()
        self.assertEqual(invoice.amount_residual, 0)
        booked = self.get_receipt("BRANCHAAA1").with_user(self.accountant)
        self.env.invalidate_all()
        self.assertEqual(Form(booked).state, "booked", "whoever keeps the company's books reads what came in")
        with Form(booked.payment_ids) as payment:
            self.assertEqual((payment.amount, payment.reconciled_invoices_count), (500, 0))
        self.env.invalidate_all()
        self.assertEqual(booked.sudo().payment_ids.reconciled_invoice_ids, invoice)

    def test_a_branch_with_a_number_of_its_own(self):
        invoice = self.make_branch_invoice(500)
        own = self.provider.copy({"company_id": invoice.company_id.id})
        self.set_up(own, "600100", "branch-key")
        self.provider.state = "disabled"
        theirs = self.report(self.till, account=invoice.mpesa_reference, TransactionType="Buy Goods")
        self.assertEqual((theirs.state, invoice.amount_residual), ("suspense", 500))
        with self.assertRefused("is no invoice of"):
            theirs._assign([(self.partner, invoice, 500)])

    def test_not_assigned_across(self):
        receipt = self.report(self.provider_2)
        both = self.make_user(
            "mpesa.both.sides", "account.group_account_invoice", companies=self.company | self.company_2
        )
        with self.assertRaises(UserError):
            receipt.with_user(both).with_context(allowed_company_ids=[self.company_2.id, self.company.id])._assign(
                [(self.partner, self.make_invoice(500), 500)]
            )
        with self.assertRaises(AccessError):
            receipt.with_user(self.accountant)._assign([(self.partner, self.env["account.move"], 500)])
        self.assertEqual(receipt.state, "suspense")

    def test_alerts_are_apart(self):
        self.report(self.provider_2)
        self.env.flush_all()
        self.env.cr.execute("UPDATE sire_mpesa_receipt SET create_date = create_date - interval '2 days'")
        self.env.invalidate_all()
        helper = self.make_user("mpesa.second", "account.group_account_invoice", company=self.company_2)
        for provider in (self.provider, self.provider_2, self.till):
            provider._mpesa_look()
        alert = self.env["sire.mpesa.alert"].search([("kind", "=", "suspense")])
        self.assertEqual((alert.provider_id, alert.company_id), (self.provider_2, self.company_2))
        self.assertEqual(self.env["sire.mpesa.alert"].with_user(helper).search([("kind", "=", "suspense")]), alert)
        self.assertFalse(self.env["sire.mpesa.alert"].with_user(self.accountant).search([]))

    def test_balances_are_apart(self):
        before = self.provider._mpesa_get_booked_balance()
        self.report(self.till)
        self.env.flush_all()
        self.assertEqual(self.provider._mpesa_get_booked_balance(), before)
        self.assertEqual(self.till._mpesa_get_booked_balance(), 500)
        self.assertEqual(self.provider_2._mpesa_get_booked_balance(), 0)
