"""
tokenize.it from npm, in the bytecode its authors published: a token with an allow list, and their
dividend, a snapshot of the token and a new contract for each distribution. No fee is set.
"""

from ape.api import AccountAPI
from ape.contracts import ContractContainer, ContractInstance

from bench.operations import Measurement
from bench.scenarios import Receipts, argument, fungible, income
from bench.stage import START, Stage, artifact

NAME = "tokenize.it 7.1.0 Token with AllowList"
NO_ONE = "0x0000000000000000000000000000000000000000"  # also: no forwarder of meta-transactions
SALT = bytes(32)
ELIGIBLE = 1  # the one attribute the token asks of its holders
TRUSTED_CURRENCY = 2**255
ONE = 10**18  # {token base unit}
UNLOCKED = START + 365 * 86_400  # {s}


def measure(stage: Stage) -> list[Measurement]:
    return [_token(stage), _distribution(stage)]


def _token(stage: Stage) -> Measurement:
    allow_list, token = _deployed(stage)

    def onboard(investor: AccountAPI) -> Receipts:
        return [allow_list.set(investor, ELIGIBLE, sender=stage.operator)]

    def mint(to: AccountAPI, amount: int) -> Receipts:
        return [token.mint(to, amount, sender=stage.operator)]

    return Measurement(NAME, fungible(stage, token, mint, onboard))


def _distribution(stage: Stage) -> Measurement:
    operator = stage.operator
    allow_list, token = _deployed(stage)
    allow_list.set(stage.money, TRUSTED_CURRENCY, sender=operator)
    for account in (stage.holder, stage.other_holder):
        allow_list.set(account, ELIGIBLE, sender=operator)
    implementation = _published("Distribution")
    factory = stage.deploy(
        _published("DistributionCloneFactory", "factories"), stage.deploy(implementation, NO_ONE)
    )
    distributions: list[ContractInstance] = []

    def mint(to: AccountAPI, amount: int) -> Receipts:
        return [token.mint(to, amount, sender=operator)]

    def deposit(amount: int) -> Receipts:
        snapshot = token.createSnapshot(sender=operator)
        price = amount * ONE // token.totalSupply()
        snapshot_id = argument([snapshot], token, "Snapshot", 0)
        no_reassignments: list[object] = []
        terms = (operator, token, snapshot_id, stage.money, price, UNLOCKED, no_reassignments)
        created = factory.createDistributionClone(SALT, NO_ONE, NO_ONE, terms, 0, sender=operator)
        distribution = _at(argument([created], factory, "NewClone", 0), implementation)
        distributions.append(distribution)
        return [snapshot, created, stage.pay_in(distribution, amount)]

    def claim(holder: AccountAPI) -> Receipts:
        return [distributions[-1].claim(holder, 0, sender=holder)]

    return Measurement(f"{NAME} and Distribution", income(stage, token, mint, deposit, claim))


def _deployed(stage: Stage) -> tuple[ContractInstance, ContractInstance]:
    """A new allow list and a new token that obeys it."""
    operator = stage.operator
    allow_list, token = _published("AllowList"), _published("Token")

    def factory(name: str, behind: ContractContainer) -> ContractInstance:
        return stage.deploy(_published(name, "factories"), stage.deploy(behind, NO_ONE))

    fee_settings = factory("FeeSettingsCloneFactory", _published("FeeSettings"))
    created = fee_settings.createFeeSettingsClone(SALT, NO_ONE, operator, [], sender=operator)
    fees = argument([created], fee_settings, "NewClone", 0)

    allow_lists = factory("AllowListCloneFactory", allow_list)
    created = allow_lists.createAllowListClone(SALT, NO_ONE, operator, sender=operator)
    listed = argument([created], allow_lists, "NewClone", 0)

    tokens = factory("TokenProxyFactory", token)
    terms = (fees, operator, listed, ELIGIBLE, "tokenize.it", "TOK")
    created = tokens.createTokenProxy(SALT, NO_ONE, *terms, sender=operator)
    proxy = argument([created], tokens, "NewProxy", 0)
    return _at(listed, allow_list), _at(proxy, token)


def _at(address: str, behind: ContractContainer) -> ContractInstance:
    return ContractInstance(address, behind.contract_type)


def _published(name: str, folder: str = "") -> ContractContainer:
    return artifact(f"@tokenize.it/contracts/artifacts/contracts/{folder}/{name}.sol/{name}.json")
