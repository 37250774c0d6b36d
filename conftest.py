"""Root of all tests: servers for those that need one, lanes and files for several workers, no holes, journeys, coverage by module."""

import pytest

pytest_plugins = ["host.filestores", "host.holes", "host.journeys", "host.lanes", "host.measure"]


@pytest.fixture(scope="session")
def make_server():
    """Makes running servers; each is stopped and its database removed when the tests are over.

    Takes what :func:`host.testing.server` takes, and returns the :class:`host.testing.Server`.
    """
    import contextlib

    from host import testing

    with contextlib.ExitStack() as stack:
        yield lambda *args, **options: stack.enter_context(testing.server(*args, **options))


@pytest.fixture(scope="session")
def sire_server(make_server):
    """A running SIRE with the demo company and a sandbox, shared by the tests of one worker."""
    return make_server()
