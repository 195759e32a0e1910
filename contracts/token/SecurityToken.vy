# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  SecurityToken
@license AGPL-3.0-only
@notice Units of one registered asset: an ERC-20 that only verified investors hold, and that
        pays them the asset's income.
@dev    Every move and every pre-check asks `_restriction`, so a pre-check can't differ from the
        outcome. A transfer makes one outside call, to the identity registry.
        Trusts: `payment_token` is a plain ERC-20 (no fee, no rebase); a fee is refused.
        Views that the standards say never revert are re-entrant.
        Invariants: INV-TOK-1, INV-TOK-2, INV-INC-1, INV-INC-2 (docs/invariants.md).
@custom:kill Pause with GUARDIAN_ROLE: no transfer, no issue, no deposit. Claims go on.
"""

from ethereum.ercs import IERC165
from ethereum.ercs import IERC20
from ethereum.ercs import IERC20Detailed

from snekmate.utils import eip712_domain_separator

from ..common import authorized
from ..common import token_transfer
from ..interfaces import IAssetRegistry
from ..interfaces import IIdentityRegistry
from ..interfaces import IIncomeReceiver
from ..interfaces import ISecurityToken
from . import allowances
from . import holdings
from . import income_per_share
from . import token_errors

implements: IERC165
implements: IERC20
implements: IIncomeReceiver

initializes: authorized
initializes: eip712_domain_separator
initializes: allowances[eip712_domain_separator := eip712_domain_separator]
initializes: holdings
initializes: income_per_share

exports: (
    authorized.authority,
    eip712_domain_separator.eip712Domain,
    allowances.allowance,
    allowances.approve,
    allowances.nonces,
    allowances.permit,
    allowances.DOMAIN_SEPARATOR,
    holdings.totalSupply,
    holdings.balanceOf,
    holdings.paused,
    holdings.isFrozen,
    holdings.getFrozenTokens,
)

ASSET_MANAGER_ROLE: public(constant(bytes32)) = keccak256("ASSET_MANAGER_ROLE")
COMPLIANCE_OFFICER_ROLE: public(constant(bytes32)) = keccak256("COMPLIANCE_OFFICER_ROLE")
GUARDIAN_ROLE: public(constant(bytes32)) = keccak256("GUARDIAN_ROLE")
CHAIN_ENGINEER_ROLE: public(constant(bytes32)) = keccak256("CHAIN_ENGINEER_ROLE")

_INTERFACES: constant(bytes4[6]) = [
    0x01FFC9A7,  # ERC-165
    0x36372B07,  # ERC-20
    0xA219A025,  # ERC-20 metadata
    0x9D8FF7DA,  # ERC-2612
    0x84B0196E,  # ERC-5267
    0xAB84A5C8,  # ERC-1404
]

ASSET_ID: immutable(uint256)
ASSET_REGISTRY: immutable(IAssetRegistry)
IDENTITY_REGISTRY: immutable(IIdentityRegistry)
PAYMENT_TOKEN: immutable(IERC20)
DECIMALS: immutable(uint8)

name: public(String[50])
symbol: public(String[20])


@deploy
def __init__(
    authority: address,
    asset_registry: address,
    identity_registry: address,
    asset_id: uint256,
    token_name: String[50],
    token_symbol: String[20],
    decimals_: uint8,
    payment_token: address,
):
    """
    @param  decimals_      {1} At most 18; units on the deed count in the smallest unit.
    @param  payment_token  ERC-20 in which income is paid; no transfer fee, no rebase.
    """
    authorized.__init__(authority)
    eip712_domain_separator.__init__(token_name, "1")
    assert asset_registry.is_contract, "security_token: no registry"
    assert identity_registry.is_contract, "security_token: no registry"
    assert payment_token.is_contract, "security_token: no payment token"
    assert decimals_ <= 18, "security_token: too many decimals"
    ASSET_ID = asset_id
    ASSET_REGISTRY = IAssetRegistry(asset_registry)
    IDENTITY_REGISTRY = IIdentityRegistry(identity_registry)
    PAYMENT_TOKEN = IERC20(payment_token)
    DECIMALS = decimals_
    self.name = token_name
    self.symbol = token_symbol


# --- views
@external
@view
@reentrant
def supportsInterface(interface_id: bytes4) -> bool:
    """
    @notice ERC-165.
    """
    return interface_id in _INTERFACES


@external
@view
@reentrant
def decimals() -> uint8:
    """
    @notice Decimals of a unit.
    """
    return DECIMALS


@external
@view
@reentrant
def assetId() -> uint256:
    """
    @notice Id of the asset whose units these are.
    """
    return ASSET_ID


@external
@view
@reentrant
def assetRegistry() -> address:
    """
    @notice Where the asset is registered.
    """
    return ASSET_REGISTRY.address


@external
@view
@reentrant
def identityRegistry() -> address:
    """
    @notice Who decides which wallets are verified (ERC-3643).
    """
    return IDENTITY_REGISTRY.address


@external
@view
@reentrant
def paymentToken() -> address:
    """
    @notice The ERC-20 in which income is paid.
    """
    return PAYMENT_TOKEN.address


@external
@view
@reentrant
def canSend(account: address) -> bool:
    """
    @notice Whether `account` may send at all: verified and not frozen; no amount rule (ERC-7943).
    """
    return self._may_trade(account)


@external
@view
@reentrant
def canReceive(account: address) -> bool:
    """
    @notice Whether `account` may receive at all: verified and not frozen (ERC-7943).
    """
    return self._may_trade(account)


@external
@view
@reentrant
def canTransfer(sender: address, receiver: address, amount: uint256) -> bool:
    """
    @notice Whether the rules allow the move; a plain lack of balance is not a rule (ERC-7943).
    """
    code: uint8 = self._view_restriction(empty(address), sender, receiver, amount)
    if code == token_errors.INSUFFICIENT_BALANCE:
        # With a freeze in force, whatever is above the free part is against the freeze.
        return holdings._read_holder(sender).frozen == 0
    return code == token_errors.OK


@external
@view
@reentrant
def detectTransferRestriction(sender: address, receiver: address, amount: uint256) -> uint8:
    """
    @notice 0 when `sender` could transfer now, else the code of the first rule against it (ERC-1404).
    """
    return self._view_restriction(empty(address), sender, receiver, amount)


@external
@view
@reentrant
def detectTransferRestrictionFrom(
    spender: address, sender: address, receiver: address, amount: uint256
) -> uint8:
    """
    @notice 0 when `spender` could call `transferFrom` now, else the code of the first rule.
    """
    code: uint8 = self._view_restriction(spender, sender, receiver, amount)
    if code == token_errors.OK and allowances.allowance[sender][spender] < amount:
        return token_errors.INSUFFICIENT_ALLOWANCE
    return code


@external
@view
@reentrant
def detectIssueRestriction(receiver: address, amount: uint256) -> uint8:
    """
    @notice 0 when `amount` could be issued to `receiver` now, else the code of the first rule.
    """
    holder: holdings.Holder = holdings._read_holder(receiver)
    return self._restriction(
        holdings._read_shared(), True, empty(address), empty(address), holder, receiver, holder, amount
    )


@external
@view
@reentrant
def messageForTransferRestriction(code: uint8) -> String[40]:
    """
    @notice A sentence for a restriction code (ERC-1404).
    """
    return token_errors._message(code)


@external
@view
def claimable(holder: address) -> uint256:
    """
    @notice {asset} Whole units of income that `holder` could be paid now.
    """
    balance: uint256 = holdings._read_holder(holder).balance
    return income_per_share._owed(holder, balance) >> 128


@external
@view
def income_deposited() -> uint256:
    """
    @notice {asset} All income ever deposited.
    """
    return holdings._read_shared().deposited


@external
@view
def income_deposits() -> uint256:
    """
    @notice How many deposits there were.
    """
    return holdings._read_shared().epoch


# --- holder
@external
def transfer(receiver: address, amount: uint256) -> bool:
    """
    @notice Move `amount` {unit} to `receiver`; both must be verified and not frozen.
    @custom:reverts the error that the standards name for the code of `detectTransferRestriction`
    """
    self._transfer(empty(address), msg.sender, receiver, amount)
    return True


@external
def transferFrom(sender: address, receiver: address, amount: uint256) -> bool:
    """
    @notice Move `amount` {unit} by the caller's allowance, which a maximum allowance does not use up.
    @custom:reverts as `transfer` | ERC20InsufficientAllowance
    """
    self._transfer(msg.sender, sender, receiver, amount)
    allowances._spend(sender, msg.sender, amount)
    return True


# --- income, open to anyone
@external
def deposit_income(token: address, amount: uint256, purpose: bytes32 = empty(bytes32)):
    """
    @notice Take income from the caller for everybody who holds units now.
    @param  token    The payment token of this security token.
    @param  amount   {asset} Not 0; all deposits together stay below 2**120.
    @param  purpose  Not read here; part of IIncomeReceiver.
    @custom:reverts EnforcedPause | "security_token: other token" | "security_token: no amount"
        | "security_token: no holders" | "security_token: too much income"
        | "token_transfer: amount differs"
    """
    shared: holdings.Shared = holdings._read_shared()
    if shared.is_paused:
        token_errors._enforced_pause()
    assert token == PAYMENT_TOKEN.address, "security_token: other token"
    assert amount != 0, "security_token: no amount"
    assert shared.supply != 0, "security_token: no holders"
    assert amount <= holdings.MAX_DEPOSITED - shared.deposited, "security_token: too much income"
    income_per_share._deposit(amount, shared.supply)
    shared.epoch += 1
    shared.deposited += amount
    holdings._write_shared(shared)
    log ISecurityToken.IncomeDeposited(
        depositor=msg.sender, amount=amount, supply=shared.supply, number=shared.epoch
    )
    token_transfer._take(PAYMENT_TOKEN, msg.sender, self, amount)


@external
def claim_income(holder: address = msg.sender) -> uint256:
    """
    @notice Pay `holder` its income. Open to anyone, also while paused; the money goes to the holder.
    @dev    A frozen holder's income accrues and waits. An expired claim of identity does not keep
            money from its owner; a freeze does.
    @return {asset} Amount paid; never 0.
    @custom:reverts "security_token: holder is frozen" | "security_token: nothing to claim"
    """
    known: holdings.Holder = holdings._read_holder(holder)
    assert not known.is_frozen, "security_token: holder is frozen"
    amount: uint256 = income_per_share._take(holder, known.balance)
    assert amount != 0, "security_token: nothing to claim"
    log ISecurityToken.IncomeClaimed(holder=holder, caller=msg.sender, amount=amount)
    token_transfer._send(PAYMENT_TOKEN, holder, amount)
    return amount


# --- ASSET_MANAGER_ROLE
@external
def mint(receiver: address, amount: uint256):
    """
    @notice Issue `amount` {unit} to a verified investor, within the units on the deed.
    @custom:role ASSET_MANAGER_ROLE
    @custom:reverts "authorized: missing role" | "security_token: above the deed" | as `transfer`
    """
    authorized._check_role(ASSET_MANAGER_ROLE, msg.sender)
    shared: holdings.Shared = holdings._read_shared()
    holder: holdings.Holder = holdings._read_holder(receiver)
    code: uint8 = self._restriction(
        shared, True, empty(address), empty(address), holder, receiver, holder, amount
    )
    if code != token_errors.OK:
        self._refuse(code, empty(address), empty(address), holder, receiver, amount)
    holder = self._carried_to(shared, receiver, holder)
    holder.balance += amount
    holdings._write_holder(receiver, holder)
    shared.supply += amount
    holdings._write_shared(shared)
    log IERC20.Transfer(sender=empty(address), receiver=receiver, value=amount)


# --- COMPLIANCE_OFFICER_ROLE
@external
def setAddressFrozen(account: address, freeze: bool):
    """
    @notice Freeze or release a whole account (ERC-3643): no transfer, no claim; income accrues.
    @custom:role COMPLIANCE_OFFICER_ROLE
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    holder: holdings.Holder = holdings._read_holder(account)
    holder.is_frozen = freeze
    holdings._write_holder(account, holder)
    log ISecurityToken.AddressFrozen(account=account, is_frozen=freeze, agent=msg.sender)


@external
def setFrozenTokens(account: address, amount: uint256) -> bool:
    """
    @notice Set the frozen part {unit} of an account; it may exceed the balance (ERC-7943).
    @dev    Kept in 96 bits: more than the largest possible supply is stored, and reported, as 2**96 - 1.
    @custom:role COMPLIANCE_OFFICER_ROLE
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    holder: holdings.Holder = holdings._read_holder(account)
    old_amount: uint256 = holder.frozen
    holder.frozen = min(amount, holdings.MAX_AMOUNT)
    holdings._write_holder(account, holder)
    if holder.frozen > old_amount:
        log ISecurityToken.TokensFrozen(account=account, amount=holder.frozen - old_amount)
    elif holder.frozen < old_amount:
        log ISecurityToken.TokensUnfrozen(account=account, amount=old_amount - holder.frozen)
    log ISecurityToken.Frozen(account=account, amount=holder.frozen)
    return True


# --- GUARDIAN_ROLE
@external
def pause():
    """
    @notice Stop transfers, issue and deposits; claims go on.
    @custom:role GUARDIAN_ROLE
    """
    authorized._check_role(GUARDIAN_ROLE, msg.sender)
    shared: holdings.Shared = holdings._read_shared()
    assert not shared.is_paused, "security_token: paused"
    shared.is_paused = True
    holdings._write_shared(shared)
    log ISecurityToken.Paused(account=msg.sender)


# --- CHAIN_ENGINEER_ROLE
@external
def unpause():
    """
    @notice Resume trade.
    @custom:role CHAIN_ENGINEER_ROLE
    """
    authorized._check_role(CHAIN_ENGINEER_ROLE, msg.sender)
    shared: holdings.Shared = holdings._read_shared()
    assert shared.is_paused, "security_token: not paused"
    shared.is_paused = False
    holdings._write_shared(shared)
    log ISecurityToken.Unpaused(account=msg.sender)


# --- internal: the one check
@internal
@view
def _restriction(
    shared: holdings.Shared,
    is_issue: bool,
    spender: address,
    sender: address,
    sender_side: holdings.Holder,
    receiver: address,
    receiver_side: holdings.Holder,
    amount: uint256,
) -> uint8:
    """
    @notice Code of the first rule that forbids the move, or OK. Rules about the parties come
            first, a plain lack of balance last (docs/errors.md).
    @param  is_issue  New units: the sender's side is not looked at, the deed's units are.
    @param  spender   Who moves by allowance; the zero address where the sender itself does.
    """
    if shared.is_paused:
        return token_errors.PAUSED
    if receiver_side.is_frozen:
        return token_errors.RECEIVER_FROZEN
    if receiver == empty(address):
        return token_errors.INVALID_RECEIVER
    if is_issue:
        if not staticcall IDENTITY_REGISTRY.isVerified(receiver):
            return token_errors.RECEIVER_NOT_VERIFIED
        units: uint256 = staticcall ASSET_REGISTRY.issuable_units(ASSET_ID)
        if amount > units or shared.supply > units - amount:
            return token_errors.ABOVE_UNITS
        return token_errors.OK
    if sender_side.is_frozen:
        return token_errors.SENDER_FROZEN
    if spender != empty(address):
        if holdings._read_holder(spender).is_frozen:
            return token_errors.SPENDER_FROZEN
    side: uint256 = staticcall IDENTITY_REGISTRY.unverified_side(sender, receiver)
    if side == 1:
        return token_errors.SENDER_NOT_VERIFIED
    if side == 2:
        return token_errors.RECEIVER_NOT_VERIFIED
    if amount > sender_side.balance:
        return token_errors.INSUFFICIENT_BALANCE
    if amount > holdings._free(sender_side):
        return token_errors.ABOVE_UNFROZEN
    return token_errors.OK


@internal
@view
def _view_restriction(
    spender: address, sender: address, receiver: address, amount: uint256
) -> uint8:
    return self._restriction(
        holdings._read_shared(),
        False,
        spender,
        sender,
        holdings._read_holder(sender),
        receiver,
        holdings._read_holder(receiver),
        amount,
    )


@internal
@view
def _may_trade(account: address) -> bool:
    if holdings._read_holder(account).is_frozen:
        return False
    return staticcall IDENTITY_REGISTRY.isVerified(account)


@internal
def _refuse(
    code: uint8,
    spender: address,
    sender: address,
    sender_side: holdings.Holder,
    receiver: address,
    amount: uint256,
):
    """
    @notice Revert with the error that the standards name for `code`.
    """
    if code == token_errors.PAUSED:
        token_errors._enforced_pause()
    if code == token_errors.SENDER_FROZEN or code == token_errors.SENDER_NOT_VERIFIED:
        token_errors._cannot_send(sender)
    if code == token_errors.RECEIVER_FROZEN or code == token_errors.RECEIVER_NOT_VERIFIED:
        token_errors._cannot_receive(receiver)
    if code == token_errors.SPENDER_FROZEN:
        token_errors._cannot_send(spender)
    if code == token_errors.INVALID_RECEIVER:
        token_errors._invalid_receiver(receiver)
    if code == token_errors.INSUFFICIENT_BALANCE:
        token_errors._insufficient_balance(sender, sender_side.balance, amount)
    if code == token_errors.ABOVE_UNFROZEN:
        token_errors._above_unfrozen(sender, amount, holdings._free(sender_side))
    # ABOVE_UNITS is the only code left.
    raise "security_token: above the deed"


# --- internal: moves
@internal
def _transfer(spender: address, sender: address, receiver: address, amount: uint256):
    shared: holdings.Shared = holdings._read_shared()
    sender_side: holdings.Holder = holdings._read_holder(sender)
    receiver_side: holdings.Holder = holdings._read_holder(receiver)
    code: uint8 = self._restriction(
        shared, False, spender, sender, sender_side, receiver, receiver_side, amount
    )
    if code != token_errors.OK:
        self._refuse(code, spender, sender, sender_side, receiver, amount)
    # To oneself, or nothing: no word changes, and the two copies must not overwrite each other.
    if sender != receiver and amount != 0:
        sender_side = self._carried_to(shared, sender, sender_side)
        receiver_side = self._carried_to(shared, receiver, receiver_side)
        sender_side.balance -= amount
        receiver_side.balance += amount
        holdings._write_holder(sender, sender_side)
        holdings._write_holder(receiver, receiver_side)
    log IERC20.Transfer(sender=sender, receiver=receiver, value=amount)


@internal
def _carried_to(
    shared: holdings.Shared, account: address, side: holdings.Holder
) -> holdings.Holder:
    """
    @notice `side` with the account's income carried to the latest deposit.
    """
    if side.epoch != shared.epoch:
        income_per_share._carry(account, side.balance)
        side.epoch = shared.epoch
    return side
