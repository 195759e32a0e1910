"""Deploys and wires a city; a journal and a record of each step let a broken run go on.

The deployer is the Authority's first admin: it grants the roles of the parameters and names the
council, or the timelock behind which it decides, as its successor. It never holds a role of its
own, and none at all once the council has accepted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ape import accounts, chain, project
from ape.api import AccountAPI, ReceiptAPI, TransactionAPI
from ape.contracts import ContractInstance
from eth_utils.address import is_address, is_checksum_address, to_checksum_address
from eth_utils.crypto import keccak

from civitas.chain.address_book import AddressBook, Record
from civitas.chain.city import BLUEPRINTS, TIMELOCK, City, contract_at
from civitas.chain.journal import Journal
from civitas.chain.outbox import Outbox, Sender
from civitas.chain.parameters import Parameters
from civitas.chain.roles import ADMIN, SEPARATED, Role
from civitas.chain.sources import COMPILER, OPTIMIZE, creation_code, evm_version
from civitas.errors import CivitasError
from civitas.profiles import Profile
from civitas.source import commit_of

Say = Callable[[str], None]

HOUR, DAY = 3_600, 86_400  # {s}
JOURNAL = "journal.jsonl"  # in the folder of the address book
_SOME_GAS = 1_000_000  # so that Ape does not estimate before the step's turn
ZERO_ADDRESS = "0x" + "00" * 20
NO_CODE = "0x" + keccak(b"").hex()
UNIDENTIFIED_CLASS = 256  # of the tax table: whom no investor stands behind


class WrongDeployment(CivitasError):
    """What is on the chain is not what was asked for; the message names it."""


def name32(text: str) -> bytes:
    """A short ASCII name as bytes32, as the directory, funds and classes use it."""
    raw = text.encode("ascii")
    if not 0 < len(raw) <= 32:
        raise CivitasError(f"{text!r} must have 1 to 32 ASCII characters")
    return raw.ljust(32, b"\0")


def address_of(account: str) -> str:
    """The address of an account in the parameters: itself, or the test account it names.

    Raises CivitasError for a test account on a network of others, and for a wrong checksum.
    """
    if account.startswith("test:"):
        index = int(account.removeprefix("test:"))
        if not chain.provider.network.is_local:
            raise CivitasError(f"{account} is a test account; on this network give an address")
        return str(accounts.test_accounts[index].address)
    if not is_address(account) or (account != account.lower() and not is_checksum_address(account)):
        raise CivitasError(f"{account} is no address, or its checksum is wrong: was it mistyped?")
    return str(to_checksum_address(account))


@dataclass(frozen=True)
class Deployer:
    """Deploys what the book does not have yet, and takes from it what it has."""

    outbox: Sender
    book: AddressBook
    params: Path
    say: Say

    def contract(self, name: str, *arguments: Any, kind: str | None = None) -> ContractInstance:
        """A contract of the project; `kind` is its source name where `name` differs.

        Raises WrongDeployment when a record does not fit the chain or the arguments.
        """
        container = project.contracts[kind or name]
        address = self._recorded(name, arguments)
        if address is None:
            address = self._deploy(name, kind or name, container(*arguments), arguments)
        return contract_at(container, address)

    def blueprint(self, name: str) -> str:
        """An ERC-5202 blueprint of a contract of the project; its address."""
        title = f"{name}Blueprint"
        if address := self._recorded(title, ()):
            return address
        ecosystem = chain.provider.network.ecosystem
        contract_type = project.contracts[name].contract_type
        return self._deploy(title, name, ecosystem.encode_contract_blueprint(contract_type), ())

    def call(self, step: str, method: Any, *arguments: Any, shown: tuple[Any, ...]) -> ReceiptAPI:
        """Send one call; `shown` is its arguments as people read them."""
        transaction = method.as_transaction(
            *arguments, sender=self.outbox.account.address, gas=_SOME_GAS
        )
        transaction.gas_limit = None  # estimated when it is sent
        return self.outbox.send(step, transaction, shown, is_once=False)

    def _recorded(self, name: str, arguments: tuple[Any, ...]) -> str | None:
        record = self.book.get(name)
        if record is None:
            return None
        if self.outbox.ask(lambda: code_hash(record.address)) != record.code_hash:
            raise WrongDeployment(
                f"{name}: the code at {record.address} is not the recorded one; "
                f"is {self.book.folder} of another network? "
                f"Remove its records and {JOURNAL} to start anew"
            )
        if record.creation_hash != creation_hash(record.contract):
            raise WrongDeployment(
                f"{name}: was made from other sources than these; go on with commit "
                f"{record.commit}, or put a successor in its place with `ape run replace`"
            )
        # What was replaced since is recorded under the address of then.
        if tuple(map(self.book.follow, record.arguments)) != as_text(arguments):
            raise WrongDeployment(
                f"{name}: recorded with other arguments than {self.params} gives now; "
                "a deployed contract can't be changed, only replaced"
            )
        self.say(f"{name:<28} {record.address}  as recorded")
        return record.address

    def _deploy(
        self, name: str, kind: str, transaction: TransactionAPI, arguments: tuple[Any, ...]
    ) -> str:
        receipt = self.outbox.send(name, transaction, arguments, is_once=True)
        address = str(receipt.contract_address)
        found = self.outbox.ask(lambda: code_hash(address))
        if found == NO_CODE:
            raise WrongDeployment(
                f"{name}: the node shows no code at {address} yet; run the command again"
            )
        self.book.put(
            name,
            Record(
                contract=kind,
                address=address,
                transaction=receipt.txn_hash,
                block=receipt.block_number,
                deployer=str(self.outbox.account.address),
                arguments=as_text(arguments),
                code_hash=found,
                creation_hash=creation_hash(kind),
                compiler=COMPILER,
                evm_version=evm_version(),
                optimize=OPTIMIZE,
                commit=commit_of(project.path),
                params=self.params.as_posix(),
            ),
        )
        size = self.outbox.ask(lambda: len(chain.provider.get_code(address)))
        self.say(f"{name:<28} {address}  {receipt.gas_used:>9,} gas  {size:>6,} bytes")
        return address


def creation_hash(contract: str) -> str:
    """keccak256 of what creates a contract from the sources here, without arguments, as 0x text."""
    return "0x" + keccak(creation_code(contract)).hex()


def code_hash(address: str) -> str:
    """keccak256 of the code at an address, as 0x text."""
    return "0x" + keccak(bytes(chain.provider.get_code(address))).hex()


def deploy_city(
    params: Path, book: AddressBook, account: AccountAPI, say: Say = lambda line: None
) -> City:
    """Deploy what is missing, grant the roles, and name the council, or its timelock, as admin.

    Raises InputErrors for bad parameters before anything is sent, WrongDeployment, and Stuck when
    the chain takes too long; the same call goes on then.
    """
    journal = Journal(book.folder / JOURNAL)
    with journal.alone():
        return deploy_through(params, book, Outbox(account, journal, say), say)


def deploy_through(params: Path, book: AddressBook, outbox: Sender, say: Say) -> City:
    """`deploy_city` with an outbox of the caller's choice, or with a rehearsal."""
    parameters = Parameters.read(params)
    profile = parameters.load_profile(params)
    council = address_of(parameters.council)
    holders = {
        role: tuple(address_of(each) for each in parameters.roles.get(role.name, ()))
        for role in Role
    }
    deployer_address = outbox.account.address
    if deployer_address == council or any(deployer_address in held for held in holders.values()):
        raise CivitasError(f"{deployer_address} deploys, so it can be neither council nor a role")

    require_timelock(parameters)
    deployer = Deployer(outbox, book, params, say)
    city = _deploy_contracts(parameters, profile, deployer)
    _grant_roles(city, holders, deployer)
    named = outbox.ask(lambda: (city.authority.admin(), city.authority.pending_admin()))
    successor = council if city.timelock is None else city.timelock.address
    if successor not in named:
        deployer.call(
            "name the council", city.authority.transfer_admin, successor, shown=(successor,)
        )
        asked = city.authority if city.timelock is None else city.timelock
        say(f"named {successor} as admin; {council} must call accept_admin() on {asked.address}")
    return city


def require_timelock(parameters: Parameters) -> None:
    """Raises CivitasError where the council's decisions would not wait although others look on."""
    if parameters.timelock is None and not chain.provider.network.is_local:
        raise CivitasError(
            "timelock.delay_hours is missing: on this network what the council decides must wait"
        )


def accept_admin(city: City, council: AccountAPI) -> None:
    """Complete the hand-over, where the council's key is at hand."""
    (city.timelock or city.authority).accept_admin(sender=council)


def _deploy_contracts(parameters: Parameters, profile: Profile, deployer: Deployer) -> City:
    currency = profile.currency
    if parameters.payment_token == "mock":
        title = f"Test {currency.symbol}"
        payment_token = deployer.contract(
            "PaymentToken", title, f"t{currency.symbol}", currency.decimals, kind="MockPaymentToken"
        )
    else:
        payment_token = _existing_token(parameters.payment_token, profile)
    authority = deployer.contract(
        "Authority", [(first.id, second.id) for first, second in SEPARATED]
    )
    asset_registry = deployer.contract(
        "AssetRegistry",
        authority.address,
        parameters.uris.deeds,
        [
            (name32(each.code), each.is_tokenisable, each.is_leasable)
            for each in profile.property_classes
        ],
        profile.required_proofs_bits,
        keccak(text=parameters.classes_resolution),
    )
    given = replaceable_arguments(parameters, profile, authority.address, asset_registry.address)
    appraisals = deployer.contract("Appraisals", *given["Appraisals"])
    identity_registry = deployer.contract(
        "IdentityRegistry",
        authority.address,
        list(parameters.claim_topics),
        parameters.recovery_window_days * DAY,
    )
    blueprints = {name: deployer.blueprint(name) for name in BLUEPRINTS}
    orders = parameters.orders
    enforcement = deployer.contract(
        "Enforcement",
        authority.address,
        orders.delay_days * DAY,
        orders.lifetime_days * DAY,
        orders.undo_days * DAY,
    )
    compliance = deployer.contract("Compliance", *given["Compliance"])
    token_extension = deployer.contract("TokenExtension")
    token_factory = deployer.contract(
        "TokenFactory",
        authority.address,
        blueprints["SecurityToken"],
        asset_registry.address,
        identity_registry.address,
        enforcement.address,
        token_extension.address,
    )
    debt_terms = deployer.contract("DebtTerms", authority.address, token_factory.address)
    splitter_factory = deployer.contract(
        "SplitterFactory",
        authority.address,
        blueprints["RevenueSplitter"],
        blueprints["SplitterRules"],
        asset_registry.address,
        profile.utc_offset_minutes,
        profile.splitter_rules.notice_days,
    )
    rent_table = deployer.contract(
        "RentTable",
        authority.address,
        profile.utc_offset_minutes,
        [(name32(each.use), each.words) for each in profile.tariffs],
        [
            (name32(each.code), each.permit_months)
            for each in profile.property_classes
            if each.permit_months
        ],
        keccak(text=parameters.rents_resolution),
    )
    lease_deposits = deployer.contract("LeaseDeposits", authority.address, payment_token.address)
    lease = deployer.contract(
        "Lease",
        authority.address,
        payment_token.address,
        asset_registry.address,
        splitter_factory.address,
        appraisals.address,
        rent_table.address,
        lease_deposits.address,
        profile.utc_offset_minutes,
    )
    rent_escrow = deployer.contract(
        "RentEscrow", authority.address, payment_token.address, splitter_factory.address
    )
    lease_tender = deployer.contract("LeaseTender", authority.address, lease.address)
    treasury = deployer.contract(
        "Treasury",
        authority.address,
        [(name32(fund.name), fund.is_restricted) for fund in parameters.funds],
    )
    tax_table = deployer.contract("TaxTable", *given["TaxTable"])
    income_desk = deployer.contract(
        "IncomeDesk",
        authority.address,
        asset_registry.address,
        identity_registry.address,
        tax_table.address,
    )
    dividends = deployer.contract(
        "Dividends",
        authority.address,
        income_desk.address,
        identity_registry.address,
        enforcement.address,
        treasury.address,
        name32(parameters.income_fund),
    )
    meter_registry = deployer.contract("MeterRegistry", *given["MeterRegistry"])
    carbon_registry = deployer.contract(
        "CarbonRegistry",
        authority.address,
        asset_registry.address,
        identity_registry.address,
        blueprints["CarbonCredit"],
        blueprints["RetirementCertificate"],
        parameters.uris.credits,
        parameters.uris.certificates,
        parameters.carbon_signatures,
    )
    carbon_credit = contract_at(project.CarbonCredit, carbon_registry.CREDIT())
    certificate = contract_at(project.RetirementCertificate, carbon_credit.certificate())
    entries = {
        "PaymentToken": payment_token,
        "Authority": authority,
        "AssetRegistry": asset_registry,
        "Appraisals": appraisals,
        "IdentityRegistry": identity_registry,
        "Enforcement": enforcement,
        "Compliance": compliance,
        "TokenExtension": token_extension,
        "TokenFactory": token_factory,
        "DebtTerms": debt_terms,
        "SplitterFactory": splitter_factory,
        "RentTable": rent_table,
        "LeaseDeposits": lease_deposits,
        "Lease": lease,
        "RentEscrow": rent_escrow,
        "LeaseTender": lease_tender,
        "Treasury": treasury,
        "TaxTable": tax_table,
        "IncomeDesk": income_desk,
        "Dividends": dividends,
        "MeterRegistry": meter_registry,
        "CarbonRegistry": carbon_registry,
        "CarbonCredit": carbon_credit,
        "RetirementCertificate": certificate,
    }
    timelock = None
    if parameters.timelock is not None:
        timelock = deployer.contract(
            TIMELOCK,
            authority.address,
            parameters.timelock.delay_hours * HOUR,
            address_of(parameters.council),
        )
        entries[TIMELOCK] = timelock
    directory = deployer.contract(
        "CityDirectory",
        authority.address,
        [(name32(name), contract.address) for name, contract in entries.items()],
    )
    return City(
        payment_token=payment_token,
        authority=authority,
        asset_registry=asset_registry,
        appraisals=appraisals,
        identity_registry=identity_registry,
        enforcement=enforcement,
        compliance=compliance,
        token_extension=token_extension,
        token_factory=token_factory,
        debt_terms=debt_terms,
        splitter_factory=splitter_factory,
        rent_table=rent_table,
        lease_deposits=lease_deposits,
        lease=lease,
        rent_escrow=rent_escrow,
        lease_tender=lease_tender,
        treasury=treasury,
        tax_table=tax_table,
        income_desk=income_desk,
        dividends=dividends,
        meter_registry=meter_registry,
        carbon_registry=carbon_registry,
        directory=directory,
        timelock=timelock,
    )


def replaceable_arguments(
    parameters: Parameters, profile: Profile, authority: str, asset_registry: str
) -> dict[str, tuple[Any, ...]]:
    """Constructor's arguments of those contracts that a successor can take the place of."""
    limits = profile.appraisals
    return {
        "Appraisals": (
            authority,
            asset_registry,
            (limits.quorum, limits.spread_bps, limits.deviation_bps, limits.max_age_days * DAY),
            keccak(text=parameters.classes_resolution),
        ),
        "Compliance": (authority, profile.utc_offset_minutes),
        "MeterRegistry": (authority, asset_registry),
        "TaxTable": (
            authority,
            profile.currency.decimals,
            withholding_rules(profile),
            keccak(text=parameters.tax_resolution),
        ),
    }


def withholding_rules(profile: Profile) -> list[tuple[int, int, bool, tuple[int, ...]]]:
    """A profile's rules as the tax table takes them: days begin at the city's own midnight."""
    classes = {each.code: number for number, each in enumerate(profile.investor_classes)}
    rules: list[tuple[int, int, bool, tuple[int, ...]]] = []
    for rule in profile.withholding:
        rules.append(
            (
                classes.get(rule.investor_class, UNIDENTIFIED_CLASS),
                rule.country,
                rule.is_treaty,
                (
                    profile.clock.midnight(rule.effective_from),
                    rule.national_bps,
                    rule.local_bps,
                    rule.threshold_micro,
                    rule.quantum_micro,
                ),
            )
        )
    return rules


def _existing_token(address: str, profile: Profile) -> ContractInstance:
    token = contract_at(project.MockPaymentToken, address_of(address))
    decimals = token.decimals()
    if decimals != profile.currency.decimals:
        raise CivitasError(
            f"payment_token {address} has {decimals} decimals, "
            f"the profile's {profile.currency.symbol} has {profile.currency.decimals}"
        )
    return token


def _grant_roles(city: City, holders: dict[Role, tuple[str, ...]], deployer: Deployer) -> None:
    wanted = {
        **holders,
        Role.COMPLIANCE_OFFICER: (*holders[Role.COMPLIANCE_OFFICER], city.enforcement.address),
        Role.TOKEN_FACTORY: (city.token_factory.address,),
        Role.LEASE: (city.lease.address,),
        Role.RENT_ESCROW: (city.rent_escrow.address,),
        Role.DIVIDENDS: (city.dividends.address,),
    }
    authority, ask = city.authority, deployer.outbox.ask
    account = deployer.outbox.account.address
    pairs = [(role, address) for role, addresses in wanted.items() for address in addresses]
    # First of all: who hands a duty on may be given one that must stay apart from it.
    for role, address in ask(
        partial(held_roles, authority, deployer.book.require("Authority").block)
    ):
        if (role, address) in pairs:
            continue
        if not ask(lambda: authority.hasRole(ADMIN, account)):
            raise WrongDeployment(
                f"{address} holds {role.name}, which {deployer.params} does not name, and "
                f"{account} is no longer admin: the council must revoke it"
            )
        deployer.call(
            f"revoke {role.name} {address}",
            authority.revokeRole,
            role.id,
            address,
            shown=(role.name, address),
        )
        deployer.say(f"revoked {role.name:<20} {address}")
    for role, address in pairs:
        if ask(partial(authority.hasRole, role.id, address)):
            continue
        if not ask(lambda: authority.hasRole(ADMIN, account)):
            raise WrongDeployment(
                f"{address} lacks {role.name}, and {account} is no longer admin: "
                "the council must grant it"
            )
        deployer.call(
            f"grant {role.name} {address}",
            authority.grantRole,
            role.id,
            address,
            shown=(role.name, address),
        )
        deployer.say(f"granted {role.name:<20} {address}")


def held_roles(authority: ContractInstance, start: int) -> list[tuple[Role, str]]:
    """Every role that somebody holds, by what was ever granted."""
    by_id = {role.id: role for role in Role}
    stop = chain.blocks.head.number + 1
    granted = [
        (by_id[bytes(log.role)], str(log.account))
        for log in authority.RoleGranted.range(start, stop)
        if bytes(log.role) in by_id
    ]
    return [
        (role, address)
        for role, address in dict.fromkeys(granted)
        if authority.hasRole(role.id, address)
    ]


def as_text(arguments: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(text_of(each) for each in arguments)


def text_of(value: Any) -> str:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(text_of(each) for each in value) + "]"
    return str(value)
