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

from ..common import authorized
from ..interfaces import IIdentityRegistry
from . import claims
from . import consents
from . import investor_records
from . import signatures
from . import trusted_issuers
from . import wallet_recovery

implements: IIdentityRegistry

initializes: authorized
initializes: claims[investor_records := investor_records, trusted_issuers := trusted_issuers]
initializes: eip712_domain_separator
initializes: investor_records
initializes: trusted_issuers
initializes: wallet_recovery

exports: (
    authorized.authority,
    claims.filed_claim,
    claims.last_nonce,
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
    domain: bytes32 = eip712_domain_separator._domain_separator_v4()
    if msg.sender != claim.issuer:
        claims._check_signature(domain, claim, claim_signature)
    record: uint256 = claims._file(claim, investor_records._words[claim.identity])
    self._check_consent(
        claim.identity, claim.identity, record, binding_deadline, binding_signature, domain
    )
    investor_records._bind_own(claim.identity, record)


@external
def file_claims(signed_claims: DynArray[SignedClaim, MAX_BATCH]):
    """
    @notice File claims that trusted issuers signed, all or none. Open to anyone: the signatures
            count.
    @param  signed_claims  At most 100; each newer than what its issuer filed on the investor and topic.
    @custom:reverts "signatures: past the deadline" | "signatures: bad signature"
        | "claims: void issuer nonce" | "claims: void claim"
        | "claims: not the first topic" | "claims: not the office's word" | "investor_records: bad expiry"
        | "investor_records: bad country" | "investor_records: unknown investor"
        | "investor_records: is a wallet" | "trusted_issuers: not trusted"
        | "trusted_issuers: unknown topic" | "trusted_issuers: not for this topic"
    """
    domain: bytes32 = eip712_domain_separator._domain_separator_v4()
    for each: SignedClaim in signed_claims:
        if msg.sender != each.claim.issuer:
            claims._check_signature(domain, each.claim, each.signature)
        investor: address = each.claim.identity
        investor_records._words[investor] = claims._file(
            each.claim, investor_records._words[investor]
        )


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
            claims._reckon(investor, record)


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
    domain: bytes32 = eip712_domain_separator._domain_separator_v4()
    issuer: uint256 = trusted_issuers._attestor(msg.sender, topic)
    place: uint256 = trusted_issuers._known_place_of(issuer, topic)
    seal: uint256 = trusted_issuers._seal(issuer)
    required: uint256 = trusted_issuers._required(issuer)
    claim: IIdentityRegistry.Claim = empty(IIdentityRegistry.Claim)
    claim.issuer = msg.sender
    claim.topic = topic
    signatures._check_deadline(deadline)
    for each: Onboarding in onboardings:
        investor_records._check_expiry(each.valid_until)
        claim.identity = each.wallet
        claim.country = each.country
        claim.investor_class = each.investor_class
        claim.valid_until = each.valid_until
        claim.nonce = each.nonce
        record: uint256 = claims._put(
            claim, seal, required, place, investor_records._words[each.wallet]
        )
        if msg.sender != each.wallet:
            nonce: uint256 = investor_records._wallet_nonce(record)
            binding: bytes32 = consents._hash(each.wallet, each.wallet, nonce, deadline)
            signatures._check(domain, each.wallet, binding, each.signature)
        investor_records._check_own_word(record)
        investor_records._bind_own(each.wallet, record)


@external
def revoke_claim(identity: address, topic: uint256, nonce: uint16):
    """
    @notice Void the caller's claims on an investor and a topic, up to a nonce, filed or not.
    @custom:reverts "claims: is void" | "claims: unknown issuer" | "trusted_issuers: unknown topic"
    """
    claims._revoke(msg.sender, identity, topic, convert(nonce, uint256))


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
    @custom:reverts "signatures: past the deadline" | "signatures: bad signature"
        | "investor_records: not registered" | "investor_records: is registered"
        | "investor_records: is an investor" | "investor_records: wallet was lost"
        | "investor_records: barred"
    """
    investor: address = investor_records._known_identity_of(msg.sender)
    word: uint256 = investor_records._words[wallet]
    domain: bytes32 = eip712_domain_separator._domain_separator_v4()
    self._check_consent(wallet, investor, word, deadline, signature, domain)
    investor_records._bind(wallet, investor, investor_records._words[investor])


@external
def unbind_wallet():
    """
    @notice Leave the caller's investor. What the wallet holds stays where it is.
    @custom:reverts "investor_records: not registered" | "wallet_recovery: is announced"
    """
    # Else whoever found its key could keep the investor from recovering it.
    wallet_recovery._check_unannounced(msg.sender)
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
        old_record: uint256 = investor_records._words[entry.identity]
        record: uint256 = self._vouched(
            old_record,
            convert(entry.country, uint256),
            entry.investor_class,
            entry.valid_until,
        )
        self._bind(entry.wallet, entry.identity, record, entry.country)
        self._log_eligibility(
            entry.identity, old_record, entry.investor_class, entry.valid_until
        )


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
    investor: address = investor_records._known_identity_of(account)
    old_record: uint256 = investor_records._words[investor]
    country: uint256 = investor_records._country_of(old_record)
    investor_records._words[investor] = self._vouched(
        old_record, country, investor_class, valid_until
    )
    self._log_eligibility(investor, old_record, investor_class, valid_until)


@external
def withdraw_vouch(identity: address):
    """
    @notice Take the office's word back: from now on the investor's claims decide.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "claims: not vouched for"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    claims._take_over(identity)


@external
def updateCountry(account: address, country: uint16):
    """
    @notice Change the country of a wallet's investor (ERC-3643).
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "investor_records: not registered" | "investor_records: bad country"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    investor: address = investor_records._known_identity_of(account)
    investor_records._words[investor] = self._with_country(investor, country)
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
    investor_records._bind(account, identity, investor_records._words[identity])
    log IIdentityRegistry.IdentityUpdated(old_identity=old_identity, new_identity=identity)


@external
def deleteIdentity(account: address):
    """
    @notice Revoke a wallet: from now on it can neither send nor receive (ERC-3643), and only the
            office may bind it again.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "investor_records: not registered"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    investor: address = investor_records._unbind(account)
    assert investor != empty(address)  # dev: a bound wallet has an investor
    investor_records._bar(account)


@external
def revoke_claim_of(issuer: address, identity: address, topic: uint256, nonce: uint16):
    """
    @notice `revoke_claim` in an issuer's place.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts as revoke_claim
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    claims._revoke(issuer, identity, topic, convert(nonce, uint256))


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
    word: uint256 = investor_records._words[successor]
    investor_records._check_free(word)
    domain: bytes32 = eip712_domain_separator._domain_separator_v4()
    self._check_consent(successor, investor, word, deadline, signature, domain)
    wallet_recovery._announce(lost, successor, investor, reason_hash)


@external
def recover_wallet(lost: address):
    """
    @notice Replace a lost wallet after the objection window; for ever, whatever key turns up.
    @custom:role ENFORCER_ROLE
    @custom:reverts "wallet_recovery: not announced" | "wallet_recovery: window is open"
        | "wallet_recovery: has expired" | "investor_records: not registered"
        | "investor_records: is registered" | "investor_records: is an investor"
        | "investor_records: wallet was lost" | "investor_records: barred"
    """
    authorized._check_role(ENFORCER_ROLE, msg.sender)
    successor: address = wallet_recovery._execute(lost)
    investor_records._check_own_word(investor_records._words[successor])
    investor: address = investor_records._unbind(lost)
    investor_records._lose(lost)
    investor_records._bind(successor, investor, investor_records._words[investor])
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
def wallet_nonce(wallet: address) -> uint256:
    """
    @notice The nonce that a wallet's consent to be bound must carry.
    """
    return investor_records._wallet_nonce(investor_records._words[wallet])


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
    self._bind(wallet, identity, self._with_country(identity, country), country)


@internal
def _bind(wallet: address, identity: address, record: uint256, country: uint16):
    investor_records._bind(wallet, identity, record)
    log IIdentityRegistry.CountryUpdated(investor_address=wallet, country=country)


@internal
@view
def _with_country(identity: address, country: uint16) -> uint256:
    """
    @notice An investor's record as stored, but for the country.
    """
    return investor_records._with_country(
        investor_records._words[identity], convert(country, uint256)
    )


@internal
@view
def _vouched(
    record: uint256, country: uint256, investor_class: uint8, valid_until: uint64
) -> uint256:
    """
    @notice A record as the office's word makes it.
    """
    investor_records._check_expiry(valid_until)
    return investor_records._with_vouch(
        investor_records._with_country_and_class(
            record, country, convert(investor_class, uint256)
        ),
        convert(valid_until, uint256),
    )


@internal
def _log_eligibility(
    identity: address, old_record: uint256, investor_class: uint8, valid_until: uint64
):
    log IIdentityRegistry.EligibilitySet(
        identity=identity,
        old_class=convert(investor_records._class_of(old_record), uint8),
        new_class=investor_class,
        old_valid_until=convert(investor_records._valid_until_of(old_record), uint64),
        new_valid_until=valid_until,
    )


@internal
@view
def _check_consent(
    wallet: address,
    identity: address,
    word: uint256,
    deadline: uint64,
    signature: Bytes[65],
    domain: bytes32,
):
    """
    @notice Who sends needs no signature of its own.
    @param  word  The wallet's.
    """
    investor_records._check_own_word(word)
    if msg.sender != wallet:
        signatures._check_deadline(deadline)
        nonce: uint256 = investor_records._wallet_nonce(word)
        binding: bytes32 = consents._hash(wallet, identity, nonce, deadline)
        signatures._check(domain, wallet, binding, signature)
