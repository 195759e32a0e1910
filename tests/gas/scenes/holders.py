"""The income of a security token's holders, of few and of many."""

from collections.abc import Callable

from ape.api import AccountAPI
from ape.contracts import ContractInstance

from civitas.chain.deploy import name32
from civitas.chain.roles import Role
from tests.gas.scenes.tokens import MINTED, MOVED
from tests.gas.sources import ISSUER
from tests.gas.stage import NotTheState, Stage, addresses, registration
from tests.provider.sources import compile_contract

DEPOSIT = 1_000_003  # {asset} no multiple of the units, so a fraction is left at every claim
CROWDS = (10, 1_000)  # holders among whom the same figures are taken
_AT_ONCE = 100  # wallets registered or minted to in one transaction


def play(stage: Stage) -> None:
    _income(stage)
    _crowds(stage)


def _income(stage: Stage) -> None:
    token, money = _token(stage, "Market Hall", *stage.investors), stage.city.payment_token
    alice, carol = stage.meter.by(stage.alice), stage.meter.by(stage.carol)
    payer, purpose = stage.meter.by(stage.payer), name32("HOLDERS")
    if any(stage.money_of(holder) for holder in stage.investors):
        raise NotTheState("a holder has money already")

    payer(token.deposit_income, "the first of a token", money, DEPOSIT)
    alice(token.transfer, "after a token's first distribution", stage.bob, MOVED)
    carol(token.claim_income, "the first of a holder")
    payer(token.claim_income, "the first of another holder", stage.dave)

    payer(token.deposit_income, "after others", money, DEPOSIT)
    payer(token.deposit_income, "after others, with a purpose", money, DEPOSIT, purpose)
    alice(token.transfer, "after a distribution", stage.bob, MOVED)
    carol(token.claim_income, "after others")
    token.claim_income(stage.alice, sender=stage.alice)

    token.deposit_income(money, DEPOSIT, sender=stage.payer)
    token.transfer(stage.bob, MOVED, sender=stage.alice)
    alice(token.claim_income, "after others, and after a transfer")


def _crowds(stage: Stage) -> None:
    """The same three steps among few holders and many; they must cost the same."""
    token = _token(stage, "Power Station", stage.alice, stage.bob)
    issue = _issuer(stage, token)
    crowd = addresses("holder", max(CROWDS) - 2)
    holders = 2
    _round(stage, token)  # the first income of alice and bob

    for size in CROWDS:
        issue(crowd[holders - 2 : size - 2])
        holders = size
        _measured_round(stage, token, f"with {size:,} holders")


def _round(stage: Stage, token: ContractInstance) -> None:
    token.deposit_income(stage.city.payment_token, DEPOSIT, sender=stage.payer)
    token.transfer(stage.bob, MOVED, sender=stage.alice)
    token.claim_income(stage.alice, sender=stage.alice)
    token.claim_income(stage.bob, sender=stage.bob)


def _measured_round(stage: Stage, token: ContractInstance, sentence: str) -> None:
    alice, payer = stage.meter.by(stage.alice), stage.meter.by(stage.payer)

    payer(token.deposit_income, sentence, stage.city.payment_token, DEPOSIT)
    alice(token.transfer, sentence, stage.bob, MOVED)
    alice(token.claim_income, sentence)
    token.claim_income(stage.bob, sender=stage.bob)


def _token(stage: Stage, parcel: str, *holders: AccountAPI) -> ContractInstance:
    """A token in which each of the holders has the same number of units."""
    token, manager = stage.create_token(parcel), stage.officer(Role.ASSET_MANAGER)
    for holder in holders:
        token.mint(holder, MINTED, sender=manager)
    stage.allow_money(token)
    return token


def _issuer(stage: Stage, token: ContractInstance) -> Callable[[list[str]], None]:
    """A function that registers wallets and gives each of them units."""
    issuer = stage.deployer.deploy(compile_contract("Issuer", ISSUER))
    stage.city.authority.grantRole(Role.ASSET_MANAGER.id, issuer, sender=stage.council)
    officer = stage.officer(Role.COMPLIANCE_OFFICER)

    def issue(wallets: list[str]) -> None:
        for first in range(0, len(wallets), _AT_ONCE):
            some = wallets[first : first + _AT_ONCE]
            stage.city.identity_registry.register(
                [registration(wallet) for wallet in some], sender=officer
            )
            issuer.issue(token, some, MINTED, sender=stage.deployer)

    return issue
