"""The register of deeds from the operator's side: files brought in, and single acts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ape.api import AccountAPI
from ape.exceptions import ContractLogicError
from eth_utils.address import is_address, to_checksum_address

from civitas.chain.batches import Batch, batches
from civitas.chain.city import City
from civitas.chain.deploy import ZERO_ADDRESS
from civitas.chain.events import Sources, read_events
from civitas.chain.refusals import reason_of
from civitas.chain.roles import Role
from civitas.chain.transactions import Act, Prepared
from civitas.clock import Clock
from civitas.errors import CivitasError
from civitas.figures import Different
from civitas.inventory import Asset, Inventory, read_assets
from civitas.inventory import Mapping as Columns
from civitas.inventory.models import Check
from civitas.inventory.register import Deed, DeedRecord, Register, parcel_key, record_of, root_of
from civitas.profiles import Currency, Profile, Proof
from civitas.report.money import digits

MAX_BATCH = 64  # of one registration

Classes = Mapping[str, int]


def sources_of_register(city: City) -> Sources:
    return Sources(
        {city.asset_registry.address: "AssetRegistry", city.appraisals.address: "Appraisals"}
    )


def register_of(city: City) -> Register:
    """The register as it stands, rebuilt from its events."""
    return Register.of(read_events(sources_of_register(city)))


# --- a file brought in


@dataclass(frozen=True)
class Import:
    """A file compared with the register."""

    inventory: Inventory
    records: tuple[DeedRecord, ...]  # of all its assets
    left: tuple[DeedRecord, ...]  # of those without a deed
    locked: int  # assets of a class that can't be tokenised

    @property
    def root(self) -> bytes:
        return root_of(self.records)


def read_import(
    path: Path,
    profile: Profile,
    columns: Columns | None,
    register: Register,
    renew: bool = False,
) -> Import:
    """A file of assets, of which some may be in the register already.

    An asset that has a deed with the same content is done; one whose deed says something else is
    an error of its row, as is one whose deed has ended, unless it is to `renew`. Raises
    InputErrors with everything wrong in the file.
    """
    deeds = register.by_parcel()
    check = _against(register, deeds, profile.currency, renew)
    inventory = read_assets(path, profile, columns, check)
    records = tuple(
        record_of(asset, register.classes[asset.property_class]) for asset in inventory.assets
    )
    return Import(
        inventory=inventory,
        records=records,
        left=tuple(record for record in records if record.parcel_key not in deeds),
        locked=sum(
            not profile.property_class(asset.property_class).is_tokenisable
            for asset in inventory.assets
        ),
    )


def _against(
    register: Register, deeds: Mapping[bytes, Deed], currency: Currency, renew: bool
) -> Check:
    """What a register has against an asset."""

    def check(asset: Asset) -> Iterator[tuple[str, str]]:
        class_id = register.classes.get(asset.property_class)
        if class_id is None:
            known = ", ".join(register.classes)
            yield "class", f"{asset.property_class} is not on the chain, which has {known}"
            return
        key = parcel_key(asset.parcel)
        if deed := deeds.get(key):
            for column, said in _differences(deed, record_of(asset, class_id), register, currency):
                yield column, f"deed {deed.asset_id} of this parcel has {said}"
        elif key in register.ended and not renew:
            asset_id, how = register.ended[key]
            yield "parcel", f"deed {asset_id} of this parcel was {how}; --renew writes a new one"

    return check


def _differences(
    deed: Deed, record: DeedRecord, register: Register, currency: Currency
) -> Iterator[tuple[str, str]]:
    """Where a deed and a row differ, by column; the sentence names what the deed has."""
    has = deed.record
    if has.class_id != record.class_id:
        yield "class", f"class {class_code(register.classes, has.class_id)}"
    if has.area_dm2 != record.area_dm2:
        yield "area_m2", f"{digits(has.area_dm2, 2)} m2"
    if has.book_value != record.book_value:
        yield "value", f"book value {digits(has.book_value, currency.decimals)}"
    if has.energy_kwh != record.energy_kwh:
        yield "energy_kwh", f"{has.energy_kwh:,} kWh"
    if has.document_hash != record.document_hash:
        yield "ref", "another ref, name or year_built"


def class_code(classes: Classes, class_id: int) -> str:
    return next(code for code, each in classes.items() if each == class_id)


def owner_of_new_deeds(city: City) -> str:
    """The council, once it has accepted the city. Raises CivitasError before."""
    if city.authority.pending_admin() != ZERO_ADDRESS:
        raise CivitasError("the council has not accepted the city yet: give --holder")
    return str(city.authority.admin())


def deed_batches(
    city: City,
    records: Sequence[DeedRecord],
    holder: str,
    sender: AccountAPI,
    max_gas: int | None = None,
) -> list[Batch[DeedRecord]]:
    """Deeds to write, in their order. Raises as `batches`."""
    register = city.asset_registry.register
    return batches(
        records,
        lambda some: Prepared(register, (holder, [each.as_tuple() for each in some]), sender),
        MAX_BATCH,
        ("deed", "deeds"),
        max_gas,
    )


def require_written(city: City, plan: Import) -> None:
    """Raises Different unless the root of the file's deeds, as the chain has them, is the file's.

    It is computed from the events of the whole register, and the number of deeds that these leave
    is compared with what the contract's state says.
    """
    register = register_of(city)
    deeds = register.by_parcel()
    keys = {record.parcel_key for record in plan.records}
    root = root_of(deeds[key].record for key in keys if key in deeds)
    if root != plan.root:
        raise Different(
            f"root of the deeds: the chain says 0x{root.hex()}, reckoned again "
            f"0x{plan.root.hex()}; {sum(key not in deeds for key in keys):,} of "
            f"{len(keys):,} have no deed"
        )
    given = int(city.asset_registry.total_assets())
    if given != len(register.deeds) + register.ends:
        raise Different(
            f"deeds ever written: the chain says {given:,}, its events "
            f"{len(register.deeds) + register.ends:,}"
        )


# --- single acts


@dataclass(frozen=True)
class Resolved:
    """The council's resolution behind an act of the clerk."""

    resolution: bytes
    document_hash: bytes


@dataclass(frozen=True)
class Desk:
    """Where acts are prepared: a city, its profile, and who signs."""

    city: City
    profile: Profile
    sender: AccountAPI

    @property
    def registry(self) -> Any:
        return self.city.asset_registry

    @property
    def clock(self) -> Clock:
        return self.city.clock

    def appraise(
        self, asset_id: int, value: int, valued_at: int, valid_until: int, report_hash: bytes
    ) -> Act:
        """`value` in {currency base units}, moments in {s}."""
        self._require_registered(asset_id)
        appraisals, sender = self.city.appraisals, self.sender.address

        def own() -> Any:
            found = [each for each in appraisals.filings(asset_id) if each.appraiser == sender]
            return found[0] if found else None

        before = own()
        clock = self.clock
        return Act(
            role=Role.APPRAISER,
            lines=(
                f"asset {asset_id}: value {self._money(before.value) if before else 'none'} -> "
                f"{self._money(value)}",
                f"valued {clock.text(valued_at)}, good until {clock.text(valid_until)} "
                f"({clock.name})",
            ),
            steps=(
                Prepared(
                    appraisals.appraise,
                    ([(asset_id, value, valued_at, valid_until, report_hash)],),
                    self.sender,
                ),
            ),
            facts=lambda: {
                f"the appraiser's value of asset {asset_id} is the one filed": (
                    own() is not None
                    and (own().value, own().valued_at, own().valid_until)
                    == (value, valued_at, valid_until)
                )
            },
        )

    def prove(self, asset_id: int, proof: Proof, valid_until: int, document_hash: bytes) -> Act:
        """File or renew a proof until a moment {s}; 0 withdraws it."""
        self._require_registered(asset_id)
        filed = self.registry.proofs_of

        def day(until: int) -> str:
            return f"until {self.clock.text(until)}" if until else "none"

        return Act(
            role=Role.COMPLIANCE_OFFICER,
            lines=(
                f"asset {asset_id}: {proof.lower()} {day(int(filed(asset_id)[proof.kind]))} -> "
                f"{day(valid_until)} ({self.clock.name})",
            ),
            steps=(
                Prepared(
                    self.registry.file_proofs,
                    ([(asset_id, proof.kind, valid_until, document_hash)],),
                    self.sender,
                ),
            ),
            facts=lambda: {
                f"the {proof.lower()} of asset {asset_id} is the one filed": (
                    filed(asset_id)[proof.kind] == valid_until
                )
            },
        )

    def reclassify(self, asset_id: int, code: str, resolved: Resolved) -> Act:
        asset = self._require_registered(asset_id)
        classes = self._classes()
        new_class = self._class_id(classes, code)
        if asset.class_id == new_class:
            raise CivitasError(f"asset {asset_id} is {code} already")
        lines = [f"asset {asset_id}: class {class_code(classes, asset.class_id)} -> {code}"]
        if not self.registry.property_class(new_class).is_tokenisable and self._receiver(asset_id):
            lines.append("the approved disposal ends")
        return Act(
            role=Role.COUNCIL_CLERK,
            lines=tuple(lines),
            steps=(
                Prepared(
                    self.registry.reclassify,
                    (asset_id, new_class, resolved.resolution, resolved.document_hash),
                    self.sender,
                ),
            ),
            facts=lambda: {
                f"asset {asset_id} is {code}": self.registry.asset(asset_id).class_id == new_class
            },
        )

    def approve_disposal(self, asset_id: int, receiver: str, resolved: Resolved) -> Act:
        """Let the deed go to a receiver; the zero address withdraws, the registry's own stands for
        retirement."""
        self._require_registered(asset_id)
        if not is_address(receiver):
            raise CivitasError(f"{receiver!r} is no address")
        checked = to_checksum_address(receiver)
        return Act(
            role=Role.COUNCIL_CLERK,
            lines=(
                f"asset {asset_id}: disposal approved {self._said(self._receiver(asset_id))} -> "
                f"{self._said(None if checked == ZERO_ADDRESS else checked)}",
            ),
            steps=(
                Prepared(
                    self.registry.approve_disposal,
                    (asset_id, checked, resolved.resolution, resolved.document_hash),
                    self.sender,
                ),
            ),
            facts=lambda: {
                f"the approval of asset {asset_id} is the one recorded": (
                    self.registry.disposal_to(asset_id) == checked
                )
            },
        )

    def dispose(self, asset_id: int) -> Act:
        """Hand a deed to the receiver that the resolution names."""
        asset = self._require_registered(asset_id)
        receiver = self._receiver(asset_id)
        if receiver is None or receiver == self.registry.address:
            raise CivitasError(f"asset {asset_id}: no resolution names a receiver")
        return Act(
            lines=(f"asset {asset_id}: owner {asset.owner} -> {receiver}",),
            steps=(
                Prepared(
                    self.registry.safeTransferFrom, (asset.owner, receiver, asset_id), self.sender
                ),
            ),
            facts=lambda: {
                f"{receiver} owns asset {asset_id}": self.registry.ownerOf(asset_id) == receiver
            },
        )

    def retire(self, asset_id: int) -> Act:
        asset = self._require_registered(asset_id)
        return Act(
            lines=(
                f"asset {asset_id}: its deed ends, {digits(asset.area_dm2, 2)} m2, "
                f"book value {self._money(asset.book_value)}",
            ),
            steps=(Prepared(self.registry.retire, (asset_id,), self.sender),),
            facts=lambda: {
                f"the parcel of asset {asset_id} is free": (
                    self.registry.asset_of_parcel(asset.parcel_key) == 0
                )
            },
        )

    def split(self, asset_id: int, parts: Sequence[Asset], resolved: Resolved) -> Act:
        """Area and book value of the parts must sum to the parcel's, to the unit."""
        asset = self._require_registered(asset_id)
        classes = self._classes()
        records = [record_of(each, self._class_id(classes, each.property_class)) for each in parts]
        self._require_sums(f"asset {asset_id}", [asset], records)
        return Act(
            role=Role.COUNCIL_CLERK,
            lines=(
                f"asset {asset_id} -> {len(parts)} parts, {self._figures(asset)}",
                *(
                    f"  {part.ref}: parcel {part.parcel}, {self._figures(record)}"
                    for part, record in zip(parts, records, strict=True)
                ),
            ),
            steps=(
                Prepared(
                    self.registry.split,
                    (
                        asset_id,
                        [record.as_tuple() for record in records],
                        resolved.resolution,
                        resolved.document_hash,
                    ),
                    self.sender,
                ),
            ),
            facts=lambda: self._deeds_are(records),
        )

    def merge(self, asset_ids: Sequence[int], merged: Asset, resolved: Resolved) -> Act:
        """Area and book value of the merged parcel must be the sums, to the unit."""
        assets = [self._require_registered(asset_id) for asset_id in asset_ids]
        record = record_of(merged, self._class_id(self._classes(), merged.property_class))
        names = " + ".join(f"{asset_id}" for asset_id in asset_ids)
        self._require_sums(f"assets {names}", assets, [record])
        return Act(
            role=Role.COUNCIL_CLERK,
            lines=(
                f"assets {names} -> {merged.ref}: parcel {merged.parcel}, {self._figures(record)}",
            ),
            steps=(
                Prepared(
                    self.registry.merge,
                    (
                        list(asset_ids),
                        record.as_tuple(),
                        resolved.resolution,
                        resolved.document_hash,
                    ),
                    self.sender,
                ),
            ),
            facts=lambda: self._deeds_are([record]),
        )

    # --- what acts share

    def _money(self, amount: int) -> str:
        currency = self.profile.currency
        return f"{currency.symbol} {digits(amount, currency.decimals)}"

    def _figures(self, record: Any) -> str:
        return f"{digits(record.area_dm2, 2)} m2, book value {self._money(record.book_value)}"

    def _require_registered(self, asset_id: int) -> Any:
        """What the register says of an asset. Raises CivitasError."""
        try:
            return self.registry.asset(asset_id)
        except ContractLogicError as error:
            if reason_of(error) != "nonfungible: unknown token":
                raise
            raise CivitasError(f"asset {asset_id} is not in the register") from error

    def _classes(self) -> dict[str, int]:
        """Code -> id of the classes on the chain."""
        return register_of(self.city).classes

    @staticmethod
    def _class_id(classes: Classes, code: str) -> int:
        if code not in classes:
            raise CivitasError(
                f"class {code!r} is not on the chain, which has {', '.join(classes)}"
            )
        return classes[code]

    def _receiver(self, asset_id: int) -> str | None:
        receiver = str(self.registry.disposal_to(asset_id))
        return None if receiver == ZERO_ADDRESS else receiver

    def _said(self, receiver: str | None) -> str:
        if receiver is None:
            return "to nobody"
        return "as retirement" if receiver == self.registry.address else f"to {receiver}"

    @staticmethod
    def _require_sums(what: str, before: Sequence[Any], after: Sequence[DeedRecord]) -> None:
        """The contract asks for the same; here the difference is named."""
        for name, unit, field in (
            ("area", "0.01 m2", "area_dm2"),
            ("book value", "base units", "book_value"),
        ):
            had = sum(int(getattr(each, field)) for each in before)
            has = sum(int(getattr(each, field)) for each in after)
            if had != has:
                raise CivitasError(f"{what}: {name} {had:,} becomes {has:,} {unit}, must be equal")

    def _deeds_are(self, records: Sequence[DeedRecord]) -> dict[str, bool]:
        """Whether the parcels have deeds that say what was sent for them."""
        return {
            f"parcel 0x{record.parcel_key.hex()} has the deed that was sent": (
                self._written(record.parcel_key) == record
            )
            for record in records
        }

    def _written(self, key: bytes) -> DeedRecord | None:
        asset_id = self.registry.asset_of_parcel(key)
        if asset_id == 0:
            return None
        asset = self.registry.asset(asset_id)
        return DeedRecord(
            parcel_key=bytes(asset.parcel_key),
            class_id=asset.class_id,
            area_dm2=asset.area_dm2,
            energy_kwh=asset.energy_kwh,
            document_hash=bytes(asset.document_hash),
            book_value=asset.book_value,
        )
