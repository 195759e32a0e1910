# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  RetirementCertificate
@license AGPL-3.0-only
@notice An ERC-721 that proves a retirement and never moves.
@dev    Created by CarbonCredit from a blueprint, so that the credit contract is the only issuer
        by construction. Two words per certificate: owner and amount, batch with purpose and time.
        No text of a user's is stored: details are a salted hash, the purpose a code.
        Invariants: INV-CARB-2 (docs/invariants.md).
@custom:kill None: a certificate is a record.
"""

from ethereum.ercs import IERC165

from ..common import nonfungible
from ..interfaces import IRetirementCertificate

implements: IERC165
implements: IRetirementCertificate

initializes: nonfungible

exports: (
    # approvals and transfers are refused below: there is nothing that could move
    nonfungible.name,
    nonfungible.symbol,
    nonfungible.balanceOf,
    nonfungible.ownerOf,
)

_INTERFACES: constant(bytes4[4]) = [
    0x01FFC9A7,  # ERC-165
    0x80AC58CD,  # ERC-721
    0x5B5E139F,  # ERC-721 metadata
    0xB45A3C0E,  # ERC-5192
]
_SMALL: constant(uint256) = 2**64 - 1
_CREDIT_SHIFT: constant(uint256) = 64
_PURPOSE_SHIFT: constant(uint256) = 128
_TIME_SHIFT: constant(uint256) = 144

CREDIT: public(immutable(address))
BASE_URI: immutable(String[80])

total_certificates: public(uint256)
# project 64 | batch number 64 | purpose 16 | retired at 40
_facts: HashMap[uint256, uint256]
_details_hash: HashMap[uint256, bytes32]


@deploy
def __init__(base_uri: String[80]):
    """
    @notice Make the deploying contract the only issuer.
    """
    nonfungible.__init__("Civitas retirement certificate", "RETIRED")
    CREDIT = msg.sender
    BASE_URI = base_uri


@external
@view
def supportsInterface(interface_id: bytes4) -> bool:
    """
    @notice ERC-165.
    """
    return interface_id in _INTERFACES


@external
@view
def tokenURI(certificate_id: uint256) -> String[158]:
    """
    @notice Base URI followed by the certificate id.
    @custom:reverts "nonfungible: unknown token"
    """
    nonfungible._owner(certificate_id)
    return concat(BASE_URI, uint2str(certificate_id))


@external
@view
def locked(certificate_id: uint256) -> bool:
    """
    @notice True for every certificate (ERC-5192).
    @custom:reverts "nonfungible: unknown token"
    """
    nonfungible._owner(certificate_id)
    return True


@external
@view
def certificate(certificate_id: uint256) -> IRetirementCertificate.Certificate:
    """
    @notice What a certificate says.
    @custom:reverts "nonfungible: unknown token"
    """
    facts: uint256 = self._facts[certificate_id]
    return IRetirementCertificate.Certificate(
        beneficiary=nonfungible._owner(certificate_id),
        token_id=((facts & _SMALL) << 128) | ((facts >> _CREDIT_SHIFT) & _SMALL),
        amount=nonfungible._data(certificate_id),
        purpose=convert((facts >> _PURPOSE_SHIFT) & 65_535, uint16),
        retired_at=convert(facts >> _TIME_SHIFT, uint64),
        details_hash=self._details_hash[certificate_id],
    )


# --- the credit contract
@external
def issue(
    payer: address,
    beneficiary: address,
    token_id: uint256,
    amount: uint256,
    purpose: uint16,
    details_hash: bytes32,
) -> uint256:
    """
    @notice Write a certificate.
    @param  amount  {1e-8 tCO2e} below 2**96.
    @return Certificate id, from 1 upwards.
    @custom:reverts "retirement_certificate: only credit"
    """
    assert msg.sender == CREDIT, "retirement_certificate: only credit"
    certificate_id: uint256 = self.total_certificates + 1
    self.total_certificates = certificate_id
    self._facts[certificate_id] = (
        (token_id >> 128)
        | ((token_id & _SMALL) << _CREDIT_SHIFT)
        | (convert(purpose, uint256) << _PURPOSE_SHIFT)
        | (block.timestamp << _TIME_SHIFT)
    )
    if details_hash != empty(bytes32):
        self._details_hash[certificate_id] = details_hash
    nonfungible._mint(beneficiary, certificate_id, amount)
    log IRetirementCertificate.Locked(certificate_id=certificate_id)
    log IRetirementCertificate.CertificateIssued(
        certificate_id=certificate_id,
        payer=payer,
        beneficiary=beneficiary,
        token_id=token_id,
        amount=amount,
        purpose=purpose,
        details_hash=details_hash,
    )
    return certificate_id


# --- refused: part of ERC-721, but nothing here moves
@external
def approve(spender: address, certificate_id: uint256):
    """
    @notice Refused.
    @custom:reverts "retirement_certificate: locked"
    """
    raise "retirement_certificate: locked"


@external
def setApprovalForAll(operator: address, approved: bool):
    """
    @notice Refused.
    @custom:reverts "retirement_certificate: locked"
    """
    raise "retirement_certificate: locked"


@external
def transferFrom(sender: address, receiver: address, certificate_id: uint256):
    """
    @notice Refused.
    @custom:reverts "retirement_certificate: locked"
    """
    raise "retirement_certificate: locked"


@external
def safeTransferFrom(
    sender: address, receiver: address, certificate_id: uint256, data: Bytes[1_024] = b""
):
    """
    @notice Refused.
    @custom:reverts "retirement_certificate: locked"
    """
    raise "retirement_certificate: locked"


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
