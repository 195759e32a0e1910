"""SecurityToken and TokenFactory: issue, trade, freezes, force, recovery, settings, pauses."""

from collections.abc import Iterable
from typing import Any

import ape
from ape import chain
from ape.api import AccountAPI
from ape.contracts import ContractInstance
from eth_account.messages import encode_typed_data

from civitas.chain.roles import Role
from tests.gas.stage import (
    CHAIN_ID,
    COUNTRY,
    DAY,
    EVERYTHING,
    VALID_UNTIL,
    NotTheState,
    Stage,
    resolution,
)
from tests.recoveries import replace_wallet

# {unit}, 18 decimals
MINTED = 1_000 * 10**18
MOVED = 7 * 10**18
BATCH = 100  # the most that a batch takes


def play(stage: Stage) -> None:
    token = _creation(stage)
    _issue(stage, token)
    _transfers(stage, token)
    _allowances(stage, token)
    _permits(stage, token)
    _authorizations(stage, token)
    _freezes(stage, token)
    _batches(stage, token)
    _force(stage, token)
    _recovery(stage, token)
    _debt(stage)
    _settings(stage, token)
    _pauses(stage, token)
    _records(stage, token)


def check_holders(
    token: ContractInstance, existing: Iterable[Any] = (), new: Iterable[Any] = ()
) -> None:
    """Whether who holds units, and who doesn't, is what the next sentences say."""
    if missing := [account.address for account in existing if not token.balanceOf(account)]:
        raise NotTheState(f"not holders: {missing}")
    if present := [account.address for account in new if token.balanceOf(account)]:
        raise NotTheState(f"holders already: {present}")


def _creation(stage: Stage) -> ContractInstance:
    manager = stage.meter.by(stage.officer(Role.ASSET_MANAGER))
    asset_id = stage.register_asset("Town Hall")
    stage.register_units(asset_id)
    terms = (asset_id, "Town Hall", "HALL", 18, stage.city.payment_token)

    manager(stage.city.token_factory.create_token, "of an asset", *terms)
    return stage.city.token(asset_id)


def _issue(stage: Stage, token: ContractInstance) -> None:
    manager = stage.meter.by(stage.officer(Role.ASSET_MANAGER))
    check_holders(token, new=[stage.alice, stage.bob])

    manager(token.mint, "the first units of a token", stage.alice, MINTED)
    manager(token.mint, "to a new holder", stage.bob, MINTED)
    manager(token.mint, "to an existing holder", stage.bob, MINTED)


def _transfers(stage: Stage, token: ContractInstance) -> None:
    alice, carol = stage.meter.by(stage.alice), stage.meter.by(stage.carol)
    check_holders(token, existing=[stage.alice, stage.bob], new=[stage.carol, stage.dave])

    alice(token.transfer, "between existing holders", stage.bob, MOVED)
    alice(token.transfer, "to a new holder", stage.carol, MOVED)
    alice(token.transfer, "to oneself", stage.alice, MOVED)
    carol(token.transfer, "of a whole balance", stage.bob, MOVED)
    check_holders(token, existing=[stage.alice, stage.bob], new=[stage.carol])


def _allowances(stage: Stage, token: ContractInstance) -> None:
    alice, spender = stage.meter.by(stage.alice), stage.meter.by(stage.spender)
    move = (stage.alice, stage.bob, MOVED)

    alice(token.approve, "a first allowance", stage.spender, MINTED)
    alice(token.approve, "another allowance", stage.spender, MINTED // 2)
    spender(token.transferFrom, "by a part of an allowance", *move)
    token.approve(stage.spender, EVERYTHING, sender=stage.alice)
    spender(token.transferFrom, "by an unlimited allowance", *move)


def _permits(stage: Stage, token: ContractInstance) -> None:
    spender = stage.meter.by(stage.spender)

    def permit(owner: AccountAPI, nonce: int) -> tuple[Any, ...]:
        fields = (owner.address, stage.spender.address, MINTED, nonce, VALID_UNTIL)
        message = dict(zip(_TYPES["Permit"], fields, strict=True))
        given = (owner, stage.spender, MINTED, VALID_UNTIL)
        return (*given, *_signed(token, owner, "Permit", message))

    spender(token.permit, "a first allowance", *permit(stage.bob, nonce=0))
    spender(token.permit, "another allowance", *permit(stage.bob, nonce=1))


def _authorizations(stage: Stage, token: ContractInstance) -> None:
    anybody, receiver = stage.meter.by(stage.spender), stage.meter.by(stage.alice)

    def signed(kind: str, nonce: int) -> tuple[Any, ...]:
        move = (stage.bob.address, stage.alice.address, MOVED, 0, VALID_UNTIL, bytes([nonce] * 32))
        fields = dict(zip(_AUTHORIZATION, move, strict=True))
        return (*move, *_signed(token, stage.bob, f"{kind}WithAuthorization", fields))

    anybody(token.transferWithAuthorization, "between existing holders", *signed("Transfer", 1))
    receiver(token.receiveWithAuthorization, "between existing holders", *signed("Receive", 2))
    cancelled = {"authorizer": stage.bob.address, "nonce": bytes([3] * 32)}
    signature = _signed(token, stage.bob, "CancelAuthorization", cancelled)
    anybody(token.cancelAuthorization, "of a nonce", *cancelled.values(), *signature)


def _records(stage: Stage, token: ContractInstance) -> None:
    manager, alice = stage.meter.by(stage.officer(Role.ASSET_MANAGER)), stage.meter.by(stage.alice)
    for order in ("first", "second"):
        due = chain.pending_timestamp + DAY
        check_holders(token, existing=[stage.alice, stage.bob])

        manager(token.schedule_record, f"a {order} date", due)
        chain.pending_timestamp = due
        alice(token.transfer, f"as the first after a {order} record date", stage.bob, MOVED)
        alice(token.transfer, f"as another after a {order} record date", stage.bob, MOVED)


def _freezes(stage: Stage, token: ContractInstance) -> None:
    alice = stage.meter.by(stage.alice)
    officer = stage.meter.by(stage.officer(Role.COMPLIANCE_OFFICER))

    officer(token.setFrozenTokens, "of a holder without frozen units", stage.alice, MOVED)
    officer(token.setFrozenTokens, "to freeze more units", stage.alice, 2 * MOVED)
    alice(token.transfer, "by a holder with frozen units", stage.bob, MOVED)
    officer(token.setFrozenTokens, "to release all units", stage.alice, 0)
    officer(token.setAddressFrozen, "to freeze a holder", stage.alice, True)
    officer(token.setAddressFrozen, "to release a holder", stage.alice, False)
    officer(token.freeze_until, "a holder", stage.alice, VALID_UNTIL)
    officer(
        token.setAddressFrozen, "to release a holder from a freeze with an end", stage.alice, False
    )
    officer(token.freezePartialTokens, "of a holder without frozen units", stage.alice, MOVED)
    officer(token.freezePartialTokens, "of more units", stage.alice, MOVED)
    officer(token.unfreezePartialTokens, "of some units", stage.alice, MOVED)
    token.unfreezePartialTokens(stage.alice, MOVED, sender=stage.officer(Role.COMPLIANCE_OFFICER))
    token.freeze_until(stage.dave, VALID_UNTIL, sender=stage.officer(Role.COMPLIANCE_OFFICER))
    stage.meter.by(stage.spender)(
        token.transferFrom,
        "while some account is frozen",
        stage.alice,
        stage.bob,
        MOVED,
    )
    token.setAddressFrozen(stage.dave, False, sender=stage.officer(Role.COMPLIANCE_OFFICER))


def _batches(stage: Stage, token: ContractInstance) -> None:
    alice = stage.meter.by(stage.alice)
    manager = stage.meter.by(stage.officer(Role.ASSET_MANAGER))
    officer = stage.meter.by(stage.officer(Role.COMPLIANCE_OFFICER))
    wallets, amounts = [stage.bob] * BATCH, [MOVED] * BATCH
    sentence = f"of {BATCH}"

    manager(token.batchMint, sentence, wallets, amounts)
    alice(token.batchTransfer, sentence, wallets, [1] * BATCH)
    officer(token.batchSetAddressFrozen, sentence, wallets, [False, True] * (BATCH // 2))
    officer(token.batchFreezePartialTokens, sentence, wallets, [1] * BATCH)
    officer(token.batchUnfreezePartialTokens, sentence, wallets, [1] * BATCH)
    token.setAddressFrozen(stage.bob, False, sender=stage.officer(Role.COMPLIANCE_OFFICER))


def _force(stage: Stage, token: ContractInstance) -> None:
    council = stage.meter.by(stage.council)
    enforcer = stage.officer(Role.ENFORCER)
    agent = stage.meter.by(enforcer)
    move = (stage.alice, stage.bob, MOVED)

    council(token.addAgent, "without a mandate", enforcer)
    council(token.set_mandate, "for the first time", enforcer, MINTED, VALID_UNTIL)
    agent(token.forcedTransfer, "between existing holders", *move)
    everything = token.balanceOf(stage.alice)
    officer = stage.officer(Role.COMPLIANCE_OFFICER)
    token.setFrozenTokens(stage.alice, everything, sender=officer)
    agent(token.forcedTransfer, "through a freeze", *move)
    token.setFrozenTokens(stage.alice, 0, sender=officer)
    agent(token.burn, "of a part", stage.bob, MOVED)
    sides = [stage.alice] * BATCH, [stage.bob] * BATCH, [1] * BATCH
    agent(token.batchForcedTransfer, f"of {BATCH}", *sides)
    agent(token.batchBurn, f"of {BATCH}", [stage.bob] * BATCH, [1] * BATCH)


def _recovery(stage: Stage, token: ContractInstance) -> None:
    enforcer, council = stage.officer(Role.ENFORCER), stage.meter.by(stage.council)
    agent, registry = stage.meter.by(enforcer), stage.city.identity_registry
    lost, new_wallet = ape.accounts.test_accounts[118:120]
    officer = stage.officer(Role.COMPLIANCE_OFFICER)
    registry.register([(lost, lost, COUNTRY, 0, VALID_UNTIL)], sender=officer)
    token.transfer(lost, MOVED, sender=stage.bob)
    replace_wallet(stage.city, lost, new_wallet, enforcer)

    agent(token.recoveryAddress, "of a lost wallet", lost, new_wallet, lost)
    agent(token.recoveryAddress, "a second time", lost, new_wallet, lost)
    token.transfer(stage.bob, MOVED, sender=new_wallet)
    stage.city.authority.revokeRole(Role.ENFORCER.id, enforcer, sender=stage.council)
    stage.meter.by(stage.alice)(token.strike_agent, "that is no enforcer any more", enforcer)
    stage.city.authority.grantRole(Role.ENFORCER.id, enforcer, sender=stage.council)
    token.addAgent(enforcer, sender=stage.council)
    council(token.removeAgent, "without a mandate", enforcer)


def _debt(stage: Stage) -> None:
    token = stage.create_token("Power bond")
    terms = (10**6, 50_000, 6, 20, 21_000, 24_650, 0)
    manager = stage.meter.by(stage.officer(Role.ASSET_MANAGER))
    manager(stage.city.debt_terms.set_terms, "of a token", token, terms, resolution("bond"))


def _settings(stage: Stage, token: ContractInstance) -> None:
    council = stage.meter.by(stage.council)

    council(token.setName, "of nine letters", "Town Hall")
    council(token.setSymbol, "of four letters", "HALL")
    council(token.setOnchainID, "for the first time", stage.dave)
    council(token.setIdentityRegistry, "to the same", stage.city.identity_registry)
    council(token.set_income_desk, "for the first time", stage.city.treasury)
    council(token.set_income_desk, "to none", "0x" + "00" * 20)


def _pauses(stage: Stage, token: ContractInstance) -> None:
    stage.meter.by(stage.officer(Role.GUARDIAN))(token.pause, "by the guardian")
    stage.meter.by(stage.officer(Role.CHAIN_ENGINEER))(token.unpause, "by the engineer")


_AUTHORIZATION = {
    "from": "address",
    "to": "address",
    "value": "uint256",
    "validAfter": "uint256",
    "validBefore": "uint256",
    "nonce": "bytes32",
}
_TYPES = {
    "Permit": {
        "owner": "address",
        "spender": "address",
        "value": "uint256",
        "nonce": "uint256",
        "deadline": "uint256",
    },
    "TransferWithAuthorization": _AUTHORIZATION,
    "ReceiveWithAuthorization": _AUTHORIZATION,
    "CancelAuthorization": {"authorizer": "address", "nonce": "bytes32"},
}


def _signed(
    token: ContractInstance, signer: AccountAPI, kind: str, message: dict[str, Any]
) -> tuple[Any, ...]:
    """v, r and s of a message to the token."""
    domain = {
        "name": token.domain_name(),
        "version": "1",
        "chainId": CHAIN_ID,
        "verifyingContract": token.address,
    }
    fields = [{"name": name, "type": each} for name, each in _TYPES[kind].items()]
    signature = signer.sign_message(encode_typed_data(domain, {kind: fields}, message))
    assert signature is not None
    return signature.v, signature.r, signature.s
