"""The events alone rebuild the books: units, freezes, pause, and each holder's income."""

from collections import defaultdict

import pytest

ZERO = "0x" + "00" * 20


class Replay:
    """Reads a token's events in their order, and nothing else."""

    def __init__(self):
        self.balances = defaultdict(int)
        self.frozen = defaultdict(int)
        self.frozen_by_steps = defaultdict(int)
        self.frozen_accounts = set()
        self.is_paused = False
        self.deposits = self.deposited = 0
        self.earned = defaultdict(int)  # {asset} * 2**128
        self.claimed = defaultdict(int)

    def read(self, log):
        getattr(self, f"_{log.event_name}")(**log.event_arguments)

    def _Transfer(self, sender, receiver, value):
        if sender != ZERO:
            self.balances[sender] -= value
        self.balances[receiver] += value

    def _Approval(self, owner, spender, value):
        """Allowances are not part of the books: `transferFrom` uses them up without an event."""

    def _AddressFrozen(self, account, is_frozen, agent):
        (self.frozen_accounts.add if is_frozen else self.frozen_accounts.discard)(account)

    def _TokensFrozen(self, account, amount):
        self.frozen_by_steps[account] += amount

    def _TokensUnfrozen(self, account, amount):
        self.frozen_by_steps[account] -= amount

    def _Frozen(self, account, amount):
        self.frozen[account] = amount

    def _Paused(self, account):
        self.is_paused = True

    def _Unpaused(self, account):
        self.is_paused = False

    def _IncomeDeposited(self, depositor, amount, supply, number):
        assert supply == sum(self.balances.values())
        assert number == self.deposits + 1
        self.deposits, self.deposited = number, self.deposited + amount
        for account, balance in self.balances.items():
            self.earned[account] += balance * -(-(amount << 128) // supply)

    def _IncomeClaimed(self, holder, caller, amount):
        self.claimed[holder] += amount


@pytest.fixture
def history(
    empty_token, money, asset_manager, compliance_officer, guardian, chain_engineer, payer, accounts
):
    """Everything that the token does, in a long row, with odd amounts."""
    token = empty_token
    alice, bob, carol = (accounts[i] for i in (20, 21, 22))
    money.mint(payer, 10**6, sender=payer)
    money.approve(token, 10**6, sender=payer)
    receipts = [token.mint(alice, 401, sender=asset_manager)]

    def then(call, *arguments, sender):
        receipts.append(call(*arguments, sender=sender))

    then(token.mint, bob, 99, sender=asset_manager)
    for round_number in range(1, 8):
        then(token.deposit_income, money, 1_003 * round_number, sender=payer)
        then(token.transfer, bob, 13 * round_number, sender=alice)
        then(token.setFrozenTokens, bob, 50 - 7 * round_number, sender=compliance_officer)
        then(token.claim_income, alice, sender=carol)
        then(token.approve, carol, 5, sender=bob)
        then(token.transferFrom, bob, carol, 5, sender=carol)
        then(token.transfer, carol, 2, sender=carol)
        then(token.deposit_income, money, round_number, sender=payer)
        then(token.mint, carol, 11 * round_number, sender=asset_manager)
        then(token.setAddressFrozen, bob, round_number % 2 == 1, sender=compliance_officer)
        then(token.setAddressFrozen, bob, False, sender=compliance_officer)
        then(token.pause, sender=guardian)
        then(token.claim_income, bob, sender=bob)
        then(token.unpause, sender=chain_engineer)
    then(token.setFrozenTokens, carol, 2**256 - 1, sender=compliance_officer)
    then(token.setAddressFrozen, carol, True, sender=compliance_officer)
    then(token.pause, sender=guardian)
    return [log for receipt in receipts for log in receipt.events]


def test_events_alone_rebuild_the_books(empty_token, money, history, alice, bob, carol):
    token, books = empty_token, Replay()

    for log in history:
        if log.contract_address == token.address:
            books.read(log)

    holders = [alice, bob, carol]
    addresses = [each.address for each in holders]
    assert [books.balances[each] for each in addresses] == [token.balanceOf(h) for h in holders]
    assert sum(books.balances.values()) == token.totalSupply()
    frozen = [token.getFrozenTokens(each) for each in holders]
    assert [books.frozen[each] for each in addresses] == frozen
    assert [books.frozen_by_steps[each] for each in addresses] == frozen
    assert [each in books.frozen_accounts for each in addresses] == [
        token.isFrozen(each) for each in holders
    ]
    assert (books.is_paused, token.paused()) == (True, True)
    assert (books.deposits, books.deposited) == (token.epoch(), token.income_deposited())
    assert [(books.earned[each] >> 128) - books.claimed[each] for each in addresses] == [
        token.claimable(each) for each in holders
    ]
    assert [books.claimed[each] for each in addresses] == [money.balanceOf(h) for h in holders]
    assert min(books.claimed[each] for each in addresses[:2]) > 0
