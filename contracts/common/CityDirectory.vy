# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  CityDirectory
@license AGPL-3.0-only
@notice Name to address, with versions, so that one address tells a dApp the whole city.
@dev    Contracts are not upgraded; they are replaced here. The old one keeps answering
        `replaced_by`, so that a client that holds a stale address can follow it.
        Invariants: INV-DIR-1 (docs/invariants.md).
@custom:kill None: the directory holds nothing.
"""

from . import authorized
from ..interfaces import ICityDirectory

implements: ICityDirectory

initializes: authorized

exports: authorized.authority

CHAIN_ENGINEER_ROLE: public(constant(bytes32)) = keccak256("CHAIN_ENGINEER_ROLE")
MAX_NAMES: constant(uint256) = 128


struct Entry:
    name: bytes32
    address_: address



address_of: public(HashMap[bytes32, address])
# name -> how often it was set; 0 is never
version_of: public(HashMap[bytes32, uint256])
# old address -> its successor
replaced_by: public(HashMap[address, address])
_name_of: HashMap[address, bytes32]
_names: DynArray[bytes32, MAX_NAMES]


@deploy
def __init__(authority: address, entries: DynArray[Entry, MAX_NAMES]):
    """
    @param  entries  What is in force from the start.
    """
    authorized.__init__(authority)
    for entry: Entry in entries:
        self._set(entry.name, entry.address_)


@external
@view
def names() -> DynArray[bytes32, MAX_NAMES]:
    """
    @notice Every name that was ever set, in the order of its first entry.
    """
    return self._names


# --- CHAIN_ENGINEER_ROLE
@external
def set_entry(name: bytes32, new_address: address):
    """
    @notice Put `new_address` in force under `name`; what stood there points to it.
    @custom:role CHAIN_ENGINEER_ROLE
    @custom:reverts "city_directory: no name" | "city_directory: no contract"
        | "city_directory: address was used"
    """
    authorized._check_role(CHAIN_ENGINEER_ROLE, msg.sender)
    self._set(name, new_address)


# --- internal
@internal
def _set(name: bytes32, new_address: address):
    assert name != empty(bytes32), "city_directory: no name"
    assert new_address.is_contract, "city_directory: no contract"
    # An address has one name for ever: `replaced_by` can then never run in a circle.
    assert self._name_of[new_address] == empty(bytes32), "city_directory: address was used"
    old_address: address = self.address_of[name]
    version: uint256 = self.version_of[name] + 1
    if version == 1:
        self._names.append(name)
    else:
        self.replaced_by[old_address] = new_address
    self.address_of[name] = new_address
    self.version_of[name] = version
    self._name_of[new_address] = name
    log ICityDirectory.EntrySet(
        name=name, new_address=new_address, old_address=old_address, version=version
    )
