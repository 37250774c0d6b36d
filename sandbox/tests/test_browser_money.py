"""The pages of customers' payments and of the business in a real Chromium, on a phone and on a desk."""

from .client import PHONE
from .shop import books, pay, register
from .test_browser import browser, drive, fits  # noqa: F401 (fixtures)


def test_pay_bill_from_the_menu(daraja, shop, drive):  # noqa: F811
    register(daraja, shop)

    @drive
    def _steps(page):
        page.goto(f"{daraja.url}/phone/{PHONE}")
        page.get_by_role("link", name="Lipa na M-Pesa").click()
        page.get_by_role("link", name="Buy Goods").click()
        page.get_by_label("Till number").wait_for()
        page.get_by_role("link", name="Pay Bill").click()
        for label, value in (
            ("Business number", "174379"),
            ("Account number", "INV00012"),
            ("Amount in shillings", "750"),
        ):
            page.get_by_label(label).fill(value)
        pin = page.get_by_label("M-Pesa PIN")
        pin.fill("1234")
        assert fits(page)
        pin.press("Enter")
        page.get_by_text("Confirmed. Ksh750.00 paid to SIRE TECH Ltd for account INV00012").wait_for()
        page.get_by_text("answered 200").wait_for()
        assert shop.wait("/confirm")[0]["TransAmount"] == "750.00"


def test_statement_renews_itself_and_downloads(daraja, drive):  # noqa: F811
    @drive
    def _steps(page):
        page.goto(f"{daraja.url}/business")
        before = len(books(daraja)["movements"])
        receipt = pay(daraja, amount=123_456, names="A Name That Is Rather Longer Than Any")["receipt"]
        page.get_by_text(receipt).wait_for()
        for path in ("/business", f"/phone/{PHONE}/lipa", f"/phone/{PHONE}"):
            page.goto(daraja.url + path)
            assert fits(page), path
            for item in page.locator("main button, main input:not([type=hidden]), main a.button, .tabs a, .chip").all():
                assert item.bounding_box()["height"] >= 48, path
        page.goto(f"{daraja.url}/business")
        # nothing of the table lies beyond the edge, where nobody looks for it
        assert page.evaluate("(box => box.scrollWidth <= box.clientWidth)(document.querySelector('.scroll'))")
        with page.expect_download() as download:
            page.get_by_role("button", name="CSV").click()
        assert download.value.suggested_filename == "ORG_174379_Statement.csv"
        assert len(books(daraja)["movements"]) == before + 1
