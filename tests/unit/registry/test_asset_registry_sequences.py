"""Any sequence of acts on a few deeds, against a ledger of what should be registered."""

from dataclasses import dataclass

import ape
from hypothesis import example, given
from hypothesis import strategies as st

from civitas.chain.deploy import ZERO_ADDRESS as NOBODY

from ..common.examples import runs, undone

DEEDS, OWNERS = 2, 3  # the first owner is the city
CLASSES = ["OFFICE", "LAND", "ADMINISTRATIVE"]
NOT_FOR_SALE = "ADMINISTRATIVE"

deeds = st.integers(0, DEEDS - 1)
acts = st.one_of(
    st.tuples(st.just("reclassify"), deeds, st.sampled_from(CLASSES)),
    st.tuples(st.just("units"), deeds, st.integers(0, 3)),
    st.tuples(st.just("dispose"), deeds, st.one_of(st.none(), st.integers(0, OWNERS - 1))),
    st.tuples(st.just("transfer"), deeds, st.integers(0, OWNERS - 1)),
    st.tuples(st.just("transfer to the named"), deeds, st.none()),
    st.tuples(st.just("bind"), deeds, st.none()),
)


@dataclass
class Deed:
    owner: int = 0
    kind: str = "OFFICE"
    units: int = 0
    has_token: bool = False
    named: int | None = None

    def refusal(self, act, value):
        """The reason for which an act must be refused, or None."""
        if act == "reclassify" and value == NOT_FOR_SALE and self.units:
            return "asset_registry: asset has units"
        if act == "bind":
            if not self.units:
                return "asset_registry: no units"
            return "asset_registry: asset has a token" if self.has_token else None
        if act == "reclassify" or (act == "dispose" and value is None):
            return None
        if self.kind == NOT_FOR_SALE:
            return "asset_registry: class not for sale"
        if act == "units":
            return "asset_registry: units only grow" if value <= self.units else None
        if self.units:
            return "asset_registry: asset has units"
        if act == "transfer" and (self.named is None or self.named != value):
            return "asset_registry: no resolution"
        return None

    def apply(self, act, value):
        if act == "reclassify":
            self.kind = value
            if value == NOT_FOR_SALE:
                self.named = None
        if act == "units":
            self.units = value
        if act == "dispose":
            self.named = value
        if act == "transfer":
            self.owner, self.named = value, None
        if act == "bind":
            self.has_token = True


@runs(60)
@given(acts=st.lists(acts, min_size=5, max_size=25))
@example(
    acts=[
        ("dispose", 0, 1),
        ("reclassify", 0, NOT_FOR_SALE),
        ("reclassify", 0, "OFFICE"),
        ("transfer", 0, 1),
        ("dispose", 0, 1),
        ("transfer", 0, 1),
        ("transfer", 0, 2),
        ("dispose", 1, 1),
        ("units", 1, 2),
        ("transfer", 1, 1),
        ("bind", 1, None),
        ("bind", 1, None),
    ]
)
def test_moves_deeds_by_resolution_only(
    registry,
    register_asset,
    file_proofs,
    council,
    council_clerk,
    token_factory,
    property_class,
    money,
    resolution,
    minutes,
    accounts,
    acts,
):
    """INV-DEED-2 and INV-DEED-3, after every act."""
    owners = [council, *accounts[50 : 50 + OWNERS - 1]]
    with undone():
        ids = [register_asset(f"parcel {number}") for number in range(DEEDS)]
        for asset_id in ids:
            file_proofs(asset_id)
        ledger = [Deed() for _ in range(DEEDS)]
        for act, number, value in acts:
            deed, asset_id = ledger[number], ids[number]
            if act == "transfer to the named":
                act, value = "transfer", deed.named or 0
            receiver = (
                owners[value] if act in ("dispose", "transfer") and value is not None else NOBODY
            )
            method, arguments, sender = {
                "reclassify": (
                    registry.reclassify,
                    (asset_id, property_class.get(value), resolution, minutes),
                    council_clerk,
                ),
                "units": (registry.register_units, (asset_id, value, resolution), council_clerk),
                "dispose": (
                    registry.approve_disposal,
                    (asset_id, receiver, resolution, minutes),
                    council_clerk,
                ),
                "transfer": (
                    registry.transferFrom,
                    (owners[deed.owner], receiver, asset_id),
                    owners[deed.owner],
                ),
                "bind": (registry.bind_token, (asset_id, money), token_factory),
            }[act]

            if refusal := deed.refusal(act, value):
                with ape.reverts(refusal):
                    method(*arguments, sender=sender)
            else:
                method(*arguments, sender=sender)
                deed.apply(act, value)

            assert_like(registry, asset_id, deed, owners, property_class)
        counts = [sum(deed.owner == owner for deed in ledger) for owner in range(OWNERS)]
        assert [registry.balanceOf(owner) for owner in owners] == counts


def assert_like(registry, asset_id, deed, owners, property_class):
    asset = registry.asset(asset_id)
    named = registry.disposal_to(asset_id)
    assert asset.owner == owners[deed.owner]
    assert asset.class_id == property_class[deed.kind]
    assert asset.units == deed.units
    assert (asset.token != NOBODY) == deed.has_token
    assert named == (NOBODY if deed.named is None else owners[deed.named])
    if deed.kind == NOT_FOR_SALE:
        assert (asset.units, asset.token, named) == (0, NOBODY, NOBODY)
