"""Every reason that a contract can give is quoted by a test, and every promise is named by one."""

import re
from pathlib import Path

import pytest

from .sources import CODE, OURS
from .test_sources import reasons_of

INVARIANT = re.compile(r"INV-[A-Z]+-\d+")
INVARIANTS = Path("docs/invariants.md")

TESTS = {
    path: path.read_text(encoding="utf-8")
    for path in Path("tests").rglob("*.py")
    if path.parts[1] != "conventions"
}
REASONS = sorted({reason for source in CODE for reason in reasons_of(source)})


def _promised():
    documented = INVARIANTS.read_text(encoding="utf-8") if INVARIANTS.exists() else ""
    headers = [source.text for source in OURS]
    return sorted({each for text in [documented, *headers] for each in INVARIANT.findall(text)})


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_quoted(reason):
    assert any(f'"{reason}"' in text for text in TESTS.values())


@pytest.mark.parametrize("invariant", _promised())
def test_every_invariant_is_named(invariant):
    assert any(re.search(rf"{invariant}\b", text) for text in TESTS.values())


def test_contracts_refer_to_documented_invariants_only():
    documented = set(INVARIANT.findall(INVARIANTS.read_text(encoding="utf-8")))

    assert documented == set(_promised())


def test_finds_the_reasons_it_looks_for():
    assert {"authorized: missing role", "lease: asset is let", "treasury: own approval"} <= set(
        REASONS
    )
