import ape
import pytest
from ape import project

from civitas.chain.deploy import ZERO_ADDRESS

ACCEPTS, REFUSES, ANSWERS_ELSE, CALLS_BACK = 1, 2, 4, 8
MAX_DATA = 1_024


@pytest.fixture
def sold(registry, office, council_clerk, deed_receiver, resolution, minutes):
    """An office that the council has resolved to give to a contract."""
    registry.approve_disposal(office, deed_receiver, resolution, minutes, sender=council_clerk)
    return office


@pytest.fixture
def behave(deed_receiver, stranger):
    def set_manner(manner, calls_back=b""):
        deed_receiver.behave(manner, calls_back, sender=stranger)

    return set_manner


def test_hands_the_deed_to_a_contract_that_takes_it(registry, sold, council, deed_receiver, behave):
    behave(ACCEPTS)

    receipt = registry.safeTransferFrom(council, deed_receiver, sold, b"deed 7", sender=council)

    assert registry.ownerOf(sold) == deed_receiver
    assert receipt.events[1:] == [
        registry.Transfer(sender=council, receiver=deed_receiver, token_id=sold)
    ]
    assert receipt.events[0].event_name == "Disposed"
    assert (deed_receiver.operator(), deed_receiver.sender()) == (council, council)
    assert (deed_receiver.token_id(), deed_receiver.data()) == (sold, b"deed 7")


def test_names_the_operator_to_the_receiver(registry, sold, council, carol, deed_receiver, behave):
    behave(ACCEPTS)
    registry.approve(carol, sold, sender=council)

    registry.safeTransferFrom(council, deed_receiver, sold, sender=carol)

    assert (deed_receiver.operator(), deed_receiver.sender()) == (carol, council)
    assert deed_receiver.data() == b""
    assert registry.getApproved(sold) == ZERO_ADDRESS


def test_passes_1024_bytes_on(registry, sold, council, deed_receiver, behave):
    behave(ACCEPTS)

    registry.safeTransferFrom(council, deed_receiver, sold, b"d" * MAX_DATA, sender=council)

    assert deed_receiver.data() == b"d" * MAX_DATA


def test_refuses_1025_bytes(registry, sold, council, deed_receiver, behave):
    behave(ACCEPTS)

    with ape.reverts("Transaction failed."):
        registry.safeTransferFrom(
            council, deed_receiver, sold, b"d" * (MAX_DATA + 1), sender=council
        )


@pytest.mark.parametrize(
    ("manner", "reason"),
    [(REFUSES, "mock: refuses"), (ANSWERS_ELSE, "nonfungible: receiver refuses")],
)
def test_keeps_the_deed_where_the_contract_refuses(
    registry, sold, council, deed_receiver, behave, manner, reason
):
    behave(manner)

    with ape.reverts(reason):
        registry.safeTransferFrom(council, deed_receiver, sold, sender=council)

    assert registry.ownerOf(sold) == council
    assert registry.disposal_to(sold) == deed_receiver
    assert (registry.balanceOf(council), registry.balanceOf(deed_receiver)) == (1, 0)


def test_keeps_the_deed_where_the_contract_has_no_hook(
    registry, office, council, council_clerk, deployer, resolution, minutes
):
    receiver = deployer.deploy(project.MockSilentToken)
    registry.approve_disposal(office, receiver, resolution, minutes, sender=council_clerk)

    with ape.reverts("Transaction failed."):
        registry.safeTransferFrom(council, receiver, office, sender=council)

    assert registry.ownerOf(office) == council


def test_does_not_ask_by_the_plain_transfer(registry, sold, council, deed_receiver, behave):
    behave(REFUSES)

    registry.transferFrom(council, deed_receiver, sold, sender=council)

    assert registry.ownerOf(sold) == deed_receiver


def test_hands_the_deed_to_a_person(
    registry, office, council, council_clerk, bob, resolution, minutes
):
    registry.approve_disposal(office, bob, resolution, minutes, sender=council_clerk)

    registry.safeTransferFrom(council, bob, office, sender=council)

    assert registry.ownerOf(office) == bob


@pytest.mark.parametrize("call", ["approve", "setApprovalForAll", "transferFrom"])
def test_lets_the_receiver_change_nothing_in_between(
    registry, sold, council, stranger, deed_receiver, behave, call
):
    arguments = {
        "approve": (stranger, sold),
        "setApprovalForAll": (stranger, True),
        "transferFrom": (deed_receiver, stranger, sold),
    }
    behave(CALLS_BACK, getattr(registry, call).encode_input(*arguments[call]))

    registry.safeTransferFrom(council, deed_receiver, sold, sender=council)

    assert not deed_receiver.call_succeeded()
    assert registry.ownerOf(sold) == deed_receiver
    assert registry.getApproved(sold) == ZERO_ADDRESS
    assert not registry.isApprovedForAll(deed_receiver, stranger)


@pytest.mark.parametrize(
    "view",
    [
        "ownerOf",
        "getApproved",
        "balanceOf",
        "isApprovedForAll",
        "name",
        "symbol",
        "supportsInterface",
    ],
)
def test_lets_the_receiver_look_at_the_deed_in_between(
    registry, sold, council, deed_receiver, behave, view
):
    arguments = {
        "balanceOf": (deed_receiver,),
        "isApprovedForAll": (council, deed_receiver),
        "name": (),
        "symbol": (),
        "supportsInterface": (b"\x80\xac\x58\xcd",),
    }.get(view, (sold,))
    behave(CALLS_BACK, getattr(registry, view).encode_input(*arguments))

    registry.safeTransferFrom(council, deed_receiver, sold, sender=council)

    assert deed_receiver.call_succeeded()


def test_refuses_who_is_neither_owner_nor_approved(
    registry, sold, council, deed_receiver, stranger
):
    with ape.reverts("nonfungible: not allowed"):
        registry.safeTransferFrom(council, deed_receiver, sold, sender=stranger)


def test_refuses_without_a_resolution(registry, office, council, bob):
    """INV-DEED-3"""
    with ape.reverts("asset_registry: no resolution"):
        registry.safeTransferFrom(council, bob, office, b"", sender=council)
