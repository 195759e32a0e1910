"""
Our own contracts. One account, the operator, holds every role, as the peers' owner does; the
Authority's admin may hold none, so the signer deploys it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import ape
from ape.api import AccountAPI, ReceiptAPI
from ape.contracts import ContractInstance
from eth_utils.crypto import keccak

from bench.operations import Figures, Measurement
from bench.scenarios import (
    Receipts,
    Splitter,
    credits,
    deeds,
    fungible,
    income,
    payee_claim,
    splitter,
)
from bench.stage import MONEY, START, Stage
from civitas.chain.carbon import Issuance
from civitas.chain.city import contract_at

NAME = "Civitas"
ROLES = (
    "ASSET_MANAGER_ROLE",
    "CARBON_VERIFIER_ROLE",
    "COMPLIANCE_OFFICER_ROLE",
    "ENFORCER_ROLE",
    "COUNCIL_CLERK_ROLE",
    "ESG_OFFICER_ROLE",
    "TREASURER_ROLE",
)
RESOLUTION = keccak(text="resolution")
DOCUMENT = keccak(text="document")
COUNTRY = 276  # ISO 3166-1 numeric
INVESTOR_CLASS = 1
OFFICE = 0  # place in the list of property classes
ASSET_ID = 1  # the first deed
YEAR = 365 * 86_400  # {s}
DAY = 86_400  # {s}
MANDATE = 10**24  # {unit} that the agent may move
VALID_UNTIL = START + YEAR  # {s}
VINTAGE = 2026
AREA = 12_345  # {0.01 m2}
ENERGY = 67_890  # {kWh} per year
BOOK_VALUE = 10**9  # {asset}
ALL_PROOFS = 0b1111  # title, liens, insurance, taxes
FOREVER = 2**64 - 1  # {s}
UNITS = 10**24  # {unit}
NO_PURPOSE = bytes(32)
BPS = 10_000


def measure(stage: Stage) -> list[Measurement]:
    # Not from the cache, which does not notice that only an imported module has changed.
    ape.project.load_contracts(use_cache=False)
    authority = _authority(stage)
    registry = _asset_registry(stage, authority)
    identities = stage.deploy(ape.project.IdentityRegistry, authority, [1], 86_400)

    def token() -> ContractInstance:
        return _security_token(stage, authority, registry, identities)

    figures = {
        **_deeds(stage, registry),
        **_transfers(stage, token(), identities),
        **_income(stage, token()),
        **_splits(stage, authority),
        **_credits(stage, authority, registry, identities),
    }
    return [Measurement(NAME, figures)]


def _deeds(stage: Stage, registry: ContractInstance) -> Figures:
    def mint(to: AccountAPI, number: int) -> Receipts:
        return [_register(stage, registry, to, f"parcel {number}")]

    def allow_transfer(asset_id: int, receiver: AccountAPI) -> None:
        registry.approve_disposal(asset_id, receiver, RESOLUTION, DOCUMENT, sender=stage.operator)

    return deeds(stage, registry, mint, allow_transfer)


def _transfers(stage: Stage, token: ContractInstance, identities: ContractInstance) -> Figures:
    def onboard(investor: AccountAPI) -> Receipts:
        # The wallet is the investor's identity, as for most; a second wallet reads one slot more.
        registration = (investor, investor, COUNTRY, INVESTOR_CLASS, VALID_UNTIL)
        return [identities.register([registration], sender=stage.operator)]

    def freeze(account: AccountAPI, amount: int) -> Receipts:
        frozen = token.getFrozenTokens(account) + amount
        return [token.setFrozenTokens(account, frozen, sender=stage.operator)]

    token.addAgent(stage.operator, sender=stage.signer)
    token.set_mandate(stage.operator, MANDATE, VALID_UNTIL, sender=stage.signer)

    def force(sender: AccountAPI, receiver: AccountAPI, amount: int) -> Receipts:
        return [token.forcedTransfer(sender, receiver, amount, sender=stage.operator)]

    return fungible(stage, token, _mint(stage, token), onboard, freeze, force)


def _income(stage: Stage, token: ContractInstance) -> Figures:
    """After `_transfers`: the holders are registered."""
    stage.money.approve(token, 2**256 - 1, sender=stage.payer)

    def deposit(amount: int) -> Receipts:
        return [token.deposit_income(stage.money, amount, NO_PURPOSE, sender=stage.payer)]

    def claim(holder: AccountAPI) -> Receipts:
        return [token.claim_income(holder, sender=holder)]

    return income(stage, token, _mint(stage, token), deposit, claim)


def _splits(stage: Stage, authority: ContractInstance) -> Figures:
    """A payee is credited only where it can't be paid. Its claim is therefore measured with a money
    that blocked it before, and costs more than OpenZeppelin's: it looks the block list up."""
    blocking = replace(stage, money=stage.deploy(ape.project.MockPaymentToken, "Money", "MNY", 18))
    blocking.money.mint(stage.payer, MONEY, sender=stage.operator)

    def make(of: Stage) -> Callable[[Sequence[str]], Splitter]:
        return lambda payees: _splitter(of, authority, payees)

    return {**splitter(stage, make(stage)), **payee_claim(blocking, make(blocking))}


def _splitter(stage: Stage, authority: ContractInstance, payees: Sequence[str]) -> Splitter:
    table = [(payee, BPS // len(payees), NO_PURPOSE) for payee in payees]
    rules = stage.deploy(ape.project.SplitterRules, (1, False, [], table))
    contract = stage.deploy(
        ape.project.RevenueSplitter,
        *(authority, ASSET_ID, stage.money, authority, 0, 0, rules),
    )

    def split() -> Receipts:
        return [contract.distribute(sender=stage.operator)]

    def claim(payee: str) -> Receipts:
        return [contract.release(stage.money, payee, sender=stage.operator)]

    def credit() -> None:
        stage.money.set_blocked(payees[0], True, sender=stage.operator)
        contract.distribute(sender=stage.operator)
        stage.money.set_blocked(payees[0], False, sender=stage.operator)

    return Splitter(contract, split, claim, credit)


def _credits(
    stage: Stage,
    authority: ContractInstance,
    registry: ContractInstance,
    identities: ContractInstance,
) -> Figures:
    """After `_transfers`: the holders are registered. One verifier signs, on our own serials."""
    operator = stage.operator
    blueprints = [
        operator.declare(container).contract_address
        for container in (ape.project.CarbonCredit, ape.project.RetirementCertificate)
    ]
    carbon = stage.deploy(
        ape.project.CarbonRegistry,
        *(authority, registry, identities, *blueprints, "ipfs://batches/", "ipfs://retired/"),
        1,  # signature
    )
    credit = contract_at(ape.project.CarbonCredit, carbon.CREDIT())
    carbon.register_project(ASSET_ID, DOCUMENT, COUNTRY, 0, 0, False, sender=operator)
    project = carbon.total_projects()

    def issue(to: AccountAPI, number: int, tonnes: int) -> Receipts:
        """Year `number`, with the serials behind those of the year before."""
        start, serial = number * YEAR, (number - 1) * tonnes + 1
        issuance = Issuance(
            project_id=project,
            receiver=to.address,
            tonnes=tonnes,
            vintage=VINTAGE,
            period_start=start,
            period_end=start + YEAR,
            expiry=0,
            registry_code=bytes(carbon.NATIVE()),
            series_id=project.to_bytes(32, "big"),
            first_serial=serial,
            origin=bytes(32),
            evidence_hash=DOCUMENT,
            deadline=VALID_UNTIL,
        )
        signed = operator.sign_raw_msghash(carbon.digest(issuance.as_tuple()))
        is_first = number == 1
        hints = (0, 0) if is_first else (start - YEAR, serial - tonnes)
        signatures = [(operator.address, signed.encode_rsv())]
        return [carbon.issue(issuance.as_tuple(), hints, signatures, sender=operator)]

    def retire(holder: AccountAPI, batch: int, amount: int) -> Receipts:
        return [credit.retire(batch, holder, amount, sender=holder)]

    return credits(stage, credit, issue, retire)


def _authority(stage: Stage) -> ContractInstance:
    authority = stage.signer.deploy(ape.project.Authority, [])
    for role in ROLES:
        authority.grantRole(keccak(text=role), stage.operator, sender=stage.signer)
    return authority


def _asset_registry(stage: Stage, authority: ContractInstance) -> ContractInstance:
    office = (b"OFFICE".ljust(32, b"\0"), True, True)  # may be sold, may be let
    return stage.deploy(
        ape.project.AssetRegistry, authority, "ipfs://city/", [office], ALL_PROOFS, RESOLUTION
    )


def _register(
    stage: Stage, registry: ContractInstance, owner: AccountAPI, parcel: str
) -> ReceiptAPI:
    record = (keccak(text=parcel), OFFICE, AREA, ENERGY, DOCUMENT, BOOK_VALUE)
    return registry.register(owner, [record], sender=stage.operator)


def _security_token(
    stage: Stage,
    authority: ContractInstance,
    registry: ContractInstance,
    identities: ContractInstance,
) -> ContractInstance:
    """A token on a deed of its own."""
    asset_id = registry.total_assets() + 1
    _register(stage, registry, stage.operator, f"tokenised parcel {asset_id}")
    proofs = [(asset_id, kind, FOREVER, DOCUMENT) for kind in range(4)]
    registry.file_proofs(proofs, sender=stage.operator)
    registry.register_units(asset_id, UNITS, RESOLUTION, sender=stage.operator)
    enforcement = stage.deploy(ape.project.Enforcement, authority, DAY, DAY, DAY)
    extension = stage.deploy(ape.project.TokenExtension)
    registers = (authority, registry, identities, enforcement, extension)
    return stage.deploy(
        ape.project.SecurityToken,
        *(*registers, asset_id, "City Hall", "HALL", 18, stage.money),
    )


def _mint(stage: Stage, token: ContractInstance) -> Callable[[AccountAPI, int], Receipts]:
    return lambda to, amount: [token.mint(to, amount, sender=stage.operator)]
