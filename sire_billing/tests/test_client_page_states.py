import gzip
import re
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.sire_billing import gate

from .client_page_common import ClientPageCommon


@tagged("post_install", "-at_install")
class TestClientPageStates(ClientPageCommon):
    """What a quotation says to the client who opens its link, in every state."""

    def assertClosed(self, order, state, words):
        """The page says which state it is and what to do, offers no approval, and a forged one changes nothing."""
        html = self.read(self.path(order))
        self.assertIn(f'data-state="{state}"', html)
        self.assertIn(words, html)
        self.assertIn("tel:+254207654321", html)
        self.assertNotIn("/approve", html)
        before = order.state
        response = self.approve(order, digest=order._sire_digest())
        self.assertEqual(response.status_code, 422)
        self.assertIn('role="alert"', response.text)
        self.assertEqual(order.state, before)
        self.assertFalse(order.invoice_ids)
        return html

    def test_open_shows_what_is_agreed_to(self):
        order = self.make_order(98600, note="<p>Half on approval.</p>")
        html = self.read(self.path(order))
        for text in (
            order.name,
            "Acacia Hotels Ltd",
            "Website redesign",
            "Five templates",
            "2\N{NO-BREAK SPACE}Units ×\N{NO-BREAK SPACE}KSh\N{NO-BREAK SPACE}49,300",
            "KSh 98,600",
            order.validity_date.strftime("%d/%m/%Y"),
            "Half on approval.",
            order._sire_digest(),
            f"{self.path(order)}/pdf",
        ):
            self.assertIn(text, html)
        self.assertNotIn("/pay", html)

    def test_draft_shows_nothing_of_it(self):
        html = self.assertClosed(self.make_order(4321, sent=False), "draft", "not ready yet")
        self.assertNotIn("4,321", html)

    def test_changed_hides_what_staff_is_working_on(self):
        order = self.make_order(1000)
        order.order_line.price_unit = 7777
        html = self.assertClosed(order, "changed", "was changed after it was sent")
        self.assertNotIn("7,777", html)

    def test_changed_while_the_client_reads(self):
        order = self.make_order(1000)
        seen = order._sire_digest()
        order.order_line.price_unit = 7777
        order.action_quotation_sent()
        response = self.approve(order, digest=seen)
        self.assertEqual(response.status_code, 422)
        self.assertIn("changed after it was sent", response.text)
        self.assertEqual(order.state, "sent")

    def test_expired_says_since_when(self):
        order = self.make_order()
        gate.opened(order).validity_date = fields.Date.today() - timedelta(days=2)
        gate.opened(order).sire_sent_digest = order._sire_digest()
        self.assertClosed(order, "expired", order.validity_date.strftime("%d/%m/%Y"))

    def test_cancelled(self):
        order = self.make_order()
        order._action_cancel()
        html = self.assertClosed(order, "cancelled", "was cancelled")
        self.assertNotIn("Website redesign", html)

    def test_decline_with_reason(self):
        order = self.make_order()
        path = self.path(order)
        response = self.fetch(f"{path}/decline", {"reason": "  ", "name": "Jane"}, allow_redirects=False)
        self.assertEqual(response.status_code, 422)
        self.assertIn('value="Jane"', response.text)
        self.assertEqual(order.state, "sent")
        response = self.fetch(f"{path}/decline", {"reason": "Too dear", "name": "Jane"}, allow_redirects=False)
        self.assertEqual((response.status_code, response.headers["Location"]), (303, path))
        self.assertEqual(order.sire_decline_reason, "Too dear")
        self.assertClosed(order, "declined", "was declined")

    def test_approve_gives_the_invoice_and_its_payment_form_at_once(self):
        order = self.make_order(98600)
        response = self.approve(order, name="Jane <b>Wanjiku</b>")
        self.assertEqual((response.status_code, response.headers["Location"]), (303, self.path(order)))
        invoice = order.invoice_ids
        self.assertEqual((invoice.state, invoice.amount_total), ("posted", 98600))
        html = self.read(self.path(order))
        self.assertIn(invoice.name, html)
        self.assertIn("Pay KSh 98,600", html)
        self.assertIn("Jane &lt;b&gt;Wanjiku&lt;/b&gt;", html)
        self.assertEqual(order.sire_approved_address, "127.0.0.1")

    def test_approve_twice_gives_one_invoice(self):
        order = self.make_order()
        digest = order._sire_digest()
        codes = [self.approve(order, name=name, digest=digest).status_code for name in ("Jane", "John")]
        self.assertEqual(codes, [303, 303])
        self.assertEqual(len(order.invoice_ids), 1)
        self.assertEqual(order.signed_by, "Jane")

    def test_approve_needs_a_name_and_keeps_what_was_typed(self):
        order = self.make_order()
        for name in ("", " ", "J", "7", "\x00"):
            response = self.approve(order, name=name)
            self.assertEqual(response.status_code, 422, name)
            self.assertIn("type your name", response.text)
        self.assertIn('value="J"', self.approve(order, name="J").text)
        self.assertEqual(order.state, "sent")

    def test_approve_with_the_digest_of_another(self):
        order, other = self.make_order(1000), self.make_order(10)
        for digest in ("", "0" * 64, other._sire_digest()):
            self.assertEqual(self.approve(order, digest=digest).status_code, 422)
        self.assertEqual((order.state, other.state), ("sent", "sent"))

    def test_a_link_reaches_its_own_documents_only(self):
        mine, theirs = self.make_order(1111), self.make_invoice(2222)
        path = self.path(mine)
        self.approve(mine)
        self.assertNotIn("2,222", self.read(path))
        response = self.pay(mine, amount="1", invoice=theirs)
        self.assertEqual(response.status_code, 422)
        self.assertFalse(self.transactions(theirs))
        for address in (f"pdf/{theirs.id}", f"portal/{theirs.id}", "receipt/1"):
            self.read(f"{path}/{address}", status=404)

    def test_invoice_link_has_nothing_to_approve(self):
        invoice = self.make_invoice(1234)
        html = self.read(self.path(invoice))
        self.assertIn("Pay KSh 1,234", html)
        response = self.fetch(f"{self.path(invoice)}/approve", {"name": "Jane", "digest": "x"}, allow_redirects=False)
        self.assertEqual(response.status_code, 422)

    def test_draft_and_cancelled_invoice(self):
        invoice = self.make_invoice(1234).copy()
        html = self.read(self.path(invoice))
        self.assertIn("This invoice is not ready yet", html)
        self.assertNotIn("1,234", html)
        invoice.button_cancel()
        html = self.read(self.path(invoice))
        self.assertIn("This invoice was cancelled", html)
        self.assertEqual(self.pay(invoice, amount="1").status_code, 422)

    def test_files(self):
        order = self.make_order()
        response = self.fetch(f"{self.path(order)}/pdf")
        self.assertEqual((response.status_code, response.headers["Content-Type"]), (200, "application/pdf"))
        self.approve(order)
        for address in ("pdf", f"pdf/{order.invoice_ids.id}"):
            response = self.fetch(f"{self.path(order)}/{address}")
            self.assertEqual(response.headers["Content-Type"], "application/pdf")
            self.assertEqual(response.headers["Cache-Control"], "no-store")
        response = self.fetch(f"{self.path(order)}/portal/{order.invoice_ids.id}", allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertIn(f"/my/invoices/{order.invoice_ids.id}?access_token=", response.headers["Location"])
        self.assertNotIn("access_token", self.read(self.path(order)))
        self.read(f"{self.path(self.make_order(sent=False))}/pdf", status=404)

    def test_letterhead(self):
        order = self.make_order()
        self.assertNotIn("/logo", self.read(self.path(order)))
        self.read(f"{self.path(order)}/logo", status=404)
        pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        self.company.logo = pixel
        self.assertIn("/logo", self.read(self.path(order)))
        self.assertTrue(self.fetch(f"{self.path(order)}/logo").headers["Content-Type"].startswith("image/"))

    def test_two_companies(self):
        self.load_kenyan_chart(self.company_2)
        self.company_2.email = "second@firm.example"
        invoice = self.make_invoice(1500, company=self.company_2)
        html = self.read(self.path(invoice))
        self.assertIn("Second Company Ltd", html)
        self.assertIn("M-Pesa is not available", html)  # That of the first company is not theirs.
        self.assertNotIn(self.company.email, html)
        self.assertEqual(self.pay(invoice, amount="1500").status_code, 422)
        provider = self.make_provider(self.company_2)
        self.assertEqual(self.pay(invoice, amount="1500").status_code, 303)
        self.assertEqual(self.transactions(invoice).provider_id, provider)

    # === LANGUAGES ===

    def test_language_of_client_then_browser(self):
        self.client_partner.lang = "sw"
        order = self.make_order()
        html = self.read(self.path(order))
        self.assertIn('<html lang="sw">', html)
        self.assertIn("Vipande\N{NO-BREAK SPACE}2 ×", html, "units too")
        self.assertIn("Idhinisha", html)
        self.assertIn("Inasubiri jibu lako", html)
        self.assertIn('<html lang="en">', self.read(f"{self.path(order)}?lang=en"))
        self.client_partner.lang = False
        self.assertIn('<html lang="sw">', self.read(self.path(order), headers={"Accept-Language": "sw-KE,en;q=0.5"}))
        self.assertIn('<html lang="en">', self.read(f"{self.path(order)}?lang=zz"))

    def test_language_survives_a_form(self):
        order = self.make_order()
        response = self.fetch(f"{self.path(order)}/approve", {"lang": "sw", "digest": order._sire_digest()})
        self.assertEqual(response.status_code, 422)
        self.assertIn('<html lang="sw">', response.text)
        data = {"lang": "sw", "digest": order._sire_digest(), "name": "Jane Wanjiku"}
        response = self.fetch(f"{self.path(order)}/approve", data, allow_redirects=False)
        self.assertEqual(response.headers["Location"], f"{self.path(order)}?lang=sw")
        self.assertIn("Lipa KSh 1,000", self.read(response.headers["Location"]))
        forged = {**data, "lang": "sw&next=https://evil.example"}
        response = self.fetch(f"{self.path(order)}/approve", forged, allow_redirects=False)
        self.assertEqual(response.headers["Location"], self.path(order))

    # === HOW IT TRAVELS ===

    def test_headers_keep_the_link_private(self):
        response = self.fetch(self.path(self.make_order()))
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("noindex", response.headers["X-Robots-Tag"])
        self.assertNotIn("Set-Cookie", response.headers)
        policy = response.headers["Content-Security-Policy"]
        for directive in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
            self.assertIn(directive, policy)
        self.assertNotIn("unsafe", policy)
        self.assertNotRegex(response.text, r"(?:src|href)=\"(?:https?:)?//")
        self.assertNotRegex(response.text, r"\sstyle=|\son\w+=")

    def test_light(self):
        path = self.path(self.make_order())
        response = self.fetch(path, headers={"Accept-Encoding": "gzip"})
        self.assertEqual(response.headers["Content-Encoding"], "gzip")
        self.assertLess(len(response.text.encode()), 20_000)
        self.assertLess(len(gzip.compress(response.content)), 8_000)
        self.assertNotIn("Content-Encoding", self.fetch(path, headers={"Accept-Encoding": "identity"}).headers)
        script = self.url_open(re.search(r'src="(/sire_billing/[^"]+)"', response.text)[1])
        self.assertEqual(script.status_code, 200)
        self.assertLess(len(script.content), 15_000)

    def test_whole_without_a_script(self):
        order = self.make_order()
        html = self.read(self.path(order))
        for action in ("approve", "decline"):
            self.assertRegex(html, rf'<form method="post" action="{self.path(order)}/{action}"')
        self.approve(order)
        self.assertRegex(self.read(self.path(order)), rf'action="{self.path(order)}/pay"')
        self.assertEqual(self.fetch(f"{self.path(order)}/pay").status_code, 200)  # Reloaded after an error.

    def test_every_field_has_a_label(self):
        order = self.make_order()
        pages = [self.read(self.path(order))]
        self.approve(order)
        pages.append(self.read(self.path(order)))
        for html in pages:
            labels = set(re.findall(r'<label for="([^"]+)"', html))
            fields_of_page = re.findall(r"<(?:input|textarea)\b([^>]*)>", html)
            for field in (field for field in fields_of_page if 'type="hidden"' not in field):
                self.assertIn(re.search(r'\bid="([^"]+)"', field)[1], labels)
            ids = re.findall(r'\bid="([^"]+)"', html)
            self.assertEqual(len(ids), len(set(ids)), ids)
