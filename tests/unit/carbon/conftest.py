"""Carbon projects on two assets and one that bridges, verifiers who sign, and investors."""

from itertools import count

import ape
import pytest
from ape import chain
from eth_account.messages import encode_typed_data
from eth_utils import keccak

from civitas.chain.carbon import Issuance, predecessor

TONNE = 10**8
DAY = 86_400
HOUR = 3_600
METHOD = b"GRID-RENEWABLE".ljust(32, b"\0")
EVIDENCE = keccak(text="monitoring report and its verification")
DETAILS = keccak(text="salt and details kept off chain")
RESOLUTION = keccak(text="resolution of the council")
ORDER = keccak(text="order of the court")
VERRA = b"VERRA".ljust(32, b"\0")
SERIES = keccak(text="series VCU-003")
ZERO = "0x" + "00" * 20
NOTHING = bytes(32)
KOREA = 410
# Midnight, long before any chain here begins.
START = 1_600_041_600
# Distance of the serials of two batches that are issued with the defaults.
APART = 1_000
# Kinds of units.
OUTSIDE, CONVERTED = 3, 5
ISSUANCE_TYPES = {
    "Issuance": [
        {"name": "projectId", "type": "uint256"},
        {"name": "receiver", "type": "address"},
        {"name": "tonnes", "type": "uint64"},
        {"name": "vintage", "type": "uint16"},
        {"name": "periodStart", "type": "uint64"},
        {"name": "periodEnd", "type": "uint64"},
        {"name": "expiry", "type": "uint64"},
        {"name": "registryCode", "type": "bytes32"},
        {"name": "seriesId", "type": "bytes32"},
        {"name": "firstSerial", "type": "uint64"},
        {"name": "origin", "type": "bytes32"},
        {"name": "evidenceHash", "type": "bytes32"},
        {"name": "deadline", "type": "uint64"},
    ]
}


# --- contracts
@pytest.fixture(scope="module")
def carbon(city):
    return city.carbon_credit


@pytest.fixture(scope="module")
def registry(city):
    return city.carbon_registry


@pytest.fixture(scope="module")
def certificate(city):
    return city.certificate


@pytest.fixture(scope="module")
def meters(city):
    return city.meter_registry


@pytest.fixture(scope="module")
def credit_receiver(project, verify, stranger):
    """A contract that may hold credits, and answers in the manner a test gives it."""
    contract = project.MockCreditReceiver.deploy(sender=stranger)
    verify(contract)
    return contract


# --- people
@pytest.fixture(scope="module")
def airline(accounts):
    """A beneficiary that is no investor."""
    return accounts[52]


@pytest.fixture(scope="module")
def broker(accounts):
    """An operator that is no investor."""
    return accounts[53]


@pytest.fixture(scope="module")
def third_verifier(accounts, grant_role):
    grant_role("CARBON_VERIFIER_ROLE", accounts[54])
    return accounts[54]


@pytest.fixture(scope="module")
def verifiers(carbon_verifier, second_verifier):
    """As many as must sign."""
    return (carbon_verifier, second_verifier)


@pytest.fixture
def investors(verify, alice, bob, carol):
    verify(alice, bob, carol)


@pytest.fixture(scope="module")
def revoke(city, compliance_officer):
    """Take a wallet off the register of investors."""
    return lambda wallet: city.identity_registry.deleteIdentity(wallet, sender=compliance_officer)


@pytest.fixture(scope="module")
def grant_role(city, council):
    return lambda role, account: city.authority.grantRole(
        keccak(text=role), account, sender=council
    )


@pytest.fixture(scope="module")
def revoke_role(city, council):
    return lambda role, account: city.authority.revokeRole(
        keccak(text=role), account, sender=council
    )


@pytest.fixture(scope="module")
def not_allowed(stranger, council, auditor, asset_manager):
    """Assert that a call is refused to those who hold no role for it."""

    def check(call, *others):
        for account in (stranger, council, auditor, asset_manager, *others):
            with ape.reverts("authorized: missing role"):
                call(account)

    return check


# --- assets and projects
@pytest.fixture(scope="module")
def unique_asset(register_asset):
    number = count()
    return lambda: register_asset(f"asset of a carbon test {next(number)}")


@pytest.fixture(scope="module")
def open_project(registry, esg_officer):
    """Open a project on an asset, 0 for one that bridges; its id."""

    def register(
        asset_id, methodology=METHOD, country=KOREA, kind=OUTSIDE, risk_rating=0, is_whole=False
    ):
        registry.register_project(
            asset_id, methodology, country, kind, risk_rating, is_whole, sender=esg_officer
        )
        return registry.total_projects()

    return register


@pytest.fixture(scope="module")
def solar_plant(register_asset):
    """An asset."""
    return register_asset("solar plant of the carbon tests")


@pytest.fixture(scope="module")
def wind_park(register_asset):
    """Another asset."""
    return register_asset("wind park of the carbon tests")


@pytest.fixture(scope="module")
def solar(open_project, solar_plant):
    """A project on the solar plant."""
    return open_project(solar_plant)


@pytest.fixture(scope="module")
def wind(open_project, wind_park):
    """A project on the wind park."""
    return open_project(wind_park)


@pytest.fixture(scope="module")
def bridge(open_project):
    """A project whose credits come from another registry."""
    return open_project(0)


@pytest.fixture
def rated(open_project, unique_asset, registry, council_clerk):
    """A project with a risk rating: `rated(1_500)` sets 15 % of each batch aside."""
    ratings = count(1)

    def open_rated(bps, asset_id=None, **changes):
        rating = next(ratings)
        registry.set_buffer_bps(rating, bps, RESOLUTION, sender=council_clerk)
        asset_id = unique_asset() if asset_id is None else asset_id
        return open_project(asset_id, risk_rating=rating, **changes)

    return open_rated


# --- issuances
@pytest.fixture(scope="module")
def issuance(registry, alice):
    """An issuance of a hundred tonnes for alice: the `number`-th day, serials of its own."""

    def create(project_id, number=0, /, **changes):
        fields = {
            "project_id": project_id,
            "receiver": alice.address,
            "tonnes": 100,
            "vintage": 2020,
            "period_start": START + number * DAY,
            "period_end": START + (number + 1) * DAY,
            "expiry": 0,
            "registry_code": bytes(registry.NATIVE()),
            "series_id": project_id.to_bytes(32, "big"),
            "first_serial": 1 + number * APART,
            "origin": NOTHING,
            "evidence_hash": EVIDENCE,
            "deadline": chain.pending_timestamp + HOUR,
        }
        if registry.projects(project_id).asset_id == 0:
            fields["registry_code"] = VERRA
            fields["series_id"] = SERIES
            fields["origin"] = keccak(text=f"bridging transaction {number}")
        return Issuance(**(fields | changes))

    return create


@pytest.fixture(scope="module")
def sign(registry):
    """A verifier's 65 bytes under an issuance; any part of the domain can be another."""

    def create(verifier, issuance, **domain):
        message = encode_typed_data(
            {
                "name": "Civitas carbon registry",
                "version": "1",
                "chainId": chain.chain_id,
                "verifyingContract": registry.address,
            }
            | domain,
            ISSUANCE_TYPES,
            {
                each["name"]: value
                for each, value in zip(ISSUANCE_TYPES["Issuance"], issuance.as_tuple(), strict=True)
            },
        )
        signed = verifier.sign_message(message)
        # Ape drops leading zeros.
        r, s = (bytes(half).rjust(32, b"\0") for half in (signed.r, signed.s))
        return r + s + bytes([signed.v])

    return create


@pytest.fixture(scope="module")
def hand_in(registry, verifiers, sign, stranger):
    """Let verifiers sign an issuance, and a stranger hand it in; the receipt."""

    def issue(issuance, signers=verifiers, hints=None, signatures=None):
        ascending = sorted(signers, key=lambda each: int(each.address, 16))
        if signatures is None:
            signatures = [(each.address, sign(each, issuance)) for each in ascending]
        return registry.issue(
            issuance.as_tuple(), hints or hints_for(registry, issuance), signatures, sender=stranger
        )

    return issue


def hints_for(registry, issuance):
    """The right neighbours."""
    asset_id = registry.projects(issuance.project_id).asset_id
    return (
        predecessor(registry, registry.periods(asset_id), issuance.period_start),
        predecessor(
            registry,
            registry.series(issuance.registry_code, issuance.series_id),
            issuance.first_serial,
        ),
    )


@pytest.fixture(scope="module")
def issue(hand_in, issuance, registry):
    """Issue a batch, `issue(project, bob, 3, tonnes=5)`; its token id."""

    def create(project_id, receiver, number=0, **changes):
        receipt = hand_in(issuance(project_id, number, receiver=receiver.address, **changes))
        (issued,) = receipt.decode_logs(registry.BatchIssued)
        return issued.token_id

    return create


@pytest.fixture
def batch(investors, issue, solar, alice):
    """Alice holds a hundred tonnes of the solar project; the token id."""
    return issue(solar, alice)


@pytest.fixture
def more_batches(batch, issue, solar, alice):
    """Three batches of a hundred tonnes; the token ids, ascending."""
    return [batch, issue(solar, alice, 1), issue(solar, alice, 2)]


@pytest.fixture
def whole_batch(investors, issue, open_project, unique_asset, alice):
    """A hundred tonnes that only move as whole ones."""
    return issue(open_project(unique_asset(), is_whole=True), alice)


@pytest.fixture
def expired(investors, issue, wind, alice, bob):
    """`expired()` lets a batch of alice's and bob's pass its last second."""

    def create():
        last = chain.pending_timestamp + DAY
        token_id = issue(wind, alice, expiry=last)
        chain.pending_timestamp = last + 1
        chain.mine()
        return token_id

    return create


# --- life of credits
@pytest.fixture(scope="module")
def retire(carbon, certificate):
    """Retire into a certificate: `retire(alice, [(batch, 7)])`; its id."""

    def create(account, lines, beneficiary=None, purpose=0, details=DETAILS):
        carbon.retire_for(
            account, lines, beneficiary or account, purpose, 0, 0, details, sender=account
        )
        return certificate.total_certificates()

    return create


@pytest.fixture(scope="module")
def reverse(carbon, carbon_verifier):
    """Record a loss: `reverse(batch, 5, draws=[...], marks=[...])`; the receipt."""

    def create(token_id, amount, draws=(), marks=(), evidence=EVIDENCE):
        return carbon.reverse(
            token_id, amount, list(draws), list(marks), evidence, sender=carbon_verifier
        )

    return create


@pytest.fixture(scope="module")
def allow_conversion(carbon, council_clerk):
    def allow(from_kind=OUTSIDE, to_kind=CONVERTED, allowed=True):
        carbon.set_convertible(from_kind, to_kind, allowed, RESOLUTION, sender=council_clerk)

    return allow


@pytest.fixture(scope="module")
def supply(carbon):
    """(issued, tradable, buffer, retired, cancelled, reversed, exported) of a batch or of all."""

    def read(token_id=None):
        known = carbon.total_supply_of() if token_id is None else carbon.supply_of(token_id)
        return tuple(known)

    return read
