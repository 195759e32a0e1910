"""A certificate never moves: every way that ERC-721 knows is refused, to everybody."""

import ape
import pytest

from tests.unit.carbon.conftest import DETAILS


@pytest.fixture
def certified(carbon, batch, alice, airline):
    """The airline's certificate; its id."""
    return carbon.retire_for(batch, alice, 7, airline, 0, DETAILS, sender=alice).return_value


@pytest.mark.parametrize("number", ["certified", "unknown"])
def test_refuses_every_move_and_approval(
    certificate, carbon, certified, airline, alice, stranger, number
):
    certificate_id = certified if number == "certified" else 99
    refused = (
        (certificate.transferFrom, airline, stranger, certificate_id),
        (certificate.safeTransferFrom, airline, stranger, certificate_id),
        (certificate.safeTransferFrom, airline, stranger, certificate_id, b"data"),
        (certificate.approve, stranger, certificate_id),
        (certificate.setApprovalForAll, stranger, True),
        (certificate.setApprovalForAll, stranger, False),
    )
    for account in (airline, alice, stranger, carbon):
        for call, *arguments in refused:
            with ape.reverts("retirement_certificate: locked"):
                call(*arguments, sender=account)

    assert certificate.ownerOf(certified) == airline
    assert certificate.balanceOf(airline) == 1
    assert certificate.getApproved(certified) == "0x" + "00" * 20
    assert certificate.isApprovedForAll(airline, stranger) is False


def test_changes_state_by_the_issue_only(certificate):
    changing = {abi.selector for abi in certificate.contract_type.methods if abi.is_stateful}

    assert changing == {
        "issue(address,address,uint256,uint256,uint16,bytes32)",
        # refused, always
        "approve(address,uint256)",
        "setApprovalForAll(address,bool)",
        "transferFrom(address,address,uint256)",
        "safeTransferFrom(address,address,uint256)",
        "safeTransferFrom(address,address,uint256,bytes)",
    }
