"""A pytest plugin: a skipped test fails. What was not tested must not look as if it had been."""

import pytest

SENTENCE = "Skipped tests fail here: what this one needs has to be there ({reason})."


def _reason(report):
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)


def _fail(report):
    if report.skipped and not hasattr(report, "wasxfail"):
        report.longrepr = SENTENCE.format(reason=_reason(report).removeprefix("Skipped: "))
        report.outcome = "failed"
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item, call):
    """One test, or what it stands on."""
    return _fail((yield))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(collector):
    """A whole file."""
    return _fail((yield))
