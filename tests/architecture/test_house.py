"""The rules of the house, checked on the whole repository. One test a rule; its message lists every place."""

from pathlib import Path

import pytest

from . import rules_arrows, rules_layout, rules_security, rules_sources
from .house import House

RULES = [*rules_arrows.RULES, *rules_layout.RULES, *rules_security.RULES, *rules_sources.RULES]


@pytest.fixture(scope="module")
def house():
    return House(Path(__file__).resolve().parents[2])


def test_the_repository_is_read(house):
    assert {"sire_base", "sire_billing"} <= set(house.modules)
    assert any(model.name == "sire.webhook.event" for model in house.modules["sire_base"].models)
    assert "base" in house.below("sire_demo") and "sire_base" in house.below("sire_demo")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule(house, rule):
    found = list(rule(house))
    assert not found, f"{len(found)} place(s):\n" + "\n".join(found)


def test_exceptions_are_still_needed(house):
    """An allowlist that nobody needs any more is a hole."""
    for path in [*rules_sources.LONGER, *rules_sources.MAY_COMMIT]:
        assert (house.root / path).exists(), f"{path} is gone: take it off the list"
    for path in rules_sources.LONGER:
        assert len((house.root / path).read_text(encoding="utf-8").splitlines()) > rules_sources.SOURCE_LINES, path
