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

from snekmate.utils import ecdsa
from snekmate.utils import eip712_domain_separator

from ..common import authorized
from ..common import token_transfer
from ..interfaces import IAssetRegistry
from ..interfaces import IIdentityRegistry
from ..interfaces import IIncomeReceiver
from ..interfaces import ISecurityToken
from . import holder_word
from . import income_per_share
from . import token_errors

implements: IERC165
implements: IERC20
implements: IIncomeReceiver

initializes: authorized
initializes: eip712_domain_separator
initializes: income_per_share

exports: (
    authorized.authority,
    eip712_domain_separator.eip712Domain,
)

ASSET_MANAGER_ROLE: public(constant(bytes32)) = keccak256("ASSET_MANAGER_ROLE")
COMPLIANCE_OFFICER_ROLE: public(constant(bytes32)) = keccak256("COMPLIANCE_OFFICER_ROLE")
GUARDIAN_ROLE: public(constant(bytes32)) = keccak256("GUARDIAN_ROLE")
CHAIN_ENGINEER_ROLE: public(constant(bytes32)) = keccak256("CHAIN_ENGINEER_ROLE")

_PERMIT_TYPEHASH: constant(bytes32) = keccak256(
    "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
)
_INTERFACES: constant(bytes4[6]) = [
    0x01FFC9A7,  # ERC-165
    0x36372B07,  # ERC-20
    0xA219A025,  # ERC-20 metadata
    0x9D8FF7DA,  # ERC-2612
    0x84B0196E,  # ERC-5267
    0xAB84A5C8,  # ERC-1404
]

# The shared word: supply 96 | income epoch 32 | deposited 120 | paused 1.
_EPOCH_SHIFT: constant(uint256) = 96
_DEPOSITED_SHIFT: constant(uint256) = 128
_PAUSED_SHIFT: constant(uint256) = 248
_MAX_DEPOSITED: constant(uint256) = 2**120 - 1

ASSET_ID: immutable(uint256)
ASSET_REGISTRY: immutable(IAssetRegistry)
IDENTITY_REGISTRY: immutable(IIdentityRegistry)
PAYMENT_TOKEN: immutable(IERC20)
DECIMALS: immutable(uint8)

name: public(String[50])
symbol: public(String[20])
allowance: public(HashMap[address, HashMap[address, uint256]])
nonces: public(HashMap[address, uint256])
_holders: HashMap[address, uint256]
_shared: uint256


struct Shared:
    supply: uint256  # {unit}
    epoch: uint256  # number of income deposits so far
    deposited: uint256  # {asset} sum of them
    is_paused: bool


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
def totalSupply() -> uint256:
    """
    @notice {unit} Units in existence; at most the units registered on the deed.
    """
    return self._read_shared().supply


@external
@view
@reentrant
def balanceOf(account: address) -> uint256:
    """
    @notice {unit} Units of `account`, the frozen part included.
    """
    return holder_word._unpacked(self._holders[account]).balance


@external
@view
@reentrant
def paused() -> bool:
    """
    @notice Whether trade is stopped (ERC-3643).
    """
    return self._read_shared().is_paused


@external
@view
@reentrant
def isFrozen(account: address) -> bool:
    """
    @notice Whether the whole account is frozen (ERC-3643).
    """
    return holder_word._unpacked(self._holders[account]).is_frozen


@external
@view
@reentrant
def getFrozenTokens(account: address) -> uint256:
    """
    @notice {unit} Frozen part; may exceed the balance (ERC-7943).
    """
    return holder_word._unpacked(self._holders[account]).frozen


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
        return holder_word._unpacked(self._holders[sender]).frozen == 0
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
    if code == token_errors.OK and self.allowance[sender][spender] < amount:
        return token_errors.INSUFFICIENT_ALLOWANCE
    return code


@external
@view
@reentrant
def detectIssueRestriction(receiver: address, amount: uint256) -> uint8:
    """
    @notice 0 when `amount` could be issued to `receiver` now, else the code of the first rule.
    """
    holder: holder_word.Holder = holder_word._unpacked(self._holders[receiver])
    return self._restriction(
        self._read_shared(), True, empty(address), empty(address), holder, receiver, holder, amount
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
@reentrant
def DOMAIN_SEPARATOR() -> bytes32:
    """
    @notice EIP-712 domain, rebuilt when the chain id changes.
    """
    return eip712_domain_separator._domain_separator_v4()


@external
@view
def claimable(holder: address) -> uint256:
    """
    @notice {asset} Whole units of income that `holder` could be paid now.
    """
    balance: uint256 = holder_word._unpacked(self._holders[holder]).balance
    return income_per_share._owed(holder, balance) >> 128


@external
@view
def income_deposited() -> uint256:
    """
    @notice {asset} All income ever deposited.
    """
    return self._read_shared().deposited


@external
@view
def income_deposits() -> uint256:
    """
    @notice How many deposits there were.
    """
    return self._read_shared().epoch


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
    allowed: uint256 = self.allowance[sender][msg.sender]
    self._transfer(msg.sender, sender, receiver, amount)
    if allowed < amount:
        token_errors._insufficient_allowance(msg.sender, allowed, amount)
    if allowed != max_value(uint256):
        self.allowance[sender][msg.sender] = allowed - amount
    return True


@external
def approve(spender: address, amount: uint256) -> bool:
    """
    @notice Let `spender` move up to `amount` {unit} of the caller's.
    @custom:reverts ERC20InvalidSpender
    """
    self._approve(msg.sender, spender, amount)
    return True


@external
def permit(
    owner: address,
    spender: address,
    amount: uint256,
    deadline: uint256,
    v: uint8,
    r: bytes32,
    s: bytes32,
):
    """
    @notice Approve by signature (ERC-2612). `deadline` is inclusive; high-s signatures are refused.
    @custom:reverts ERC2612ExpiredSignature | ERC2612InvalidSigner | "ecdsa: invalid signature"
        | "ecdsa: invalid signature 's' value"
    """
    if block.timestamp > deadline:
        token_errors._expired_signature(deadline)
    nonce: uint256 = self.nonces[owner]
    self.nonces[owner] = nonce + 1
    digest: bytes32 = eip712_domain_separator._hash_typed_data_v4(
        keccak256(abi_encode(_PERMIT_TYPEHASH, owner, spender, amount, nonce, deadline))
    )
    signer: address = ecdsa._recover_vrs(
        digest, convert(v, uint256), convert(r, uint256), convert(s, uint256)
    )
    if signer != owner or owner == empty(address):
        token_errors._invalid_signer(signer, owner)
    self._approve(owner, spender, amount)


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
    shared: Shared = self._read_shared()
    if shared.is_paused:
        token_errors._enforced_pause()
    assert token == PAYMENT_TOKEN.address, "security_token: other token"
    assert amount != 0, "security_token: no amount"
    assert shared.supply != 0, "security_token: no holders"
    assert amount <= _MAX_DEPOSITED - shared.deposited, "security_token: too much income"
    income_per_share._deposit(amount, shared.supply)
    shared.epoch += 1
    shared.deposited += amount
    self._write_shared(shared)
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
    known: holder_word.Holder = holder_word._unpacked(self._holders[holder])
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
    shared: Shared = self._read_shared()
    holder: holder_word.Holder = holder_word._unpacked(self._holders[receiver])
    code: uint8 = self._restriction(
        shared, True, empty(address), empty(address), holder, receiver, holder, amount
    )
    if code != token_errors.OK:
        self._refuse(code, empty(address), empty(address), holder, receiver, amount)
    holder = self._carried_to(shared, receiver, holder)
    holder.balance += amount
    self._holders[receiver] = holder_word._packed(holder)
    shared.supply += amount
    self._write_shared(shared)
    log IERC20.Transfer(sender=empty(address), receiver=receiver, value=amount)


# --- COMPLIANCE_OFFICER_ROLE
@external
def setAddressFrozen(account: address, freeze: bool):
    """
    @notice Freeze or release a whole account (ERC-3643): no transfer, no claim; income accrues.
    @custom:role COMPLIANCE_OFFICER_ROLE
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    holder: holder_word.Holder = holder_word._unpacked(self._holders[account])
    holder.is_frozen = freeze
    self._holders[account] = holder_word._packed(holder)
    log ISecurityToken.AddressFrozen(account=account, is_frozen=freeze, agent=msg.sender)


@external
def setFrozenTokens(account: address, amount: uint256) -> bool:
    """
    @notice Set the frozen part {unit} of an account; it may exceed the balance (ERC-7943).
    @dev    Kept in 96 bits: more than the largest possible supply is stored, and reported, as 2**96 - 1.
    @custom:role COMPLIANCE_OFFICER_ROLE
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    holder: holder_word.Holder = holder_word._unpacked(self._holders[account])
    old_amount: uint256 = holder.frozen
    holder.frozen = min(amount, holder_word.MAX_AMOUNT)
    self._holders[account] = holder_word._packed(holder)
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
    shared: Shared = self._read_shared()
    assert not shared.is_paused, "security_token: paused"
    shared.is_paused = True
    self._write_shared(shared)
    log ISecurityToken.Paused(account=msg.sender)


# --- CHAIN_ENGINEER_ROLE
@external
def unpause():
    """
    @notice Resume trade.
    @custom:role CHAIN_ENGINEER_ROLE
    """
    authorized._check_role(CHAIN_ENGINEER_ROLE, msg.sender)
    shared: Shared = self._read_shared()
    assert shared.is_paused, "security_token: not paused"
    shared.is_paused = False
    self._write_shared(shared)
    log ISecurityToken.Unpaused(account=msg.sender)


# --- internal: the one check
@internal
@view
def _restriction(
    shared: Shared,
    is_issue: bool,
    spender: address,
    sender: address,
    sender_side: holder_word.Holder,
    receiver: address,
    receiver_side: holder_word.Holder,
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
        units: uint256 = staticcall ASSET_REGISTRY.units_of(ASSET_ID)
        if amount > units or shared.supply > units - amount:
            return token_errors.ABOVE_UNITS
        return token_errors.OK
    if sender_side.is_frozen:
        return token_errors.SENDER_FROZEN
    if spender != empty(address):
        if holder_word._unpacked(self._holders[spender]).is_frozen:
            return token_errors.SPENDER_FROZEN
    side: uint256 = staticcall IDENTITY_REGISTRY.unverified_side(sender, receiver)
    if side == 1:
        return token_errors.SENDER_NOT_VERIFIED
    if side == 2:
        return token_errors.RECEIVER_NOT_VERIFIED
    if amount > sender_side.balance:
        return token_errors.INSUFFICIENT_BALANCE
    if amount > holder_word._free(sender_side):
        return token_errors.ABOVE_UNFROZEN
    return token_errors.OK


@internal
@view
def _view_restriction(
    spender: address, sender: address, receiver: address, amount: uint256
) -> uint8:
    return self._restriction(
        self._read_shared(),
        False,
        spender,
        sender,
        holder_word._unpacked(self._holders[sender]),
        receiver,
        holder_word._unpacked(self._holders[receiver]),
        amount,
    )


@internal
@view
def _may_trade(account: address) -> bool:
    if holder_word._unpacked(self._holders[account]).is_frozen:
        return False
    return staticcall IDENTITY_REGISTRY.isVerified(account)


@internal
def _refuse(
    code: uint8,
    spender: address,
    sender: address,
    sender_side: holder_word.Holder,
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
        token_errors._above_unfrozen(sender, amount, holder_word._free(sender_side))
    # ABOVE_UNITS is the only code left.
    raise "security_token: above the deed"


# --- internal: moves
@internal
def _transfer(spender: address, sender: address, receiver: address, amount: uint256):
    shared: Shared = self._read_shared()
    sender_side: holder_word.Holder = holder_word._unpacked(self._holders[sender])
    receiver_side: holder_word.Holder = holder_word._unpacked(self._holders[receiver])
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
        self._holders[sender] = holder_word._packed(sender_side)
        self._holders[receiver] = holder_word._packed(receiver_side)
    log IERC20.Transfer(sender=sender, receiver=receiver, value=amount)


@internal
def _carried_to(
    shared: Shared, account: address, side: holder_word.Holder
) -> holder_word.Holder:
    """
    @notice `side` with the account's income carried to the latest deposit.
    """
    if side.epoch != shared.epoch:
        income_per_share._carry(account, side.balance)
        side.epoch = shared.epoch
    return side


@internal
def _approve(owner: address, spender: address, amount: uint256):
    if spender == empty(address):
        token_errors._invalid_spender(spender)
    self.allowance[owner][spender] = amount
    log IERC20.Approval(owner=owner, spender=spender, value=amount)


# --- internal: the shared word
@internal
@view
def _read_shared() -> Shared:
    word: uint256 = self._shared
    return Shared(
        supply=word & holder_word.MAX_AMOUNT,
        epoch=(word >> _EPOCH_SHIFT) & (2**32 - 1),
        deposited=(word >> _DEPOSITED_SHIFT) & _MAX_DEPOSITED,
        is_paused=(word >> _PAUSED_SHIFT) != 0,
    )


@internal
def _write_shared(shared: Shared):
    """
    @dev Supply is capped by the deed's units (96 bits), `deposited` where it is added to; the
         epoch is checked here, for it would spill into its neighbour after 2**32 deposits.
    """
    assert shared.epoch < 2**32  # dev: 2**32 deposits cost more gas than the chain has
    self._shared = (
        shared.supply
        | (shared.epoch << _EPOCH_SHIFT)
        | (shared.deposited << _DEPOSITED_SHIFT)
        | (convert(shared.is_paused, uint256) << _PAUSED_SHIFT)
    )
