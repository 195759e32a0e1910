"""The register of deeds as records: of a file, or rebuilt from the chain's events; and its root."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Self

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from civitas import merkle
from civitas.inventory.models import Asset
from civitas.records import Event

_TYPES = ("bytes32", "uint8", "uint64", "uint64", "bytes32", "uint128")


@dataclass(frozen=True, slots=True)
class DeedRecord:
    """What is registered of an asset; fields as in IAssetRegistry.AssetRecord."""

    parcel_key: bytes
    class_id: int
    area_dm2: int
    energy_kwh: int
    document_hash: bytes
    book_value: int

    def as_tuple(self) -> tuple[Any, ...]:
        return (
            *(self.parcel_key, self.class_id, self.area_dm2),
            *(self.energy_kwh, self.document_hash, self.book_value),
        )

    def leaf(self) -> bytes:
        return merkle.leaf(encode(_TYPES, self.as_tuple()))


def parcel_key(parcel: str) -> bytes:
    """What stands for a parcel on the chain."""
    return keccak(text=parcel)


def document_hash(asset: Asset) -> bytes:
    """Hash of what is known of an asset beyond its deed: `ref`, `name`, `parcel`, `year_built`.

    What the deed says itself is left out, and so is the place in the file: the hash stays when
    the council reclassifies an asset or a row moves.
    """
    beyond = {
        "name": asset.name,
        "parcel": asset.parcel,
        "ref": asset.ref,
        "year_built": asset.year_built,
    }
    return keccak(text=json.dumps(beyond, sort_keys=True, separators=(",", ":")))


def record_of(asset: Asset, class_id: int) -> DeedRecord:
    """What is registered of an asset, first booked at the file's value."""
    return DeedRecord(
        parcel_key=parcel_key(asset.parcel),
        class_id=class_id,
        area_dm2=asset.area_dm2,
        energy_kwh=asset.energy_kwh or 0,
        document_hash=document_hash(asset),
        book_value=asset.value,
    )


def root_of(records: Iterable[DeedRecord]) -> bytes:
    """Merkle root of a set of deeds, whatever their order; 32 zero bytes where there is none."""
    return merkle.root(record.leaf() for record in records)


@dataclass(frozen=True, slots=True)
class Filing:
    """An appraiser's latest value of an asset."""

    appraiser: str
    value: int  # {asset}
    valued_at: int  # {s}
    valid_until: int  # {s}


@dataclass(frozen=True, slots=True)
class Deed:
    """A deed as it stands."""

    asset_id: int
    record: DeedRecord
    units: int = 0
    proofs: tuple[int, int, int, int] = (0, 0, 0, 0)  # {s} by kind; 0 where there is none
    filings: tuple[Filing, ...] = ()


@dataclass(slots=True)
class Register:
    """All deeds, rebuilt from the events of AssetRegistry and Appraisals alone."""

    deeds: dict[int, Deed] = field(default_factory=dict)
    ended: dict[bytes, tuple[int, str]] = field(default_factory=dict)  # parcel key -> id, how
    ends: int = 0  # deeds that have ended
    classes: dict[str, int] = field(default_factory=dict)  # code -> class id
    required: int = 0  # kinds of proof as bits
    max_age: int = 0  # {s} of a filing

    @classmethod
    def of(cls, events: Iterable[Event]) -> Self:
        """From events in the order of the chain; those of other contracts are passed over."""
        register = cls()
        for event in events:
            if event.contract in ("AssetRegistry", "Appraisals"):
                register._take(event.name, event.arguments)
        return register

    def by_parcel(self) -> dict[bytes, Deed]:
        return {deed.record.parcel_key: deed for deed in self.deeds.values()}

    def _take(self, name: str, said: Any) -> None:
        if name == "AssetRegistered":
            names = DeedRecord.__dataclass_fields__
            record = DeedRecord(**{each: _plain(said[each]) for each in names})
            self.deeds[said["asset_id"]] = Deed(said["asset_id"], record)
        elif name == "PropertyClassSet":
            code = bytes(said["code"]).rstrip(b"\0").decode("ascii")
            self.classes[code] = said["class_id"]
        elif name == "Reclassified":
            self._set_record(said["asset_id"], class_id=said["new_class"])
        elif name == "EnergyUseSet":
            self._set_record(said["asset_id"], energy_kwh=said["new_kwh"])
        elif name == "UnitsRegistered":
            self._set(said["asset_id"], units=said["new_units"])
        elif name == "Disposed" and int(said["new_owner"], 16) == 0:
            self._end(said["asset_id"], "retired")
        elif name == "ParcelSplit":
            self._end(said["asset_id"], "split")
        elif name == "ParcelsMerged":
            for asset_id in said["asset_ids"]:
                self._end(asset_id, "merged")
        elif name == "RequiredProofsSet":
            self.required = said["new_required"]
        elif name == "ProofFiled":
            proofs = list(self.deeds[said["asset_id"]].proofs)
            proofs[said["kind"]] = said["new_until"]
            self._set(said["asset_id"], proofs=tuple(proofs))
        elif name == "LimitsSet":
            *_, self.max_age = said["new_limits"]
        elif name == "Appraised":
            filing = Filing(
                appraiser=said["appraiser"],
                value=said["new_value"],
                valued_at=said["valued_at"],
                valid_until=said["valid_until"],
            )
            others = self._others(said["asset_id"], said["appraiser"])
            self._set(said["asset_id"], filings=(*others, filing))
        elif name == "Withdrawn" and said["asset_id"] in self.deeds:
            others = self._others(said["asset_id"], said["appraiser"])
            self._set(said["asset_id"], filings=others)

    def _others(self, asset_id: int, appraiser: str) -> tuple[Filing, ...]:
        return tuple(f for f in self.deeds[asset_id].filings if f.appraiser != appraiser)

    def _set(self, asset_id: int, **changes: Any) -> None:
        self.deeds[asset_id] = replace(self.deeds[asset_id], **changes)

    def _set_record(self, asset_id: int, **changes: Any) -> None:
        record = self.deeds[asset_id].record
        self._set(asset_id, record=replace(record, **changes))

    def _end(self, asset_id: int, how: str) -> None:
        deed = self.deeds.pop(asset_id)
        self.ends += 1
        self.ended[deed.record.parcel_key] = (asset_id, how)


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, bytes) else value
