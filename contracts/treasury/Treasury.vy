# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  Treasury
@license AGPL-3.0-only
@notice The city's money by fund and currency. The treasurer approves a payment, the cashier
        pays it; the Authority lets no key do both.
@dev    An approved payment is set apart at once, so nothing is promised twice. Money of a
        restricted fund leaves by payment only, never into another fund.
        Trusts: tokens are plain ERC-20s; one that keeps a fee is refused on the way in.
        Invariants: INV-TRE-1, INV-TRE-2 (docs/invariants.md).
@custom:kill Pause with GUARDIAN_ROLE: no deposit, approval or payment. All of it is the city's
        own money; a payment that is called off returns to its fund also while paused.
"""

from ethereum.ercs import IERC20

from ..common import authorized
from ..common import emergency_stop
from ..common import token_transfer
from ..interfaces import IIncomeReceiver
from ..interfaces import ITreasury

implements: IIncomeReceiver
implements: ITreasury

initializes: authorized
initializes: emergency_stop[authorized := authorized]

exports: (
    authorized.authority,
    emergency_stop.pause,
    emergency_stop.unpause,
    emergency_stop.paused,
    emergency_stop.GUARDIAN_ROLE,
    emergency_stop.CHAIN_ENGINEER_ROLE,
)

TREASURER_ROLE: public(constant(bytes32)) = keccak256("TREASURER_ROLE")
CASHIER_ROLE: public(constant(bytes32)) = keccak256("CASHIER_ROLE")
MAX_FUNDS: constant(uint256) = 32


struct NewFund:
    name: bytes32
    is_restricted: bool


funds: public(HashMap[bytes32, ITreasury.Fund])
# {asset} token -> fund -> free to be approved
balance_of: public(HashMap[address, HashMap[bytes32, uint256]])
# {asset} token -> fund -> approved, unpaid
reserved_of: public(HashMap[address, HashMap[bytes32, uint256]])
# {asset} token -> all funds together, reserved or not
total_of: public(HashMap[address, uint256])
total_payments: public(uint256)
# Approved, unpaid payments; `amount` is 0 once paid or cancelled.
payments: public(HashMap[uint256, ITreasury.Payment])


@deploy
def __init__(authority: address, new_funds: DynArray[NewFund, MAX_FUNDS]):
    """
    @param  new_funds  Funds that are open from the start.
    """
    authorized.__init__(authority)
    for fund: NewFund in new_funds:
        self._open(fund.name, fund.is_restricted)


# --- anyone
@external
def deposit_income(token: address, amount: uint256, purpose: bytes32):
    """
    @notice Take `amount` {asset} from the caller into the fund named by `purpose`.
    @custom:reverts "emergency_stop: paused" | "treasury: unknown fund" | "treasury: no amount"
        | "treasury: no token" | "token_transfer: amount differs"
    """
    emergency_stop._check_running()
    assert self.funds[purpose].is_open, "treasury: unknown fund"
    assert amount != 0, "treasury: no amount"
    assert token.is_contract, "treasury: no token"
    self._book_in(token, purpose, amount)
    token_transfer._take(IERC20(token), msg.sender, self, amount)


# --- TREASURER_ROLE
@external
def open_fund(fund: bytes32, is_restricted: bool):
    """
    @notice Open a fund; a restricted one can't be moved into another.
    @custom:role TREASURER_ROLE
    @custom:reverts "treasury: no fund name" | "treasury: fund is open"
    """
    authorized._check_role(TREASURER_ROLE, msg.sender)
    self._open(fund, is_restricted)


@external
def book_surplus(token: address, fund: bytes32) -> uint256:
    """
    @notice Book what was sent here without a deposit into `fund`.
    @return {asset} Amount booked; never 0.
    @custom:role TREASURER_ROLE
    @custom:reverts "treasury: unknown fund" | "treasury: no amount"
    """
    authorized._check_role(TREASURER_ROLE, msg.sender)
    assert self.funds[fund].is_open, "treasury: unknown fund"
    held: uint256 = staticcall IERC20(token).balanceOf(self)
    booked: uint256 = self.total_of[token]
    # Less than booked where a token shrinks by itself.
    assert held > booked, "treasury: no amount"
    self._book_in(token, fund, held - booked)
    return held - booked


@external
def move(token: address, from_fund: bytes32, to_fund: bytes32, amount: uint256, resolution: bytes32):
    """
    @notice Move money between funds, by a resolution.
    @custom:role TREASURER_ROLE
    @custom:reverts "treasury: unknown fund" | "treasury: no resolution" | "treasury: no amount"
        | "treasury: fund is restricted" | "treasury: fund too small" | "treasury: same fund"
    """
    authorized._check_role(TREASURER_ROLE, msg.sender)
    assert resolution != empty(bytes32), "treasury: no resolution"
    assert amount != 0, "treasury: no amount"
    assert from_fund != to_fund, "treasury: same fund"
    assert self.funds[to_fund].is_open, "treasury: unknown fund"
    assert not self.funds[from_fund].is_restricted, "treasury: fund is restricted"
    assert self.balance_of[token][from_fund] >= amount, "treasury: fund too small"
    self.balance_of[token][from_fund] -= amount
    self.balance_of[token][to_fund] += amount
    log ITreasury.FundsMoved(
        token=token, from_fund=from_fund, to_fund=to_fund, amount=amount, resolution=resolution
    )


@external
def approve_payment(
    token: address, fund: bytes32, payee: address, amount: uint256, document_hash: bytes32
) -> uint256:
    """
    @notice Approve a payment out of a fund and set its amount apart.
    @param  document_hash  Of the invoice or order.
    @return Payment id, from 1 upwards.
    @custom:role TREASURER_ROLE
    @custom:reverts "emergency_stop: paused" | "treasury: no payee" | "treasury: no amount"
        | "treasury: no document" | "treasury: fund too small"
    """
    authorized._check_role(TREASURER_ROLE, msg.sender)
    emergency_stop._check_running()
    assert payee != empty(address) and payee != self, "treasury: no payee"
    assert amount != 0, "treasury: no amount"
    assert document_hash != empty(bytes32), "treasury: no document"
    assert self.balance_of[token][fund] >= amount, "treasury: fund too small"
    self.balance_of[token][fund] -= amount
    self.reserved_of[token][fund] += amount
    payment_id: uint256 = self.total_payments + 1
    self.total_payments = payment_id
    self.payments[payment_id] = ITreasury.Payment(
        token=token, fund=fund, payee=payee, amount=amount, approver=msg.sender
    )
    log ITreasury.PaymentApproved(
        payment_id=payment_id,
        fund=fund,
        payee=payee,
        token=token,
        amount=amount,
        approver=msg.sender,
        document_hash=document_hash,
    )
    return payment_id


@external
def cancel_payment(payment_id: uint256):
    """
    @notice Call off an approved payment; its amount returns to the fund.
    @custom:role TREASURER_ROLE
    @custom:reverts "treasury: no such payment"
    """
    authorized._check_role(TREASURER_ROLE, msg.sender)
    payment: ITreasury.Payment = self._closed(payment_id)
    self.balance_of[payment.token][payment.fund] += payment.amount
    log ITreasury.PaymentCancelled(
        payment_id=payment_id,
        fund=payment.fund,
        payee=payment.payee,
        token=payment.token,
        amount=payment.amount,
    )


# --- CASHIER_ROLE
@external
def pay(payment_id: uint256):
    """
    @notice Pay what the treasurer approved, to the payee it was approved for.
    @custom:role CASHIER_ROLE
    @custom:reverts "emergency_stop: paused" | "treasury: no such payment"
        | "treasury: own approval" | "token_transfer: returned false"
    """
    authorized._check_role(CASHIER_ROLE, msg.sender)
    emergency_stop._check_running()
    payment: ITreasury.Payment = self._closed(payment_id)
    # The key may have been a treasurer's when it approved.
    assert payment.approver != msg.sender, "treasury: own approval"
    self.total_of[payment.token] -= payment.amount
    log ITreasury.PaymentMade(
        payment_id=payment_id,
        fund=payment.fund,
        payee=payment.payee,
        token=payment.token,
        amount=payment.amount,
        cashier=msg.sender,
    )
    token_transfer._send(IERC20(payment.token), payment.payee, payment.amount)


# --- internal
@internal
def _open(fund: bytes32, is_restricted: bool):
    assert fund != empty(bytes32), "treasury: no fund name"
    assert not self.funds[fund].is_open, "treasury: fund is open"
    self.funds[fund] = ITreasury.Fund(is_open=True, is_restricted=is_restricted)
    log ITreasury.FundOpened(fund=fund, is_restricted=is_restricted)


@internal
def _book_in(token: address, fund: bytes32, amount: uint256):
    self.balance_of[token][fund] += amount
    self.total_of[token] += amount
    log ITreasury.IncomeReceived(token=token, fund=fund, depositor=msg.sender, amount=amount)


@internal
def _closed(payment_id: uint256) -> ITreasury.Payment:
    """
    @notice Take an approved payment off the list and out of the reserve.
    """
    payment: ITreasury.Payment = self.payments[payment_id]
    assert payment.amount != 0, "treasury: no such payment"
    self.payments[payment_id] = empty(ITreasury.Payment)
    self.reserved_of[payment.token][payment.fund] -= payment.amount
    return payment
