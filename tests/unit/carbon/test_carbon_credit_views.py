import ape
import pytest
from ape import chain
from eth_utils import keccak

from .conftest import CONVERTED, DAY, DETAILS, EVIDENCE, OUTSIDE, TONNE, VERRA, ZERO
from .logs import event, logged

MOST = 2**128 - 1


# --- ids
@pytest.mark.parametrize(
    ("project_id", "credit_id"), [(0, 0), (1, 1), (7, MOST), (MOST, 7), (MOST, MOST)]
)
def test_encodes_and_decodes_ids(carbon, project_id, credit_id):
    token_id = carbon.encodeTokenId(project_id, credit_id)

    assert token_id == project_id * 2**128 + credit_id
    assert tuple(carbon.decodeTokenId(token_id)) == (project_id, credit_id)


@pytest.mark.parametrize(
    ("project_id", "credit_id"), [(0, MOST + 1), (MOST + 1, 0), (2**256 - 1, 1)]
)
def test_refuses_to_encode_what_would_not_fit(carbon, project_id, credit_id):
    with ape.reverts("carbon_credit: id too large"):
        carbon.encodeTokenId(project_id, credit_id)


def test_names_batches_by_project_kind_and_number(carbon, more_batches, solar):
    for number, token_id in enumerate(more_batches, 1):
        assert tuple(carbon.decodeTokenId(token_id)) == (solar, (OUTSIDE << 64) + number)
        assert carbon.encodeTokenId(solar, (OUTSIDE << 64) + number) == token_id


# --- batches
def test_an_unknown_batch_is_all_zero(carbon, batch, solar, supply):
    """Also the id 0, under which the sum of all batches stood before."""
    for token_id in (0, batch + 1, (solar + 10) << 128, 2**256 - 1):
        assert supply(token_id) == (0,) * 7
        assert tuple(carbon.terms_of(token_id)) == (0, 0, False)
        assert carbon.tokenExists(token_id) is False
        assert carbon.isExpired(token_id) is False
        with ape.reverts("carbon_credit: unknown batch"):
            carbon.getMetadata(token_id)


def test_the_sum_of_all_is_the_sum_of_the_batches(
    carbon, more_batches, whole_batch, rated, issue, retire, reverse, alice, supply,
    allow_conversion,
):  # fmt: skip
    allow_conversion()
    forest = issue(rated(1_000), alice)
    converted = carbon.convert_kind(alice, forest, 9, CONVERTED, sender=alice).return_value
    lines = [(forest, 5 * TONNE)]
    certificate_id = retire(alice, lines)
    carbon.cancel(alice, more_batches[0], 3, EVIDENCE, sender=alice)
    carbon.export_credits(alice, more_batches[1], 4, VERRA, sender=alice)
    reverse(forest, 11 * TONNE, marks=[(certificate_id, lines, DETAILS, TONNE)])

    batches = [supply(i) for i in (*more_batches, whole_batch, forest, converted)]

    assert supply() == tuple(sum(column) for column in zip(*batches, strict=True))
    for issued, *parts in (*batches, supply()):
        assert issued == sum(parts)


def test_tells_when_a_batchs_life_is_over(carbon, investors, issue, wind, batch, alice):
    last = chain.pending_timestamp + DAY
    token_id = issue(wind, alice, expiry=last)

    chain.pending_timestamp = last
    chain.mine()
    assert (carbon.isExpired(token_id), carbon.isExpired(batch)) == (False, False)
    chain.mine()
    assert chain.blocks.head.timestamp == last + 1
    assert (carbon.isExpired(token_id), carbon.isExpired(batch)) == (True, False)
    assert carbon.tokenExists(token_id) is True


def test_metadata_is_made_of_codes(carbon, investors, issue, wind, alice):
    last = chain.pending_timestamp + DAY
    token_id = issue(wind, alice, vintage=2019, expiry=last)

    assert tuple(carbon.getMetadata(token_id)) == (
        *(wind, (OUTSIDE << 64) + 1, f"project {wind}", "GRID-RENEWABLE", "2019", "410"),
        *(100 * TONNE, last, False),
    )


@pytest.mark.parametrize("code", ["A", "A" * 31, "A" * 32])
def test_metadata_ends_a_code_at_its_first_zero(
    carbon, investors, issue, open_project, unique_asset, alice, code
):
    methodology = code.encode().ljust(32, b"\0")
    token_id = issue(open_project(unique_asset(), methodology=methodology), alice)

    assert carbon.getMetadata(token_id).methodology == code


def test_metadata_says_retired_when_nothing_is_left(
    carbon, rated, issue, investors, alice, reverse
):
    token_id = issue(rated(1_000), alice)
    assert carbon.getMetadata(token_id).isRetired is False
    carbon.retire(token_id, alice, 90 * TONNE, sender=alice)
    assert carbon.getMetadata(token_id).isRetired is False  # the buffer is still there
    reverse(token_id, 10 * TONNE)
    assert carbon.getMetadata(token_id).isRetired is True


def test_metadata_does_not_call_cancelled_credits_retired(carbon, batch, alice):
    carbon.cancel(alice, batch, 100 * TONNE, EVIDENCE, sender=alice)

    assert carbon.getMetadata(batch).isRetired is False


# --- who may
def test_lets_verified_investors_send_and_receive(carbon, batch, alice, bob, stranger, revoke):
    assert carbon.canSend(alice) is carbon.canReceive(bob) is True
    assert carbon.canSend(stranger) is carbon.canReceive(stranger) is False
    assert carbon.canSend(ZERO) is carbon.canReceive(ZERO) is False

    revoke(alice)

    assert carbon.canSend(alice) is carbon.canReceive(alice) is False


def test_can_send_looks_at_no_freeze_and_no_pause(
    carbon, batch, alice, compliance_officer, guardian
):
    carbon.setFrozenTokens(alice, batch, 2**64 - 1, sender=compliance_officer)
    carbon.pause(sender=guardian)

    assert carbon.canSend(alice) is carbon.canReceive(alice) is True


def test_can_transfer_follows_the_parties_and_the_pause(
    carbon, batch, alice, bob, stranger, guardian, revoke
):
    assert carbon.canTransfer(alice, bob, batch, TONNE) is True
    for sender, receiver in (
        (alice, stranger), (stranger, bob), (alice, ZERO), (ZERO, alice), (ZERO, ZERO)
    ):  # fmt: skip
        assert carbon.canTransfer(sender, receiver, batch, 0) is False
    revoke(bob)
    assert carbon.canTransfer(alice, bob, batch, TONNE) is False
    assert carbon.canTransfer(alice, alice, batch, TONNE) is True
    carbon.pause(sender=guardian)
    assert carbon.canTransfer(alice, alice, batch, TONNE) is False


@pytest.mark.parametrize(
    ("frozen", "amount", "is_let"),
    [
        (0, 0, True),
        (0, 100, True),
        (0, 101, True),  # a lack of balance is not a rule
        (60, 40, True),
        (60, 41, False),
        (100, 0, True),
        (100, 1, False),
        (150, 0, True),
        (150, 1, False),
    ],
)
def test_can_transfer_follows_the_freeze(
    carbon, batch, alice, bob, compliance_officer, frozen, amount, is_let
):
    carbon.setFrozenTokens(alice, batch, frozen * TONNE, sender=compliance_officer)

    assert carbon.canTransfer(alice, bob, batch, amount * TONNE) is is_let


def test_can_transfer_follows_the_whole_tonnes(carbon, whole_batch, alice, bob):
    for amount, is_let in ((0, True), (1, False), (TONNE - 1, False), (TONNE, True)):
        assert carbon.canTransfer(alice, bob, whole_batch, amount) is is_let, amount
    assert carbon.canTransfer(alice, bob, whole_batch, TONNE + 1) is False


def test_can_transfer_follows_the_end(carbon, investors, issue, wind, alice, bob):
    last = chain.pending_timestamp + DAY
    token_id = issue(wind, alice, expiry=last)

    chain.pending_timestamp = last
    chain.mine()
    assert carbon.canTransfer(alice, bob, token_id, 1) is True
    chain.mine()
    assert carbon.canTransfer(alice, bob, token_id, 1) is False


def test_can_transfer_never_reverts(carbon, batch, alice, bob):
    for token_id in (0, batch, 2**256 - 1):
        for amount in (0, 2**64, 2**256 - 1):
            assert carbon.canTransfer(alice, bob, token_id, amount) is True


# --- balances and operators
def test_reads_64_balances_at_once_and_not_one_more(carbon, more_batches, alice, bob):
    first, second, _ = more_batches
    assert list(carbon.balanceOfBatch([alice, bob, alice], [first, first, second])) == [
        *(100 * TONNE, 0, 100 * TONNE)
    ]
    assert list(carbon.balanceOfBatch([], [])) == []
    assert len(carbon.balanceOfBatch([alice] * 64, [first] * 64)) == 64
    with ape.reverts("credit_holdings: lengths differ"):
        carbon.balanceOfBatch([alice], [first, first])
    with ape.reverts("Transaction failed."):  # the decoder refuses it, and gives no reason
        carbon.balanceOfBatch([alice] * 65, [first] * 65)


def test_logs_an_operators_approval(carbon, alice, broker):
    receipt = carbon.setApprovalForAll(broker, True, sender=alice)

    assert carbon.isApprovedForAll(alice, broker) is True
    assert carbon.isApprovedForAll(broker, alice) is False
    assert logged(receipt) == [event("ApprovalForAll", alice, broker, True)]


# --- what it is
@pytest.mark.parametrize(
    ("interface_id", "is_supported"),
    [
        ("0x01ffc9a7", True),  # ERC-165
        ("0xd9b67a26", True),  # ERC-1155
        ("0x0e89341c", True),  # ERC-1155 metadata
        ("0x41c4fbad", True),  # ERC-7943 for many tokens
        ("0x3edbb4c4", False),  # ERC-7943 fungible
        ("0xbf1ef5fe", False),  # ERC-7943 non-fungible
        ("0xde95c7c3", False),  # the ERC-8393 draft, which states no id
        ("0x80ac58cd", False),  # ERC-721
        ("0xffffffff", False),
        ("0x00000000", False),
    ],
)
def test_names_its_interfaces(carbon, interface_id, is_supported):
    assert carbon.supportsInterface(interface_id) is is_supported


def interface_id(contract, signatures):
    """The exclusive or of the selectors, all of which the contract must have."""
    known = {abi.selector for abi in contract.contract_type.methods}
    assert set(signatures) <= known, set(signatures) - known
    value = 0
    for signature in signatures:
        value ^= int.from_bytes(keccak(text=signature)[:4], "big")
    return f"0x{value:08x}"


def test_has_every_function_of_the_interfaces_it_names(carbon):
    assert interface_id(carbon, ["supportsInterface(bytes4)"]) == "0x01ffc9a7"
    assert interface_id(carbon, ["uri(uint256)"]) == "0x0e89341c"
    assert interface_id(
        carbon,
        [
            "safeTransferFrom(address,address,uint256,uint256,bytes)",
            "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)",
            "balanceOf(address,uint256)",
            "balanceOfBatch(address[],uint256[])",
            "setApprovalForAll(address,bool)",
            "isApprovedForAll(address,address)",
        ],
    ) == "0xd9b67a26"  # fmt: skip
    assert interface_id(
        carbon,
        [
            "canSend(address)",
            "canReceive(address)",
            "canTransfer(address,address,uint256,uint256)",
            "getFrozenTokens(address,uint256)",
            "setFrozenTokens(address,uint256,uint256)",
            "forcedTransfer(address,address,uint256,uint256)",
        ],
    ) == "0x41c4fbad"  # fmt: skip


@pytest.mark.parametrize(
    ("signature", "selector"),
    [
        ("encodeTokenId(uint256,uint256)", "ebd46d64"),
        ("decodeTokenId(uint256)", "7efd9112"),
        ("getMetadata(uint256)", "a574cea4"),
        (
            "mintCredit(address,uint256,uint256,uint256,uint256,"
            "(uint256,uint256,string,string,string,string,uint256,uint256,bool))",
            "0d77d7b1",
        ),
        ("retire(uint256,address,uint256)", "f0b637df"),
        ("retiredBalanceOf(address,uint256)", "cacfa4b2"),
        ("tokenExists(uint256)", "00923f9e"),
        ("isExpired(uint256)", "d9548e53"),
    ],
)
def test_has_the_functions_of_the_draft(carbon, signature, selector):
    """ERC-8393."""
    assert keccak(text=signature)[:4].hex() == selector
    assert signature in {abi.selector for abi in carbon.contract_type.methods}


def test_changes_state_by_these_functions_only(carbon):
    changing = {abi.name for abi in carbon.contract_type.methods if abi.is_stateful}

    assert changing == {
        "safeTransferFrom", "safeBatchTransferFrom", "setApprovalForAll", "retire", "retire_for",
        "cancel", "convert_kind", "export_credits", "cure", "mintCredit", "reverse",
        "setFrozenTokens", "forcedTransfer", "cancel_by_order", "set_adjustment", "set_gated",
        "set_convertible", "pause", "unpause",
    }  # fmt: skip


def test_uri_is_the_base_followed_by_the_id(carbon, params, batch):
    for token_id in (0, batch, 2**256 - 1):
        assert carbon.uri(token_id) == f"{params.uris.credits}{token_id}"


def test_knows_its_neighbours_its_unit_and_its_roles(carbon, city, registry, certificate):
    assert carbon.TONNE() == 10**8
    assert carbon.ISSUER() == registry.address
    assert carbon.identityRegistry() == city.identity_registry
    assert carbon.certificate() == certificate.address
    assert carbon.authority() == city.authority
    for role in (
        "COMPLIANCE_OFFICER_ROLE",
        "ENFORCER_ROLE",
        "CARBON_VERIFIER_ROLE",
        "COUNCIL_CLERK_ROLE",
        "GUARDIAN_ROLE",
        "CHAIN_ENGINEER_ROLE",
    ):
        assert getattr(carbon, role)() == keccak(text=role)
