# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  IncomeDesk
@license AGPL-3.0-only
@notice The withholding desk: income comes in gross, the holder gets the net, taxes stay until the
        cashier remits them, and every payment has a certificate.
@dev    Who pays in is a security token of the asset register, or the Dividends contract by its role.
        A payment is made whole or not at all: where the table fails or has no rule for the holder,
        where the taxes would exceed the income, or where the holder can't be paid, the call is
        refused and the money stays where it was, owed as before, until the council gives the desk
        a rule or another table. Nothing of a holder's ever waits here.
        Class and country are those at the payment, the rates those of the date at which the income
        is deemed paid. Rounding: taxes down (TaxTable), so gross = net + taxes to the unit.
        Trusts: the payment token is a plain ERC-20; what arrives is measured.
        Invariants: INV-DESK-1, INV-DESK-2 (docs/invariants.md).
@custom:kill None: the council takes the desk off a token, whose claims are then paid gross.
"""

from ethereum.ercs import IERC20

from ..common import authorized
from ..common import token_transfer
from ..interfaces import IAssetRegistry
from ..interfaces import IIdentityRegistry
from ..interfaces import IIncomeDesk
from ..interfaces import ITaxTable

implements: IIncomeDesk

initializes: authorized

exports: authorized.authority


interface IPaid:
    def paymentToken() -> address: view


interface IDecimals:
    def decimals() -> uint8: view


COUNCIL_CLERK_ROLE: public(constant(bytes32)) = keccak256("COUNCIL_CLERK_ROLE")
CASHIER_ROLE: public(constant(bytes32)) = keccak256("CASHIER_ROLE")
AUDITOR_ROLE: public(constant(bytes32)) = keccak256("AUDITOR_ROLE")
DIVIDENDS_ROLE: public(constant(bytes32)) = keccak256("DIVIDENDS_ROLE")

NATIONAL: public(constant(uint256)) = 0
LOCAL: public(constant(uint256)) = 1
KINDS: constant(uint256) = 2
# The table's class of an account that no investor stands behind.
UNIDENTIFIED: constant(uint256) = 256
MAX_DECIMALS: constant(uint256) = 18
MAX_AMOUNT: constant(uint256) = 2**120 - 1  # {asset} as of a token's deposits

_ACCOUNT_MASK: constant(uint256) = 2**160 - 1
_DECIMALS_SHIFT: constant(uint256) = 160
_REMITTED_MASK: constant(uint256) = 2**128 - 1
_WITHHELD_SHIFT: constant(uint256) = 128

ASSET_REGISTRY: public(immutable(IAssetRegistry))
IDENTITY_REGISTRY: public(immutable(IIdentityRegistry))

tax_table: public(ITaxTable)
# Certificates so far; the last one's number.
certificates: public(uint256)
payee_of: public(HashMap[uint256, address])
# year -> root of its statements
root_of: public(HashMap[uint256, bytes32])
# admitted token -> asset 160 | its decimals
_admitted: HashMap[address, uint256]
# asset -> kind -> {asset} remitted 128 | withheld 128
_taxes: HashMap[address, HashMap[uint256, uint256]]


@deploy
def __init__(authority: address, asset_registry: address, identity_registry: address, table: address):
    """
    @param  asset_registry  Says which security tokens are the city's.
    @param  table           The TaxTable to begin with.
    """
    authorized.__init__(authority)
    assert (
        asset_registry.is_contract and identity_registry.is_contract
    ), "income_desk: no registry"
    assert table.is_contract, "income_desk: no table"
    ASSET_REGISTRY = IAssetRegistry(asset_registry)
    IDENTITY_REGISTRY = IIdentityRegistry(identity_registry)
    self.tax_table = ITaxTable(table)
    log IIncomeDesk.TaxTableSet(
        old_table=empty(address), new_table=table, resolution=empty(bytes32)
    )


# --- anyone
@external
def admit(asset_id: uint256):
    """
    @notice Let the security token of an asset pay its income through the desk. Open to anyone: the
            asset register says which token it is, and only the council can make it do so.
    @custom:reverts "income_desk: no token" | "income_desk: was admitted"
        | "income_desk: too many decimals"
    """
    token: address = staticcall ASSET_REGISTRY.token_of(asset_id)
    assert token != empty(address), "income_desk: no token"
    assert self._admitted[token] == 0, "income_desk: was admitted"
    asset: address = staticcall IPaid(token).paymentToken()
    decimals: uint256 = convert(staticcall IDecimals(asset).decimals(), uint256)
    assert decimals <= MAX_DECIMALS, "income_desk: too many decimals"
    self._admitted[token] = convert(asset, uint256) | (decimals << _DECIMALS_SHIFT)
    log IIncomeDesk.TokenAdmitted(token=token, asset=asset, decimals=decimals)


# --- an admitted token
@external
def settle(holder: address, amount: uint256):
    """
    @notice Pay a holder `amount` {asset} of gross income that the caller has sent here before.
    @custom:reverts "income_desk: caller not admitted" | "income_desk: money is missing"
        | "income_desk: no amount" | "income_desk: taxes above income"
        | as the table's `withholding_for` | as the asset's `transfer`
    """
    word: uint256 = self._admitted[msg.sender]
    assert word != 0, "income_desk: caller not admitted"
    asset: IERC20 = IERC20(convert(word & _ACCOUNT_MASK, address))
    held: uint256 = self._held(asset.address, NATIONAL) + self._held(asset.address, LOCAL)
    assert staticcall asset.balanceOf(self) >= held + amount, "income_desk: money is missing"
    self._pay(msg.sender, word, holder, amount, block.timestamp)


# --- DIVIDENDS_ROLE
@external
def settle_dividend(token: address, holder: address, amount: uint256, deemed_paid_at: uint256):
    """
    @notice Take `amount` {asset} from the caller and pay it to a holder of `token` as income.
    @param  deemed_paid_at  {s} Not in the future.
    @custom:role DIVIDENDS_ROLE
    @custom:reverts "income_desk: in the future" | "income_desk: not admitted" | "token_transfer: amount differs" | as `settle`
    """
    authorized._check_role(DIVIDENDS_ROLE, msg.sender)
    assert deemed_paid_at <= block.timestamp, "income_desk: in the future"
    word: uint256 = self._admitted[token]
    assert word != 0, "income_desk: not admitted"
    asset: IERC20 = IERC20(convert(word & _ACCOUNT_MASK, address))
    token_transfer._take(asset, msg.sender, self, amount)
    self._pay(token, word, holder, amount, deemed_paid_at)


# --- CASHIER_ROLE
@external
def remit(asset: address, kind: uint256, amount: uint256, reference: bytes32):
    """
    @notice Pay taxes that are held to the account that the council named.
    @param  kind       NATIONAL or LOCAL.
    @param  reference  Hash of the tax return; not 0.
    @custom:role CASHIER_ROLE
    @custom:reverts "income_desk: no payee" | "income_desk: no reference" | "income_desk: no amount"
        | "income_desk: more than held" | "token_transfer: returned false"
    """
    authorized._check_role(CASHIER_ROLE, msg.sender)
    payee: address = self.payee_of[kind]
    assert payee != empty(address), "income_desk: no payee"
    assert reference != empty(bytes32), "income_desk: no reference"
    assert amount != 0, "income_desk: no amount"
    assert amount <= self._held(asset, kind), "income_desk: more than held"
    self._taxes[asset][kind] += amount
    log IIncomeDesk.TaxRemitted(
        asset=asset,
        kind=kind,
        payee=payee,
        amount=amount,
        reference=reference,
        cashier=msg.sender,
    )
    token_transfer._send(IERC20(asset), payee, amount)


# --- COUNCIL_CLERK_ROLE
@external
def set_payee(kind: uint256, payee: address, resolution: bytes32):
    """
    @notice Name the account to which a kind of tax is remitted.
    @param  resolution  Hash of the council's resolution; not 0.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "income_desk: no such tax" | "income_desk: no payee"
        | "income_desk: no resolution"
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    assert kind < KINDS, "income_desk: no such tax"
    assert payee != empty(address) and payee != self, "income_desk: no payee"
    assert resolution != empty(bytes32), "income_desk: no resolution"
    old_payee: address = self.payee_of[kind]
    self.payee_of[kind] = payee
    log IIncomeDesk.TaxPayeeSet(
        kind=kind, old_payee=old_payee, new_payee=payee, resolution=resolution
    )


@external
def set_tax_table(table: address, resolution: bytes32):
    """
    @notice Let taxes follow another table.
    @param  resolution  Hash of the council's resolution; not 0.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "income_desk: no table" | "income_desk: no resolution"
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    assert table.is_contract, "income_desk: no table"
    assert resolution != empty(bytes32), "income_desk: no resolution"
    old_table: address = self.tax_table.address
    self.tax_table = ITaxTable(table)
    log IIncomeDesk.TaxTableSet(old_table=old_table, new_table=table, resolution=resolution)


# --- AUDITOR_ROLE
@external
def post_root(year: uint256, root: bytes32):
    """
    @notice Post the root of a year's statements, with which each holder proves its own. A later one
            takes its place, and the event shows both.
    @custom:role AUDITOR_ROLE
    @custom:reverts "income_desk: no root"
    """
    authorized._check_role(AUDITOR_ROLE, msg.sender)
    assert root != empty(bytes32), "income_desk: no root"
    old_root: bytes32 = self.root_of[year]
    self.root_of[year] = root
    log IIncomeDesk.RootPosted(year=year, auditor=msg.sender, old_root=old_root, new_root=root)


# --- views
@external
@view
def asset_of(token: address) -> address:
    """
    @notice The payment token of an admitted security token; zero where it is not admitted.
    """
    return convert(self._admitted[token] & _ACCOUNT_MASK, address)


@external
@view
def tax_account(asset: address, kind: uint256) -> IIncomeDesk.TaxAccount:
    """
    @notice {asset} Withheld and remitted so far; the difference is held.
    """
    word: uint256 = self._taxes[asset][kind]
    return IIncomeDesk.TaxAccount(
        withheld=word >> _WITHHELD_SHIFT, remitted=word & _REMITTED_MASK
    )


@external
@view
def held(asset: address, kind: uint256) -> uint256:
    """
    @notice {asset} Taxes of a kind that wait to be remitted.
    """
    return self._held(asset, kind)


# --- internal
@internal
@view
def _held(asset: address, kind: uint256) -> uint256:
    word: uint256 = self._taxes[asset][kind]
    return (word >> _WITHHELD_SHIFT) - (word & _REMITTED_MASK)


@internal
def _pay(token: address, word: uint256, holder: address, amount: uint256, deemed_paid_at: uint256):
    """
    @notice Keep the taxes of an amount that is here, and send the rest to the holder.
    """
    assert amount != 0, "income_desk: no amount"
    assert amount <= MAX_AMOUNT, "income_desk: too much"
    asset: address = convert(word & _ACCOUNT_MASK, address)
    investor: IIdentityRegistry.Eligibility = staticcall IDENTITY_REGISTRY.eligibility(holder)
    holder_class: uint256 = convert(investor.investor_class, uint256)
    if investor.identity == empty(address):
        holder_class = UNIDENTIFIED
    country: uint256 = convert(investor.country, uint256)
    taxes: ITaxTable.Taxes = staticcall self.tax_table.withholding_for(
        investor.identity, holder_class, country, deemed_paid_at, amount, word >> _DECIMALS_SHIFT
    )
    assert (
        taxes.national <= amount and taxes.local <= amount - taxes.national
    ), "income_desk: taxes above income"
    self._withhold(asset, NATIONAL, taxes.national)
    self._withhold(asset, LOCAL, taxes.local)
    net: uint256 = amount - taxes.national - taxes.local
    number: uint256 = self.certificates + 1
    self.certificates = number
    log IIncomeDesk.IncomePaid(
        number=number,
        token=token,
        holder=holder,
        asset=asset,
        gross=amount,
        national=taxes.national,
        local=taxes.local,
        net=net,
        identity=investor.identity,
        holder_class=holder_class,
        country=country,
        deemed_paid_at=deemed_paid_at,
        rule_number=taxes.rule_number,
    )
    if net != 0:
        token_transfer._send(IERC20(asset), holder, net)


@internal
def _withhold(asset: address, kind: uint256, amount: uint256):
    if amount != 0:
        self._taxes[asset][kind] += amount << _WITHHELD_SHIFT
