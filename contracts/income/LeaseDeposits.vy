# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  LeaseDeposits
@license AGPL-3.0-only
@notice Deposits of tenants, held apart: they are never income unless a debt is drawn from them, and
        what is left is the tenant's to take.
@dev    Only the Lease books, draws and credits, each by its own lease ids. A credit is the tenant's
        own: anybody may have it sent to the tenant's account, only the tenant to another.
        Trusts: `asset` is a plain ERC-20; a token that refuses a tenant keeps only that tenant waiting.
        Invariants: INV-DEP-1, INV-DEP-2 (docs/invariants.md).
@custom:kill None: what is here goes to tenants, or where a rent that they owe goes.
"""

from ethereum.ercs import IERC20

from ..common import authorized
from ..common import token_transfer
from ..interfaces import ILeaseDeposits

implements: ILeaseDeposits

initializes: authorized

exports: authorized.authority

LEASE_ROLE: public(constant(bytes32)) = keccak256("LEASE_ROLE")

_ASSET: immutable(IERC20)

# {asset} all deposits and credits
total_held: public(uint256)
# {asset} Lease contract -> lease -> deposit
held_of: public(HashMap[address, HashMap[uint256, uint256]])
# {asset} tenant -> what it may take
credit_of: public(HashMap[address, uint256])


@deploy
def __init__(authority: address, asset: address):
    """
    @param  asset  ERC-20 in which deposits are held.
    """
    authorized.__init__(authority)
    assert asset.is_contract, "lease_deposits: no asset"
    _ASSET = IERC20(asset)


# --- anyone
@external
def withdraw(receiver: address) -> uint256:
    """
    @notice Take one's own credit, to any account.
    @return {asset} Amount paid; never 0.
    @custom:reverts "lease_deposits: no credit" | "lease_deposits: no receiver"
        | "token_transfer: returned false"
    """
    assert receiver != empty(address) and receiver != self, "lease_deposits: no receiver"
    return self._pay(msg.sender, receiver)


@external
def release(tenant: address) -> uint256:
    """
    @notice Have a tenant's credit sent to its own account. Open to anyone.
    @return {asset} Amount paid; never 0.
    @custom:reverts "lease_deposits: no credit" | "token_transfer: returned false"
    """
    return self._pay(tenant, tenant)


# --- LEASE_ROLE
@external
def book(lease_id: uint256, amount: uint256):
    """
    @notice Take what has just come in as deposit of a lease of the caller.
    @custom:role LEASE_ROLE
    @custom:reverts "lease_deposits: not here"
    """
    authorized._check_role(LEASE_ROLE, msg.sender)
    total: uint256 = self.total_held + amount
    assert staticcall _ASSET.balanceOf(self) >= total, "lease_deposits: not here"
    self.total_held = total
    held: uint256 = self.held_of[msg.sender][lease_id] + amount
    self.held_of[msg.sender][lease_id] = held
    log ILeaseDeposits.DepositTaken(
        lease=msg.sender, lease_id=lease_id, amount=amount, held=held
    )


@external
def draw(lease_id: uint256, amount: uint256, receiver: address):
    """
    @notice Send a part of a deposit where the rent goes.
    @custom:role LEASE_ROLE
    @custom:reverts "lease_deposits: deposit too small" | "token_transfer: returned false"
    """
    authorized._check_role(LEASE_ROLE, msg.sender)
    held: uint256 = self._lowered(lease_id, amount)
    self.total_held -= amount
    log ILeaseDeposits.DepositDrawn(
        lease=msg.sender, lease_id=lease_id, receiver=receiver, amount=amount, held=held
    )
    token_transfer._send(_ASSET, receiver, amount)


@external
def credit(lease_id: uint256, amount: uint256, tenant: address):
    """
    @notice Make a part of a deposit the tenant's.
    @custom:role LEASE_ROLE
    @custom:reverts "lease_deposits: deposit too small"
    """
    authorized._check_role(LEASE_ROLE, msg.sender)
    held: uint256 = self._lowered(lease_id, amount)
    self.credit_of[tenant] += amount
    log ILeaseDeposits.TenantCredited(
        lease=msg.sender, lease_id=lease_id, tenant=tenant, amount=amount, held=held
    )


# --- views
@external
@view
def asset() -> address:
    """
    @notice The ERC-20 in which deposits are held.
    """
    return _ASSET.address


# --- internal
@internal
def _lowered(lease_id: uint256, amount: uint256) -> uint256:
    held: uint256 = self.held_of[msg.sender][lease_id]
    assert amount <= held, "lease_deposits: deposit too small"
    self.held_of[msg.sender][lease_id] = held - amount
    return held - amount


@internal
def _pay(tenant: address, receiver: address) -> uint256:
    amount: uint256 = self.credit_of[tenant]
    assert amount != 0, "lease_deposits: no credit"
    self.credit_of[tenant] = 0
    self.total_held -= amount
    log ILeaseDeposits.CreditPaid(tenant=tenant, receiver=receiver, amount=amount)
    token_transfer._send(_ASSET, receiver, amount)
    return amount
