"""Who may call what: every state-changing function of every contract, from the ABIs.

A function that neither table lists fails a test, so a new one can't be forgotten.
"""

import ape
import pytest
from ape import chain, project
from eth_utils import keccak

from civitas.chain.roles import ADMIN, OF_CONTRACTS, Role

from .sources import DEPLOYABLE

# The admin, and the one caller of contracts that ask for no role.
COUNCIL, CREDIT, REGISTRY = "council", "carbon credit", "carbon registry"

GATED = {
    "Appraisals": {
        "appraise": Role.APPRAISER,
        "withdraw": Role.COUNCIL_CLERK,
        "set_limits": Role.COUNCIL_CLERK,
    },
    "AssetRegistry": {
        "register": Role.ASSET_MANAGER,
        "setDocument": Role.ASSET_MANAGER,
        "removeDocument": Role.ASSET_MANAGER,
        "set_energy_use": Role.ESG_OFFICER,
        "file_proofs": Role.COMPLIANCE_OFFICER,
        "set_required_proofs": Role.COUNCIL_CLERK,
        "split": Role.COUNCIL_CLERK,
        "merge": Role.COUNCIL_CLERK,
        "attest": Role.REGISTRAR,
        "set_let_until": Role.LEASE,
        "add_property_class": Role.COUNCIL_CLERK,
        "reclassify": Role.COUNCIL_CLERK,
        "register_units": Role.COUNCIL_CLERK,
        "approve_disposal": Role.COUNCIL_CLERK,
        "bind_token": Role.TOKEN_FACTORY,
    },
    "Authority": {"transfer_admin": COUNCIL, "grantRole": COUNCIL, "revokeRole": COUNCIL},
    "CarbonCredit": {
        "mintCredit": REGISTRY,
        "reverse": Role.CARBON_VERIFIER,
        "setFrozenTokens": Role.COMPLIANCE_OFFICER,
        "forcedTransfer": Role.ENFORCER,
        "cancel_by_order": Role.ENFORCER,
        "set_adjustment": Role.COUNCIL_CLERK,
        "set_gated": Role.COUNCIL_CLERK,
        "set_convertible": Role.COUNCIL_CLERK,
        "pause": Role.GUARDIAN,
        "unpause": Role.CHAIN_ENGINEER,
    },
    "CarbonRegistry": {
        "register_project": Role.ESG_OFFICER,
        "split_serials": Role.ESG_OFFICER,
        "set_threshold": Role.COUNCIL_CLERK,
        "set_buffer_bps": Role.COUNCIL_CLERK,
    },
    "CityDirectory": {"set_entry": Role.CHAIN_ENGINEER},
    "IdentityRegistry": {
        "register": Role.COMPLIANCE_OFFICER,
        "set_eligibility": Role.COMPLIANCE_OFFICER,
        "updateCountry": Role.COMPLIANCE_OFFICER,
        "deleteIdentity": Role.COMPLIANCE_OFFICER,
    },
    "Lease": {
        "sign": Role.ASSET_MANAGER,
        "terminate": Role.ASSET_MANAGER,
        "pause": Role.GUARDIAN,
        "unpause": Role.CHAIN_ENGINEER,
    },
    "MeterRegistry": {
        "register_device": Role.ESG_OFFICER,
        "retire_device": Role.ESG_OFFICER,
    },
    "RetirementCertificate": {
        "issue": CREDIT,
        "mark": CREDIT,
        "cure": CREDIT,
        "recover": Role.ENFORCER,
    },
    "RevenueSplitter": {"set_payees": Role.TREASURER},
    "SecurityToken": {
        "mint": Role.ASSET_MANAGER,
        "setAddressFrozen": Role.COMPLIANCE_OFFICER,
        "setFrozenTokens": Role.COMPLIANCE_OFFICER,
        "pause": Role.GUARDIAN,
        "unpause": Role.CHAIN_ENGINEER,
    },
    "SplitterFactory": {"create_splitter": Role.ASSET_MANAGER},
    "TokenFactory": {"create_token": Role.ASSET_MANAGER},
    "Treasury": {
        "open_fund": Role.TREASURER,
        "book_surplus": Role.TREASURER,
        "move": Role.TREASURER,
        "approve_payment": Role.TREASURER,
        "cancel_payment": Role.TREASURER,
        "pay": Role.CASHIER,
        "pause": Role.GUARDIAN,
        "unpause": Role.CHAIN_ENGINEER,
    },
}

# Why it is right that anybody may call these.
OPEN = {
    "AssetRegistry": {
        "approve": "of the owner's own deeds",
        "setApprovalForAll": "of the owner's own deeds",
        "transferFrom": "by the owner's side, and only where a resolution names the receiver",
        "safeTransferFrom": "as transferFrom",
        "retire": "by the owner's side, and only where a resolution says so",
    },
    "Authority": {
        "accept_admin": "by the candidate that the admin named",
        "renounceRole": "of the caller's own role",
    },
    "CarbonCredit": {
        "setApprovalForAll": "of the holder's own credits",
        "safeTransferFrom": "by the holder's side, between verified investors",
        "safeBatchTransferFrom": "as safeTransferFrom",
        "retire": "by the holder's side, of its own credits",
        "retire_for": "as retire",
        "cancel": "as retire",
        "convert_kind": "as retire",
        "export_credits": "as retire",
        "cure": "as retire",
    },
    "CarbonRegistry": {"issue": "the verifiers' signatures count, not who hands them in"},
    "Lease": {"pay": "anybody may pay a tenant's rent, out of its own pocket"},
    "MeterRegistry": {"record": "the meters' signatures count, not who hands them in"},
    "RetirementCertificate": {
        "approve": "refused to everybody",
        "setApprovalForAll": "refused to everybody",
        "transferFrom": "refused to everybody",
        "safeTransferFrom": "refused to everybody",
    },
    "RevenueSplitter": {
        "distribute": "moves money to the payees of the table only",
        "release": "moves credited money to its payee only",
    },
    "SecurityToken": {
        "transfer": "of the holder's own units, between verified investors",
        "transferFrom": "by allowance, between verified investors",
        "approve": "of the holder's own units",
        "permit": "by the holder's signature",
        "deposit_income": "takes the caller's own money in",
        "claim_income": "pays a holder its own income, whoever asks",
    },
    "Treasury": {"deposit_income": "takes the caller's own money in"},
}

# From the first test on: Ape wants wide fixtures before narrow ones.
pytestmark = pytest.mark.usefixtures("instances", "people")

CONTRACTS = [source.path.stem for source in DEPLOYABLE]
GATED_FUNCTIONS = [(contract, name) for contract, names in GATED.items() for name in names]
OPEN_FUNCTIONS = [(contract, name) for contract, names in OPEN.items() for name in names]

REASONS = {
    COUNCIL: "access_control: account is missing role",
    CREDIT: "retirement_certificate: only credit",
    REGISTRY: "carbon_credit: only issuer",
    **dict.fromkeys(Role, "authorized: missing role"),
}


@pytest.fixture(scope="module")
def instances(city, register_asset, create_token, create_splitter, stranger):
    """Contract -> the one of the city, or the first of its kind."""
    asset_id = register_asset("parcel of the matrix")
    return {
        **dict(city.contracts()),
        "SecurityToken": create_token(asset_id),
        "RevenueSplitter": create_splitter(asset_id, [(stranger, 10_000, bytes(32))]),
    }


@pytest.fixture(scope="module")
def people(city, accounts, council, stranger, deployer, params):
    """Duty -> who has this one and no other."""
    holders = {
        role: accounts[int(params.roles[role.name][0].removeprefix("test:"))]
        for role in Role
        if role not in OF_CONTRACTS
    }
    return {
        **holders,
        Role.TOKEN_FACTORY: accounts.impersonate_account(city.token_factory.address),
        Role.LEASE: accounts.impersonate_account(city.lease.address),
        COUNCIL: council,
        CREDIT: accounts.impersonate_account(city.carbon_credit.address),
        REGISTRY: accounts.impersonate_account(city.carbon_registry.address),
        "deployer": deployer,
        "stranger": stranger,
    }


def changing(contract):
    return project.contracts[contract].contract_type.mutable_methods


def variants(contract, name):
    """A function with default arguments is several in the ABI."""
    return [method for method in changing(contract) if method.name == name]


def dummy(abi, someone):
    """A value of the type, as plain as possible."""
    if abi.type.endswith("[]"):
        return [dummy(abi.model_copy(update={"type": abi.type.removesuffix("[]")}), someone)]
    if abi.type == "tuple":
        return tuple(dummy(each, someone) for each in abi.components)
    if abi.type.startswith(("uint", "int")):
        return 1
    if abi.type.startswith("bytes"):
        return b"\x01" * int(abi.type.removeprefix("bytes") or 1)
    return {"address": someone, "bool": True, "string": "x"}[abi.type]


def state_of(contract):
    """Plain slots, money and code: mappings lie behind a hash."""
    provider = chain.provider
    slots = [provider.get_storage(contract.address, slot) for slot in range(64)]
    return slots, contract.balance, provider.get_code(contract.address)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_refuses_ether_and_unknown_calls(instances, contract, stranger):
    for value, data in ((1, b""), (0, b""), (0, b"\xde\xad\xbe\xef")):
        with ape.reverts("Transaction failed."):
            stranger.transfer(instances[contract], value, data=data)

    assert instances[contract].balance == 0


@pytest.mark.parametrize(("contract", "name"), GATED_FUNCTIONS)
def test_refuses_everybody_without_the_role(instances, people, stranger, contract, name):
    called, role = instances[contract], GATED[contract][name]
    before = state_of(called)
    for method in variants(contract, name):
        arguments = [dummy(each, stranger.address) for each in method.inputs]
        for duty, person in people.items():
            if duty != role:
                with ape.reverts(REASONS[role]):
                    getattr(called, name)(*arguments, sender=person)

    assert state_of(called) == before


@pytest.mark.parametrize(("contract", "name"), GATED_FUNCTIONS)
def test_lets_the_holder_of_the_role_through(instances, people, stranger, contract, name):
    """Whatever else it may object to."""
    called, role = instances[contract], GATED[contract][name]
    for method in variants(contract, name):
        arguments = [dummy(each, stranger.address) for each in method.inputs]

        receipt = getattr(called, name)(*arguments, sender=people[role], raise_on_revert=False)

        assert not receipt.failed or receipt.error.revert_message not in REASONS.values()


@pytest.mark.parametrize(("contract", "name"), OPEN_FUNCTIONS)
def test_asks_nobody_for_a_role_where_none_is_needed(instances, stranger, contract, name):
    called = instances[contract]
    for method in variants(contract, name):
        arguments = [dummy(each, stranger.address) for each in method.inputs]

        receipt = getattr(called, name)(*arguments, sender=stranger, raise_on_revert=False)

        assert not receipt.failed or receipt.error.revert_message not in REASONS.values()


@pytest.mark.parametrize("contract", CONTRACTS)
def test_knows_roles_by_the_names_of_the_package(instances, contract):
    methods = project.contracts[contract].contract_type.view_methods
    names = [each.name for each in methods if each.name.endswith("_ROLE")]

    for name in names:
        role_id = bytes(getattr(instances[contract], name)())
        if name == "DEFAULT_ADMIN_ROLE":
            assert role_id == ADMIN
        else:
            assert role_id == keccak(text=name) == Role(name).id


@pytest.mark.parametrize("contract", CONTRACTS)
def test_asks_the_citys_authority(city, instances, contract):
    if contract == "Authority":
        assert instances[contract].admin() == city.authority.admin()
    else:
        assert instances[contract].authority() == city.authority


@pytest.mark.parametrize("role", Role)
def test_leaves_each_duty_to_one_key_and_nothing_to_the_deployer(city, people, role):
    has = {duty for duty, person in people.items() if city.authority.hasRole(role.id, person)}

    assert has == {role}
    assert not city.authority.hasRole(ADMIN, people["deployer"])
    assert city.authority.role_count(people["deployer"]) == 0


@pytest.mark.parametrize("contract", CONTRACTS)
def test_lists_every_function(contract):
    listed = [*GATED.get(contract, {}), *OPEN.get(contract, {})]

    assert sorted(listed) == sorted({method.name for method in changing(contract)})


def test_lists_no_contract_that_is_gone():
    assert GATED.keys() | OPEN.keys() == set(CONTRACTS)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_takes_no_ether(contract):
    contract_type = project.contracts[contract].contract_type

    assert {method.stateMutability for method in changing(contract)} == {"nonpayable"}
    assert contract_type.constructor.stateMutability == "nonpayable"
    assert contract_type.fallback is contract_type.receive is None
