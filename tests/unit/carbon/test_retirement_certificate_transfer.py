"""A certificate never moves: every way that ERC-721 knows is refused, to everybody."""

import ape
import pytest


@pytest.fixture
def certified(retire, batch, alice, airline):
    """The airline's certificate; its id."""
    return retire(alice, [(batch, 7)], airline)


@pytest.mark.parametrize("number", ["certified", "unknown"])
def test_refuses_every_move_and_approval(
    certificate, carbon, certified, airline, alice, stranger, enforcer, number
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
    for account in (airline, alice, stranger, enforcer, carbon):
        for call, *arguments in refused:
            with ape.reverts("retirement_certificate: locked"):
                call(*arguments, sender=account)

    assert certificate.ownerOf(certified) == airline
    assert certificate.balanceOf(airline) == 1
    assert certificate.getApproved(certified) == "0x" + "00" * 20
    assert certificate.isApprovedForAll(airline, stranger) is False


def test_changes_state_by_these_functions_only(certificate):
    changing = {abi.selector for abi in certificate.contract_type.methods if abi.is_stateful}

    assert changing == {
        # the credit contract's
        "issue(address,address,(uint256,uint256)[],uint16,uint16,uint16,bytes32)",
        "mark(uint256,(uint256,uint256)[],bytes32,uint256,uint256)",
        "cure(uint256,uint256,uint256)",
        # the enforcer's
        "recover(uint256,address,bytes32)",
        # refused, always
        "approve(address,uint256)",
        "setApprovalForAll(address,bool)",
        "transferFrom(address,address,uint256)",
        "safeTransferFrom(address,address,uint256)",
        "safeTransferFrom(address,address,uint256,bytes)",
    }
