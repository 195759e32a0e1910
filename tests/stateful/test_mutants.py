"""The quick mutants are killed on each run; `make mutants` tries all of them.

That the tests pass without a mutant is for the suite itself to show.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.stateful.mutants import ROOT, Workshop, read_rows

pytestmark = pytest.mark.mutants


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    """name -> verdict of each quick mutant, tried two at a time."""
    workshop = Workshop(tmp_path_factory.mktemp("mutants"))
    mutants = read_rows(quick=True)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(workshop.try_out, mutants))
    return {mutant.name: verdict for mutant, verdict in zip(mutants, found, strict=True)}


@pytest.mark.parametrize(
    "machine", sorted(path.stem for path in Path(__file__).parent.glob("machine_*.py"))
)
def test_machine_has_mutants(machine):
    stem = machine.removeprefix("machine_")
    rows = Counter(mutant.quick for mutant in read_rows([stem]))

    assert rows.total() >= 3
    assert rows[True] >= 1


@pytest.mark.parametrize("mutant", read_rows(), ids=lambda mutant: mutant.name)
def test_row_fits_its_file(mutant):
    text = (ROOT / mutant.file).read_text(encoding="utf-8")

    assert text.count(mutant.find) == 1
    assert (ROOT / mutant.test.partition("::")[0]).is_file()
    assert mutant.find != mutant.put


@pytest.mark.parametrize("mutant", read_rows(quick=True), ids=lambda mutant: mutant.name)
def test_quick_mutant_is_killed(verdicts, mutant):
    verdict = verdicts[mutant.name]

    assert verdict.is_killed, (mutant, verdict)
