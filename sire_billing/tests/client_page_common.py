"""A quotation, its link and a phone number: what every test of the client page begins with."""

import re
from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase

from odoo.addons.sire_base.tests.common import SireCommon

BROWSER = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"


def unbroken(text):
    return text.replace("\N{NO-BREAK SPACE}", " ") if isinstance(text, str) else text


class ClientPageCommon(SireCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"phone": "+254 20 765 4321", "email": "office@firm.example"})
        cls.client_partner = cls.env["res.partner"].create(
            {"name": "Acacia Hotels Ltd", "email": "accounts@acacia.example", "lang": "en_US"}
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Consulting", "type": "service", "invoice_policy": "order", "taxes_id": [Command.clear()]}
        )
        cls.links = cls.env["sire.client.link"]
        cls.provider = cls.make_provider(cls.company)

    @classmethod
    def make_provider(cls, company):
        """Give a company an M-Pesa provider that can take payments; no prompt leaves a test."""
        providers = cls.env["payment.provider"].search([("code", "=", "mpesa"), ("company_id", "=", company.id)])
        provider = providers[:1] or cls.env.ref("sire_mpesa.payment_provider_mpesa").copy({"company_id": company.id})
        provider.write(
            {
                "state": "test",
                # no two companies share a number
                "mpesa_shortcode": "174379" if company == cls.company else f"6{company.id:05}",
                "mpesa_consumer_key": "test-key",
                "mpesa_consumer_secret": "test-secret",
                "mpesa_passkey": "test-passkey",
                "mpesa_base_url": "http://127.0.0.1:9",
            }
        )
        return provider

    @classmethod
    def make_order(cls, price=1000.0, *, sent=True, company=None, partner=None, **values):
        """Make a quotation of one line, sent unless told otherwise, valid for a month."""
        company = company or cls.company
        order = (
            cls.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": (partner or cls.client_partner).id,
                    "company_id": company.id,
                    "validity_date": fields.Date.today() + timedelta(days=30),
                    "order_line": [
                        Command.create(
                            {
                                "product_id": cls.product.id,
                                "name": "Website redesign\nFive templates",
                                "product_uom_qty": 2,
                                "price_unit": price / 2,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                    **values,
                }
            )
        )
        if sent:
            order.action_quotation_sent()
        return order

    @classmethod
    def make_invoice(cls, price=1000.0, **kwargs):
        """Approve a quotation and return its posted invoice."""
        order = cls.make_order(price, **kwargs)
        return order._sire_approve("Jane Wanjiku", order._sire_digest())

    def assertIn(self, member, container, msg=None):
        """As ever, but a failure prints the text of the page and not its style sheet, and spaces that keep an amount
        together are spaces."""
        member, container = (unbroken(text) for text in (member, container))
        if isinstance(container, str) and member not in container:
            text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", container, flags=re.DOTALL)
            self.fail(f"{member!r} is not in the page ({msg or ''}): {' '.join(text.split())[:1500]}")
        super().assertIn(member, container, msg)

    def assertNotIn(self, member, container, msg=None):
        member, container = (unbroken(text) for text in (member, container))
        if isinstance(container, str) and member in container:
            position = container.index(member)
            self.fail(f"{member!r} is in the page: …{container[max(0, position - 200) : position + 200]}…")
        super().assertNotIn(member, container, msg)

    def path(self, record):
        return self.links._for(record)._get_path()

    def read(self, path, status=200, **kwargs):
        """Open a page without cookies, as a phone does, and return its text."""
        response = self.fetch(path, **kwargs)
        self.assertEqual(response.status_code, status, response.text[:500])
        return response.text

    def fetch(self, path, data=None, headers=None, method=None, allow_redirects=True):
        self.opener.cookies.clear()
        self.env.flush_all()
        response = self.url_open(
            path,
            data=data,
            headers={"User-Agent": BROWSER, "Accept-Language": "en", **(headers or {})},
            method=method,
            allow_redirects=allow_redirects,
        )
        self.env.invalidate_all()
        return response

    def approve(self, order, name="Jane Wanjiku", digest=None, **kwargs):
        data = {"name": name, "digest": order._sire_digest() if digest is None else digest}
        return self.fetch(f"{self.path(order)}/approve", data, allow_redirects=False, **kwargs)

    def pay(self, record, amount="1000", phone="0712 345 678", invoice=None, **kwargs):
        """Send the pay form of the page of a quotation or an invoice."""
        invoice = invoice or (record if record._name == "account.move" else record.invoice_ids)
        data = {"invoice": str(invoice.id), "amount": amount, "phone": phone, **kwargs}
        return self.fetch(f"{self.path(record)}/pay", data, allow_redirects=False)

    def transactions(self, invoice):
        return self.env["payment.transaction"].search([("invoice_ids", "in", invoice.ids)], order="id")

    def finish(self, tx, code="0", receipt="UKL7XQ2M4P"):
        """Let Safaricom's answer arrive."""
        data = {"result_code": code, "result_description": "test"}
        if code == "0":
            data |= {"amount": tx.amount, "receipt": receipt, "paid_at": fields.Datetime.now()}
        tx._process("mpesa", data)
        tx._mpesa_post_process()
