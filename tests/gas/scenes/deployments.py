"""What each contract costs to deploy, as a city deploys it and at the caps of its constructor."""

from typing import Any

import ape
from ape.contracts import ContractInstance
from eth_utils import keccak

from civitas.chain.city import BLUEPRINTS
from civitas.chain.deploy import name32
from tests.gas.scenes.revenue import equal
from tests.gas.stage import Stage, addresses, document, resolution

MAX_PAIRS, MAX_APART = 64, 32  # pairs of roles, and roles that one role stands apart from
MAX_CLASSES = 32
MAX_FUNDS = 32
MAX_NAMES = 128
BASE_URI = "https://city.example/certificates/"


def play(stage: Stage) -> None:
    _of_the_city(stage)
    _outside_their_factories(stage)
    _at_the_caps(stage)


def _of_the_city(stage: Stage) -> None:
    for name, contract in stage.city.contracts():
        if name == "PaymentToken" or name in BLUEPRINTS:
            continue  # the plain one of the tests, or made by another contract
        receipt = ape.chain.provider.get_receipt(stage.book.require(name).transaction)
        stage.meter.deployment(f"{name} deployment", receipt)
        stage.meter.size(name, contract.address)
    for kind in BLUEPRINTS:
        record = stage.book.require(f"{kind}Blueprint")
        receipt = ape.chain.provider.get_receipt(record.transaction)
        stage.meter.deployment(f"{kind} deployment as a blueprint", receipt)
        stage.meter.size(f"{kind} blueprint", record.address)


def _outside_their_factories(stage: Stage) -> None:
    """Contracts that a city creates from blueprints, deployed by themselves."""
    city = stage.city
    asset_id = stage.register_asset("Lighthouse")
    terms = (asset_id, "Lighthouse", "LIGHT", 18, city.payment_token)
    table = equal(addresses("keeper", 2))
    registers = (city.authority, city.asset_registry, city.identity_registry)

    _deployed(stage, "SecurityToken", *registers, city.enforcement, city.token_extension, *terms)
    _deployed(stage, "RevenueSplitter", city.authority, asset_id, city.payment_token, table)
    certificate = _deployed(stage, "RetirementCertificate", city.authority, BASE_URI)
    certificates = stage.book.require("RetirementCertificateBlueprint").address
    uris = (certificates, "https://city.example/credits/", BASE_URI)
    _deployed(stage, "CarbonCredit", city.authority, city.identity_registry, *uris)

    # The deployer is its issuer here; otherwise only CarbonCredit reaches these functions.
    issuer = stage.meter.by(stage.deployer)
    lines, details = [(2**128 + 1, 10**8)], document("details")
    retired = (lines, 3, 47_000, 47_100, details)
    issuer(certificate.issue, "a beneficiary's first", stage.alice, stage.bob, *retired)
    issuer(certificate.issue, "a beneficiary's further", stage.alice, stage.bob, *retired)
    issuer(certificate.mark, "a loss", 1, lines, details, 2**128 + 1, 10**8)
    issuer(certificate.cure, "a loss", 1, 2**128 + 1, 10**8)


def _deployed(stage: Stage, kind: str, *arguments: Any, case: str = "") -> ContractInstance:
    """A contract of the project, deployed and measured."""
    contract = stage.deployer.deploy(ape.project.contracts[kind], *arguments)
    receipt = ape.chain.provider.get_receipt(contract.txn_hash)
    stage.meter.deployment(f"{kind} deployment{case}", receipt)
    if not case:
        stage.meter.size(kind, contract.address)
    return contract


def _at_the_caps(stage: Stage) -> None:
    city = stage.city
    roles = [keccak(text=f"role {number}") for number in range(MAX_PAIRS + 1)]
    crowded, *others = roles
    pairs = [(crowded, other) for other in others[:MAX_APART]]
    pairs += list(zip(others[:MAX_APART], others[MAX_APART:], strict=True))
    classes = [(name32(f"CLASS_{number}"), True, True) for number in range(MAX_CLASSES)]
    funds = [(name32(f"FUND_{number}"), False) for number in range(MAX_FUNDS)]
    entries = [
        (name32(f"NAME_{number}"), address) for number, address in enumerate(_anything(stage))
    ]

    authority = _deployed(stage, "Authority", pairs, case=" with 64 pairs")
    officer = stage.meter.by(stage.deployer)
    officer(authority.grantRole, "of a role apart from 32 others", crowded, stage.alice)

    adopted = resolution("classes")
    uri = "https://city.example/deeds/"
    registry = (city.authority, uri, classes, 0b1111, adopted)
    _deployed(stage, "AssetRegistry", *registry, case=" with 32 classes")
    _deployed(stage, "Treasury", city.authority, funds, case=" with 32 funds")
    _deployed(stage, "CityDirectory", city.authority, entries, case=" with 128 names")


def _anything(stage: Stage) -> list[str]:
    """As many contracts as a directory can name; each is a single STOP."""
    ethereum = ape.chain.provider.network.ecosystem
    creation = bytes.fromhex("60016000f3")  # return one byte of empty memory as the code
    found = []
    for _ in range(MAX_NAMES):
        transaction = ethereum.create_transaction(sender=stage.deployer.address, data=creation)
        found.append(str(stage.deployer.call(transaction).contract_address))
    return found
