"""AssetRegistry, Appraisals and IdentityRegistry: what there is, what it is worth, who may hold."""

from typing import Any

import ape
from ape.api import AccountAPI

from civitas.chain.deploy import name32
from civitas.chain.identity import Claim, binding_message, claim_message
from civitas.chain.roles import Role
from civitas.chain.signing import signed_by
from civitas.profiles import Proof
from tests.gas.stage import (
    COUNTRY,
    DAY,
    ENERGY,
    START,
    UNITS,
    VALID_UNTIL,
    Stage,
    addresses,
    asset_record,
    document,
    is_plain,
    proof_filing,
    registration,
    resolution,
)

HOUSING = 2  # a class that the city's assets don't have at first
BATCH = 64  # assets registered, valued or proven at once, at most
PARTS = 16  # of a parcel, at most
KYC, TAX = 1, 2  # claim topics
INVESTORS = 100  # registered at once, at most


def play(stage: Stage) -> None:
    """The first assets and the first investors of the city; the scenes after it need them."""
    _registration(stage)
    _council_acts(stage)
    _disposal(stage)
    _parcels(stage)
    _offering(stage)
    _appraisals(stage)
    _identities(stage)


def _registration(stage: Stage) -> None:
    registry, council = stage.city.asset_registry, stage.council
    manager = stage.meter.by(stage.officer(Role.ASSET_MANAGER))

    def street(name: str, count: int) -> list[Any]:
        return [asset_record(f"{name} {number}") for number in range(count)]

    manager(registry.register, "the owner's first asset", council, street("Quay", 1))
    manager(registry.register, "1 asset", council, street("Wharf", 1))
    gas = manager(registry.register, "64 assets", council, street("High Street", BATCH))
    stage.meter.share("AssetRegistry.register 64 assets, per asset", gas, BATCH)


def _council_acts(stage: Stage) -> None:
    registry, authority = stage.city.asset_registry, stage.city.authority
    clerk = stage.meter.by(stage.officer(Role.COUNCIL_CLERK))
    esg_officer = stage.meter.by(stage.officer(Role.ESG_OFFICER))
    factory = stage.meter.by(stage.candidate)
    asset_id = stage.register_asset("Guildhall")
    allotment = (name32("ALLOTMENT"), False, True)
    reading, adopted, cap = document("reading"), resolution("class"), resolution("units")

    esg_officer(registry.set_energy_use, "after a reading", asset_id, ENERGY + 1, reading)
    clerk(registry.add_property_class, "after others", allotment, adopted)
    clerk(registry.reclassify, "an asset without units", asset_id, HOUSING, adopted, reading)
    clerk(registry.register_units, "for the first time", asset_id, UNITS - 1, cap)
    clerk(registry.register_units, "to raise their number", asset_id, UNITS, cap)

    stage.file_proofs(asset_id)
    # In a city's life only the token factory holds this role.
    authority.grantRole(Role.TOKEN_FACTORY.id, stage.candidate, sender=stage.council)
    factory(registry.bind_token, "to a deed with units", asset_id, addresses("token", 1)[0])
    authority.revokeRole(Role.TOKEN_FACTORY.id, stage.candidate, sender=stage.council)


def _disposal(stage: Stage) -> None:
    registry, seller, buyer = stage.city.asset_registry, stage.council, stage.alice
    account = stage.officer(Role.COUNCIL_CLERK)
    clerk, council = stage.meter.by(account), stage.meter.by(seller)
    spender = stage.meter.by(stage.spender)
    first, second, third = (stage.register_asset(f"Mill {number}") for number in range(3))
    sale, text = resolution("sale"), document("sale")

    clerk(registry.approve_disposal, "of a deed", first, buyer, sale, text)
    council(registry.transferFrom, "to a buyer's first deed", seller, buyer, first)

    registry.approve_disposal(second, buyer, sale, text, sender=account)
    council(registry.approve, "a spender of a deed", stage.spender, second)
    spender(registry.transferFrom, "by a spender, to an owner of deeds", seller, buyer, second)

    registry.approve_disposal(third, buyer, sale, text, sender=account)
    council(registry.setApprovalForAll, "for an operator", stage.spender, True)
    spender(registry.safeTransferFrom, "by an operator, to an owner of deeds", seller, buyer, third)


def _parcels(stage: Stage) -> None:
    registry, account = stage.city.asset_registry, stage.officer(Role.COUNCIL_CLERK)
    clerk, council = stage.meter.by(account), stage.meter.by(stage.council)
    decided, text = resolution("parcels"), document("parcels")

    def quarters(name: str, count: int) -> list[Any]:
        """Records that sum to `count` times the figures of one asset."""
        return [asset_record(f"{name} {number}") for number in range(count)]

    def field(name: str, count: int) -> int:
        """A parcel as large as `count` assets."""
        key, class_id, area, energy, record_hash, book_value = asset_record(name)
        whole = (key, class_id, count * area, energy, record_hash, count * book_value)
        manager = stage.officer(Role.ASSET_MANAGER)
        registry.register(stage.council, [whole], sender=manager)
        return int(registry.total_assets())

    for count in (2, PARTS):
        asset_id = field(f"Field of {count}", count)
        name = f"Plot of {count}"
        clerk(
            registry.split,
            f"into {count} parcels",
            asset_id,
            quarters(name, count),
            *(decided, text),
        )
        first = registry.total_assets() - count + 1
        ids = list(range(first, first + count))
        key, class_id, area, energy, record_hash, book_value = asset_record(f"Park of {count}")
        merged = (key, class_id, count * area, energy, record_hash, count * book_value)
        clerk(registry.merge, f"{count} parcels", ids, merged, decided, text)

    asset_id = stage.register_asset("Shed")
    registry.approve_disposal(asset_id, registry, decided, text, sender=account)
    council(registry.retire, "a deed", asset_id)


def _offering(stage: Stage) -> None:
    registry, token = stage.city.asset_registry, stage.create_token("Granary")
    asset_id = token.assetId()
    manager = stage.meter.by(stage.officer(Role.ASSET_MANAGER))
    officer = stage.meter.by(stage.officer(Role.COMPLIANCE_OFFICER))
    clerk = stage.meter.by(stage.officer(Role.COUNCIL_CLERK))
    registrar = stage.meter.by(stage.officer(Role.REGISTRAR))
    name, text = name32("SURVEY"), document("survey")
    first, *street = [stage.register_asset(f"Row {number}") for number in range(BATCH + 1)]

    manager(registry.setDocument, "a first document", asset_id, name, text)
    manager(registry.setDocument, "a new version", asset_id, name, document("new survey"))
    manager(registry.removeDocument, "a document", asset_id, name)

    title = Proof.TITLE
    officer(registry.file_proofs, "1 proof", [proof_filing(first, title)])
    filings = [proof_filing(each, title) for each in street]
    gas = officer(registry.file_proofs, "64 proofs", filings)
    stage.meter.share("AssetRegistry.file_proofs 64 proofs, per proof", gas, BATCH)
    clerk(registry.set_required_proofs, "of every kind", 0b1111, resolution("proofs"))

    registrar(registry.attest, "another quantity than the supply", asset_id, 1, text)
    registrar(registry.attest, "the supply", asset_id, 0, text)

    # In a city's life only the lease contract holds this role.
    authority, lease = stage.city.authority, stage.meter.by(stage.candidate)
    authority.grantRole(Role.LEASE.id, stage.candidate, sender=stage.council)
    lease(registry.set_let_until, "for the first time", asset_id, VALID_UNTIL)
    authority.revokeRole(Role.LEASE.id, stage.candidate, sender=stage.council)


def _appraisals(stage: Stage) -> None:
    appraisals = stage.city.appraisals
    appraiser = stage.meter.by(stage.officer(Role.APPRAISER))
    account = stage.officer(Role.APPRAISER)
    clerk = stage.meter.by(stage.officer(Role.COUNCIL_CLERK))

    def filings(first: int, count: int, valued_at: int) -> list[Any]:
        return [
            (asset_id, 10**9, valued_at, VALID_UNTIL, document(f"report on {asset_id}"))
            for asset_id in range(first, first + count)
        ]

    appraiser(appraisals.appraise, "1 asset for the first time", filings(1, 1, START - DAY))
    appraiser(appraisals.appraise, "1 asset again", filings(1, 1, START))
    sentence = "64 assets for the first time"
    gas = appraiser(appraisals.appraise, sentence, filings(2, BATCH, START - DAY))
    stage.meter.share(f"Appraisals.appraise {sentence}, per asset", gas, BATCH)

    limits, adopted = (2, 1_500, 1_500, 730 * DAY), resolution("limits")
    clerk(appraisals.set_limits, "of every kind", limits, adopted)
    clerk(appraisals.withdraw, "a filing", 1, account, adopted)


def _identities(stage: Stage) -> None:
    registry, account = stage.city.identity_registry, stage.officer(Role.COMPLIANCE_OFFICER)
    officer = stage.meter.by(account)
    wallets = addresses("wallet", INVESTORS)
    wallet = wallets[0]

    officer(registry.register, "1 investor", [registration(stage.alice)])
    others = (stage.bob, stage.carol, stage.dave)
    registry.register([registration(other) for other in others], sender=account)
    gas = officer(registry.register, "100 investors", [registration(each) for each in wallets])
    stage.meter.share("IdentityRegistry.register 100 investors, per investor", gas, INVESTORS)

    _claims(stage)
    _recovery(stage, wallets[1])

    officer(registry.set_eligibility, "of an investor", wallet, 1, VALID_UNTIL + DAY)
    officer(registry.updateCountry, "of an investor", wallet, COUNTRY + 1)
    officer(registry.deleteIdentity, "of an investor", wallet)
    fresh = addresses("identity", INVESTORS + 2)
    officer(registry.registerIdentity, "a wallet of its own investor", fresh[0], fresh[0], COUNTRY)
    officer(registry.updateIdentity, "of a wallet", _pointer(stage, fresh[1], fresh[0]), wallets[2])
    officer(
        *(registry.batchRegisterIdentity, "100 investors"),
        *(fresh[2:], fresh[2:], [COUNTRY] * INVESTORS),
    )


def _pointer(stage: Stage, wallet: str, identity: str) -> str:
    """A wallet whose identity is another address."""
    stage.city.identity_registry.registerIdentity(
        wallet, identity, COUNTRY, sender=stage.officer(Role.COMPLIANCE_OFFICER)
    )
    return wallet


def _claims(stage: Stage) -> None:
    registry = stage.city.identity_registry
    clerk = stage.meter.by(stage.officer(Role.COUNCIL_CLERK))
    officer = stage.meter.by(stage.officer(Role.COMPLIANCE_OFFICER))
    people = [each for each in ape.accounts.test_accounts[16:100] if is_plain(each.address)]
    issuer, second, *investors = people[-(INVESTORS // 2) :]
    by_issuer, by_wallet = stage.meter.by(issuer), stage.meter.by(investors[0])
    anybody = stage.meter.by(stage.payer)

    def claim(investor: Any, nonce: int, by: AccountAPI = issuer, topic: int = KYC) -> Claim:
        said = (0, COUNTRY) if topic == KYC else (0, 0)
        epoch = int(registry.issuer_nonce(by))
        return Claim(
            by.address, investor.address, topic, *said, VALID_UNTIL, nonce, epoch, VALID_UNTIL
        )

    def signed(claimed: Claim, by: AccountAPI = issuer) -> tuple[Any, bytes]:
        return claimed.as_tuple(), signed_by(by, claim_message(stage.city, claimed))

    def consent(wallet: AccountAPI, identity: Any, nonce: int = 0) -> bytes:
        return signed_by(wallet, binding_message(stage.city, wallet, identity, nonce, VALID_UNTIL))

    def onboarding(wallet: AccountAPI) -> tuple[Any, ...]:
        return (wallet, COUNTRY, 0, VALID_UNTIL, 1, consent(wallet, wallet))

    clerk(registry.addTrustedIssuer, "the first issuer", issuer, [KYC])
    clerk(registry.addTrustedIssuer, "a further issuer", second, [KYC])
    first, second_wallet, third, fourth, *many = investors
    anybody(
        *(registry.onboard, "an investor by two signatures", *signed(claim(first, 1))),
        *(VALID_UNTIL, consent(first, first)),
    )
    stage.meter.call(
        *(registry.onboard, "the sender, by the issuer's signature", *signed(claim(third, 1))),
        *(0, b""),
        sender=third,
    )
    by_issuer(
        *(registry.onboard, "an investor by its issuer, with the wallet's signature"),
        *(claim(fourth, 1).as_tuple(), b"", VALID_UNTIL, consent(fourth, fourth)),
    )
    batch = [onboarding(each) for each in many]
    sentence = f"{len(many)} investors"
    gas = by_issuer(registry.onboard_batch, sentence, KYC, VALID_UNTIL, batch)
    stage.meter.share(f"IdentityRegistry.onboard_batch {sentence}, per investor", gas, len(many))
    anybody(registry.file_claims, "to renew an investor", [signed(claim(first, 2))])
    anybody(
        *(registry.file_claims, "to renew 40 investors"),
        [signed(claim(each, 2)) for each in many[:40]],
    )
    by_wallet(
        *(registry.bind_wallet, "a second wallet of an investor"),
        *(second_wallet, VALID_UNTIL, consent(second_wallet, first)),
    )
    stage.meter.call(registry.unbind_wallet, "of a second wallet", sender=second_wallet)
    by_issuer(registry.revoke_claim, "that is filed", first, KYC, 2)
    officer(registry.revoke_claim_of, "that is filed", issuer, third, KYC, 1)
    by_issuer(registry.revoke_all_claims, "of an issuer")
    officer(registry.revoke_all_claims_of, "an issuer", issuer)
    gas = anybody(
        registry.refresh, "43 investors whose claims are void", [*many[:41], third, fourth]
    )
    stage.meter.share("IdentityRegistry.refresh 43 investors, per investor", gas, 43)
    officer(registry.set_eligibility, "of an investor with a void claim", first, 0, VALID_UNTIL)
    officer(registry.withdraw_vouch, "from an investor", first)

    clerk(registry.addClaimTopic, "with two issuers", TAX)
    clerk(registry.updateIssuerClaimTopics, "of an issuer", issuer, [KYC, TAX])
    clerk(registry.removeClaimTopic, "with two issuers", TAX)
    clerk(registry.removeTrustedIssuer, "of two", second)


def _recovery(stage: Stage, lost: str) -> None:
    registry = stage.city.identity_registry
    enforcer = stage.meter.by(stage.officer(Role.ENFORCER))
    officer = stage.meter.by(stage.officer(Role.COMPLIANCE_OFFICER))
    successor, other = (each for each in ape.accounts.test_accounts[116:118])
    reason = document("loss")

    def announce(case: str, wallet: Any, new: AccountAPI) -> None:
        consent = signed_by(new, binding_message(stage.city, new, wallet, 0, VALID_UNTIL))
        enforcer(registry.announce_recovery, case, wallet, new, reason, VALID_UNTIL, consent)

    announce("of a wallet", lost, successor)
    officer(registry.call_off_recovery, "of a wallet", lost)
    announce("of a holder's wallet", stage.dave, other)
    stage.meter.call(registry.object_to_recovery, "by the wallet", stage.dave, sender=stage.dave)
    announce("of a wallet again", lost, successor)
    ape.chain.mine(timestamp=ape.chain.pending_timestamp + registry.OBJECTION_WINDOW())
    enforcer(registry.recover_wallet, "after the window", lost)
