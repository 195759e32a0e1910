"""A payment token that calls back in the middle of a deposit or a claim.

The attacker is the payment token itself. It is given everything that each function asks for: a
verified identity, units, allowances, the role. So outside a callback every attack succeeds, and
what stops it inside is the lock and nothing else.
"""

import ape
import pytest
from ape import accounts, chain
from eth_utils import keccak

from tests.recoveries import replace_wallet

from .authorizations import sign_authorization, sign_cancellation
from .permits import sign_permit

INCOME = 1_000
ZERO = "0x" + "00" * 20
AUTHORIZED = "address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32"
ATTACKS = {
    "transfer(address,uint256)": lambda stage: (stage.bob, 1),
    "transferFrom(address,address,uint256)": lambda stage: (stage.alice, stage.bob, 1),
    "approve(address,uint256)": lambda stage: (stage.bob, 1),
    "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)": lambda stage: (
        stage.alice,
        stage.bob,
        5,
        *sign_permit(stage.token, stage.alice, stage.bob, 5),
    ),
    f"transferWithAuthorization({AUTHORIZED})": lambda stage: sign_authorization(
        stage.token, stage.alice, stage.bob, 5
    ),
    f"receiveWithAuthorization({AUTHORIZED})": lambda stage: sign_authorization(
        stage.token, stage.alice, stage.money, 5, kind="Receive"
    ),
    "cancelAuthorization(address,bytes32,uint8,bytes32,bytes32)": lambda stage: sign_cancellation(
        stage.token, stage.alice
    ),
    "schedule_record(uint256)": lambda stage: (chain.pending_timestamp + 1_000,),
    "set_income_desk(address)": lambda stage: (ZERO,),
    "deposit_income(address,uint256)": lambda stage: (stage.money, 1),
    "deposit_income(address,uint256,bytes32)": lambda stage: (stage.money, 1, b""),
    "claim_income()": lambda stage: (),
    "claim_income(address)": lambda stage: (stage.bob,),
    "mint(address,uint256)": lambda stage: (stage.alice, 1),
    "setAddressFrozen(address,bool)": lambda stage: (stage.bob, True),
    "setFrozenTokens(address,uint256)": lambda stage: (stage.bob, 1),
    "freezePartialTokens(address,uint256)": lambda stage: (stage.bob, 1),
    "unfreezePartialTokens(address,uint256)": lambda stage: (stage.bob, 0),
    "freeze_until(address,uint256)": lambda stage: (stage.bob, 2**35),
    "batchTransfer(address[],uint256[])": lambda stage: ([stage.bob.address], [1]),
    "batchMint(address[],uint256[])": lambda stage: ([stage.bob.address], [1]),
    "batchSetAddressFrozen(address[],bool[])": lambda stage: ([stage.bob.address], [True]),
    "batchFreezePartialTokens(address[],uint256[])": lambda stage: ([stage.bob.address], [1]),
    "batchUnfreezePartialTokens(address[],uint256[])": lambda stage: ([stage.bob.address], [0]),
    "forcedTransfer(address,address,uint256)": lambda stage: (stage.alice, stage.bob, 1),
    "batchForcedTransfer(address[],address[],uint256[])": lambda stage: (
        [stage.alice.address],
        [stage.bob.address],
        [1],
    ),
    "burn(address,uint256)": lambda stage: (stage.bob, 1),
    "batchBurn(address[],uint256[])": lambda stage: ([stage.bob.address], [1]),
    "recoveryAddress(address,address,address)": lambda stage: (
        stage.lost_wallet,
        stage.second_wallet,
        stage.lost_wallet,
    ),
    "strike_agent(address)": lambda stage: (stage.bob,),
    "addAgent(address)": lambda stage: (stage.enforcer,),
    "removeAgent(address)": lambda stage: (stage.bob,),
    "set_mandate(address,uint256,uint256)": lambda stage: (stage.bob, 1, 2**35),
    "setName(string)": lambda stage: ("Other",),
    "setSymbol(string)": lambda stage: ("OTH",),
    "setOnchainID(address)": lambda stage: (stage.bob,),
    "setIdentityRegistry(address)": lambda stage: (stage.registry,),
    "setCompliance(address)": lambda stage: (ZERO,),
    "pause()": lambda stage: (),
    "unpause()": lambda stage: (),
}
ROLES = {
    "mint(address,uint256)": "ASSET_MANAGER_ROLE",
    "schedule_record(uint256)": "ASSET_MANAGER_ROLE",
    "setAddressFrozen(address,bool)": "COMPLIANCE_OFFICER_ROLE",
    "setFrozenTokens(address,uint256)": "COMPLIANCE_OFFICER_ROLE",
    "freezePartialTokens(address,uint256)": "COMPLIANCE_OFFICER_ROLE",
    "unfreezePartialTokens(address,uint256)": "COMPLIANCE_OFFICER_ROLE",
    "freeze_until(address,uint256)": "COMPLIANCE_OFFICER_ROLE",
    "batchMint(address[],uint256[])": "ASSET_MANAGER_ROLE",
    "batchSetAddressFrozen(address[],bool[])": "COMPLIANCE_OFFICER_ROLE",
    "batchFreezePartialTokens(address[],uint256[])": "COMPLIANCE_OFFICER_ROLE",
    "batchUnfreezePartialTokens(address[],uint256[])": "COMPLIANCE_OFFICER_ROLE",
    "pause()": "GUARDIAN_ROLE",
    "unpause()": "CHAIN_ENGINEER_ROLE",
}
# What the caller must be beside a role: an agent with a mandate, or the Authority's admin.
OF_AGENTS = {
    "forcedTransfer(address,address,uint256)",
    "batchForcedTransfer(address[],address[],uint256[])",
    "burn(address,uint256)",
    "batchBurn(address[],uint256[])",
    "recoveryAddress(address,address,address)",
}
OF_THE_ADMIN = {
    "addAgent(address)",
    "removeAgent(address)",
    "set_mandate(address,uint256,uint256)",
    "setName(string)",
    "setSymbol(string)",
    "setOnchainID(address)",
    "setIdentityRegistry(address)",
    "setCompliance(address)",
    "set_income_desk(address)",
}
# Nobody's: for Enforcement or the extension alone, or always refused.
NO_ATTACKS = {
    "move_by_order(address,address,uint256,uint256)",
    "approve_by_signature(address,address,uint256)",
    "move_by_signature(address,address,uint256,bytes32)",
    "log_cancellation(address,bytes32)",
    "transferOwnership(address)",
    "setDocument(bytes32,string,bytes32)",
    "removeDocument(bytes32)",
}
# Read from storage that is complete before any money moves.
OPEN_VIEWS = {
    "authority()": (),
    "supportsInterface(bytes4)": (b"\0\0\0\0",),
    "decimals()": (),
    "assetId()": (),
    "assetRegistry()": (),
    "identityRegistry()": (),
    "compliance()": (),
    "onchainID()": (),
    "version()": (),
    "owner()": (),
    "name()": (),
    "symbol()": (),
    "ENFORCEMENT()": (),
    "EXTENSION()": (),
    "domain_name()": (),
    "income_desk()": (),
    "restriction(uint256,address,address,address,uint256)": (0, ZERO, "bob", "bob", 1),
    "pending_record()": (),
    "snapshotTotalSupply(uint256)": ("due",),
    "snapshotBalanceOf(uint256,address)": ("due", "bob"),
    "allowance(address,address)": ("bob", "bob"),
    "nonces(address)": ("bob",),
    "authorizationState(address,bytes32)": ("bob", bytes(32)),
    "is_recovery(address,address,address)": ("bob", "bob", "bob"),
    "getDocument(bytes32)": (bytes(32),),
    "getAllDocuments()": (),
    "isAgent(address)": ("bob",),
    "mandate_of(address)": ("bob",),
    "frozen_until(address)": ("bob",),
    "detectForcedRestriction(address,address,uint256)": ("bob", "bob", 1),
    "paymentToken()": (),
    "totalSupply()": (),
    "balanceOf(address)": ("bob",),
    "paused()": (),
    "isFrozen(address)": ("bob",),
    "getFrozenTokens(address)": ("bob",),
    "canSend(address)": ("bob",),
    "canReceive(address)": ("bob",),
    "canTransfer(address,address,uint256)": ("bob", "bob", 1),
    "detectTransferRestriction(address,address,uint256)": ("bob", "bob", 1),
    "detectTransferRestrictionFrom(address,address,address,uint256)": ("bob", "bob", "bob", 1),
    "detectIssueRestriction(address,uint256)": ("bob", 1),
    "messageForTransferRestriction(uint8)": (1,),
    "DOMAIN_SEPARATOR()": (),
    "eip712Domain()": (),
    "ASSET_MANAGER_ROLE()": (),
    "COMPLIANCE_OFFICER_ROLE()": (),
    "GUARDIAN_ROLE()": (),
    "CHAIN_ENGINEER_ROLE()": (),
}
LOCKED_VIEWS = {
    "claimable(address)": ("bob",),
    "income_deposited()": (),
    "epoch()": (),
    "claimable_scaled(address)": ("bob",),
}


class Stage:
    def __init__(self, token, money, alice, bob):
        self.token, self.money, self.alice, self.bob = token, money, alice, bob
        self.registry = token.identityRegistry()
        self.enforcer = self.lost_wallet = self.second_wallet = None
        self.due = 0  # {s} the record date that has come

    def call_data(self, signature, arguments):
        arguments = [getattr(self, each) if each in ("bob", "due") else each for each in arguments]
        abi = next(each for each in self.token.contract_type.methods if each.selector == signature)
        return chain.provider.network.ecosystem.encode_calldata(
            abi, *(str(each.address) if hasattr(each, "address") else each for each in arguments)
        )

    def arm(self, signature, arguments):
        selector = keccak(text=signature)[:4]
        data = selector + bytes(self.call_data(signature, arguments))
        self.money.arm(self.token, data, sender=self.alice)

    def deposit(self):
        self.money.mint(self.alice, INCOME, sender=self.alice)
        self.money.approve(self.token, INCOME, sender=self.alice)
        self.token.deposit_income(self.money, INCOME, sender=self.alice)

    def claim(self):
        self.token.claim_income(sender=self.alice)


@pytest.fixture
def stage(
    city,
    hook_money,
    issue_token,
    alice,
    bob,
    carol,
    enforcer,
    compliance_officer,
    asset_manager,
):
    """Alice, bob and the payment token itself hold units, and all have income to claim."""
    token = issue_token(
        [(alice, 500), (bob, 300), (hook_money, 200)], units=2_000, payment_token=hook_money
    )
    hook = accounts.test_accounts.impersonate_account(hook_money.address)
    token.approve(hook, 100, sender=alice)
    hook_money.mint(hook, INCOME, sender=alice)
    hook_money.approve(token, INCOME, sender=hook)
    stage = Stage(token, hook_money, alice, bob)
    stage.enforcer, stage.lost_wallet = enforcer, carol
    stage.second_wallet = accounts.test_accounts[23]
    stage.due = chain.pending_timestamp + 10
    token.schedule_record(stage.due, sender=asset_manager)
    chain.mine(timestamp=stage.due)
    until = chain.pending_timestamp + 10**8
    city.identity_registry.register([(carol, carol, 410, 0, until)], sender=compliance_officer)
    replace_wallet(city, carol, stage.second_wallet, enforcer)
    stage.deposit()
    return stage


@pytest.fixture
def empower(city, council, guardian, stage, accounts):
    """Give the attacker the role that the function asks for, and a token that is paused."""

    def give(signature):
        if role := ROLES.get(signature):
            city.authority.grantRole(keccak(text=role), stage.money, sender=council)
        if signature == "unpause()":
            stage.token.pause(sender=guardian)
        if signature in OF_AGENTS:
            _appoint(stage.money)
        if signature in ("removeAgent(address)", "set_mandate(address,uint256,uint256)"):
            _appoint(stage.bob)
        if signature == "strike_agent(address)":
            _appoint(stage.bob)
            city.authority.revokeRole(keccak(text="ENFORCER_ROLE"), stage.bob, sender=council)
        if signature in OF_THE_ADMIN:
            city.authority.transfer_admin(stage.money, sender=council)
            hook = accounts.impersonate_account(stage.money.address)
            city.authority.accept_admin(sender=hook)

    def _appoint(agent):
        city.authority.grantRole(keccak(text="ENFORCER_ROLE"), agent, sender=council)
        stage.token.addAgent(agent, sender=council)
        stage.token.set_mandate(agent, 2**90, 2**39, sender=council)

    return give


def test_every_function_has_its_attack(stage):
    abi = stage.token.contract_type

    assert {each.selector for each in abi.mutable_methods} == set(ATTACKS) | NO_ATTACKS
    assert {each.selector for each in abi.view_methods} == set(OPEN_VIEWS) | set(LOCKED_VIEWS)


@pytest.mark.parametrize("signature", ATTACKS)
def test_attack_succeeds_outside_a_callback(stage, empower, signature):
    empower(signature)
    stage.arm(signature, ATTACKS[signature](stage))

    stage.money.transfer(stage.bob, 0, sender=stage.alice)

    assert stage.money.attack_succeeded()


@pytest.mark.parametrize("signature", ATTACKS)
def test_attack_in_the_middle_of_a_claim_is_refused(stage, empower, signature):
    empower(signature)
    stage.arm(signature, ATTACKS[signature](stage))
    attacks, held = stage.money.attacked(), stage.money.balanceOf(stage.token)

    stage.claim()

    assert stage.money.attacked() == attacks + 1
    assert not stage.money.attack_succeeded()
    assert stage.money.balanceOf(stage.alice) == 500
    assert stage.money.balanceOf(stage.token) == held - 500
    assert _books(stage) == (0, 300, 200, INCOME, 1, 1_000)


@pytest.mark.parametrize("signature", [each for each in ATTACKS if each != "unpause()"])
def test_attack_in_the_middle_of_a_deposit_is_refused(stage, empower, signature):
    empower(signature)
    stage.arm(signature, ATTACKS[signature](stage))
    attacks = stage.money.attacked()

    stage.deposit()

    assert stage.money.attacked() == attacks + 1
    assert not stage.money.attack_succeeded()
    assert stage.money.balanceOf(stage.token) == 2 * INCOME
    assert _books(stage) == (1_000, 600, 400, 2 * INCOME, 2, 1_000)


def _books(stage):
    token = stage.token
    claimable = [token.claimable(each) for each in (stage.alice, stage.bob, stage.money)]
    return (*claimable, token.income_deposited(), token.epoch(), token.totalSupply())


@pytest.mark.parametrize("path", ["deposit", "claim"])
@pytest.mark.parametrize("signature", [*OPEN_VIEWS, *LOCKED_VIEWS])
def test_view_answers_in_a_callback_only_where_it_is_open(stage, signature, path):
    stage.arm(signature, (OPEN_VIEWS | LOCKED_VIEWS)[signature])

    getattr(stage, path)()

    assert stage.money.attack_succeeded() == (signature in OPEN_VIEWS)


def test_lock_is_open_again_after_a_call_that_was_attacked(stage):
    stage.arm("claim_income()", ())

    stage.claim()
    stage.money.arm(stage.token, b"", sender=stage.alice)
    stage.token.transfer(stage.bob, 10, sender=stage.alice)
    stage.token.claim_income(sender=stage.bob)

    assert stage.token.balanceOf(stage.bob) == 310
    assert stage.money.balanceOf(stage.bob) == 300


def test_lock_is_open_again_after_a_call_that_was_refused(stage):
    with ape.reverts("security_token: nothing to claim"):
        stage.token.claim_income(stage.token, sender=stage.alice)

    stage.claim()

    assert stage.money.balanceOf(stage.alice) == 500


def test_donation_in_the_middle_of_a_deposit_can_not_stand_for_the_money(stage):
    """The attacker brings the missing half on another way: the token then has what it counts."""
    donation = keccak(text="mint(address,uint256)")[:4]
    data = donation + bytes(12) + bytes.fromhex(stage.token.address[2:]) + (7).to_bytes(32, "big")
    stage.money.arm(stage.money, data, sender=stage.alice)

    with ape.reverts("token_transfer: amount differs"):
        stage.deposit()

    assert stage.token.epoch() == 1
