"""A receiver of credits that calls back while it is asked, function by function."""

import pytest
from eth_utils import keccak

from tests.unit.carbon.conftest import DAY, DETAILS, EVIDENCE, METHOD, START, Manner

# What the code fixes; the module's views, which only read; and an approval by the receiver of what
# is its own. None of them can be fooled or fool anyone in the middle of a transfer.
HARMLESS = {
    "authority()",
    "GUARDIAN_ROLE()",
    "CHAIN_ENGINEER_ROLE()",
    "ESG_OFFICER_ROLE()",
    "CARBON_VERIFIER_ROLE()",
    "TONNE()",
    "ASSET_REGISTRY()",
    "encodeTokenId(uint256,uint256)",
    "decodeTokenId(uint256)",
    "supportsInterface(bytes4)",
    "balanceOf(address,uint256)",
    "balanceOfBatch(address[],uint256[])",
    "isApprovedForAll(address,address)",
    "total_supply(uint256)",
    "exists(uint256)",
    "uri(uint256)",
    "setApprovalForAll(address,bool)",
}
# The role that lets the receiver call, so that only the lock is in its way.
ROLE_FOR = {
    "register_project(uint256,bytes32)": "ESG_OFFICER_ROLE",
    "issue(uint256,address,uint64,uint16,uint64,uint64,bytes32)": "CARBON_VERIFIER_ROLE",
    "pause()": "GUARDIAN_ROLE",
    "unpause()": "CHAIN_ENGINEER_ROLE",
}


@pytest.fixture
def carbon_calls(carbon, batch, solar, solar_plant, credit_receiver, alice, stranger):
    """signature -> calldata of a call that would succeed or harm, if it were let in."""
    me = credit_receiver
    encoded = {
        "safeTransferFrom": (me, alice, batch, 1, b""),
        "safeBatchTransferFrom": (me, alice, [batch], [1], b""),
        "setApprovalForAll": (stranger, True),
        "retire": (batch, me, 1),
        "retire_for": (batch, me, 1, stranger, 0, DETAILS),
        "register_project": (solar_plant, METHOD),
        "issue": (solar, me, 1, 2020, START + 50 * DAY, START + 51 * DAY, EVIDENCE),
        "encodeTokenId": (1, 1),
        "decodeTokenId": (batch,),
        "supportsInterface": ("0x01ffc9a7",),
        "balanceOf": (me, batch),
        "balanceOfBatch": ([me], [batch]),
        "isApprovedForAll": (me, alice),
        "total_supply": (batch,),
        "exists": (batch,),
        "uri": (batch,),
        "batch": (batch,),
        "projects": (solar,),
        "covered_until": (solar_plant,),
        "retiredBalanceOf": (me, batch),
    }
    return {
        abi.selector: getattr(carbon, abi.name).encode_input(*encoded.get(abi.name, ()))
        for abi in carbon.contract_type.methods
    }


def test_keeps_a_receiver_out_of_every_function_that_matters(
    carbon,
    certificate,
    carbon_calls,
    batch,
    credit_receiver,
    alice,
    solar,
    grant_role,
    city,
    stranger,
):
    carbon.safeTransferFrom(alice, credit_receiver, batch, 10, b"", sender=alice)
    for number, (signature, calldata) in enumerate(carbon_calls.items(), 1):
        role = ROLE_FOR.get(signature)
        if role:
            grant_role(role, credit_receiver)
        credit_receiver.behave(Manner.TRIES_BACK, calldata, sender=stranger)

        carbon.safeTransferFrom(alice, credit_receiver, batch, 1, b"", sender=alice)

        assert credit_receiver.call_back_succeeded() is (signature in HARMLESS), signature
        assert carbon.balanceOf(credit_receiver, batch) == 10 + number, signature
        assert carbon.total_retired() == certificate.total_certificates() == 0, signature
        assert carbon.projects(solar).batches == 1, signature
        assert carbon.paused() is False, signature
        if role:
            city.authority.renounceRole(keccak(text=role), credit_receiver, sender=credit_receiver)


def test_keeps_a_receiver_out_while_a_batch_is_issued_or_moved(
    carbon, certificate, carbon_calls, batch, issue, wind, credit_receiver, alice, stranger
):
    """Each way in that asks the receiver, against each function that moves or burns credits."""
    carbon.safeTransferFrom(alice, credit_receiver, batch, 10, b"", sender=alice)
    for name in ("safeTransferFrom", "safeBatchTransferFrom", "retire(", "retire_for"):
        (calldata,) = (data for key, data in carbon_calls.items() if key.startswith(name))
        start = START + carbon.projects(wind).batches * DAY
        credit_receiver.behave(Manner.TRIES_BACK, calldata, sender=stranger)

        issue(wind, credit_receiver, 1, start, start + DAY)
        assert credit_receiver.call_back_succeeded() is False, name
        carbon.safeBatchTransferFrom(alice, credit_receiver, [batch], [1], b"", sender=alice)
        assert credit_receiver.call_back_succeeded() is False, name

    assert carbon.balanceOf(credit_receiver, batch) == 14
    assert carbon.total_retired() == certificate.total_certificates() == 0
