# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  RentEscrow
@license AGPL-3.0-only
@notice Holds the rent of an asset where a court has ordered so, pays the receiver whom the order
        names, and gives the rest to the asset's splitter when the order is over.
@dev    An order is entered by an enforcer and confirmed by the compliance office, which the
        Authority keeps apart from it; it ends by itself. While it lasts the Lease leads the asset's
        rent here. Rent that comes out again is income of the day on which it does.
        Trusts: `asset` is a plain ERC-20.
        Invariants: INV-ESC-1, INV-ESC-2 (docs/invariants.md).
@custom:kill Lift the order with COMPLIANCE_OFFICER_ROLE, or revoke RENT_ESCROW_ROLE from this contract.
"""

from ethereum.ercs import IERC20

from ..common import authorized
from ..common import token_transfer
from ..interfaces import IRentEscrow
from ..interfaces import ISplitterFactory

implements: IRentEscrow

initializes: authorized

exports: authorized.authority


interface ILeasing:
    def asset() -> address: view
    def hold_rent(asset_id: uint256, until: uint256): nonpayable


ENFORCER_ROLE: public(constant(bytes32)) = keccak256("ENFORCER_ROLE")
COMPLIANCE_OFFICER_ROLE: public(constant(bytes32)) = keccak256("COMPLIANCE_OFFICER_ROLE")
LEASE_ROLE: public(constant(bytes32)) = keccak256("LEASE_ROLE")
MAX_UNTIL: constant(uint256) = 2**64

_ASSET: immutable(IERC20)
SPLITTER_FACTORY: public(immutable(address))

# {asset} of all assets together
total_held: public(uint256)
# {asset} asset id -> what is held of its rent
held_of: public(HashMap[uint256, uint256])
# order -> whether it was entered, and whether it was confirmed
is_proposed: public(HashMap[bytes32, bool])
is_confirmed: public(HashMap[bytes32, bool])
# asset id -> its last order that was confirmed
order_of: public(HashMap[uint256, IRentEscrow.Order])


@deploy
def __init__(authority: address, asset: address, splitter_factory: address):
    """
    @param  asset  ERC-20 in which rent is paid.
    """
    authorized.__init__(authority)
    assert asset.is_contract, "rent_escrow: no asset"
    assert splitter_factory.is_contract, "rent_escrow: no splitter factory"
    _ASSET = IERC20(asset)
    SPLITTER_FACTORY = splitter_factory


# --- anyone
@external
def release(asset_id: uint256) -> uint256:
    """
    @notice Give what is held to the asset's splitter, once no order is in force. Open to anyone.
    @return {asset} Amount; never 0.
    @custom:reverts "rent_escrow: is held" | "rent_escrow: nothing held"
        | "token_transfer: returned false"
    """
    assert not self._is_held(asset_id), "rent_escrow: is held"
    amount: uint256 = self.held_of[asset_id]
    assert amount != 0, "rent_escrow: nothing held"
    self.held_of[asset_id] = 0
    self.total_held -= amount
    splitter: address = staticcall ISplitterFactory(SPLITTER_FACTORY).splitter_of(asset_id)
    log IRentEscrow.HeldReleased(asset_id=asset_id, splitter=splitter, amount=amount)
    token_transfer._send(_ASSET, splitter, amount)
    return amount


# --- views
@external
@view
def asset() -> address:
    """
    @notice The ERC-20 in which rent is held.
    """
    return _ASSET.address


@external
@view
def is_held(asset_id: uint256) -> bool:
    """
    @notice Whether an order over the asset's rent is in force; `order_of` gives its case.
    """
    return self._is_held(asset_id)


@external
@pure
def id_of(order: IRentEscrow.Order) -> bytes32:
    """
    @notice Id of an order: the hash of all it says.
    """
    return self._id(order)


# --- LEASE_ROLE
@external
def book(asset_id: uint256, amount: uint256):
    """
    @notice Take what has just come in as rent of an asset.
    @custom:role LEASE_ROLE
    @custom:reverts "rent_escrow: not here"
    """
    authorized._check_role(LEASE_ROLE, msg.sender)
    total: uint256 = self.total_held + amount
    assert staticcall _ASSET.balanceOf(self) >= total, "rent_escrow: not here"
    self.total_held = total
    held: uint256 = self.held_of[asset_id] + amount
    self.held_of[asset_id] = held
    log IRentEscrow.RentBooked(asset_id=asset_id, amount=amount, held=held)


# --- ENFORCER_ROLE
@external
def propose(order: IRentEscrow.Order) -> bytes32:
    """
    @notice Enter an order of a court.
    @return Its id. The same document can't order the same twice.
    @custom:role ENFORCER_ROLE
    @custom:reverts "rent_escrow: no case" | "rent_escrow: bad end" | "rent_escrow: bad receiver"
        | "rent_escrow: other asset" | "rent_escrow: was proposed"
    """
    authorized._check_role(ENFORCER_ROLE, msg.sender)
    assert order.case != empty(bytes32), "rent_escrow: no case"
    assert order.until > block.timestamp and order.until < MAX_UNTIL, "rent_escrow: bad end"
    assert order.receiver != self, "rent_escrow: bad receiver"
    assert staticcall ILeasing(order.lease).asset() == _ASSET.address, "rent_escrow: other asset"
    order_id: bytes32 = self._id(order)
    assert not self.is_proposed[order_id], "rent_escrow: was proposed"
    self.is_proposed[order_id] = True
    log IRentEscrow.HoldProposed(
        order_id=order_id,
        lease=order.lease,
        asset_id=order.asset_id,
        receiver=order.receiver,
        until=order.until,
        case=order.case,
        enforcer=msg.sender,
    )
    return order_id


@external
def pay_receiver(asset_id: uint256, amount: uint256, document_hash: bytes32):
    """
    @notice Pay the receiver of the order in force.
    @param  document_hash  Of what the receiver is paid for.
    @custom:role ENFORCER_ROLE
    @custom:reverts "rent_escrow: no document" | "rent_escrow: not held" | "rent_escrow: bad receiver"
        | "rent_escrow: nothing held" | "token_transfer: returned false"
    """
    authorized._check_role(ENFORCER_ROLE, msg.sender)
    assert document_hash != empty(bytes32), "rent_escrow: no document"
    assert self._is_held(asset_id), "rent_escrow: not held"
    receiver: address = self.order_of[asset_id].receiver
    assert receiver != empty(address), "rent_escrow: bad receiver"
    held: uint256 = self.held_of[asset_id]
    assert amount != 0 and amount <= held, "rent_escrow: nothing held"
    self.held_of[asset_id] = held - amount
    self.total_held -= amount
    log IRentEscrow.ReceiverPaid(
        asset_id=asset_id,
        receiver=receiver,
        amount=amount,
        held=held - amount,
        document_hash=document_hash,
        enforcer=msg.sender,
    )
    token_transfer._send(_ASSET, receiver, amount)


# --- COMPLIANCE_OFFICER_ROLE
@external
def confirm(order: IRentEscrow.Order):
    """
    @notice Confirm an order as the second office: the asset's rent is held from now on.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "rent_escrow: not proposed" | "rent_escrow: was confirmed"
        | "rent_escrow: bad end" | "rent_escrow: is held" | "authorized: missing role"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    order_id: bytes32 = self._id(order)
    assert self.is_proposed[order_id], "rent_escrow: not proposed"
    assert not self.is_confirmed[order_id], "rent_escrow: was confirmed"
    assert order.until > block.timestamp, "rent_escrow: bad end"
    assert not self._is_held(order.asset_id), "rent_escrow: is held"
    self.is_confirmed[order_id] = True
    self.order_of[order.asset_id] = order
    log IRentEscrow.HoldBegun(
        order_id=order_id,
        asset_id=order.asset_id,
        receiver=order.receiver,
        until=order.until,
        case=order.case,
        officer=msg.sender,
    )
    extcall ILeasing(order.lease).hold_rent(order.asset_id, order.until)


@external
def lift(asset_id: uint256, document_hash: bytes32):
    """
    @notice End an order before its time, by the court's word: the rent goes to the splitter again.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "rent_escrow: no document" | "rent_escrow: not held"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    assert document_hash != empty(bytes32), "rent_escrow: no document"
    assert self._is_held(asset_id), "rent_escrow: not held"
    order: IRentEscrow.Order = self.order_of[asset_id]
    self.order_of[asset_id].until = 0
    log IRentEscrow.HoldLifted(
        order_id=self._id(order),
        asset_id=asset_id,
        document_hash=document_hash,
        officer=msg.sender,
    )
    extcall ILeasing(order.lease).hold_rent(asset_id, 0)


# --- internal
@internal
@view
def _is_held(asset_id: uint256) -> bool:
    return block.timestamp < self.order_of[asset_id].until


@internal
@pure
def _id(order: IRentEscrow.Order) -> bytes32:
    return keccak256(abi_encode(order))
