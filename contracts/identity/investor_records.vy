# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  investor_records
@license AGPL-3.0-only
@notice Which wallet is whose, and what is known of each investor: one word for both.
@dev    An investor's record lies at the address that is its identity. Where that is the investor's
        own first wallet, a token reads one slot for it; a further wallet's word points to the
        record, so that all wallets of an investor live and end together.

        record   valid_until 40 | country 10 | class 8 | nonce 32 | flags 6 | two claims of 80
        pointer  as above, with the identity in place of the two claims

        An address with a country has a record. The nonce counts how often the address was unbound,
        so that a wallet's consent is good for one binding only. What claims say is for `claims`
        to know. The host decides who and when.
        Invariants: INV-ID-2 (docs/invariants.md).
"""

from ..interfaces import IIdentityRegistry


MAX_EXPIRY: constant(uint256) = 2**40 - 1

_COUNTRY_SHIFT: constant(uint256) = 40
_COUNTRY_MASK: constant(uint256) = 2**10 - 1
_CLASS_SHIFT: constant(uint256) = 50
_NONCE_SHIFT: constant(uint256) = 58
_NONCE_MASK: constant(uint256) = 2**32 - 1
_WALLET: constant(uint256) = 2**90  # the identity's own address is a wallet of the investor
_VOUCHED: constant(uint256) = 2**91  # eligible by the office's word
_REVOKED_ONCE: constant(uint256) = 2**92  # a claim on it was revoked or replaced
_POINTER: constant(uint256) = 2**93  # a wallet of another address's investor
_LOST: constant(uint256) = 2**94  # recovered, never to be bound again
_BARRED: constant(uint256) = 2**95  # the office took it off its investor, and alone may bind it
CLAIMS_SHIFT: constant(uint256) = 96
_CLAIM_BITS: constant(uint256) = 80
_CLAIM_MASK: constant(uint256) = 2**80 - 1
_CLAIMS_INSIDE: constant(uint256) = 2
_TAKEN: constant(uint256) = _WALLET + _POINTER + _LOST
# What stays in the word of an address that is no wallet any more.
_KEPT: constant(uint256) = _NONCE_MASK * 2**58 + _REVOKED_ONCE + _LOST

_words: HashMap[address, uint256]
# identity -> its third, fourth and fifth claim
_further_claims: HashMap[address, uint256]


# --- wallets
@internal
@view
def _record_of(wallet: address) -> uint256:
    """
    @notice The record of the investor that a wallet belongs to; 0 where it is nobody's.
    """
    word: uint256 = self._words[wallet]
    if word & _WALLET != 0:
        return word
    if word & _POINTER != 0:
        return self._words[convert(word >> CLAIMS_SHIFT, address)]
    return 0


@internal
@view
def _is_valid_wallet(wallet: address) -> bool:
    """
    @dev Every transfer asks this of both sides, so it reads the words itself. Inclusive: a claim
         that is valid until 12:00:00 holds in that second.
    """
    word: uint256 = self._words[wallet]
    if word & _WALLET == 0:
        if word & _POINTER == 0:
            return False
        word = self._words[convert(word >> CLAIMS_SHIFT, address)]
    return block.timestamp <= word & MAX_EXPIRY


@internal
@view
def _identity_of(wallet: address) -> address:
    word: uint256 = self._words[wallet]
    if word & _WALLET != 0:
        return wallet
    if word & _POINTER != 0:
        return convert(word >> CLAIMS_SHIFT, address)
    return empty(address)


@internal
@view
def _known_identity_of(wallet: address) -> address:
    investor: address = self._identity_of(wallet)
    assert investor != empty(address), "investor_records: not registered"
    return investor


@internal
@pure
def _wallet_nonce(word: uint256) -> uint256:
    return (word >> _NONCE_SHIFT) & _NONCE_MASK


@internal
@pure
def _check_free(word: uint256):
    assert word & (_WALLET | _POINTER) == 0, "investor_records: is registered"
    assert word & _LOST == 0, "investor_records: wallet was lost"


@internal
@pure
def _check_own_word(word: uint256):
    """
    @notice Whether a wallet's own word may bind it.
    """
    assert word & _BARRED == 0, "investor_records: barred"


@internal
def _bind(wallet: address, identity: address, record: uint256):
    """
    @notice Make an address a wallet of an investor, and store the investor's record.
    @param  record  As it is to be, but for the wallet.
    """
    assert (
        wallet != empty(address) and identity != empty(address)
    ), "investor_records: zero address"
    if wallet == identity:
        self._check_record(record)
        self._bind_own(identity, record)
    else:
        word: uint256 = self._words[wallet]
        self._check_free(word)
        # Its own record would be overwritten.
        assert not self._has_record(word), "investor_records: is an investor"
        self._check_record(record)
        pointer: uint256 = convert(identity, uint256) << CLAIMS_SHIFT
        self._words[wallet] = pointer | _POINTER | (word & _KEPT)
        self._words[identity] = record
        log IIdentityRegistry.IdentityRegistered(investor_address=wallet, identity=identity)


@internal
def _bind_own(identity: address, record: uint256):
    """
    @notice Make an identity a wallet of its investor, and store the investor's record.
    @param  record  As it is to be, but for the wallet.
    """
    if record & _TAKEN != 0:
        self._check_free(record)
    self._words[identity] = (record & ~_BARRED) | _WALLET
    log IIdentityRegistry.IdentityRegistered(investor_address=identity, identity=identity)


@internal
def _unbind(wallet: address) -> address:
    """
    @notice Take a wallet from its investor. The record stays: claims are the investor's.
    @return The investor's identity.
    """
    investor: address = self._known_identity_of(wallet)
    word: uint256 = self._words[wallet]
    if word & _POINTER != 0:
        word = word & _KEPT
    else:
        word = word ^ _WALLET
    nonce: uint256 = (word >> _NONCE_SHIFT) & _NONCE_MASK
    # 2**32 unbindings cost more gas than all blocks of a century hold.
    self._words[wallet] = word + ((nonce + 1) << _NONCE_SHIFT) - (nonce << _NONCE_SHIFT)
    log IIdentityRegistry.IdentityRemoved(investor_address=wallet, identity=investor)
    return investor


@internal
def _lose(wallet: address):
    self._words[wallet] = self._words[wallet] | _LOST


@internal
def _bar(wallet: address):
    self._words[wallet] = self._words[wallet] | _BARRED


# --- records
@internal
@pure
def _has_record(word: uint256) -> bool:
    return self._country_of(word) != 0


@internal
@view
def _check_record(word: uint256):
    assert self._has_record(word), "investor_records: unknown investor"


@internal
@pure
def _valid_until_of(record: uint256) -> uint256:
    return record & MAX_EXPIRY


@internal
@pure
def _country_of(record: uint256) -> uint256:
    return (record >> _COUNTRY_SHIFT) & _COUNTRY_MASK


@internal
@pure
def _class_of(record: uint256) -> uint256:
    return (record >> _CLASS_SHIFT) & 255


@internal
@view
def _is_vouched(record: uint256) -> bool:
    """
    @notice Whether the office's word decides; it ends by itself.
    """
    return record & _VOUCHED != 0 and block.timestamp <= record & MAX_EXPIRY


@internal
@pure
def _with_vouch(record: uint256, valid_until: uint256) -> uint256:
    """
    @notice The office's word decides, and not claims.
    """
    return (record & ~MAX_EXPIRY) | _VOUCHED | valid_until


@internal
@pure
def _was_revoked(record: uint256) -> bool:
    return record & _REVOKED_ONCE != 0


@internal
@pure
def _with_revoked(record: uint256) -> uint256:
    return record | _REVOKED_ONCE


@internal
@pure
def _with_claims_end(record: uint256, valid_until: uint256) -> uint256:
    """
    @notice Claims decide, and not the office's word.
    """
    return (record & ~(MAX_EXPIRY | _VOUCHED)) | valid_until


@internal
@pure
def _with_country(record: uint256, country: uint256) -> uint256:
    return self._with_country_and_class(record, country, self._class_of(record))


@internal
@pure
def _with_country_and_class(
    record: uint256, country: uint256, investor_class: uint256
) -> uint256:
    assert record & _POINTER == 0, "investor_records: is a wallet"
    assert country >= 1 and country <= 999, "investor_records: bad country"
    return (
        (record & ~(_COUNTRY_MASK << _COUNTRY_SHIFT | 255 << _CLASS_SHIFT))
        | (country << _COUNTRY_SHIFT)
        | (investor_class << _CLASS_SHIFT)
    )


@internal
@view
def _check_expiry(valid_until: uint64):
    until: uint256 = convert(valid_until, uint256)
    assert until > block.timestamp and until <= MAX_EXPIRY, "investor_records: bad expiry"


# --- claims
@internal
@view
def _claim_at(identity: address, record: uint256, place: uint256) -> uint256:
    if place < _CLAIMS_INSIDE:
        return (record >> (CLAIMS_SHIFT + place * _CLAIM_BITS)) & _CLAIM_MASK
    return (
        self._further_claims[identity] >> ((place - _CLAIMS_INSIDE) * _CLAIM_BITS)
    ) & _CLAIM_MASK


@internal
def _put_claim(identity: address, record: uint256, place: uint256, claim: uint256) -> uint256:
    """
    @notice Write a claim; one of the first two into the record.
    @return The record as it is to be stored.
    """
    offset: uint256 = 0
    if place < _CLAIMS_INSIDE:
        offset = CLAIMS_SHIFT + place * _CLAIM_BITS
        return (record & ~(_CLAIM_MASK << offset)) | (claim << offset)
    offset = (place - _CLAIMS_INSIDE) * _CLAIM_BITS
    further: uint256 = self._further_claims[identity]
    self._further_claims[identity] = (further & ~(_CLAIM_MASK << offset)) | (claim << offset)
    return record
