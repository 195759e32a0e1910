"""Gas and code size move on purpose: with a change of the files in the same commit.

Everything is measured on eth-tester, and once more on the chain that the other tests run on; both
times on a chain of its own, whatever network pytest was started on.
"""

import ape
import pytest

from tests.gas.bounds import (
    BOUNDS,
    CODE,
    FLAT,
    FLATNESS,
    LOOPS_AT_THEIR_CAP,
    TRANSACTION,
    UNMEASURED,
)
from tests.gas.measurements import GAS_FILE, SIZES_FILE, differences, measure, read
from tests.gas.scenes.holders import CROWDS
from tests.gas.stage import IN_PROCESS

UPDATE = "If this is meant, run `make gas` (python -m tests.gas) and commit the files with it."


@pytest.fixture(scope="module")
def measured():
    provider = ape.networks.active_provider

    figures = measure()

    assert ape.networks.active_provider is provider
    return figures


@pytest.fixture(scope="module")
def measured_in_process():
    return measure(IN_PROCESS)


@pytest.fixture(scope="module")
def contracts():
    """The ABI of each contract that a city deploys, by name."""
    return {
        name: ape.project.contracts[name].contract_type
        for name in ape.project.contracts
        if not name.startswith("Mock")
    }


@pytest.fixture(scope="module")
def functions(contracts):
    """Every state-changing function, as "<Contract>.<function>"; those of its extension are
    called on the token."""
    called_on = {"TokenExtension": "SecurityToken"}
    return {
        f"{called_on.get(name, name)}.{method.name}"
        for name, contract_type in contracts.items()
        for method in contract_type.mutable_methods
    }


def function_of(sentence):
    return sentence.partition(" ")[0]


def test_gas_is_what_the_file_says(measured):
    changes = differences(read(GAS_FILE), measured.gas)

    assert not changes, "\n".join(["gas has changed:", *changes, UPDATE])


def test_sizes_are_what_the_file_says(measured):
    changes = differences(read(SIZES_FILE), measured.sizes)

    assert not changes, "\n".join(["code sizes have changed:", *changes, UPDATE])


def test_the_in_process_chain_charges_the_same(measured, measured_in_process):
    assert measured_in_process == measured


@pytest.mark.parametrize("file", [GAS_FILE, SIZES_FILE], ids=lambda file: file.name)
def test_files_are_sorted(file):
    sentences = list(read(file))

    assert sentences == sorted(sentences)


def test_every_state_changing_function_has_a_figure(measured, functions):
    with_figure = {function_of(sentence) for sentence in measured.gas}

    assert functions - with_figure == set(UNMEASURED)


def test_every_contract_has_a_deployment_and_a_size(measured, contracts):
    assert {f"{name} deployment" for name in contracts} <= set(measured.gas)
    assert set(contracts) <= set(measured.sizes)


def test_no_figure_is_of_something_else(measured, contracts, functions):
    assert {function_of(sentence) for sentence in measured.gas} <= functions | set(contracts)
    assert {function_of(sentence) for sentence in measured.sizes} == set(contracts)


@pytest.mark.parametrize("bound", BOUNDS, ids=lambda bound: bound.sentence)
def test_stays_within_its_bound(measured, bound):
    assert measured.gas[bound.sentence] <= bound.gas, bound.reason


@pytest.mark.parametrize("sentence", LOOPS_AT_THEIR_CAP)
def test_a_loop_at_its_cap_fits_into_a_transaction(measured, sentence):
    assert measured.gas[sentence] <= TRANSACTION


def test_nothing_else_needs_more_than_a_transaction(measured):
    assert {k: v for k, v in measured.gas.items() if v > TRANSACTION} == {}


def test_every_contract_fits_the_code_limit(measured):
    assert {k: v for k, v in measured.sizes.items() if v >= CODE} == {}


@pytest.mark.parametrize("function", FLAT)
def test_costs_the_same_with_many_holders(measured, function):
    few, many = (measured.gas[f"{function} with {size:,} holders"] for size in CROWDS)

    assert abs(many - few) * 100 < few * FLATNESS


@pytest.mark.parametrize("new", [9_800, 10_000, 10_200])
def test_a_change_of_two_percent_is_no_difference(new):
    assert differences({"T.f once": 10_000}, {"T.f once": new}) == []


@pytest.mark.parametrize(("new", "shown"), [(9_799, "9,799 (-2.0%)"), (10_201, "10,201 (+2.0%)")])
def test_a_change_of_more_names_the_key_and_both_figures(new, shown):
    assert differences({"T.f once": 10_000}, {"T.f once": new}) == [f"T.f once: 10,000 -> {shown}"]


def test_a_missing_and_an_extra_key_are_differences():
    assert differences({"T.f once": 10_000}, {"T.g once": 20_000}) == [
        "T.f once: 10,000 in the file, no longer measured",
        "T.g once: not in the file, measured 20,000",
    ]
