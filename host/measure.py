"""A pytest plugin: coverage of each module, printed before pytest's closing line; too little of it fails a full run."""

import os

import pytest

from host.kinds import FULL

TARGET = 85  # percent, of each module
_RESULT = {}


def shares(data_file, root, modules):
    """What part of each module's lines ran.

    :param data_file: coverage's data, combined
    :return: ``{module: (lines, lines that did not run)}``
    """
    import coverage

    measured = coverage.Coverage(data_file=data_file, config_file=os.path.join(root, "pyproject.toml"))
    measured.load()
    found = {}
    for module in modules:
        lines = missed = 0
        for folder, folders, names in os.walk(os.path.join(root, module)):
            folders[:] = [name for name in folders if name not in ("tests", "static", "migrations", "__pycache__")]
            for name in names:
                if name.endswith(".py") and name not in ("__manifest__.py",):
                    _file, statements, _excluded, missing, _text = measured.analysis2(os.path.join(folder, name))
                    lines += len(statements)
                    missed += len(missing)
        found[module] = (lines, missed)
    return found


def percent(lines, missed):
    """Whole percents, rounded down; a module without code is covered."""
    return 100 if not lines else int(100 * (lines - missed) / lines)


def _cov_active(config):
    return bool(getattr(config.option, "cov_source", None)) and "PYTEST_XDIST_WORKER" not in os.environ


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    """Fails a full run in which a module has less than the target."""
    config = session.config
    if not _cov_active(config) or not os.environ.get("COVERAGE_FILE"):
        return
    modules = sorted({os.path.basename(os.path.normpath(name)) for name in config.option.cov_source})
    try:
        _RESULT.update(shares(os.environ["COVERAGE_FILE"], str(config.rootpath), modules))
    except Exception as error:  # noqa: BLE001  (a summary must not hide the tests' result)
        _RESULT["error"] = str(error)
        return
    low = [name for name, (lines, missed) in _RESULT.items() if percent(lines, missed) < TARGET]
    if low and os.environ.get(FULL) and session.exitstatus == 0:
        session.exitstatus = 1


def pytest_terminal_summary(terminalreporter, exitstatus, config):
    """The table."""
    if not _RESULT:
        return
    terminalreporter.section("coverage by module")
    if "error" in _RESULT:
        terminalreporter.write_line(f"not measured: {_RESULT['error']}")
        return
    for name, (lines, missed) in _RESULT.items():
        share = percent(lines, missed)
        low = share < TARGET
        note = f"  below {TARGET} %" + (": the run fails" if os.environ.get(FULL) else "") if low else ""
        terminalreporter.write_line(f"{name:<20}{lines:>6} lines {share:>4} %{note}", red=low)
