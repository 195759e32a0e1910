"""People's files: inventory, leases and investors, read into checked records or refused by row."""

from civitas.inventory.assets import read_assets
from civitas.inventory.investors import read_investors
from civitas.inventory.leases import read_leases
from civitas.inventory.mapping import Mapping
from civitas.inventory.models import Asset, Inventory, Investor, Lease, Note, NoteKind
from civitas.inventory.plan import generated_leases

__all__ = [
    "Asset",
    "Inventory",
    "Investor",
    "Lease",
    "Mapping",
    "Note",
    "NoteKind",
    "generated_leases",
    "read_assets",
    "read_investors",
    "read_leases",
]
