"""One story, told on the revm chain and on eth-tester: everything it tells must be the same.

Three things differ and are left out. eth-tester's clock starts at the real time, so times are told
relative to a moment of the chain. It mines a block when the time is set, where the revm chain dates
the next one, so the story jumps on both by mining. And its base fee moves, so ether is told net of
fees.
"""

import random

import ape
import pytest
from ape import accounts, chain

from . import sources
from .conftest import ETH_TESTER, REVM, new_chain


class Story:
    """What was seen, in order: (what happened, what was seen)."""

    def __init__(self, contracts):
        self.contracts = contracts
        self.seen = []
        self.start = chain.blocks.head
        self.fees = 0

    def tell(self, title, value):
        self.seen.append((title, value))

    def tell_receipt(self, title, receipt):
        self.fees += receipt.total_fees_paid
        events = [
            (log.event_name, log.contract_address, dict(log.event_arguments), log.log_index)
            for log in receipt.events
        ]
        self.tell(f"{title}: status", int(receipt.status))
        self.tell(f"{title}: gas", receipt.gas_used)
        self.tell(f"{title}: events", events)
        self.tell(f"{title}: nonce", receipt.nonce)
        self.tell(f"{title}: block", receipt.block_number - self.start.number)

    def tell_refusal(self, title, act):
        with pytest.raises(ape.exceptions.ContractLogicError) as refused:
            act()
        self.tell(f"{title}: refused with", refused.value.revert_message)

    def tell_failure(self, title, act):
        """The same, mined: its receipt without an exception."""
        self.tell_receipt(title, act(raise_on_revert=False))

    def tell_chain(self, title):
        head = chain.blocks.head
        self.tell(f"{title}: height", head.number - self.start.number)
        self.tell(f"{title}: nonces", [account.nonce for account in accounts.test_accounts[:3]])


def deploy(story, title, name, sender, *args, **kwargs):
    contract = sender.deploy(story.contracts[name], *args, **kwargs)
    story.tell(f"{title}: address", contract.address)
    story.tell_receipt(title, chain.get_receipt(contract.txn_hash))
    story.tell(f"{title}: code", bytes(contract.code))
    return contract


def tell_ledger(story):
    minter, stranger, other = accounts.test_accounts[:3]

    ledger = deploy(story, "deploy", "LEDGER", minter, 1_000, value=7)
    story.tell_receipt("mint to a new holder", ledger.mint(stranger, 500, sender=minter))
    story.tell_receipt("mint again", ledger.mint(stranger, 1, sender=minter))
    story.tell_receipt("transfer a part", ledger.transfer(other, 200, sender=stranger))
    story.tell_receipt("transfer the rest", ledger.transfer(other, 301, sender=stranger))
    story.tell_receipt("clear, with refunds", ledger.clear(other, sender=minter))
    story.tell_receipt("much calldata", ledger.wordy(b"\x01" * 4_000, sender=minter))
    story.tell_receipt("much zero calldata", ledger.wordy(bytes(4_000), sender=minter))
    story.tell("views", (ledger.total(), ledger.balance_of(stranger), ledger.named()))
    story.tell("a call of a transaction", ledger.mint.call(other, 5, sender=minter))
    story.tell("chain id", ledger.moment()[2])

    story.tell_receipt("pay", ledger.pay(value=10**18, sender=stranger))
    story.tell_receipt("raw logs", ledger.whisper(sender=minter))
    story.tell_receipt("withdraw", ledger.withdraw(10**17, sender=other))
    story.tell_receipt("send ether", minter.transfer(other, 12_345))
    story.tell_receipt("send ether to someone new", minter.transfer("0x" + "ab" * 20, 1))
    story.tell("ether", (ledger.balance, chain.get_balance("0x" + "ab" * 20)))
    total = sum(account.balance for account in accounts.test_accounts[:3])
    story.tell("ether of all, net of fees", total + story.fees)

    def too_much(**kwargs):
        return ledger.transfer(other, 10_000, sender=stranger, **kwargs)

    story.tell_refusal("with a reason", too_much)
    story.tell_failure("with a reason", too_much)
    story.tell_refusal("in a view", lambda: ledger.refuse_view())
    story.tell_refusal("in a call", lambda: ledger.transfer.call(other, 10_000, sender=stranger))
    story.tell_refusal("without a reason", lambda: ledger.bare_refusal(sender=minter))
    story.tell_refusal("with a typed error", lambda: ledger.typed_refusal(3, sender=minter))
    story.tell_failure(
        "with a typed error", lambda **kw: ledger.typed_refusal(3, sender=minter, **kw)
    )
    story.tell_refusal(
        "value to a nonpayable", lambda: ledger.clear(minter, value=1, sender=minter)
    )
    story.tell_failure(
        "invalid opcode", lambda **kw: ledger.invalid(sender=minter, gas=100_000, **kw)
    )
    story.tell_failure("out of gas", lambda **kw: ledger.endless(sender=minter, gas=100_000, **kw))
    story.tell_refusal("in a constructor", lambda: minter.deploy(story.contracts["LEDGER"], 13))
    story.tell_chain("after refusals")
    deploy(story, "deploy after a refused one", "LEDGER", minter, 14)


def tell_time(story):
    minter = accounts.test_accounts[0]
    ledger = deploy(story, "deploy", "LEDGER", minter, 1)
    before = chain.blocks.head

    chain.mine(3)
    story.tell("mined blocks", chain.blocks.head.number - before.number)
    story.tell("mined time", chain.blocks.head.timestamp - before.timestamp)
    chain.pending_timestamp = chain.blocks.head.timestamp + 1_000
    first = ledger.pay(sender=minter)
    second = ledger.pay(sender=minter)
    story.tell("the jump reaches", first.timestamp - before.timestamp - 3 >= 1_000)
    story.tell("then a second a block", second.timestamp - first.timestamp)
    number, timestamp, _ = ledger.moment()
    story.tell("a view is in the latest block", number == chain.blocks.head.number)
    story.tell("a view is at the latest time", timestamp == chain.blocks.head.timestamp)
    story.tell("pending is later", chain.pending_timestamp - chain.blocks.head.timestamp)


def tell_snapshots(story):
    minter, stranger = accounts.test_accounts[:2]
    ledger = deploy(story, "deploy", "LEDGER", minter, 1)

    outer = chain.snapshot()
    ledger.mint(stranger, 5, sender=minter)
    chain.mine(2)
    inner = chain.snapshot()
    minter.transfer(stranger, 10**18)
    story.tell_chain("in the inner one")
    chain.restore(inner)
    story.tell_chain("back from the inner one")
    story.tell("still minted", ledger.balance_of(stranger))
    chain.restore(outer)
    story.tell_chain("back from the outer one")
    story.tell("minted no more", ledger.balance_of(stranger))
    story.tell_receipt("mint anew", ledger.mint(stranger, 6, sender=minter))
    story.tell("logs", [log.event_name for log in ledger.Transfer.range(0, 10_000)])


def tell_creations(story):
    minter = accounts.test_accounts[0]
    lock = deploy(story, "deploy lock", "LOCK", minter)
    story.tell_receipt("transient storage", lock.bump(sender=minter))
    story.tell_receipt("transient storage is gone", lock.bump(sender=minter))
    story.tell_receipt("a lock", lock.locked(sender=minter))
    story.tell_receipt("a lock is open again", lock.locked(sender=minter))

    code = sources.blueprint_code(story.contracts["CHILD"])
    creation = chain.provider.network.ecosystem.create_transaction(sender=minter.address, data=code)
    receipt = minter.call(creation)
    story.tell_receipt("deploy a blueprint", receipt)
    factory = deploy(story, "deploy factory", "FACTORY", minter)
    created = factory.create(receipt.contract_address, 42, sender=minter)
    child = story.contracts["CHILD"].at(factory.last())
    story.tell("child", (child.address, child.number(), bytes(child.code)))
    story.tell_receipt("create from the blueprint", created)
    story.tell("logs of the child", [log.number for log in created.decode_logs(child.Born)])
    story.tell_receipt(
        "create another", factory.create(receipt.contract_address, 43, sender=minter)
    )


def tell_ends(story):
    """Contracts that end themselves, code that is too long: what few chains get right."""
    minter, heir = accounts.test_accounts[:2]
    bomb = deploy(story, "deploy a bomb", "BOMB", minter, value=7)
    story.tell_receipt("it explodes", bomb.explode("0x" + "cd" * 20, sender=minter))
    story.tell("since Cancun it stays", (bomb.fuse(), bomb.balance, len(bomb.code)))
    story.tell("the heir has", chain.get_balance("0x" + "cd" * 20))

    def create(code, value=0):
        ecosystem = chain.provider.network.ecosystem
        kwargs = {"sender": minter.address, "data": code, "value": value, "gas": 10_000_000}
        return minter.call(ecosystem.create_transaction(**kwargs, raise_on_revert=False))

    born_dead = create(bytes.fromhex("60035f5533ff"), value=5)  # stores 3, then ends itself
    story.tell_receipt("ends in its constructor", born_dead)
    address = minter.get_deployment_address(nonce=born_dead.nonce)
    provider = chain.provider
    story.tell(
        "nothing is left",
        (
            provider.get_balance(address),
            provider.get_nonce(address),
            bytes(provider.get_code(address)),
        ),
    )
    story.tell_receipt("code as long as can be", create(bytes.fromhex("6160005ff3")))
    story.tell_receipt("code a byte too long", create(bytes.fromhex("6160015ff3")))
    story.tell_receipt("code that starts with EF", create(bytes.fromhex("60ef5f5360015ff3")))
    story.tell_receipt("no code at all", create(b"\x00"))


def tell_chance(story):
    """A hundred acts drawn by lot, so that slots are warm, cold, cleared and refunded at random."""
    lot = random.Random(7)
    people = accounts.test_accounts[:4]
    ledgers = [deploy(story, f"deploy {i}", "LEDGER", people[i], 500) for i in range(2)]
    for number in range(100):
        ledger, sender, receiver = lot.choice(ledgers), lot.choice(people), lot.choice(people)
        amount = lot.choice([0, 0, 1, 250, 500])
        act = lot.choice(["mint", "transfer", "transfer", "clear", "wordy", "pay", "ether"])
        kwargs = {"sender": sender, "raise_on_revert": False}
        if act == "clear":
            receipt = ledger.clear(receiver, **kwargs)
        elif act == "wordy":
            receipt = ledger.wordy(lot.randbytes(amount), **kwargs)
        elif act == "pay":
            receipt = ledger.pay(value=amount, **kwargs)
        elif act == "ether":
            receipt = sender.transfer(receiver, amount)
        else:
            receipt = getattr(ledger, act)(receiver, amount, **kwargs)
        story.tell_receipt(f"{number}: {act}", receipt)
    story.tell("balances", [ledger.balance_of(who) for ledger in ledgers for who in people])


def told(choice, tell, contracts):
    with new_chain(choice):
        story = Story(contracts)
        tell(story)
    return story.seen


@pytest.mark.parametrize(
    "tell", [tell_ledger, tell_time, tell_snapshots, tell_creations, tell_ends, tell_chance]
)
def test_both_chains_tell_the_same_story(contracts, tell):
    on_revm = told(REVM, tell, contracts)
    on_eth_tester = told(ETH_TESTER, tell, contracts)

    assert len(on_revm) > 5
    assert on_revm == on_eth_tester


def test_default_is_the_fork_eth_tester_runs():
    with new_chain(ETH_TESTER) as provider:
        fork = provider.evm_backend.chain.get_vm().fork
    with new_chain(REVM) as provider:
        assert provider.settings.evm_version == fork
