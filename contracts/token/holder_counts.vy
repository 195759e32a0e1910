# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  holder_counts
@license AGPL-3.0-only
@notice How many investors hold a token, in all and by country, and what each of them holds.
@dev    A wallet's units count for the investor that it was counted for last, and the investor for
        the country it was counted in last. Both are brought up to date whenever the wallet is seen,
        with the units that it had before the move.
        An investor: units 96 | bought 96 | year 16 | country 16. A token: counted 96 | holders 32 |
        bound 1. Counting never refuses a move: what is taken away was counted before.
"""

from ..interfaces import IComplianceRules
from ..interfaces import IIdentityRegistry
from ..interfaces import ISecurityToken

MAX_WALLETS: constant(uint256) = 100

_AMOUNT: constant(uint256) = 2**96 - 1
_BOUGHT_SHIFT: constant(uint256) = 96
_YEAR_SHIFT: constant(uint256) = 192
_COUNTRY_SHIFT: constant(uint256) = 208
_SHORT: constant(uint256) = 2**16 - 1
_HOLDERS_SHIFT: constant(uint256) = 96
_HOLDER_ONE: constant(uint256) = 2**96
_MAX_HOLDERS: constant(uint256) = 2**32 - 1
_BOUND: constant(uint256) = 2**128

# token -> word
_tokens: HashMap[address, uint256]
# token -> wallet -> investor it is counted for; zero where it was never seen
_investor_of: HashMap[address, HashMap[address, address]]
# token -> investor -> word
_investors: HashMap[address, HashMap[address, uint256]]
# token -> country -> investors that hold units
_in_countries: HashMap[address, HashMap[uint16, uint256]]


@external
@view
@reentrant
def isTokenBound(token: address) -> bool:
    """
    @notice Whether the holders of `token` are counted here (ERC-3643).
    """
    return self._tokens[token] != 0


@external
@view
@reentrant
def counted_units(token: address) -> uint256:
    """
    @notice {unit} Units whose holders are counted; the supply, once every wallet was seen.
    """
    return self._tokens[token] & _AMOUNT


@external
@view
@reentrant
def holders(token: address) -> uint256:
    """
    @notice How many investors hold units.
    """
    return self._holders(token)


@external
@view
@reentrant
def holders_in(token: address, country: uint16) -> uint256:
    """
    @notice How many investors of a country hold units.
    """
    return self._in_country(token, country)


@external
@view
@reentrant
def held_by(token: address, investor: address) -> uint256:
    """
    @notice {unit} What an investor holds in all its wallets.
    """
    return self._investors[token][investor] & _AMOUNT


@external
@view
@reentrant
def bought_by(token: address, investor: address, year: uint256) -> uint256:
    """
    @notice {unit} What an investor bought in a year, the latest in which it bought; 0 for others.
    """
    return self._bought(token, investor, year)


@external
@view
@reentrant
def investor_of(token: address, wallet: address) -> address:
    """
    @notice Whom a wallet's units are counted for; zero where it was never seen.
    """
    return self._investor_of[token][wallet]


# --- open
@external
def recount(token: address, wallets: DynArray[address, MAX_WALLETS]):
    """
    @notice Count wallets for their investors and countries of now. Open to anyone.
    @custom:reverts "holder_counts: not bound"
    """
    self._check_bound(token)
    for wallet: address in wallets:
        units: uint256 = staticcall ISecurityToken(token).balanceOf(wallet)
        self._seen(token, wallet, units)


# --- internal
@internal
def _bind(token: address):
    assert self._tokens[token] == 0, "holder_counts: was bound"
    self._tokens[token] = _BOUND
    log IComplianceRules.TokenBound(token=token)


@internal
@view
def _check_bound(token: address):
    assert self._tokens[token] != 0, "holder_counts: not bound"


@internal
@view
def _check_complete(token: address):
    self._check_bound(token)
    supply: uint256 = staticcall ISecurityToken(token).totalSupply()
    assert self._tokens[token] & _AMOUNT == supply, "holder_counts: not all counted"


@internal
def _moved(token: address, sender: address, receiver: address, amount: uint256, year: uint256):
    """
    @param  year  In which the receiver bought the units; 0 where it did not, or nobody asks.
    """
    self._check_bound(token)
    kept: uint256 = staticcall ISecurityToken(token).balanceOf(sender)
    seller: address = self._seen(token, sender, kept + amount)
    got: uint256 = staticcall ISecurityToken(token).balanceOf(receiver)
    buyer: address = self._seen(token, receiver, got - amount)
    if seller != buyer:
        self._change(token, seller, 0, 0, amount)
        self._change(token, buyer, year, amount, 0)


@internal
def _created(token: address, receiver: address, amount: uint256, year: uint256):
    self._check_bound(token)
    got: uint256 = staticcall ISecurityToken(token).balanceOf(receiver)
    buyer: address = self._seen(token, receiver, got - amount)
    self._change(token, buyer, year, amount, 0)
    self._tokens[token] += amount


@internal
def _destroyed(token: address, account: address, amount: uint256):
    self._check_bound(token)
    kept: uint256 = staticcall ISecurityToken(token).balanceOf(account)
    seller: address = self._seen(token, account, kept + amount)
    self._change(token, seller, 0, 0, amount)
    self._tokens[token] -= amount


@internal
def _seen(token: address, wallet: address, units: uint256) -> address:
    """
    @notice Count `wallet`, which has `units`, for its investor and country of now.
    @return The investor.
    """
    registry: IIdentityRegistry = self._registry(token)
    investor: address = self._present_investor(token, registry, wallet)
    old_investor: address = self._investor_of[token][wallet]
    if old_investor != investor:
        if old_investor == empty(address):
            self._tokens[token] += units
        else:
            self._change(token, old_investor, 0, 0, units)
        self._investor_of[token][wallet] = investor
        log IComplianceRules.WalletCounted(
            token=token, wallet=wallet, old_investor=old_investor, investor=investor, units=units
        )
    country: uint16 = staticcall registry.investorCountry(wallet)
    old_country: uint16 = self._country_of(token, investor)
    # A revoked wallet has no country; its investor stays where it was counted.
    if country != old_country and (country != 0):
        self._set_country(token, investor, old_country, country)
    if old_investor != investor:
        self._change(token, investor, 0, units, 0)
    return investor


@internal
def _set_country(token: address, investor: address, old_country: uint16, country: uint16):
    word: uint256 = self._investors[token][investor]
    if word & _AMOUNT != 0:
        self._in_countries[token][old_country] -= 1
        self._in_countries[token][country] += 1
    self._investors[token][investor] = (
        (word & (2**_COUNTRY_SHIFT - 1)) | (convert(country, uint256) << _COUNTRY_SHIFT)
    )
    log IComplianceRules.InvestorCounted(
        token=token, investor=investor, old_country=old_country, country=country
    )


@internal
def _change(token: address, investor: address, year: uint256, plus: uint256, minus: uint256):
    """
    @notice Change an investor's units; in `year` it bought what is added, where that is not 0.
    """
    word: uint256 = self._investors[token][investor]
    old_units: uint256 = word & _AMOUNT
    new_units: uint256 = old_units + plus - minus
    word = word - old_units + new_units
    if year != 0:
        bought: uint256 = plus
        if (word >> _YEAR_SHIFT) & _SHORT == year:
            bought += (word >> _BOUGHT_SHIFT) & _AMOUNT
        # More than fits is more than any limit.
        word = (
            (word & ~((2**112 - 1) << _BOUGHT_SHIFT))
            | (min(bought, _AMOUNT) << _BOUGHT_SHIFT)
            | (year << _YEAR_SHIFT)
        )
    self._investors[token][investor] = word
    country: uint16 = convert((word >> _COUNTRY_SHIFT) & _SHORT, uint16)
    if old_units == 0 and new_units != 0:
        self._tokens[token] += _HOLDER_ONE
        self._in_countries[token][country] += 1
    elif old_units != 0 and new_units == 0:
        self._tokens[token] -= _HOLDER_ONE
        self._in_countries[token][country] -= 1


@internal
@view
def _registry(token: address) -> IIdentityRegistry:
    return IIdentityRegistry(staticcall ISecurityToken(token).identityRegistry())


@internal
@view
def _present_investor(
    token: address, registry: IIdentityRegistry, wallet: address
) -> address:
    """
    @notice Whom `wallet` belongs to now; where the registry knows nobody, whom it was counted for,
            or a stand-in of its own address.
    """
    identity: address = staticcall registry.identity(wallet)
    if identity != empty(address):
        return identity
    known: address = self._investor_of[token][wallet]
    if known != empty(address):
        return known
    return wallet


@internal
@view
def _present_units(token: address, investor: address, wallet: address) -> uint256:
    """
    @notice What `investor` holds, `wallet` of its own included, as it will be counted when seen.
    """
    units: uint256 = self._investors[token][investor] & _AMOUNT
    if self._investor_of[token][wallet] != investor:
        units += staticcall ISecurityToken(token).balanceOf(wallet)
    return units


@internal
@view
def _bought(token: address, investor: address, year: uint256) -> uint256:
    word: uint256 = self._investors[token][investor]
    if (word >> _YEAR_SHIFT) & _SHORT != year:
        return 0
    return (word >> _BOUGHT_SHIFT) & _AMOUNT


@internal
@view
def _holders(token: address) -> uint256:
    return (self._tokens[token] >> _HOLDERS_SHIFT) & _MAX_HOLDERS


@internal
@view
def _in_country(token: address, country: uint16) -> uint256:
    return self._in_countries[token][country]


@internal
@view
def _country_of(token: address, investor: address) -> uint16:
    return convert((self._investors[token][investor] >> _COUNTRY_SHIFT) & _SHORT, uint16)
