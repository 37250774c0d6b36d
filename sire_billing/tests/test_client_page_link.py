from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_billing.models.sire_client_link import ALPHABET, read_code

from .client_page_common import ClientPageCommon

DEAD = "This link does not open"


@tagged("post_install", "-at_install")
class TestClientPageLink(ClientPageCommon):
    """The code: made, read as people type it, taken back, and never told apart when it does not open."""

    def test_code_is_sixty_random_bits(self):
        codes = {self.links._new_code() for _index in range(200)}
        self.assertEqual(len(codes), 200)
        self.assertTrue(all(len(code) == 12 and set(code) <= set(ALPHABET) for code in codes))
        self.assertEqual(set("".join(codes)), set(ALPHABET))
        self.assertEqual(len(set(ALPHABET)), 32)

    def test_code_is_read_as_people_type_it(self):
        for typed in ("K7QM-2X9D-4W10", "k7qm2x9d4w10", " k7qm 2x9d-4wlo ", "K7QM–2X9D–4WIO", "k7qm_2x9d.4wLO"):
            self.assertEqual(read_code(typed), "K7QM2X9D4W10", typed)
        for typed in ("", None, "K7QM-2X9D-4W1", "K7QM-2X9D-4W100", "K7QM-2X9D-4WU0", "K7QM-2X9D-4W1%", "x" * 10_000):
            self.assertEqual(read_code(typed), "", typed)

    def test_page_opens_however_the_code_is_typed(self):
        order = self.make_order()
        path = self.path(order)
        self.assertRegex(path, r"^/c/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$")
        code = path[3:]
        for typed in (
            code.lower(),
            code.replace("-", ""),
            code.replace("-", "%20"),
            code.replace("0", "o").replace("1", "l"),
        ):
            self.assertIn(order.name, self.read(f"/c/{typed}"))

    def test_one_link_a_document(self):
        order = self.make_order()
        link = self.links._for(order)
        self.assertEqual(self.links._for(order), link)
        self.assertEqual(link.company_id, self.company)
        self.assertTrue(link._get_url().endswith(link._get_path()))
        self.assertTrue(link._get_url().startswith("http"))
        self.assertIn(order.name, link.record_name)
        invoice = order._sire_approve("Jane Wanjiku", order._sire_digest())
        self.assertNotEqual(self.links._for(invoice), link)
        with self.assertRaisesRegex(UserError, "Only quotations"):
            self.links._for(self.env["account.move"].create({"move_type": "entry"}))

    def test_revoked_link_is_replaced(self):
        order = self.make_order()
        link = self.links._for(order)
        old = link._get_path()
        link.action_revoke()
        self.assertIn(DEAD, self.read(old, status=404))
        self.assertEqual(self.fetch(f"{old}/status").status_code, 404)
        for action in ("approve", "decline", "pay"):
            data = {"name": "Jane Wanjiku", "digest": order._sire_digest(), "reason": "no"}
            response = self.fetch(f"{old}/{action}", data, allow_redirects=False)
            self.assertEqual(response.status_code, 404)
        self.assertEqual(order.state, "sent")
        new = self.links._for(order)
        self.assertNotEqual(new, link)
        self.assertIn(order.name, self.read(new._get_path()))

    def test_a_stopped_link_takes_the_hosts_page_along(self):
        """The page led to the host's page of the invoice, whose address has a key of its own: it is stopped too."""
        invoice = self.make_invoice()
        order = invoice.line_ids.sale_line_ids.order_id
        for document, stop in (
            (order, order.action_sire_stop_link),
            (order, order.action_sire_new_link),
            (invoice, invoice.action_sire_stop_link),
            (invoice, lambda: self.links._for(invoice).action_revoke()),
        ):
            answer = self.fetch(f"{self.path(document)}/portal/{invoice.id}", allow_redirects=False)
            address = answer.headers["Location"]
            self.assertIn("access_token=", address)
            self.assertIn(invoice.name, self.read(address))
            stop()
            after = self.fetch(address, allow_redirects=False)
            self.assertEqual(after.status_code, 303, "it still opens")
            self.assertTrue(after.headers["Location"].endswith("/my"))
        self.assertIn(invoice.name, self.read(self.path(invoice)))

    def test_a_stopped_link_takes_the_hosts_page_of_the_quotation_along(self):
        """There the new link would stand. Who only reads quotations stops it as well, before the approval and after."""
        accountant = new_test_user(self.env, "page_accountant", groups="sire_access.group_accountant")
        order = self.make_order()
        for approve in (False, True):
            if approve:
                order._sire_approve("Jane Wanjiku", order._sire_digest())
            self.links._for(order)
            address = order.get_portal_url()
            self.assertIn("access_token=", address)
            self.assertIn(order.sire_client_url, self.read(address))
            order.with_user(accountant).action_sire_new_link()
            self.env.invalidate_all()
            after = self.fetch(address, allow_redirects=False)
            self.assertEqual(after.status_code, 303, "it still opens")
            self.assertTrue(after.headers["Location"].endswith("/my"))
            self.assertTrue(order.sire_client_url)

    def test_expired_link_is_replaced(self):
        order = self.make_order()
        link = self.links._for(order)
        link.expires_at = fields.Datetime.now() - timedelta(seconds=1)
        self.assertIn(DEAD, self.read(link._get_path(), status=404))
        self.assertNotEqual(self.links._for(order), link)

    def test_an_expired_link_is_not_shown_to_staff(self):
        """Who copies it would send a client to a page that does not open. Looking writes nothing, asking makes a new one."""
        for document in (self.make_order(), self.make_invoice()):
            link = self.links._for(document)
            self.assertEqual(document.sire_client_url, link._get_url())
            link.expires_at = fields.Datetime.now() - timedelta(seconds=1)
            self.env.invalidate_all()
            self.assertFalse(document.sire_client_url)
            self.assertFalse(link.revoked)
            document.action_sire_new_link()
            self.env.invalidate_all()
            self.assertTrue(document.sire_client_url)
            self.assertNotEqual(document.sire_client_url, link._get_url())
            self.assertTrue(self.read(document.sire_client_url))

    def test_a_link_that_is_over_is_neither_shown_nor_made(self):
        """Long after its validity no link of a quotation opens, an old one nor a new one: that is said."""
        order = self.make_order()
        link = self.links._for(order)
        order.validity_date = eat_today() - timedelta(days=order.company_id.sire_link_days + 1)
        self.env.invalidate_all()
        self.assertFalse(order.sire_client_url)
        wizards = self.env["payment.link.wizard"].with_context(active_model="sale.order", active_id=order.id)
        for attempt in (order.action_sire_new_link, order.action_sire_preview, lambda: wizards.create({}).link):
            with self.assertRaisesRegex(UserError, "does not open any more"):
                attempt()
        self.assertFalse(link.revoked)
        order.validity_date = eat_today()
        self.env.invalidate_all()
        self.assertEqual(order.sire_client_url, link._get_url())

    def test_dead_links_cannot_be_told_apart(self):
        revoked, expired = self.links._for(self.make_order()), self.links._for(self.make_order())
        revoked.action_revoke()
        expired.expires_at = fields.Datetime.now() - timedelta(days=1)
        paths = [revoked._get_path(), expired._get_path(), "/c/0000-0000-0000", "/c/hello", "/c/%00", "/c/K7QM%27--"]
        answers = [self.fetch(path) for path in paths]
        self.assertEqual({answer.status_code for answer in answers}, {404})
        self.assertEqual(len({answer.text for answer in answers}), 1)
        self.assertIn("Ask the firm that sent it", answers[0].text)
        self.assertNotIn(self.company.name, answers[0].text)
        self.assertEqual(answers[0].headers["Cache-Control"], "no-store")
        swahili = self.read(paths[0], status=404, headers={"Accept-Language": "sw"})
        self.assertIn("Kiungo hiki hakifunguki", swahili)

    # === WHO OPENED IT ===

    def test_opening_is_recorded_once_a_minute(self):
        order = self.make_order()
        link = self.links._for(order)
        self.read(link._get_path())
        first = link.last_opened_at
        self.assertTrue(first)
        self.assertEqual((link.first_opened_at, bool(order.sire_opened_at)), (first, True))
        self.read(link._get_path())
        self.assertEqual(link.last_opened_at, first)
        earlier = first - timedelta(minutes=5)
        link.sudo().write({"first_opened_at": earlier, "last_opened_at": earlier})
        self.read(link._get_path())
        self.assertEqual(link.first_opened_at, earlier)
        self.assertGreater(link.last_opened_at, earlier)

    def test_machines_do_not_open_it(self):
        link = self.links._for(self.make_order())
        path = link._get_path()
        self.assertEqual(self.fetch(path, method="HEAD").status_code, 200)
        self.read(path, headers={"User-Agent": "WhatsApp/2.23.20.0 A"})
        self.read(path, headers={"User-Agent": "facebookexternalhit/1.1"})
        self.read(path, headers={"Sec-Purpose": "prefetch;prerender"})
        self.fetch(f"{path}/status")
        self.assertFalse(link.first_opened_at)

    def test_staff_does_not_open_it_and_lends_no_name(self):
        user = new_test_user(self.env, "page_staff", groups="sire_access.group_admin")
        order = self.make_order()
        link = self.links._for(order)
        self.authenticate("page_staff", "page_staff")
        response = self.url_open(link._get_path(), headers={"User-Agent": "Mozilla/5.0 Chrome/130"})
        self.assertIn(order.name, response.text)
        self.env.invalidate_all()
        self.assertFalse(link.first_opened_at)
        data = {"name": "Jane Wanjiku", "digest": order._sire_digest()}
        self.url_open(f"{link._get_path()}/approve", data=data)
        self.env.invalidate_all()
        self.assertEqual(order.state, "sale")
        self.assertNotIn(user.partner_id, order.message_ids.author_id)
        self.assertTrue(order.sire_approved_device.startswith("page_staff @ "))

    # === RIGHTS ===

    def test_code_is_not_for_staff_to_read(self):
        order = self.make_order()
        link = self.links._for(order)
        for group in ("accountant", "project_manager", "viewer"):
            group = f"sire_access.group_{group}"
            user = new_test_user(self.env, group.replace(".", "_"), groups=group)
            self.assertEqual(link.with_user(user).record_name, order.display_name)
            with self.assertRaises(AccessError):
                link.with_user(user).read(["code"])
            for change in (lambda mine: mine.write({"revoked": True}), lambda mine: mine.unlink()):
                with self.assertRaises(AccessError):
                    change(link.with_user(user))
            with self.assertRaises(AccessError):
                self.links.with_user(user).create({"order_id": order.id, "company_id": self.company.id})
        for group in ("sire_access.group_developer", "base.group_portal"):
            user = new_test_user(self.env, group.replace(".", "_"), groups=group)
            with self.assertRaises(AccessError):
                self.links.with_user(user).search([])

    def test_viewer_cannot_revoke(self):
        link = self.links._for(self.make_order())
        viewer = new_test_user(self.env, "page_viewer", groups="sire_access.group_viewer")
        with self.assertRaises(AccessError):
            link.with_user(viewer).action_revoke()
        self.assertFalse(link.revoked)

    def test_links_of_another_company(self):
        self.load_kenyan_chart(self.company_2)
        link = self.links._for(self.make_order(company=self.company_2))
        self.assertEqual(link.company_id, self.company_2)
        user = self.make_user("page_first_company", "sire_access.group_accountant")
        self.assertNotIn(link, self.links.with_user(user).search([]))
        both = self.make_user("page_both", "sire_access.group_accountant", companies=self.company | self.company_2)
        links = self.links.with_user(both).with_context(allowed_company_ids=(self.company | self.company_2).ids)
        self.assertIn(link, links.search([]))
