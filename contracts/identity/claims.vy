# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  claims
@license AGPL-3.0-only
@notice What trusted issuers say of investors: signed, filed once, revoked by key (EIP-712).
@dev    A claim is known by issuer, investor, topic and nonce, never by the bytes of its signature.
        Filing takes the investor's record and gives it back, so that the host writes it once, with
        what else it changes. What must outlive a claim, the nonces that are void, is written only
        when one is revoked or gives way to another issuer's. The host decides who may file and
        revoke.
        Invariants: INV-ID-3, INV-ID-4 (docs/invariants.md).
@custom:source EIP-712
"""

from ..interfaces import IIdentityRegistry
from . import investor_records
from . import signatures
from . import trusted_issuers

uses: investor_records
uses: trusted_issuers


struct ClaimRecord:
    valid_until: uint256  # {s}
    issuer: uint256  # number of the issuer, from 1
    issuer_nonce: uint256
    nonce: uint256


MAX_TOPICS: constant(uint256) = trusted_issuers.MAX_TOPICS

_TYPEHASH: constant(bytes32) = keccak256(
    "Claim(address issuer,address identity,uint256 topic,uint8 investorClass,uint16 country,uint64 validUntil,uint16 nonce,uint16 issuerNonce,uint64 deadline)"
)
# A claim in one word: valid_until 40 | seal of the issuer: number 8, nonce 16 | nonce 16
_ISSUER_SHIFT: constant(uint256) = 40
_ISSUER_NONCE_SHIFT: constant(uint256) = 48
_NONCE_SHIFT: constant(uint256) = 64
_MAX_NONCE: constant(uint256) = 2**16 - 1

# key of issuer, identity and topic -> claims up to this nonce are void
_void_nonces: HashMap[bytes32, uint256]


# --- views
@external
@view
@reentrant
def filed_claim(identity: address, topic: uint256) -> ClaimRecord:
    """
    @notice The claim on an investor that was filed last for a topic, while it isn't revoked.
    @custom:reverts "trusted_issuers: unknown topic"
    """
    place: uint256 = trusted_issuers._known_place_of(trusted_issuers._topics, topic)
    claim: uint256 = self._filed(identity, investor_records._words[identity], place)
    return ClaimRecord(
        valid_until=claim & investor_records.MAX_EXPIRY,
        issuer=self._issuer_of(claim),
        issuer_nonce=self._issuer_nonce_of(claim),
        nonce=claim >> _NONCE_SHIFT,
    )


@external
@view
@reentrant
def last_nonce(issuer: address, identity: address, topic: uint256) -> uint256:
    """
    @notice A claim of the issuer on the investor and topic must have a higher nonce.
    @custom:reverts "trusted_issuers: unknown topic"
    """
    place: uint256 = trusted_issuers._known_place_of(trusted_issuers._topics, topic)
    number: uint256 = trusted_issuers._number_of(trusted_issuers._issuers[issuer])
    claim: uint256 = self._filed(identity, investor_records._words[identity], place)
    void_nonce: uint256 = self._void_nonces[self._key(issuer, identity, topic)]
    if self._issuer_of(claim) == number:
        return max(claim >> _NONCE_SHIFT, void_nonce)
    return void_nonce


# --- filing
@internal
@view
def _check_signature(domain: bytes32, claim: IIdentityRegistry.Claim, signature: Bytes[65]):
    signatures._check(
        domain,
        claim.issuer,
        keccak256(
            abi_encode(
                _TYPEHASH,
                claim.issuer,
                claim.identity,
                claim.topic,
                claim.investor_class,
                claim.country,
                claim.valid_until,
                claim.nonce,
                claim.issuer_nonce,
                claim.deadline,
            )
        ),
        signature,
    )


@internal
def _file(claim: IIdentityRegistry.Claim, record: uint256) -> uint256:
    """
    @notice File a claim of whose issuer the caller is sure.
    @param  record  As it is stored.
    @return The record with the claim, for the caller to store.
    """
    signatures._check_deadline(claim.deadline)
    investor_records._check_expiry(claim.valid_until)
    issuer: uint256 = trusted_issuers._attestor(claim.issuer, claim.topic)
    assert trusted_issuers._nonce_of(issuer) == convert(
        claim.issuer_nonce, uint256
    ), "claims: void issuer nonce"
    return self._put(
        claim,
        trusted_issuers._seal(issuer),
        trusted_issuers._required(issuer),
        trusted_issuers._known_place_of(issuer, claim.topic),
        record,
    )


@internal
def _put(
    claim: IIdentityRegistry.Claim,
    seal: uint256,
    required: uint256,
    place: uint256,
    old_record: uint256,
) -> uint256:
    """
    @notice As `_file`, where issuer, deadline and expiry are known to be good.
    @param  seal      Of the issuer, who attests the topic at `place`.
    @param  required  The places whose topics are required, as the issuer's word has them.
    """
    valid_until: uint256 = convert(claim.valid_until, uint256)
    nonce: uint256 = convert(claim.nonce, uint256)
    packed: uint256 = valid_until | (seal << _ISSUER_SHIFT) | (nonce << _NONCE_SHIFT)
    record: uint256 = old_record
    if place == 0:
        record = investor_records._with_country_and_class(
            record, convert(claim.country, uint256), convert(claim.investor_class, uint256)
        )
    else:
        investor_records._check_record(record)
        assert claim.country == 0 and claim.investor_class == 0, "claims: not the first topic"
    if old_record == 0 and nonce != 0:
        # Nothing was said of this address before, so there is nothing to look up.
        record |= packed << investor_records.CLAIMS_SHIFT
        if required == 1:
            record |= valid_until
    else:
        old: uint256 = investor_records._claim_at(claim.identity, record, place)
        if old == packed and record == old_record:
            # Somebody filed it before; what goes on from here need not fail for that.
            return record
        if investor_records._is_vouched(record):
            assert record == old_record, "claims: not the office's word"
        record = self._renewed(claim, required, place, record, packed, old)
    log IIdentityRegistry.ClaimFiled(
        identity=claim.identity,
        issuer=claim.issuer,
        topic=claim.topic,
        country=claim.country,
        investor_class=claim.investor_class,
        valid_until=claim.valid_until,
        nonce=claim.nonce,
        eligible_until=convert(record & investor_records.MAX_EXPIRY, uint64),
    )
    return record


@internal
def _renewed(
    claim: IIdentityRegistry.Claim,
    required: uint256,
    place: uint256,
    old_record: uint256,
    packed: uint256,
    old: uint256,
) -> uint256:
    """
    @notice The record with a claim, `packed`, in place of an `old` one, 0 for none.
    """
    record: uint256 = old_record
    last_nonce: uint256 = 0
    key: bytes32 = empty(bytes32)
    if old != 0:
        old_number: uint256 = self._issuer_of(old)
        if old_number == self._issuer_of(packed):
            last_nonce = old >> _NONCE_SHIFT
        else:
            # It gives way; what its issuer numbered so far must not come back.
            old_issuer: address = trusted_issuers._issuer_at[old_number]
            key = self._key(old_issuer, claim.identity, claim.topic)
            self._void_nonces[key] = old >> _NONCE_SHIFT
            record = investor_records._with_revoked(record)
    if investor_records._was_revoked(record):
        key = self._key(claim.issuer, claim.identity, claim.topic)
        last_nonce = max(last_nonce, self._void_nonces[key])
    assert packed >> _NONCE_SHIFT > last_nonce, "claims: void claim"
    record = investor_records._put_claim(claim.identity, record, place, packed)
    if investor_records._is_vouched(record):
        return record
    # The place just filed stands, so its issuer needn't be looked up again.
    earliest: uint256 = self._earliest(claim.identity, record, place, required)
    return investor_records._with_claims_end(record, earliest)


# --- revocation
@internal
def _revoke(issuer: address, identity: address, topic: uint256, nonce: uint256):
    """
    @notice Void an issuer's claims on an investor and a topic, up to a nonce.
    """
    place: uint256 = trusted_issuers._known_place_of(trusted_issuers._topics, topic)
    key: bytes32 = self._key(issuer, identity, topic)
    old_nonce: uint256 = self._void_nonces[key]
    assert nonce > old_nonce, "claims: is void"
    self._void_nonces[key] = nonce
    record: uint256 = investor_records._words[identity]
    number: uint256 = trusted_issuers._number_of(trusted_issuers._issuers[issuer])
    assert number != 0, "claims: unknown issuer"
    claim: uint256 = self._filed(identity, record, place)
    is_filed: bool = self._issuer_of(claim) == number and (claim >> _NONCE_SHIFT) <= nonce
    record = investor_records._with_revoked(record)
    if is_filed:
        record = investor_records._put_claim(identity, record, place, 0)
    log IIdentityRegistry.ClaimRevoked(
        identity=identity,
        issuer=issuer,
        topic=topic,
        caller=msg.sender,
        old_nonce=convert(old_nonce, uint16),
        new_nonce=convert(nonce, uint16),
    )
    if is_filed and not investor_records._is_vouched(record):
        self._reckon(identity, record)
    else:
        investor_records._words[identity] = record


# --- what the claims of an investor amount to
@internal
def _take_over(identity: address):
    """
    @notice Let claims decide where the office's word did.
    """
    record: uint256 = investor_records._words[identity]
    assert investor_records._is_vouched(record), "claims: not vouched for"
    self._reckon(identity, record)


@internal
def _reckon(identity: address, record: uint256):
    """
    @notice Store a record, with the end that the claims in it amount to.
    """
    valid_until: uint256 = self._earliest(identity, record, MAX_TOPICS, 0)
    old_valid_until: uint256 = investor_records._valid_until_of(record)
    investor_records._words[identity] = investor_records._with_claims_end(record, valid_until)
    if valid_until == old_valid_until:
        return
    investor_class: uint8 = convert(investor_records._class_of(record), uint8)
    log IIdentityRegistry.EligibilitySet(
        identity=identity,
        old_class=investor_class,
        new_class=investor_class,
        old_valid_until=convert(old_valid_until, uint64),
        new_valid_until=convert(valid_until, uint64),
    )


@internal
@view
def _earliest(
    identity: address, record: uint256, sure_place: uint256, known_required: uint256
) -> uint256:
    """
    @notice {s} When the first of the required claims ends; 0 where one is missing or void, or none
            is required. Takes the topics as they are where `known_required` is 0.
    @param  sure_place  A place whose claim is known to stand; MAX_TOPICS for none.
    """
    required: uint256 = known_required
    if required == 0:
        required = trusted_issuers._required(trusted_issuers._topics)
        if required == 0:
            return 0
    earliest: uint256 = investor_records.MAX_EXPIRY
    for place: uint256 in range(MAX_TOPICS):
        left: uint256 = required >> place
        if left == 0:
            break
        if left & 1 == 0:
            continue
        claim: uint256 = investor_records._claim_at(identity, record, place)
        if place != sure_place:
            if claim == 0:
                return 0
            if not trusted_issuers._stands(
                self._issuer_of(claim), self._issuer_nonce_of(claim), place
            ):
                return 0
        earliest = min(earliest, claim & investor_records.MAX_EXPIRY)
    return earliest


@internal
@view
def _filed(identity: address, word: uint256, place: uint256) -> uint256:
    # Of another investor's wallet: it points, and has no claims.
    if not investor_records._has_record(word):
        return 0
    return investor_records._claim_at(identity, word, place)


@internal
@pure
def _key(issuer: address, identity: address, topic: uint256) -> bytes32:
    return keccak256(abi_encode(issuer, identity, topic))


@internal
@pure
def _issuer_of(claim: uint256) -> uint256:
    return (claim >> _ISSUER_SHIFT) & 255


@internal
@pure
def _issuer_nonce_of(claim: uint256) -> uint256:
    return (claim >> _ISSUER_NONCE_SHIFT) & _MAX_NONCE
