"""The quick mutants are killed on each run; `make mutants` tries all of them."""

import pytest

from tests.stateful.mutants import ROOT, Workshop, read_rows

pytestmark = pytest.mark.mutants


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    return Workshop(tmp_path_factory.mktemp("mutants"))


@pytest.mark.parametrize("mutant", read_rows(), ids=lambda mutant: mutant.name)
def test_row_fits_its_file(mutant):
    text = (ROOT / mutant.file).read_text(encoding="utf-8")

    assert text.count(mutant.find) == 1
    assert (ROOT / mutant.test.partition("::")[0]).is_file()
    assert mutant.find != mutant.put


@pytest.mark.parametrize("mutant", read_rows(quick=True), ids=lambda mutant: mutant.name)
def test_quick_mutant_is_killed(workshop, mutant):
    verdict = workshop.try_out(mutant)

    assert verdict.is_killed, (mutant, verdict)
