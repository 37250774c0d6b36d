"""Windows of staff and clients on a running SIRE with its demo company."""

import pytest

from host import journeys

from .support.api import Api, make_quotation
from .support.browser import Browser, chromium
from .support.client_page import ClientPage
from .support.counting import Ledger
from .support.handset import Handset
from .support.sandbox import Sandbox
from .support.staff import Staff


@pytest.fixture(scope="package")
def chrome():
    """Chromium, closed when the last browser test is over: Playwright keeps a loop running in this thread until then."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def all_windows(chrome, sire_server):
    return Browser(chrome, sire_server)


@pytest.fixture
def windows(all_windows):
    """Windows that are closed after the test; a complaint on a console fails it."""
    yield all_windows
    complaints = all_windows.close_windows()
    assert not complaints, "The browser's console:\n" + "\n".join(complaints)


@pytest.fixture
def sandbox(sire_server):
    return Sandbox(sire_server.sandbox_url)


@pytest.fixture
def api(chrome, all_windows, sire_server):
    """Calls of a role: ``api("manager").call(...)``."""
    contexts = []

    def of(role):
        context = chrome.new_context(base_url=sire_server.url, storage_state=all_windows.state_of(role))
        contexts.append(context)
        return Api(context.request)

    yield of
    for context in contexts:
        context.close()


@pytest.fixture
def staff(windows):
    return lambda role: Staff(windows.staff(role))


@pytest.fixture
def client(windows):
    return lambda link, **options: ClientPage(windows.client(**options), link)


@pytest.fixture
def handset(windows, sire_server):
    return lambda phone: Handset(windows.client(), sire_server.sandbox_url, phone).open()


@pytest.fixture(scope="session")
def ledger():
    return Ledger(journeys.folder())


@pytest.fixture
def approved(api, sandbox, client):
    """The page of an approved quotation of KSh 81,200, ready to be paid; ``approved(...)`` takes the options of the phone."""

    def of(**options):
        page = client(make_quotation(api("manager"), sandbox).link, **options).open()
        page.approve()
        page.expect_state("To be paid")
        page.begin()
        return page

    return of
