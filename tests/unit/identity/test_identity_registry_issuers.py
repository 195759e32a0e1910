"""Trusted issuers and claim topics (ERC-3643)."""

import ape
import pytest

KYC, TAX = 1, 2
ZERO = "0x" + "00" * 20


def test_trusts_an_issuer_for_topics(identities, council_clerk, issuer, stranger):
    receipt = identities.addTrustedIssuer(issuer, [KYC], sender=council_clerk)

    assert identities.getTrustedIssuers() == [issuer]
    assert identities.isTrustedIssuer(issuer)
    assert not identities.isTrustedIssuer(stranger)
    assert identities.getTrustedIssuerClaimTopics(issuer) == [KYC]
    assert identities.getTrustedIssuersForClaimTopic(KYC) == [issuer]
    assert identities.getTrustedIssuersForClaimTopic(TAX) == []
    assert identities.hasClaimTopic(issuer, KYC)
    assert not identities.hasClaimTopic(issuer, TAX)
    assert not identities.hasClaimTopic(stranger, KYC)
    assert receipt.events == [
        identities.TrustedIssuerAdded(trusted_issuer=issuer, claim_topics=[KYC])
    ]


def test_refuses_issuers_that_can_attest_nothing(identities, council_clerk, issuer):
    for topics, reason in (
        ([], "trusted_issuers: no topics"),
        ([7], "trusted_issuers: unknown topic"),
    ):
        with ape.reverts(reason):
            identities.addTrustedIssuer(issuer, topics, sender=council_clerk)
    with ape.reverts("trusted_issuers: zero address"):
        identities.addTrustedIssuer(ZERO, [KYC], sender=council_clerk)
    for call in (
        lambda: identities.removeTrustedIssuer(issuer, sender=council_clerk),
        lambda: identities.updateIssuerClaimTopics(issuer, [KYC], sender=council_clerk),
    ):
        with ape.reverts("trusted_issuers: not trusted"):
            call()


def test_removes_an_issuer(identities, trusted, council_clerk, issuer, second_issuer):
    with ape.reverts("trusted_issuers: is trusted"):
        identities.addTrustedIssuer(issuer, [KYC], sender=council_clerk)

    receipt = identities.removeTrustedIssuer(issuer, sender=council_clerk)

    assert identities.getTrustedIssuers() == [second_issuer]
    assert identities.getTrustedIssuerClaimTopics(issuer) == []
    assert receipt.events == [identities.TrustedIssuerRemoved(trusted_issuer=issuer)]


def test_trusts_50_issuers_at_most(identities, trusted, council_clerk):
    first = 2**159
    for number in range(48):
        identities.addTrustedIssuer(f"0x{first + number:040x}", [KYC], sender=council_clerk)

    with ape.reverts("trusted_issuers: too many issuers"):
        identities.addTrustedIssuer(f"0x{first + 50:040x}", [KYC], sender=council_clerk)
    identities.addClaimTopic(TAX, sender=council_clerk)
    assert len(identities.getTrustedIssuersForClaimTopic(KYC)) == 50


def test_adds_and_drops_topics(identities, trusted, council_clerk, issuer):
    receipt = identities.addClaimTopic(TAX, sender=council_clerk)
    assert receipt.events == [identities.ClaimTopicAdded(claim_topic=TAX)]
    assert identities.getClaimTopics() == [KYC, TAX]
    receipt = identities.updateIssuerClaimTopics(issuer, [TAX], sender=council_clerk)
    assert receipt.events == [
        identities.ClaimTopicsUpdated(trusted_issuer=issuer, claim_topics=[TAX])
    ]

    receipt = identities.removeClaimTopic(KYC, sender=council_clerk)

    assert identities.getClaimTopics() == [TAX]
    assert receipt.events == [identities.ClaimTopicRemoved(claim_topic=KYC)]
    assert identities.getTrustedIssuerClaimTopics(issuer) == [TAX]
    # Its place is its own for ever.
    identities.addClaimTopic(KYC, sender=council_clerk)
    assert identities.getClaimTopics() == [KYC, TAX]


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        (0, "trusted_issuers: bad topic"),
        (2**40, "trusted_issuers: bad topic"),
        (KYC, "trusted_issuers: topic is required"),
    ],
)
def test_refuses_other_topics(identities, council_clerk, topic, reason):
    with ape.reverts(reason):
        identities.addClaimTopic(topic, sender=council_clerk)


def test_has_room_for_five_topics_ever(identities, council_clerk):
    for topic in (2, 3, 4, 2**40 - 1):
        identities.addClaimTopic(topic, sender=council_clerk)
    identities.removeClaimTopic(3, sender=council_clerk)

    with ape.reverts("trusted_issuers: too many topics"):
        identities.addClaimTopic(5, sender=council_clerk)
    with ape.reverts("trusted_issuers: topic not required"):
        identities.removeClaimTopic(3, sender=council_clerk)
    with ape.reverts("trusted_issuers: unknown topic"):
        identities.removeClaimTopic(6, sender=council_clerk)
