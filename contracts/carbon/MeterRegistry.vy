# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  MeterRegistry
@license AGPL-3.0-only
@notice Signed readings of meters on registered assets: the evidence behind carbon credits.
@dev    A meter signs what it measured in a stretch of time, and where its last reading ended
        (EIP-712). So stretches of one meter follow each other and never overlap: no reading can be
        replayed, counted twice, or locked out by handing in a later one first. Gaps are allowed:
        the meter itself states them, and they are scored off chain. Readings are in the events,
        for anyone to sum up.
        Invariants: INV-METER-1 (docs/invariants.md).
@custom:kill Retire the device: no further reading of it is accepted.
@custom:source EIP-712, ERC-5267
"""

from ethereum.ercs import IERC721

from snekmate.utils import eip712_domain_separator
from snekmate.utils import signature_checker

from ..common import authorized
from ..interfaces import IMeterRegistry

implements: IMeterRegistry

initializes: authorized
initializes: eip712_domain_separator

exports: (
    authorized.authority,
    eip712_domain_separator.eip712Domain,
)

ESG_OFFICER_ROLE: public(constant(bytes32)) = keccak256("ESG_OFFICER_ROLE")
MAX_READINGS: constant(uint256) = 64
_READING_TYPEHASH: constant(bytes32) = keccak256(
    "Reading(bytes32 deviceId,uint64 previousEnd,uint64 periodStart,uint64 periodEnd,uint64 energyWh)"
)


struct Device:
    asset_id: uint256
    signer: address
    covered_until: uint64  # {s} end of the last reading
    is_active: bool


struct Reading:
    device_id: bytes32
    previous_end: uint64  # {s} end of the meter's last reading, 0 before the first
    period_start: uint64  # {s} inclusive
    period_end: uint64  # {s} exclusive
    energy_wh: uint64  # {Wh}
    signature: Bytes[65]


ASSET_REGISTRY: public(immutable(address))

devices: public(HashMap[bytes32, Device])
# {Wh} device -> all it ever read
energy_of: public(HashMap[bytes32, uint256])


@deploy
def __init__(authority: address, asset_registry: address):
    authorized.__init__(authority)
    eip712_domain_separator.__init__("Civitas meter registry", "1")
    assert asset_registry.is_contract, "meter_registry: no registry"
    ASSET_REGISTRY = asset_registry


# --- anyone
@external
def record(readings: DynArray[Reading, MAX_READINGS]):
    """
    @notice Record readings, all or none. Open to anyone: the meters' signatures count.
    @param  readings  At most 64; of one meter in their order.
    @custom:reverts "meter_registry: unknown device" | "meter_registry: bad period"
        | "meter_registry: overlaps the last" | "meter_registry: not the next reading"
        | "meter_registry: bad signature"
    """
    for reading: Reading in readings:
        device: Device = self.devices[reading.device_id]
        assert device.is_active, "meter_registry: unknown device"
        assert reading.period_start < reading.period_end, "meter_registry: bad period"
        assert (
            convert(reading.period_end, uint256) <= block.timestamp
        ), "meter_registry: bad period"
        assert (
            reading.period_start >= device.covered_until
        ), "meter_registry: overlaps the last"
        assert (
            reading.previous_end == device.covered_until
        ), "meter_registry: not the next reading"
        assert signature_checker._is_valid_signature_now(
            device.signer, self._digest(reading), reading.signature
        ), "meter_registry: bad signature"
        self.devices[reading.device_id].covered_until = reading.period_end
        self.energy_of[reading.device_id] += convert(reading.energy_wh, uint256)
        log IMeterRegistry.ReadingRecorded(
            device_id=reading.device_id,
            asset_id=device.asset_id,
            period_start=reading.period_start,
            period_end=reading.period_end,
            energy_wh=reading.energy_wh,
        )


# --- ESG_OFFICER_ROLE
@external
def register_device(device_id: bytes32, asset_id: uint256, signer: address):
    """
    @notice Put a meter on a registered asset. A device id is used once, for ever.
    @param  device_id  Hash of the maker's serial.
    @param  signer     Key inside the meter, or its gateway's contract wallet.
    @custom:role ESG_OFFICER_ROLE
    @custom:reverts "meter_registry: no device" | "meter_registry: no signer"
        | "meter_registry: device is known" | "nonfungible: unknown token"
    """
    authorized._check_role(ESG_OFFICER_ROLE, msg.sender)
    assert device_id != empty(bytes32), "meter_registry: no device"
    assert signer != empty(address), "meter_registry: no signer"
    assert self.devices[device_id].signer == empty(address), "meter_registry: device is known"
    # Reverts on an asset that is not registered.
    owner: address = staticcall IERC721(ASSET_REGISTRY).ownerOf(asset_id)
    assert owner != empty(address)  # dev: ERC-721 never returns zero
    self.devices[device_id] = Device(
        asset_id=asset_id, signer=signer, covered_until=0, is_active=True
    )
    log IMeterRegistry.DeviceRegistered(device_id=device_id, asset_id=asset_id, signer=signer)


@external
def retire_device(device_id: bytes32):
    """
    @notice Take a meter out of service; what it read stays.
    @custom:role ESG_OFFICER_ROLE
    @custom:reverts "meter_registry: unknown device"
    """
    authorized._check_role(ESG_OFFICER_ROLE, msg.sender)
    assert self.devices[device_id].is_active, "meter_registry: unknown device"
    self.devices[device_id].is_active = False
    log IMeterRegistry.DeviceRetired(
        device_id=device_id, asset_id=self.devices[device_id].asset_id
    )


# --- views
@external
@view
def digest(reading: Reading) -> bytes32:
    """
    @notice What a meter signs (EIP-712); the signature in `reading` is not looked at.
    """
    return self._digest(reading)


@external
@view
def DOMAIN_SEPARATOR() -> bytes32:
    """
    @notice EIP-712 domain, rebuilt when the chain id changes.
    """
    return eip712_domain_separator._domain_separator_v4()


# --- internal
@internal
@view
def _digest(reading: Reading) -> bytes32:
    return eip712_domain_separator._hash_typed_data_v4(
        keccak256(
            abi_encode(
                _READING_TYPEHASH,
                reading.device_id,
                reading.previous_end,
                reading.period_start,
                reading.period_end,
                reading.energy_wh,
            )
        )
    )
