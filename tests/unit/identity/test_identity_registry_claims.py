"""Claims: filed once, revoked by key or by issuer, and never back in another encoding."""

from dataclasses import replace

import ape
import pytest
from ape import chain
from eth_account.messages import encode_typed_data

from civitas.chain.identity import _CLAIM_TYPES

KYC, TAX = 1, 2
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
FOR_EVER = 65_535
FAR = 2**39  # {s}
NOBODY = ("0x" + "00" * 20, 0, 0, 0)


def encodings(signature):
    """The same signature as other bytes: v from 0, mirrored s, both, and 64 bytes (EIP-2098)."""
    r, s, v = signature[:32], int.from_bytes(signature[32:64], "big"), signature[64]
    high = (ORDER - s).to_bytes(32, "big")
    compact = (s | ((v - 27) << 255)).to_bytes(32, "big")
    return {
        "as it was": signature,
        "v from 0": signature[:64] + bytes([v - 27]),
        "high s": r + high + bytes([55 - v]),
        "high s, v from 0": r + high + bytes([28 - v]),
        "compact": r + compact,
        "empty": b"",
    }


@pytest.fixture
def onboarded(onboard, claim, alice):
    onboard(alice, claim(alice))
    return alice


def file(identities, sender, *signed):
    return identities.file_claims([(each.as_tuple(), by) for each, by in signed], sender=sender)


# --- onboard
def test_onboards_by_two_signatures(identities, onboard, claim, alice, issuer, in_a_year):
    receipt = onboard(alice, claim(alice))

    assert identities.eligibility(alice) == (alice.address, 410, 1, in_a_year)
    assert identities.isVerified(alice)
    assert tuple(identities.filed_claim(alice, KYC)) == (in_a_year, 1, 0, 1)
    assert receipt.events == [
        identities.ClaimFiled(
            identity=alice,
            issuer=issuer,
            topic=KYC,
            country=410,
            investor_class=1,
            valid_until=in_a_year,
            nonce=1,
            eligible_until=in_a_year,
        ),
        identities.IdentityRegistered(investor_address=alice, identity=alice),
    ]


def test_needs_no_signature_of_who_sends(
    identities, trusted, claim, sign, consent, issuer, alice, bob, in_a_year
):
    signature = sign(issuer, claim(alice))
    identities.onboard(claim(alice).as_tuple(), signature, 0, b"", sender=alice)
    identities.onboard(claim(bob).as_tuple(), b"", in_a_year, consent(bob), sender=issuer)

    assert identities.unverified_side(alice, bob) == 0


def test_refuses_to_bind_without_the_wallets_signature(
    identities, trusted, claim, sign, consent, issuer, alice, bob, payer, in_a_year
):
    signed = (claim(alice).as_tuple(), sign(issuer, claim(alice)), in_a_year)
    for wrong in (b"", consent(bob), consent(alice, bob), consent(alice, deadline=in_a_year - 1)):
        with ape.reverts("signatures: bad signature"):
            identities.onboard(*signed, wrong, sender=payer)

    assert identities.eligibility(alice) == NOBODY


def test_refuses_a_consent_past_its_deadline(
    identities, trusted, claim, sign, consent, issuer, alice, payer
):
    over = chain.pending_timestamp - 1
    with ape.reverts("signatures: past the deadline"):
        identities.onboard(
            *(claim(alice).as_tuple(), sign(issuer, claim(alice))),
            *(over, consent(alice, deadline=over)),
            sender=payer,
        )


@pytest.mark.parametrize("encoding", ["v from 0", "high s", "high s, v from 0"])
def test_refuses_other_encodings_of_a_signature(
    identities, trusted, claim, sign, consent, issuer, alice, payer, in_a_year, encoding
):
    claimed = claim(alice)
    of_issuer, of_wallet = sign(issuer, claimed), consent(alice)
    with ape.reverts("signatures: bad signature"):
        identities.onboard(
            *(claimed.as_tuple(), encodings(of_issuer)[encoding], in_a_year, of_wallet),
            sender=payer,
        )
    with ape.reverts("signatures: bad signature"):
        identities.onboard(
            *(claimed.as_tuple(), of_issuer, in_a_year, encodings(of_wallet)[encoding]),
            sender=payer,
        )

    assert not identities.contains(alice)


def test_takes_a_compact_signature(
    identities, trusted, claim, sign, consent, issuer, alice, payer, in_a_year
):
    """EIP-2098; what counts is the claim, so it is no other claim."""
    claimed = claim(alice)
    compact = encodings(sign(issuer, claimed))["compact"]
    file(identities, payer, (claimed, compact))

    for again in (compact, sign(issuer, claimed)):
        receipt = file(identities, payer, (claimed, again))
        assert receipt.events == []


def test_filing_what_is_filed_changes_nothing_and_keeps_no_onboarding_out(
    identities, trusted, claim, sign, onboard, issuer, alice, stranger
):
    """Whoever copies a claim on its way to the chain can't spoil it by being first."""
    file(identities, stranger, (claim(alice), sign(issuer, claim(alice))))

    onboard(alice, claim(alice))

    assert identities.isVerified(alice)
    other = claim(alice, investor_class=2)
    with ape.reverts("claims: void claim"):
        file(identities, stranger, (other, sign(issuer, other)))


def test_refuses_a_claim_for_another_chain(
    identities, trusted, claim, issuer, alice, payer, in_a_year
):
    claimed = claim(alice)
    names = [name for name, _ in _CLAIM_TYPES]
    message = encode_typed_data(
        domain_data={
            "name": "Civitas identity registry",
            "version": "1",
            "chainId": chain.provider.chain_id + 1,
            "verifyingContract": identities.address,
        },
        message_types={"Claim": [{"name": name, "type": kind} for name, kind in _CLAIM_TYPES]},
        message_data=dict(zip(names, claimed.as_tuple(), strict=True)),
    )
    with ape.reverts("signatures: bad signature"):
        file(identities, payer, (claimed, issuer.sign_message(message).encode_rsv()))


def test_lets_a_contract_wallet_agree(
    project, identities, trusted, claim, sign, issuer, alice, payer, in_a_year
):
    wallet = project.MockContractWallet.deploy(alice, sender=payer)
    signature = sign(issuer, claim(wallet))
    digest = _binding_digest(identities, wallet.address, in_a_year)
    agreed = alice.sign_raw_msghash(wallet.wrapped(digest)).encode_rsv()
    signed = (claim(wallet).as_tuple(), signature, in_a_year)

    with ape.reverts("signatures: bad signature"):
        identities.onboard(*signed, b"\x01" * 65, sender=payer)
    identities.onboard(*signed, agreed, sender=payer)

    assert identities.isVerified(wallet)


def _binding_digest(identities, wallet, deadline):
    from eth_abi import encode
    from eth_utils import keccak

    kind = keccak(text="Binding(address wallet,address identity,uint256 nonce,uint64 deadline)")
    types = ["bytes32", "address", "address", "uint256", "uint64"]
    struct = keccak(encode(types, [kind, wallet, wallet, 0, deadline]))
    return keccak(b"\x19\x01" + bytes(identities.DOMAIN_SEPARATOR()) + struct)


# --- onboard_batch
def test_an_issuer_onboards_many(
    identities, trusted, consent, issuer, second_issuer, alice, bob, in_a_year
):
    entries = [(each, 410, 1, in_a_year, 1, consent(each)) for each in (alice, bob)]

    with ape.reverts("signatures: bad signature"):
        identities.onboard_batch(
            KYC, in_a_year, [entries[0], (*entries[1][:5], consent(alice))], sender=issuer
        )
    assert not identities.contains(alice)
    identities.onboard_batch(KYC, in_a_year, entries, sender=issuer)

    assert identities.unverified_side(alice, bob) == 0
    assert tuple(identities.filed_claim(bob, KYC)) == (in_a_year, 1, 0, 1)
    assert second_issuer != issuer


def test_refuses_a_batch_of_one_who_is_not_trusted(
    identities, trusted, consent, stranger, alice, in_a_year
):
    with ape.reverts("trusted_issuers: not trusted"):
        identities.onboard_batch(
            KYC, in_a_year, [(alice, 410, 1, in_a_year, 1, consent(alice))], sender=stranger
        )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"country": 0}, "investor_records: bad country"),
        ({"country": 1_000}, "investor_records: bad country"),
        ({"valid_until": 1}, "investor_records: bad expiry"),
        ({"valid_until": 2**40}, "investor_records: bad expiry"),
        ({"nonce": 0}, "claims: void claim"),
    ],
)
def test_refuses_a_batch_with_an_entry_that_does_not_hold(
    identities, trusted, consent, issuer, alice, bob, in_a_year, changes, reason
):
    def entry(wallet, country=410, valid_until=in_a_year, nonce=1):
        return (wallet, country, 1, valid_until, nonce, consent(wallet))

    with ape.reverts(reason):
        identities.onboard_batch(
            KYC, in_a_year, [entry(alice), entry(bob, **changes)], sender=issuer
        )

    assert not identities.contains(alice)


def test_refuses_a_batch_past_its_deadline(identities, trusted, consent, issuer, alice, in_a_year):
    over = chain.pending_timestamp - 1
    entry = (alice, 410, 1, in_a_year, 1, consent(alice, deadline=over))
    with ape.reverts("signatures: past the deadline"):
        identities.onboard_batch(KYC, over, [entry], sender=issuer)


def test_a_batch_brings_no_revoked_claim_back(
    identities, trusted, consent, issuer, alice, in_a_year
):
    """INV-ID-4: neither where nothing is known of the investor, nor where it is bound already."""
    identities.revoke_claim(alice, KYC, 1, sender=issuer)

    with ape.reverts("claims: void claim"):
        identities.onboard_batch(
            KYC, in_a_year, [(alice, 410, 1, in_a_year, 1, consent(alice))], sender=issuer
        )
    identities.onboard_batch(
        KYC, in_a_year, [(alice, 410, 1, in_a_year, 2, consent(alice))], sender=issuer
    )
    assert identities.isVerified(alice)
    with ape.reverts("investor_records: is registered"):
        identities.onboard_batch(
            KYC, in_a_year, [(alice, 410, 1, in_a_year, 3, consent(alice))], sender=issuer
        )


def test_a_new_investor_needs_the_other_topics_too(
    identities, trusted, onboard, claim, council_clerk, alice
):
    """INV-ID-3"""
    identities.addClaimTopic(TAX, sender=council_clerk)

    receipt = onboard(alice, claim(alice))

    assert receipt.events[0].eligible_until == 0
    assert not identities.isVerified(alice)


# --- file_claims
def test_renews_an_expired_investor(
    identities, onboarded, claim, sign, issuer, payer, bob, at, in_a_year
):
    at(in_a_year + 1)
    assert identities.unverified_side(onboarded, bob) == 1
    later = in_a_year + 1_000
    renewed = claim(onboarded, nonce=2, valid_until=later, deadline=later)

    file(identities, payer, (renewed, sign(issuer, renewed)))

    assert identities.isVerified(onboarded)
    assert identities.eligibility(onboarded).valid_until == later


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"nonce": 1, "investor_class": 2}, "claims: void claim"),
        ({"nonce": 1, "valid_until": FAR}, "claims: void claim"),
        ({"nonce": 0}, "claims: void claim"),
        ({"deadline": 1}, "signatures: past the deadline"),
        ({"valid_until": 1}, "investor_records: bad expiry"),
        ({"valid_until": 2**40}, "investor_records: bad expiry"),
        ({"country": 0}, "investor_records: bad country"),
        ({"country": 1_000}, "investor_records: bad country"),
        ({"issuer_nonce": 1}, "claims: void issuer nonce"),
        ({"topic": TAX}, "trusted_issuers: unknown topic"),
        ({"topic": 0}, "trusted_issuers: unknown topic"),
    ],
)
def test_refuses_a_claim_that_does_not_hold(
    identities, onboarded, claim, sign, issuer, payer, changes, reason
):
    wrong = claim(onboarded, **{"nonce": 2, **changes})
    before = identities.eligibility(onboarded)
    with ape.reverts(reason):
        file(identities, payer, (wrong, sign(issuer, wrong)))

    assert identities.eligibility(onboarded) == before


def test_refuses_other_issuers(identities, onboarded, claim, sign, issuer, payer, stranger):
    of_stranger, renewed = claim(onboarded, by=stranger, nonce=2), claim(onboarded, nonce=2)
    with ape.reverts("trusted_issuers: not trusted"):
        file(identities, payer, (of_stranger, sign(stranger, of_stranger)))
    with ape.reverts("signatures: bad signature"):
        file(identities, payer, (renewed, sign(stranger, renewed)))
    with ape.reverts("signatures: bad signature"):
        file(identities, payer, (replace(renewed, investor_class=3), sign(issuer, renewed)))


def test_another_issuers_claim_takes_the_place_and_the_old_stays_void(
    identities, onboarded, claim, sign, issuer, second_issuer, payer
):
    old = claim(onboarded, nonce=1)
    new = claim(onboarded, by=second_issuer, nonce=1, investor_class=2)

    file(identities, payer, (new, sign(second_issuer, new)))

    assert identities.eligibility(onboarded).investor_class == 2
    assert identities.last_nonce(issuer, onboarded, KYC) == 1
    with ape.reverts("claims: void claim"):
        file(identities, payer, (old, sign(issuer, old)))


# --- revoke_claim
@pytest.mark.parametrize("encoding", encodings(b"\x01" * 64 + b"\x1b"))
def test_a_revoked_claim_never_comes_back(identities, onboarded, claim, sign, issuer, encoding):
    old = claim(onboarded)
    identities.revoke_claim(onboarded, KYC, 1, sender=issuer)
    assert not identities.isVerified(onboarded)

    again = encodings(sign(issuer, old))[encoding]
    receipt = identities.file_claims(
        [(old.as_tuple(), again)], sender=onboarded, raise_on_revert=False
    )
    # Not even the issuer itself can file it.
    with ape.reverts("claims: void claim"):
        identities.file_claims([(old.as_tuple(), again)], sender=issuer)

    assert receipt.failed
    assert not identities.isVerified(onboarded)


def test_revokes_at_once(identities, onboarded, issuer, in_a_year):
    receipt = identities.revoke_claim(onboarded, KYC, 1, sender=issuer)

    assert identities.eligibility(onboarded) == (onboarded.address, 410, 1, 0)
    assert tuple(identities.filed_claim(onboarded, KYC)) == (0, 0, 0, 0)
    assert identities.last_nonce(issuer, onboarded, KYC) == 1
    assert receipt.events == [
        identities.ClaimRevoked(
            identity=onboarded,
            issuer=issuer,
            topic=KYC,
            caller=issuer,
            old_nonce=0,
            new_nonce=1,
        ),
        identities.EligibilitySet(
            identity=onboarded,
            old_class=1,
            new_class=1,
            old_valid_until=in_a_year,
            new_valid_until=0,
        ),
    ]


def test_revokes_for_all_wallets_of_the_investor(
    identities, onboarded, consent, bob, issuer, in_a_year
):
    """INV-ID-2"""
    identities.bind_wallet(bob, in_a_year, consent(bob, onboarded), sender=onboarded)
    assert identities.isVerified(bob)

    identities.revoke_claim(onboarded, KYC, 1, sender=issuer)

    assert not identities.isVerified(bob)


def test_a_renewal_after_a_revocation_restores(identities, onboarded, claim, sign, issuer, payer):
    identities.revoke_claim(onboarded, KYC, 1, sender=issuer)
    renewed = claim(onboarded, nonce=2)

    file(identities, payer, (renewed, sign(issuer, renewed)))

    assert identities.isVerified(onboarded)


def test_revokes_what_is_not_filed_yet(identities, trusted, claim, sign, issuer, alice, payer):
    identities.revoke_claim(alice, KYC, 1, sender=issuer)

    with ape.reverts("claims: void claim"):
        file(identities, payer, (claim(alice), sign(issuer, claim(alice))))
    with ape.reverts("claims: is void"):
        identities.revoke_claim(alice, KYC, 1, sender=issuer)


def test_an_issuer_revokes_its_own_claims_only(identities, onboarded, second_issuer, stranger):
    identities.revoke_claim(onboarded, KYC, FOR_EVER, sender=second_issuer)
    with ape.reverts("claims: unknown issuer"):
        identities.revoke_claim(onboarded, KYC, FOR_EVER, sender=stranger)

    assert identities.isVerified(onboarded)


def test_an_issuer_that_was_removed_may_still_revoke(
    identities, onboarded, council_clerk, issuer, payer
):
    identities.removeTrustedIssuer(issuer, sender=council_clerk)

    identities.revoke_claim(onboarded, KYC, 1, sender=issuer)

    assert not identities.isVerified(onboarded)


def test_the_office_revokes_in_an_issuers_place(
    identities, onboarded, compliance_officer, issuer, stranger
):
    with ape.reverts("authorized: missing role"):
        identities.revoke_claim_of(issuer, onboarded, KYC, 1, sender=stranger)

    identities.revoke_claim_of(issuer, onboarded, KYC, 1, sender=compliance_officer)

    assert not identities.isVerified(onboarded)


# --- an issuer's own standing
@pytest.mark.parametrize("how", ["nonce", "office", "removal", "topics"])
def test_what_an_issuer_loses_reaches_filed_claims_at_a_refresh(
    identities, onboarded, claim, sign, council_clerk, compliance_officer, issuer, payer, how
):
    """INV-ID-4"""
    unfiled = claim(onboarded, nonce=2)
    if how == "nonce":
        identities.revoke_all_claims(sender=issuer)
    elif how == "office":
        identities.revoke_all_claims_of(issuer, sender=compliance_officer)
    elif how == "removal":
        identities.removeTrustedIssuer(issuer, sender=council_clerk)
    else:
        identities.addClaimTopic(TAX, sender=council_clerk)
        identities.updateIssuerClaimTopics(issuer, [TAX], sender=council_clerk)

    reason = {
        "removal": "trusted_issuers: not trusted",
        "topics": "trusted_issuers: not for this topic",
    }.get(how, "claims: void issuer nonce")
    with ape.reverts(reason):
        file(identities, payer, (unfiled, sign(issuer, unfiled)))
    identities.refresh([onboarded], sender=payer)

    assert not identities.isVerified(onboarded)


def test_an_issuer_that_comes_back_begins_anew(
    identities, onboarded, claim, sign, council_clerk, issuer, payer
):
    old = claim(onboarded, nonce=2)
    identities.removeTrustedIssuer(issuer, sender=council_clerk)
    with ape.reverts("trusted_issuers: not trusted"):
        identities.revoke_all_claims(sender=issuer)
    identities.addTrustedIssuer(issuer, [KYC], sender=council_clerk)

    assert identities.issuer_nonce(issuer) == 1
    with ape.reverts("claims: void issuer nonce"):
        file(identities, payer, (old, sign(issuer, old)))


def test_refresh_changes_nothing_where_claims_stand(identities, onboarded, payer, stranger):
    before = identities.eligibility(onboarded)

    receipt = identities.refresh([onboarded], sender=payer)

    assert identities.eligibility(onboarded) == before
    assert receipt.events == []
    with ape.reverts("investor_records: unknown investor"):
        identities.refresh([stranger], sender=payer)


# --- several topics
def test_the_earliest_of_the_required_claims_counts(
    identities, onboarded, claim, sign, council_clerk, issuer, payer, in_a_year
):
    """INV-ID-3"""
    identities.addClaimTopic(TAX, sender=council_clerk)
    identities.updateIssuerClaimTopics(issuer, [KYC, TAX], sender=council_clerk)
    identities.refresh([onboarded], sender=payer)
    assert not identities.isVerified(onboarded)
    tax = claim(onboarded, topic=TAX, country=0, investor_class=0, valid_until=in_a_year - 500)
    for wrong in (replace(tax, country=410), replace(tax, investor_class=1)):
        with ape.reverts("claims: not the first topic"):
            file(identities, payer, (wrong, sign(issuer, wrong)))

    file(identities, payer, (tax, sign(issuer, tax)))

    assert identities.eligibility(onboarded) == (onboarded.address, 410, 1, in_a_year - 500)
    longer = replace(tax, nonce=2, valid_until=in_a_year + 500)
    file(identities, payer, (longer, sign(issuer, longer)))
    assert identities.eligibility(onboarded).valid_until == in_a_year
    shorter = replace(tax, nonce=3)
    file(identities, payer, (shorter, sign(issuer, shorter)))
    identities.removeClaimTopic(TAX, sender=council_clerk)
    identities.refresh([onboarded], sender=payer)
    assert identities.eligibility(onboarded).valid_until == in_a_year


def test_a_renewal_makes_up_for_no_void_claim(
    identities, onboarded, claim, sign, council_clerk, issuer, second_issuer, payer
):
    """INV-ID-3: what another issuer said of another topic is looked at anew."""
    identities.addClaimTopic(TAX, sender=council_clerk)
    identities.updateIssuerClaimTopics(second_issuer, [TAX], sender=council_clerk)
    tax = claim(onboarded, by=second_issuer, topic=TAX, country=0, investor_class=0)
    file(identities, payer, (tax, sign(second_issuer, tax)))
    assert identities.isVerified(onboarded)
    identities.removeTrustedIssuer(second_issuer, sender=council_clerk)

    renewed = claim(onboarded, nonce=2)
    file(identities, payer, (renewed, sign(issuer, renewed)))

    assert not identities.isVerified(onboarded)


@pytest.mark.parametrize("topic", [3, 5])
def test_keeps_five_claims_apart(
    identities, onboarded, claim, sign, council_clerk, issuer, payer, in_a_year, topic
):
    for each in (2, 3, 4, 5):
        identities.addClaimTopic(each, sender=council_clerk)
    identities.updateIssuerClaimTopics(issuer, [1, 2, 3, 4, 5], sender=council_clerk)
    for each in (2, 3, 4, 5):
        filed = claim(
            *(onboarded,), topic=each, country=0, investor_class=0, valid_until=in_a_year - each
        )
        file(identities, payer, (filed, sign(issuer, filed)))

    assert identities.eligibility(onboarded).valid_until == in_a_year - 5
    for each in (2, 3, 4, 5):
        assert tuple(identities.filed_claim(onboarded, each)) == (in_a_year - each, 1, 0, 1)
    identities.revoke_claim(onboarded, topic, 1, sender=issuer)
    assert not identities.isVerified(onboarded)
    assert tuple(identities.filed_claim(onboarded, 4)) == (in_a_year - 4, 1, 0, 1)


def test_other_topics_want_a_record(identities, trusted, claim, sign, council_clerk, issuer, bob):
    identities.addClaimTopic(TAX, sender=council_clerk)
    identities.updateIssuerClaimTopics(issuer, [TAX], sender=council_clerk)
    tax = claim(bob, topic=TAX, country=0, investor_class=0)
    with ape.reverts("investor_records: unknown investor"):
        identities.file_claims([(tax.as_tuple(), b"")], sender=issuer)


# --- the office's word
def test_a_claim_does_not_replace_the_offices_word(
    identities, trusted, claim, sign, compliance_officer, issuer, alice, payer, in_a_year
):
    """It may be older than the word, and nobody but its issuer would know."""
    identities.register([(alice, alice, 840, 3, in_a_year + 9)], sender=compliance_officer)
    said = identities.eligibility(alice)
    for other in (claim(alice), claim(alice, country=840), claim(alice, investor_class=3)):
        with ape.reverts("claims: not the office's word"):
            file(identities, payer, (other, sign(issuer, other)))
    same = claim(alice, country=840, investor_class=3)

    file(identities, payer, (same, sign(issuer, same)))

    assert identities.is_vouched_for(alice)
    assert identities.eligibility(alice) == said
    identities.withdraw_vouch(alice, sender=compliance_officer)
    assert identities.eligibility(alice) == (alice.address, 840, 3, in_a_year)


def test_claims_decide_when_the_offices_word_has_ended(
    identities, trusted, claim, sign, compliance_officer, issuer, alice, payer, in_a_year
):
    soon = chain.pending_timestamp + 100
    identities.register([(alice, alice, 840, 3, soon)], sender=compliance_officer)
    chain.pending_timestamp = soon
    with ape.reverts("claims: not the office's word"):
        file(identities, payer, (claim(alice), sign(issuer, claim(alice))))
    chain.pending_timestamp = soon + 1

    file(identities, payer, (claim(alice), sign(issuer, claim(alice))))

    assert not identities.is_vouched_for(alice)
    assert identities.eligibility(alice) == (alice.address, 410, 1, in_a_year)


def test_a_refresh_finds_the_claims_when_the_offices_word_has_ended(
    identities, onboarded, compliance_officer, payer, at, in_a_year
):
    soon = chain.pending_timestamp + 100
    identities.set_eligibility(onboarded, 1, soon, sender=compliance_officer)
    at(soon + 1)
    assert not identities.isVerified(onboarded)
    with ape.reverts("claims: not vouched for"):
        identities.withdraw_vouch(onboarded, sender=compliance_officer)

    identities.refresh([onboarded], sender=payer)

    assert identities.eligibility(onboarded).valid_until == in_a_year


def test_the_office_takes_its_word_back(identities, onboarded, compliance_officer, in_a_year):
    identities.set_eligibility(onboarded, 2, in_a_year + 9, sender=compliance_officer)

    identities.withdraw_vouch(onboarded, sender=compliance_officer)

    assert identities.eligibility(onboarded) == (onboarded.address, 410, 2, in_a_year)
    with ape.reverts("claims: not vouched for"):
        identities.withdraw_vouch(onboarded, sender=compliance_officer)
