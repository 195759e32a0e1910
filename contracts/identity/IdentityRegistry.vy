# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  IdentityRegistry
@license AGPL-3.0-only
@notice Binds wallets to verified investors: a pseudonymous identity, country, class, expiry.
@dev    One word per wallet, so that a token checks both sides of a transfer in one call and two
        reads. No personal data: an identity is an address that the compliance office keeps the
        file for. Views are re-entrant on purpose: tokens read them inside their own transfers.
        Invariants: INV-ID-1 (docs/invariants.md).
@custom:kill Revoke wallets; a token's own pause stops its trade.
"""

from ..common import authorized
from ..interfaces import IIdentityRegistry

implements: IIdentityRegistry

initializes: authorized

exports: authorized.authority

COMPLIANCE_OFFICER_ROLE: public(constant(bytes32)) = keccak256("COMPLIANCE_OFFICER_ROLE")
MAX_BATCH: constant(uint256) = 100

_IDENTITY_MASK: constant(uint256) = 2**160 - 1
_EXPIRY_SHIFT: constant(uint256) = 160
_COUNTRY_SHIFT: constant(uint256) = 200
_CLASS_SHIFT: constant(uint256) = 216
_MAX_EXPIRY: constant(uint256) = 2**40 - 1


struct Registration:
    wallet: address
    identity: address
    country: uint16
    investor_class: uint8
    valid_until: uint64


# wallet -> identity 160 | valid_until 40 | country 16 | class 8; 0 where not registered
_words: HashMap[address, uint256]


@deploy
def __init__(authority: address):
    authorized.__init__(authority)


@external
@view
@reentrant
def isVerified(account: address) -> bool:
    """
    @notice Whether `account` may send and receive security tokens now (ERC-3643).
    """
    return self._is_valid(self._words[account])


@external
@view
@reentrant
def unverified_side(sender: address, receiver: address) -> uint256:
    """
    @notice 0 when both may trade now, 1 when `sender` may not, 2 when only `receiver` may not.
    """
    if not self._is_valid(self._words[sender]):
        return 1
    if not self._is_valid(self._words[receiver]):
        return 2
    return 0


@external
@view
@reentrant
def contains(account: address) -> bool:
    """
    @notice Whether `account` is registered, expired or not (ERC-3643).
    """
    return self._words[account] != 0


@external
@view
@reentrant
def identity(account: address) -> address:
    """
    @notice Investor that `account` belongs to; zero where not registered (ERC-3643).
    """
    return convert(self._words[account] & _IDENTITY_MASK, address)


@external
@view
@reentrant
def investorCountry(account: address) -> uint16:
    """
    @notice ISO 3166-1 numeric country of `account`'s investor; 0 where not registered (ERC-3643).
    """
    return self._unpacked(self._words[account]).country


@external
@view
@reentrant
def eligibility(account: address) -> IIdentityRegistry.Eligibility:
    """
    @notice All that is known of `account`; all zero where not registered.
    """
    return self._unpacked(self._words[account])


# --- COMPLIANCE_OFFICER_ROLE
@external
def register(registrations: DynArray[Registration, MAX_BATCH]):
    """
    @notice Bind wallets to investors, all or none.
    @param  registrations  At most 100; countries 1 to 999, `valid_until` in the future.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "identity_registry: zero address" | "identity_registry: is registered"
        | "identity_registry: bad country" | "identity_registry: bad expiry"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    for entry: Registration in registrations:
        assert entry.wallet != empty(address), "identity_registry: zero address"
        assert entry.identity != empty(address), "identity_registry: zero address"
        assert self._words[entry.wallet] == 0, "identity_registry: is registered"
        self._check_country(entry.country)
        self._check_expiry(entry.valid_until)
        self._words[entry.wallet] = self._packed(
            IIdentityRegistry.Eligibility(
                identity=entry.identity,
                country=entry.country,
                investor_class=entry.investor_class,
                valid_until=entry.valid_until,
            )
        )
        log IIdentityRegistry.IdentityRegistered(
            investor_address=entry.wallet, identity=entry.identity
        )
        log IIdentityRegistry.CountryUpdated(
            investor_address=entry.wallet, country=entry.country
        )
        log IIdentityRegistry.EligibilitySet(
            investor_address=entry.wallet,
            old_class=0,
            new_class=entry.investor_class,
            old_valid_until=0,
            new_valid_until=entry.valid_until,
        )


@external
def set_eligibility(account: address, investor_class: uint8, valid_until: uint64):
    """
    @notice Renew a wallet, or change its class.
    @param  valid_until  {s} Last second in which it may trade; in the future.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "identity_registry: not registered" | "identity_registry: bad expiry"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    known: IIdentityRegistry.Eligibility = self._registered(account)
    self._check_expiry(valid_until)
    old_class: uint8 = known.investor_class
    old_valid_until: uint64 = known.valid_until
    known.investor_class = investor_class
    known.valid_until = valid_until
    self._words[account] = self._packed(known)
    log IIdentityRegistry.EligibilitySet(
        investor_address=account,
        old_class=old_class,
        new_class=investor_class,
        old_valid_until=old_valid_until,
        new_valid_until=valid_until,
    )


@external
def updateCountry(account: address, country: uint16):
    """
    @notice Change the country of a wallet's investor (ERC-3643).
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "identity_registry: not registered" | "identity_registry: bad country"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    known: IIdentityRegistry.Eligibility = self._registered(account)
    self._check_country(country)
    known.country = country
    self._words[account] = self._packed(known)
    log IIdentityRegistry.CountryUpdated(investor_address=account, country=country)


@external
def deleteIdentity(account: address):
    """
    @notice Revoke a wallet: from now on it can neither send nor receive (ERC-3643).
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "identity_registry: not registered"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    known: IIdentityRegistry.Eligibility = self._registered(account)
    self._words[account] = 0
    log IIdentityRegistry.IdentityRemoved(investor_address=account, identity=known.identity)


# --- internal
@internal
@view
def _registered(account: address) -> IIdentityRegistry.Eligibility:
    word: uint256 = self._words[account]
    assert word != 0, "identity_registry: not registered"
    return self._unpacked(word)


@internal
@view
def _is_valid(word: uint256) -> bool:
    # Inclusive: a claim that is valid until 12:00:00 holds in that second.
    return block.timestamp <= ((word >> _EXPIRY_SHIFT) & _MAX_EXPIRY)


@internal
@pure
def _check_country(country: uint16):
    assert country >= 1 and country <= 999, "identity_registry: bad country"


@internal
@view
def _check_expiry(valid_until: uint64):
    until: uint256 = convert(valid_until, uint256)
    assert until > block.timestamp and until <= _MAX_EXPIRY, "identity_registry: bad expiry"


@internal
@pure
def _packed(known: IIdentityRegistry.Eligibility) -> uint256:
    return (
        convert(known.identity, uint256)
        | (convert(known.valid_until, uint256) << _EXPIRY_SHIFT)
        | (convert(known.country, uint256) << _COUNTRY_SHIFT)
        | (convert(known.investor_class, uint256) << _CLASS_SHIFT)
    )


@internal
@pure
def _unpacked(word: uint256) -> IIdentityRegistry.Eligibility:
    return IIdentityRegistry.Eligibility(
        identity=convert(word & _IDENTITY_MASK, address),
        country=convert((word >> _COUNTRY_SHIFT) & 65_535, uint16),
        investor_class=convert((word >> _CLASS_SHIFT) & 255, uint8),
        valid_until=convert((word >> _EXPIRY_SHIFT) & _MAX_EXPIRY, uint64),
    )
