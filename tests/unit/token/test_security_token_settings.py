"""setName, setSymbol, setOnchainID, setIdentityRegistry, setCompliance."""

import ape
import pytest

ZERO = "0x" + "00" * 20


def information(token, name, symbol, onchain_id=ZERO):
    return token.UpdatedTokenInformation(
        name=name, symbol=symbol, decimals=0, version="2.0.0", onchain_id=onchain_id
    )


def topics(receipt):
    return [log.event_name for log in receipt.events]


def test_renames(token, council):
    separator = token.DOMAIN_SEPARATOR()

    receipt = token.setName("Town Hall", sender=council)

    assert topics(receipt) == ["UpdatedTokenInformation"]
    assert token.name() == "Town Hall"
    # Signatures go on: the domain keeps the first name.
    assert token.DOMAIN_SEPARATOR() == separator
    assert token.eip712Domain()[1] == f"Asset {token.assetId()}"


def test_changes_the_symbol(token, council):
    receipt = token.setSymbol("HALL", sender=council)

    assert topics(receipt) == ["UpdatedTokenInformation"]
    assert token.symbol() == "HALL"


def test_takes_an_identity_of_its_own(token, council, alice):
    receipt = token.setOnchainID(alice, sender=council)

    assert topics(receipt) == ["UpdatedTokenInformation"]
    assert (token.onchainID(), token.version()) == (alice.address, "2.0.0")


def test_asks_another_registry(token, project, city, council, deployer, alice, bob):
    other = deployer.deploy(project.IdentityRegistry, *_arguments(city))

    receipt = token.setIdentityRegistry(other, sender=council)

    assert receipt.events == [token.IdentityRegistryAdded(identity_registry=other)]
    assert token.identityRegistry() == other.address
    assert (token.paused(), token.epoch()) == (False, 0)
    assert token.detectTransferRestriction(alice, bob, 1) == 7
    token.setIdentityRegistry(city.identity_registry, sender=council)
    assert token.detectTransferRestriction(alice, bob, 1) == 0


def _arguments(city):
    return (city.authority, [1], 14 * 86_400)


def test_registry_without_code_is_refused(token, council, alice):
    with ape.reverts("settings: no registry"):
        token.setIdentityRegistry(alice, sender=council)


def test_takes_and_ends_compliance(token, city, council):
    receipt = token.setCompliance(city.compliance, sender=council)

    assert city.compliance.isTokenBound(token)
    assert token.compliance() == city.compliance.address
    assert topics(receipt)[-1] == "ComplianceAdded"

    token.setCompliance(ZERO, sender=council)

    assert token.compliance() == ZERO


def test_compliance_that_was_ended_does_not_come_back(token, city, council):
    """Its counts would have a gap."""
    token.setCompliance(city.compliance, sender=council)
    token.setCompliance(ZERO, sender=council)

    with ape.reverts("holder_counts: was bound"):
        token.setCompliance(city.compliance, sender=council)


@pytest.mark.parametrize("caller", ["stranger", "asset_manager", "compliance_officer", "guardian"])
def test_is_for_the_council_only(token, city, caller, request):
    caller = request.getfixturevalue(caller)
    for call, value in (
        (token.setName, "x"),
        (token.setSymbol, "x"),
        (token.setOnchainID, ZERO),
        (token.setIdentityRegistry, city.identity_registry),
        (token.setCompliance, ZERO),
    ):
        with ape.reverts("authorized: missing role"):
            call(value, sender=caller)
