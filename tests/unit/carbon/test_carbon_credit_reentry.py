"""A receiver of credits that calls back while it is asked, function by function."""

import pytest
from eth_utils import keccak

from .conftest import CONVERTED, DETAILS, EVIDENCE, NOTHING, OUTSIDE, RESOLUTION, TONNE, VERRA

# What the code fixes, and views that a rule may need in the middle of a transfer, which only read.
HARMLESS = {
    "authority()",
    "GUARDIAN_ROLE()",
    "CHAIN_ENGINEER_ROLE()",
    "COMPLIANCE_OFFICER_ROLE()",
    "ENFORCER_ROLE()",
    "CARBON_VERIFIER_ROLE()",
    "COUNCIL_CLERK_ROLE()",
    "TONNE()",
    "ISSUER()",
    "encodeTokenId(uint256,uint256)",
    "decodeTokenId(uint256)",
    "supportsInterface(bytes4)",
    "balanceOf(address,uint256)",
    "balanceOfBatch(address[],uint256[])",
    "retiredBalanceOf(address,uint256)",
    "getFrozenTokens(address,uint256)",
    "canSend(address)",
    "canReceive(address)",
    "canTransfer(address,address,uint256,uint256)",
}
# The role that lets the receiver call, so that only the lock is in its way.
ROLE_FOR = {
    "reverse": "CARBON_VERIFIER_ROLE",
    "setFrozenTokens": "COMPLIANCE_OFFICER_ROLE",
    "forcedTransfer": "ENFORCER_ROLE",
    "cancel_by_order": "ENFORCER_ROLE",
    "set_adjustment": "COUNCIL_CLERK_ROLE",
    "set_gated": "COUNCIL_CLERK_ROLE",
    "set_convertible": "COUNCIL_CLERK_ROLE",
    "pause": "GUARDIAN_ROLE",
    "unpause": "CHAIN_ENGINEER_ROLE",
}
TRIES_BACK = 8


@pytest.fixture
def forest(rated, issue, investors, alice):
    """A hundred tonnes of alice's beside a buffer; the token id."""
    return issue(rated(5_000), alice, tonnes=200)


@pytest.fixture
def calls(carbon, forest, credit_receiver, allow_conversion, alice, stranger):
    """(name, signature, calldata) of calls that would succeed or harm, if they were let in."""
    allow_conversion()
    me, line = credit_receiver, (forest, 1)
    metadata = (0, 0, "", "", "", "", 1, 0, False)
    encoded = {
        "safeTransferFrom": (me, alice, forest, 1, b""),
        "safeBatchTransferFrom": (me, alice, [forest], [1], b""),
        "setApprovalForAll": (stranger, True),
        "retire": (forest, me, 1),
        "retire_for": (me, [line], stranger, 0, 0, 0, DETAILS),
        "cancel": (me, forest, 1, EVIDENCE),
        "convert_kind": (me, forest, 1, CONVERTED),
        "export_credits": (me, forest, 1, VERRA),
        "cure": (me, forest, 1, forest, 1),
        "mintCredit": (me, 1, 99, 1, 0, metadata),
        "reverse": (forest, 1, [], [], EVIDENCE),
        "setFrozenTokens": (alice, forest, 1),
        "forcedTransfer": (alice, me, forest, 1),
        "cancel_by_order": (alice, forest, 1, EVIDENCE),
        "set_adjustment": (forest, 1, EVIDENCE),
        "set_gated": (7, True, RESOLUTION),
        "set_convertible": (1, 2, True, RESOLUTION),
        "supportsInterface": ("0x01ffc9a7",),
        "uri": (forest,),
        "supply_of": (forest,),
        "terms_of": (forest,),
        "canSend": (me,),
        "canReceive": (me,),
        "canTransfer": (me, alice, forest, 1),
        "tokenExists": (forest,),
        "isExpired": (forest,),
        "getMetadata": (forest,),
        "encodeTokenId": (1, 1),
        "decodeTokenId": (forest,),
        "balanceOf": (me, forest),
        "balanceOfBatch": ([me], [forest]),
        "retiredBalanceOf": (me, forest),
        "getFrozenTokens": (me, forest),
        "isApprovedForAll": (me, alice),
        "is_gated": (7,),
        "is_convertible": (OUTSIDE, CONVERTED),
    }
    return [
        (abi.name, abi.selector, getattr(carbon, abi.name).encode_input(*encoded.get(abi.name, ())))
        for abi in carbon.contract_type.methods
    ]


def test_keeps_a_receiver_out_of_every_function_that_matters(
    carbon, certificate, calls, forest, credit_receiver, alice, grant_role, city, stranger, supply
):
    carbon.safeTransferFrom(alice, credit_receiver, forest, 10, b"", sender=alice)
    before = supply()
    for number, (name, signature, calldata) in enumerate(calls, 1):
        role = ROLE_FOR.get(name)
        if role:
            grant_role(role, credit_receiver)
        credit_receiver.behave(TRIES_BACK, calldata, sender=stranger)

        carbon.safeTransferFrom(alice, credit_receiver, forest, 1, b"", sender=alice)

        assert credit_receiver.call_back_succeeded() is (signature in HARMLESS), signature
        assert carbon.balanceOf(credit_receiver, forest) == 10 + number, signature
        assert supply() == before, signature
        assert carbon.getFrozenTokens(alice, forest) == certificate.total_certificates() == 0
        assert carbon.terms_of(forest).adjustment == 0
        assert carbon.paused() is False, signature
        if role:
            city.authority.renounceRole(keccak(text=role), credit_receiver, sender=credit_receiver)


def test_keeps_a_receiver_out_on_every_way_that_asks_it(
    carbon, registry, calls, forest, wind, issuance, hand_in, credit_receiver, alice, enforcer,
    broker, stranger, supply,
):  # fmt: skip
    """Issuing, batches, orders, conversions: while the receiver is asked, nothing lets it in."""
    carbon.safeTransferFrom(alice, credit_receiver, forest, TONNE, b"", sender=alice)
    carbon.setApprovalForAll(broker, True, sender=credit_receiver)
    held = TONNE
    for number, name in enumerate(
        ("safeTransferFrom", "safeBatchTransferFrom", "retire", "retire_for", "cancel")
    ):
        (calldata,) = (data for each, _, data in calls if each == name)
        credit_receiver.behave(TRIES_BACK, calldata, sender=stranger)
        for act in (
            lambda: carbon.safeBatchTransferFrom(
                alice, credit_receiver, [forest], [1], b"", sender=alice
            ),
            lambda: carbon.forcedTransfer(alice, credit_receiver, forest, 1, sender=enforcer),
            lambda: carbon.convert_kind(credit_receiver, forest, 2, CONVERTED, sender=broker),
            lambda number=number: hand_in(issuance(wind, number, receiver=credit_receiver.address)),
        ):
            asked = credit_receiver.asked()
            act()
            assert credit_receiver.asked() == asked + 1
            assert credit_receiver.call_back_succeeded() is False, name
        assert carbon.balanceOf(credit_receiver, forest) == held

    assert supply()[3] == 0


def test_keeps_a_receiver_out_of_the_registry_while_it_is_issued_to(
    registry, hand_in, issuance, investors, solar, wind, credit_receiver, verifiers, sign,
    grant_role, stranger, solar_plant,
):  # fmt: skip
    """The registry is locked too: what is signed can't be handed in from inside an issuance."""
    inner = issuance(wind)
    ascending = sorted(verifiers, key=lambda each: int(each.address, 16))
    signatures = [(each.address, sign(each, inner)) for each in ascending]
    for role in ("ESG_OFFICER_ROLE", "COUNCIL_CLERK_ROLE"):
        grant_role(role, credit_receiver)
    series = (bytes(registry.NATIVE()), solar.to_bytes(32, "big"))
    attacks = [
        registry.issue.encode_input(inner.as_tuple(), (0, 0), signatures),
        registry.register_project.encode_input(solar_plant, EVIDENCE, 1, 1, 1, False),
        registry.split_serials.encode_input(*series, 1, 50),
        registry.set_threshold.encode_input(1, RESOLUTION),
        registry.set_buffer_bps.encode_input(0, 1, RESOLUTION),
        registry.batch.encode_input(1),
        registry.projects.encode_input(1),
        registry.serial_owner.encode_input(NOTHING, 1),
        registry.is_bridged.encode_input(NOTHING),
    ]
    for number, calldata in enumerate(attacks):
        credit_receiver.behave(TRIES_BACK, calldata, registry, sender=stranger)

        hand_in(issuance(solar, number, receiver=credit_receiver.address))

        assert credit_receiver.call_back_succeeded() is False, number
    assert registry.threshold() == 2
    assert registry.buffer_bps(0) == registry.projects(wind).batches == 0
