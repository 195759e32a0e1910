# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  IdentityRegistry
@license AGPL-3.0-only
@notice Binds wallets to verified investors: a pseudonymous identity, country, class, expiry.
@dev    Claims are signed by trusted issuers (EIP-712), checked once when they are filed, and kept
        as the earliest end of all that is required: a token checks both sides of a transfer in one
        call and two reads. A claim is known by issuer, investor, topic and nonce, never by the
        bytes of its signature. Wallets agree to be bound by their own signature (also contract
        wallets, ERC-1271); the compliance office may bind without one, for contracts that can't
        sign. No personal data: an identity is an address, of which the office keeps the file.
        Views are re-entrant on purpose: tokens read them inside their own transfers.
        What an issuer has lost (trust, a topic, its nonce) reaches claims that are filed already
        when anybody calls `refresh`; a revocation by key works at once.
        Invariants: INV-ID-1 to INV-ID-5 (docs/invariants.md).
@custom:kill Revoke claims and wallets; a token's own pause stops its trade.
@custom:source ERC-3643, EIP-712, ERC-1271, ERC-5267
"""

from snekmate.utils import eip712_domain_separator
from snekmate.utils import signature_checker

from ..common import authorized
from ..interfaces import IIdentityRegistry
from . import investor_records
from . import trusted_issuers
from . import wallet_recovery

implements: IIdentityRegistry

initializes: authorized
initializes: eip712_domain_separator
initializes: investor_records
initializes: trusted_issuers
initializes: wallet_recovery

exports: (
    authorized.authority,
    eip712_domain_separator.eip712Domain,
    trusted_issuers.getClaimTopics,
    trusted_issuers.getTrustedIssuers,
    trusted_issuers.getTrustedIssuersForClaimTopic,
    trusted_issuers.getTrustedIssuerClaimTopics,
    trusted_issuers.isTrustedIssuer,
    trusted_issuers.hasClaimTopic,
    trusted_issuers.issuer_nonce,
    wallet_recovery.OBJECTION_WINDOW,
    wallet_recovery.announced_recovery,
    wallet_recovery.recovered_to,
)

COMPLIANCE_OFFICER_ROLE: public(constant(bytes32)) = keccak256("COMPLIANCE_OFFICER_ROLE")
COUNCIL_CLERK_ROLE: public(constant(bytes32)) = keccak256("COUNCIL_CLERK_ROLE")
ENFORCER_ROLE: public(constant(bytes32)) = keccak256("ENFORCER_ROLE")
MAX_BATCH: constant(uint256) = 100
MAX_TOPICS: constant(uint256) = trusted_issuers.MAX_TOPICS

_CLAIM_TYPEHASH: constant(bytes32) = keccak256(
    "Claim(address issuer,address identity,uint256 topic,uint8 investorClass,uint16 country,uint64 validUntil,uint16 nonce,uint16 issuerNonce,uint64 deadline)"
)
_BINDING_TYPEHASH: constant(bytes32) = keccak256(
    "Binding(address wallet,address identity,uint256 nonce,uint64 deadline)"
)
_INTERFACES: constant(bytes4[5]) = [
    0x01FFC9A7,  # ERC-165
    0x8FF89F73,  # ERC-3643 identity registry
    0xB0F773B8,  # ERC-3643 trusted issuers registry
    0x10928B13,  # ERC-3643 claim topics registry
    0x84B0196E,  # ERC-5267
]


struct Registration:
    wallet: address
    identity: address
    country: uint16
    investor_class: uint8
    valid_until: uint64


struct Onboarding:
    wallet: address
    country: uint16
    investor_class: uint8
    valid_until: uint64
    nonce: uint16  # of the claim
    signature: Bytes[65]  # the wallet's, of its binding


struct SignedClaim:
    claim: IIdentityRegistry.Claim
    signature: Bytes[65]  # the issuer's; empty where the issuer itself files


# issuer -> identity -> topic -> claims up to this nonce are void
_void_nonce: HashMap[address, HashMap[address, HashMap[uint256, uint256]]]


@deploy
def __init__(
    authority: address, topics: DynArray[uint256, MAX_TOPICS], objection_window: uint256
):
    """
    @param  topics            Claim topics that an investor needs; the first carries country and
            class.
    @param  objection_window  {s} Between a recovery's announcement and its execution; a day to a
            year.
    """
    authorized.__init__(authority)
    eip712_domain_separator.__init__("Civitas identity registry", "1")
    wallet_recovery.__init__(objection_window)
    for topic: uint256 in topics:
        trusted_issuers._add_topic(topic)
    log IIdentityRegistry.IdentityStorageSet(identity_storage=self)
    log IIdentityRegistry.ClaimTopicsRegistrySet(claim_topics_registry=self)
    log IIdentityRegistry.TrustedIssuersRegistrySet(trusted_issuers_registry=self)


# --- anyone
@external
def onboard(
    claim: IIdentityRegistry.Claim,
    claim_signature: Bytes[65],
    binding_deadline: uint64,
    binding_signature: Bytes[65],
):
    """
    @notice File a claim on an investor whose identity is its first wallet, and bind that wallet.
    @param  claim_signature    The issuer's; not needed where the issuer sends.
    @param  binding_signature  The wallet's; not needed where the wallet sends.
    @custom:reverts as file_claims | as bind_wallet
    """
    self._check_issued(claim, claim_signature)
    self._file(claim)
    self._check_consent(claim.identity, claim.identity, binding_deadline, binding_signature)
    investor_records._bind(claim.identity, claim.identity)


@external
def file_claims(claims: DynArray[SignedClaim, MAX_BATCH]):
    """
    @notice File claims that trusted issuers signed, all or none. Open to anyone: the signatures
            count.
    @param  claims  At most 100; each newer than what its issuer filed on the investor and topic.
    @custom:reverts "identity_registry: past the deadline" | "identity_registry: bad signature"
        | "identity_registry: void issuer nonce" | "identity_registry: void claim"
        | "identity_registry: not the first topic" | "investor_records: bad expiry"
        | "investor_records: bad country" | "investor_records: unknown investor"
        | "investor_records: is a wallet" | "trusted_issuers: not trusted"
        | "trusted_issuers: unknown topic" | "trusted_issuers: not for this topic"
    """
    for each: SignedClaim in claims:
        self._check_issued(each.claim, each.signature)
        self._file(each.claim)


@external
def refresh(identities: DynArray[address, MAX_BATCH]):
    """
    @notice Reckon anew what investors' claims amount to, after a change of issuers or topics. Open
            to anyone: it has one outcome. The office's own word is not touched.
    """
    for investor: address in identities:
        record: uint256 = investor_records._words[investor]
        investor_records._check_record(record)
        if not investor_records._is_vouched(record):
            self._set_valid_until(
                investor, record, self._earliest(investor, record, MAX_TOPICS, 0)
            )


# --- an issuer
@external
def onboard_batch(
    topic: uint256, deadline: uint64, onboardings: DynArray[Onboarding, MAX_BATCH]
):
    """
    @notice File the caller's own claims on new investors, and bind their first wallets with the
            wallets' signatures, all or none.
    @param  deadline     {s} Of all the wallets' signatures.
    @param  onboardings  At most 100.
    @custom:reverts as onboard
    """
    issuer_nonce: uint16 = convert(
        trusted_issuers._nonce_of(trusted_issuers._issuers[msg.sender]), uint16
    )
    for each: Onboarding in onboardings:
        self._file(
            IIdentityRegistry.Claim(
                issuer=msg.sender,
                identity=each.wallet,
                topic=topic,
                investor_class=each.investor_class,
                country=each.country,
                valid_until=each.valid_until,
                nonce=each.nonce,
                issuer_nonce=issuer_nonce,
                deadline=deadline,
            )
        )
        self._check_consent(each.wallet, each.wallet, deadline, each.signature)
        investor_records._bind(each.wallet, each.wallet)


@external
def revoke_claim(identity: address, topic: uint256, nonce: uint16):
    """
    @notice Void the caller's claims on an investor and a topic, up to a nonce, filed or not.
    @custom:reverts "identity_registry: is void" | "trusted_issuers: unknown topic"
    """
    self._revoke(msg.sender, identity, topic, convert(nonce, uint256))


@external
def revoke_all_claims():
    """
    @notice Void all that the caller has signed so far: at once where it isn't filed, and at the
            next `refresh` where it is.
    @custom:reverts "trusted_issuers: not trusted"
    """
    trusted_issuers._raise_nonce(msg.sender)


# --- a wallet
@external
def bind_wallet(wallet: address, deadline: uint64, signature: Bytes[65]):
    """
    @notice Bind a further wallet to the caller's investor, with that wallet's signature.
    @custom:reverts "identity_registry: past the deadline" | "identity_registry: bad signature"
        | "investor_records: not registered" | "investor_records: is registered"
        | "investor_records: is an investor" | "investor_records: wallet was lost"
    """
    investor: address = investor_records._known_identity_of(msg.sender)
    self._check_consent(wallet, investor, deadline, signature)
    investor_records._bind(wallet, investor)


@external
def unbind_wallet():
    """
    @notice Leave the caller's investor. What the wallet holds stays where it is.
    @custom:reverts "investor_records: not registered"
    """
    investor: address = investor_records._unbind(msg.sender)
    assert investor != empty(address)  # dev: a bound wallet has an investor


@external
def object_to_recovery(lost: address):
    """
    @notice Stop the replacement of a wallet, by that wallet or another of the same investor.
    @custom:reverts "identity_registry: not the investor" | "wallet_recovery: not announced"
    """
    investor: address = investor_records._known_identity_of(msg.sender)
    assert investor == investor_records._identity_of(lost), "identity_registry: not the investor"
    wallet_recovery._call_off(lost)


# --- nobody
@external
def setIdentityRegistryStorage(identity_storage: address):
    """
    @notice Refuses always: the registry is its own storage (ERC-3643).
    @custom:reverts "identity_registry: is its own"
    """
    self._refuse()


@external
def setClaimTopicsRegistry(claim_topics_registry: address):
    """
    @notice Refuses always: topics are kept here (ERC-3643).
    @custom:reverts "identity_registry: is its own"
    """
    self._refuse()


@external
def setTrustedIssuersRegistry(trusted_issuers_registry: address):
    """
    @notice Refuses always: trusted issuers are kept here (ERC-3643).
    @custom:reverts "identity_registry: is its own"
    """
    self._refuse()


# --- COMPLIANCE_OFFICER_ROLE
@external
def register(registrations: DynArray[Registration, MAX_BATCH]):
    """
    @notice Bind wallets to investors that the office itself vouches for, all or none.
    @param  registrations  At most 100; countries 1 to 999, `valid_until` in the future.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "investor_records: zero address" | "investor_records: is registered"
        | "investor_records: bad country" | "investor_records: bad expiry"
        | "investor_records: is an investor" | "investor_records: is a wallet"
        | "investor_records: wallet was lost"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    for entry: Registration in registrations:
        self._register(entry.wallet, entry.identity, entry.country)
        self._vouch(entry.identity, entry.investor_class, entry.valid_until)


@external
def registerIdentity(account: address, identity: address, country: uint16):
    """
    @notice Bind a wallet to an investor, whose claims decide whether it may trade (ERC-3643).
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts as register
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    self._register(account, identity, country)


@external
def batchRegisterIdentity(
    accounts: DynArray[address, MAX_BATCH],
    identities: DynArray[address, MAX_BATCH],
    countries: DynArray[uint16, MAX_BATCH],
):
    """
    @notice `registerIdentity` for up to 100 wallets, all or none (ERC-3643).
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "identity_registry: lengths differ" | as register
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    size: uint256 = len(accounts)
    assert len(identities) == size and len(countries) == size, "identity_registry: lengths differ"
    for i: uint256 in range(size, bound=MAX_BATCH):
        self._register(accounts[i], identities[i], countries[i])


@external
def set_eligibility(account: address, investor_class: uint8, valid_until: uint64):
    """
    @notice Vouch for a wallet's investor, or do so with another class or end.
    @param  valid_until  {s} Last second in which the investor may trade; in the future.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "investor_records: not registered" | "investor_records: bad expiry"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    self._vouch(investor_records._known_identity_of(account), investor_class, valid_until)


@external
def withdraw_vouch(identity: address):
    """
    @notice Take the office's word back: from now on the investor's claims decide.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "identity_registry: not vouched for"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    record: uint256 = investor_records._words[identity]
    assert investor_records._is_vouched(record), "identity_registry: not vouched for"
    record = investor_records._with_vouch(record, False)
    # Written here as well: where the claims end at the same second, the next line writes nothing.
    investor_records._words[identity] = record
    self._set_valid_until(identity, record, self._earliest(identity, record, MAX_TOPICS, 0))


@external
def updateCountry(account: address, country: uint16):
    """
    @notice Change the country of a wallet's investor (ERC-3643).
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "investor_records: not registered" | "investor_records: bad country"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    investor: address = investor_records._known_identity_of(account)
    record: uint256 = investor_records._words[investor]
    investor_records._words[investor] = investor_records._with_country(
        record, convert(country, uint256)
    )
    log IIdentityRegistry.CountryUpdated(investor_address=account, country=country)


@external
def updateIdentity(account: address, identity: address):
    """
    @notice Give a wallet to another investor, who has a record already (ERC-3643).
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "investor_records: not registered" | "investor_records: unknown investor"
        | "investor_records: is an investor"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    old_identity: address = investor_records._unbind(account)
    investor_records._bind(account, identity)
    log IIdentityRegistry.IdentityUpdated(old_identity=old_identity, new_identity=identity)


@external
def deleteIdentity(account: address):
    """
    @notice Revoke a wallet: from now on it can neither send nor receive (ERC-3643).
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "investor_records: not registered"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    investor: address = investor_records._unbind(account)
    assert investor != empty(address)  # dev: a bound wallet has an investor


@external
def revoke_claim_of(issuer: address, identity: address, topic: uint256, nonce: uint16):
    """
    @notice `revoke_claim` in an issuer's place.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts as revoke_claim
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    self._revoke(issuer, identity, topic, convert(nonce, uint256))


@external
def revoke_all_claims_of(issuer: address):
    """
    @notice `revoke_all_claims` in the place of an issuer that lost its key.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts as revoke_all_claims
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    trusted_issuers._raise_nonce(issuer)


@external
def call_off_recovery(lost: address):
    """
    @notice Stop the replacement of a wallet, as the second office that looks at it.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "wallet_recovery: not announced"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    wallet_recovery._call_off(lost)


# --- ENFORCER_ROLE
@external
def announce_recovery(
    lost: address, successor: address, reason_hash: bytes32, deadline: uint64, signature: Bytes[65]
):
    """
    @notice Announce that a new wallet takes a lost one's place, with the new wallet's signature.
    @param  reason_hash  Of the file on the loss; not zero.
    @param  deadline     {s} Of the signature.
    @custom:role ENFORCER_ROLE
    @custom:reverts "wallet_recovery: no reason" | "wallet_recovery: is announced"
        | as bind_wallet
    """
    authorized._check_role(ENFORCER_ROLE, msg.sender)
    investor: address = investor_records._known_identity_of(lost)
    investor_records._check_free(successor)
    self._check_consent(successor, investor, deadline, signature)
    wallet_recovery._announce(lost, successor, investor, reason_hash)


@external
def recover_wallet(lost: address):
    """
    @notice Replace a lost wallet after the objection window; for ever, whatever key turns up.
    @custom:role ENFORCER_ROLE
    @custom:reverts "wallet_recovery: not announced" | "wallet_recovery: window is open"
        | "wallet_recovery: has expired" | "investor_records: not registered"
        | "investor_records: is registered" | "investor_records: is an investor"
        | "investor_records: wallet was lost"
    """
    authorized._check_role(ENFORCER_ROLE, msg.sender)
    successor: address = wallet_recovery._execute(lost)
    investor: address = investor_records._unbind(lost)
    investor_records._lose(lost)
    investor_records._bind(successor, investor)
    log IIdentityRegistry.WalletRecovered(lost=lost, successor=successor, identity=investor)


# --- COUNCIL_CLERK_ROLE
@external
def addTrustedIssuer(issuer: address, topics: DynArray[uint256, MAX_TOPICS]):
    """
    @notice Let an issuer's claims count, for known topics (ERC-3643). One that comes back begins
            with a new issuer-wide nonce.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "trusted_issuers: zero address" | "trusted_issuers: is trusted"
        | "trusted_issuers: no topics" | "trusted_issuers: unknown topic"
        | "trusted_issuers: too many issuers"
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    trusted_issuers._add_issuer(issuer, topics)


@external
def removeTrustedIssuer(issuer: address):
    """
    @notice Let an issuer's claims count no more (ERC-3643): at once where they aren't filed, and at
            the next `refresh` where they are.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "trusted_issuers: not trusted"
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    trusted_issuers._remove_issuer(issuer)


@external
def updateIssuerClaimTopics(issuer: address, topics: DynArray[uint256, MAX_TOPICS]):
    """
    @notice Replace the topics that an issuer may attest (ERC-3643); filed claims as in
            `removeTrustedIssuer`.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "trusted_issuers: not trusted" | "trusted_issuers: no topics"
        | "trusted_issuers: unknown topic"
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    trusted_issuers._set_issuer_topics(issuer, topics)


@external
def addClaimTopic(topic: uint256):
    """
    @notice Ask for a claim of one more topic, at each investor's next filing or `refresh`
            (ERC-3643).
    @param  topic  1 to 2**40 - 1; five different ones at most, ever.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "trusted_issuers: bad topic" | "trusted_issuers: topic is required"
        | "trusted_issuers: too many topics"
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    trusted_issuers._add_topic(topic)


@external
def removeClaimTopic(topic: uint256):
    """
    @notice Ask for a topic's claims no more (ERC-3643), as in `addClaimTopic`. Where no topic is
            left, no claim makes anybody eligible.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "trusted_issuers: unknown topic" | "trusted_issuers: topic not required"
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    trusted_issuers._remove_topic(topic)


# --- views
@external
@view
@reentrant
def isVerified(account: address) -> bool:
    """
    @notice Whether `account` may send and receive security tokens now (ERC-3643).
    """
    return investor_records._is_valid_wallet(account)


@external
@view
@reentrant
def unverified_side(sender: address, receiver: address) -> uint256:
    """
    @notice 0 when both may trade now, 1 when `sender` may not, 2 when only `receiver` may not.
    """
    if not investor_records._is_valid_wallet(sender):
        return 1
    if not investor_records._is_valid_wallet(receiver):
        return 2
    return 0


@external
@view
@reentrant
def contains(account: address) -> bool:
    """
    @notice Whether `account` is a wallet of an investor, expired or not (ERC-3643).
    """
    return investor_records._identity_of(account) != empty(address)


@external
@view
@reentrant
def identity(account: address) -> address:
    """
    @notice Investor that `account` belongs to; zero where not registered (ERC-3643).
    """
    return investor_records._identity_of(account)


@external
@view
@reentrant
def investorCountry(account: address) -> uint16:
    """
    @notice ISO 3166-1 numeric country of `account`'s investor; 0 where not registered (ERC-3643).
    """
    record: uint256 = investor_records._record_of(account)
    return convert(investor_records._country_of(record), uint16)


@external
@view
@reentrant
def eligibility(account: address) -> IIdentityRegistry.Eligibility:
    """
    @notice All that is known of `account`'s investor; all zero where not registered.
    """
    record: uint256 = investor_records._record_of(account)
    return IIdentityRegistry.Eligibility(
        identity=investor_records._identity_of(account),
        country=convert(investor_records._country_of(record), uint16),
        investor_class=convert(investor_records._class_of(record), uint8),
        valid_until=convert(investor_records._valid_until_of(record), uint64),
    )


@external
@view
@reentrant
def identityStorage() -> address:
    """
    @notice This contract (ERC-3643).
    """
    return self


@external
@view
@reentrant
def issuersRegistry() -> address:
    """
    @notice This contract (ERC-3643).
    """
    return self


@external
@view
@reentrant
def topicsRegistry() -> address:
    """
    @notice This contract (ERC-3643).
    """
    return self


@external
@view
@reentrant
def is_vouched_for(identity: address) -> bool:
    """
    @notice Whether an investor is eligible by the office's word rather than by claims.
    """
    return investor_records._is_vouched(investor_records._words[identity])


@external
@view
@reentrant
def filed_claim(identity: address, topic: uint256) -> investor_records.ClaimRecord:
    """
    @notice The claim on an investor that was filed last for a topic, while it isn't revoked.
    @custom:reverts "trusted_issuers: unknown topic"
    """
    place: uint256 = trusted_issuers._known_place_of(trusted_issuers._topics, topic)
    return self._filed(identity, place)


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
    claim: investor_records.ClaimRecord = self._filed(identity, place)
    void_nonce: uint256 = self._void_nonce[issuer][identity][topic]
    if claim.issuer == number:
        return max(claim.nonce, void_nonce)
    return void_nonce


@external
@view
@reentrant
def wallet_nonce(wallet: address) -> uint256:
    """
    @notice The nonce that a wallet's consent to be bound must carry.
    """
    return investor_records._wallet_nonce(wallet)


@external
@view
@reentrant
def DOMAIN_SEPARATOR() -> bytes32:
    """
    @notice EIP-712 domain, rebuilt when the chain id changes.
    """
    return eip712_domain_separator._domain_separator_v4()


@external
@pure
@reentrant
def supportsInterface(interface_id: bytes4) -> bool:
    """
    @notice Whether an interface is answered (ERC-165).
    """
    return interface_id in _INTERFACES


# --- internal
@internal
@pure
def _refuse():
    raise "identity_registry: is its own"


@internal
def _register(wallet: address, identity: address, country: uint16):
    record: uint256 = investor_records._words[identity]
    investor_records._words[identity] = investor_records._with_country(
        record, convert(country, uint256)
    )
    investor_records._bind(wallet, identity)
    log IIdentityRegistry.CountryUpdated(investor_address=wallet, country=country)


@internal
def _vouch(identity: address, investor_class: uint8, valid_until: uint64):
    investor_records._check_expiry(valid_until)
    record: uint256 = investor_records._with_vouch(investor_records._words[identity], True)
    old_class: uint256 = investor_records._class_of(record)
    old_valid_until: uint256 = investor_records._valid_until_of(record)
    record = investor_records._with_class(record, convert(investor_class, uint256))
    investor_records._words[identity] = investor_records._with_valid_until(
        record, convert(valid_until, uint256)
    )
    log IIdentityRegistry.EligibilitySet(
        identity=identity,
        old_class=convert(old_class, uint8),
        new_class=investor_class,
        old_valid_until=convert(old_valid_until, uint64),
        new_valid_until=valid_until,
    )


@internal
def _file(claim: IIdentityRegistry.Claim):
    """
    @notice Store a claim of whose issuer the caller is sure.
    """
    self._check_deadline(claim.deadline)
    investor_records._check_expiry(claim.valid_until)
    issuer: uint256 = trusted_issuers._attesting_word(claim.issuer, claim.topic)
    assert trusted_issuers._nonce_of(issuer) == convert(
        claim.issuer_nonce, uint256
    ), "identity_registry: void issuer nonce"
    nonce: uint256 = convert(claim.nonce, uint256)
    place: uint256 = trusted_issuers._place_of(issuer, claim.topic)
    record: uint256 = investor_records._words[claim.identity]
    if place == 0:
        record = investor_records._with_country(record, convert(claim.country, uint256))
        record = investor_records._with_class(record, convert(claim.investor_class, uint256))
    else:
        investor_records._check_record(record)
        assert (
            claim.country == 0 and claim.investor_class == 0
        ), "identity_registry: not the first topic"
    number: uint256 = trusted_issuers._number_of(issuer)
    old: investor_records.ClaimRecord = investor_records._claim_at(claim.identity, record, place)
    last_nonce: uint256 = 0
    if old.issuer == number:
        last_nonce = old.nonce
    elif old.issuer != 0:
        # Another issuer's claim gives way; what that one numbered so far must not come back.
        old_issuer: address = trusted_issuers._issuer_at[old.issuer]
        self._void_nonce[old_issuer][claim.identity][claim.topic] = old.nonce
        record = investor_records._with_revoked(record)
    if investor_records._was_revoked(record):
        void_nonce: uint256 = self._void_nonce[claim.issuer][claim.identity][claim.topic]
        last_nonce = max(last_nonce, void_nonce)
    assert nonce > last_nonce, "identity_registry: void claim"
    record = investor_records._put_claim(
        claim.identity,
        record,
        place,
        investor_records.ClaimRecord(
            valid_until=convert(claim.valid_until, uint256),
            issuer=number,
            issuer_nonce=convert(claim.issuer_nonce, uint256),
            nonce=nonce,
        ),
    )
    # The place just filed stands, so its issuer needn't be looked up again.
    earliest: uint256 = self._earliest(
        claim.identity, record, place, trusted_issuers._required(issuer)
    )
    if earliest != 0 or not investor_records._is_vouched(record):
        record = investor_records._with_vouch(record, False)
        record = investor_records._with_valid_until(record, earliest)
    investor_records._words[claim.identity] = record
    log IIdentityRegistry.ClaimFiled(
        identity=claim.identity,
        issuer=claim.issuer,
        topic=claim.topic,
        country=claim.country,
        investor_class=claim.investor_class,
        valid_until=claim.valid_until,
        nonce=claim.nonce,
        eligible_until=convert(investor_records._valid_until_of(record), uint64),
    )


@internal
def _revoke(issuer: address, identity: address, topic: uint256, nonce: uint256):
    place: uint256 = trusted_issuers._known_place_of(trusted_issuers._topics, topic)
    old_nonce: uint256 = self._void_nonce[issuer][identity][topic]
    assert nonce > old_nonce, "identity_registry: is void"
    self._void_nonce[issuer][identity][topic] = nonce
    record: uint256 = investor_records._with_revoked(investor_records._words[identity])
    number: uint256 = trusted_issuers._number_of(trusted_issuers._issuers[issuer])
    claim: investor_records.ClaimRecord = self._filed(identity, place)
    is_filed: bool = number != 0 and claim.issuer == number and claim.nonce <= nonce
    if is_filed:
        record = investor_records._put_claim(
            identity, record, place, empty(investor_records.ClaimRecord)
        )
    investor_records._words[identity] = record
    log IIdentityRegistry.ClaimRevoked(
        identity=identity,
        issuer=issuer,
        topic=topic,
        caller=msg.sender,
        old_nonce=convert(old_nonce, uint16),
        new_nonce=convert(nonce, uint16),
    )
    if is_filed and not investor_records._is_vouched(record):
        self._set_valid_until(identity, record, self._earliest(identity, record, MAX_TOPICS, 0))


@internal
def _set_valid_until(identity: address, record: uint256, valid_until: uint256):
    old_valid_until: uint256 = investor_records._valid_until_of(record)
    if valid_until == old_valid_until:
        return
    investor_records._words[identity] = investor_records._with_valid_until(record, valid_until)
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
        claim: investor_records.ClaimRecord = investor_records._claim_at(identity, record, place)
        if place != sure_place:
            if claim.issuer == 0:
                return 0
            if not trusted_issuers._stands(claim.issuer, claim.issuer_nonce, place):
                return 0
        earliest = min(earliest, claim.valid_until)
    return earliest


@internal
@view
def _filed(identity: address, place: uint256) -> investor_records.ClaimRecord:
    word: uint256 = investor_records._words[identity]
    # Of another investor's wallet: it points, and has no claims.
    if not investor_records._has_record(word):
        return empty(investor_records.ClaimRecord)
    return investor_records._claim_at(identity, word, place)


@internal
@view
def _check_issued(claim: IIdentityRegistry.Claim, signature: Bytes[65]):
    if msg.sender != claim.issuer:
        self._check_signature(claim.issuer, self._claim_digest(claim), signature)


@internal
@view
def _check_deadline(deadline: uint64):
    assert block.timestamp <= convert(deadline, uint256), "identity_registry: past the deadline"


@internal
@view
def _check_signature(signer: address, digest: bytes32, signature: Bytes[65]):
    # Zero is what a failed recovery of a signer gives.
    assert signer != empty(address) and signature_checker._is_valid_signature_now(
        signer, digest, signature
    ), "identity_registry: bad signature"


@internal
@view
def _check_consent(wallet: address, identity: address, deadline: uint64, signature: Bytes[65]):
    if msg.sender != wallet:
        self._check_deadline(deadline)
        self._check_signature(
            wallet, self._binding_digest(wallet, identity, deadline), signature
        )


@internal
@view
def _claim_digest(claim: IIdentityRegistry.Claim) -> bytes32:
    return eip712_domain_separator._hash_typed_data_v4(
        keccak256(
            abi_encode(
                _CLAIM_TYPEHASH,
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
        )
    )


@internal
@view
def _binding_digest(wallet: address, identity: address, deadline: uint64) -> bytes32:
    return eip712_domain_separator._hash_typed_data_v4(
        keccak256(
            abi_encode(
                _BINDING_TYPEHASH,
                wallet,
                identity,
                investor_records._wallet_nonce(wallet),
                deadline,
            )
        )
    )
