"""Who may call what: every state-changing function of every contract, from the ABIs.

A function that neither table lists fails a test, so a new one can't be forgotten.
"""

import ape
import pytest
from ape import chain, project
from eth_utils import keccak

from civitas.chain.city import contract_at
from civitas.chain.roles import ADMIN, OF_CONTRACTS, Role

from .sources import DEPLOYABLE

# The admin, and the one caller of contracts that ask for no role.
COUNCIL, CREDIT, REGISTRY = "council", "carbon credit", "carbon registry"
# The admin where a contract asks the Authority; a token's agent; what moves units by order.
ADMIN_ELSEWHERE, AGENT, ENFORCEMENT = "admin elsewhere", "agent", "enforcement"
TOKEN, EXTENSION = "token", "token extension"
TIMELOCK = "timelock"  # an operation that has waited in it
ADMITTED = "token that the desk has admitted"

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
    "Compliance": {
        "transferred": TOKEN,
        "forced": TOKEN,
        "created": TOKEN,
        "destroyed": TOKEN,
        "set_limits": Role.COMPLIANCE_OFFICER,
        "set_country_lists": Role.COMPLIANCE_OFFICER,
        "set_country": Role.COMPLIANCE_OFFICER,
        "set_class": Role.COMPLIANCE_OFFICER,
        "set_hours": Role.COMPLIANCE_OFFICER,
        "require_venues": Role.COMPLIANCE_OFFICER,
        "set_venue": Role.COMPLIANCE_OFFICER,
        "lock_up": Role.COMPLIANCE_OFFICER,
    },
    "Dividends": {
        "declare": Role.ASSET_MANAGER,
        "set_escheat_account": Role.COUNCIL_CLERK,
    },
    "Enforcement": {
        "propose": Role.ENFORCER,
        "propose_undo": Role.ENFORCER,
        "execute": Role.ENFORCER,
        "confirm": Role.COMPLIANCE_OFFICER,
        "freeze": Role.COMPLIANCE_OFFICER,
        "release": Role.COMPLIANCE_OFFICER,
        "freeze_part": Role.COMPLIANCE_OFFICER,
        "cancel": Role.GUARDIAN,
    },
    "IdentityRegistry": {
        "register": Role.COMPLIANCE_OFFICER,
        "set_eligibility": Role.COMPLIANCE_OFFICER,
        "withdraw_vouch": Role.COMPLIANCE_OFFICER,
        "registerIdentity": Role.COMPLIANCE_OFFICER,
        "batchRegisterIdentity": Role.COMPLIANCE_OFFICER,
        "updateCountry": Role.COMPLIANCE_OFFICER,
        "updateIdentity": Role.COMPLIANCE_OFFICER,
        "deleteIdentity": Role.COMPLIANCE_OFFICER,
        "revoke_claim_of": Role.COMPLIANCE_OFFICER,
        "revoke_all_claims_of": Role.COMPLIANCE_OFFICER,
        "call_off_recovery": Role.COMPLIANCE_OFFICER,
        "announce_recovery": Role.ENFORCER,
        "recover_wallet": Role.ENFORCER,
        "addTrustedIssuer": Role.COUNCIL_CLERK,
        "removeTrustedIssuer": Role.COUNCIL_CLERK,
        "updateIssuerClaimTopics": Role.COUNCIL_CLERK,
        "addClaimTopic": Role.COUNCIL_CLERK,
        "removeClaimTopic": Role.COUNCIL_CLERK,
    },
    "IncomeDesk": {
        "settle": ADMITTED,
        "settle_dividend": Role.DIVIDENDS,
        "remit": Role.CASHIER,
        "set_payee": Role.COUNCIL_CLERK,
        "set_tax_table": Role.COUNCIL_CLERK,
        "post_root": Role.AUDITOR,
    },
    "DebtTerms": {
        "set_terms": Role.ASSET_MANAGER,
    },
    "Lease": {
        "sign": Role.ASSET_MANAGER,
        "terminate": Role.ASSET_MANAGER,
        "draw_deposit": Role.ASSET_MANAGER,
        "record_vacancy": Role.ASSET_MANAGER,
        "hold_rent": Role.RENT_ESCROW,
        "pause": Role.GUARDIAN,
        "unpause": Role.CHAIN_ENGINEER,
    },
    "LeaseTender": {
        "open": Role.ASSET_MANAGER,
        "cancel": Role.COUNCIL_CLERK,
        "pause": Role.GUARDIAN,
        "unpause": Role.CHAIN_ENGINEER,
    },
    "LeaseDeposits": {"book": Role.LEASE, "draw": Role.LEASE, "credit": Role.LEASE},
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
    "RevenueSplitter": {
        "date_income": Role.LEASE,
        "schedule_rules": Role.TREASURER,
        "cancel_rules": Role.TREASURER,
        "free_reserve": Role.TREASURER,
        "draw_reserve": Role.CASHIER,
    },
    "SecurityToken": {
        "mint": Role.ASSET_MANAGER,
        "batchMint": Role.ASSET_MANAGER,
        "setAddressFrozen": Role.COMPLIANCE_OFFICER,
        "batchSetAddressFrozen": Role.COMPLIANCE_OFFICER,
        "setFrozenTokens": Role.COMPLIANCE_OFFICER,
        "freezePartialTokens": Role.COMPLIANCE_OFFICER,
        "unfreezePartialTokens": Role.COMPLIANCE_OFFICER,
        "batchFreezePartialTokens": Role.COMPLIANCE_OFFICER,
        "batchUnfreezePartialTokens": Role.COMPLIANCE_OFFICER,
        "freeze_until": Role.COMPLIANCE_OFFICER,
        "forcedTransfer": AGENT,
        "batchForcedTransfer": AGENT,
        "burn": AGENT,
        "batchBurn": AGENT,
        "recoveryAddress": AGENT,
        "move_by_order": ENFORCEMENT,
        "approve_by_signature": EXTENSION,
        "move_by_signature": EXTENSION,
        "log_cancellation": EXTENSION,
        "schedule_record": Role.ASSET_MANAGER,
        "set_income_desk": ADMIN_ELSEWHERE,
        "addAgent": ADMIN_ELSEWHERE,
        "removeAgent": ADMIN_ELSEWHERE,
        "set_mandate": ADMIN_ELSEWHERE,
        "setName": ADMIN_ELSEWHERE,
        "setSymbol": ADMIN_ELSEWHERE,
        "setOnchainID": ADMIN_ELSEWHERE,
        "setIdentityRegistry": ADMIN_ELSEWHERE,
        "setCompliance": ADMIN_ELSEWHERE,
        "pause": Role.GUARDIAN,
        "unpause": Role.CHAIN_ENGINEER,
    },
    "RentEscrow": {
        "book": Role.LEASE,
        "propose": Role.ENFORCER,
        "pay_receiver": Role.ENFORCER,
        "confirm": Role.COMPLIANCE_OFFICER,
        "lift": Role.COMPLIANCE_OFFICER,
    },
    "RentTable": {
        "publish": Role.AUDITOR,
        "set_tariff": Role.COUNCIL_CLERK,
        "set_permit": Role.COUNCIL_CLERK,
    },
    "SplitterFactory": {"create_splitter": Role.ASSET_MANAGER},
    "TaxTable": {
        "set_rule": Role.COUNCIL_CLERK,
        "file_form": Role.COMPLIANCE_OFFICER,
    },
    "Timelock": {
        "schedule": COUNCIL,
        "cancel": COUNCIL,
        "execute": COUNCIL,
        "accept_admin": COUNCIL,
        "update_delay": TIMELOCK,
        "transfer_council": TIMELOCK,
    },
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
    "Timelock": {"accept_council": "by the candidate that an operation named"},
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
    "IdentityRegistry": {
        "onboard": "the issuer's and the wallet's signatures count, not who hands them in",
        "file_claims": "the issuers' signatures count, not who hands them in",
        "refresh": "has one outcome, whoever asks",
        "onboard_batch": "of the caller's own claims, as a trusted issuer",
        "revoke_claim": "of the caller's own claims",
        "revoke_all_claims": "of the caller's own claims",
        "bind_wallet": "to the caller's own investor, by the new wallet's signature",
        "unbind_wallet": "of the caller's own wallet",
        "object_to_recovery": "by a wallet of the same investor",
        "setIdentityRegistryStorage": "refused to everybody",
        "setClaimTopicsRegistry": "refused to everybody",
        "setTrustedIssuersRegistry": "refused to everybody",
    },
    "Compliance": {
        "bindToken": "of the caller itself, whose holders nobody else asks for",
        "recount": "counts wallets as the identity registry has them now",
    },
    "Dividends": {
        "claim": "pays a holder its own part, whoever asks",
        "claim_for": "as claim",
        "follow_order": "the order that was carried out says who gets what",
        "note_deemed_payment": "has one outcome, whoever asks",
        "escheat": "moves money to the council's account only, after the deadline",
        "give_back": "takes the caller's own money in",
    },
    "IncomeDesk": {"admit": "the asset register says which tokens are the city's"},
    "Lease": {
        "pay": "anybody may pay a tenant's rent, out of its own pocket",
        "pay_and_distribute": "as pay, and distribute is open to all",
        "pay_deposit": "as pay",
        "declare_default": "says what the terms, the time and the payments say",
        "settle": "has one outcome, whoever asks",
    },
    "LeaseTender": {
        "commit": "anybody may bid",
        "reveal": "of the caller's own bid",
        "accept": "by the winner",
        "conclude": "by the lease that the city signed",
        "refund": "of the caller's own deposit",
        "forfeit": "moves money to the asset's own splitter only",
    },
    "RentEscrow": {"release": "moves money to the asset's own splitter only"},
    "LeaseDeposits": {
        "withdraw": "of the caller's own credit",
        "release": "pays a tenant its own credit, whoever asks",
    },
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
        "begin_rules": "has one outcome, whoever asks",
    },
    "SplitterFactory": {"create_rules": "rules bind nobody until a treasurer schedules them"},
    "SplitterRules": {},
    "SecurityToken": {
        "transfer": "of the holder's own units, between verified investors",
        "transferFrom": "by allowance, between verified investors",
        "batchTransfer": "as transfer",
        "strike_agent": "strikes only whom the Authority calls an enforcer no more",
        "approve": "of the holder's own units",
        "deposit_income": "takes the caller's own money in",
        "claim_income": "pays a holder its own income, whoever asks",
    },
    "TokenExtension": {
        "permit": "by the holder's signature",
        "transferWithAuthorization": "by the holder's signature",
        "receiveWithAuthorization": "by the holder's signature",
        "cancelAuthorization": "by the holder's signature",
        "transferOwnership": "refused to everybody",
        "setDocument": "refused to everybody",
        "removeDocument": "refused to everybody",
    },
    "Treasury": {"deposit_income": "takes the caller's own money in"},
}

# From the first test on: Ape wants wide fixtures before narrow ones.
pytestmark = pytest.mark.usefixtures("instances", "people")

CONTRACTS = [source.path.stem for source in DEPLOYABLE]
GATED_FUNCTIONS = [(contract, name) for contract, names in GATED.items() for name in names]
OPEN_FUNCTIONS = [(contract, name) for contract, names in OPEN.items() for name in names]

# Who has a duty that is not a role of its own.
SAME = {ADMIN_ELSEWHERE: COUNCIL, AGENT: Role.ENFORCER, ADMITTED: TOKEN}
# Enforcement freezes, for reasons on file, by the compliance officers' role.
ALSO = {Role.COMPLIANCE_OFFICER: (ENFORCEMENT,)}
REASONS = {
    COUNCIL: "access_control: account is missing role",
    CREDIT: "retirement_certificate: only credit",
    REGISTRY: "carbon_credit: only issuer",
    AGENT: "agents: no mandate",
    TIMELOCK: "timelock: only by an operation",
    ENFORCEMENT: "security_token: only enforcement",
    EXTENSION: "security_token: only extension",
    TOKEN: "holder_counts: not bound",
    ADMITTED: "income_desk: caller not admitted",
    **dict.fromkeys([*Role, ADMIN_ELSEWHERE], "authorized: missing role"),
}

# Also said to whom nothing is forbidden, of a token that is not counted.
OF_ROLES = set(REASONS.values()) - {REASONS[TOKEN]}


@pytest.fixture(scope="module")
def instances(city, register_asset, create_token, create_splitter, council, stranger):
    """Contract -> the one of the city, or the first of its kind."""
    asset_id = register_asset("parcel of the matrix")
    splitter = create_splitter(asset_id, [(stranger, 10_000, bytes(32))])
    token = create_token(asset_id)
    city.income_desk.admit(asset_id, sender=stranger)
    timelock = stranger.deploy(project.Timelock, city.authority, 3_600, council)
    return {
        **dict(city.contracts()),
        "SecurityToken": token,
        "Timelock": timelock,
        "RevenueSplitter": splitter,
        "SplitterRules": contract_at(project.SplitterRules, splitter.rules()),
    }


@pytest.fixture(scope="module")
def people(city, instances, accounts, council, enforcer, stranger, deployer, params):
    """Duty -> who has this one and no other."""
    holders = {
        role: accounts[int(params.roles[role.name][0].removeprefix("test:"))]
        for role in Role
        if role not in OF_CONTRACTS
    }
    token = instances["SecurityToken"]
    token.setCompliance(city.compliance, sender=council)
    token.addAgent(enforcer, sender=council)
    token.set_mandate(enforcer, 10, 2**39, sender=council)
    return {
        **holders,
        Role.TOKEN_FACTORY: accounts.impersonate_account(city.token_factory.address),
        Role.LEASE: accounts.impersonate_account(city.lease.address),
        Role.RENT_ESCROW: accounts.impersonate_account(city.rent_escrow.address),
        Role.DIVIDENDS: accounts.impersonate_account(city.dividends.address),
        COUNCIL: council,
        CREDIT: accounts.impersonate_account(city.carbon_credit.address),
        ENFORCEMENT: accounts.impersonate_account(city.enforcement.address),
        TIMELOCK: accounts.impersonate_account(instances["Timelock"].address),
        TOKEN: accounts.impersonate_account(token.address),
        EXTENSION: accounts.impersonate_account(city.token_extension.address),
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
            if duty not in (role, SAME.get(role), *ALSO.get(role, ())):
                with ape.reverts(REASONS[role]):
                    getattr(called, name)(*arguments, sender=person)

    assert state_of(called) == before


@pytest.mark.parametrize(("contract", "name"), GATED_FUNCTIONS)
def test_lets_the_holder_of_the_role_through(instances, people, stranger, contract, name):
    """Whatever else it may object to."""
    called, role = instances[contract], GATED[contract][name]
    for method in variants(contract, name):
        arguments = [dummy(each, stranger.address) for each in method.inputs]

        caller = people[SAME.get(role, role)]
        receipt = getattr(called, name)(*arguments, sender=caller, raise_on_revert=False)

        assert not receipt.failed or receipt.error.revert_message not in OF_ROLES


@pytest.mark.parametrize(("contract", "name"), OPEN_FUNCTIONS)
def test_asks_nobody_for_a_role_where_none_is_needed(instances, stranger, contract, name):
    called = instances[contract]
    for method in variants(contract, name):
        arguments = [dummy(each, stranger.address) for each in method.inputs]

        receipt = getattr(called, name)(*arguments, sender=stranger, raise_on_revert=False)

        assert not receipt.failed or receipt.error.revert_message not in OF_ROLES


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
    if contract in ("SplitterRules", "TokenExtension"):  # data alone; holders sign
        assert "authority" not in project.contracts[contract].contract_type.view_methods
    elif contract == "Authority":
        assert instances[contract].admin() == city.authority.admin()
    else:
        assert instances[contract].authority() == city.authority


@pytest.mark.parametrize("role", Role)
def test_leaves_each_duty_to_one_key_and_nothing_to_the_deployer(city, people, role):
    has = {duty for duty, person in people.items() if city.authority.hasRole(role.id, person)}

    assert has == {role, *ALSO.get(role, ())}
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

    assert {method.stateMutability for method in changing(contract)} <= {"nonpayable"}
    assert contract_type.constructor.stateMutability == "nonpayable"
    assert contract_type.receive is None
    if contract == "SecurityToken":  # passes calls on to its extension
        assert contract_type.fallback.stateMutability == "nonpayable"
    else:
        assert contract_type.fallback is None
