# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  Compliance
@license AGPL-3.0-only
@notice The rules of each token that has any, as data: who may buy, how much, when; and the counts of
        holders that those rules need.
@dev    Counts are by investor, whatever the number of its wallets, and by the country it was counted
        in last. A wallet counts for the investor that the identity registry named when the wallet
        was last seen here: in a move of it, or by `recount`, which anybody may call. So counts are
        exact after every kind of move, and a change in the registry can't tear them.
        Limits on counts can be set only once all of the supply is counted.
        Invariants: INV-COMP-1, INV-COMP-2 (docs/invariants.md).
@custom:kill The council calls `setCompliance` of the token with another contract or with none.
"""

from ..common import authorized
from ..common import civil_calendar
from ..interfaces import ICompliance
from ..interfaces import IComplianceRules
from ..interfaces import IIdentityRegistry
from ..interfaces import ISecurityToken
from . import holder_counts
from . import token_errors

implements: ICompliance

initializes: authorized
initializes: holder_counts

exports: (
    authorized.authority,
    holder_counts.__interface__,
)

COMPLIANCE_OFFICER_ROLE: public(constant(bytes32)) = keccak256("COMPLIANCE_OFFICER_ROLE")
MAX_LOCKS: constant(uint256) = 8

_MAX_AMOUNT: constant(uint256) = 2**96 - 1
_MINUTES: constant(uint256) = 1_440
_DAY: constant(uint256) = 86_400
# Which rules a token has at all, so that those it has not cost nothing.
_ALLOW: constant(uint256) = 1
_DENY: constant(uint256) = 2
_COUNTRY_CAPS: constant(uint256) = 4
_CLASSES: constant(uint256) = 8
_VENUES: constant(uint256) = 16
_HOURS: constant(uint256) = 32
_LOCKS: constant(uint256) = 64
_LIMITS: constant(uint256) = 128
_UNTIL_SHIFT: constant(uint256) = 96

UTC_OFFSET_MINUTES: public(immutable(int256))

# token -> the bits above
_kinds: HashMap[address, uint256]
_limits: HashMap[address, IComplianceRules.Limits]
_countries: HashMap[address, HashMap[uint16, IComplianceRules.CountryRule]]
_classes: HashMap[address, HashMap[uint8, IComplianceRules.ClassRule]]
_hours: HashMap[address, IComplianceRules.Hours]
_venues: HashMap[address, HashMap[address, bool]]
# token -> investor -> until 40 | amount 96
_lock_ups: HashMap[address, HashMap[address, DynArray[uint256, MAX_LOCKS]]]


@deploy
def __init__(authority: address, utc_offset_minutes: int256):
    """
    @param  utc_offset_minutes  The city's time zone: hours of trade and years are its.
    """
    authorized.__init__(authority)
    assert abs(utc_offset_minutes) <= 840, "compliance: bad time zone"
    UTC_OFFSET_MINUTES = utc_offset_minutes


# --- views
@external
@view
@reentrant
def restriction(token: address, sender: address, receiver: address, amount: uint256) -> uint8:
    """
    @notice 0 when the rules of `token` allow the move, else the code of the first against it.
    @param  sender  The zero address for new units.
    """
    kinds: uint256 = self._kinds[token]
    if kinds == 0:
        return token_errors.OK
    registry: IIdentityRegistry = holder_counts._registry(token)
    is_venue: bool = kinds & (_VENUES | _LIMITS | _CLASSES) != 0 and self._venues[token][receiver]
    country: uint16 = staticcall registry.investorCountry(receiver)
    if kinds & (_ALLOW | _DENY) != 0:
        if self._countries[token][country].is_listed == (kinds & _DENY != 0):
            return token_errors.COUNTRY_CLOSED
    class_rule: IComplianceRules.ClassRule = empty(IComplianceRules.ClassRule)
    if kinds & _CLASSES != 0:
        class_rule = self._classes[token][self._class_of(registry, receiver)]
        if class_rule.is_closed:
            return token_errors.CLASS_CLOSED
    if kinds & _VENUES != 0 and receiver.is_contract and not is_venue:
        return token_errors.NOT_A_VENUE
    if kinds & _HOURS != 0 and sender != empty(address) and not self._is_open(token):
        return token_errors.OUTSIDE_HOURS
    return self._amount_restriction(
        kinds, token, registry, sender, receiver, amount, country, class_rule, is_venue
    )


@external
@view
def limits_of(token: address) -> IComplianceRules.Limits:
    """
    @notice Limits on amounts and holders; 0 is none.
    """
    return self._limits[token]


@external
@view
def country_rule(token: address, country: uint16) -> IComplianceRules.CountryRule:
    """
    @notice Whether a country is on the token's list, and how many holders it may have.
    """
    return self._countries[token][country]


@external
@view
def class_rule(token: address, investor_class: uint8) -> IComplianceRules.ClassRule:
    """
    @notice Whether a class may buy, and how much in a year.
    """
    return self._classes[token][investor_class]


@external
@view
def hours_of(token: address) -> IComplianceRules.Hours:
    """
    @notice When trade is open, in the city's time zone.
    """
    return self._hours[token]


@external
@view
def is_venue(token: address, account: address) -> bool:
    """
    @notice Whether a contract is a listed venue of the token.
    """
    return self._venues[token][account]


@external
@view
def locked_of(token: address, investor: address) -> uint256:
    """
    @notice {unit} Locked up now, of all that an investor holds.
    """
    return self._locked(token, investor)


@external
@view
def lock_ups_of(token: address, investor: address) -> DynArray[uint256, MAX_LOCKS]:
    """
    @notice Lock-ups of an investor, past ones included: the time of release {s} in the bits from
            96 up, the amount {unit} below.
    """
    return self._lock_ups[token][investor]


# --- the token
@external
def bindToken(token: address):
    """
    @notice Begin to count the holders of the calling token; once, for a count with a gap is none.
    @custom:reverts "compliance: not the token" | "holder_counts: was bound"
    """
    assert msg.sender == token, "compliance: not the token"
    holder_counts._bind(token)


@external
def transferred(sender: address, receiver: address, amount: uint256):
    """
    @notice Count a transfer of the calling token, after it.
    @custom:reverts "holder_counts: not bound"
    """
    holder_counts._moved(msg.sender, sender, receiver, amount, self._year_if_counted(msg.sender))


@external
def forced(sender: address, receiver: address, amount: uint256):
    """
    @notice Count a move of the calling token that its receiver did not buy, after it.
    @custom:reverts "holder_counts: not bound"
    """
    holder_counts._moved(msg.sender, sender, receiver, amount, 0)


@external
def created(receiver: address, amount: uint256):
    """
    @notice Count units that the calling token issued, after it.
    @custom:reverts "holder_counts: not bound"
    """
    holder_counts._created(msg.sender, receiver, amount, self._year_if_counted(msg.sender))


@external
def destroyed(account: address, amount: uint256):
    """
    @notice Count units that the calling token burned, after it.
    @custom:reverts "holder_counts: not bound"
    """
    holder_counts._destroyed(msg.sender, account, amount)


# --- COMPLIANCE_OFFICER_ROLE
@external
def set_limits(token: address, limits: IComplianceRules.Limits):
    """
    @notice Limit what an investor may hold and the number of holders, and ask for a smallest amount.
    @param  limits  0 is no limit.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "holder_counts: not all counted"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    holder_counts._check_complete(token)
    old: IComplianceRules.Limits = self._limits[token]
    self._limits[token] = limits
    self._set_kind(
        token,
        _LIMITS,
        limits.max_balance != 0 or limits.min_ticket != 0 or limits.max_holders != 0,
    )
    log IComplianceRules.LimitsSet(token=token, old_limits=old, new_limits=limits)


@external
def set_country_lists(token: address, mode: uint256):
    """
    @notice Say what the list of countries means: 0 nothing, 1 only those, 2 all but those.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "compliance: no such mode"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    assert mode <= _DENY, "compliance: no such mode"
    kinds: uint256 = self._kinds[token]
    self._kinds[token] = (kinds & ~(_ALLOW | _DENY)) | mode
    log IComplianceRules.CountryModeSet(
        token=token, old_mode=kinds & (_ALLOW | _DENY), new_mode=mode
    )


@external
def set_country(token: address, country: uint16, country_rule: IComplianceRules.CountryRule):
    """
    @notice Put a country on the list or take it off, and limit the number of its holders.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "holder_counts: not all counted"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    if country_rule.max_holders != 0:
        holder_counts._check_complete(token)
        self._set_kind(token, _COUNTRY_CAPS, True)
    old: IComplianceRules.CountryRule = self._countries[token][country]
    self._countries[token][country] = country_rule
    log IComplianceRules.CountryRuleSet(
        token=token, country=country, old_rule=old, new_rule=country_rule
    )


@external
def set_class(token: address, investor_class: uint8, class_rule: IComplianceRules.ClassRule):
    """
    @notice Close the token to a class of investors, or limit what one of them may buy in a year of
            the city's time zone.
    @custom:role COMPLIANCE_OFFICER_ROLE
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    self._set_kind(token, _CLASSES, True)
    old: IComplianceRules.ClassRule = self._classes[token][investor_class]
    self._classes[token][investor_class] = class_rule
    log IComplianceRules.ClassRuleSet(
        token=token, investor_class=investor_class, old_rule=old, new_rule=class_rule
    )


@external
def set_hours(token: address, hours: IComplianceRules.Hours):
    """
    @notice Set when units may be traded, in the city's time zone; issue goes on at any time.
    @param  hours  Days as bits, Monday the lowest; no day at all ends the rule.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "compliance: bad hours"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    assert (
        hours.weekdays < 128 and hours.opens < hours.closes and hours.closes <= _MINUTES
    ) or hours.weekdays == 0, "compliance: bad hours"
    old: IComplianceRules.Hours = self._hours[token]
    self._hours[token] = hours
    self._set_kind(token, _HOURS, hours.weekdays != 0)
    log IComplianceRules.HoursSet(token=token, old_hours=old, new_hours=hours)


@external
def require_venues(token: address, is_required: bool):
    """
    @notice Let no contract receive units but the listed venues, or any that is verified.
    @custom:role COMPLIANCE_OFFICER_ROLE
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    self._set_kind(token, _VENUES, is_required)
    log IComplianceRules.VenuesRequired(token=token, is_required=is_required)


@external
def set_venue(token: address, venue: address, is_listed: bool):
    """
    @notice List a venue, which may hold for its customers more than one investor may, or strike it.
    @custom:role COMPLIANCE_OFFICER_ROLE
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    self._venues[token][venue] = is_listed
    log IComplianceRules.VenueSet(token=token, venue=venue, is_listed=is_listed)


@external
def lock_up(token: address, investor: address, amount: uint256, until: uint256):
    """
    @notice Keep `amount` {unit} of all that an investor holds from being transferred before `until`.
    @dev    By investor, so a lock-up follows it to a new wallet. Past ones make room for new ones.
    @param  until  {s} In the future.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "compliance: bad lock-up" | "compliance: too many lock-ups"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    assert (
        amount != 0 and amount <= _MAX_AMOUNT and until > block.timestamp and until < 2**40
    ), "compliance: bad lock-up"
    kept: DynArray[uint256, MAX_LOCKS] = []
    for word: uint256 in self._lock_ups[token][investor]:
        if word >> _UNTIL_SHIFT > block.timestamp:
            kept.append(word)
    assert len(kept) < MAX_LOCKS, "compliance: too many lock-ups"
    kept.append((until << _UNTIL_SHIFT) | amount)
    self._lock_ups[token][investor] = kept
    self._set_kind(token, _LOCKS, True)
    log IComplianceRules.LockedUp(token=token, investor=investor, amount=amount, until=until)


# --- internal
@internal
@view
def _amount_restriction(
    kinds: uint256,
    token: address,
    registry: IIdentityRegistry,
    sender: address,
    receiver: address,
    amount: uint256,
    country: uint16,
    class_rule: IComplianceRules.ClassRule,
    is_venue: bool,
) -> uint8:
    """
    @notice The rules on amounts and numbers; a move within one investor's wallets changes neither.
    """
    buyer: address = holder_counts._present_investor(token, registry, receiver)
    seller: address = empty(address)
    if sender != empty(address):
        seller = holder_counts._present_investor(token, registry, sender)
    if amount == 0 or seller == buyer:
        return token_errors.OK
    limits: IComplianceRules.Limits = empty(IComplianceRules.Limits)
    if kinds & _LIMITS != 0:
        limits = self._limits[token]
        # Whoever holds less than the smallest amount may still sell all of it.
        if amount < limits.min_ticket and (
            sender == empty(address)
            or amount != staticcall ISecurityToken(token).balanceOf(sender)
        ):
            return token_errors.BELOW_TICKET
    sellers: uint256 = 0
    if seller != empty(address):
        sellers = holder_counts._present_units(token, seller, sender)
        if kinds & _LOCKS != 0:
            locked: uint256 = self._locked(token, seller)
            if locked != 0 and (locked >= sellers or amount > sellers - locked):
                return token_errors.LOCKED_UP
    buyers: uint256 = holder_counts._present_units(token, buyer, receiver)
    if not is_venue:
        if limits.max_balance != 0 and (
            amount > limits.max_balance or buyers > limits.max_balance - amount
        ):
            return token_errors.ABOVE_BALANCE_CAP
        if class_rule.yearly_limit != 0:
            bought: uint256 = holder_counts._bought(token, buyer, self._year())
            if amount > class_rule.yearly_limit or bought > class_rule.yearly_limit - amount:
                return token_errors.ABOVE_YEARLY_LIMIT
    if buyers != 0:
        return token_errors.OK
    # A new holder; whoever sells all makes room for it.
    leaves: bool = seller != empty(address) and sellers == amount
    if limits.max_holders != 0 and not leaves:
        if holder_counts._holders(token) >= limits.max_holders:
            return token_errors.TOO_MANY_HOLDERS
    if kinds & _COUNTRY_CAPS != 0:
        cap: uint256 = self._countries[token][country].max_holders
        if cap != 0:
            count: uint256 = holder_counts._in_country(token, country)
            if leaves and count != 0 and holder_counts._country_of(token, seller) == country:
                count -= 1
            if count >= cap:
                return token_errors.TOO_MANY_IN_COUNTRY
    return token_errors.OK


@internal
@view
def _class_of(registry: IIdentityRegistry, wallet: address) -> uint8:
    eligibility: IIdentityRegistry.Eligibility = staticcall registry.eligibility(wallet)
    return eligibility.investor_class


@internal
@view
def _locked(token: address, investor: address) -> uint256:
    locked: uint256 = 0
    for word: uint256 in self._lock_ups[token][investor]:
        if word >> _UNTIL_SHIFT > block.timestamp:
            locked += word & _MAX_AMOUNT
    return locked


@internal
@view
def _local_seconds() -> uint256:
    return convert(convert(block.timestamp, int256) + UTC_OFFSET_MINUTES * 60, uint256)


@internal
@view
def _is_open(token: address) -> bool:
    hours: IComplianceRules.Hours = self._hours[token]
    seconds: uint256 = self._local_seconds()
    # 1970-01-01 was a Thursday, three days after a Monday.
    weekday: uint256 = (seconds // _DAY + 3) % 7
    minute: uint256 = seconds % _DAY // 60
    return (
        (hours.weekdays >> weekday) & 1 == 1 and hours.opens <= minute and minute < hours.closes
    )


@internal
@view
def _year() -> uint256:
    return civil_calendar._date(self._local_seconds() // _DAY).year


@internal
@view
def _year_if_counted(token: address) -> uint256:
    """
    @notice The year for which a purchase counts; 0 where no rule asks for it.
    """
    if self._kinds[token] & _CLASSES == 0:
        return 0
    return self._year()


@internal
def _set_kind(token: address, kind: uint256, is_on: bool):
    kinds: uint256 = self._kinds[token] & ~kind
    if is_on:
        kinds |= kind
    self._kinds[token] = kinds
