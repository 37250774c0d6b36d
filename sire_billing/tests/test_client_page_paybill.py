import base64
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from odoo.addons.sire_billing.models.sire_client_claim import TRIES_PER_ADDRESS, TRIES_PER_LINK
from odoo.addons.sire_mpesa.models.sire_mpesa_qr import PNG
from odoo.addons.sire_mpesa.tools.daraja_client import DarajaClient, Reply
from odoo.addons.sire_mpesa.utils import Sighting

from .client_page_common import ClientPageCommon

CODE = "UKLPAYB1LL"
UNSEEN = "We do not find"


class PayBillCommon(ClientPageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider.mpesa_c2b_state = "registered"

    def paid(self, number=CODE, amount=1000.0, account="", kind="paybill", **values):
        """Safaricom reports a payment that nobody was prompted for.

        :return: its receipt
        """
        sighting = Sighting(number=number, amount=amount, source="c2b", kind=kind, reference=account, **values)
        return self.env["sire.mpesa.receipt"]._take(self.provider, sighting)

    def claim(self, invoice, code=CODE, record=None, **form):
        data = {"invoice": str(invoice.id), "receipt": code, **form}
        return self.fetch(f"{self.path(record or invoice)}/claim", data, allow_redirects=False)


@tagged("post_install", "-at_install")
class TestPayBill(PayBillCommon):
    def test_shown_with_what_is_typed(self):
        invoice = self.make_invoice(98600)
        html = self.read(self.path(invoice))
        self.assertIn("Phone not ringing? Pay here", html)
        self.assertIn("174379", html)
        self.assertIn(invoice.mpesa_reference, html)
        self.assertIn('data-copy="98600"', html)
        self.assertIn(f"/qr/{invoice.id}", html)
        self.assertIn('loading="lazy"', html)

    def test_a_till_has_no_account(self):
        self.provider.write({"mpesa_till": "5512345", "mpesa_shortcode_type": "till"})
        invoice = self.make_invoice(500)
        html = self.read(self.path(invoice))
        self.assertIn("5512345", html)
        self.assertIn("Buy Goods", html)
        self.assertNotIn(invoice.mpesa_reference, html)

    def test_not_shown(self):
        """Before payments are reported, while a prompt is open, when nothing is to be paid, and not in dollars."""
        invoice = self.make_invoice(1000)
        self.provider.mpesa_c2b_state = "none"
        self.assertNotIn("Pay here", self.read(self.path(invoice)))
        self.provider.mpesa_c2b_state = "registered"
        self.pay(invoice, amount="300")
        html = self.read(self.path(invoice))
        self.assertNotIn("Pay here", html)
        self.assertIn("how to pay without a prompt", html)
        self.finish(self.transactions(invoice), "1037")
        html = self.read(self.path(invoice))
        self.assertIn('<details class="more paybill" open="open">', html)  # the phone did not ring: here is how
        self.finish(self.transactions(invoice), "unconfirmed")
        self.assertIn('<details class="more paybill">', self.read(self.path(invoice)))  # perhaps it was paid
        self.paid(account=invoice.mpesa_reference)
        html = self.read(self.path(invoice))
        self.assertNotIn("Pay here", html)
        self.assertNotIn("Paid from another phone", html)

    def test_it_arrives(self):
        """The page says so by itself, thanks for it, and lists it with its number."""
        invoice = self.make_invoice(1000)
        version = self.fetch(f"{self.path(invoice)}/status").json()["v"]
        self.paid(amount=400.0, account=invoice.mpesa_reference.lower())
        self.assertNotEqual(self.fetch(f"{self.path(invoice)}/status").json()["v"], version)
        html = self.read(self.path(invoice))
        for text in ("KSh 400 received. Thank you!", CODE, "Partially paid", "Pay KSh 600", "<b>M-Pesa</b>"):
            self.assertIn(text, html)
        self.assertEqual(html.count(CODE), 1)
        self.paid("UKL7XQ2M5Q", amount=600.0, account=invoice.mpesa_reference)
        self.assertIn("Paid in full", self.read(self.path(invoice)))

    def test_both_languages(self):
        invoice = self.make_invoice(1000)
        self.env["res.lang"]._activate_lang("sw")
        html = self.read(f"{self.path(invoice)}?lang=sw")
        for english in ("Pay here", "Find my payment", ">Amount<", ">Account<", ">Copy<", '"Copied"', "M-Pesa code"):
            self.assertNotIn(english, html)

    def test_it_stays_light(self):
        invoice = self.make_invoice(1000)
        self.assertLess(len(self.read(self.path(invoice)).encode()), 20_000)


@tagged("post_install", "-at_install")
class TestQr(PayBillCommon):
    """Safaricom draws it once. Nobody waits for it, and nothing breaks without it."""

    def setUp(self):
        super().setUp()
        self.asked = []
        self.answer = Reply(200, {"ResponseCode": "00", "QRCode": base64.b64encode(PNG + b"picture").decode()})

        def ask(_client, path, payload):
            self.asked.append((path, payload))
            return self.answer

        self.startPatcher(patch.object(DarajaClient, "ask", ask))

    def qr(self, invoice, status=200, record=None):
        response = self.fetch(f"{self.path(record or invoice)}/qr/{invoice.id}")
        self.assertEqual(response.status_code, status)
        return response

    def test_drawn_once(self):
        invoice = self.make_invoice(98600)
        self.read(self.path(invoice))
        self.assertFalse(self.asked, "the page itself asks nobody")
        for _time in range(3):
            response = self.qr(invoice)
            self.assertEqual(response.content, PNG + b"picture")
            self.assertEqual(response.headers["Content-Type"], "image/png")
        [(path, payload)] = self.asked
        self.assertEqual(path, "/mpesa/qrcode/v1/generate")
        self.assertEqual(
            payload,
            {
                "MerchantName": self.company.name,
                "RefNo": invoice.mpesa_reference,
                "Amount": 98600,
                "TrxCode": "PB",
                "CPI": "174379",
                "Size": "300",
            },
        )
        self.assertEqual(invoice._mpesa_get_qr(ask=False), PNG + b"picture")

    def test_another_amount_is_another_picture(self):
        invoice = self.make_invoice(1000)
        self.qr(invoice)
        self.paid(amount=400.0, account=invoice.mpesa_reference)
        self.qr(invoice)
        self.assertEqual([payload["Amount"] for _path, payload in self.asked], [1000, 600])

    def test_safaricom_is_down(self):
        invoice = self.make_invoice(1000)
        for answer in (
            Reply(never_left=True),
            Reply(500, {"errorCode": "500.003.1001"}),
            Reply(200, {"ResponseCode": "00", "QRCode": "no base64"}),
            Reply(200, {"ResponseCode": "00", "QRCode": base64.b64encode(b"<svg onload=alert(1)>").decode()}),
            Reply(200, {"ResponseCode": "00", "QRCode": ["x"]}),
            Reply(200, {"ResponseCode": "9", "QRCode": base64.b64encode(PNG).decode()}),
        ):
            self.answer = answer
            self.qr(invoice, 404)
            self.assertIn("174379", self.read(self.path(invoice)))
            self.assertEqual(len(self.asked), 1)
            self.qr(invoice, 404)
            self.assertEqual(len(self.asked), 1, "it is not asked again at once")
            self.env["sire.mpesa.qr"].search([]).asked_at = fields.Datetime.now() - timedelta(minutes=6)
            self.asked.clear()

    def test_of_this_page_alone(self):
        mine, other = self.make_invoice(10), self.make_invoice(20)
        self.qr(other, 404, record=mine)
        self.provider.mpesa_c2b_state = "none"
        self.qr(mine, 404)
        self.assertFalse(self.asked)

    def test_two_companies(self):
        self.qr(self.make_invoice(10))
        kept = self.env["sire.mpesa.qr"].search([])
        self.assertEqual(kept.company_id, self.company)
        other = self.env["res.company"].create({"name": "Other"})
        reader = self.make_user("qr.reader", "base.group_system", company=other)
        self.assertFalse(self.env["sire.mpesa.qr"].with_user(reader).sudo(False).has_access("read"))


@tagged("post_install", "-at_install")
class TestClaim(PayBillCommon):
    """Paid from another phone: only what Safaricom reported counts, and nobody learns of others' payments."""

    def assertUnseen(self, response, code=CODE):
        self.assertEqual(response.status_code, 422)
        self.assertIn(f"{UNSEEN} {code}", response.text)
        self.assertIn(f'value="{code}"', response.text)
        return response.text

    def test_found(self):
        """To a till, or with a wrong account: it waits for whoever names it."""
        invoice = self.make_invoice(1000)
        receipt = self.paid(account="WRONG", amount=400.0)
        self.assertEqual(receipt.state, "suspense")
        response = self.claim(invoice, " uklp ayb1ll ")
        self.assertEqual((response.status_code, response.headers["Location"]), (303, self.path(invoice)))
        self.assertEqual(
            (receipt.state, receipt.partner_id, invoice.amount_residual), ("booked", self.client_partner, 600)
        )
        html = self.read(self.path(invoice))
        self.assertIn("KSh 400 received", html)
        self.assertEqual(self.claim(invoice).status_code, 303)  # again: nothing more
        self.assertEqual((invoice.amount_residual, len(receipt.payment_ids)), (600, 1))

    def test_more_than_is_left_is_credit(self):
        invoice = self.make_invoice(1000)
        self.paid(account="WRONG", amount=1500.0)
        self.assertEqual(self.claim(invoice).status_code, 303)
        self.assertEqual(invoice.amount_residual, 0)

    def test_never_believed_as_typed(self):
        invoice = self.make_invoice(1000)
        self.assertUnseen(self.claim(invoice))
        self.assertEqual(invoice.amount_residual, 1000)
        self.assertFalse(self.env["sire.mpesa.receipt"].search([("name", "=", CODE)]))
        notes = invoice.message_ids.filtered(lambda message: CODE in message.body)
        self.assertEqual(len(notes), 1)
        self.claim(invoice)
        self.assertEqual(len(invoice.message_ids.filtered(lambda message: CODE in message.body)), 1)
        self.paid(account="WRONG")
        self.assertEqual(self.claim(invoice).status_code, 303)
        self.assertEqual(invoice.amount_residual, 0)

    def test_somebody_elses_leaks_nothing(self):
        """The page says the very same of a code that is unknown and of one that another client paid with."""
        other = self.make_invoice(700, partner=self.env["res.partner"].create({"name": "Baobab Ltd"}))
        receipt = self.paid("UKL7XQ2OTH", amount=700.0, account=other.mpesa_reference)
        self.assertEqual(receipt.state, "booked")
        invoice = self.make_invoice(1000)
        theirs = self.assertUnseen(self.claim(invoice, "UKL7XQ2OTH"), "UKL7XQ2OTH")
        unknown = self.assertUnseen(self.claim(invoice, "UKL7XQ2NON"), "UKL7XQ2NON")
        self.assertEqual(theirs.replace("UKL7XQ2OTH", "X"), unknown.replace("UKL7XQ2NON", "X"))
        self.assertEqual((invoice.amount_residual, receipt.payment_ids.partner_id), (1000, other.partner_id))

    def test_another_invoice_than_the_links(self):
        invoice, other = self.make_invoice(1000), self.make_invoice(1000)
        self.paid(account="WRONG")
        for target in (other.id, "abc", "", f"{invoice.id}.0"):
            response = self.fetch(f"{self.path(invoice)}/claim", {"invoice": str(target), "receipt": CODE})
            self.assertEqual(response.status_code, 422)
        self.assertEqual(other.amount_residual + invoice.amount_residual, 2000)

    def test_what_is_no_code(self):
        invoice = self.make_invoice(1000)
        for code in ("", "abc", "<script>alert(1)</script>"):
            self.assertEqual(self.claim(invoice, code).status_code, 422)
        self.assertNotIn("<script>alert", self.claim(invoice, "<script>alert(1)</script>").text)

    def test_a_link_cannot_try_codes(self):
        invoice = self.make_invoice(1000)
        for index in range(TRIES_PER_LINK):
            self.claim(invoice, f"UKL7XQ2M{index:02}")
        self.paid(account="WRONG")
        response = self.claim(invoice)
        self.assertEqual(response.status_code, 429)
        self.assertIn("Too many codes", response.text)
        self.assertEqual(invoice.amount_residual, 1000)
        self.env.cr.execute("UPDATE sire_client_claim SET create_date = create_date - interval '11 minutes'")
        self.env.invalidate_all()
        self.assertEqual(self.claim(invoice).status_code, 303)

    def test_an_address_cannot_try_codes_through_many_links(self):
        invoice, other = self.make_invoice(1000), self.make_invoice(1000)
        link = self.links._for(other)
        self.claim(invoice, "UKL7XQ2M00")
        address = self.env["sire.client.claim"].search([], limit=1).remote_addr
        self.assertTrue(address)
        self.env["sire.client.claim"].create(
            [{"link_id": link.id, "number": "X", "remote_addr": address} for _index in range(TRIES_PER_ADDRESS)]
        )
        self.assertEqual(self.claim(invoice).status_code, 429)

    def test_claims_of_own_companies(self):
        self.claim(self.make_invoice(1000))
        other = self.env["res.company"].create({"name": "Other"})
        admin = self.make_user("claims.admin", "sire_access.group_admin", company=other)
        self.assertFalse(self.env["sire.client.claim"].with_user(admin).search([]))
        accountant = self.make_user("claims.acc", "sire_access.group_accountant")
        self.assertFalse(self.env["sire.client.claim"].with_user(accountant).has_access("read"))
        for mode in ("write", "create", "unlink"):
            self.assertFalse(self.env["sire.client.claim"].with_user(admin).has_access(mode))


@tagged("post_install", "-at_install")
class TestSteps(PayBillCommon):
    """What one payment cannot carry is paid in several."""

    def test_one_after_the_other(self):
        invoice = self.make_invoice(600000)
        limit = "above M-Pesa&#39;s limit of KSh 250,000 a payment: pay in"
        html = self.read(self.path(invoice))
        self.assertIn(f"KSh 600,000 is {limit} 3 steps", html)
        self.assertIn("Pay KSh 250,000<", html)
        for index, (left, steps, step) in enumerate(
            (("350,000", 2, "250,000"), ("100,000", 0, "100,000"), (None, 0, None))
        ):
            tx = self.pay_step(invoice, index)
            html = self.read(self.path(invoice))
            self.assertEqual(tx.state, "done")
            if not left:
                self.assertIn("Paid in full", html)
                break
            self.assertIn(f"Pay KSh {step}<", html)
            if steps:
                self.assertIn(f"KSh {left} is {limit} {steps} steps", html)
            else:
                self.assertNotIn("limit of", html)
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(self.transactions(invoice).mapped("amount"), [250000, 250000, 100000])

    def pay_step(self, invoice, index):
        """The client taps Pay with what is proposed."""
        html = self.read(self.path(invoice))
        amount = html.split('name="amount"')[1].split('value="')[1].split('"')[0]
        self.assertEqual(self.pay(invoice, amount=amount, phone=f"071234567{index}").status_code, 303)
        tx = self.transactions(invoice)[-1]
        self.finish(tx, receipt=f"UKL7XQ2ST{index}")
        return tx

    def test_typed_in_one(self):
        invoice = self.make_invoice(600000)
        response = self.pay(invoice, amount="600,000")
        self.assertEqual(response.status_code, 422)
        self.assertIn("pay in 3 steps. The first is ready: KSh 250,000", response.text)
        self.assertIn('value="250,000"', response.text)
        self.assertFalse(self.transactions(invoice))
        self.assertIn("Only KSh 600,000 is to be paid", self.pay(invoice, amount="700,000").text)

    def test_the_limit_is_the_providers(self):
        self.provider.mpesa_max_amount = 100
        invoice = self.make_invoice(250)
        self.assertIn("limit of KSh 100 a payment: pay in 3 steps", self.read(self.path(invoice)))

    def test_the_same_amount_again_waits(self):
        """Safaricom refuses it for two minutes, so the page says how long and sends nothing."""
        invoice = self.make_invoice(600000)
        self.pay(invoice, amount="250000")
        self.finish(self.transactions(invoice))
        response = self.pay(invoice, amount="250000")
        self.assertEqual(response.status_code, 429)
        self.assertRegex(response.text, r"only after two minutes: wait [12] min")
        self.assertEqual(len(self.transactions(invoice)), 1)
        self.assertEqual(self.pay(invoice, amount="249999").status_code, 303)


@tagged("post_install", "-at_install")
class TestNoMpesa(PayBillCommon):
    """Where M-Pesa is not offered, the page says why."""

    def test_another_currency(self):
        self.env.ref("base.USD").active = True
        pricelist = self.env["product.pricelist"].create({"name": "USD", "currency_id": self.env.ref("base.USD").id})
        invoice = self.make_invoice(1000, pricelist_id=pricelist.id)
        self.assertEqual(invoice.currency_id.name, "USD")
        html = self.read(self.path(invoice))
        self.assertIn("M-Pesa pays in Kenyan shillings only, not in USD.", html)
        self.assertNotIn("Pay here", html)
        self.assertNotIn("Enter the M-Pesa code", html)

    def test_cents(self):
        html = self.read(self.path(self.make_invoice(0.5)))
        self.assertIn("M-Pesa takes whole shillings only.", html)
        self.provider.mpesa_min_amount = 10
        self.assertIn("The smallest M-Pesa payment is KSh 10.", self.read(self.path(self.make_invoice(9))))
