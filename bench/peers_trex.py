"""
T-REX (ERC-3643) and ONCHAINID from npm, in the bytecode their authors published: the suite behind
its proxies, one trusted issuer, one claim topic, and each investor an identity with a signed claim.
Measured under three compliance contracts.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ape.api import AccountAPI
from ape.contracts import ContractContainer, ContractInstance
from eth_abi.abi import encode
from eth_account.messages import encode_defunct
from eth_utils.crypto import keccak

from bench.operations import Figures, Measurement
from bench.scenarios import Receipts, fungible
from bench.stage import BenchError, Stage, artifact

VERSION = "4.1.6"
TOPIC = 1
COUNTRY = 276  # ISO 3166-1 numeric
CLAIM_SIGNER_KEY = 3  # ERC-734 purpose
ECDSA = 1  # ERC-734 key type and ERC-735 scheme
CLAIM_DATA = b"verified"
NO_ONE = "0x0000000000000000000000000000000000000000"
UNREACHED = 10**30  # {token base unit} limit of balance and supply

Compliance = Callable[[Stage, ContractInstance], ContractInstance]


# In the order in which the implementation authority takes them.
IMPLEMENTATIONS = {
    "Token": "token/Token",
    "ClaimTopicsRegistry": "registry/implementation/ClaimTopicsRegistry",
    "IdentityRegistry": "registry/implementation/IdentityRegistry",
    "IdentityRegistryStorage": "registry/implementation/IdentityRegistryStorage",
    "TrustedIssuersRegistry": "registry/implementation/TrustedIssuersRegistry",
    "ModularCompliance": "compliance/modular/ModularCompliance",
}


@dataclass(frozen=True)
class Identities:
    """What ONCHAINID needs once, whatever the number of investors and tokens."""

    authority: ContractInstance  # tells each proxy its implementation
    implementation: ContractInstance
    issuer: ContractInstance
    proxy: ContractContainer

    def signature(self, stage: Stage, identity: ContractInstance) -> bytes:
        """The issuer's signature on the one claim about `identity`."""
        claim = encode(["address", "uint256", "bytes"], [identity.address, TOPIC, CLAIM_DATA])
        signature = stage.signer.sign_message(encode_defunct(keccak(claim)))
        if signature is None:
            raise BenchError(f"{stage.signer} did not sign")
        return bytes(signature.encode_rsv())


def measure(stage: Stage) -> list[Measurement]:
    identities = _identities(stage)
    authority = _authority(stage)
    compliances: dict[str, Compliance] = {
        "DefaultCompliance": _default_compliance,
        "ModularCompliance without modules": _modular_compliance,
        "ModularCompliance with CountryAllow, MaxBalance, SupplyLimit": _three_modules,
    }
    return [
        Measurement(
            f"T-REX {VERSION}, proxies, 1 claim topic, {name}",
            _suite(stage, identities, authority, compliance),
        )
        for name, compliance in compliances.items()
    ]


def _identities(stage: Stage) -> Identities:
    implementation = stage.deploy(_onchainid("Identity"), stage.operator, True)
    authority = stage.deploy(_onchainid("proxy/ImplementationAuthority"), implementation)
    issuer = stage.deploy(_onchainid("ClaimIssuer"), stage.operator)
    signer_key = keccak(encode(["address"], [stage.signer.address]))
    issuer.addKey(signer_key, CLAIM_SIGNER_KEY, ECDSA, sender=stage.operator)
    return Identities(authority, implementation, issuer, _onchainid("proxy/IdentityProxy"))


def _authority(stage: Stage) -> ContractInstance:
    """The contract from which every proxy of every suite reads its implementation."""
    implementations = [stage.deploy(_trex(path)) for path in IMPLEMENTATIONS.values()]
    authority = stage.deploy(
        _trex("proxy/authority/TREXImplementationAuthority"), True, NO_ONE, NO_ONE
    )
    authority.addAndUseTREXVersion((4, 1, 6), implementations, sender=stage.operator)
    return authority


def _suite(
    stage: Stage, identities: Identities, authority: ContractInstance, compliance: Compliance
) -> Figures:
    agent = stage.operator
    topics = _proxied(stage, "ClaimTopicsRegistry", authority)
    issuers = _proxied(stage, "TrustedIssuersRegistry", authority)
    storage = _proxied(stage, "IdentityRegistryStorage", authority)
    registry = _proxied(stage, "IdentityRegistry", authority, issuers, topics, storage)
    bound = compliance(stage, authority)
    token = _proxied(stage, "Token", authority, registry, bound, "T-REX", "TREX", 18, NO_ONE)

    topics.addClaimTopic(TOPIC, sender=agent)
    issuers.addTrustedIssuer(identities.issuer, [TOPIC], sender=agent)
    storage.bindIdentityRegistry(registry, sender=agent)
    registry.addAgent(agent, sender=agent)
    token.addAgent(agent, sender=agent)
    token.unpause(sender=agent)

    def onboard(investor: AccountAPI) -> Receipts:
        deployed = agent.call(identities.proxy(identities.authority, investor))
        identity = _at(deployed.contract_address, identities.implementation)
        signature = identities.signature(stage, identity)
        claim = (TOPIC, ECDSA, identities.issuer, signature, CLAIM_DATA, "")
        return [
            deployed,
            identity.addClaim(*claim, sender=investor),
            registry.registerIdentity(investor, identity, COUNTRY, sender=agent),
        ]

    def mint(to: AccountAPI, amount: int) -> Receipts:
        return [token.mint(to, amount, sender=agent)]

    def freeze(account: AccountAPI, amount: int) -> Receipts:
        return [token.freezePartialTokens(account, amount, sender=agent)]

    def forced_transfer(giver: AccountAPI, taker: AccountAPI, amount: int) -> Receipts:
        return [token.forcedTransfer(giver, taker, amount, sender=agent)]

    return fungible(stage, token, mint, onboard, freeze, forced_transfer)


def _default_compliance(stage: Stage, authority: ContractInstance) -> ContractInstance:
    return stage.deploy(_trex("compliance/legacy/DefaultCompliance"))


def _modular_compliance(stage: Stage, authority: ContractInstance) -> ContractInstance:
    return _proxied(stage, "ModularCompliance", authority)


def _three_modules(stage: Stage, authority: ContractInstance) -> ContractInstance:
    compliance = _modular_compliance(stage, authority)
    for name, function, limit in (
        ("CountryAllowModule", "addAllowedCountry", COUNTRY),
        ("MaxBalanceModule", "setMaxBalance", UNREACHED),
        ("SupplyLimitModule", "setSupplyLimit", UNREACHED),
    ):
        implementation = stage.deploy(_trex(f"compliance/modular/modules/{name}"))
        initialize = implementation.initialize.encode_input()
        proxy = _trex("compliance/modular/modules/ModuleProxy")
        module = _at(stage.deploy(proxy, implementation, initialize).address, implementation)
        if name == "MaxBalanceModule":  # it would ask a token for its supply, and none is bound yet
            module.presetCompleted(compliance, sender=stage.operator)
        compliance.addModule(module, sender=stage.operator)
        setting = getattr(module, function).encode_input(limit)
        compliance.callModuleFunction(setting, module, sender=stage.operator)
    return compliance


def _proxied(
    stage: Stage, name: str, authority: ContractInstance, *args: object
) -> ContractInstance:
    """A proxy of the suite under the ABI of its implementation."""
    proxy = stage.deploy(_trex(f"proxy/{name}Proxy"), authority, *args)
    return _at(proxy.address, _trex(IMPLEMENTATIONS[name]))


def _at(address: str, implementation: ContractContainer | ContractInstance) -> ContractInstance:
    return ContractInstance(address, implementation.contract_type)


def _trex(path: str) -> ContractContainer:
    name = path.rsplit("/", 1)[-1]
    return artifact(f"@tokenysolutions/t-rex/artifacts/contracts/{path}.sol/{name}.json")


def _onchainid(path: str) -> ContractContainer:
    name = path.rsplit("/", 1)[-1]
    return artifact(f"@onchain-id/solidity/artifacts/contracts/{path}.sol/{name}.json")
