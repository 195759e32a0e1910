"""Wallets of an investor: bound by their own signature, unbound, lost and replaced."""

import ape
import pytest
from ape import chain
from eth_utils import keccak

KYC = 1
REASON = keccak(text="file on the loss")
DAY = 86_400
ZERO = "0x" + "00" * 20


@pytest.fixture
def investor(onboard, claim, alice):
    onboard(alice, claim(alice))
    return alice


def test_binds_a_further_wallet(identities, investor, consent, bob, in_a_year):
    signature = consent(bob, investor)

    receipt = identities.bind_wallet(bob, in_a_year, signature, sender=investor)

    assert identities.eligibility(bob) == identities.eligibility(investor)
    assert receipt.events == [
        identities.IdentityRegistered(investor_address=bob, identity=investor)
    ]
    with ape.reverts("investor_records: is registered"):
        identities.bind_wallet(bob, in_a_year, signature, sender=investor)


def test_binds_no_wallet_without_its_signature(
    identities, investor, consent, bob, stranger, in_a_year
):
    for wrong in (consent(stranger, investor), consent(bob, stranger), b""):
        with ape.reverts("signatures: bad signature"):
            identities.bind_wallet(bob, in_a_year, wrong, sender=investor)
    with ape.reverts("signatures: bad signature"):
        identities.bind_wallet(ZERO, in_a_year, b"\x01" * 65, sender=investor)
    with ape.reverts("investor_records: not registered"):
        identities.bind_wallet(bob, in_a_year, consent(bob, investor), sender=stranger)

    assert not identities.contains(bob)


def test_a_consent_is_good_once(identities, investor, consent, bob, in_a_year):
    signature = consent(bob, investor)
    identities.bind_wallet(bob, in_a_year, signature, sender=investor)
    receipt = identities.unbind_wallet(sender=bob)

    assert receipt.events == [identities.IdentityRemoved(investor_address=bob, identity=investor)]
    assert identities.wallet_nonce(bob) == 1
    assert not identities.isVerified(bob)
    assert identities.isVerified(investor)
    with ape.reverts("signatures: bad signature"):
        identities.bind_wallet(bob, in_a_year, signature, sender=investor)
    identities.bind_wallet(bob, in_a_year, consent(bob, investor), sender=investor)
    assert identities.isVerified(bob)
    identities.unbind_wallet(sender=bob)
    assert identities.wallet_nonce(bob) == 2


def test_an_investor_outlives_its_first_wallet(identities, investor, consent, bob, in_a_year):
    identities.bind_wallet(bob, in_a_year, consent(bob, investor), sender=investor)

    identities.unbind_wallet(sender=investor)

    assert not identities.contains(investor)
    assert identities.identity(bob) == investor
    assert identities.isVerified(bob)
    with ape.reverts("investor_records: not registered"):
        identities.unbind_wallet(sender=investor)


def test_an_investor_is_no_wallet_of_another(
    identities, investor, onboard, claim, consent, bob, in_a_year, compliance_officer, issuer
):
    onboard(bob, claim(bob))
    identities.unbind_wallet(sender=bob)
    with ape.reverts("investor_records: is an investor"):
        identities.bind_wallet(bob, in_a_year, consent(bob, investor), sender=investor)


def test_a_wallet_of_another_is_no_investor(
    identities, investor, claim, consent, bob, in_a_year, compliance_officer, issuer
):
    identities.bind_wallet(bob, in_a_year, consent(bob, investor), sender=investor)
    with ape.reverts("investor_records: is a wallet"):
        identities.file_claims([(claim(bob).as_tuple(), b"")], sender=issuer)
    with ape.reverts("investor_records: is a wallet"):
        identities.registerIdentity(bob, bob, 410, sender=compliance_officer)


# --- ERC-3643
def test_registers_wallets_that_wait_for_claims(
    identities, trusted, claim, compliance_officer, issuer, alice, bob, file_number
):
    identities.registerIdentity(alice, file_number, 410, sender=compliance_officer)
    identities.batchRegisterIdentity([bob], [file_number], [410], sender=compliance_officer)
    assert not identities.isVerified(alice)
    with ape.reverts("identity_registry: lengths differ"):
        identities.batchRegisterIdentity([bob], [], [410], sender=compliance_officer)

    identities.file_claims([(claim(file_number).as_tuple(), b"")], sender=issuer)

    assert identities.unverified_side(alice, bob) == 0


def test_gives_a_wallet_to_another_investor(
    identities, investor, compliance_officer, bob, file_number, other_file_number
):
    identities.registerIdentity(bob, file_number, 410, sender=compliance_officer)
    with ape.reverts("investor_records: unknown investor"):
        identities.updateIdentity(bob, other_file_number, sender=compliance_officer)

    receipt = identities.updateIdentity(bob, investor, sender=compliance_officer)

    assert identities.identity(bob) == investor
    assert receipt.events[-1] == identities.IdentityUpdated(
        old_identity=file_number, new_identity=investor
    )


def test_answers_for_its_own_registries(identities, stranger):
    assert identities.identityStorage() == identities
    assert identities.issuersRegistry() == identities
    assert identities.topicsRegistry() == identities
    for name in (
        "setIdentityRegistryStorage",
        "setClaimTopicsRegistry",
        "setTrustedIssuersRegistry",
    ):
        with ape.reverts("identity_registry: is its own"):
            getattr(identities, name)(stranger, sender=stranger)


SURFACES = {
    "8ff89f73": """identityStorage() issuersRegistry() topicsRegistry()
        setIdentityRegistryStorage(address) setClaimTopicsRegistry(address)
        setTrustedIssuersRegistry(address) registerIdentity(address,address,uint16)
        batchRegisterIdentity(address[],address[],uint16[]) deleteIdentity(address)
        updateCountry(address,uint16) updateIdentity(address,address) contains(address)
        isVerified(address) identity(address) investorCountry(address)""",
    "b0f773b8": """addTrustedIssuer(address,uint256[]) removeTrustedIssuer(address)
        updateIssuerClaimTopics(address,uint256[]) getTrustedIssuers() isTrustedIssuer(address)
        getTrustedIssuerClaimTopics(address) getTrustedIssuersForClaimTopic(uint256)
        hasClaimTopic(address,uint256)""",
    "10928b13": "addClaimTopic(uint256) removeClaimTopic(uint256) getClaimTopics()",
    "01ffc9a7": "supportsInterface(bytes4)",
    "84b0196e": "eip712Domain()",
}


@pytest.mark.parametrize("interface", SURFACES)
def test_answers_the_standards(project, identities, interface):
    signatures = SURFACES[interface].split()
    own = {each.selector for each in project.IdentityRegistry.contract_type.methods}
    xor = 0
    for each in signatures:
        xor ^= int.from_bytes(keccak(text=each)[:4], "big")

    assert xor == int(interface, 16)
    assert set(signatures) <= own
    assert identities.supportsInterface(bytes.fromhex(interface))
    assert not identities.supportsInterface(b"\xff" * 4)


# --- recovery
@pytest.fixture
def announce(identities, investor, consent, enforcer, in_a_year):
    def send(successor, lost=investor, reason=REASON):
        signature = consent(successor, identities.identity(lost))
        return identities.announce_recovery(
            lost, successor, reason, in_a_year, signature, sender=enforcer
        )

    return send


def pass_window(identities, more=0):
    chain.pending_timestamp = chain.pending_timestamp + identities.OBJECTION_WINDOW() + more


def test_replaces_a_lost_wallet_for_ever(
    identities,
    investor,
    announce,
    claim,
    onboard,
    consent,
    enforcer,
    bob,
    carol,
    in_a_year,
    compliance_officer,
):
    """INV-ID-5"""
    announce(bob)
    pass_window(identities)

    receipt = identities.recover_wallet(investor, sender=enforcer)

    assert identities.recovered_to(investor) == bob
    assert identities.identity(bob) == investor
    assert identities.isVerified(bob)
    assert not identities.contains(investor)
    assert receipt.events[-1] == identities.WalletRecovered(
        lost=investor, successor=bob, identity=investor
    )
    with ape.reverts("investor_records: wallet was lost"):
        identities.bind_wallet(investor, in_a_year, consent(investor), sender=bob)
    with ape.reverts("investor_records: wallet was lost"):
        identities.registerIdentity(investor, investor, 410, sender=compliance_officer)
    with ape.reverts("investor_records: wallet was lost"):
        onboard(investor, claim(investor, nonce=2))
    announce(carol, lost=bob)
    pass_window(identities)
    identities.recover_wallet(bob, sender=enforcer)
    assert identities.recovered_to(bob) == carol


def test_waits_for_the_window_and_not_too_long(identities, investor, announce, enforcer, bob):
    with ape.reverts("wallet_recovery: not announced"):
        identities.recover_wallet(investor, sender=enforcer)
    announce(bob)
    start = identities.announced_recovery(investor).executable_from
    until = identities.announced_recovery(investor).executable_until
    assert until - start == 30 * DAY
    with ape.reverts("wallet_recovery: is announced"):
        announce(bob)
    chain.pending_timestamp = start - 1
    with ape.reverts("wallet_recovery: window is open"):
        identities.recover_wallet(investor, sender=enforcer)
    snapshot = chain.snapshot()
    chain.pending_timestamp = until
    identities.recover_wallet(investor, sender=enforcer)
    chain.restore(snapshot)
    chain.pending_timestamp = until + 1
    with ape.reverts("wallet_recovery: has expired"):
        identities.recover_wallet(investor, sender=enforcer)
    announce(bob)


@pytest.mark.parametrize("by", ["investor", "second wallet", "office"])
def test_an_objection_stops_it(
    identities, investor, announce, consent, enforcer, compliance_officer, bob, carol, by, in_a_year
):
    identities.bind_wallet(carol, in_a_year, consent(carol, investor), sender=investor)
    announce(bob)
    with ape.reverts("investor_records: not registered"):
        identities.object_to_recovery(investor, sender=bob)

    if by == "office":
        identities.call_off_recovery(investor, sender=compliance_officer)
    else:
        identities.object_to_recovery(investor, sender=investor if by == "investor" else carol)

    pass_window(identities)
    with ape.reverts("wallet_recovery: not announced"):
        identities.recover_wallet(investor, sender=enforcer)
    assert identities.isVerified(investor)


def test_a_wallet_does_not_leave_while_its_recovery_is_announced(
    identities, investor, announce, bob, enforcer, compliance_officer
):
    """Whoever found the key could else leave the investor nothing to recover."""
    announce(bob)
    until = identities.announced_recovery(investor).executable_until
    with ape.reverts("wallet_recovery: is announced"):
        identities.unbind_wallet(sender=investor)

    snapshot = chain.snapshot()
    identities.call_off_recovery(investor, sender=compliance_officer)
    identities.unbind_wallet(sender=investor)
    chain.restore(snapshot)
    chain.pending_timestamp = until
    with ape.reverts("wallet_recovery: is announced"):
        identities.unbind_wallet(sender=investor)
    chain.pending_timestamp = until + 1
    identities.unbind_wallet(sender=investor)
    assert not identities.contains(investor)


def test_another_investor_has_no_say(identities, investor, announce, onboard, claim, bob, carol):
    onboard(carol, claim(carol))
    announce(bob)

    with ape.reverts("identity_registry: not the investor"):
        identities.object_to_recovery(investor, sender=carol)


def test_announces_with_a_reason_and_the_new_wallets_signature(
    identities, investor, announce, onboard, claim, consent, enforcer, bob, carol, in_a_year
):
    onboard(carol, claim(carol))
    with ape.reverts("wallet_recovery: no reason"):
        announce(bob, reason=bytes(32))
    with ape.reverts("signatures: bad signature"):
        identities.announce_recovery(
            investor, bob, REASON, in_a_year, consent(carol, investor), sender=enforcer
        )
    with ape.reverts("investor_records: is registered"):
        announce(carol)
    with ape.reverts("investor_records: not registered"):
        identities.announce_recovery(
            bob, bob, REASON, in_a_year, consent(bob, investor), sender=enforcer
        )


@pytest.mark.parametrize("window", [DAY - 1, 366 * DAY + 1])
def test_refuses_a_window_that_is_none(project, city, deployer, window):
    with ape.reverts("wallet_recovery: bad window"):
        deployer.deploy(project.IdentityRegistry, city.authority, [KYC], window)
