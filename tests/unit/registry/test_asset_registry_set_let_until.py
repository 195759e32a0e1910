import ape
import pytest


def test_replaces_the_moment(registry, office, lease_contract):
    registry.set_let_until(office, 7_000_000_000, sender=lease_contract)

    receipt = registry.set_let_until(office, 2**64 - 1, sender=lease_contract)

    assert registry.let_until(office) == 2**64 - 1
    assert receipt.events == [
        registry.LetUntilSet(asset_id=office, old_until=7_000_000_000, new_until=2**64 - 1)
    ]


def test_refuses_a_deed_that_does_not_exist(registry, office, lease_contract):
    with ape.reverts("nonfungible: unknown token"):
        registry.set_let_until(office + 1, 7, sender=lease_contract)


@pytest.mark.parametrize("caller", ["stranger", "council", "asset_manager", "council_clerk"])
def test_refuses_all_but_the_lease_contract(registry, office, request, caller):
    with ape.reverts("authorized: missing role"):
        registry.set_let_until(office, 7, sender=request.getfixturevalue(caller))

    assert registry.let_until(office) == 0
