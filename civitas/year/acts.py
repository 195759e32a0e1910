"""The acts of a city year. Each is a small function over `Year`; together they are the demo.

Nothing here is random: the same files give the same transactions.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta

from ape import chain
from ape.api import AccountAPI
from ape.contracts import ContractInstance
from ape.exceptions import ContractLogicError
from eth_utils.crypto import keccak

from civitas.carbon.measure import Methodology, Reading, measure
from civitas.chain.carbon import issue, native_issuance, readings_of, record_readings
from civitas.chain.city import City
from civitas.chain.deploy import name32
from civitas.chain.leases import day_number, draft_of
from civitas.chain.refusals import reason_of
from civitas.errors import CivitasError
from civitas.inventory import Asset, Investor, Lease
from civitas.inventory.register import parcel_key, record_of
from civitas.year.plan import YearPlan

ASSETS_PER_BATCH = 40  # of the registry's 64, to stay far below a block's gas
APPRAISALS_PER_BATCH = 50
PROOFS_PER_BATCH = 60
INVESTORS_PER_BATCH = 80
BPS = 10_000
# Of the registered units this part is handed out; the rest stays unissued with the city.
ISSUED_BPS = 8_000
HOLDERS_PER_TOKEN = 6
TONNE = 10**8
# What the samples' meters read: {kWh/m2 a year} of a plant's area.
GENERATION_KWH_PER_M2 = 40
METHODOLOGY = "GRID-RENEWABLE"
HOLDERS_PURPOSE = name32("HOLDERS")


@dataclass(frozen=True)
class Keys:
    """Who signs what."""

    council: AccountAPI
    asset_manager: AccountAPI
    council_clerk: AccountAPI
    appraisers: tuple[AccountAPI, ...]
    compliance_officer: AccountAPI
    esg_officer: AccountAPI
    carbon_verifiers: tuple[AccountAPI, ...]
    guardian: AccountAPI
    chain_engineer: AccountAPI
    crowd: tuple[AccountAPI, ...]  # investors, tenants and others, in this order


@dataclass(frozen=True)
class Refusal:
    """A transfer that was tried and refused: what the pre-check said, and what the chain said."""

    what: str
    asset: str
    code: int
    reason: str  # the token's sentence for the code
    error: str  # the decoded revert


@dataclass
class Year:
    """The state of a year as it goes: what was read, what is on the chain, who is who."""

    plan: YearPlan
    city: City
    keys: Keys
    income_fund: bytes
    asset_ids: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, ContractInstance] = field(default_factory=dict)
    splitters: dict[str, ContractInstance] = field(default_factory=dict)
    holders: dict[str, list[AccountAPI]] = field(default_factory=dict)
    investors: dict[str, AccountAPI] = field(default_factory=dict)
    tenants: dict[str, AccountAPI] = field(default_factory=dict)
    lease_ids: dict[str, int] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    certificate_ids: list[int] = field(default_factory=list)
    batch_ids: list[int] = field(default_factory=list)

    @property
    def stranger(self) -> AccountAPI:
        """Somebody who is not registered anywhere."""
        return self.keys.crowd[-1]

    @property
    def meter(self) -> AccountAPI:
        """The key inside the plants' meters: nobody's who holds anything."""
        return self.keys.crowd[-1]


def moment(year: Year, day: date, hour: int = 12) -> int:
    """Unix time of an hour of a local day."""
    return year.plan.profile.clock.hour(day, hour)


def go_to(year: Year, day: date, hour: int = 12) -> None:
    """Let the next block fall on an hour of a local day. Raises CivitasError to go back."""
    target = moment(year, day, hour)
    now = chain.blocks.head.timestamp
    if target <= now:
        at = datetime.fromtimestamp(now, UTC).date()
        raise CivitasError(
            f"the chain's clock is at {at}, past {day}: use a network with a clock of its own "
            "(ethereum:local:revm)"
        )
    chain.pending_timestamp = target


def lease_hash(lease: Lease) -> bytes:
    """Hash of the off-chain record that stands behind a lease."""
    return keccak(text=json.dumps(asdict(lease), default=str, sort_keys=True))


def last_day(year: int, month: int) -> date:
    """The last day of a month."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


# --- the acts


def register_assets(year: Year) -> None:
    """Write a deed for every asset of the inventory, in batches."""
    go_to(year, date(year.plan.year - 1, 12, 1))
    registry, assets = year.city.asset_registry, year.plan.inventory.assets
    codes = [each.code for each in year.plan.profile.property_classes]
    for start in range(0, len(assets), ASSETS_PER_BATCH):
        batch = assets[start : start + ASSETS_PER_BATCH]
        records = [
            record_of(asset, codes.index(asset.property_class)).as_tuple() for asset in batch
        ]
        registry.register(year.keys.council, records, sender=year.keys.asset_manager)
    for asset in assets:
        year.asset_ids[asset.ref] = registry.asset_of_parcel(parcel_key(asset.parcel))


def appraise_assets(year: Year) -> None:
    """File each asset's value by as many appraisers as a value needs, good until the end of the
    year after."""
    valued_at = chain.blocks.head.timestamp
    valid_until = end_of_proofs(year)
    assets = year.plan.inventory.assets
    appraisers = year.keys.appraisers[: year.plan.profile.appraisals.quorum]
    for appraiser in appraisers:
        for start in range(0, len(assets), APPRAISALS_PER_BATCH):
            year.city.appraisals.appraise(
                [
                    (
                        year.asset_ids[asset.ref],
                        asset.value,
                        valued_at,
                        valid_until,
                        keccak(text=f"appraisal of {asset.ref}"),
                    )
                    for asset in assets[start : start + APPRAISALS_PER_BATCH]
                ],
                sender=appraiser,
            )


def end_of_proofs(year: Year) -> int:
    """Until when appraisals and proofs of the year are good: the end of the year after."""
    return moment(year, date(year.plan.year + 1, 12, 31))


def file_proofs(year: Year) -> None:
    """File what an offering needs, for every asset that is to be offered."""
    filings = [
        (
            year.asset_ids[asset.ref],
            proof.kind,
            end_of_proofs(year),
            keccak(text=f"{proof} of {asset.ref}"),
        )
        for asset in tokenised(year)
        for proof in year.plan.profile.required_proofs
    ]
    for start in range(0, len(filings), PROOFS_PER_BATCH):
        year.city.asset_registry.file_proofs(
            filings[start : start + PROOFS_PER_BATCH], sender=year.keys.compliance_officer
        )


def onboard_investors(year: Year) -> None:
    """Bind a wallet to each investor, with country, class and expiry."""
    codes = [each.code for each in year.plan.profile.investor_classes]
    people = year.plan.investors
    for investor, wallet in zip(people, year.keys.crowd, strict=False):
        year.investors[investor.ref] = wallet
    for start in range(0, len(people), INVESTORS_PER_BATCH):
        year.city.identity_registry.register(
            [
                (
                    year.investors[each.ref],
                    # The first wallet is the identity: one slot of the registry for both.
                    year.investors[each.ref],
                    each.country,
                    codes.index(each.investor_class),
                    moment(year, each.valid_until, 23),
                )
                for each in people[start : start + INVESTORS_PER_BATCH]
            ],
            sender=year.keys.compliance_officer,
        )


def tokenised(year: Year) -> list[Asset]:
    """The assets whose units the council registers."""
    return [asset for asset in year.plan.inventory.assets if asset.units > 0]


def create_tokens(year: Year) -> None:
    """Register the units that the council resolved, and create a token for each such asset."""
    for asset in tokenised(year):
        asset_id = year.asset_ids[asset.ref]
        year.city.asset_registry.register_units(
            asset_id,
            asset.units,
            keccak(text=f"council resolution {year.plan.year}-{asset_id}"),
            sender=year.keys.council_clerk,
        )
        year.city.token_factory.create_token(
            asset_id,
            f"{year.plan.profile.city} {asset_id}"[:50],
            f"CV{asset_id}",
            0,
            year.city.payment_token,
            sender=year.keys.asset_manager,
        )
        year.tokens[asset.ref] = year.city.token(asset_id)


def hand_out_shares(year: Year) -> None:
    """Issue units of each token to a few investors, in shares of 6 : 5 : 4 and so on."""
    wallets = list(year.investors.values())
    count = min(HOLDERS_PER_TOKEN, len(wallets))
    parts = count * (count + 1) // 2
    for number, asset in enumerate(tokenised(year)):
        token = year.tokens[asset.ref]
        year.holders[asset.ref] = []
        # {unit} = {unit} * {bps} // {bps}, down
        issued = asset.units * ISSUED_BPS // BPS
        for place in range(count):
            wallet = wallets[(number * 5 + place) % len(wallets)]
            # {unit} = {unit} * part // parts, down; what is left stays unissued
            amount = issued * (count - place) // parts
            if amount > 0:
                token.mint(wallet, amount, sender=year.keys.asset_manager)
                year.holders[asset.ref].append(wallet)


def create_splitters(year: Year) -> None:
    """A splitter for each leased asset: holders and treasury by the profile's weights."""
    weights = year.plan.profile.splitter_weights_bps
    cut = year.plan.profile.splitter_rules
    treasury = year.city.treasury.address
    for ref in dict.fromkeys(lease.asset for lease in year.plan.leases):
        payees = [(treasury, BPS, year.income_fund)]
        if year.holders.get(ref):
            payees = [
                (year.tokens[ref].address, weights.holders, HOLDERS_PURPOSE),
                (treasury, weights.treasury, year.income_fund),
            ]
        asset_id = year.asset_ids[ref]
        year.city.splitter_factory.create_splitter(
            asset_id,
            year.city.payment_token,
            (cut.quantum, cut.is_rest_to_first, [], [payee for payee in payees if payee[1] > 0]),
            sender=year.keys.asset_manager,
        )
        year.splitters[ref] = year.city.splitter(asset_id)


def sign_leases(year: Year) -> None:
    """Sign every lease; each tenant pays its deposit and lets the contract take the rent."""
    money, contract = year.city.payment_token, year.city.lease
    crowd = year.keys.crowd[len(year.investors) : -1]
    names = list(dict.fromkeys(lease.tenant for lease in year.plan.leases))
    for index, name in enumerate(names):
        # Where tenants outnumber keys, one key pays for several: anyone may pay a rent.
        year.tenants[name] = crowd[index % len(crowd)]
    for lease in sorted(year.plan.leases, key=lambda each: each.start):
        tenant = year.tenants[lease.tenant]
        contract.sign(
            draft_of(lease, year.plan.profile, year.asset_ids[lease.asset], tenant.address),
            lease_hash(lease),
            sender=year.keys.asset_manager,
        )
        year.lease_ids[lease.ref] = contract.total_leases()
    for tenant in dict.fromkeys(year.tenants.values()):
        money.approve(contract, 2**256 - 1, sender=tenant)
    for lease in year.plan.leases:
        if lease.deposit:
            tenant = year.tenants[lease.tenant]
            money.mint(tenant, lease.deposit, sender=tenant)  # the tenant's own savings
            contract.pay_deposit(year.lease_ids[lease.ref], lease.deposit, sender=tenant)


def collect_rent(year: Year, month: int) -> None:
    """At the month's end each tenant pays what it owes, late fees too; every eleventh is a month
    late in March."""
    money = year.city.payment_token
    go_to(year, last_day(year.plan.year, month))
    chain.mine()
    for index, lease in enumerate(year.plan.leases):
        if month == 3 and index % 11 == 5:
            continue
        owed = sum(year.city.lease.owed(year.lease_ids[lease.ref]))
        if owed == 0:
            continue
        tenant = year.tenants[lease.tenant]
        money.mint(tenant, owed, sender=tenant)  # the tenant's own earnings
        year.city.lease.pay(year.lease_ids[lease.ref], owed, sender=tenant)


def split_revenue(year: Year) -> None:
    """Share out what each splitter received."""
    for splitter in year.splitters.values():
        if splitter.pending() > 0:
            splitter.distribute(sender=year.keys.asset_manager)


def claim_income(year: Year, month: int) -> None:
    """Half of the holders claim in odd months, the other half in even ones."""
    for ref, token in year.tokens.items():
        for place, holder in enumerate(year.holders[ref]):
            if place % 2 == month % 2 and token.claimable(holder) > 0:
                token.claim_income(sender=holder)


def trade(year: Year, month: int) -> None:
    """The largest holder of each token sells a hundredth to the next; expired ones are skipped."""
    for ref, token in list(year.tokens.items())[month % 4 :: 4]:
        if len(year.holders[ref]) < 2:
            continue
        seller, buyer = year.holders[ref][:2]
        amount = token.balanceOf(seller) // 100
        if amount > 0 and token.detectTransferRestriction(seller, buyer, amount) == 0:
            token.transfer(buyer, amount, sender=seller)


def try_refused_transfers(year: Year) -> None:
    """Transfers that must not happen: each is tried, and refused for the reason foretold."""
    traded = [ref for ref in year.tokens if len(year.holders[ref]) >= 2]
    if not traded:
        return
    ref = traded[0]
    token, (holder, other) = year.tokens[ref], year.holders[ref][:2]
    balance = token.balanceOf(holder)
    officer, keys = year.keys.compliance_officer, year.keys
    _try(year, "to somebody who is not an investor", ref, holder, year.stranger, 1)
    _try(year, "of more than the balance", ref, holder, other, balance + 1)
    token.setAddressFrozen(other, True, sender=officer)
    _try(year, "to a frozen account", ref, holder, other, 1)
    token.setAddressFrozen(other, False, sender=officer)
    token.setFrozenTokens(holder, balance, sender=officer)
    _try(year, "of units that are frozen", ref, holder, other, 1)
    token.setFrozenTokens(holder, 0, sender=officer)
    token.pause(sender=keys.guardian)
    _try(year, "while trade is paused", ref, holder, other, 1)
    token.unpause(sender=keys.chain_engineer)
    for sold, seller in _expired_holders(year):
        buyers = [each for each in year.holders[sold] if each != seller]
        _try(year, "by an investor whose verification expired", sold, seller, buyers[0], 1)
        break


def _expired_holders(year: Year) -> Iterator[tuple[str, AccountAPI]]:
    for ref, wallets in year.holders.items():
        for wallet in wallets:
            if len(wallets) > 1 and not year.city.identity_registry.isVerified(wallet):
                yield ref, wallet


def _try(
    year: Year, what: str, ref: str, sender: AccountAPI, receiver: AccountAPI, amount: int
) -> None:
    token = year.tokens[ref]
    code = token.detectTransferRestriction(sender, receiver, amount)
    try:
        token.transfer(receiver, amount, sender=sender)
    except ContractLogicError as error:
        reason = token.messageForTransferRestriction(code)
        year.refusals.append(Refusal(what, ref, code, reason, reason_of(error)))
    else:
        raise CivitasError(f"a transfer {what} went through: {token.address}")


def read_meters(year: Year) -> None:
    """Put a meter on each plant and record what it read in each month of the year."""
    registry, keys, number = year.city.meter_registry, year.keys, year.plan.year
    for asset in _plants(year):
        device = keccak(text=f"meter of {asset.ref}")
        registry.register_device(
            device, year.asset_ids[asset.ref], year.meter, sender=keys.esg_officer
        )
        # {Wh/month} = {0.01 m2} * {kWh/m2} // 100 * {Wh/kWh} // 12, down
        energy = asset.area_dm2 * GENERATION_KWH_PER_M2 * 10 // 12
        readings = [
            Reading(
                device="0x" + device.hex(),
                start=moment(year, date(number, month, 1), 0),
                end=moment(year, last_day(number, month) + timedelta(days=1), 0),
                energy_wh=energy,
            )
            for month in range(1, 13)
        ]
        record_readings(year.city, readings, year.meter, sender=keys.esg_officer)


def issue_and_retire_carbon(year: Year) -> None:
    """Credits for what each plant's meters read, half-yearly; a part is sold and retired."""
    city, keys = year.city, year.keys
    investors = [
        each for each in year.investors.values() if city.identity_registry.isVerified(each)
    ]
    if len(investors) < 2:
        return
    methodology = Methodology.load(METHODOLOGY)
    deadline = moment(year, date(year.plan.year + 1, 1, 31))
    for number, asset in enumerate(_plants(year)):
        asset_id = year.asset_ids[asset.ref]
        city.carbon_registry.register_project(
            asset_id,
            name32(methodology.code),
            year.plan.profile.country,
            0,
            0,
            False,
            sender=keys.esg_officer,
        )
        project_id = city.carbon_registry.total_projects()
        readings = readings_of(city, asset_id)
        owner = investors[number % len(investors)]
        buyer = investors[(number + 1) % len(investors)]
        for first, last in ((1, 6), (7, 12)):
            start = moment(year, date(year.plan.year, first, 1), 0)
            end = moment(year, last_day(year.plan.year, last) + timedelta(days=1), 0)
            measurement = measure(readings, asset_id, start, end, methodology)
            if measurement.tonnes == 0:
                continue
            batch_id = issue(
                city,
                native_issuance(
                    city, project_id, measurement, owner.address, year.plan.year, deadline
                ),
                keys.carbon_verifiers,
                sender=keys.esg_officer,
            )
            year.batch_ids.append(batch_id)
            sold = measurement.tonnes * TONNE // 4
            city.carbon_credit.safeTransferFrom(owner, buyer, batch_id, sold, b"", sender=owner)
            city.carbon_credit.retire_for(
                buyer,
                [(batch_id, sold // 2 or sold)],
                keys.council,
                1,
                day_number(date(year.plan.year, first, 1)),
                day_number(last_day(year.plan.year, last)),
                keccak(text=f"details of {asset.ref} {last}"),
                sender=buyer,
            )
            year.certificate_ids.append(city.certificate.total_certificates())


def _plants(year: Year) -> list[Asset]:
    """The power plants; in a city without any, its three largest assets carry panels."""
    assets = year.plan.inventory.assets
    plants = [asset for asset in assets if asset.property_class == "POWER_PLANT"]
    return plants or sorted(assets, key=lambda asset: -asset.area_dm2)[:3]


def crowd_size(investors: tuple[Investor, ...], leases: tuple[Lease, ...]) -> int:
    """How many keys a year wants beside the officials': investors, tenants and one stranger."""
    return len(investors) + len({lease.tenant for lease in leases}) + 1
