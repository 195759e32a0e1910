import ape
import pytest
from ape import chain

from .conftest import DAY, DETAILS, EVIDENCE, NOTHING, TONNE
from .logs import event, logged

# state -> the steps that lead to it
WAYS = {0: [], 1: [1], 2: [1, 2], 3: [1, 2, 3], 4: [1, 4]}
ALLOWED = {(0, 1), (1, 2), (2, 3), (1, 4)}


@pytest.mark.parametrize("old", WAYS)
@pytest.mark.parametrize("new", [0, 1, 2, 3, 4, 5, 255])
def test_takes_the_next_step_and_no_other(carbon, batch, council_clerk, old, new):
    for state in WAYS[old]:
        carbon.set_adjustment(batch, state, EVIDENCE, sender=council_clerk)
    assert carbon.terms_of(batch).adjustment == old

    if (old, new) in ALLOWED:
        receipt = carbon.set_adjustment(batch, new, EVIDENCE, sender=council_clerk)
        assert logged(receipt) == [event("AdjustmentSet", batch, old, new, EVIDENCE)]
        assert carbon.terms_of(batch).adjustment == new
    else:
        with ape.reverts("carbon_credit: not the next step"):
            carbon.set_adjustment(batch, new, EVIDENCE, sender=council_clerk)
        assert carbon.terms_of(batch).adjustment == old


def test_leaves_everything_else_of_the_batch_as_it_is(
    carbon, investors, issue, retire, reverse, open_project, unique_asset, alice, council_clerk,
    supply,
):  # fmt: skip
    """The state shares a word with counts, the end and the whole-tonne rule."""
    last = chain.pending_timestamp + DAY
    token_id = issue(open_project(unique_asset(), is_whole=True), alice, expiry=last)
    lines = [(token_id, 3 * TONNE)]
    certificate_id = retire(alice, lines)
    carbon.export_credits(alice, token_id, 4 * TONNE, EVIDENCE, sender=alice)
    reverse(token_id, 2 * TONNE, marks=[(certificate_id, lines, DETAILS, 2 * TONNE)])
    before = supply(token_id)

    for state in (1, 2, 3):
        carbon.set_adjustment(token_id, state, EVIDENCE, sender=council_clerk)

    assert before == (100 * TONNE, 93 * TONNE, 0, TONNE, 0, 2 * TONNE, 4 * TONNE)
    assert supply(token_id) == before
    assert tuple(carbon.terms_of(token_id)) == (last, 3, True)


def test_refuses_an_unknown_batch_and_no_reference(carbon, batch, council_clerk):
    for token_id in (0, batch + 1, 2**256 - 1):
        with ape.reverts("carbon_credit: unknown batch"):
            carbon.set_adjustment(token_id, 1, EVIDENCE, sender=council_clerk)
    with ape.reverts("carbon_credit: no reference"):
        carbon.set_adjustment(batch, 1, NOTHING, sender=council_clerk)

    assert carbon.terms_of(batch).adjustment == 0


def test_is_for_the_council_clerk_only(carbon, batch, not_allowed, carbon_verifier):
    not_allowed(
        lambda account: carbon.set_adjustment(batch, 1, EVIDENCE, sender=account),
        carbon_verifier,
    )
