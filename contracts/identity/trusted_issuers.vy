# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  trusted_issuers
@license AGPL-3.0-only
@notice Which claim topics an investor needs, and who may attest which of them (ERC-3643).
@dev    A topic keeps its place for ever, since claims are kept by place; a dropped one may return.
        Each issuer's word carries a copy of the topics, so that filing a claim reads one slot for
        all that it asks; the topics change rarely and then pass through all issuers.

        topics  five ids of 40 | required 5
        issuer  topics 205 | attests 5 | is trusted 1 | number 8 | nonce 16

        The host decides who may change what.
        Invariants: INV-ID-4 (docs/invariants.md).
"""

from ..interfaces import IIdentityRegistry

MAX_TOPICS: constant(uint256) = 5
MAX_ISSUERS: constant(uint256) = 50

_TOPIC_MASK: constant(uint256) = 2**40 - 1
_REQUIRED_SHIFT: constant(uint256) = 200
_TOPICS_BITS: constant(uint256) = 205
_PLACES: constant(uint256) = 2**5 - 1
_TRUSTED: constant(uint256) = 2**210
_NUMBER_SHIFT: constant(uint256) = 211
_NONCE_SHIFT: constant(uint256) = 219
_MAX_NONCE: constant(uint256) = 2**16 - 1

_topics: uint256
_issuers: HashMap[address, uint256]
_issuer_at: HashMap[uint256, address]  # number, from 1
_total_issuers: uint256


# --- views
@external
@view
@reentrant
def getClaimTopics() -> DynArray[uint256, MAX_TOPICS]:
    """
    @notice The topics of which an investor needs a claim each (ERC-3643).
    """
    return self._listed(self._topics, self._required(self._topics))


@external
@view
@reentrant
def getTrustedIssuers() -> DynArray[address, MAX_ISSUERS]:
    """
    @notice All issuers whose claims count (ERC-3643).
    """
    return self._attesting(_PLACES)


@external
@view
@reentrant
def getTrustedIssuersForClaimTopic(topic: uint256) -> DynArray[address, MAX_ISSUERS]:
    """
    @notice Issuers whose claims of a topic count (ERC-3643).
    """
    # Nobody attests what has no place.
    return self._attesting(1 << self._place_of(self._topics, topic))


@external
@view
@reentrant
def isTrustedIssuer(issuer: address) -> bool:
    """
    @notice Whether claims of an issuer count (ERC-3643).
    """
    return self._issuers[issuer] & _TRUSTED != 0


@external
@view
@reentrant
def getTrustedIssuerClaimTopics(issuer: address) -> DynArray[uint256, MAX_TOPICS]:
    """
    @notice The topics that an issuer may attest; none where it is not trusted (ERC-3643).
    """
    return self._listed(self._topics, self._attests(self._issuers[issuer]))


@external
@view
@reentrant
def hasClaimTopic(issuer: address, topic: uint256) -> bool:
    """
    @notice Whether an issuer's claims of a topic count (ERC-3643).
    """
    word: uint256 = self._issuers[issuer]
    # Nobody attests what has no place.
    return (self._attests(word) >> self._place_of(word, topic)) & 1 == 1


@external
@view
@reentrant
def issuer_nonce(issuer: address) -> uint256:
    """
    @notice The issuer-wide nonce that a claim must carry.
    """
    return self._nonce_of(self._issuers[issuer])


# --- topics
@internal
def _add_topic(topic: uint256):
    assert topic != 0 and topic <= _TOPIC_MASK, "trusted_issuers: bad topic"
    topics: uint256 = self._topics
    place: uint256 = self._place_of(topics, topic)
    if place == MAX_TOPICS:
        place = self._place_of(topics, 0)
        assert place < MAX_TOPICS, "trusted_issuers: too many topics"
        topics |= topic << (place * 40)
    bit: uint256 = 1 << (_REQUIRED_SHIFT + place)
    assert topics & bit == 0, "trusted_issuers: topic is required"
    self._spread(topics | bit)
    log IIdentityRegistry.ClaimTopicAdded(claim_topic=topic)


@internal
def _remove_topic(topic: uint256):
    topics: uint256 = self._topics
    place: uint256 = self._known_place_of(topics, topic)
    bit: uint256 = 1 << (_REQUIRED_SHIFT + place)
    assert topics & bit != 0, "trusted_issuers: topic not required"
    self._spread(topics ^ bit)
    log IIdentityRegistry.ClaimTopicRemoved(claim_topic=topic)


@internal
def _spread(topics: uint256):
    self._topics = topics
    for number: uint256 in range(1, self._total_issuers + 1, bound=MAX_ISSUERS):
        issuer: address = self._issuer_at[number]
        own: uint256 = self._issuers[issuer] >> _TOPICS_BITS
        self._issuers[issuer] = topics | (own << _TOPICS_BITS)


@internal
@pure
def _place_of(word: uint256, topic: uint256) -> uint256:
    """
    @notice Place of a topic, or the first empty one for topic 0; MAX_TOPICS where there is none.
    """
    for place: uint256 in range(MAX_TOPICS):
        if (word >> (place * 40)) & _TOPIC_MASK == topic:
            return place
    return MAX_TOPICS


@internal
@pure
def _known_place_of(word: uint256, topic: uint256) -> uint256:
    if word & _TOPIC_MASK == topic and topic != 0:
        return 0
    place: uint256 = self._place_of(word, topic)
    assert topic != 0 and place < MAX_TOPICS, "trusted_issuers: unknown topic"
    return place


@internal
@pure
def _required(word: uint256) -> uint256:
    """
    @notice One bit for each place whose topic is required.
    """
    return (word >> _REQUIRED_SHIFT) & _PLACES


# --- issuers
@internal
def _add_issuer(issuer: address, topics: DynArray[uint256, MAX_TOPICS]):
    assert issuer != empty(address), "trusted_issuers: zero address"
    word: uint256 = self._issuers[issuer]
    assert word & _TRUSTED == 0, "trusted_issuers: is trusted"
    number: uint256 = self._number_of(word)
    nonce: uint256 = 0
    if number == 0:
        number = self._total_issuers + 1
        assert number <= MAX_ISSUERS, "trusted_issuers: too many issuers"
        self._total_issuers = number
        self._issuer_at[number] = issuer
    else:
        # What it signed before its removal stays void.
        nonce = self._next_nonce(word)
    self._issuers[issuer] = self._word(topics, number, nonce)
    log IIdentityRegistry.TrustedIssuerAdded(trusted_issuer=issuer, claim_topics=topics)


@internal
def _remove_issuer(issuer: address):
    word: uint256 = self._known_issuer(issuer)
    kept: uint256 = (self._number_of(word) << _NUMBER_SHIFT) | (
        self._nonce_of(word) << _NONCE_SHIFT
    )
    self._issuers[issuer] = self._topics | kept
    log IIdentityRegistry.TrustedIssuerRemoved(trusted_issuer=issuer)


@internal
def _set_issuer_topics(issuer: address, topics: DynArray[uint256, MAX_TOPICS]):
    word: uint256 = self._known_issuer(issuer)
    self._issuers[issuer] = self._word(topics, self._number_of(word), self._nonce_of(word))
    log IIdentityRegistry.ClaimTopicsUpdated(trusted_issuer=issuer, claim_topics=topics)


@internal
def _raise_nonce(issuer: address):
    """
    @notice Void all claims that an issuer has signed so far.
    """
    word: uint256 = self._known_issuer(issuer)
    old_nonce: uint256 = self._nonce_of(word)
    new_nonce: uint256 = self._next_nonce(word)
    self._issuers[issuer] = word - (old_nonce << _NONCE_SHIFT) + (new_nonce << _NONCE_SHIFT)
    log IIdentityRegistry.IssuerNonceRaised(
        issuer=issuer, caller=msg.sender, old_nonce=old_nonce, new_nonce=new_nonce
    )


@internal
@view
def _attestor(issuer: address, topic: uint256) -> uint256:
    """
    @notice The word of an issuer whose claims of a topic count.
    """
    word: uint256 = self._known_issuer(issuer)
    place: uint256 = self._known_place_of(word, topic)
    assert (word >> (_TOPICS_BITS + place)) & 1 == 1, "trusted_issuers: not for this topic"
    return word


@internal
@view
def _stands(number: uint256, nonce: uint256, place: uint256) -> bool:
    """
    @notice Whether what an issuer signed under a nonce still counts for a place.
    """
    word: uint256 = self._issuers[self._issuer_at[number]]
    return (
        word & _TRUSTED != 0
        and self._nonce_of(word) == nonce
        and (self._attests(word) >> place) & 1 == 1
    )


@internal
@view
def _known_issuer(issuer: address) -> uint256:
    word: uint256 = self._issuers[issuer]
    assert word & _TRUSTED != 0, "trusted_issuers: not trusted"
    return word


@internal
@view
def _word(topics: DynArray[uint256, MAX_TOPICS], number: uint256, nonce: uint256) -> uint256:
    assert len(topics) != 0, "trusted_issuers: no topics"
    word: uint256 = self._topics
    for topic: uint256 in topics:
        word |= 1 << (_TOPICS_BITS + self._known_place_of(self._topics, topic))
    return word | _TRUSTED | (number << _NUMBER_SHIFT) | (nonce << _NONCE_SHIFT)


@internal
@pure
def _attests(word: uint256) -> uint256:
    return (word >> _TOPICS_BITS) & _PLACES


@internal
@pure
def _number_of(word: uint256) -> uint256:
    return (word >> _NUMBER_SHIFT) & 255


@internal
@pure
def _nonce_of(word: uint256) -> uint256:
    return (word >> _NONCE_SHIFT) & _MAX_NONCE


@internal
@pure
def _seal(word: uint256) -> uint256:
    """
    @notice Number and nonce of an issuer, as a claim carries them.
    """
    return word >> _NUMBER_SHIFT


@internal
@pure
def _next_nonce(word: uint256) -> uint256:
    nonce: uint256 = self._nonce_of(word) + 1
    assert nonce <= _MAX_NONCE  # dev: 65,535 keys lost; remove the issuer, name it by another
    return nonce


@internal
@view
def _listed(topics: uint256, places: uint256) -> DynArray[uint256, MAX_TOPICS]:
    found: DynArray[uint256, MAX_TOPICS] = []
    for place: uint256 in range(MAX_TOPICS):
        if (places >> place) & 1 == 1:
            found.append((topics >> (place * 40)) & _TOPIC_MASK)
    return found


@internal
@view
def _attesting(places: uint256) -> DynArray[address, MAX_ISSUERS]:
    found: DynArray[address, MAX_ISSUERS] = []
    for number: uint256 in range(1, self._total_issuers + 1, bound=MAX_ISSUERS):
        issuer: address = self._issuer_at[number]
        if self._attests(self._issuers[issuer]) & places != 0:
            found.append(issuer)
    return found
