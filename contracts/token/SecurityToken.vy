# pragma version 0.4.3
# pragma nonreentrancy on
# pragma optimize gas
"""
@title  SecurityToken
@license AGPL-3.0-only
@notice Units of one registered asset: an ERC-20 that only verified investors hold, and that
        pays them the asset's income.
@dev    The standards' whole surface, part of it answered through TokenExtension (docs/adr/0023); the
        check and the moves are in `moves`, freezes in `freezes`, mandates in `agents`, record
        dates in `records`, orders in the Enforcement contract (docs/adr/0016).
        Trusts: `payment_token` is a plain ERC-20 (no fee, no rebase); a fee is refused.
        Views that the standards say never revert are re-entrant.
        Invariants: INV-TOK-1, INV-TOK-2, INV-INC-1, INV-INC-2 (docs/invariants.md).
@custom:kill Pause with GUARDIAN_ROLE: no transfer, no issue, no deposit. Claims go on.
"""

from ethereum.ercs import IERC20

from ..common import authorized
from ..common import token_transfer
from ..interfaces import IIncomeDesk
from ..interfaces import IIncomeReceiver
from ..interfaces import ISecurityToken
from ..interfaces import ITokenExtension
from . import agents
from . import allowances
from . import freezes
from . import holdings
from . import income_per_share
from . import moves
from . import records
from . import settings
from . import token_errors

implements: IERC20
implements: IIncomeReceiver

initializes: authorized
initializes: allowances
initializes: holdings
initializes: income_per_share
initializes: agents[authorized := authorized]
initializes: records[authorized := authorized, holdings := holdings]
initializes: freezes[authorized := authorized, holdings := holdings]
initializes: moves[
    freezes := freezes,
    holdings := holdings,
    income_per_share := income_per_share,
    records := records,
]
initializes: settings[authorized := authorized, holdings := holdings, moves := moves]

exports: (
    authorized.authority,
    allowances.__interface__,
    holdings.__interface__,
    agents.__interface__,
    freezes.__interface__,
    moves.__interface__,
    records.__interface__,
    settings.__interface__,
)

ASSET_MANAGER_ROLE: public(constant(bytes32)) = keccak256("ASSET_MANAGER_ROLE")
GUARDIAN_ROLE: public(constant(bytes32)) = keccak256("GUARDIAN_ROLE")
CHAIN_ENGINEER_ROLE: public(constant(bytes32)) = keccak256("CHAIN_ENGINEER_ROLE")
MAX_BATCH: constant(uint256) = 100
_RECEIVE_WITH_AUTHORIZATION: constant(Bytes[4]) = method_id(
    "receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)"
)

ENFORCEMENT: public(immutable(address))
EXTENSION: public(immutable(address))
DOMAIN_NAME: immutable(String[50])
PAYMENT_TOKEN: immutable(IERC20)


@deploy
def __init__(
    authority: address,
    asset_registry: address,
    identity_registry: address,
    enforcement: address,
    extension: address,
    asset_id: uint256,
    token_name: String[50],
    token_symbol: String[20],
    decimals_: uint8,
    payment_token: address,
):
    """
    @param  enforcement    The Enforcement contract, which alone may move units by order.
    @param  extension      Who answers for the token what it does not know itself (TokenExtension).
    @param  decimals_      {1} At most 18; units on the deed count in the smallest unit.
    @param  payment_token  ERC-20 in which income is paid; no transfer fee, no rebase.
    """
    authorized.__init__(authority)
    DOMAIN_NAME = token_name
    moves.__init__(asset_registry, asset_id)
    settings.__init__(token_name, token_symbol, decimals_)
    assert (
        asset_registry.is_contract
        and identity_registry.is_contract
        and enforcement.is_contract
        and extension.is_contract
    ), "security_token: no registry"
    assert payment_token.is_contract, "security_token: no payment token"
    holdings._common = convert(identity_registry, uint256)
    ENFORCEMENT = enforcement
    EXTENSION = extension
    PAYMENT_TOKEN = IERC20(payment_token)


# --- views
@external
@view
@reentrant
def domain_name() -> String[50]:
    """
    @notice Name in the EIP-712 domain: the token's first one.
    """
    return DOMAIN_NAME


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
def claimable_scaled(holder: address) -> uint256:
    """
    @notice {asset} All that `holder` is owed, scaled by 2**128: what a succession divides.
    """
    return self._owed(holder)


@external
@view
def income_deposited() -> uint256:
    """
    @notice {asset} All income ever deposited.
    """
    return holdings._supply // holdings.DEPOSITED_ONE


@external
@view
def epoch() -> uint256:
    """
    @notice How many deposits of income and record dates there were.
    """
    return records._epoch(holdings._common)


# --- holder
@external
def transfer(receiver: address, amount: uint256) -> bool:
    """
    @notice Move `amount` {unit} to `receiver`; both must be verified and not frozen.
    @custom:reverts the error that the standards name for the code of `detectTransferRestriction`
    """
    moves._transfer(empty(address), msg.sender, receiver, amount)
    return True


@external
def transferFrom(sender: address, receiver: address, amount: uint256) -> bool:
    """
    @notice Move `amount` {unit} by the caller's allowance, which a maximum allowance does not use up.
    @custom:reverts as `transfer` | ERC20InsufficientAllowance
    """
    moves._transfer(msg.sender, sender, receiver, amount)
    allowances._spend(sender, msg.sender, amount)
    return True


@external
def batchTransfer(receivers: DynArray[address, MAX_BATCH], amounts: DynArray[uint256, MAX_BATCH]):
    """
    @notice `transfer` to several receivers, all or none (ERC-3643).
    @custom:reverts "freezes: lengths differ" | as `transfer`
    """
    freezes._check_lengths(len(receivers), len(amounts))
    for i: uint256 in range(len(receivers), bound=MAX_BATCH):
        moves._transfer(empty(address), msg.sender, receivers[i], amounts[i])


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
    common: uint256 = holdings._common
    if common & holdings.PAUSED != 0:
        token_errors._enforced_pause()
    assert token == PAYMENT_TOKEN.address, "security_token: other token"
    assert amount != 0, "security_token: no amount"
    word: uint256 = holdings._supply
    supply: uint256 = word & holdings.MAX_AMOUNT
    assert supply != 0, "security_token: no holders"
    deposited: uint256 = word // holdings.DEPOSITED_ONE
    assert amount <= holdings.MAX_DEPOSITED - deposited, "security_token: too much income"
    income_per_share._deposit(amount, supply)
    epoch: uint256 = records._epoch(common)
    assert epoch < holdings.MAX_EPOCH  # dev: 2**32 deposits cost more gas than a chain has
    holdings._common = common + holdings.EPOCH_ONE
    holdings._supply = word + amount * holdings.DEPOSITED_ONE
    log ISecurityToken.IncomeDeposited(
        depositor=msg.sender, amount=amount, supply=supply, number=epoch + 1
    )
    token_transfer._take(PAYMENT_TOKEN, msg.sender, self, amount)


@external
def claim_income(holder: address = msg.sender) -> uint256:
    """
    @notice Pay `holder` its income. Open to anyone, also while paused; the money goes to the holder.
    @dev    A frozen holder's income accrues and waits. An expired claim of identity does not keep
            money from its owner; a freeze does.
    @return {asset} Amount paid, before the desk withholds anything; never 0.
    @custom:reverts "security_token: holder is frozen" | "security_token: nothing to claim"
    """
    word: uint256 = holdings._holders[holder]
    assert not holdings._is_frozen(word), "security_token: holder is frozen"
    amount: uint256 = income_per_share._take(holder, word & holdings.MAX_AMOUNT)
    assert amount != 0, "security_token: nothing to claim"
    log ISecurityToken.IncomeClaimed(holder=holder, caller=msg.sender, amount=amount)
    desk: address = settings.income_desk
    if desk == empty(address):
        token_transfer._send(PAYMENT_TOKEN, holder, amount)
    else:
        token_transfer._send(PAYMENT_TOKEN, desk, amount)
        extcall IIncomeDesk(desk).settle(holder, amount)
    return amount


# --- agents, within their mandates
@external
def forcedTransfer(sender: address, receiver: address, amount: uint256) -> bool:
    """
    @notice Move `amount` {unit} against the holder's will, within the caller's mandate; the receiver
            must be verified (ERC-3643, ERC-7943).
    @custom:reverts "agents: no mandate" | "agents: above the mandate"
        | the error for the code of `detectForcedRestriction`
    """
    agents._spend(msg.sender, amount)
    moves._force(sender, receiver, amount)
    return True


@external
def batchForcedTransfer(
    senders: DynArray[address, MAX_BATCH],
    receivers: DynArray[address, MAX_BATCH],
    amounts: DynArray[uint256, MAX_BATCH],
):
    """
    @notice `forcedTransfer` several times, all or none.
    @custom:reverts "freezes: lengths differ" | as `forcedTransfer`
    """
    freezes._check_lengths(len(senders), len(amounts))
    freezes._check_lengths(len(receivers), len(amounts))
    for i: uint256 in range(len(senders), bound=MAX_BATCH):
        agents._spend(msg.sender, amounts[i])
        moves._force(senders[i], receivers[i], amounts[i])


@external
def burn(account: address, amount: uint256):
    """
    @notice Destroy `amount` {unit} of an account, within the caller's mandate (ERC-3643).
    @custom:reverts "agents: no mandate" | "agents: above the mandate" | ERC20InsufficientBalance
    """
    agents._spend(msg.sender, amount)
    moves._destroy(account, amount)


@external
def batchBurn(accounts: DynArray[address, MAX_BATCH], amounts: DynArray[uint256, MAX_BATCH]):
    """
    @notice `burn` of several accounts, all or none.
    @custom:reverts "freezes: lengths differ" | as `burn`
    """
    freezes._check_lengths(len(accounts), len(amounts))
    for i: uint256 in range(len(accounts), bound=MAX_BATCH):
        agents._spend(msg.sender, amounts[i])
        moves._destroy(accounts[i], amounts[i])


@external
def recoveryAddress(lost_wallet: address, new_wallet: address, identity: address) -> bool:
    """
    @notice Give all that a lost wallet holds here to its investor's new one: units, freezes and
            unclaimed income (ERC-3643). The identity registry decides which wallet takes its place,
            after its objection window; so this works for any number of tokens, and a second time.
    @custom:reverts "agents: no mandate" | "security_token: not recovered"
        | ERC7943CannotReceive
    """
    agents._spend(msg.sender, 0)
    assert staticcall ITokenExtension(EXTENSION).is_recovery(
        lost_wallet, new_wallet, identity
    ), "security_token: not recovered"
    moves._hand_over(lost_wallet, new_wallet)
    log ISecurityToken.RecoverySuccess(
        lost_wallet=lost_wallet, new_wallet=new_wallet, identity=identity
    )
    return True


# --- Enforcement
@external
def move_by_order(sender: address, receiver: address, amount: uint256, scaled_income: uint256):
    """
    @notice Move units through freezes, and unclaimed income, by an order that was carried out.
    @param  scaled_income  {asset} scaled by 2**128, of what the sender is owed.
    @custom:reverts "security_token: only enforcement" | as `forcedTransfer`
    """
    assert msg.sender == ENFORCEMENT, "security_token: only enforcement"
    moves._force(sender, receiver, amount)
    moves._reassign_income(sender, receiver, scaled_income)


# --- TokenExtension
@external
def approve_by_signature(owner: address, spender: address, amount: uint256):
    """
    @notice Let `spender` move units, as their owner has signed.
    @custom:reverts "security_token: only extension" | as `approve`
    """
    self._check_extension()
    allowances._approve(owner, spender, amount)


@external
def move_by_signature(sender: address, receiver: address, amount: uint256, nonce: bytes32):
    """
    @notice Move units as their holder has signed, under a nonce of its own.
    @custom:reverts "security_token: only extension" | as `transfer`
    """
    self._check_extension()
    log ISecurityToken.AuthorizationUsed(authorizer=sender, nonce=nonce)
    moves._transfer(empty(address), sender, receiver, amount)


@external
def log_cancellation(authorizer: address, nonce: bytes32):
    """
    @notice Log that a signed transfer's nonce was used up without it.
    @custom:reverts "security_token: only extension"
    """
    self._check_extension()
    log ISecurityToken.AuthorizationCanceled(authorizer=authorizer, nonce=nonce)


# --- ASSET_MANAGER_ROLE
@external
def mint(receiver: address, amount: uint256):
    """
    @notice Issue `amount` {unit} to a verified investor, within the units on the deed.
    @custom:role ASSET_MANAGER_ROLE
    @custom:reverts "authorized: missing role" | "moves: above the deed" | as `transfer`
    """
    authorized._check_role(ASSET_MANAGER_ROLE, msg.sender)
    moves._issue(receiver, amount)


@external
def batchMint(receivers: DynArray[address, MAX_BATCH], amounts: DynArray[uint256, MAX_BATCH]):
    """
    @notice `mint` to several investors, all or none (ERC-3643).
    @custom:role ASSET_MANAGER_ROLE
    @custom:reverts "freezes: lengths differ" | as `mint`
    """
    authorized._check_role(ASSET_MANAGER_ROLE, msg.sender)
    freezes._check_lengths(len(receivers), len(amounts))
    for i: uint256 in range(len(receivers), bound=MAX_BATCH):
        moves._issue(receivers[i], amounts[i])


# --- GUARDIAN_ROLE
@external
def pause():
    """
    @notice Stop transfers, issue and deposits; claims go on.
    @custom:role GUARDIAN_ROLE
    @custom:reverts "security_token: no change"
    """
    authorized._check_role(GUARDIAN_ROLE, msg.sender)
    self._flip(0)
    log ISecurityToken.Paused(account=msg.sender)


# --- CHAIN_ENGINEER_ROLE
@external
def unpause():
    """
    @notice Resume trade.
    @custom:role CHAIN_ENGINEER_ROLE
    @custom:reverts "security_token: no change"
    """
    authorized._check_role(CHAIN_ENGINEER_ROLE, msg.sender)
    self._flip(holdings.PAUSED)
    log ISecurityToken.Unpaused(account=msg.sender)


# --- everything else
@external
@reentrant
@raw_return
def __default__() -> Bytes[2_048]:
    """
    @notice Answer as TokenExtension does (docs/adr/0023).
    @custom:reverts as TokenExtension; without a reason for a function that nobody knows
    """
    if slice(msg.data, 0, 4) == _RECEIVE_WITH_AUTHORIZATION:
        # Who calls is known here only; the receiver is the second argument.
        assert (
            convert(slice(msg.data, 36, 32), uint256) == convert(msg.sender, uint256)
        ), "security_token: not the receiver"
    return raw_call(EXTENSION, msg.data, max_outsize=2_048)


# --- internal
@internal
@view
def _owed(holder: address) -> uint256:
    return income_per_share._owed(holder, holdings._holders[holder] & holdings.MAX_AMOUNT)


@internal
def _check_extension():
    assert msg.sender == EXTENSION, "security_token: only extension"


@internal
def _flip(expected: uint256):
    """
    @notice Pause where `expected` is 0, go on where it is the flag.
    """
    common: uint256 = holdings._common
    assert common & holdings.PAUSED == expected, "security_token: no change"
    holdings._common = common ^ holdings.PAUSED
