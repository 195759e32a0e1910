# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  RevenueSplitter
@license AGPL-3.0-only
@notice Shares one asset's revenue out between payees by fixed weights.
@dev    Revenue is whatever `asset` arrives here, by `transfer` from anyone. `distribute` pays
        every payee its part of what came in since the last time; a payee that can't be paid is
        credited, and never holds up the others.
        Rounding: a payee's amount is the difference of two cumulative shares, each rounded down,
        so the units that wait here for the next inflow are fewer than the payees.
        Trusts: `asset` is a plain ERC-20 (no rebase). A fee that it takes is the payee's loss.
        Invariants: INV-SPLIT-1, INV-SPLIT-2, INV-SPLIT-3 (docs/invariants.md).
@custom:kill None: it only ever pays out. To redirect future revenue set another table.
"""

from ethereum.ercs import IERC20

from ..common import authorized
from ..common import token_transfer
from ..interfaces import IIncomeReceiver
from ..interfaces import IRevenueSplitter

implements: IRevenueSplitter

initializes: authorized

exports: authorized.authority

TREASURER_ROLE: public(constant(bytes32)) = keccak256("TREASURER_ROLE")
MAX_PAYEES: constant(uint256) = 20
BPS: constant(uint256) = 10_000
# What a receiving contract may use to take its income in: about four times what the dearest of
# ours needs. It bounds what a hostile one can burn of the others' gas.
RECEIVER_GAS: constant(uint256) = 300_000

_ACCOUNT_MASK: constant(uint256) = 2**160 - 1
_WEIGHT_SHIFT: constant(uint256) = 160
_HAS_PURPOSE_SHIFT: constant(uint256) = 176


struct Part:
    account: address
    purpose: bytes32
    amount: uint256  # {asset}


ASSET_ID: public(immutable(uint256))
_ASSET: immutable(IERC20)

version: public(uint256)
# {asset} received under this version's table, as of the last `distribute`
_received: uint256
# {asset} of it that was paid or credited
_shared_out: uint256
total_owed: public(uint256)  # {asset} sum of `owed_to`
# {asset} payee -> purpose -> credited, unpaid
owed_to: public(HashMap[address, HashMap[bytes32, uint256]])
# account 160 | weight 16 | has a purpose 1
_rows: DynArray[uint256, MAX_PAYEES]
_purposes: DynArray[bytes32, MAX_PAYEES]


@deploy
def __init__(
    authority: address,
    asset_id: uint256,
    asset: address,
    payees: DynArray[IRevenueSplitter.Payee, MAX_PAYEES],
):
    """
    @param  asset_id  The registered asset whose revenue this is.
    @param  asset     ERC-20 to split.
    """
    authorized.__init__(authority)
    assert asset.is_contract, "revenue_splitter: no asset"
    ASSET_ID = asset_id
    _ASSET = IERC20(asset)
    self._set_payees(payees, 0)


# --- anyone
@external
def distribute() -> uint256:
    """
    @notice Share out what came in. Open to anyone; nobody can be skipped by calling it with
            little gas: a payment that fails is credited.
    @return {asset} Amount shared out; less than one unit per payee may wait.
    @custom:reverts "revenue_splitter: nothing came in" | "revenue_splitter: short of asset"
    """
    received: uint256 = self._received_now()
    parts: DynArray[Part, MAX_PAYEES] = self._parts(self._received, received)
    total: uint256 = 0
    for part: Part in parts:
        total += part.amount
    assert total != 0, "revenue_splitter: nothing came in"
    self._received = received
    self._shared_out += total
    log IRevenueSplitter.Distributed(version=self.version, amount=total)
    for part: Part in parts:
        if part.amount == 0:
            continue
        paid: uint256 = self._try_pay(part)
        if paid != 0:
            log IRevenueSplitter.Paid(payee=part.account, purpose=part.purpose, amount=paid)
        if paid < part.amount:
            self._credit(part, part.amount - paid)
    return total


@external
def release(token: address, payee: address, purpose: bytes32 = empty(bytes32)) -> uint256:
    """
    @notice Pay `payee` what was credited to it. Open to anyone.
    @param  token    The asset; named so that clients of payment splitters can call this.
    @param  purpose  As in the payee's row; zero for a plain account.
    @return {asset} Amount paid; never 0.
    @custom:reverts "revenue_splitter: other token" | "revenue_splitter: nothing owed"
        | "revenue_splitter: payee refuses"
    """
    assert token == _ASSET.address, "revenue_splitter: other token"
    amount: uint256 = self.owed_to[payee][purpose]
    assert amount != 0, "revenue_splitter: nothing owed"
    self.owed_to[payee][purpose] = 0
    self.total_owed -= amount
    log IRevenueSplitter.Released(payee=payee, purpose=purpose, amount=amount)
    paid: uint256 = self._try_pay(Part(account=payee, purpose=purpose, amount=amount))
    assert paid == amount, "revenue_splitter: payee refuses"
    return amount


# --- TREASURER_ROLE
@external
def set_payees(payees: DynArray[IRevenueSplitter.Payee, MAX_PAYEES]):
    """
    @notice Replace the payee table. Revenue so far is first credited under the old one, so no
            payee loses what it has earned.
    @param  payees  1 to 20 rows; weights in {bps}, none 0, summing to 10_000; no row twice.
    @custom:role TREASURER_ROLE
    @custom:reverts "revenue_splitter: no payees" | "revenue_splitter: zero payee"
        | "revenue_splitter: zero weight" | "revenue_splitter: payee twice"
        | "revenue_splitter: weights not 10_000" | "revenue_splitter: not a receiver"
    """
    authorized._check_role(TREASURER_ROLE, msg.sender)
    credited: uint256 = 0
    parts: DynArray[Part, MAX_PAYEES] = self._parts(self._received, self._received_now())
    for part: Part in parts:
        if part.amount != 0:
            self._credit(part, part.amount)
            credited += part.amount
    # A new count begins; the units that waited are its first revenue.
    self._received = 0
    self._shared_out = 0
    self._set_payees(payees, credited)


# --- views
@external
@view
def asset() -> address:
    """
    @notice The ERC-20 that is split.
    """
    return _ASSET.address


@external
@view
def payees() -> DynArray[IRevenueSplitter.Payee, MAX_PAYEES]:
    """
    @notice The table in force.
    """
    table: DynArray[IRevenueSplitter.Payee, MAX_PAYEES] = []
    for i: uint256 in range(len(self._rows), bound=MAX_PAYEES):
        table.append(
            IRevenueSplitter.Payee(
                account=self._account(self._rows[i]),
                weight_bps=convert(self._weight(self._rows[i]), uint16),
                purpose=self._purposes[i],
            )
        )
    return table


@external
@view
def pending() -> uint256:
    """
    @notice {asset} What `distribute` would share out now.
    """
    total: uint256 = 0
    parts: DynArray[Part, MAX_PAYEES] = self._parts(self._received, self._received_now())
    for part: Part in parts:
        total += part.amount
    return total


# --- internal
@internal
@view
def _received_now() -> uint256:
    """
    @notice {asset} All that came in under this version's table: what is here, not counting
            credits, and what has been shared out.
    """
    held: uint256 = staticcall _ASSET.balanceOf(self)
    assert held >= self.total_owed, "revenue_splitter: short of asset"
    received: uint256 = held - self.total_owed + self._shared_out
    assert received >= self._received, "revenue_splitter: short of asset"
    return received


@internal
@view
def _parts(before: uint256, after: uint256) -> DynArray[Part, MAX_PAYEES]:
    """
    @notice What each payee is due when revenue grows from `before` to `after` {asset}.
    """
    parts: DynArray[Part, MAX_PAYEES] = []
    for i: uint256 in range(len(self._rows), bound=MAX_PAYEES):
        row: uint256 = self._rows[i]
        weight: uint256 = self._weight(row)
        purpose: bytes32 = empty(bytes32)
        if (row >> _HAS_PURPOSE_SHIFT) != 0:
            purpose = self._purposes[i]
        # {asset} = {asset} * {bps} // {bps}, both down
        parts.append(
            Part(
                account=self._account(row),
                purpose=purpose,
                amount=after * weight // BPS - before * weight // BPS,
            )
        )
    return parts


@internal
def _try_pay(part: Part) -> uint256:
    """
    @notice Pay one part, or as much of it as the payee takes; never more.
    @return {asset} What left; 0 where the payee or the token refuses.
    """
    if part.purpose == empty(bytes32):
        if token_transfer._try_send(_ASSET, part.account, part.amount):
            return part.amount
        return 0
    if not token_transfer._try_approve(_ASSET, part.account, part.amount):
        return 0
    remaining: uint256 = part.amount
    if raw_call(
        part.account,
        abi_encode(
            _ASSET.address,
            part.amount,
            part.purpose,
            method_id=method_id("deposit_income(address,uint256,bytes32)"),
        ),
        gas=RECEIVER_GAS,
        revert_on_failure=False,
    ):
        # A receiver may say yes and take less: what it took is what is gone of its allowance. The
        # balance here can't tell, for the receiver may let others pay in meanwhile.
        remaining = staticcall _ASSET.allowance(self, part.account)
    if remaining != 0:
        revoked: bool = token_transfer._try_approve(_ASSET, part.account, 0)
        assert revoked, "revenue_splitter: token refuses"
    return part.amount - remaining


@internal
def _credit(part: Part, amount: uint256):
    self.owed_to[part.account][part.purpose] += amount
    self.total_owed += amount
    log IRevenueSplitter.Credited(payee=part.account, purpose=part.purpose, amount=amount)


@internal
def _set_payees(payees: DynArray[IRevenueSplitter.Payee, MAX_PAYEES], credited: uint256):
    assert len(payees) != 0, "revenue_splitter: no payees"
    rows: DynArray[uint256, MAX_PAYEES] = []
    purposes: DynArray[bytes32, MAX_PAYEES] = []
    total: uint256 = 0
    for payee: IRevenueSplitter.Payee in payees:
        assert payee.account != empty(address), "revenue_splitter: zero payee"
        assert payee.account != self, "revenue_splitter: zero payee"
        assert payee.weight_bps != 0, "revenue_splitter: zero weight"
        has_purpose: uint256 = convert(payee.purpose != empty(bytes32), uint256)
        if has_purpose == 1:
            assert payee.account.is_contract, "revenue_splitter: not a receiver"
        for i: uint256 in range(len(rows), bound=MAX_PAYEES):
            assert (
                self._account(rows[i]) != payee.account or purposes[i] != payee.purpose
            ), "revenue_splitter: payee twice"
        rows.append(
            convert(payee.account, uint256)
            | (convert(payee.weight_bps, uint256) << _WEIGHT_SHIFT)
            | (has_purpose << _HAS_PURPOSE_SHIFT)
        )
        purposes.append(payee.purpose)
        total += convert(payee.weight_bps, uint256)
    assert total == BPS, "revenue_splitter: weights not 10_000"
    self._rows = rows
    self._purposes = purposes
    self.version += 1
    log IRevenueSplitter.PayeesSet(version=self.version, payees=payees, credited=credited)


@internal
@pure
def _account(row: uint256) -> address:
    return convert(row & _ACCOUNT_MASK, address)


@internal
@pure
def _weight(row: uint256) -> uint256:
    return (row >> _WEIGHT_SHIFT) & 65_535
