"""Who must sign an issuance, and what is not a signature (EIP-712, ERC-1271)."""

import ape
import pytest
from ape import chain
from eth_utils import keccak

from civitas.chain.carbon import issuance_message

from .conftest import DAY, EVIDENCE, RESOLUTION, START, TONNE, ZERO

# Order of secp256k1: s and ORDER - s sign the same.
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def ascending(*accounts):
    return sorted(accounts, key=lambda each: int(each.address, 16))


@pytest.fixture
def wanted(issuance, investors, solar):
    return issuance(solar)


@pytest.fixture
def signed(sign, wanted, verifiers):
    """[(signer, signature)] as it should be."""
    return [(each.address, sign(each, wanted)) for each in ascending(*verifiers)]


@pytest.fixture
def wallet(project, carbon_verifier, third_verifier, grant_role):
    """A contract wallet of the third verifier's, itself a verifier."""
    contract = carbon_verifier.deploy(project.MockContractWallet, third_verifier)
    grant_role("CARBON_VERIFIER_ROLE", contract)
    return contract


@pytest.fixture
def sign_for(registry, wanted):
    """What a wallet's owner signs for it."""

    def create(wallet, owner):
        digest = registry.digest(wanted.as_tuple())
        signed = owner.sign_raw_msghash(wallet.wrapped(digest))
        r, s = (bytes(half).rjust(32, b"\0") for half in (signed.r, signed.s))
        return r + s + bytes([signed.v])

    return create


def test_needs_as_many_as_the_threshold(hand_in, wanted, signed, supply):
    for too_few in ([], signed[:1], signed[1:]):
        with ape.reverts("carbon_registry: too few signatures"):
            hand_in(wanted, signatures=too_few)

    hand_in(wanted, signatures=signed)

    assert supply()[0] == 100 * TONNE


def test_takes_more_than_needed_if_all_are_right(
    registry, hand_in, wanted, sign, verifiers, third_verifier, stranger
):
    three = [(each.address, sign(each, wanted)) for each in ascending(*verifiers, third_verifier)]
    wrong = [*three[:2], (three[2][0], bytes(65))]
    with ape.reverts("ecdsa: invalid signature"):
        hand_in(wanted, signatures=wrong)
    receipt = hand_in(wanted, signatures=three)

    (issued,) = receipt.decode_logs(registry.BatchIssued)
    assert issued.signers == 3


def test_takes_8_signatures_and_not_one_more(
    registry, hand_in, wanted, issuance, solar, sign, accounts, grant_role, council_clerk
):
    nine = ascending(*accounts[80:89])
    for account in nine:
        grant_role("CARBON_VERIFIER_ROLE", account)
    registry.set_threshold(8, RESOLUTION, sender=council_clerk)
    with ape.reverts("carbon_registry: too few signatures"):
        hand_in(wanted, signers=nine[:7])
    with ape.reverts("Transaction failed."):  # the decoder refuses it, and gives no reason
        hand_in(wanted, signers=nine)

    receipt = hand_in(wanted, signers=nine[:8])

    (issued,) = receipt.decode_logs(registry.BatchIssued)
    assert issued.signers == 8


def test_follows_a_new_threshold(registry, hand_in, wanted, signed, council_clerk):
    registry.set_threshold(3, RESOLUTION, sender=council_clerk)
    with ape.reverts("carbon_registry: too few signatures"):
        hand_in(wanted, signatures=signed)
    registry.set_threshold(1, RESOLUTION, sender=council_clerk)

    assert hand_in(wanted, signatures=signed[:1]).return_value % 2**64 == 1


def test_refuses_a_signer_twice_and_signers_out_of_order(
    hand_in, wanted, signed, sign, carbon_verifier
):
    first, second = signed
    for wrong in ([first, first], [second, first], [first, second, second], [first, second, first]):
        with ape.reverts("carbon_registry: signers not ascending"):
            hand_in(wanted, signatures=wrong)
    with ape.reverts("carbon_registry: signers not ascending"):
        hand_in(wanted, signatures=[(ZERO, bytes(65)), first])


def test_refuses_a_signer_without_the_role(
    hand_in, wanted, sign, carbon_verifier, esg_officer, council, stranger, alice
):
    for other in (esg_officer, council, stranger, alice):
        with ape.reverts("carbon_registry: not a verifier"):
            hand_in(wanted, signers=(carbon_verifier, other))


def test_refuses_a_verifier_who_was_revoked_after_signing(
    hand_in, wanted, signed, second_verifier, revoke_role, grant_role
):
    revoke_role("CARBON_VERIFIER_ROLE", second_verifier)
    with ape.reverts("carbon_registry: not a verifier"):
        hand_in(wanted, signatures=signed)

    grant_role("CARBON_VERIFIER_ROLE", second_verifier)
    hand_in(wanted, signatures=signed)


def test_refuses_one_verifiers_signature_under_anothers_name(hand_in, wanted, signed):
    (first, first_signature), (second, second_signature) = signed
    for wrong in (
        [(first, second_signature), (second, second_signature)],
        [(first, first_signature), (second, first_signature)],
        [(first, second_signature), (second, first_signature)],
    ):
        with ape.reverts("carbon_registry: bad signature"):
            hand_in(wanted, signatures=wrong)


@pytest.mark.parametrize(
    "domain",
    [
        {"chainId": 1},
        {"verifyingContract": ZERO},
        {"name": "Civitas meter registry"},
        {"version": "2"},
    ],
    ids=lambda domain: next(iter(domain)),
)
def test_refuses_a_signature_for_another_domain(hand_in, wanted, sign, verifiers, domain):
    signatures = [(each.address, sign(each, wanted, **domain)) for each in ascending(*verifiers)]

    with ape.reverts("carbon_registry: bad signature"):
        hand_in(wanted, signatures=signatures)


def test_refuses_a_signature_for_another_citys_registry(
    hand_in, wanted, sign, verifiers, certificate, meters
):
    for contract in (certificate, meters):
        signatures = [
            (each.address, sign(each, wanted, verifyingContract=contract.address))
            for each in ascending(*verifiers)
        ]
        with ape.reverts("carbon_registry: bad signature"):
            hand_in(wanted, signatures=signatures)


@pytest.mark.parametrize(
    "changed",
    [
        {"receiver": "bob"},
        {"tonnes": 101},
        {"vintage": 2021},
        {"period_start": START - 1},
        {"period_end": START + DAY + 1},
        {"expiry": 2**39},
        {"first_serial": 2},
        {"evidence_hash": EVIDENCE[::-1]},
        {"deadline": 2**63},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_signature_covers_every_field(hand_in, issuance, solar, wanted, signed, bob, changed):
    if "receiver" in changed:
        changed = {"receiver": bob.address}
    fields = {"deadline": wanted.deadline} | changed

    with ape.reverts("carbon_registry: bad signature"):
        hand_in(issuance(solar, **fields), signatures=signed)


def test_a_signature_covers_the_project(hand_in, issuance, wind, wanted, signed):
    with ape.reverts("carbon_registry: bad signature"):
        hand_in(issuance(wind, deadline=wanted.deadline), signatures=signed)


def test_a_signature_covers_where_bridged_credits_come_from(
    hand_in, issuance, bridge, investors, sign, verifiers
):
    wanted = issuance(bridge)
    signed = [(each.address, sign(each, wanted)) for each in ascending(*verifiers)]
    for changed in (
        {"registry_code": EVIDENCE},
        {"series_id": EVIDENCE},
        {"origin": EVIDENCE},
    ):
        with ape.reverts("carbon_registry: bad signature"):
            hand_in(
                issuance(bridge, **({"deadline": wanted.deadline} | changed)), signatures=signed
            )

    hand_in(wanted, signatures=signed)


# --- forms of a signature
def test_refuses_the_second_form_of_a_signature(hand_in, wanted, signed):
    (first, signature), second = signed
    r, s, v = signature[:32], int.from_bytes(signature[32:64], "big"), signature[64]
    high = r + (ORDER - s).to_bytes(32, "big") + bytes([55 - v])

    with ape.reverts("ecdsa: invalid signature `s` value"):
        hand_in(wanted, signatures=[(first, high), second])


@pytest.mark.parametrize("v", [0, 1, 26, 29, 255])
def test_refuses_another_v(hand_in, wanted, signed, v):
    (first, signature), second = signed

    with ape.reverts("ecdsa: invalid signature"):
        hand_in(wanted, signatures=[(first, signature[:64] + bytes([v])), second])


@pytest.mark.parametrize("length", [0, 1, 32, 63])
def test_refuses_another_length(hand_in, wanted, signed, length):
    (first, signature), second = signed

    with ape.reverts("carbon_registry: bad signature"):
        hand_in(wanted, signatures=[(first, signature[:length]), second])


def test_refuses_a_longer_signature(hand_in, wanted, signed):
    (first, signature), second = signed

    with ape.reverts("Transaction failed."):  # the decoder refuses it, and gives no reason
        hand_in(wanted, signatures=[(first, signature + b"\0"), second])


def test_takes_the_short_form_of_64_bytes_but_not_twice(hand_in, wanted, signed):
    """EIP-2098. It is the same signature: what counts as used is the period, not the bytes."""
    (first, signature), second = signed
    s = int.from_bytes(signature[32:64], "big") | ((signature[64] - 27) << 255)
    short = signature[:32] + s.to_bytes(32, "big")

    hand_in(wanted, signatures=[(first, short), second])

    with ape.reverts("serial_intervals: overlap"):
        hand_in(wanted, signatures=signed)


# --- contract wallets
def test_takes_a_contract_wallets_signature(
    hand_in, wanted, sign, sign_for, wallet, carbon_verifier, third_verifier, supply
):
    by_wallet = (wallet.address, sign_for(wallet, third_verifier))
    by_person = (carbon_verifier.address, sign(carbon_verifier, wanted))

    hand_in(wanted, signatures=sorted([by_wallet, by_person], key=lambda each: int(each[0], 16)))

    assert supply()[0] == 100 * TONNE


def test_refuses_what_a_contract_wallet_does_not_confirm(
    registry, hand_in, wanted, sign, sign_for, wallet, third_verifier, stranger, council_clerk
):
    registry.set_threshold(1, RESOLUTION, sender=council_clerk)
    right = sign_for(wallet, third_verifier)
    for wrong in (
        sign_for(wallet, stranger),
        sign(third_verifier, wanted),  # its owner's own signature is not the wallet's
        right[:64],
        b"",
        bytes(65),
    ):
        with ape.reverts("carbon_registry: bad signature"):
            hand_in(wanted, signatures=[(wallet.address, wrong)])
    for manner in (2, 4, 8):  # refuses, answers wrong, answers short
        wallet.behave(manner, sender=stranger)
        with ape.reverts("carbon_registry: bad signature"):
            hand_in(wanted, signatures=[(wallet.address, right)])

    wallet.behave(1, sender=stranger)
    assert hand_in(wanted, signatures=[(wallet.address, right)]).return_value % 2**64 == 1


def test_refuses_a_signature_for_another_wallet_of_the_same_owner(
    project, registry, hand_in, wanted, sign_for, wallet, third_verifier, stranger, grant_role,
    council_clerk,
):  # fmt: skip
    registry.set_threshold(1, RESOLUTION, sender=council_clerk)
    other = stranger.deploy(project.MockContractWallet, third_verifier)
    grant_role("CARBON_VERIFIER_ROLE", other)

    with ape.reverts("carbon_registry: bad signature"):
        hand_in(wanted, signatures=[(other.address, sign_for(wallet, third_verifier))])
    hand_in(wanted, signatures=[(other.address, sign_for(other, third_verifier))])

    assert registry.projects(wanted.project_id).batches == 1


def test_refuses_a_contract_that_knows_no_signatures(
    registry, hand_in, wanted, money, grant_role, council_clerk
):
    registry.set_threshold(1, RESOLUTION, sender=council_clerk)
    grant_role("CARBON_VERIFIER_ROLE", money)

    with ape.reverts("carbon_registry: bad signature"):
        hand_in(wanted, signatures=[(money.address, bytes(65))])


# --- what is signed
def test_digest_is_the_one_of_the_standard(city, registry, wanted):
    message = issuance_message(city, wanted)

    assert registry.digest(wanted.as_tuple()) == keccak(
        b"\x19" + message.version + message.header + message.body
    )
    assert registry.DOMAIN_SEPARATOR() == message.header


def test_names_its_domain(registry):
    fields, name, version, chain_id, contract, salt, extensions = registry.eip712Domain()

    assert (bytes(fields), name, version) == (b"\x0f", "Civitas carbon registry", "1")
    assert (chain_id, contract) == (chain.chain_id, registry.address)
    assert (bytes(salt), list(extensions)) == (bytes(32), [])
