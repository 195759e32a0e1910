# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  RetirementCertificate
@license AGPL-3.0-only
@notice An ERC-721 that proves a retirement and never moves, except to its owner's new wallet by
        order.
@dev    Created by CarbonCredit from a blueprint, so the credit contract is the only issuer by
        construction. Two words per certificate: owner, amount, purpose and number of lines; time,
        period and the beginning of the record's hash. The lines themselves are in the event, and
        whoever shows them is checked against the hash (184 bits: nobody finds a second record).
        No text of a user's is stored: details are a salted hash, the purpose is a code, and the
        picture is drawn from figures.
        Invariants: INV-CARB-2 (docs/invariants.md).
@custom:kill None: a certificate is a record.
@custom:source ERC-721, ERC-5192
"""

from ethereum.ercs import IERC165

from ..common import authorized
from ..common import civil_calendar
from ..common import nonfungible
from ..interfaces import ICarbonCredit
from ..interfaces import IRetirementCertificate

implements: IERC165
implements: IRetirementCertificate

initializes: authorized
initializes: nonfungible

exports: (
    authorized.authority,
    # approvals and transfers are refused below: there is nothing that could move
    nonfungible.name,
    nonfungible.symbol,
    nonfungible.balanceOf,
    nonfungible.ownerOf,
)

ENFORCER_ROLE: public(constant(bytes32)) = keccak256("ENFORCER_ROLE")

MAX_LINES: constant(uint256) = 16
_TONNE: constant(uint256) = 10**8
_DAY: constant(uint256) = 86_400

_INTERFACES: constant(bytes4[4]) = [
    0x01FFC9A7,  # ERC-165
    0x80AC58CD,  # ERC-721
    0x5B5E139F,  # ERC-721 metadata
    0xB45A3C0E,  # ERC-5192
]
# Beside the owner: amount 64 | purpose 16 | lines 8.
_PURPOSE_SHIFT: constant(uint256) = 64
_LINES_SHIFT: constant(uint256) = 80
# The second word: period start 16 | period end 16 | retired at 40 | record hash 184.
_END_SHIFT: constant(uint256) = 16
_TIME_SHIFT: constant(uint256) = 32
_RECORD_SHIFT: constant(uint256) = 72

CREDIT: public(immutable(address))
BASE_URI: immutable(String[80])

total_certificates: public(uint256)
# {1e-8 tCO2e} certificate -> lost and not covered
deficit_of: public(HashMap[uint256, uint256])
# {1e-8 tCO2e} certificate -> batch -> lost and not covered
deficit_in: public(HashMap[uint256, HashMap[uint256, uint256]])
_facts: HashMap[uint256, uint256]


@deploy
def __init__(authority: address, base_uri: String[80]):
    """
    @notice Make the deploying contract the only issuer.
    """
    authorized.__init__(authority)
    nonfungible.__init__("Civitas retirement certificate", "RETIRED")
    CREDIT = msg.sender
    BASE_URI = base_uri


# --- views
@external
@view
def supportsInterface(interface_id: bytes4) -> bool:
    """
    @notice ERC-165.
    """
    return interface_id in _INTERFACES


@external
@view
def locked(tokenId: uint256) -> bool:
    """
    @notice True for every certificate (ERC-5192).
    @custom:reverts "nonfungible: unknown token"
    """
    nonfungible._owner(tokenId)
    return True


@external
@view
def certificate(certificate_id: uint256) -> IRetirementCertificate.Certificate:
    """
    @notice What a certificate says.
    @custom:reverts "nonfungible: unknown token"
    """
    return self._certificate(certificate_id)


@external
@view
def is_record(
    certificate_id: uint256,
    lines: DynArray[ICarbonCredit.Line, MAX_LINES],
    details_hash: bytes32,
) -> bool:
    """
    @notice Whether these lines and details are those of the certificate.
    @custom:reverts "nonfungible: unknown token"
    """
    nonfungible._owner(certificate_id)
    return self._is_record(certificate_id, lines, details_hash)


@external
@view
def image(certificate_id: uint256) -> String[1_200]:
    """
    @notice The certificate as an SVG picture.
    @custom:reverts "nonfungible: unknown token"
    """
    return self._image(certificate_id)


@external
@view
def tokenURI(certificate_id: uint256) -> String[1_600]:
    """
    @notice Metadata with the picture, as a data URI: nothing outside the chain is asked.
    @custom:reverts "nonfungible: unknown token"
    """
    return concat(
        'data:application/json;utf8,{"name":"Civitas retirement certificate ',
        uint2str(certificate_id),
        '","external_url":"',
        BASE_URI,
        uint2str(certificate_id),
        '","image":"data:image/svg+xml;utf8,',
        self._image(certificate_id),
        '"}',
    )


# --- the credit contract
@external
def issue(
    payer: address,
    beneficiary: address,
    lines: DynArray[ICarbonCredit.Line, MAX_LINES],
    purpose: uint16,
    period_start: uint16,
    period_end: uint16,
    details_hash: bytes32,
) -> uint256:
    """
    @notice Write a certificate.
    @param  lines         Batches and amounts, ids ascending; their sum is below 2**64.
    @param  period_start  Day number; with `period_end` not before it, or both 0.
    @return Certificate id, from 1 upwards.
    @custom:reverts "retirement_certificate: only credit" | "retirement_certificate: bad period"
    """
    self._check_credit()
    assert period_start <= period_end, "retirement_certificate: bad period"
    amount: uint256 = 0
    for line: ICarbonCredit.Line in lines:
        amount += line.amount
    assert amount < 2**64  # dev: a batch is below 2**64, and a certificate speaks for a few
    certificate_id: uint256 = self.total_certificates + 1
    self.total_certificates = certificate_id
    self._facts[certificate_id] = (
        convert(period_start, uint256)
        | (convert(period_end, uint256) << _END_SHIFT)
        | (block.timestamp << _TIME_SHIFT)
        | (self._hash(lines, details_hash) << _RECORD_SHIFT)
    )
    nonfungible._mint(
        beneficiary,
        certificate_id,
        amount | (convert(purpose, uint256) << _PURPOSE_SHIFT) | (len(lines) << _LINES_SHIFT),
    )
    log IRetirementCertificate.Locked(tokenId=certificate_id)
    log IRetirementCertificate.CertificateIssued(
        certificate_id=certificate_id,
        payer=payer,
        beneficiary=beneficiary,
        lines=lines,
        purpose=purpose,
        period_start=period_start,
        period_end=period_end,
        details_hash=details_hash,
    )
    return certificate_id


@external
def mark(
    certificate_id: uint256,
    lines: DynArray[ICarbonCredit.Line, MAX_LINES],
    details_hash: bytes32,
    token_id: uint256,
    amount: uint256,
):
    """
    @notice Mark tonnes of one of the certificate's batches as lost.
    @custom:reverts "retirement_certificate: only credit" | "nonfungible: unknown token"
        | "retirement_certificate: other record" | "retirement_certificate: too much lost"
    """
    self._check_credit()
    nonfungible._owner(certificate_id)
    assert self._is_record(
        certificate_id, lines, details_hash
    ), "retirement_certificate: other record"
    claimed: uint256 = 0
    for line: ICarbonCredit.Line in lines:
        if line.token_id == token_id:
            claimed = line.amount
    lost: uint256 = self.deficit_in[certificate_id][token_id] + amount
    assert lost <= claimed, "retirement_certificate: too much lost"
    self.deficit_in[certificate_id][token_id] = lost
    self.deficit_of[certificate_id] += amount
    log IRetirementCertificate.DeficitMarked(
        certificate_id=certificate_id,
        token_id=token_id,
        amount=amount,
        deficit=self.deficit_of[certificate_id],
    )


@external
def cure(certificate_id: uint256, token_id: uint256, amount: uint256):
    """
    @notice Mark lost tonnes as made good.
    @custom:reverts "retirement_certificate: only credit" | "retirement_certificate: no such deficit"
    """
    self._check_credit()
    lost: uint256 = self.deficit_in[certificate_id][token_id]
    assert amount <= lost, "retirement_certificate: no such deficit"
    self.deficit_in[certificate_id][token_id] = lost - amount
    self.deficit_of[certificate_id] -= amount
    log IRetirementCertificate.DeficitCured(
        certificate_id=certificate_id,
        token_id=token_id,
        amount=amount,
        deficit=self.deficit_of[certificate_id],
    )


# --- ENFORCER_ROLE
@external
def recover(certificate_id: uint256, new_owner: address, order_hash: bytes32):
    """
    @notice Move a certificate from a lost wallet to its owner's new one, by a recorded order.
    @custom:role ENFORCER_ROLE
    @custom:reverts "retirement_certificate: no order" | "nonfungible: unknown token"
        | "retirement_certificate: same owner" | "nonfungible: zero receiver"
    """
    authorized._check_role(ENFORCER_ROLE, msg.sender)
    assert order_hash != empty(bytes32), "retirement_certificate: no order"
    old_owner: address = nonfungible._owner(certificate_id)
    assert new_owner != old_owner, "retirement_certificate: same owner"
    log IRetirementCertificate.Unlocked(tokenId=certificate_id)
    nonfungible._move(old_owner, new_owner, certificate_id)
    log IRetirementCertificate.Locked(tokenId=certificate_id)
    log IRetirementCertificate.CertificateRecovered(
        certificate_id=certificate_id,
        old_owner=old_owner,
        new_owner=new_owner,
        order_hash=order_hash,
    )


# --- refused: part of ERC-721, but nothing here moves
@external
def approve(spender: address, certificate_id: uint256):
    """
    @notice Refused.
    @custom:reverts "retirement_certificate: locked"
    """
    self._refuse()


@external
def setApprovalForAll(operator: address, approved: bool):
    """
    @notice Refused.
    @custom:reverts "retirement_certificate: locked"
    """
    self._refuse()


@external
def transferFrom(sender: address, receiver: address, certificate_id: uint256):
    """
    @notice Refused.
    @custom:reverts "retirement_certificate: locked"
    """
    self._refuse()


@external
def safeTransferFrom(
    sender: address, receiver: address, certificate_id: uint256, data: Bytes[1_024] = b""
):
    """
    @notice Refused.
    @custom:reverts "retirement_certificate: locked"
    """
    self._refuse()


@external
@view
def getApproved(certificate_id: uint256) -> address:
    """
    @notice Always the zero address.
    @custom:reverts "nonfungible: unknown token"
    """
    nonfungible._owner(certificate_id)
    return empty(address)


@external
@view
def isApprovedForAll(owner: address, operator: address) -> bool:
    """
    @notice Always false.
    """
    return False


# --- internal
@internal
@view
def _check_credit():
    assert msg.sender == CREDIT, "retirement_certificate: only credit"


@internal
@pure
def _refuse():
    raise "retirement_certificate: locked"


@internal
@pure
def _hash(lines: DynArray[ICarbonCredit.Line, MAX_LINES], details_hash: bytes32) -> uint256:
    """
    @notice First 184 bits of the record's hash.
    """
    return convert(keccak256(abi_encode(lines, details_hash)), uint256) >> _RECORD_SHIFT


@internal
@view
def _is_record(
    certificate_id: uint256,
    lines: DynArray[ICarbonCredit.Line, MAX_LINES],
    details_hash: bytes32,
) -> bool:
    return self._facts[certificate_id] >> _RECORD_SHIFT == self._hash(lines, details_hash)


@internal
@view
def _certificate(certificate_id: uint256) -> IRetirementCertificate.Certificate:
    owner: address = nonfungible._owner(certificate_id)
    data: uint256 = nonfungible._data(certificate_id)
    facts: uint256 = self._facts[certificate_id]
    return IRetirementCertificate.Certificate(
        beneficiary=owner,
        amount=data & (2**64 - 1),
        deficit=self.deficit_of[certificate_id],
        purpose=convert((data >> _PURPOSE_SHIFT) & 65_535, uint16),
        batches=convert(data >> _LINES_SHIFT, uint8),
        retired_at=convert((facts >> _TIME_SHIFT) & (2**40 - 1), uint64),
        period_start=convert(facts & 65_535, uint16),
        period_end=convert((facts >> _END_SHIFT) & 65_535, uint16),
        # A conversion to fewer bytes refuses what it would cut off.
        record=convert(convert((facts >> _RECORD_SHIFT) << _RECORD_SHIFT, bytes32), bytes23),
    )


@internal
@view
def _image(certificate_id: uint256) -> String[1_200]:
    known: IRetirementCertificate.Certificate = self._certificate(certificate_id)
    period: String[40] = "no period stated"
    if known.period_end != 0:
        period = concat(
            self._iso(convert(known.period_start, uint256)),
            " to ",
            self._iso(convert(known.period_end, uint256)),
        )
    state: String[40] = "in force"
    if known.deficit != 0:
        state = concat(self._tonnes(known.deficit), " t lost")
    return concat(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 600 340' font-family='sans-serif'>",
        "<rect width='600' height='340' fill='white' stroke='darkgreen' stroke-width='8'/>",
        "<text x='40' y='70' font-size='22' fill='darkgreen'>Retirement certificate ",
        uint2str(certificate_id),
        "</text><text x='40' y='145' font-size='44'>",
        self._tonnes(known.amount),
        " t</text><text x='40' y='180' font-size='18'>CO2 equivalent, retired ",
        self._iso(convert(known.retired_at, uint256) // _DAY),
        "</text><text x='40' y='225' font-size='18'>Purpose ",
        uint2str(known.purpose),
        ", batches: ",
        uint2str(known.batches),
        "</text><text x='40' y='255' font-size='18'>",
        period,
        "</text><text x='40' y='300' font-size='18' fill='dimgray'>",
        state,
        "</text></svg>",
    )


@internal
@pure
def _tonnes(amount: uint256) -> String[29]:
    """
    @notice {tCO2e} with eight decimals.
    """
    # One more in front keeps the leading zeros of the fraction.
    fraction: String[78] = uint2str(_TONNE + amount % _TONNE)
    return concat(uint2str(convert(amount // _TONNE, uint64)), ".", slice(fraction, 1, 8))


@internal
@pure
def _iso(day_number: uint256) -> String[10]:
    date: civil_calendar.Date = civil_calendar._date(day_number)
    return concat(
        slice(uint2str(date.year), 0, 4),
        "-",
        slice(uint2str(100 + date.month), 1, 2),
        "-",
        slice(uint2str(100 + date.day), 1, 2),
    )
